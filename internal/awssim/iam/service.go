// Package iam is AWS Identity and Access Management as the simulator plays it:
// roles, customer-managed policies and what ties them together. It checks what
// AWS checks and answers what AWS answers, no more.
package iam

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/stale"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Options are what a test may choose of a Service.
type Options struct {
	PageSize    int           // the most items of a page; 100 where 0, AWS's own
	MaxAttached int           // managed policies on a role; 10 where 0
	Propagation time.Duration // how long a new role takes to reach other services
	Now         func() time.Time
	// UserExists says whether a principal that is a user exists; nil: every one does.
	UserExists func(account, name string) bool
	// Stale has reads of roles and policies lag behind writes.
	Stale stale.Reads
}

// Service is IAM in every account. It is safe for concurrent use.
type Service struct {
	options Options
	lags    *stale.Clock

	mu       sync.Mutex
	accounts map[string]*account
}

// New returns an IAM in which nothing exists but AWS's own managed policies.
func New(options Options) *Service {
	if options.PageSize <= 0 {
		options.PageSize = 100
	}
	if options.MaxAttached <= 0 {
		options.MaxAttached = 10
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Service{options: options, lags: stale.NewClock(options.Stale), accounts: map[string]*account{}}
}

// request is one call of an operation. The service is locked while it runs.
type request struct {
	service *Service
	account *account
	caller  wire.Caller
	form    url.Values
	now     time.Time // to the second, as IAM dates
}

// handlers hold every operation. An operation without an answer returns nil.
var handlers = map[string]func(*request) (any, error){
	"CreateRole":               createRole,
	"CreateServiceLinkedRole":  createServiceLinkedRole,
	"GetRole":                  getRole,
	"UpdateRole":               updateRole,
	"UpdateRoleDescription":    updateRoleDescription,
	"DeleteRole":               deleteRole,
	"ListRoles":                listRoles,
	"UpdateAssumeRolePolicy":   updateAssumeRolePolicy,
	"TagRole":                  tagRole,
	"UntagRole":                untagRole,
	"ListRoleTags":             listRoleTags,
	"AttachRolePolicy":         attachRolePolicy,
	"DetachRolePolicy":         detachRolePolicy,
	"ListAttachedRolePolicies": listAttachedRolePolicies,
	"PutRolePolicy":            putRolePolicy,
	"GetRolePolicy":            getRolePolicy,
	"DeleteRolePolicy":         deleteRolePolicy,
	"ListRolePolicies":         listRolePolicies,
	"CreatePolicy":             createPolicy,
	"GetPolicy":                getPolicy,
	"DeletePolicy":             deletePolicy,
	"ListPolicies":             listPolicies,
	"TagPolicy":                tagPolicy,
	"UntagPolicy":              untagPolicy,
	"ListPolicyTags":           listPolicyTags,
	"ListEntitiesForPolicy":    listEntitiesForPolicy,
	"CreatePolicyVersion":      createPolicyVersion,
	"GetPolicyVersion":         getPolicyVersion,
	"ListPolicyVersions":       listPolicyVersions,
	"SetDefaultPolicyVersion":  setDefaultPolicyVersion,
	"DeletePolicyVersion":      deletePolicyVersion,
	"CreateInstanceProfile":    createInstanceProfile,
	"GetInstanceProfile":       getInstanceProfile,
	"DeleteInstanceProfile":    deleteInstanceProfile,

	"PutRolePermissionsBoundary":     putRolePermissionsBoundary,
	"DeleteRolePermissionsBoundary":  deleteRolePermissionsBoundary,
	"AddRoleToInstanceProfile":       addRoleToInstanceProfile,
	"RemoveRoleFromInstanceProfile":  removeRoleFromInstanceProfile,
	"ListInstanceProfilesForRole":    listInstanceProfilesForRole,
	"GetAccountAuthorizationDetails": getAccountAuthorizationDetails,
}

// Do runs one operation. Its answer is to be encoded as XML; its parameters have
// been validated against the model. An error is a *wire.Error.
func (s *Service) Do(caller wire.Caller, operation string, form url.Values) (any, error) {
	handler, found := handlers[operation]
	if !found {
		return nil, wire.Refuse(http.StatusBadRequest, "InvalidAction", "Could not find operation %s", operation)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{
		service: s,
		account: s.account(caller.Account),
		caller:  caller,
		form:    form,
		now:     s.options.Now().UTC().Truncate(time.Second),
	}
	switch {
	case !s.lags.On():
		return handler(r)
	case reads(operation):
		r.account = r.seen(operation)
		return handler(r)
	default:
		return r.remember(operation, handler)
	}
}

// account returns an account; it comes into being when it is first spoken of.
func (s *Service) account(id string) *account {
	a := s.accounts[id]
	if a == nil {
		a = newAccount()
		s.accounts[id] = a
	}
	return a
}
