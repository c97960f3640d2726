package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// Apply carries out one action of the areas TaskDefinition and Services on what o
// says was observed, and returns o with what is there after it: the family is looked
// at again after a registration, so that a revision which others registered at the
// same time shows. On an error o is returned as it was, also where a revision was
// registered but the look after it failed: the next look finds it.
func (s *Service) Apply(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	var family model.Family
	var err error
	switch a.Kind {
	case plan.MoveService:
		return s.move(ctx, a, o)
	case plan.RegisterCopy:
		family, err = s.registerCopy(ctx, a, o)
	case plan.Deregister:
		family, err = s.deregister(ctx, a, o)
	default:
		err = fmt.Errorf("%s is no action on ECS", a.Kind)
	}
	if err != nil {
		return o, err
	}
	o.Family = family
	return o, nil
}

// registerCopy registers the source again, with the role of the action. ECS has
// no conditional registration: that the newest revision is still the one which
// the plan saw is looked at just before.
func (s *Service) registerCopy(ctx context.Context, a plan.Action, o model.Observed) (model.Family, error) {
	seen, exists := o.Family.Newest()
	if !exists || a.Source == nil {
		return model.Family{}, fmt.Errorf("%s without a revision to copy", a.Kind)
	}
	source, err := s.fresh(ctx, o.Family.Name, seen.ARN, a.Source.ARN)
	if err != nil {
		return model.Family{}, err
	}
	registered, err := s.register(ctx, source, a.ARN)
	if err != nil {
		return model.Family{}, err
	}
	e := s.expects(o.Family.Name)
	e.since(seen.Number)
	e.numbers = append(e.numbers, seen.Number, source.Number) // this list may lag more than the one before
	family, err := s.observe(ctx, o.Family.Name, e, surface)
	if err != nil || o.Role != nil && a.ARN == o.Role.ARN {
		return family, err // a stale copy with our role is recognised at every look
	}
	return family, s.withdrawHiding(ctx, family, seen, registered)
}

// fresh reads the revision to copy, for its tags may have changed, once the newest
// of the family has turned out to be still the one that was seen.
func (s *Service) fresh(ctx context.Context, family, seen, wanted string) (model.Revision, error) {
	source, active, err := s.describe(ctx, family)
	if err == nil && !active { // AWS answers with the newest ACTIVE one, emulators with the newest
		source, active, err = s.describe(ctx, seen)
	}
	if missing(err) || err == nil && (!active || source.ARN != seen) {
		return model.Revision{}, ErrChanged
	}
	if err != nil || source.ARN == wanted {
		return source, err
	}
	source, active, err = s.describe(ctx, wanted)
	if missing(err) || err == nil && !active {
		return model.Revision{}, ErrChanged
	}
	return source, err
}

// withdrawHiding withdraws a revision without our role that we registered a
// moment ago, where others registered one between the look before and ours. The
// next plan would do it, too, but after what else this one undoes: then nobody
// looks at the family any more. Where it cannot be seen yet what stands between, the
// plan is made again, too, and waits for it.
func (s *Service) withdrawHiding(ctx context.Context, f model.Family, seen, registered model.Revision) error {
	hides := slices.ContainsFunc(f.Revisions, func(r model.Revision) bool {
		return f.Last(r) && seen.Number < r.Number && r.Number < registered.Number
	})
	if !hides && !f.Unseen.IsZero() {
		return ErrChanged
	}
	if !hides {
		return nil
	}
	if err := s.withdraw(ctx, registered.ARN); err != nil {
		return err
	}
	return ErrChanged
}

func (s *Service) withdraw(ctx context.Context, arn string) error {
	_, err := s.api.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn})
	if err != nil && !missing(err) {
		return err
	}
	s.revisions.Remove(arn)
	s.withdrawn.Add(arn, nil)
	return nil
}

// register registers the source with another role, or none. It is sent once:
// had the answer to a first attempt been lost, a second would register twice.
func (s *Service) register(ctx context.Context, source model.Revision, roleARN string) (model.Revision, error) {
	request, err := requestOf(source.Registration, roleARN)
	if err != nil {
		return model.Revision{}, err
	}
	var body []byte
	// The input only has to pass the SDK's validation: the body is sent instead.
	out, err := s.api.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: awssdk.String(familyOf(source.ARN)), ContainerDefinitions: []types.ContainerDefinition{},
	}, sendBody(request), keepBody(&body), func(o *ecs.Options) { o.Retryer = awssdk.NopRetryer{} })
	if err != nil {
		return model.Revision{}, err
	}
	s.registered.Add(familyOf(source.ARN), registration{awssdk.ToString(out.TaskDefinition.TaskDefinitionArn), time.Now()})
	r, err := revisionOf(out.TaskDefinition, body)
	if err != nil {
		return model.Revision{}, err
	}
	// Where the answer says less than a description would, the revision is read
	// again when it is looked at.
	if r.RegisteredBy != "" && r.Body == source.Body {
		s.revisions.Add(r.ARN, r)
	}
	return r, nil
}

// deregister takes back a revision that we registered; never one of others.
func (s *Service) deregister(ctx context.Context, a plan.Action, o model.Observed) (model.Family, error) {
	family := o.Family
	is := func(r model.Revision) bool { return r.ARN == a.ARN }
	at := slices.IndexFunc(slices.Concat(family.Revisions, family.Beneath), is)
	if at < 0 { // what slipped in between ended the look above it
		return model.Family{}, ErrChanged
	}
	if r := slices.Concat(family.Revisions, family.Beneath)[at]; !model.SamePrincipal(r.RegisteredBy, s.caller) {
		return model.Family{}, fmt.Errorf("revision %s is not deregistered: this controller did not register it", a.ARN)
	}
	if err := s.withdraw(ctx, a.ARN); err != nil {
		return model.Family{}, err
	}
	family.Revisions = slices.DeleteFunc(slices.Clone(family.Revisions), is)
	family.Beneath = slices.DeleteFunc(slices.Clone(family.Beneath), is)
	return family, nil
}
