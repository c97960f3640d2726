// Package ownpolicy makes the IAM policies of those who work with the controller:
// the controller's own, and that of a pipeline. Both are the least that does the
// job for one class.
package ownpolicy

import (
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// Controller says what the policies are for.
type Controller struct {
	// Class is whose account, region, boundary and managed policies they name.
	Class *v1alpha1.TaskRoleClass
	// ClusterID is the manager's --cluster-id.
	ClusterID string
	// PassableRoles are ARNs, or patterns of them, of the roles besides the
	// controller's own that task definitions carry: execution roles, and the task
	// roles that families get back when a TaskRole is deleted.
	PassableRoles []string
	// MovableServices are CLUSTER/SERVICE, or patterns of them, of the services that
	// rollout.services Update may move; none: no service is moved.
	MovableServices []string
}

// Policy is what the manager needs, or the role that it assumes in the account of
// the class. A bounded class's controller can make no role without the boundary,
// nor take it off: without that condition it would be as good as an
// administrator, because whoever writes a policy and attaches it to a role that
// he can hand out may do anything.
func (c Controller) Policy() policy.Document {
	out := policy.Document{Version: policy.Version}
	for _, s := range []policy.Statement{
		c.look(), c.lookAtClusters(), c.lookAtServices(), c.lookAtTasks(), c.lookAtHosts(), c.lookAtRoles(), c.lookAtInstanceRoles(), c.make(), c.attach(), c.keepRoles(), c.keepPolicies(),
		c.judgePolicies(), c.lookAtInstancePolicies(), c.register(), c.tagCopies(), c.withdraw(), c.moveServices(), c.pass(),
	} {
		if len(s.Resource) > 0 {
			out.Statement = append(out.Statement, s)
		}
	}
	return out
}

// look is what takes no resource (Service Authorization Reference: Amazon ECS, AWS
// IAM). ecs:ListTasks does where a container instance is named, and
// ecs:DescribeCapacityProviders where providers are, which is none here.
func (c Controller) look() policy.Statement {
	return allow("Look", policy.Strings{"*"},
		"ecs:DescribeCapacityProviders", "ecs:DescribeTaskDefinition", "ecs:ListClusters", "ecs:ListServices", "ecs:ListTaskDefinitions", "ecs:ListTasks", "iam:ListPolicies")
}

func (c Controller) lookAtServices() policy.Statement {
	return allow("LookAtServices", append(c.ecs("service/*"), append(c.ecs("service-deployment/*"), c.ecs("service-revision/*")...)...),
		"ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeServices", "ecs:ListServiceDeployments")
}

func (c Controller) lookAtClusters() policy.Statement {
	return allow("LookAtClusters", c.ecs("cluster/*"), "ecs:DescribeClusters", "ecs:ListContainerInstances")
}

func (c Controller) lookAtHosts() policy.Statement {
	return allow("LookAtHosts", c.ecs("container-instance/*"), "ecs:DescribeContainerInstances")
}

func (c Controller) lookAtTasks() policy.Statement {
	return allow("LookAtTasks", c.ecs("task/*"), "ecs:DescribeTasks")
}

func (c Controller) make() policy.Statement {
	s := allow("MakeRoles", c.roles(), "iam:CreateRole", "iam:PutRolePermissionsBoundary")
	if boundary := c.boundary(); boundary != nil {
		s.Condition = policy.Conditions{"StringEquals": boundary}
	}
	return s
}

// attach lets the controller's own policies and those that the class lists be
// attached, and no others.
func (c Controller) attach() policy.Statement {
	s := allow("Attach", c.roles(), "iam:AttachRolePolicy")
	s.Condition = policy.Conditions{"ArnLike": {"iam:PolicyARN": append(c.policies(), c.managed()...)}}
	if boundary := c.boundary(); boundary != nil {
		s.Condition["StringEquals"] = boundary
	}
	return s
}

func (c Controller) keepRoles() policy.Statement {
	actions := []string{
		"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
	}
	if c.Class.Spec.Unbounded {
		actions = append(actions, "iam:DeleteRolePermissionsBoundary")
		slices.Sort(actions)
	}
	return allow("KeepRoles", c.roles(), actions...)
}

// lookAtRoles is of all roles: names are unique in an account across all paths, so
// that somebody else's may stand in the way of ours. And of a role that does not
// exist, as before it is made, IAM knows no path to judge by.
func (c Controller) lookAtRoles() policy.Statement {
	return allow("LookAtRoles", policy.Strings{c.iam("role/*")},
		"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies")
}

// lookAtInstanceRoles is of those that the class names: what their policies give to
// whatever runs on an instance is told where tasks lose it.
func (c Controller) lookAtInstanceRoles() policy.Statement {
	var arns policy.Strings
	if clusters := c.Class.Spec.Clusters; clusters != nil {
		for _, name := range clusters.InstanceRoles {
			arns = append(arns, c.iam("role/"+name), c.iam("role/*/"+name))
		}
	}
	return allow("LookAtInstanceRoles", arns, "iam:GetRolePolicy")
}

// lookAtInstancePolicies is of all: which of them such a role has is not known here.
func (c Controller) lookAtInstancePolicies() policy.Statement {
	if clusters := c.Class.Spec.Clusters; clusters == nil || len(clusters.InstanceRoles) == 0 {
		return policy.Statement{}
	}
	return allow("LookAtPoliciesOfInstanceRoles", policy.Strings{c.iam("policy/*"), "arn:" + c.partition() + ":iam::aws:policy/*"},
		"iam:GetPolicy", "iam:GetPolicyVersion")
}

// moveServices: nothing in IAM can restrict what a service is moved onto to copies of
// what it runs; the controller does.
func (c Controller) moveServices() policy.Statement {
	var arns policy.Strings
	for _, pattern := range c.MovableServices {
		arns = append(arns, c.ecs("service/"+pattern)...)
	}
	return allow("MoveServices", arns, "ecs:UpdateService")
}

func (c Controller) keepPolicies() policy.Statement {
	return allow("KeepPolicies", c.policies(),
		"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:GetPolicy",
		"iam:GetPolicyVersion", "iam:ListPolicyVersions", "iam:TagPolicy", "iam:UntagPolicy")
}

func (c Controller) judgePolicies() policy.Statement {
	return allow("JudgeManagedPolicies", c.managed(), "iam:GetPolicy", "iam:GetPolicyVersion")
}

func (c Controller) register() policy.Statement {
	return allow("RegisterCopies", c.ecs("task-definition/*"), "ecs:RegisterTaskDefinition")
}

// tagCopies is asked for when a copy has tags (Amazon ECS: Grant permission to tag
// resources on creation).
func (c Controller) tagCopies() policy.Statement {
	s := allow("KeepTagsOfCopies", c.ecs("task-definition/*"), "ecs:TagResource")
	s.Condition = policy.Conditions{"StringEquals": {"ecs:CreateAction": {"RegisterTaskDefinition"}}}
	return s
}

// withdraw takes no resource (Service Authorization Reference: Amazon ECS). The
// controller withdraws only what it registered itself.
func (c Controller) withdraw() policy.Statement {
	return allow("WithdrawStaleCopies", policy.Strings{"*"}, "ecs:DeregisterTaskDefinition")
}

// pass is asked for with every role of a definition that is registered.
func (c Controller) pass() policy.Statement {
	return passing(append(c.roles(), c.PassableRoles...))
}

func passing(roles policy.Strings) policy.Statement {
	s := allow("PassRoles", roles, "iam:PassRole")
	s.Condition = policy.Conditions{"StringEquals": {"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}}
	return s
}

// boundary is the condition that every role has it; nil: none is forced.
func (c Controller) boundary() map[string]policy.Strings {
	if c.Class.Spec.PermissionsBoundaryARN == "" {
		return nil
	}
	return map[string]policy.Strings{"iam:PermissionsBoundary": {string(c.Class.Spec.PermissionsBoundaryARN)}}
}

func (c Controller) managed() policy.Strings {
	var out policy.Strings
	for _, arn := range c.Class.Spec.AllowedManagedPolicyARNs {
		out = append(out, string(arn))
	}
	slices.Sort(out)
	return out
}

// roles are those in the controller's path, and those elsewhere that the class lets
// it adopt: whoever may tag one of these hands it over.
func (c Controller) roles() policy.Strings {
	out := policy.Strings{c.iam("role" + c.path("") + "*")}
	for _, pattern := range c.Class.Spec.AdoptableRoles {
		name := strings.ReplaceAll(string(pattern), "{{namespace}}", "*")
		out = append(out, c.iam("role/"+name), c.iam("role/*/"+name))
	}
	return out
}

func (c Controller) policies() policy.Strings {
	return policy.Strings{c.iam("policy" + c.path("") + "*")}
}

func (c Controller) ecs(resource string) policy.Strings {
	return policy.Strings{"arn:" + c.partition() + ":ecs:" + c.Class.Spec.Region + ":" + c.Class.Spec.AccountID + ":" + resource}
}

func (c Controller) iam(resource string) string {
	return "arn:" + c.partition() + ":iam::" + c.Class.Spec.AccountID + ":" + resource
}

func (c Controller) partition() string {
	if c.Class.Spec.Partition == "" {
		return "aws"
	}
	return c.Class.Spec.Partition
}

// path is that of a namespace's roles and policies; without one: of all.
func (c Controller) path(namespace string) string {
	path := model.PathRoot + c.ClusterID + "/"
	if namespace == "" {
		return path
	}
	return path + namespace + "/"
}

func allow(sid string, resources policy.Strings, actions ...string) policy.Statement {
	return policy.Statement{Sid: sid, Effect: policy.Allow, Action: actions, Resource: resources}
}

// Pipeline is what a pipeline needs that names the roles of a namespace in the
// task definitions which it registers: to hand them to ECS, and nothing of IAM
// beside. What it needs of ECS it has already.
func (c Controller) Pipeline(namespace string) policy.Document {
	return policy.Document{Version: policy.Version, Statement: policy.Statements{passing(policy.Strings{c.iam("role" + c.path(namespace) + "*")})}}
}
