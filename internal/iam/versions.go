package iam

import (
	"context"
	"slices"
	"strconv"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// maxVersions is how many versions a managed policy may have, the default one
// included (IAM and STS quotas; it cannot be raised).
const maxVersions = 5

// updatePolicy writes a new default version. Version numbers are not used twice:
// up to v4 there is room, so it is tried at once; from v5 on there usually is
// none, so room is made first. Where somebody made an old version the default,
// the number misleads, and IAM's refusal tells.
func (s *Service) updatePolicy(ctx context.Context, a plan.Action, o model.Observed) (model.Observed, error) {
	has, _ := o.PolicyNamed(a.Policy.Name)
	roomMade := number(has.Version) >= maxVersions
	if roomMade {
		if _, err := s.makeRoom(ctx, a.ARN); err != nil {
			return o, err
		}
	}
	version, err := s.createVersion(ctx, a)
	if is(err, aws.Quota) && !roomMade {
		// The document's size is refused with the same code: only where versions
		// are what is too many does another try make sense.
		made, failure := s.makeRoom(ctx, a.ARN)
		if failure != nil {
			return o, failure
		}
		if made {
			version, err = s.createVersion(ctx, a)
		}
	}
	if err != nil {
		return o, err
	}
	return s.written(a, o, model.ObservedPolicy{ID: has.ID, Version: version}, a.Policy.Document.JSON()), nil
}

// createVersion sends the document once: had the answer to a first attempt been
// lost, a second would make one more version of it.
func (s *Service) createVersion(ctx context.Context, a plan.Action) (string, error) {
	document := a.Policy.Document.JSON()
	out, err := s.api.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
		PolicyArn: &a.ARN, PolicyDocument: &document, SetAsDefault: true,
	}, func(o *iam.Options) { o.Retryer = awssdk.NopRetryer{} })
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.PolicyVersion.VersionId), nil
}

// makeRoom deletes the oldest version that is not the default, where there are
// as many as there may be, and says whether it did.
func (s *Service) makeRoom(ctx context.Context, arn string) (bool, error) {
	versions, err := s.versions(ctx, arn)
	if err != nil || len(versions) < maxVersions {
		return false, err
	}
	for _, v := range versions {
		if v.IsDefaultVersion {
			continue
		}
		return true, s.deleteVersion(ctx, arn, v)
	}
	return false, nil
}

// versions lists a policy's versions, the oldest first.
func (s *Service) versions(ctx context.Context, arn string) ([]types.PolicyVersion, error) {
	var versions []types.PolicyVersion
	pages := iam.NewListPolicyVersionsPaginator(s.api, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		versions = append(versions, page.Versions...)
	}
	slices.SortFunc(versions, func(v, w types.PolicyVersion) int {
		return number(awssdk.ToString(v.VersionId)) - number(awssdk.ToString(w.VersionId))
	})
	return versions, nil
}

func (s *Service) deleteVersion(ctx context.Context, arn string, v types.PolicyVersion) error {
	_, err := s.api.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: v.VersionId})
	if is(err, aws.NotFound) {
		return nil
	}
	return err
}

// deletePolicy deletes a policy, its other versions first: IAM deletes none
// that has any.
func (s *Service) deletePolicy(ctx context.Context, arn string) error {
	versions, err := s.versions(ctx, arn)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.IsDefaultVersion {
			continue
		}
		if err := s.deleteVersion(ctx, arn, v); err != nil {
			return err
		}
	}
	_, err = s.api.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
	return err
}

// number is N of a version vN; 0 where it is none.
func number(version string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(version, "v"))
	if err != nil {
		return 0
	}
	return n
}
