package plan

import (
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

// Kind says what an action does.
type Kind string

// Kinds of actions, and what of an action each of them reads.
const (
	CreateRole     Kind = "CreateRole"     // Path, Role
	PutBoundary    Kind = "PutBoundary"    // ARN
	DeleteBoundary Kind = "DeleteBoundary" //
	UpdateTrust    Kind = "UpdateTrust"    // Role
	TagRole        Kind = "TagRole"        // Tags
	UntagRole      Kind = "UntagRole"      // Keys
	CreatePolicy   Kind = "CreatePolicy"   // ARN, Path, Policy
	UpdatePolicy   Kind = "UpdatePolicy"   // ARN, Policy: a new default version
	TagPolicy      Kind = "TagPolicy"      // ARN, Tags
	UntagPolicy    Kind = "UntagPolicy"    // ARN, Keys
	AttachPolicy   Kind = "AttachPolicy"   // ARN
	DetachPolicy   Kind = "DetachPolicy"   // ARN
	DeleteInline   Kind = "DeleteInline"   // Subject is the inline policy's name
	RegisterCopy   Kind = "RegisterCopy"   // Source, ARN: the role that the copy carries, empty for none
	Deregister     Kind = "Deregister"     // ARN of a revision that we registered
	MoveService    Kind = "MoveService"    // Service, ARN: the revision that it is to run
	DeletePolicy   Kind = "DeletePolicy"   // ARN: with all its versions
	DeleteRole     Kind = "DeleteRole"     //
)

// Area is the part of a TaskRole that an action or a hold concerns.
type Area string

// Areas, each with a condition of its own in the status.
const (
	AreaRole           Area = "Role"
	AreaPolicy         Area = "Policy"
	AreaTaskDefinition Area = "TaskDefinition"
	AreaServices       Area = "Services"
)

var areas = map[Kind]Area{
	CreateRole: AreaRole, PutBoundary: AreaRole, DeleteBoundary: AreaRole, UpdateTrust: AreaRole,
	TagRole: AreaRole, UntagRole: AreaRole, DeleteRole: AreaRole,
	CreatePolicy: AreaPolicy, UpdatePolicy: AreaPolicy, TagPolicy: AreaPolicy, UntagPolicy: AreaPolicy,
	AttachPolicy: AreaPolicy, DetachPolicy: AreaPolicy, DeleteInline: AreaPolicy, DeletePolicy: AreaPolicy,
	RegisterCopy: AreaTaskDefinition, Deregister: AreaTaskDefinition, MoveService: AreaServices,
}

// Area is the part of a TaskRole that the kind of action concerns.
func (k Kind) Area() Area { return areas[k] }

// Action is one change of AWS, as data. Which of the fields are set depends on
// Kind; RoleName, Subject and Reason always are.
type Action struct {
	Kind     Kind
	RoleName string
	Subject  string // what is acted on, for people
	Reason   string // why, for people; says what was found

	ARN    string
	Path   string
	Role   *model.Role
	Policy *model.Policy
	Tags   map[string]string
	Keys   []string
	Source *model.Revision
	// Service is as it was seen: where it is another by now, it is not moved.
	Service *model.Service
}

// String is the action as status and events tell it: what is done, and why.
func (a Action) String() string {
	return fmt.Sprintf("%s %s: %s", verbs[a.Kind], a.Subject, a.Reason)
}

var verbs = map[Kind]string{
	CreateRole:     "create role",
	PutBoundary:    "set the permissions boundary of role",
	DeleteBoundary: "remove the permissions boundary of role",
	UpdateTrust:    "rewrite the trust policy of role",
	TagRole:        "tag role",
	UntagRole:      "remove tags of role",
	CreatePolicy:   "create policy",
	UpdatePolicy:   "write a new version of policy",
	TagPolicy:      "tag policy",
	UntagPolicy:    "remove tags of policy",
	AttachPolicy:   "attach policy",
	DetachPolicy:   "detach policy",
	DeleteInline:   "delete inline policy",
	RegisterCopy:   "register a copy of task definition",
	Deregister:     "deregister task definition",
	MoveService:    "move service",
	DeletePolicy:   "delete policy",
	DeleteRole:     "delete role",
}

// baseName is the last part of an ARN's resource: what people call it.
func baseName(arn string) string {
	return arn[strings.LastIndexAny(arn, "/:")+1:]
}
