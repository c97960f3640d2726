package plan

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	caller    = "arn:aws:sts::111122223333:assumed-role/controller/one"
	pipeline  = "arn:aws:sts::111122223333:assumed-role/deployer/run-7"
	stranger  = "arn:aws:sts::111122223333:assumed-role/somebody/x"
	previous  = "arn:aws:iam::111122223333:role/legacy"
	others    = "arn:aws:iam::111122223333:role/taskrole/prod/bank/prod.bank.api"
	readOnly  = "arn:aws:iam::aws:policy/ReadOnly"
	admin     = "arn:aws:iam::aws:policy/AdministratorAccess"
	boundary1 = "arn:aws:iam::111122223333:policy/boundary"
	wait      = 15 * time.Second
)

var (
	now   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	owner = model.Owner{ClusterID: "prod", Namespace: "shop", Name: "orders-api", Family: "shop-orders"}
	trust = policy.Document{Version: policy.Version, Statement: policy.Statements{{
		Effect: policy.Allow, Action: policy.Strings{"sts:AssumeRole"}, Principal: policy.Principal{"Service": {"ecs-tasks.amazonaws.com"}},
	}}}
	state   = declared(model.State{})
	roleARN = state.RoleARN()
)

// declared is a TaskRole with one policy; what s has set is kept.
func declared(s model.State) model.State {
	s.Owner, s.RoleName = owner, "prod.shop.orders-api"
	s.Place = model.Place{Partition: "aws", Account: "111122223333", Region: "us-west-2"}
	s.Role = &model.Role{Trust: trust, Tags: with(owner.Tags(), "team", "shop")}
	s.Trusts = []policy.Document{trust}
	s.TrustedRegistrants = []string{"arn:aws:sts::111122223333:assumed-role/deployer/*"}
	s.Policies = parts("read")
	return s
}

// parts are policies, one for each list of words; each word is a statement.
func parts(words ...string) []model.Policy {
	var list []model.Policy
	for i, text := range words {
		name := "prod.shop.orders-api"
		if i > 0 {
			name = fmt.Sprintf("%s_%d", name, i+1)
		}
		list = append(list, model.Policy{Name: name, Tags: owner.Tags(), Document: statements(text)})
	}
	return list
}

func statements(words string) policy.Document {
	d := policy.Document{Version: policy.Version}
	for _, word := range strings.Fields(words) {
		d.Statement = append(d.Statement, policy.Statement{
			Effect: policy.Allow, Action: policy.Strings{"s3:GetObject"}, Resource: policy.Strings{"arn:aws:s3:::b/" + word},
		})
	}
	return d
}

func with(tags map[string]string, key, value string) map[string]string {
	out := maps.Clone(tags)
	out[key] = value
	return out
}

// unchanged is the input of a TaskRole that AWS has as it is declared: revision 1
// is the pipeline's, 2 our copy of it.
func unchanged(change ...func(*Input)) Input {
	in := Input{Desired: declared(model.State{}), RecordedRoleID: "AROA1"}
	in.Observed.Role = &model.ObservedRole{
		Name: in.Desired.RoleName, Path: owner.Path(), ARN: roleARN, ID: "AROA1", Created: now.Add(-time.Hour),
		Trust: trust.JSON(), Tags: with(with(owner.Tags(), "team", "shop"), model.TagPreviousRole, NoPreviousRole),
		Attached: in.Desired.Attachments(),
	}
	in.Observed.Policies = observed(in.Desired.Policies)
	in.Observed.Family = family(revision(2, roleARN, caller, "a"), revision(1, "", pipeline, "a"))
	for _, c := range change {
		c(&in)
	}
	return in
}

// deleted is the same, of which nothing shall be left.
func deleted(change ...func(*Input)) Input {
	in := unchanged()
	in.Desired.Role, in.Desired.Policies, in.Desired.ManagedPolicyARNs = nil, nil, nil
	for _, c := range change {
		c(&in)
	}
	return in
}

func observed(list []model.Policy) []model.ObservedPolicy {
	var out []model.ObservedPolicy
	for _, p := range list {
		out = append(out, model.ObservedPolicy{
			Name: p.Name, ARN: state.PolicyARN(p.Name), ID: "ANPA" + p.Name, Version: "v1", Document: p.Document.JSON(), Tags: maps.Clone(p.Tags),
		})
	}
	return out
}

func family(revisions ...model.Revision) model.Family {
	return model.Family{Name: owner.Family, Caller: caller, Revisions: revisions}
}

func revision(number int32, role, by, body string) model.Revision {
	return model.Revision{
		ARN:    fmt.Sprintf("arn:aws:ecs:us-west-2:111122223333:task-definition/%s:%d", owner.Family, number),
		Number: number, RoleARN: role, RegisteredBy: by, Body: body,
	}
}

func options(change ...func(*Options)) Options {
	opts := Options{Now: now, PropagationWait: wait, MaxAttached: 10}
	for _, c := range change {
		c(&opts)
	}
	return opts
}

// told is a plan in short: actions, then what is held back, holds and notes.
func told(p Plan) []string {
	var out []string
	for _, a := range p.Actions {
		out = append(out, short(a))
	}
	for _, a := range p.Pending {
		out = append(out, "pending "+short(a))
	}
	for _, h := range p.Holds {
		text := "hold " + string(h.Code)
		if h.Terminal {
			text += ", terminal"
		}
		if !h.Until.IsZero() {
			text += fmt.Sprintf(", %s", h.Until.Sub(now))
		}
		out = append(out, text)
	}
	for _, n := range p.Notes {
		out = append(out, "note "+n.Code)
	}
	return out
}

func short(a Action) string {
	text := string(a.Kind) + " " + a.Subject
	switch {
	case a.Kind == RegisterCopy:
		text += " with " + orNone(baseName(a.ARN))
	case a.Kind == TagRole || a.Kind == TagPolicy:
		_, _, changed := tagChanges(a.Tags, nil)
		text += " " + strings.Join(changed, " ")
	case len(a.Keys) > 0:
		text += " " + strings.Join(a.Keys, " ")
	}
	return text
}
