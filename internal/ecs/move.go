package ecs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs/survey"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// ErrServiceChanged says that a service, or the revision that it was to run, is not
// what it was when it was looked at, and that it was not moved: look and plan again.
var ErrServiceChanged error = aws.Failure{
	Class: aws.Concurrent, Service: "ECS", Operation: "UpdateService",
	Message: "the service changed since it was looked at, so it was not moved",
}

// move has one service run another revision.
func (s *Service) move(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	now, moved, err := survey.Move(ctx, s.api, *a.Service, a.ARN)
	if err == nil && !moved || missing(err) || withdrawn(err) {
		return o, ErrServiceChanged
	}
	if err != nil {
		return o, err
	}
	o.Services = slices.Clone(o.Services)
	for i := range o.Services {
		if o.Services[i].ARN == now.ARN {
			o.Services[i] = now
		}
	}
	return o, nil
}

// withdrawn says whether ECS refused a revision because it is deregistered; it has no
// code of its own for that ("TaskDefinition is inactive").
func withdrawn(err error) bool {
	why := aws.Explain(err)
	return why.Class == aws.Invalid && strings.Contains(strings.ToLower(why.Message), "inactive")
}

// Services reads services again that a snapshot told. Where they are to be moved
// onto the revision, the failures of such deployments are read, too.
func (s *Service) Services(ctx context.Context, known []model.Service, target model.Revision) ([]model.Service, error) {
	services, err := survey.Fresh(ctx, s.api, known)
	if err != nil || target.ARN == "" {
		return services, err
	}
	for i := range services {
		one := &services[i]
		if one.Definition == target.ARN || one.Controller != "ECS" {
			continue
		}
		if one.Failed, err = survey.Failed(ctx, s.api, *one, target.Registered); err != nil {
			return nil, err
		}
	}
	return services, nil
}

// Survey makes a survey of what runs.
func (s *Service) Survey(selection survey.Selection, age time.Duration, changed func([]string)) *survey.Survey {
	return survey.New(s.api, selection, age, changed)
}
