package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// edit is something that happens to a life.
type edit struct {
	name   string
	weight int
	do     func(*life, *rand.Rand) error
}

// live does one thing with a life.
func (l *life) live() error {
	if err := l.settle(); err != nil {
		return err
	}
	e := l.pick()
	if err := e.do(l, l.random); err != nil {
		return fmt.Errorf("%s of %s/%s (%s): %w", e.name, l.namespace, l.name, l.state, err)
	}
	l.did(e.name)
	l.diarise(e.name)
	return nil
}

// pick chooses an edit by its weight.
func (l *life) pick() edit {
	total := 0
	for _, e := range edits {
		total += e.weight
	}
	at := l.random.IntN(total)
	for _, e := range edits {
		if at -= e.weight; at < 0 {
			return e
		}
	}
	panic("unreachable")
}

// declares changes what is declared. Where nothing is, it is born; where it has
// not gone yet, the pipeline ships instead.
func declares(change func(*life, *rand.Rand)) func(*life, *rand.Rand) error {
	return func(l *life, r *rand.Rand) error {
		switch l.state {
		case alive:
			change(l, r)
			return l.write()
		case leaving, letting:
			return l.ship("")
		default:
			return l.born()
		}
	}
}

var edits = slices.Concat([]edit{
	{"add a statement", 6, declares(func(l *life, r *rand.Rand) {
		l.spec.Statements = slices.Insert(l.spec.Statements, r.IntN(len(l.spec.Statements)+1), l.statement(r, 1))
	})},
	{"remove a statement", 4, declares(func(l *life, r *rand.Rand) {
		if n := len(l.spec.Statements); n > 0 {
			at := r.IntN(n)
			l.spec.Statements = slices.Delete(l.spec.Statements, at, at+1)
		}
	})},
	{"change a statement", 6, declares(func(l *life, r *rand.Rand) {
		if n := len(l.spec.Statements); n > 0 {
			l.spec.Statements[r.IntN(n)] = l.statement(r, 1+r.IntN(3))
		}
	})},
	{"reorder the statements", 2, declares(func(l *life, r *rand.Rand) {
		s := l.spec.Statements
		r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	})},
	{"write more than a policy holds", 6, declares(func(l *life, r *rand.Rand) {
		for range 6 + r.IntN(12) {
			l.spec.Statements = append(l.spec.Statements, l.statement(r, 8+r.IntN(8)))
		}
		l.spec.Statements = l.spec.Statements[max(0, len(l.spec.Statements)-20):]
	})},
	{"keep two statements", 5, declares(func(l *life, _ *rand.Rand) {
		l.spec.Statements = l.spec.Statements[:min(2, len(l.spec.Statements))]
	})},
	{"keep no statement", 4, declares(func(l *life, _ *rand.Rand) { l.spec.Statements = nil })},
	{"grant otherwise", 5, declares(func(l *life, r *rand.Rand) { l.spec.Grants = l.someGrants(r) })},
	{"attach other policies", 5, declares(func(l *life, r *rand.Rand) { l.spec.ManagedPolicyARNs = l.someManaged(r) })},
	{"tag otherwise", 4, declares(func(l *life, r *rand.Rand) { l.spec.Tags = someTags(r) })},
	{"another boundary", 3, declares(func(l *life, r *rand.Rand) {
		l.spec.PermissionsBoundaryARN = v1alpha1.PolicyARN(l.boundaries[r.IntN(len(l.boundaries))])
	})},
	{"turn self-assume", 2, declares(func(l *life, _ *rand.Rand) { l.spec.Trust.SelfAssume = !l.spec.Trust.SelfAssume })},
	{"observe, or enforce again", 3, declares(func(l *life, _ *rand.Rand) {
		if l.spec.ManagementPolicy == v1alpha1.ManagementObserve {
			l.spec.ManagementPolicy = v1alpha1.ManagementEnforce
		} else {
			l.spec.ManagementPolicy = v1alpha1.ManagementObserve
		}
	})},
	{"another deletion policy", 3, declares(func(l *life, _ *rand.Rand) {
		if l.spec.DeletionPolicy == v1alpha1.DeletionRetain || !l.keeps() {
			l.spec.DeletionPolicy = v1alpha1.DeletionDelete
		} else {
			l.spec.DeletionPolicy = v1alpha1.DeletionRetain
		}
	})},
	{"delete", 7, deletes},
	{"delete, right after the pipeline shipped", 3, func(l *life, r *rand.Rand) error {
		if err := l.ship([]string{"", l.legacy}[r.IntN(2)]); err != nil {
			return err
		}
		return deletes(l, r)
	}},

	{"pipeline: without a role", 6, func(l *life, _ *rand.Rand) error { return l.ship("") }},
	{"pipeline: with the role", 3, func(l *life, _ *rand.Rand) error { return l.ship(l.arn()) }},
	{"pipeline: with an older role", 3, func(l *life, _ *rand.Rand) error { return l.ship(l.legacy) }},
}, byHand)

// deletes asks for the deletion of what may be let go of or deleted.
func deletes(l *life, r *rand.Rand) error {
	if l.state == alive && (l.keeps() || l.spec.ManagementPolicy != v1alpha1.ManagementObserve) {
		return l.die()
	}
	return declares(func(l *life, _ *rand.Rand) { l.spec.ManagementPolicy = v1alpha1.ManagementEnforce })(l, r)
}

// someSpec is one to begin with.
func (l *life) someSpec() v1alpha1.TaskRoleSpec {
	r := l.random
	spec := v1alpha1.TaskRoleSpec{
		ClassName: l.className, Family: l.family(), Tags: someTags(r), ManagedPolicyARNs: l.someManaged(r), Grants: l.someGrants(r),
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
		s.Conditions = v1alpha1.ConditionBlock{"StringEquals": {"aws:ResourceAccount": {l.ID}}, "Bool": {"aws:SecureTransport": {"true"}}}
	}
	return s
}

// someGrants read objects of some buckets and send to some queues.
func (l *life) someGrants(r *rand.Rand) []v1alpha1.Grant {
	var out []v1alpha1.Grant
	for i := range r.IntN(3) {
		out = append(out, v1alpha1.Grant{Access: []string{"Read"}, Resources: []string{fmt.Sprintf("arn:aws:s3:::granted-%d/%d/*", i, r.IntN(5))}})
	}
	for i := range r.IntN(2) {
		out = append(out, v1alpha1.Grant{Access: []string{"Send"}, Resources: []string{fmt.Sprintf("arn:aws:sqs:%s:%s:queue-%d-%d", ground.Region, l.ID, i, r.IntN(5))}})
	}
	return out
}

func (l *life) someManaged(r *rand.Rand) []v1alpha1.PolicyARN {
	var out []v1alpha1.PolicyARN
	for _, i := range r.Perm(len(l.managed))[:r.IntN(len(l.managed)+1)] {
		out = append(out, v1alpha1.PolicyARN(l.managed[i]))
	}
	return out
}

func someTags(r *rand.Rand) v1alpha1.Tags {
	if r.IntN(3) == 0 {
		return nil
	}
	return v1alpha1.Tags{"team": v1alpha1.TagValue(fmt.Sprintf("t%d", r.IntN(4)))}
}
