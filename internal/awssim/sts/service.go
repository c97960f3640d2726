// Package sts is AWS Security Token Service as the simulator plays it: it says
// who calls, and opens sessions of roles that trust the caller.
package sts

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Roles are those of every account.
type Roles interface {
	Assumable(arn string) (iam.AssumableRole, bool)
}

// Keys make credentials.
type Keys interface {
	Issue(account, role, session string, expires time.Time) Key
}

// Key is what a session signs with.
type Key struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Service is STS in every account and region. It is safe for concurrent use.
type Service struct {
	roles Roles
	keys  Keys
	now   func() time.Time
}

// New returns an STS that opens sessions of roles.
func New(roles Roles, keys Keys, now func() time.Time) *Service {
	return &Service{roles: roles, keys: keys, now: now}
}

// Do runs one operation. Its answer is to be encoded as XML; its parameters have
// been validated against the model. An error is a *wire.Error.
func (s *Service) Do(caller wire.Caller, operation string, form url.Values) (any, error) {
	switch operation {
	case "GetCallerIdentity":
		return identity{Arn: caller.ARN, UserID: caller.UserID, Account: caller.Account}, nil
	case "AssumeRole":
		return s.assumeRole(caller, form)
	default:
		return nil, wire.Refuse(http.StatusBadRequest, "InvalidAction", "Could not find operation %s", operation)
	}
}

type identity struct {
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}

type assumed struct {
	Credentials     credentials
	AssumedRoleUser assumedRoleUser
}

type credentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

type assumedRoleUser struct {
	AssumedRoleID string `xml:"AssumedRoleId"`
	Arn           string
}

// defaultSession is how long a session lasts unless it says; chained is the most
// that a session may give to one that it opens (STS: AssumeRole, DurationSeconds).
const (
	defaultSession = time.Hour
	chained        = time.Hour
)

func (s *Service) assumeRole(caller wire.Caller, form url.Values) (any, error) {
	arn, session := form.Get("RoleArn"), form.Get("RoleSessionName")
	role, found := s.roles.Assumable(arn)
	if allowed, _ := trusts(role.Trust, caller, form.Get("ExternalId")); !found || !allowed {
		// AWS does not tell whether the role exists.
		return nil, wire.Refuse(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: sts:AssumeRole on resource: %s", caller.ARN, arn)
	}
	duration := defaultSession
	if seconds, err := strconv.Atoi(form.Get("DurationSeconds")); err == nil {
		duration = time.Duration(seconds) * time.Second
	}
	switch {
	case duration > role.MaxSession:
		return nil, wire.Refuse(http.StatusBadRequest, "ValidationError",
			"The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case duration > chained && caller.PrincipalARN != caller.ARN:
		return nil, wire.Refuse(http.StatusBadRequest, "ValidationError",
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	account := accountOf(arn)
	expires := s.now().UTC().Add(duration).Truncate(time.Second)
	key := s.keys.Issue(account, role.Name, session, expires)
	return assumed{
		Credentials: credentials{
			AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey, SessionToken: key.SessionToken,
			Expiration: expires.Format("2006-01-02T15:04:05Z"),
		},
		AssumedRoleUser: assumedRoleUser{
			AssumedRoleID: role.ID + ":" + session,
			Arn:           "arn:" + caller.Partition + ":sts::" + account + ":assumed-role/" + role.Name + "/" + session,
		},
	}, nil
}
