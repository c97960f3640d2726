package iam

import (
	"context"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	// keptManaged is how many policies of others are remembered: more than all
	// classes together are likely to list.
	keptManaged = 1000
	// managedAge is how old what is remembered may be. Such policies are read to
	// be judged, not to be kept; AWS and platform teams change them a few times a
	// year.
	managedAge = time.Hour
	// failureAge is how long it is not tried again after a failure.
	failureAge = 5 * time.Minute
)

// read is the answer about a policy of others, and when it was given.
type read struct {
	document string // empty: it could not be read
	missing  bool   // because there is none
	failure  error  // why the last attempt failed; nil where it did not
	at       time.Time
}

// parsed prefers what was read before to the failure to read it again.
func (r read) parsed() (policy.Document, error) {
	if r.document == "" && r.failure != nil {
		return policy.Document{}, r.failure
	}
	return policy.Parse(r.document)
}

// Documents are the default documents of managed policies by ARN, as JSON: those
// that can be read; of one that does not exist it is empty. They are for judging
// only, so what cannot be read is left out instead of being an error. A policy takes
// two calls at most, once an hour.
func (s *Service) Documents(ctx context.Context, arns []string) map[string]string {
	out := make(map[string]string, len(arns))
	for _, arn := range arns {
		if r := s.managedDocument(ctx, arn); r.document != "" || r.missing {
			out[arn] = r.document
		}
	}
	return out
}

func (s *Service) managedDocument(ctx context.Context, arn string) read {
	known, found := s.managed.Get(arn)
	before, _ := known.(read)
	if found && s.now().Sub(before.at) < managedAge {
		return before
	}
	document, err := s.defaultDocument(ctx, arn)
	if ctx.Err() != nil {
		before.failure = ctx.Err()
		return before
	}
	now := read{document: document, failure: err, at: s.now()}
	if err != nil {
		now.missing = is(err, aws.NotFound)
		if !now.missing {
			now.document = before.document // better old than none
		}
		now.at = now.at.Add(failureAge - managedAge)
	}
	s.managed.Add(arn, now)
	return now
}

func (s *Service) defaultDocument(ctx context.Context, arn string) (string, error) {
	out, err := s.api.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return "", err
	}
	return s.document(ctx, model.ObservedPolicy{ARN: arn, ID: awssdk.ToString(out.Policy.PolicyId), Version: awssdk.ToString(out.Policy.DefaultVersionId)})
}
