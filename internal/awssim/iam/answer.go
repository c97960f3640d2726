package iam

import (
	"net/url"
	"strings"
	"time"
)

// list is a list of AWS's XML: an element that is there even when it is empty.
type list[T any] struct {
	Items []T `xml:"member"`
}

// timestamp is to the second, in UTC.
type timestamp time.Time

// MarshalText writes the time in the form of the Query protocol.
func (t timestamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format("2006-01-02T15:04:05Z")), nil
}

// document is a policy document, which IAM returns URL-encoded (RFC 3986).
type document string

// MarshalText escapes all but the unreserved characters.
func (d document) MarshalText() ([]byte, error) {
	return []byte(strings.ReplaceAll(url.QueryEscape(string(d)), "+", "%20")), nil
}

type roleAnswer struct {
	Path                     string
	RoleName                 string
	RoleID                   string `xml:"RoleId"`
	Arn                      string
	CreateDate               timestamp
	AssumeRolePolicyDocument document
	Description              string          `xml:",omitempty"`
	MaxSessionDuration       int             `xml:",omitempty"`
	PermissionsBoundary      *boundaryAnswer `xml:",omitempty"`
	Tags                     *list[tag]      `xml:",omitempty"`
	RoleLastUsed             *struct{}       `xml:",omitempty"`
}

type boundaryAnswer struct {
	PermissionsBoundaryType string
	PermissionsBoundaryArn  string
}

type policyAnswer struct {
	PolicyName                    string
	PolicyID                      string `xml:"PolicyId"`
	Arn                           string
	Path                          string
	DefaultVersionID              string `xml:"DefaultVersionId"`
	AttachmentCount               int
	PermissionsBoundaryUsageCount int
	IsAttachable                  bool
	Description                   string `xml:",omitempty"`
	CreateDate                    timestamp
	UpdateDate                    timestamp
	Tags                          *list[tag] `xml:",omitempty"`
}

type versionAnswer struct {
	Document         document `xml:",omitempty"`
	VersionID        string   `xml:"VersionId"`
	IsDefaultVersion bool
	CreateDate       timestamp
}

type profileAnswer struct {
	Path                string
	InstanceProfileName string
	InstanceProfileID   string `xml:"InstanceProfileId"`
	Arn                 string
	CreateDate          timestamp
	Roles               list[roleAnswer]
}

type attachedAnswer struct {
	PolicyName string
	PolicyArn  string
}

// page is the part of an answer that says whether more follows.
type page struct {
	IsTruncated bool
	Marker      string `xml:",omitempty"`
}

// bare is what every answer about a role holds, lists included.
func (r *role) bare() roleAnswer {
	return roleAnswer{
		Path: r.path, RoleName: r.name, RoleID: r.id, Arn: r.arn,
		CreateDate: timestamp(r.created), AssumeRolePolicyDocument: document(r.trust),
	}
}

// listed is what ListRoles tells: no tags, no boundary, no last use.
func (r *role) listed() roleAnswer {
	answer := r.bare()
	answer.Description, answer.MaxSessionDuration = r.description, r.maxSession
	return answer
}

// whole is what GetRole tells.
func (r *role) whole() roleAnswer {
	answer := r.listed()
	answer.PermissionsBoundary, answer.Tags = r.boundaryAnswer(), r.tags.answer()
	answer.RoleLastUsed = &struct{}{}
	return answer
}

func (r *role) boundaryAnswer() *boundaryAnswer {
	if r.boundary == "" {
		return nil
	}
	return &boundaryAnswer{PermissionsBoundaryType: "PermissionsBoundaryPolicy", PermissionsBoundaryArn: r.boundary}
}

// listed is what ListPolicies tells: no description, no tags.
func (p *policy) listed(a *account) policyAnswer {
	attached, bounded := a.uses(p.arn)
	return policyAnswer{
		PolicyName: p.name, PolicyID: p.id, Arn: p.arn, Path: p.path,
		DefaultVersionID: p.defaultVersion(), IsAttachable: true,
		AttachmentCount: attached, PermissionsBoundaryUsageCount: bounded,
		CreateDate: timestamp(p.created), UpdateDate: timestamp(p.updated),
	}
}
