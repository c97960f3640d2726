package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// agentPolicy is what every container instance's role has (Amazon ECS Developer
// Guide: Amazon ECS container instance IAM role), after arn:PARTITION:iam::aws:.
const agentPolicy = "policy/service-role/AmazonEC2ContainerServiceforEC2Role"

// agentActions stand for it where it cannot be read: a partition or an emulator
// without it, a role with inline policies alone, or no permission (AWS managed
// policy reference guide: AmazonEC2ContainerServiceforEC2Role, v10 of 12 February
// 2026). AWS takes nothing away from its policies, so at worst an action that it
// added later counts as beyond them.
var agentActions = policy.Document{Version: policy.Version, Statement: policy.Statements{{
	Effect: policy.Allow, Resource: policy.Strings{"*"},
	Action: policy.Strings{
		"ec2:DescribeTags", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
		"ecs:CreateCluster", "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint", "ecs:ListTagsForResource", "ecs:Poll",
		"ecs:RegisterContainerInstance", "ecs:StartTelemetrySession", "ecs:Submit*", "ecs:TagResource", "ecs:UpdateContainerInstancesState",
		"logs:CreateLogStream", "logs:PutLogEvents",
	},
}}}

// errNoRole is why a role is not read that does not exist.
var errNoRole = errors.New("there is no such role")

// instanceRole is what was found of a role, and when.
type instanceRole struct {
	role model.InstanceRole
	at   time.Time
}

// InstanceRole reads what the policies of a container instance's role, attached and
// inline, give beyond AmazonEC2ContainerServiceforEC2Role. It is for telling only,
// so what cannot be read is said in Unread instead of being an error. The role is
// read once an hour, and after a failure five minutes later; until it can be read
// again, what was found before holds. A role with the agent's policy alone takes two
// calls, every other managed policy two more and every inline one more. Its
// permissions boundary and the organization's policies, which may take away some of
// it, are not looked at.
func (s *Service) InstanceRole(ctx context.Context, name string) model.InstanceRole {
	known, found := s.instanceRoles.Get(name)
	before, _ := known.(instanceRole)
	if found && s.now().Sub(before.at) < managedAge {
		return before.role
	}
	role, err := s.lookAtInstanceRole(ctx, name)
	if ctx.Err() != nil && !found {
		return role
	}
	if ctx.Err() != nil {
		return before.role
	}
	now := instanceRole{role: role, at: s.now()}
	if err != nil {
		if found && !errors.Is(err, errNoRole) {
			now.role = better(before.role, role)
		}
		now.at = now.at.Add(failureAge - managedAge)
	}
	s.instanceRoles.Add(name, now)
	return now.role
}

// better is what is kept of a role that could not be read as a whole this time.
func better(before, now model.InstanceRole) model.InstanceRole {
	if before.Unread == "" {
		return before
	}
	if len(now.Beyond) == 0 {
		now.Beyond = before.Beyond
	}
	return now
}

// lookAtInstanceRole returns with an error what was found all the same.
func (s *Service) lookAtInstanceRole(ctx context.Context, name string) (model.InstanceRole, error) {
	r := roleReader{Service: s, name: name}
	err := r.read(ctx)
	role := model.InstanceRole{Name: name}
	if len(r.documents) > 0 {
		role.Beyond = beyond(r.documents, s.agentDocument(ctx, r.partition))
	}
	if err != nil {
		role.Unread = err.Error()
	}
	return role, err
}

// agentDocument is the agent's policy, as the partition has it.
func (s *Service) agentDocument(ctx context.Context, partition string) policy.Document {
	if partition == "" {
		return agentActions
	}
	d, err := s.managedDocument(ctx, "arn:"+partition+":iam::aws:"+agentPolicy).parsed()
	if err != nil {
		return agentActions
	}
	return d
}

// roleReader collects the documents of one role but the agent's own.
type roleReader struct {
	*Service
	name      string
	partition string // that of the attached policies; empty where there is none
	documents []policy.Document
	failures  []error
}

// read goes on after a failure: what else the role has is worth knowing. Its error
// is the first of them, and how many there were: they mostly say the same.
func (r *roleReader) read(ctx context.Context) error {
	for _, step := range []func(context.Context) error{r.readAttached, r.readInline} {
		err := step(ctx)
		if is(err, aws.NotFound) {
			return errNoRole
		}
		if err != nil {
			r.failures = append(r.failures, explained(err))
		}
	}
	switch more := len(r.failures) - 1; {
	case more < 0:
		return nil
	case more == 0:
		return r.failures[0]
	default:
		return fmt.Errorf("%w; and %d more could not be read", r.failures[0], more)
	}
}

func (r *roleReader) readAttached(ctx context.Context) error {
	arns, err := r.attached(ctx, r.name)
	if err != nil {
		return err
	}
	for _, arn := range arns {
		if parts := strings.SplitN(arn, ":", 3); len(parts) == 3 {
			r.partition = parts[1]
		}
		if strings.HasSuffix(arn, ":iam::aws:"+agentPolicy) {
			continue
		}
		found := r.managedDocument(ctx, arn)
		if found.missing { // detached and deleted since it was listed
			continue
		}
		document, err := found.parsed()
		r.add("policy "+arn, document, err)
	}
	return nil
}

func (r *roleReader) readInline(ctx context.Context) error {
	names, err := r.inline(ctx, r.name)
	if err != nil {
		return err
	}
	for _, name := range names {
		out, err := r.api.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &r.name, PolicyName: &name})
		if is(err, aws.NotFound) { // deleted since it was listed
			continue
		}
		var document policy.Document
		if err == nil {
			document, err = policy.Parse(decoded(awssdk.ToString(out.PolicyDocument)))
		}
		r.add("inline policy "+name, document, err)
	}
	return nil
}

func (r *roleReader) add(what string, d policy.Document, err error) {
	if err != nil {
		r.failures = append(r.failures, fmt.Errorf("%s: %w", what, explained(err)))
		return
	}
	r.documents = append(r.documents, d)
}

// explained is an error of AWS in its own code and message, without the SDK's words.
func explained(err error) error {
	if f := aws.Explain(err); f.Code != "" {
		return f
	}
	return err
}
