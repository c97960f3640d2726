package ecs

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Observe reads the newest ACTIVE revisions of the family, down to the newest
// one that others registered. A family that does not exist has none, which
// is no error. A family that did not change since the last look takes one call.
func (s *Service) Observe(ctx context.Context, family string, known Known) (model.Family, error) {
	e := s.expects(family)
	if familyOf(known.Registered) == family {
		e.numbers = append(e.numbers, known.Source, numberOf(known.Registered))
		if e.registered == "" {
			e.registered = known.Registered
		}
	}
	above := int32(surface)
	if known.Beneath {
		above = known.Above
	}
	return s.observe(ctx, family, e, above)
}

// Known is what is remembered of a family. The zero value is nothing.
//
// ECS's API is eventually consistent (API reference: RunTask): a list that does not
// show yet what we registered, or what that is a copy of, must not have anything
// registered again.
type Known struct {
	// Registered is the ARN of the revision that we registered last; empty: none.
	Registered string
	// Source is the number of the revision that it is a copy of; 0: not remembered.
	Source int32
	// Beneath has the look go on beneath the newest revision of others, where copies
	// of ours may have been left: down to the first one of others whose number is
	// not above Above.
	Beneath bool
	Above   int32
}

// surface has a look end with the newest revision of others.
const surface = math.MaxInt32

// expected are revisions that a list should show.
type expected struct {
	registered string  // the ARN of the one that we registered last
	numbers    []int32 // of that one, and of others of the same family
	// until is when reads show it, and with it all that is older: a family counts
	// without a gap. Zero: they do, and what does not show is not there.
	until time.Time
}

// expects is what is known of the family's last registration by this process. It is
// noted at once, for what should have followed it may fail.
func (s *Service) expects(family string) (e expected) {
	if found, is := s.registered.Get(family); is {
		made := found.(registration)
		e = expected{registered: made.arn, numbers: []int32{numberOf(made.arn)}}
		if time.Since(made.at) < s.lag {
			e.until = made.at.Add(s.lag)
		}
	}
	return e
}

// since adds all that must have been registered from the one that was seen to our
// own.
func (e *expected) since(seen int32) {
	last := numberOf(e.registered)
	for n := max(seen+1, last-maxWalk+1); n < last; n++ {
		e.numbers = append(e.numbers, n)
	}
}

func (s *Service) observe(ctx context.Context, family string, e expected, above int32) (model.Family, error) {
	f := model.Family{Name: family, Caller: s.caller}
	pages := ecs.NewListTaskDefinitionsPaginator(s.api, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Status: types.TaskDefinitionStatusActive, Sort: types.SortOrderDesc,
	})
	for first := true; pages.HasMorePages(); first = false {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return model.Family{}, err
		}
		arns := ofFamily(family, page.TaskDefinitionArns)
		if first && !e.until.IsZero() {
			e.since(newest(arns))
		}
		if first {
			arns = s.complete(arns, e)
		}
		end, err := s.walk(ctx, &f, arns, e, above)
		if end || err != nil {
			return f, err
		}
	}
	return f, nil
}

// complete adds what the list should show and does not: it lags, or the revision
// was deregistered, which its description tells.
func (s *Service) complete(listed []string, e expected) []string {
	out := slices.Clone(listed)
	family, _ := strings.CutSuffix(e.registered, strconv.Itoa(int(numberOf(e.registered))))
	for _, n := range e.numbers {
		arn := family + strconv.Itoa(int(n))
		if n == 0 || slices.Contains(out, arn) || len(listed) > 0 && n < numberOf(listed[len(listed)-1]) {
			continue
		}
		if known, found := s.revisions.Get(arn); found && !s.young(known.(model.Revision)) {
			s.revisions.Remove(arn) // that it was ACTIVE once says little by now
		}
		out = append(out, arn)
	}
	slices.SortFunc(out, func(a, b string) int { return int(numberOf(b) - numberOf(a)) })
	return out
}

// young says whether reads may not show the revision yet.
func (s *Service) young(r model.Revision) bool { return time.Since(r.Registered) < s.lag }

// maxWalk bounds a look where we seem to have registered everything, because
// others use our identity too: above the last revision of others there are
// otherwise one or two.
const maxWalk = 20

// walk adds revisions to the family, from the newest down, and says whether the
// look is at its end.
func (s *Service) walk(ctx context.Context, f *model.Family, arns []string, e expected, above int32) (bool, error) {
	for _, arn := range arns {
		if _, gone := s.withdrawn.Get(arn); gone { // the list lags
			continue
		}
		r, active, err := s.revision(ctx, arn)
		if missing(err) && numberOf(arn) <= numberOf(e.registered) { // it was registered, and no read shows it yet
			f.Unseen = e.until
		}
		if missing(err) || err == nil && !active { // deregistered since it was listed
			continue
		}
		if err != nil {
			return false, err
		}
		if end := add(f, r, above); end {
			return true, nil
		}
	}
	return false, nil
}

func add(f *model.Family, r model.Revision, above int32) (end bool) {
	if n := len(f.Revisions); n == 0 || !f.Last(f.Revisions[n-1]) {
		f.Revisions = append(f.Revisions, r)
	} else {
		f.Beneath = append(f.Beneath, r)
	}
	return f.Last(r) && r.Number <= above || len(f.Revisions)+len(f.Beneath) == maxWalk
}

// revision reads a revision, or remembers it. Only what is ACTIVE is remembered.
func (s *Service) revision(ctx context.Context, arn string) (r model.Revision, active bool, err error) {
	if known, found := s.revisions.Get(arn); found {
		return known.(model.Revision), true, nil
	}
	r, active, err = s.describe(ctx, arn)
	switch {
	case err != nil:
	case active:
		s.revisions.Add(r.ARN, r)
	default:
		s.withdrawn.Add(r.ARN, nil)
	}
	return r, active, err
}

// describe reads a revision by its ARN, or the newest ACTIVE one by its family.
func (s *Service) describe(ctx context.Context, name string) (r model.Revision, active bool, err error) {
	var body []byte
	out, err := s.api.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: &name, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	}, keepBody(&body))
	if err != nil {
		return model.Revision{}, false, err
	}
	r, err = revisionOf(out.TaskDefinition, body)
	if err != nil {
		return model.Revision{}, false, err
	}
	switch out.TaskDefinition.Status {
	case types.TaskDefinitionStatusInactive, types.TaskDefinitionStatusDeleteInProgress:
		return r, false, nil
	default:
		return r, true, nil
	}
}

func revisionOf(d *types.TaskDefinition, body []byte) (model.Revision, error) {
	registration, err := registrationOf(body)
	if err != nil {
		return model.Revision{}, err
	}
	sum, err := digest(registration)
	if err != nil {
		return model.Revision{}, err
	}
	return model.Revision{
		ARN: awssdk.ToString(d.TaskDefinitionArn), Number: d.Revision, RoleARN: awssdk.ToString(d.TaskRoleArn),
		RegisteredBy: awssdk.ToString(d.RegisteredBy), Registered: awssdk.ToTime(d.RegisteredAt),
		Registration: registration, Body: sum, Compatibilities: compatibilities(d), Attributes: attributes(d),
	}, nil
}

func compatibilities(d *types.TaskDefinition) (out []string) {
	for _, c := range d.Compatibilities {
		out = append(out, string(c))
	}
	return out
}

func attributes(d *types.TaskDefinition) (out []string) {
	for _, a := range d.RequiresAttributes {
		text := awssdk.ToString(a.Name)
		if value := awssdk.ToString(a.Value); value != "" {
			text += "=" + value
		}
		out = append(out, text)
	}
	return out
}

// ofFamily keeps the ARNs of exactly this family, the newest first: familyPrefix
// is the whole name for ECS, but not for everything that speaks its language,
// nor does all of that sort.
func ofFamily(family string, arns []string) []string {
	var out []string
	for _, arn := range arns {
		if familyOf(arn) == family {
			out = append(out, arn)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return int(numberOf(b) - numberOf(a)) })
	return out
}

// newest is the number of the first of a family's ARNs; 0 where there is none.
func newest(arns []string) int32 {
	if len(arns) == 0 {
		return 0
	}
	return numberOf(arns[0])
}

// familyOf is FAMILY of arn:PARTITION:ecs:REGION:ACCOUNT:task-definition/FAMILY:NUMBER.
func familyOf(arn string) string {
	_, name, _ := strings.Cut(arn, ":task-definition/")
	family, _, _ := strings.Cut(name, ":")
	return family
}

// numberOf is NUMBER of the same; 0 where it has none.
func numberOf(arn string) int32 {
	n, err := strconv.ParseInt(arn[strings.LastIndex(arn, ":")+1:], 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
