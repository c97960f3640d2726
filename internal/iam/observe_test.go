package iam_test

import (
	"context"
	"fmt"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

func TestWhatDoesNotExistIsSeenInTwoCalls(t *testing.T) {
	b := start(t, 0)
	if diff := cmp.Diff(model.Observed{}, b.observe(b.service)); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"GetRole", "ListPolicies"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestAnUnchangedRoleIsLookedAtInFiveCalls(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createRole(), createPolicy("p", "s3:GetObject"), attach(policyARN("p")))
	if diff := cmp.Diff([]string{"CreateRole", "CreatePolicy", "AttachRolePolicy"}, b.made()); diff != "" {
		t.Errorf("calls to create it (-want +got):\n%s", diff)
	}
	look := []string{"GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "ListPolicies", "GetPolicy"}
	if diff := cmp.Diff(o, b.observe(b.service)); diff != "" {
		t.Errorf("observed (-applied +read):\n%s", diff)
	}
	if diff := cmp.Diff(look, b.made()); diff != "" {
		t.Errorf("calls of a look by who wrote it (-want +got):\n%s", diff)
	}
	restarted := b.controller()
	b.made()
	b.observe(restarted)
	if diff := cmp.Diff(append(look, "GetPolicyVersion"), b.made()); diff != "" {
		t.Errorf("calls of the first look after a restart (-want +got):\n%s", diff)
	}
	b.observe(restarted)
	if diff := cmp.Diff(look, b.made()); diff != "" {
		t.Errorf("calls of the second (-want +got):\n%s", diff)
	}
}

func TestADocumentChangedByHandIsReadAgain(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
	_, err := b.admin.CreatePolicyVersion(context.Background(), &sdkiam.CreatePolicyVersionInput{
		PolicyArn: awssdk.String(policyARN("p")), PolicyDocument: awssdk.String(allow("s3:*").JSON()), SetAsDefault: true,
	})
	b.must(err)
	after := b.observe(b.service)
	if after.Policies[0].Version != "v2" || after.Policies[0].Document != allow("s3:*").JSON() {
		t.Errorf("policy is %+v", after.Policies[0])
	}
	_, err = b.admin.SetDefaultPolicyVersion(context.Background(), &sdkiam.SetDefaultPolicyVersionInput{
		PolicyArn: awssdk.String(policyARN("p")), VersionId: awssdk.String("v1"),
	})
	b.must(err)
	if diff := cmp.Diff(o, b.observe(b.service)); diff != "" {
		t.Errorf("set back to v1 (-before +now):\n%s", diff)
	}
}

func TestAPolicyMadeAnewUnderTheSameNameIsReadAgain(t *testing.T) {
	b := start(t, 0)
	b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
	_, err := b.admin.DeletePolicy(context.Background(), &sdkiam.DeletePolicyInput{PolicyArn: awssdk.String(policyARN("p"))})
	b.must(err)
	_, err = b.admin.CreatePolicy(context.Background(), &sdkiam.CreatePolicyInput{
		PolicyName: awssdk.String("p"), Path: awssdk.String(owner.PolicyPath()), PolicyDocument: awssdk.String(allow("s3:*").JSON()),
	})
	b.must(err)
	if got := b.observe(b.service).Policies[0]; got.Version != "v1" || got.Document != allow("s3:*").JSON() {
		t.Errorf("policy is %+v", got)
	}
}

func TestEveryPageIsRead(t *testing.T) {
	b := start(t, 2)
	ctx := context.Background()
	o := b.apply(model.Observed{}, createRole())
	var names, inline, attached []string
	for i := range 5 {
		name := fmt.Sprintf("p%d", i)
		o = b.apply(o, createPolicy(name, "s3:GetObject"), attach(policyARN(name)))
		names, attached = append(names, name), append(attached, policyARN(name))
		_, err := b.admin.PutRolePolicy(ctx, &sdkiam.PutRolePolicyInput{
			RoleName: awssdk.String(roleName), PolicyName: &name, PolicyDocument: awssdk.String(allow("s3:*").JSON()),
		})
		b.must(err)
		inline = append(inline, name)
		_, err = b.admin.CreateInstanceProfile(ctx, &sdkiam.CreateInstanceProfileInput{InstanceProfileName: &name})
		b.must(err)
		_, err = b.admin.AddRoleToInstanceProfile(ctx, &sdkiam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: awssdk.String(roleName)})
		b.must(err)
	}
	got := b.observe(b.service)
	sorted := cmp.Transformer("set", func(in []string) map[string]bool {
		out := map[string]bool{}
		for _, s := range in {
			out[s] = true
		}
		return out
	})
	if diff := cmp.Diff(attached, got.Role.Attached, sorted); diff != "" {
		t.Errorf("attached (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(inline, got.Role.Inline, sorted); diff != "" {
		t.Errorf("inline (-want +got):\n%s", diff)
	}
	var found []string
	for _, p := range got.Policies {
		found = append(found, p.Name)
	}
	if diff := cmp.Diff(names, found); diff != "" {
		t.Errorf("policies, sorted by name (-want +got):\n%s", diff)
	}
	profiles, err := b.service.InstanceProfiles(ctx, roleName)
	b.must(err)
	if diff := cmp.Diff(names, profiles, sorted); diff != "" {
		t.Errorf("instance profiles (-want +got):\n%s", diff)
	}
}

func TestOnlyPoliciesOfExactlyTheOwnersPathAreSeen(t *testing.T) {
	b := start(t, 0)
	for i, path := range []string{owner.Path(), owner.PolicyPath() + "below/", "/", owner.Path() + "orders-api-v2/"} {
		_, err := b.admin.CreatePolicy(context.Background(), &sdkiam.CreatePolicyInput{
			PolicyName: awssdk.String(fmt.Sprintf("foreign%d", i)), Path: &path, PolicyDocument: awssdk.String(allow("s3:*").JSON()),
		})
		b.must(err)
	}
	if got := b.observe(b.service).Policies; len(got) > 0 {
		t.Errorf("policies are %+v", got)
	}
}

func TestARoleInAnotherPathIsSeenAsItIs(t *testing.T) {
	b := start(t, 0)
	_, err := b.admin.CreateRole(context.Background(), &sdkiam.CreateRoleInput{
		RoleName: awssdk.String(roleName), AssumeRolePolicyDocument: awssdk.String(trust("").JSON()),
	})
	b.must(err)
	got := b.observe(b.service).Role
	if got == nil || got.Path != "/" || got.BoundaryARN != "" || len(got.Tags) != 0 || got.Created.IsZero() || got.Trust != trust("").JSON() {
		t.Errorf("role is %+v", got)
	}
}

func TestWhatIsDeletedWhileWeLookIsNotThere(t *testing.T) {
	for _, operation := range []string{"ListAttachedRolePolicies", "ListRolePolicies", "GetPolicy"} {
		t.Run(operation, func(t *testing.T) {
			b := start(t, 0)
			b.apply(model.Observed{}, createRole(), createPolicy("p", "s3:GetObject"))
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation != operation {
					return awssim.Fault{}
				}
				return awssim.Fault{Refuse: wire.Refuse(404, "NoSuchEntity", "gone")}
			})
			got := b.observe(b.service)
			if operation == "GetPolicy" && len(got.Policies) > 0 || operation != "GetPolicy" && got.Role != nil {
				t.Errorf("observed %+v", got)
			}
		})
	}
}

func TestALookThatFailsAnywhereIsAnError(t *testing.T) {
	for _, operation := range []string{"GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "ListPolicies", "GetPolicy", "GetPolicyVersion"} {
		t.Run(operation, func(t *testing.T) {
			b := start(t, 0)
			b.apply(model.Observed{}, createRole(), createPolicy("p", "s3:GetObject"))
			restarted := b.controller()
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation != operation {
					return awssim.Fault{}
				}
				return awssim.Fault{Refuse: wire.Refuse(403, "AccessDenied", "no")}
			})
			_, _, err := restarted.Observe(context.Background(), want())
			if f := aws.Explain(err); f.Class != aws.Denied || f.Operation != operation {
				t.Errorf("explained as %+v", f)
			}
		})
	}
}

func TestARoleThatDoesNotExistIsInNoInstanceProfile(t *testing.T) {
	b := start(t, 0)
	if names, err := b.service.InstanceProfiles(context.Background(), "nobody"); err != nil || len(names) > 0 {
		t.Errorf("instance profiles are %v, %v", names, err)
	}
}
