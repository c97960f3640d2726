package crashpoints

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// judged is all that AWS has in the account, in a form that compares by meaning.
// What it is held against is worked out from the declaration here, by nothing
// of the controller's.
type judged struct {
	Role     *judgedRole // nil: there is none
	Family   judgedFamily
	Others   neighbours
	Faults   []string
	RecordID bool // whether the status knows the role by its id
}

type judgedRole struct {
	Trust       any
	Boundary    string
	Tags        map[string]string
	Managed     []string // attached policies of others
	Inline      int
	Permissions []string // of all own policies
}

// judge compares the whole account with what is declared.
func (s *stage) judge() error {
	got, err := s.found()
	if err != nil {
		return err
	}
	want, err := s.expected()
	if err != nil {
		return err
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return errors.New("(-declared +found):\n" + changed(diff))
	}
	return nil
}

// changed are the lines of a diff that differ: what is the same is long.
func changed(diff string) string {
	var out []string
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

func (s *stage) expected() (judged, error) {
	out := judged{Family: s.expectedFamily(), Others: s.neighbours, RecordID: true}
	if s.deleted {
		return out, nil
	}
	tr, err := s.get()
	if err != nil {
		return out, err
	}
	out.Role = &judgedRole{Trust: s.trust(tr.Spec.Trust.SelfAssume), Boundary: string(tr.Spec.PermissionsBoundaryARN), Tags: s.tags(tr)}
	for _, arn := range tr.Spec.ManagedPolicyARNs {
		out.Role.Managed = append(out.Role.Managed, string(arn))
	}
	for _, one := range tr.Spec.Statements {
		out.Role.Permissions = append(out.Role.Permissions, permissions(map[string]any{"Effect": one.Effect, "Action": one.Actions, "Resource": one.Resources})...)
	}
	if tr.Spec.Trust.SelfAssume {
		out.Role.Permissions = append(out.Role.Permissions, permissions(map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": s.roleARN()})...)
	}
	slices.Sort(out.Role.Permissions)
	return out, nil
}

// trust is as AWS's guide has it, and as it says for a role that assumes itself,
// but for the principal: IAM takes no role as one that does not exist yet.
func (s *stage) trust(selfAssume bool) any {
	self := ""
	if selfAssume {
		self = fmt.Sprintf(`,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":%q}}}`,
			s.account, s.roleARN())
	}
	return meaning(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:%s:%s:*"},"StringEquals":{"aws:SourceAccount":%q}}}%s]}`, ground.Region, s.account, s.account, self))
}

func (s *stage) tags(tr *v1alpha1.TaskRole) map[string]string {
	out := s.ownerTags()
	out["ecs.taskrole.dev/class"], out["ecs.taskrole.dev/previous-role"] = s.className, s.legacyARN()
	if s.adopted != "" {
		out["ecs.taskrole.dev/adopt"] = s.namespace + "/" + declared
	}
	for key, value := range tr.Spec.Tags {
		out[key] = string(value)
	}
	return out
}

func (s *stage) ownerTags() map[string]string {
	return map[string]string{
		"ecs.taskrole.dev/cluster-uid": world.ClusterUID,
		"ecs.taskrole.dev/cluster-id":  s.lane.name, "ecs.taskrole.dev/namespace": s.namespace,
		"ecs.taskrole.dev/name": declared, "ecs.taskrole.dev/family": declared,
	}
}

// found reads the account.
func (s *stage) found() (out judged, err error) {
	if out.Others, err = s.others(); err != nil {
		return out, err
	}
	if out.Family, err = s.foundFamily(); err != nil {
		return out, err
	}
	roles, policies, err := s.everything()
	if err != nil {
		return out, err
	}
	out.RecordID = true
	var has []string
	for _, r := range roles {
		switch {
		case !s.ours(r):
		case s.adopted != "" && aws.ToString(r.RoleId) != s.adopted:
			out.Faults = append(out.Faults, "the role was made anew")
		case aws.ToString(r.RoleName) != s.roleName():
			out.Faults = append(out.Faults, "role "+aws.ToString(r.Arn))
		default:
			out.Role, has = s.foundRole(r), attached(r)
			out.RecordID = s.recorded(aws.ToString(r.RoleId))
		}
	}
	for _, p := range policies {
		if !s.own(p.Path) {
			continue
		}
		arn := aws.ToString(p.Arn)
		if !slices.Contains(has, arn) {
			out.Faults = append(out.Faults, "policy "+arn+" is attached to nothing")
		}
		out.Faults = append(out.Faults, s.policyFaults(p)...)
		if out.Role != nil {
			out.Role.Permissions = append(out.Role.Permissions, granted(p)...)
		}
	}
	if out.Role != nil {
		slices.Sort(out.Role.Permissions)
	}
	return out, nil
}

func (s *stage) foundRole(r types.RoleDetail) *judgedRole {
	out := &judgedRole{Trust: meaning(aws.ToString(r.AssumeRolePolicyDocument)), Tags: tags(r.Tags), Inline: len(r.RolePolicyList)}
	if b := r.PermissionsBoundary; b != nil {
		out.Boundary = aws.ToString(b.PermissionsBoundaryArn)
	}
	for _, arn := range attached(r) {
		if !strings.Contains(arn, ":policy"+s.path()) {
			out.Managed = append(out.Managed, arn)
		}
	}
	return out
}

func (s *stage) recorded(id string) bool {
	tr, err := s.get()
	return err == nil && tr.Status.Role.ID == id || apierrors.IsNotFound(err)
}

// policyFaults complains of a policy without its owner.
func (s *stage) policyFaults(p types.ManagedPolicyDetail) []string {
	has := map[string]string{}
	pages := iam.NewListPolicyTagsPaginator(s.admin, &iam.ListPolicyTagsInput{PolicyArn: p.Arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.ctx)
		if err != nil {
			return []string{err.Error()}
		}
		maps.Copy(has, tags(page.Tags))
	}
	if diff := cmp.Diff(s.ownerTags(), has); diff != "" {
		return []string{"policy " + aws.ToString(p.Arn) + ": " + diff}
	}
	return nil
}

// granted are the permissions of a policy's default version.
func granted(p types.ManagedPolicyDetail) []string {
	var out []string
	for _, v := range p.PolicyVersionList {
		if !v.IsDefaultVersion {
			continue
		}
		document, _ := meaning(aws.ToString(v.Document)).(map[string]any)
		for _, one := range listOf(document["Statement"]) {
			out = append(out, permissions(one)...)
		}
	}
	return out
}

// permissions are a statement's: one for each of its actions on each of its
// resources. How they are bundled into statements is not declared.
func permissions(statement any) []string {
	text, err := json.Marshal(statement)
	if err != nil {
		return []string{err.Error()}
	}
	whole, _ := meaning(string(text)).(map[string]any)
	var out []string
	for _, action := range listOf(whole["Action"]) {
		for _, resource := range listOf(whole["Resource"]) {
			out = append(out, fmt.Sprint(whole["Effect"], " ", action, " ", resource, " ", whole["Condition"], whole["NotAction"], whole["NotResource"]))
		}
	}
	return out
}

func listOf(value any) []any {
	if list, many := value.([]any); many {
		return list
	}
	return []any{value}
}

// meaning decodes a policy document, also one that is URL-encoded, into a form
// in which documents of the same meaning are equal: a list of one is its only
// element, and the order of texts in a list is none.
func meaning(document string) any {
	if decoded, err := url.PathUnescape(document); err == nil && strings.HasPrefix(document, "%7B") {
		document = decoded
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return err.Error()
	}
	return simple(value)
}

func simple(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, v := range value {
			out[key] = simple(v)
		}
		return out
	case []any:
		if len(value) == 1 {
			return simple(value[0])
		}
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = simple(v)
		}
		slices.SortStableFunc(out, func(a, b any) int {
			x, _ := a.(string)
			y, _ := b.(string)
			return strings.Compare(x, y)
		})
		return out
	default:
		return value
	}
}
