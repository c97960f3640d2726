package awssim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// complete adds to asks what every request's context holds (IAM: AWS global
// condition context keys), and to the call what was asked.
func (s *Server) complete(r *http.Request, call *Call, asks []access.Ask) {
	if len(asks) == 0 {
		return
	}
	tags := s.iam.PrincipalTags(call.Caller)
	for _, ask := range asks {
		global(ask, *call)
		ask.Set("aws:UserAgent", r.UserAgent())
		host, _, _ := strings.Cut(r.RemoteAddr, ":")
		ask.Set("aws:SourceIp", host)
		ask.SetTags("aws:PrincipalTag", tags)
		call.Asked = append(call.Asked, ask.Request)
	}
}

func global(ask access.Ask, call Call) {
	caller := call.Caller
	ask.Set("aws:PrincipalArn", caller.PrincipalARN)
	ask.Set("aws:PrincipalAccount", caller.Account)
	ask.Set("aws:userid", caller.UserID)
	if caller.PrincipalARN == caller.ARN {
		ask.Set("aws:PrincipalType", "User")
		ask.Set("aws:username", caller.ARN[strings.LastIndex(caller.ARN, "/")+1:])
	} else {
		ask.Set("aws:PrincipalType", "AssumedRole")
	}
	ask.Set("aws:RequestedRegion", requestedRegion(call.Service, caller))
	ask.Set("aws:CurrentTime", call.At.UTC().Format(time.RFC3339))
	ask.Set("aws:EpochTime", strconv.FormatInt(call.At.Unix(), 10))
	ask.Set("aws:PrincipalIsAWSService", "false")
	ask.Set("aws:ViaAWSService", "false")
	// AWS's endpoints speak TLS only; this one stands for them.
	ask.Set("aws:SecureTransport", "true")
	if strings.HasSuffix(ask.Action, ":AssumeRole") || !strings.HasPrefix(ask.Resource, "arn:") {
		return
	}
	if part := strings.SplitN(ask.Resource, ":", 6); len(part) == 6 && part[4] != "aws" {
		ask.Set("aws:ResourceAccount", part[4])
	}
}

// requestedRegion is where the request goes: IAM has one region in a partition
// ("us-east-1" for global services, aws:RequestedRegion).
func requestedRegion(service string, caller wire.Caller) string {
	if service != "iam" {
		return caller.Region
	}
	switch caller.Partition {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	default:
		return "us-east-1"
	}
}

// authorize refuses what the caller's policies do not allow. IAM evaluates them in
// their present state, which AWS may be late with, too.
func (s *Server) authorize(call Call, asks []access.Ask) *wire.Error {
	if len(asks) == 0 || s.options.Enforce == nil || !s.options.Enforce(call.Caller) {
		return nil
	}
	own := s.iam.Policies(call.Caller)
	for _, ask := range asks {
		if message := ask.Refusal(call.Caller.ARN, own); message != "" {
			return denied(call.Service, message)
		}
	}
	return nil
}

// Grant gives principals their policies, as documents, in the place of what they
// were granted before: users, whose policies have no operations here, and roles
// that only a Session knows. Principal is user/NAME or role/NAME. What IAM holds of
// a role counts besides. A document that cannot be read is an error.
func (s *Server) Grant(account, principal string, documents ...string) error {
	return s.iam.Grant(account, principal, documents...)
}

// Policies are what the caller's user or role has at the moment.
func (s *Server) Policies(caller wire.Caller) policy.Policies { return s.iam.Policies(caller) }
