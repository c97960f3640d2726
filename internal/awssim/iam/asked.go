package iam

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Asked says what a request needs leave for: actions, resources and keys as the
// service authorization reference has them (Actions, resources, and condition
// keys for AWS Identity and Access Management). Its parameters have been
// validated against the model.
func (s *Service) Asked(caller wire.Caller, operation string, form url.Values) []access.Ask {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &request{service: s, account: s.account(caller.Account), caller: caller, form: form}
	ask := r.subject(operation)
	requested := asTags(r.sent())
	ask.SetRequested(requested)
	if keys := r.texts("TagKeys"); len(keys) > 0 {
		ask.Set("aws:TagKeys", keys...)
	}
	r.narrow(ask, operation)
	asks := []access.Ask{ask}
	if tagging, creates := tagging[operation]; creates && len(requested) > 0 {
		asks = append(asks, ask.Also(tagging))
	}
	if operation == "AddRoleToInstanceProfile" {
		// IAM: AddRoleToInstanceProfile, "must be granted the PassRole permission".
		pass := access.New("iam:PassRole", r.roleARN())
		pass.Set("iam:PassedToService", "ec2.amazonaws.com")
		asks = append(asks, pass)
	}
	return asks
}

// tagging is what creating something with tags needs leave for besides (IAM:
// Tags for IAM resources).
var tagging = map[string]string{
	"CreateRole": "iam:TagRole", "CreatePolicy": "iam:TagPolicy", "CreateInstanceProfile": "iam:TagInstanceProfile",
}

// subject is the operation's action on its resource. Listings know no resource,
// and only * matches them.
func (r *request) subject(operation string) access.Ask {
	action, form := "iam:"+operation, r.form
	name, at := form.Get("RoleName"), "*"
	var named string
	switch {
	case operation == "CreateRole":
		at = r.arn("role" + r.path() + name)
	case operation == "CreateServiceLinkedRole":
		service := form.Get("AWSServiceName")
		at = r.arn("role" + serviceLinkedPath + service + "/*")
	case operation == "CreatePolicy":
		at, named = r.arn("policy"+r.path()+form.Get("PolicyName")), "policy "+form.Get("PolicyName")
	case strings.HasSuffix(operation, "InstanceProfile"):
		at, named = r.profileARN(), "instance profile "+form.Get("InstanceProfileName")
	case name != "":
		at, named = r.roleARN(), "role "+name
	case form.Has("PolicyArn"):
		at = form.Get("PolicyArn")
		named = "policy " + at
	case operation == "ListRoles":
		named = r.arn("role" + cmp.Or(form.Get("PathPrefix"), "/"))
	case operation == "ListPolicies":
		named = "policy path " + cmp.Or(form.Get("PathPrefix"), "/")
	}
	ask := access.New(action, at)
	ask.Named = named
	return ask
}

// roleARN is that of the role which the request names. IAM learns the path from
// the role itself: of one that does not exist, it judges the ARN without a path.
func (r *request) roleARN() string {
	name := r.form.Get("RoleName")
	if found := r.account.roles[key(name)]; found != nil {
		return found.arn
	}
	return r.arn("role/" + name)
}

func (r *request) profileARN() string {
	name := r.form.Get("InstanceProfileName")
	if found := r.account.profiles[key(name)]; found != nil {
		return found.arn
	}
	return r.arn("instance-profile" + r.path() + name)
}

// bounded are the operations that know iam:PermissionsBoundary. Those that send
// a boundary are judged by that one, the others by the role's own.
var bounded = strings.Fields(`CreateRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary
	GetRole UpdateRole UpdateRoleDescription DeleteRole UpdateAssumeRolePolicy
	AttachRolePolicy DetachRolePolicy PutRolePolicy DeleteRolePolicy`)

// narrow adds the condition keys of IAM's own to an ask.
func (r *request) narrow(ask access.Ask, operation string) {
	role := r.account.roles[key(r.form.Get("RoleName"))]
	onRole := strings.Contains(ask.Resource, ":role/") && operation != "CreateRole"
	if onRole && role != nil {
		ask.SetTags("aws:ResourceTag", asTags(role.tags))
		ask.SetTags("iam:ResourceTag", asTags(role.tags))
	}
	if found, err := r.policyByARN(ask.Resource); err == nil && found != nil {
		ask.SetTags("aws:ResourceTag", asTags(found.tags))
	}
	if slices.Contains(bounded, operation) {
		sent := operation == "CreateRole" || operation == "PutRolePermissionsBoundary"
		switch {
		case sent:
			ask.Set("iam:PermissionsBoundary", r.form.Get("PermissionsBoundary"))
		case role != nil:
			ask.Set("iam:PermissionsBoundary", role.boundary)
		}
	}
	if operation == "AttachRolePolicy" || operation == "DetachRolePolicy" {
		ask.Set("iam:PolicyARN", r.form.Get("PolicyArn"))
	}
	ask.Set("iam:AWSServiceName", r.form.Get("AWSServiceName"))
}

// sent are the request's tags as they come: that they are right is not asked yet.
func (r *request) sent() tags {
	var out tags
	for i := 1; ; i++ {
		key := fmt.Sprintf("Tags.member.%d.", i)
		if !r.form.Has(key + "Key") {
			return out
		}
		out = append(out, tag{r.form.Get(key + "Key"), r.form.Get(key + "Value")})
	}
}

func asTags(list tags) []access.Tag {
	var out []access.Tag
	for _, one := range list {
		out = append(out, access.Tag{Key: one.Key, Value: one.Value})
	}
	return out
}
