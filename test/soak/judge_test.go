package soak

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// judged is all that an account has, in a form that compares by meaning. What it
// is held against is worked out from the declarations here, by nothing of the
// controller's.
type judged struct {
	Roles    map[string]judgedRole   // by ARN, but for those that were let go of
	Families map[string]judgedFamily // by name
	Others   neighbours
	Faults   []string
}

type judgedRole struct {
	Trust       any
	Boundary    string
	Tags        map[string]string
	Managed     []string // attached policies of others
	Inline      []string
	Permissions []string // of all own policies
}

// judge compares the whole account with what is declared.
func (a *account) judge(lives []*life) error {
	got, err := a.found(lives)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(a.expected(lives), got); diff != "" {
		return fmt.Errorf("account %s (-declared +found):\n%s", a.ID, changed(diff))
	}
	return nil
}

// changed are the lines of a diff that differ, each with the name of what it is
// in: what is the same is long.
func changed(diff string) string {
	var out []string
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") || strings.Contains(line, `"arn:aws:iam`) && strings.HasSuffix(line, "{\n") {
			out = append(out, line)
		}
	}
	return strings.Join(out[:min(len(out), 200)], "")
}

func (a *account) expected(lives []*life) judged {
	out := judged{Roles: map[string]judgedRole{}, Families: map[string]judgedFamily{}, Others: a.neighbours}
	for _, l := range lives {
		if len(l.shipped) > 0 {
			out.Families[l.family()] = l.expectedFamily()
		}
		if l.state != alive {
			continue
		}
		r := judgedRole{Trust: l.trust(), Boundary: string(l.spec.PermissionsBoundaryARN), Tags: l.roleTags(), Permissions: l.declared()}
		for _, arn := range l.spec.ManagedPolicyARNs {
			r.Managed = append(r.Managed, string(arn))
		}
		slices.Sort(r.Managed)
		out.Roles[l.arn()] = r
	}
	return out
}

// trust is as AWS's guide has it, and as it says for a role that assumes itself,
// but for the principal: IAM takes no role as one that does not exist yet.
func (l *life) trust() any {
	self := ""
	if l.spec.Trust.SelfAssume {
		self = fmt.Sprintf(`,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":%q}}}`,
			l.ID, l.arn())
	}
	return meaning(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:%s:%s:*"},"StringEquals":{"aws:SourceAccount":%q}}}%s]}`, ground.Region, l.ID, l.ID, self))
}

const (
	tagClass    = "ecs.taskrole.dev/class"
	tagPrevious = "ecs.taskrole.dev/previous-role"
)

func (l *life) roleTags() map[string]string {
	out := l.withTags(l.spec.Tags)
	maps.Copy(out, l.ownerTags())
	out[tagClass] = l.className
	if previous, told := l.previous(); told {
		out[tagPrevious] = previous
	}
	return out
}

func (l *life) ownerTags() map[string]string {
	return map[string]string{
		"ecs.taskrole.dev/cluster-id": clusterID, "ecs.taskrole.dev/cluster-uid": l.world.ClusterUID,
		"ecs.taskrole.dev/namespace": l.namespace, "ecs.taskrole.dev/name": l.name, "ecs.taskrole.dev/family": l.family(),
	}
}

// previous is the role that the family goes back to one day, where the pipeline's
// newest revision says it: one with our role says nothing of it.
func (l *life) previous() (string, bool) {
	if len(l.shipped) == 0 {
		return "", false
	}
	switch role := l.shipped[len(l.shipped)-1].Text("taskRoleArn"); role {
	case l.arn():
		return "", false
	case "":
		return "none", true
	default:
		return role, true
	}
}

// declared are the permissions, by meaning and in a fixed order.
func (l *life) declared() []string {
	var out []string
	for _, s := range l.spec.Statements {
		statement := map[string]any{"Effect": s.Effect, "Action": s.Actions, "Resource": s.Resources}
		if len(s.Conditions) > 0 {
			statement["Condition"] = s.Conditions
		}
		out = append(out, permissions(statement)...)
	}
	for _, g := range l.spec.Grants {
		out = append(out, permissions(map[string]any{"Effect": "Allow", "Action": granted[g.Access[0]], "Resource": g.Resources})...)
	}
	if l.spec.Trust.SelfAssume {
		out = append(out, permissions(map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": l.arn()})...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// granted are what the verbs that someGrants uses come to, as docs/grants says.
var granted = map[string][]string{
	"Read": {"s3:GetObject"},
	"Send": {"sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"},
}

// found reads the account.
func (a *account) found(lives []*life) (out judged, err error) {
	out = judged{Roles: map[string]judgedRole{}, Families: map[string]judgedFamily{}}
	roles, policies, err := a.everything(a.ctx)
	if err != nil {
		return out, err
	}
	if out.Others, err = a.others(roles, policies); err != nil {
		return out, err
	}
	byRole, byPath := map[string]*life{}, map[string]*life{}
	for _, l := range lives {
		byRole[l.path()+l.role()], byPath[l.path()+l.name+"/"] = l, l
		if len(l.shipped) > 0 {
			if out.Families[l.family()], err = l.foundFamily(); err != nil {
				return out, err
			}
		}
	}
	has := map[string][]string{} // attached, by role
	for _, r := range roles {
		l := byRole[aws.ToString(r.Path)+aws.ToString(r.RoleName)]
		switch {
		case !own(r.Path) || l != nil && l.state == retained:
		case l == nil || l.state != alive:
			out.Faults = append(out.Faults, "orphan: role "+aws.ToString(r.Arn))
		default:
			out.Roles[l.arn()] = l.foundRole(r)
			has[l.arn()] = attached(r)
			out.Faults = append(out.Faults, l.idFaults(aws.ToString(r.RoleId))...)
		}
	}
	for _, p := range policies {
		l := byPath[aws.ToString(p.Path)]
		switch {
		case !own(p.Path) || l != nil && l.state == retained:
		case l == nil || l.state != alive || !slices.Contains(has[l.arn()], aws.ToString(p.Arn)):
			out.Faults = append(out.Faults, "orphan: policy "+aws.ToString(p.Arn))
		default:
			out.Faults = append(out.Faults, l.policyFaults(p)...)
			r := out.Roles[l.arn()]
			r.Permissions = append(r.Permissions, permitted(p)...)
			out.Roles[l.arn()] = r
		}
	}
	for _, r := range out.Roles {
		slices.Sort(r.Permissions)
	}
	slices.Sort(out.Faults)
	return out, nil
}

func (l *life) foundRole(r types.RoleDetail) judgedRole {
	out := judgedRole{Trust: meaning(aws.ToString(r.AssumeRolePolicyDocument)), Tags: tagsOf(r.Tags)}
	if _, told := l.previous(); !told {
		delete(out.Tags, tagPrevious)
	}
	if b := r.PermissionsBoundary; b != nil {
		out.Boundary = aws.ToString(b.PermissionsBoundaryArn)
	}
	for _, arn := range attached(r) {
		if !strings.Contains(arn, ":policy/taskrole/") {
			out.Managed = append(out.Managed, arn)
		}
	}
	for _, p := range r.RolePolicyList {
		out.Inline = append(out.Inline, aws.ToString(p.PolicyName))
	}
	return out
}

// idFaults complains of a role that the status does not know.
func (l *life) idFaults(id string) []string {
	tr, err := l.get()
	if err != nil {
		return []string{err.Error()}
	}
	if tr.Status.Role.ID != id {
		return []string{fmt.Sprintf("role %s has id %s, the status says %q", l.arn(), id, tr.Status.Role.ID)}
	}
	return nil
}

// policyFaults complains of a policy without its owner.
func (l *life) policyFaults(p types.ManagedPolicyDetail) []string {
	out, err := l.Admin.IAM.ListPolicyTags(l.ctx, &iam.ListPolicyTagsInput{PolicyArn: p.Arn, MaxItems: aws.Int32(50)})
	if err != nil {
		return []string{err.Error()}
	}
	if diff := cmp.Diff(l.ownerTags(), tagsOf(out.Tags)); diff != "" {
		return []string{"policy " + aws.ToString(p.Arn) + ": " + diff}
	}
	return nil
}

// permitted are the permissions of a policy's default version.
func permitted(p types.ManagedPolicyDetail) []string {
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

// judgeAll judges every account.
func (s *soak) judgeAll() error {
	var errs []error
	for _, a := range s.accounts {
		errs = append(errs, a.judge(s.of(a)))
	}
	return errors.Join(errs...)
}
