package ecs

import (
	"context"
	"slices"
	"strconv"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Observe reads the newest ACTIVE revisions of the family, down to the newest
// one that others registered. A family that does not exist has none, which
// is no error. A family that did not change since the last look takes one call.
func (s *Service) Observe(ctx context.Context, family string) (model.Family, error) {
	return s.observe(ctx, family, nil)
}

// observe is Observe that knows of a revision just registered: ECS's API is
// eventually consistent (API reference: RunTask), so that the list may not show
// it yet.
func (s *Service) observe(ctx context.Context, family string, registered *model.Revision) (model.Family, error) {
	f := model.Family{Name: family, Caller: s.caller}
	pages := ecs.NewListTaskDefinitionsPaginator(s.api, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Status: types.TaskDefinitionStatusActive, Sort: types.SortOrderDesc,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return model.Family{}, err
		}
		arns := ofFamily(family, page.TaskDefinitionArns)
		if registered != nil && len(f.Revisions) == 0 && (len(arns) == 0 || numberOf(arns[0]) < registered.Number) {
			arns = append([]string{registered.ARN}, arns...)
		}
		found, err := s.walk(ctx, &f, arns)
		if found || err != nil {
			return f, err
		}
	}
	return f, nil
}

// maxWalk bounds a look where we seem to have registered everything, because
// others use our identity too: above the last revision of others there are
// otherwise one or two.
const maxWalk = 20

// walk adds revisions to the family, from the newest down to the first that
// others registered, and says whether the look is at its end.
func (s *Service) walk(ctx context.Context, f *model.Family, arns []string) (bool, error) {
	for _, arn := range arns {
		r, active, err := s.revision(ctx, arn)
		if missing(err) || err == nil && !active { // deregistered since it was listed
			continue
		}
		if err != nil {
			return false, err
		}
		f.Revisions = append(f.Revisions, r)
		if f.Last(r) || len(f.Revisions) == maxWalk {
			return true, nil
		}
	}
	return false, nil
}

// revision reads a revision, or remembers it. Only what is ACTIVE is remembered.
func (s *Service) revision(ctx context.Context, arn string) (r model.Revision, active bool, err error) {
	if known, found := s.revisions.Get(arn); found {
		return known.(model.Revision), true, nil
	}
	r, active, err = s.describe(ctx, arn)
	if err == nil && active {
		s.revisions.Add(r.ARN, r)
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
		Registration: registration, Body: sum,
	}, nil
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
