package iam

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// past is what roles and policies were lately, by name. A nil is one that was not
// there.
type past struct {
	roles    map[string]stale.History[*role]
	policies map[string]stale.History[*policy]
}

func newPast() past {
	return past{map[string]stale.History[*role]{}, map[string]stale.History[*policy]{}}
}

func reads(operation string) bool {
	return strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List")
}

// touched are the names of the role and of the policy that the request names.
func (r *request) touched(operation string) (role, policy string) {
	if operation == "CreatePolicy" {
		return "", key(r.form.Get("PolicyName"))
	}
	if arn := r.form.Get("PolicyArn"); arn != "" && !r.form.Has("RoleName") {
		_, _, name, _ := readPolicyARN(arn)
		return "", key(name)
	}
	return key(r.form.Get("RoleName")), ""
}

// remember runs a write and keeps what it changes as it was.
func (r *request) remember(operation string, write func(*request) (any, error)) (any, error) {
	clock, now := r.service.lags, r.service.options.Now()
	if err := r.unborn(operation, now); err != nil {
		return nil, err
	}
	roleName, policyName := r.touched(operation)
	oldRole, oldPolicy := r.account.roles[roleName].copied(), r.account.policies[policyName].copied()
	answer, err := write(r)
	if err != nil {
		return nil, err
	}
	if roleName != "" {
		line := r.account.past.roles[roleName]
		r.account.past.roles[roleName] = line.Put(now, oldRole, clock.Horizon())
	}
	if policyName != "" {
		line := r.account.past.policies[policyName]
		r.account.past.policies[policyName] = line.Put(now, oldPolicy, clock.Horizon())
	}
	return answer, nil
}

// unborn refuses to change what this part of IAM has not heard of yet.
func (r *request) unborn(operation string, now time.Time) error {
	if !r.service.lags.Creations() {
		return nil
	}
	roleName, policyName := r.touched(operation)
	if arn := r.form.Get("PolicyArn"); arn != "" {
		_, _, name, _ := readPolicyARN(arn)
		policyName = key(name)
	}
	if operation != "CreateRole" {
		at := now.Add(-r.service.lag(operation, "role", roleName, r.account.past.roles[roleName], now))
		if was, old := r.account.past.roles[roleName].At(at); old && was == nil && r.account.roles[roleName] != nil {
			_, err := (&request{service: r.service, account: newAccount(), caller: r.caller, form: r.form}).role()
			return err
		}
	}
	if operation != "CreatePolicy" {
		at := now.Add(-r.service.lag(operation, "policy", policyName, r.account.past.policies[policyName], now))
		if was, old := r.account.past.policies[policyName].At(at); old && was == nil && r.account.policies[policyName] != nil {
			return wire.Refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", r.form.Get("PolicyArn"))
		}
	}
	return nil
}

// seen is the account as a read sees it: each object in its own state of up to
// the horizon ago.
func (r *request) seen(operation string) *account {
	now, s := r.service.options.Now(), r.service
	roleName, policyName := r.touched(operation)
	view := *r.account
	view.roles, view.policies = maps.Clone(r.account.roles), maps.Clone(r.account.policies)
	for _, name := range slices.Sorted(maps.Keys(r.account.past.roles)) {
		line := r.account.past.roles[name]
		if roleName == "" || roleName == name {
			replace(view.roles, name, line, now.Add(-s.lag(operation, "role", name, line, now)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.account.past.policies)) {
		line := r.account.past.policies[name]
		if policyName == "" || policyName == name {
			replace(view.policies, name, line, now.Add(-s.lag(operation, "policy", name, line, now)))
		}
	}
	return &view
}

func replace[T any](objects map[string]*T, name string, line stale.History[*T], at time.Time) {
	was, old := line.At(at)
	switch {
	case !old:
	case was == nil:
		delete(objects, name)
	default:
		objects[name] = was
	}
}

// lag draws one for an object that changed lately, and none for any other, so
// that what is old and settled costs no draw.
func (s *Service) lag(operation, kind, name string, line interface{ Recent(time.Time) bool }, now time.Time) time.Duration {
	if !line.Recent(now.Add(-s.lags.Horizon())) {
		return 0
	}
	return s.lags.Lag(operation + " " + kind + "/" + name)
}

func (r *role) copied() *role {
	if r == nil {
		return nil
	}
	out := *r
	out.attached, out.inline, out.tags = slices.Clone(r.attached), maps.Clone(r.inline), slices.Clone(r.tags)
	return &out
}

func (p *policy) copied() *policy {
	if p == nil {
		return nil
	}
	out := *p
	out.versions, out.tags = slices.Clone(p.versions), slices.Clone(p.tags)
	return &out
}
