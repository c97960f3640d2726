package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// escalations: each of these IAM actions alone lets its holder raise what it
// may do itself, or become somebody who may do more.
var escalations = []string{
	"iam:AddUserToGroup",
	"iam:AttachGroupPolicy",
	"iam:AttachRolePolicy",
	"iam:AttachUserPolicy",
	"iam:CreateAccessKey",
	"iam:CreateLoginProfile",
	"iam:CreatePolicyVersion",
	"iam:CreateServiceSpecificCredential",
	"iam:DeleteRolePermissionsBoundary",
	"iam:DeleteUserPermissionsBoundary",
	"iam:PutGroupPolicy",
	"iam:PutRolePermissionsBoundary",
	"iam:PutRolePolicy",
	"iam:PutUserPermissionsBoundary",
	"iam:PutUserPolicy",
	"iam:ResetServiceSpecificCredential",
	"iam:SetDefaultPolicyVersion",
	"iam:UpdateAccessKey",
	"iam:UpdateAssumeRolePolicy",
	"iam:UpdateLoginProfile",
}

func escalates(action string) bool {
	_, found := slices.BinarySearch(escalations, action)
	return found
}

// errand is a way to have a service act with a role that was passed to it.
type errand struct {
	service string // to which the role is passed
	actions []string
}

// errands are the ways known, besides iam:PassRole. Each runs code or a template
// of the caller's choice, and needs all its actions.
var errands = []errand{
	{"tasks.apprunner.amazonaws.com", []string{"apprunner:CreateService"}},
	{"ecs-tasks.amazonaws.com", []string{"batch:RegisterJobDefinition", "batch:SubmitJob"}},
	{"cloudformation.amazonaws.com", []string{"cloudformation:CreateStack"}},
	{"cloudformation.amazonaws.com", []string{"cloudformation:UpdateStack"}},
	{"cloudformation.amazonaws.com", []string{"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"}},
	{"codebuild.amazonaws.com", []string{"codebuild:CreateProject", "codebuild:StartBuild"}},
	{"codebuild.amazonaws.com", []string{"codebuild:UpdateProject", "codebuild:StartBuild"}},
	{"datapipeline.amazonaws.com", []string{"datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"}},
	{"ec2.amazonaws.com", []string{"ec2:AssociateIamInstanceProfile"}},
	{"ec2.amazonaws.com", []string{"ec2:RunInstances"}},
	{"ec2.amazonaws.com", []string{"ec2:RequestSpotInstances"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RunTask"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:StartTask"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RegisterTaskDefinition", "ecs:CreateService"}},
	{"ecs-tasks.amazonaws.com", []string{"ecs:RegisterTaskDefinition", "ecs:UpdateService"}},
	{"events.amazonaws.com", []string{"events:PutRule", "events:PutTargets"}},
	{"glue.amazonaws.com", []string{"glue:CreateDevEndpoint"}},
	{"glue.amazonaws.com", []string{"glue:CreateJob", "glue:StartJobRun"}},
	{"glue.amazonaws.com", []string{"glue:UpdateJob", "glue:StartJobRun"}},
	{"lambda.amazonaws.com", []string{"lambda:CreateFunction", "lambda:InvokeFunction"}},
	{"lambda.amazonaws.com", []string{"lambda:CreateFunction", "lambda:AddPermission"}},
	{"lambda.amazonaws.com", []string{"lambda:CreateFunction", "lambda:CreateEventSourceMapping"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateProcessingJob"}},
	{"sagemaker.amazonaws.com", []string{"sagemaker:CreateTrainingJob"}},
	{"scheduler.amazonaws.com", []string{"scheduler:CreateSchedule"}},
	{"ssm.amazonaws.com", []string{"ssm:StartAutomationExecution"}},
	{"states.amazonaws.com", []string{"states:CreateStateMachine", "states:StartExecution"}},
}

// checkEscalation looks over the whole document for ways to more power than it
// says. It tells them in one finding: they have one cure.
func checkEscalation(d *document) []policy.Finding {
	var ways, subjects []string
	severity := policy.Warning
	blame := func(s *statement) {
		if !slices.Contains(subjects, s.name) {
			subjects = append(subjects, s.name)
		}
	}
	for i := range d.statements {
		s := &d.statements[i]
		if !s.allows() || s.everything() {
			continue
		}
		direct := s.escalations(d)
		for _, a := range direct {
			blame(s)
			if a = a + " in " + s.name; !slices.Contains(ways, a) {
				ways = append(ways, a)
			}
		}
		if len(direct) > 0 && s.anywhere() && len(s.conditions) == 0 {
			severity = policy.Error
		}
	}
	for _, e := range errands {
		if by := d.errand(e); len(by) > 0 {
			var in []string
			for _, s := range by {
				blame(s)
				if !slices.Contains(in, s.name) {
					in = append(in, s.name)
				}
			}
			ways = append(ways, passRole+" with "+strings.Join(e.actions, " and ")+" in "+list(in))
		}
	}
	if len(ways) == 0 {
		return nil
	}
	return one(severity, CodePrivilegeEscalation, list(subjects), fmt.Sprintf(
		"the task can give itself more permissions than this document says, by %s. Take these actions out; where the task is there to administer roles, hold them to a permissions boundary with the condition iam:PermissionsBoundary, and iam:PassRole to the ARNs of the roles that it hands out",
		sentences(placed(ways, subjects))))
}

// placed are the ways with where they stand, but for a single statement: the
// subject says it.
func placed(ways, subjects []string) []string {
	if len(subjects) > 1 {
		return ways
	}
	out := make([]string, len(ways))
	for i, way := range ways {
		out[i] = strings.TrimSuffix(way, " in "+subjects[0])
	}
	return out
}

// escalations are the actions of the statement that raise power by themselves.
func (s *statement) escalations(d *document) (texts []string) {
	bounded := func(name string) bool { return name == "iam:permissionsboundary" || name == "iam:policyarn" }
	if s.guarded(bounded) {
		return nil
	}
	for _, p := range s.actions {
		for i, a := range p.matches {
			if name := p.names[i]; escalates(name) && !d.denies(name) && s.acts(a) && !slices.Contains(texts, name) {
				texts = append(texts, name)
			}
		}
	}
	return texts
}

// acts says whether the action acts on some of the statement's resources.
func (s *statement) acts(a *reference.Action) bool {
	if len(s.NotResource) > 0 {
		return true
	}
	return slices.ContainsFunc(s.resources, func(r resource) bool { return r.star || a.Reaches(r.text) })
}

// denies says whether the document denies the action everywhere and always.
func (d *document) denies(action string) bool {
	return slices.ContainsFunc(d.statements, func(s statement) bool {
		return s.Effect == policy.Deny && len(s.Condition) == 0 && s.anywhere() &&
			slices.ContainsFunc(s.actions, func(p pattern) bool { return policy.CoversAction(p.text, action) })
	})
}

// errand are the statements that together allow a way; nil where they do not. A
// role that the document names is not power that nobody meant to give.
func (d *document) errand(e errand) (by []*statement) {
	for i := range d.statements {
		s := &d.statements[i]
		if !s.allows() || s.everything() || !s.passesTo(e.service) {
			continue
		}
		if len(s.anyRole) > 0 {
			by = append(by, s)
			break
		}
	}
	if by == nil || d.denies(passRole) {
		return nil
	}
	for _, action := range e.actions {
		s := d.allowing(action)
		if s == nil || d.denies(action) {
			return nil
		}
		by = append(by, s)
	}
	return by
}

func (d *document) allowing(action string) *statement {
	for i := range d.statements {
		s := &d.statements[i]
		if s.allows() && slices.ContainsFunc(s.actions, func(p pattern) bool { return policy.CoversAction(p.text, action) }) {
			return s
		}
	}
	return nil
}
