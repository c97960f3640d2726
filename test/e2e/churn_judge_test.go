package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// judged is all that the controller answers for, in a form that compares by
// meaning. What it is held against is worked out from the declarations here, by
// nothing of the controller's.
type judged struct {
	Roles    map[string]judgedRole   // by ARN
	Policies map[string]judgedPolicy // by the ARN of the role that they are of
	Families map[string]judgedFamily // by name
	Orphans  []string                // policies in a path that is no TaskRole's
}

type judgedRole struct {
	Trust    any
	Boundary string
	Tags     map[string]string
	Managed  []string // attached, but for the role's own
	Inline   []string
}

type judgedPolicy struct {
	Permissions []string // of all policies
	Faults      []string
}

type judgedFamily struct {
	Role, Image  string
	Registration map[string]string
	Faults       []string
}

// judge compares the whole account with all declarations.
func (c *churn) judge() error {
	got, err := c.found()
	if err != nil {
		return err
	}
	if diff := different(c.expected(), got); diff != "" {
		return errors.New("(-declared +found):\n" + diff)
	}
	return nil
}

// expected is what is declared.
func (c *churn) expected() judged {
	out := judged{Roles: map[string]judgedRole{}, Policies: map[string]judgedPolicy{}, Families: map[string]judgedFamily{}}
	for _, l := range c.lives {
		if n := len(l.registered); n > 0 {
			newest := l.describe(fmt.Sprintf("%s:%d", l.family(), l.registered[n-1]))
			f := judgedFamily{Role: newest.text("taskRoleArn"), Image: image(newest), Registration: newest.registration(l)}
			if l.spec != nil {
				f.Role = l.arn()
			}
			out.Families[l.family()] = f
		}
		if l.spec == nil {
			continue
		}
		out.Roles[l.arn()] = judgedRole{Trust: l.trust(), Boundary: c.boundary, Tags: c.tags(l), Managed: managedOf(l)}
		if permissions := l.declared(); len(permissions) > 0 {
			out.Policies[l.arn()] = judgedPolicy{Permissions: permissions}
		}
	}
	return out
}

// trust is as AWS's guide has it, and as it says for a role that assumes itself,
// but for the principal: IAM takes no role as one that does not exist yet.
func (l *life) trust() any {
	self := ""
	if l.spec.Trust.SelfAssume {
		self = fmt.Sprintf(`,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":%q}}}`,
			l.account, l.arn())
	}
	return meaning(l, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:%s:%s:*"},"StringEquals":{"aws:SourceAccount":%q}}}%s]}`, region, l.account, l.account, self))
}

func (c *churn) tags(l *life) map[string]string {
	out := map[string]string{
		"ecs.taskrole.dev/cluster-id": clusterID, "ecs.taskrole.dev/namespace": l.namespace, "ecs.taskrole.dev/name": lived, "ecs.taskrole.dev/cluster-uid": world.ClusterUID,
		"ecs.taskrole.dev/family": l.family(), "ecs.taskrole.dev/class": c.className,
	}
	for _, tags := range []v1alpha1.Tags{l.spec.Tags, c.classTags} {
		for key, value := range tags {
			out[key] = string(value)
		}
	}
	return out
}

func managedOf(l *life) []string {
	var out []string
	for _, arn := range l.spec.ManagedPolicyARNs {
		out = append(out, string(arn))
	}
	slices.Sort(out)
	return out
}

// declared are the permissions, by meaning and in a fixed order: how they are
// bundled into statements is not declared.
func (l *life) declared() []string {
	var out []string
	for _, s := range l.spec.Statements {
		statement := map[string]any{"Effect": s.Effect, "Action": s.Actions, "Resource": s.Resources}
		if len(s.Conditions) > 0 {
			statement["Condition"] = s.Conditions
		}
		out = append(out, permissions(l, statement)...)
	}
	if l.spec.Trust.SelfAssume {
		out = append(out, permissions(l, map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": l.arn()})...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// permissions are a statement's: one for each of its actions on each of its
// resources.
func permissions(l *life, statement any) []string {
	var whole struct {
		Effect           string
		Action, Resource any
		Condition        any
	}
	l.must(json.Unmarshal([]byte(statementText(l, statement)), &whole))
	var out []string
	for _, action := range listOf(whole.Action) {
		for _, resource := range listOf(whole.Resource) {
			text, err := json.Marshal([]any{whole.Effect, action, resource, whole.Condition})
			l.must(err)
			out = append(out, string(text))
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

func statementText(l *life, statement any) string {
	text, err := json.Marshal(statement)
	l.must(err)
	text, err = json.Marshal(meaning(l, string(text)))
	l.must(err)
	return string(text)
}

// found reads the account.
func (c *churn) found() (judged, error) {
	out := judged{Roles: map[string]judgedRole{}, Policies: map[string]judgedPolicy{}, Families: map[string]judgedFamily{}}
	roles, policies, err := c.everything()
	if err != nil {
		return out, err
	}
	for _, r := range roles {
		out.Roles[aws.ToString(r.Arn)] = c.foundRole(r)
	}
	own, written := map[string][]string{}, map[string][]string{}
	for _, p := range policies {
		l := c.ownerOf(p)
		if l == nil {
			out.Orphans = append(out.Orphans, aws.ToString(p.Arn))
			continue
		}
		own[l.arn()] = append(own[l.arn()], aws.ToString(p.Arn))
		j := out.Policies[l.arn()]
		statements, err := j.add(l, p)
		if err != nil {
			return out, err
		}
		written[l.arn()] = append(written[l.arn()], statements...)
		out.Policies[l.arn()] = j
	}
	for _, l := range c.lives {
		if j, found := out.Policies[l.arn()]; found {
			slices.Sort(j.Permissions)
			j.Faults = append(j.Faults, crowded(len(own[l.arn()]), written[l.arn()])...)
			j.Faults = append(j.Faults, unattached(roles, l.arn(), own[l.arn()])...)
			out.Policies[l.arn()] = j
		}
		if len(l.registered) > 0 {
			out.Families[l.family()] = l.foundFamily()
		}
	}
	return out, nil
}

// everything is all roles and policies in the path of controllers.
func (c *churn) everything() (roles []types.RoleDetail, policies []types.ManagedPolicyDetail, err error) {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(c.admin.iam, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range page.RoleDetailList {
			if strings.HasPrefix(aws.ToString(r.Path), "/taskrole/") {
				roles = append(roles, r)
			}
		}
		for _, p := range page.Policies {
			if strings.HasPrefix(aws.ToString(p.Path), "/taskrole/") {
				policies = append(policies, p)
			}
		}
	}
	return roles, policies, nil
}

func (c *churn) foundRole(r types.RoleDetail) judgedRole {
	out := judgedRole{Trust: meaning(c, aws.ToString(r.AssumeRolePolicyDocument)), Tags: tags(r.Tags)}
	// Whether and what it says depends on when which revision was seen.
	delete(out.Tags, "ecs.taskrole.dev/previous-role")
	if r.PermissionsBoundary != nil {
		out.Boundary = aws.ToString(r.PermissionsBoundary.PermissionsBoundaryArn)
	}
	for _, p := range r.AttachedManagedPolicies {
		if arn := aws.ToString(p.PolicyArn); !strings.Contains(arn, ":policy/taskrole/") {
			out.Managed = append(out.Managed, arn)
		}
	}
	for _, p := range r.RolePolicyList {
		out.Inline = append(out.Inline, aws.ToString(p.PolicyName))
	}
	slices.Sort(out.Managed)
	return out
}

// ownerOf is whose the policy is by its path and name; nil: nobody's who lives.
func (c *churn) ownerOf(p types.ManagedPolicyDetail) *life {
	for _, l := range c.lives {
		if l.spec != nil && aws.ToString(p.Path) == "/taskrole/"+clusterID+"/"+l.namespace+"/"+lived+"/" && strings.HasPrefix(aws.ToString(p.PolicyName), l.role()) {
			return l
		}
	}
	return nil
}

// add adds the permissions of a policy, and returns its statements.
func (j *judgedPolicy) add(l *life, p types.ManagedPolicyDetail) ([]string, error) {
	var statements []string
	name := aws.ToString(p.PolicyName)
	if n := len(p.PolicyVersionList); n > 5 {
		j.Faults = append(j.Faults, fmt.Sprintf("policy %s has %d versions", name, n))
	}
	listed, err := l.admin.iam.ListPolicyTags(l.ctx, &iam.ListPolicyTagsInput{PolicyArn: p.Arn, MaxItems: aws.Int32(50)})
	if err != nil {
		return nil, err
	}
	for _, t := range listed.Tags {
		if !strings.HasPrefix(aws.ToString(t.Key), "ecs.taskrole.dev/") {
			j.Faults = append(j.Faults, fmt.Sprintf("policy %s has tag %s", name, aws.ToString(t.Key)))
		}
	}
	for _, v := range p.PolicyVersionList {
		if !v.IsDefaultVersion {
			continue
		}
		document := meaning(l, aws.ToString(v.Document))
		text, err := json.Marshal(document)
		l.must(err)
		if n := printed(string(text)); n > 6144 {
			j.Faults = append(j.Faults, fmt.Sprintf("policy %s has %d characters", name, n))
		}
		for _, s := range statementsOf(document) {
			delete(s, "Sid") // says nothing
			j.Permissions = append(j.Permissions, permissions(l, s)...)
			statements = append(statements, statementText(l, s))
		}
	}
	return statements, nil
}

func statementsOf(document any) []map[string]any {
	top, _ := document.(map[string]any)
	list, many := top["Statement"].([]any)
	if !many {
		list = []any{top["Statement"]}
	}
	var out []map[string]any
	for _, item := range list {
		if s, fine := item.(map[string]any); fine {
			out = append(out, maps.Clone(s))
		}
	}
	return out
}

// crowded complains of more policies than the statements ask for. Where one
// policy may or may not hold them all, which depends on how it is written, it
// says nothing.
func crowded(policies int, statements []string) []string {
	size := 0
	for _, s := range statements {
		size += printed(s) + len(`"Sid":"S1000",`) + 2*strings.Count(s, `":"`)
	}
	const head = 100 // version, brackets
	if size+head <= 6144 && policies > 1 || policies > 1+3*size/6144 {
		return []string{fmt.Sprintf("%d policies for statements of %d characters", policies, size)}
	}
	return nil
}

func unattached(roles []types.RoleDetail, role string, own []string) []string {
	var attached []string
	for _, r := range roles {
		if aws.ToString(r.Arn) != role {
			continue
		}
		for _, p := range r.AttachedManagedPolicies {
			attached = append(attached, aws.ToString(p.PolicyArn))
		}
	}
	var out []string
	for _, arn := range own {
		if !slices.Contains(attached, arn) {
			out = append(out, arn+" is not attached")
		}
	}
	return out
}

// printed counts as IAM counts.
func printed(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// foundFamily reads the newest revision, and finds fault with the others.
func (l *life) foundFamily() judgedFamily {
	newest := l.describe(l.family())
	out := judgedFamily{Role: newest.text("taskRoleArn"), Image: image(newest), Registration: newest.registration(l)}
	var active []int
	copies, restored := map[string]int{}, map[string]int{}
	for _, r := range l.revisions() {
		active = append(active, r.number())
		switch {
		case slices.Contains(l.registered, r.number()):
		case r.text("taskRoleArn") == l.arn():
			copies[image(r)]++
		default:
			restored[image(r)]++
		}
	}
	for _, n := range l.registered {
		if !slices.Contains(active, n) {
			out.Faults = append(out.Faults, fmt.Sprintf("the pipeline's revision %d is not ACTIVE", n))
		}
	}
	for image, n := range copies {
		// One of each foreign revision: the pipeline's and those that deletions
		// registered. A withdrawn revision has the one before it copied again.
		if n > 1+restored[image]+l.withdrawals {
			out.Faults = append(out.Faults, fmt.Sprintf("%d copies of %s, and %d back with another role", n, image, restored[image]))
		}
	}
	for image, n := range restored {
		if n > l.deletions {
			out.Faults = append(out.Faults, fmt.Sprintf("%d revisions of %s with another role after %d deletions", n, image, l.deletions))
		}
	}
	slices.Sort(out.Faults)
	return out
}

// find is the id of a role, empty where there is none.
func (s *stage) find(role string) (string, error) {
	out, err := s.admin.iam.GetRole(s.ctx, &iam.GetRoleInput{RoleName: aws.String(role)})
	if code(err) == "NoSuchEntity" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Role.RoleId), nil
}
