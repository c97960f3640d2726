package controllers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/conditions"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// failed ends a pass, and says in the status why.
type failed struct {
	conditions.Failure
	cause error
}

func (f *failed) Error() string { return f.Reason + ": " + f.Message }
func (f *failed) Unwrap() error { return f.cause }

// stalled is a failure that no retry mends.
func stalled(reason, format string, args ...any) *failed {
	return &failed{Failure: conditions.Failure{Reason: reason, Message: fmt.Sprintf(format, args...), Terminal: true}}
}

// refused is what desired says of a declaration that cannot be carried out.
func refused(err error) error {
	var refusal *desired.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	return stalled(refusal.Reason, "%s", refusal.Error())
}

// leftAlone adds what becomes of a role that was made before the refusal.
func leftAlone(p *pass, err error) error {
	var failure *failed
	if role := p.taskRole.Status.Role.ARN; role != "" && errors.As(err, &failure) {
		failure.Message += fmt.Sprintf("; until then role %s stays as it is, with what it may do now, and nothing on it is put right", role)
	}
	return err
}

// reasons by class of an AWS error. What is not listed may pass by itself.
var reasons = map[aws.Class]string{
	aws.Denied:        v1alpha1.ReasonAccessDenied,
	aws.AlreadyExists: v1alpha1.ReasonConflict,
	aws.Conflict:      v1alpha1.ReasonConflict,
	aws.Invalid:       v1alpha1.ReasonRefusedByAWS,
	aws.NotFound:      v1alpha1.ReasonRefusedByAWS,
	aws.Quota:         v1alpha1.ReasonQuotaExceeded,
}

// cures say what the person on call can do about a class of errors.
var cures = map[aws.Class]string{
	aws.Denied:        ": allow it in the controller's own IAM policy, or look for a service control policy that denies it",
	aws.Credentials:   ": the controller's credentials are not taken; renew them, or look at its pod's identity (IRSA, Pod Identity)",
	aws.AlreadyExists: ": the name is taken by something that is not this TaskRole's; delete that, or choose another name",
	aws.Conflict:      ": somebody else attached or uses it; take it off there",
	aws.Quota:         ": have the quota of the account raised, or remove what is not needed",
}

// awsFailure turns an error of AWS, met while doing something for an area, into
// a failure.
func awsFailure(area plan.Area, doing string, err error) error {
	why := aws.Explain(err)
	reason, known := reasons[why.Class]
	if !known {
		reason = v1alpha1.ReasonTransient
	}
	return &failed{cause: err, Failure: conditions.Failure{
		Area: area, Reason: reason, Terminal: known && why.Class.Terminal(),
		Message: fmt.Sprintf("%s: %s%s", doing, answer(why), cures[why.Class]),
	}}
}

// unanswered says whether err is a write of which nobody knows whether it took
// effect.
func unanswered(err error) bool {
	switch why := aws.Explain(err); why.Class {
	case aws.Unavailable, aws.Canceled, aws.Unknown:
		return !aws.Reads(why.Operation)
	default:
		return false
	}
}

// terminal says whether no retry mends a failure, or something is not there.
func terminal(err error) bool {
	var failure *failed
	return errors.As(err, &failure) && failure.Terminal || aws.Explain(err).Class == aws.NotFound
}

// actionFailure is an action that AWS refused. That something named by the
// declaration or the class does not exist does not pass by itself; what we made
// a moment ago may only not be visible yet.
func actionFailure(p *pass, action plan.Action, err error) error {
	failure := awsFailure(action.Kind.Area(), action.String(), err)
	var why *failed
	if !errors.As(failure, &why) {
		return failure
	}
	switch field, class := fields[action.Kind], aws.Explain(err).Class; {
	case class == aws.NotFound && namesOthers(p, action):
		why.Terminal = true
		why.Message += ": correct " + field + ", or have the policy created"
	case class == aws.Invalid && field != "":
		why.Message += ": correct " + field
	}
	return failure
}

// fields are what AWS was told by an action, for the person who wrote it.
var fields = map[plan.Kind]string{
	plan.CreateRole:   "spec.permissionsBoundaryARN or spec.tags, or those of the class",
	plan.PutBoundary:  "spec.permissionsBoundaryARN, or that of the class",
	plan.TagRole:      "spec.tags, or those of the class",
	plan.CreatePolicy: "spec.grants or spec.statements",
	plan.UpdatePolicy: "spec.grants or spec.statements",
	plan.AttachPolicy: "spec.managedPolicyARNs",
}

// namesOthers says whether the action refers to a policy that is not ours.
func namesOthers(p *pass, action plan.Action) bool {
	switch action.Kind {
	case plan.CreateRole, plan.PutBoundary:
		return true
	case plan.AttachPolicy:
		return slices.Contains(p.desired.ManagedPolicyARNs, action.ARN)
	default:
		return false
	}
}

// answer is what AWS said, without what differs from one time to the next: a
// status that changes with every request id or port would be written for ever.
func answer(why aws.Failure) string {
	call := strings.ToLower(why.Service) + ":" + why.Operation
	if why.Operation != "" && why.Code == "" {
		return fmt.Sprintf("%s had no answer (%s): the manager's log has the details", call, why.Class)
	}
	if why.Operation == "" {
		return why.Message
	}
	return fmt.Sprintf("%s answered %s: %s", call, why.Code, why.Message)
}

// unreachable is the failure to get at an account at all.
func unreachable(class *v1alpha1.TaskRoleClass, err error) error {
	var wrong *aws.WrongAccountError
	if errors.As(err, &wrong) {
		return stalled(v1alpha1.ReasonWrongAccount,
			"class %s is of account %s, but the credentials at hand are of account %s (%s): correct the class's assumeRoleARN, or the controller's credentials",
			class.Name, wrong.Want, wrong.Got, wrong.CallerARN)
	}
	var missing *aws.MissingExternalIDError
	if errors.As(err, &missing) {
		return stalled(v1alpha1.ReasonClassNotUsable, "class %s cannot be used: %s", class.Name, missing.Error())
	}
	return awsFailure("", "reach account "+class.Spec.AccountID, err)
}
