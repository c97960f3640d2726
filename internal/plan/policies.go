package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// policies creates and changes what is declared. What is done first does not
// touch the role: it concerns policies that are not attached. What is done last
// rewrites attached ones.
func policies(in Input) (first, last []Action) {
	var rewrites []rewrite
	for i := range in.Desired.Policies {
		want := &in.Desired.Policies[i]
		has, found := in.Observed.PolicyNamed(want.Name)
		if !found {
			a := policyAction(in, CreatePolicy, in.Desired.PolicyARN(want.Name), "no policy of this name exists in "+in.Desired.Owner.PolicyPath())
			a.Path, a.Policy = in.Desired.Owner.PolicyPath(), want
			first = append(first, a)
			continue
		}
		switch update, differs := policyUpdate(in, want, has); {
		case differs && attached(in, has.ARN):
			rewrites = append(rewrites, rewrite{action: update, before: has.Document, after: want.Document})
		case differs:
			first = append(first, update)
		}
		first = append(first, retag(
			policyAction(in, TagPolicy, has.ARN, ""), policyAction(in, UntagPolicy, has.ARN, ""), want.Tags, has.Tags)...)
	}
	return first, gapless(rewrites)
}

func policyUpdate(in Input, want *model.Policy, has model.ObservedPolicy) (Action, bool) {
	if same, _ := means(has.Document, want.Document); same {
		return Action{}, false
	}
	a := policyAction(in, UpdatePolicy, has.ARN, fmt.Sprintf("version %s is not what is declared", has.Version))
	a.Policy = want
	return a, true
}

func policyAction(in Input, kind Kind, arn, reason string) Action {
	return Action{Kind: kind, RoleName: in.Desired.RoleName, Subject: baseName(arn), ARN: arn, Reason: reason}
}

func attached(in Input, arn string) bool {
	return in.Observed.Role != nil && slices.Contains(in.Observed.Role.Attached, arn)
}

// attachments compares what is attached with what should be. The list is
// exclusive: what nobody declared would make the role wider than it says. Of what
// is to be detached, former are the owner's own policies, whose statements may
// have moved to another; drift is everything else.
func attachments(in Input) (attach, drift, former []Action) {
	want := in.Desired.Attachments()
	for _, arn := range want {
		if !attached(in, arn) {
			attach = append(attach, policyAction(in, AttachPolicy, arn, "it is declared, but not attached"))
		}
	}
	if in.Observed.Role == nil {
		return attach, nil, nil
	}
	own := in.Desired.PolicyARN("")
	for _, arn := range slices.Sorted(slices.Values(in.Observed.Role.Attached)) {
		if slices.Contains(want, arn) {
			continue
		}
		a := policyAction(in, DetachPolicy, arn, "it is attached, but not declared ("+arn+")")
		if strings.HasPrefix(arn, own) {
			former = append(former, a)
		} else {
			drift = append(drift, a)
		}
	}
	return attach, drift, former
}

// inline deletes inline policies: none is ever declared.
func inline(in Input) []Action {
	if in.Observed.Role == nil {
		return nil
	}
	var actions []Action
	for _, name := range slices.Sorted(slices.Values(in.Observed.Role.Inline)) {
		a := roleAction(in, DeleteInline, "nobody declared it")
		a.Subject = name
		actions = append(actions, a)
	}
	return actions
}

// surplus deletes policies of ours that are no longer declared: the former
// parts of a document that became shorter, or all of them at deletion.
func surplus(in Input, opts Options) []Action {
	var actions []Action
	for _, p := range in.Observed.Policies {
		declared := slices.ContainsFunc(in.Desired.Policies, func(d model.Policy) bool { return d.Name == p.Name })
		if declared || foreignPolicy(in, opts, p) {
			continue
		}
		actions = append(actions, policyAction(in, DeletePolicy, p.ARN, "it is no longer declared"))
	}
	return actions
}
