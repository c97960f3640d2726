package iam_test

import (
	"context"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const administrator = "arn:aws:iam::aws:policy/AdministratorAccess"

func TestManagedPoliciesAreReadOnceInTheirDefaultVersion(t *testing.T) {
	b := start(t, 0)
	_, err := b.admin.CreatePolicyVersion(context.Background(), &sdkiam.CreatePolicyVersionInput{
		PolicyArn: awssdk.String(boundary), PolicyDocument: awssdk.String(allow("s3:GetObject").JSON()), SetAsDefault: true,
	})
	b.must(err)
	b.sim.ForgetCalls()
	for range 2 {
		got := b.service.Documents(t.Context(), []string{boundary, administrator})
		for arn, action := range map[string]string{boundary: "s3:GetObject", administrator: "*"} {
			document, err := policy.Parse(got[arn])
			if err != nil || document.Statement[0].Action[0] != action {
				t.Errorf("%s: %s, %v", arn, got[arn], err)
			}
		}
	}
	if n := len(b.sim.Calls()); n != 4 {
		t.Errorf("%d calls, not two for each policy", n)
	}
}

// It only serves judging: what cannot be read must not hold up the rest.
func TestAManagedPolicyThatCannotBeReadIsLeftOutAndNotAskedForAtEveryLook(t *testing.T) {
	b := start(t, 0)
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "GetPolicyVersion" {
			return awssim.Fault{Refuse: wire.Refuse(403, "AccessDenied", "not allowed")}
		}
		return awssim.Fault{}
	})
	const nowhere = "arn:aws:iam::111122223333:policy/nowhere"
	got := b.service.Documents(t.Context(), []string{boundary, nowhere})
	if document, told := got[nowhere]; len(got) != 1 || !told || document != "" {
		t.Errorf("what may not be read is left out, and what does not exist is empty: %v", got)
	}
	before := len(b.sim.Calls())
	b.service.Documents(t.Context(), []string{boundary})
	if n := len(b.sim.Calls()) - before; n != 0 {
		t.Errorf("%d calls a moment later", n)
	}
}
