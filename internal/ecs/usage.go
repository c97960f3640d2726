package ecs

import (
	"context"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/ecs/survey"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Usage names what stands on the role, in all clusters of the account and
// region: services of which a deployment or task set is a revision of the
// family that carries the role, as "service CLUSTER/NAME", and tasks that run
// such a revision, or any with the role as their override, as "task CLUSTER/ID".
// Of the family it gives back everything that runs.
func (s *Service) Usage(ctx context.Context, family, roleARN string) (services, tasks []string, runs model.Use, err error) {
	snapshot, err := survey.Read(ctx, s.api, survey.Selection{All: true, Everything: true}, nil)
	if err != nil {
		return nil, nil, model.Use{}, err
	}
	runs = snapshot.Family(family)
	for _, service := range runs.Services {
		stands, err := s.anyCarries(ctx, family, roleARN, service.Revisions())
		if err != nil {
			return nil, nil, model.Use{}, err
		}
		if stands {
			services = append(services, service.String())
		}
	}
	for _, task := range snapshot.Tasks() { // of whichever family: a role can be an override
		stands := task.RoleARN == roleARN
		if task.RoleARN == "" {
			if stands, err = s.anyCarries(ctx, family, roleARN, []string{task.Definition}); err != nil {
				return nil, nil, model.Use{}, err
			}
		}
		if stands {
			tasks = append(tasks, task.String())
		}
	}
	return services, tasks, runs, nil
}

// anyCarries says whether one of the revisions is of the family and carries the
// role.
func (s *Service) anyCarries(ctx context.Context, family, roleARN string, arns []string) (bool, error) {
	for _, arn := range arns {
		if familyOf(arn) != family {
			continue
		}
		r, err := s.Revision(ctx, arn)
		if err != nil && !missing(err) { // what cannot be described any more has nothing standing on it
			return false, err
		}
		if err == nil && r.RoleARN == roleARN {
			return true, nil
		}
	}
	return false, nil
}

// Revision reads a revision, whether it is ACTIVE or not, or remembers it.
func (s *Service) Revision(ctx context.Context, arn string) (model.Revision, error) {
	if r, found := s.inactive.Get(arn); found {
		return r.(model.Revision), nil
	}
	r, active, err := s.revision(ctx, arn)
	if err == nil && !active {
		s.inactive.Add(arn, r)
	}
	return r, err
}

// maxOrigin is how far beneath a copy of ours what it is a copy of is looked for:
// there is one copy, or two after a crash, between two revisions of others.
const maxOrigin = 5

// Origin reads a revision, and where we registered it, those beneath it down to the
// first that others did: what it is a copy of. What is deleted is left out.
func (s *Service) Origin(ctx context.Context, arn string) ([]model.Revision, error) {
	var out []model.Revision
	prefix, n := strings.TrimSuffix(arn, strconv.Itoa(int(numberOf(arn)))), numberOf(arn)
	for steps := 0; n > 0 && steps <= maxOrigin; n, steps = n-1, steps+1 {
		r, err := s.Revision(ctx, prefix+strconv.Itoa(int(n)))
		switch {
		case missing(err) && steps == 0:
			return nil, nil
		case missing(err):
			continue
		case err != nil:
			return nil, err
		}
		out = append(out, r)
		if !model.SamePrincipal(r.RegisteredBy, s.caller) {
			break
		}
	}
	return out, nil
}
