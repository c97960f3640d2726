// Package iam observes the roles and policies of an owner, and applies a plan's
// actions to them. SDK types stay inside.
package iam

import (
	"time"

	"k8s.io/utils/lru"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
)

// keptDocuments is how many documents are remembered: twice the 1,500 customer
// managed policies that an account may have by default (IAM and STS quotas), at
// 6,144 characters at most 18 MB.
const keptDocuments = 3000

// Service speaks to IAM in one account. It is safe for concurrent use, and
// worth keeping: it remembers policy documents.
type Service struct {
	api aws.IAM
	// documents are documents by revision: a version of a policy never changes,
	// and neither ids nor version numbers are used twice. The least recently
	// used goes first, so that policies which were deleted do not stay.
	documents *lru.Cache
	// managed are documents of policies that others keep, by ARN.
	managed *lru.Cache
	// instanceRoles are roles of container instances, by name.
	instanceRoles *lru.Cache
	now           func() time.Time
}

// revision is one version of a policy. The id, other than the ARN, is new when
// a policy is deleted and created again.
type revision struct{ policyID, version string }

// New makes a Service.
func New(api aws.IAM) *Service {
	return &Service{
		api: api, documents: lru.New(keptDocuments), managed: lru.New(keptManaged), instanceRoles: lru.New(keptManaged),
		now: time.Now,
	}
}

// is says whether err is of the class.
func is(err error, class aws.Class) bool {
	return err != nil && aws.Explain(err).Class == class
}
