package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// churnEdit is something that happens.
type churnEdit struct {
	name   string
	weight int
	do     func(c *churn, l *life, r *rand.Rand)
}

var churnEdits = []churnEdit{
	{"add a statement", 6, declares(func(l *life, _ *churn, r *rand.Rand) {
		at := r.IntN(len(l.spec.Statements) + 1)
		l.spec.Statements = slices.Insert(l.spec.Statements, at, l.statement(r, 1))
	})},
	{"remove a statement", 4, declares(func(l *life, _ *churn, r *rand.Rand) {
		if n := len(l.spec.Statements); n > 0 {
			at := r.IntN(n)
			l.spec.Statements = slices.Delete(l.spec.Statements, at, at+1)
		}
	})},
	{"change a statement", 6, declares(func(l *life, _ *churn, r *rand.Rand) {
		if n := len(l.spec.Statements); n > 0 {
			l.spec.Statements[r.IntN(n)] = l.statement(r, 1+r.IntN(3))
		}
	})},
	{"reorder the statements", 3, declares(func(l *life, _ *churn, r *rand.Rand) {
		s := l.spec.Statements
		r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	})},
	{"write more than a policy holds", 4, declares(func(l *life, _ *churn, r *rand.Rand) {
		for range 6 + r.IntN(12) {
			l.spec.Statements = append(l.spec.Statements, l.statement(r, 8+r.IntN(8)))
		}
		l.spec.Statements = l.spec.Statements[max(0, len(l.spec.Statements)-24):]
	})},
	{"keep two statements", 3, declares(func(l *life, _ *churn, _ *rand.Rand) {
		l.spec.Statements = l.spec.Statements[:min(2, len(l.spec.Statements))]
	})},
	{"keep no statement", 1, declares(func(l *life, _ *churn, _ *rand.Rand) { l.spec.Statements = nil })},
	{"attach other policies", 5, declares(func(l *life, c *churn, r *rand.Rand) { l.spec.ManagedPolicyARNs = c.someManaged(r) })},
	{"tag otherwise", 4, declares(func(l *life, _ *churn, r *rand.Rand) { l.spec.Tags = someTags(r) })},
	{"turn self-assume", 3, declares(func(l *life, _ *churn, _ *rand.Rand) { l.spec.Trust.SelfAssume = !l.spec.Trust.SelfAssume })},

	{"class: another boundary", 2, func(c *churn, _ *life, r *rand.Rand) {
		c.boundary = c.boundaries[r.IntN(len(c.boundaries))]
		c.editClass(func(class *v1alpha1.TaskRoleClass) {
			class.Spec.Unbounded, class.Spec.PermissionsBoundaryARN = c.boundary == "", v1alpha1.PolicyARN(c.boundary)
		})
	}},
	{"class: other tags", 2, func(c *churn, _ *life, r *rand.Rand) {
		c.classTags = nil
		if r.IntN(3) > 0 {
			c.classTags = v1alpha1.Tags{"environment": v1alpha1.TagValue(fmt.Sprintf("e%d", r.IntN(3)))}
		}
		c.editClass(func(class *v1alpha1.TaskRoleClass) { class.Spec.Tags = c.classTags })
	}},

	{"delete", 5, func(c *churn, l *life, r *rand.Rand) {
		if l.spec == nil {
			c.born(l, c.someSpec(l, r))
			return
		}
		l.erase()
	}},
	{"delete and recreate", 5, func(c *churn, l *life, r *rand.Rand) {
		if l.spec != nil {
			l.erase()
		}
		c.born(l, c.someSpec(l, r))
	}},
	{"create and delete at once", 3, func(c *churn, l *life, r *rand.Rand) {
		if l.spec == nil {
			c.born(l, c.someSpec(l, r))
		}
		l.erase()
	}},

	{"pipeline: without a role", 6, func(_ *churn, l *life, _ *rand.Rand) { l.registers("") }},
	{"pipeline: with the role", 3, func(_ *churn, l *life, _ *rand.Rand) { l.registers(l.arn()) }},
	{"pipeline: with an older role", 3, func(c *churn, l *life, _ *rand.Rand) { l.registers(c.legacy) }},
	{"pipeline: withdraw", 2, func(_ *churn, l *life, _ *rand.Rand) { l.withdraws() }},

	{"by hand: detach a policy", 3, func(_ *churn, l *life, _ *rand.Rand) {
		_, err := l.admin.iam.DetachRolePolicy(l.ctx, &iam.DetachRolePolicyInput{RoleName: aws.String(l.role()), PolicyArn: aws.String(l.policyARN(lived, l.role()))})
		l.tried(err)
	}},
	{"by hand: another version", 3, func(_ *churn, l *life, r *rand.Rand) {
		_, err := l.admin.iam.CreatePolicyVersion(l.ctx, &iam.CreatePolicyVersionInput{
			PolicyArn: aws.String(l.policyARN(lived, l.role())), PolicyDocument: aws.String(anyPolicy), SetAsDefault: r.IntN(2) == 0,
		})
		l.tried(err)
	}},
	{"by hand: an inline policy", 3, func(_ *churn, l *life, r *rand.Rand) {
		_, err := l.admin.iam.PutRolePolicy(l.ctx, &iam.PutRolePolicyInput{
			RoleName: aws.String(l.role()), PolicyName: aws.String(fmt.Sprintf("hand-%d", r.IntN(3))), PolicyDocument: aws.String(anyPolicy),
		})
		l.tried(err)
	}},
	{"by hand: attach a policy", 3, func(c *churn, l *life, _ *rand.Rand) {
		_, err := l.admin.iam.AttachRolePolicy(l.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(l.role()), PolicyArn: aws.String(c.foreign)})
		l.tried(err)
	}},
	{"by hand: edit the trust", 3, func(_ *churn, l *life, _ *rand.Rand) {
		if l.recorded() {
			_, err := l.admin.iam.UpdateAssumeRolePolicy(l.ctx, &iam.UpdateAssumeRolePolicyInput{
				RoleName: aws.String(l.role()), PolicyDocument: aws.String(trustOf("ec2.amazonaws.com")),
			})
			l.tried(err)
		}
	}},
	{"by hand: edit the tags", 3, func(_ *churn, l *life, _ *rand.Rand) {
		if l.recorded() {
			_, err := l.admin.iam.UntagRole(l.ctx, &iam.UntagRoleInput{RoleName: aws.String(l.role()), TagKeys: []string{"team", "ecs.taskrole.dev/name"}})
			l.tried(err)
			_, err = l.admin.iam.TagRole(l.ctx, &iam.TagRoleInput{RoleName: aws.String(l.role()), Tags: []types.Tag{{Key: aws.String("admin"), Value: aws.String("true")}}})
			l.tried(err)
		}
	}},
	{"by hand: remove the boundary", 2, func(_ *churn, l *life, _ *rand.Rand) {
		_, err := l.admin.iam.DeleteRolePermissionsBoundary(l.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(l.role())})
		l.tried(err)
	}},
	{"by hand: deregister the copy", 2, func(_ *churn, l *life, _ *rand.Rand) {
		if len(l.registered) == 0 {
			return
		}
		if newest := l.describe(l.family()); newest.text("taskRoleArn") == l.arn() && !slices.Contains(l.registered, newest.number()) {
			l.deregister(l.family(), newest.number())
		}
	}},
	{"by hand: delete the role", 2, func(_ *churn, l *life, _ *rand.Rand) { l.demolish() }},
}

// pick chooses an edit by its weight.
func pick(r *rand.Rand) churnEdit {
	total := 0
	for _, e := range churnEdits {
		total += e.weight
	}
	at := r.IntN(total)
	for _, e := range churnEdits {
		if at -= e.weight; at < 0 {
			return e
		}
	}
	panic("unreachable")
}

// declares changes the spec, or makes one to begin with.
func declares(change func(*life, *churn, *rand.Rand)) func(*churn, *life, *rand.Rand) {
	return func(c *churn, l *life, r *rand.Rand) {
		l.Helper()
		if l.spec == nil {
			c.born(l, c.someSpec(l, r))
			return
		}
		change(l, c, r)
		l.write()
	}
}

// someSpec is one to begin with.
func (c *churn) someSpec(l *life, r *rand.Rand) v1alpha1.TaskRoleSpec {
	spec := v1alpha1.TaskRoleSpec{
		ClassName: c.className, Family: l.family(), Tags: someTags(r), ManagedPolicyARNs: c.someManaged(r),
		Trust: v1alpha1.Trust{SelfAssume: r.IntN(3) == 0},
	}
	for range r.IntN(4) {
		spec.Statements = append(spec.Statements, l.statement(r, 1+r.IntN(3)))
	}
	return spec
}

// statement is one that there was not before, over n resources.
func (l *life) statement(r *rand.Rand, n int) v1alpha1.Statement {
	l.statements++
	s := v1alpha1.Statement{Effect: v1alpha1.EffectAllow, Actions: []string{"s3:GetObject"}}
	if r.IntN(4) > 0 {
		s.SID = fmt.Sprintf("S%d", l.statements)
	}
	if r.IntN(5) == 0 {
		s.Effect = v1alpha1.EffectDeny
	}
	if r.IntN(2) == 0 {
		s.Actions = append(s.Actions, "s3:PutObject", "s3:List*")[r.IntN(2):]
	}
	for i := range n {
		s.Resources = append(s.Resources, fmt.Sprintf("arn:aws:s3:::bucket-%d/%s/%d/*", l.statements, strings.Repeat("x", r.IntN(40)), i))
	}
	if r.IntN(3) == 0 {
		s.Conditions = v1alpha1.ConditionBlock{"StringEquals": {"aws:ResourceAccount": {l.account}}, "Bool": {"aws:SecureTransport": {"true"}}}
	}
	return s
}

func (c *churn) someManaged(r *rand.Rand) []v1alpha1.PolicyARN {
	var out []v1alpha1.PolicyARN
	for _, i := range r.Perm(len(c.managed))[:r.IntN(len(c.managed)+1)] {
		out = append(out, v1alpha1.PolicyARN(c.managed[i]))
	}
	return out
}

func someTags(r *rand.Rand) v1alpha1.Tags {
	if r.IntN(3) == 0 {
		return nil
	}
	return v1alpha1.Tags{"team": v1alpha1.TagValue(fmt.Sprintf("t%d", r.IntN(4)))}
}

// tried ends the test at an error that does not come of the manager's acting at
// the same time, or of there being nothing to meddle with.
func (l *life) tried(err error) {
	l.Helper()
	if err != nil && !slices.Contains([]string{"NoSuchEntity", "DeleteConflict", "LimitExceeded"}, code(err)) {
		l.Fatal(err)
	}
}

// demolish deletes the role, as far as the manager lets it.
func (l *life) demolish() {
	l.Helper()
	name := aws.String(l.role())
	attached, err := l.admin.iam.ListAttachedRolePolicies(l.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name})
	l.tried(err)
	for err == nil && len(attached.AttachedPolicies) > 0 {
		for _, p := range attached.AttachedPolicies {
			_, err := l.admin.iam.DetachRolePolicy(l.ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: p.PolicyArn})
			l.tried(err)
		}
		if !attached.IsTruncated {
			break
		}
		attached, err = l.admin.iam.ListAttachedRolePolicies(l.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name})
		l.tried(err)
	}
	for i := range 3 {
		_, err := l.admin.iam.DeleteRolePolicy(l.ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String(fmt.Sprintf("hand-%d", i))})
		l.tried(err)
	}
	_, err = l.admin.iam.DeleteRole(l.ctx, &iam.DeleteRoleInput{RoleName: name})
	l.tried(err)
}
