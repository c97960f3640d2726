package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

// roleState is all that a role is, in a form that compares by meaning.
type roleState struct {
	ID, Path, Description, Boundary string
	Session                         int32
	Trust                           any
	Tags                            map[string]string
	Attached, Inline                []string
}

// policyState is all that a customer-managed policy is, by meaning, apart from
// how many versions it has been through.
type policyState struct {
	ID       string
	Document any
	Tags     map[string]string
	Versions int
	Default  string
}

func different(want, got any) string { return cmp.Diff(want, got) }

// roleName is the name that the controller gives to the role of a TaskRole.
func (s *stage) roleName(name string) string { return clusterID + "." + s.namespace + "." + name }

// roleARN is the ARN of that role.
func (s *stage) roleARN(name string) string { return s.arnOfRole(s.roleName(name)) }

func (s *stage) arnOfRole(role string) string {
	return "arn:aws:iam::" + s.account + ":role/taskrole/" + clusterID + "/" + s.namespace + "/" + role
}

// policyARN is the ARN of the first policy of a TaskRole, whose role has that name.
func (s *stage) policyARN(name, role string) string {
	return "arn:aws:iam::" + s.account + ":policy/taskrole/" + clusterID + "/" + s.namespace + "/" + name + "/" + role
}

// role reads a role; nil where there is none.
func (s *stage) role(name string) *roleState {
	s.Helper()
	out, err := s.admin.iam.GetRole(s.ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	if code(err) == "NoSuchEntity" {
		return nil
	}
	s.must(err)
	r := &roleState{
		ID: aws.ToString(out.Role.RoleId), Path: aws.ToString(out.Role.Path), Description: aws.ToString(out.Role.Description),
		Session: aws.ToInt32(out.Role.MaxSessionDuration), Trust: meaning(s, aws.ToString(out.Role.AssumeRolePolicyDocument)),
		Tags: tags(out.Role.Tags),
	}
	if b := out.Role.PermissionsBoundary; b != nil {
		r.Boundary = aws.ToString(b.PermissionsBoundaryArn)
	}
	attached := iam.NewListAttachedRolePoliciesPaginator(s.admin.iam, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(name)})
	for attached.HasMorePages() {
		page, err := attached.NextPage(s.ctx)
		s.must(err)
		for _, p := range page.AttachedPolicies {
			r.Attached = append(r.Attached, aws.ToString(p.PolicyArn))
		}
	}
	inline := iam.NewListRolePoliciesPaginator(s.admin.iam, &iam.ListRolePoliciesInput{RoleName: aws.String(name)})
	for inline.HasMorePages() {
		page, err := inline.NextPage(s.ctx)
		s.must(err)
		r.Inline = append(r.Inline, page.PolicyNames...)
	}
	slices.Sort(r.Attached)
	slices.Sort(r.Inline)
	return r
}

// policy reads a policy; nil where there is none.
func (s *stage) policy(arn string) *policyState {
	s.Helper()
	out, err := s.admin.iam.GetPolicy(s.ctx, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
	if code(err) == "NoSuchEntity" {
		return nil
	}
	s.must(err)
	version, err := s.admin.iam.GetPolicyVersion(s.ctx, &iam.GetPolicyVersionInput{PolicyArn: aws.String(arn), VersionId: out.Policy.DefaultVersionId})
	s.must(err)
	p := &policyState{
		ID: aws.ToString(out.Policy.PolicyId), Default: aws.ToString(out.Policy.DefaultVersionId), Tags: tags(out.Policy.Tags),
		Document: meaning(s, aws.ToString(version.PolicyVersion.Document)),
	}
	versions := iam.NewListPolicyVersionsPaginator(s.admin.iam, &iam.ListPolicyVersionsInput{PolicyArn: aws.String(arn)})
	for versions.HasMorePages() {
		page, err := versions.NextPage(s.ctx)
		s.must(err)
		p.Versions += len(page.Versions)
	}
	return p
}

// inventory names every role and policy of controllers in the account.
func (s *stage) inventory() []string {
	s.Helper()
	var out []string
	roles := iam.NewListRolesPaginator(s.admin.iam, &iam.ListRolesInput{PathPrefix: aws.String("/taskrole/")})
	for roles.HasMorePages() {
		page, err := roles.NextPage(s.ctx)
		s.must(err)
		for _, r := range page.Roles {
			out = append(out, aws.ToString(r.Arn))
		}
	}
	policies := iam.NewListPoliciesPaginator(s.admin.iam, &iam.ListPoliciesInput{PathPrefix: aws.String("/taskrole/"), Scope: types.PolicyScopeTypeLocal})
	for policies.HasMorePages() {
		page, err := policies.NextPage(s.ctx)
		s.must(err)
		for _, p := range page.Policies {
			out = append(out, aws.ToString(p.Arn))
		}
	}
	slices.Sort(out)
	return out
}

func tags(list []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range list {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// must ends the test at an error of AWS that the test did not ask for.
func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// revision is a task definition as ECS describes it, member by member as text.
type revision struct {
	members map[string]json.RawMessage
	tags    json.RawMessage
}

func (r revision) text(member string) string {
	var text string
	if json.Unmarshal(r.members[member], &text) != nil {
		return ""
	}
	return text
}

func (r revision) number() int {
	var n int
	if json.Unmarshal(r.members["revision"], &n) != nil {
		return 0
	}
	return n
}

// registration is what was registered: without what ECS adds, and without the
// role. Numbers stay as they were written.
func (r revision) registration(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{"tags": compact(t, r.tags)}
	for name, value := range r.members {
		if !slices.Contains(added, name) {
			out[name] = compact(t, value)
		}
	}
	return out
}

// added are the members that are ECS's answer alone, and the one that is ours.
var added = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn", "taskRoleArn",
}

// compact writes JSON with sorted keys and numbers as they were.
func compact(t testing.TB, raw json.RawMessage) string {
	t.Helper()
	if len(raw) == 0 {
		return ""
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// describe reads FAMILY:REVISION, or the newest ACTIVE revision of FAMILY.
func (s *stage) describe(name string) revision {
	s.Helper()
	body, err := s.pipeline.raw(s.ctx, "DescribeTaskDefinition", fmt.Sprintf(`{"taskDefinition":%q,"include":["TAGS"]}`, name))
	s.must(err)
	var answer struct {
		TaskDefinition map[string]json.RawMessage `json:"taskDefinition"`
		Tags           json.RawMessage            `json:"tags"`
	}
	s.must(json.Unmarshal(body, &answer))
	return revision{members: answer.TaskDefinition, tags: answer.Tags}
}

// active are the numbers of a family's ACTIVE revisions with the role that each
// carries, such as "3 deployer ROLE-ARN".
func (s *stage) active(family string) []string {
	s.Helper()
	var out []string
	pages := ecs.NewListTaskDefinitionsPaginator(s.pipeline.ecs, &ecs.ListTaskDefinitionsInput{FamilyPrefix: aws.String(family)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.ctx)
		s.must(err)
		for _, arn := range page.TaskDefinitionArns {
			r := s.describe(arn)
			by, _, _ := strings.Cut(strings.TrimPrefix(r.text("registeredBy"), "arn:aws:sts::"+s.account+":assumed-role/"), "/")
			out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s", r.number(), by, r.text("taskRoleArn"))))
		}
	}
	return out
}

// with is a copy of m with some values put over it.
func with(m, over map[string]string) map[string]string {
	out := maps.Clone(m)
	maps.Copy(out, over)
	return out
}
