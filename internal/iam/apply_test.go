package iam_test

import (
	"context"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func with(a plan.Action, change func(*plan.Action)) plan.Action {
	change(&a)
	return a
}

// everyKind is one action of each kind that IAM knows, in an order in which
// each finds what it needs.
func everyKind() []plan.Action {
	return []plan.Action{
		createRole(),
		createPolicy("p", "s3:GetObject"),
		createPolicy("a", "s3:PutObject"),
		attach(policyARN("p")),
		attach(readOnly),
		onRole(plan.DeleteBoundary),
		with(onRole(plan.PutBoundary), func(a *plan.Action) { a.ARN = boundary }),
		with(onRole(plan.UpdateTrust), func(a *plan.Action) { a.Role = &model.Role{Trust: trust("!")} }),
		with(onRole(plan.TagRole), func(a *plan.Action) { a.Tags = map[string]string{"team": "other", "new": ""} }),
		with(onRole(plan.UntagRole), func(a *plan.Action) { a.Keys = []string{"team"} }),
		updatePolicy("p", "s3:GetObjectVersion"),
		with(onPolicy(plan.TagPolicy, "p"), func(a *plan.Action) { a.Tags = map[string]string{"team": "shop"} }),
		with(onPolicy(plan.UntagPolicy, "p"), func(a *plan.Action) { a.Keys = []string{"team", model.TagName} }),
		with(onRole(plan.DeleteInline), func(a *plan.Action) { a.Subject = "byhand" }),
		detach(readOnly),
		detach(policyARN("p")),
		onPolicy(plan.DeletePolicy, "p"),
		onRole(plan.DeleteRole),
	}
}

func TestWhatApplyReturnsIsWhatALookAfterItSees(t *testing.T) {
	b := start(t, 2)
	o := model.Observed{}
	for _, a := range everyKind() {
		if a.Kind == plan.DeleteInline {
			_, err := b.admin.PutRolePolicy(context.Background(), &sdkiam.PutRolePolicyInput{
				RoleName: awssdk.String(roleName), PolicyName: awssdk.String("byhand"), PolicyDocument: awssdk.String(allow("s3:*").JSON()),
			})
			b.must(err)
			o = b.observe(b.service)
		}
		o = b.apply(o, a)
		if diff := cmp.Diff(b.observe(b.controller()), o, cmp.Transformer("list", func(in []string) string {
			if len(in) == 0 {
				return "" // none is none
			}
			out := ""
			for _, s := range in {
				out += s + "\n"
			}
			return out
		})); diff != "" {
			t.Errorf("after %s (-read +returned):\n%s", a.Kind, diff)
		}
	}
	if o.Role != nil || len(o.Policies) != 1 {
		t.Errorf("in the end there is %+v", o)
	}
}

func TestWhatIsGoneAlreadyCountsAsTakenAway(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createRole(), createPolicy("p", "s3:GetObject"))
	o.Role.Attached, o.Role.Inline = []string{policyARN("p")}, []string{"byhand"} // as a look just before saw them
	before := o
	for range 2 {
		o = b.apply(before, detach(policyARN("p")), with(onRole(plan.DeleteInline), func(a *plan.Action) { a.Subject = "byhand" }),
			onPolicy(plan.DeletePolicy, "p"), onRole(plan.DeleteRole))
		if o.Role != nil || len(o.Policies) > 0 {
			t.Errorf("observed %+v", o)
		}
	}
}

func TestARefusedActionChangesNothingObserved(t *testing.T) {
	for _, a := range everyKind() {
		t.Run(string(a.Kind), func(t *testing.T) {
			b := start(t, 0)
			o := model.Observed{}
			if a.Kind != plan.CreateRole {
				o = b.apply(o, createRole())
			}
			if a.Kind != plan.CreatePolicy {
				o = b.apply(o, createPolicy("p", "s3:GetObject"))
			}
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Write {
					return awssim.Fault{Refuse: wire.Refuse(403, "AccessDenied", "no")}
				}
				return awssim.Fault{}
			})
			after, err := b.service.Apply(context.Background(), a, o)
			if f := aws.Explain(err); f.Class != aws.Denied || f.Code != "AccessDenied" || f.Service != "IAM" {
				t.Errorf("explained as %+v", f)
			}
			if diff := cmp.Diff(o, after); diff != "" {
				t.Errorf("observed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAnActionOnECSIsNoneOnIAM(t *testing.T) {
	b := start(t, 0)
	if _, err := b.service.Apply(context.Background(), plan.Action{Kind: plan.RegisterCopy}, model.Observed{}); err == nil {
		t.Error("IAM carries it out")
	}
	if calls := b.made(); len(calls) > 0 {
		t.Errorf("calls: %v", calls)
	}
}

func TestARoleIsCreatedWholeInOneCall(t *testing.T) {
	b := start(t, 0)
	b.apply(model.Observed{}, createRole())
	if diff := cmp.Diff([]string{"CreateRole"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	out, err := b.admin.GetRole(context.Background(), &sdkiam.GetRoleInput{RoleName: awssdk.String(roleName)})
	b.must(err)
	got := b.observe(b.service).Role
	if got.Path != "/taskrole/prod/shop/" || got.BoundaryARN != boundary || model.OwnerOf(got.Tags) != owner || got.Trust != trust("").JSON() {
		t.Errorf("role is %+v", got)
	}
	if awssdk.ToString(out.Role.Description) != "made by a test" {
		t.Errorf("description is %q", awssdk.ToString(out.Role.Description))
	}
}

// dropOnce cuts the connection after the first call of an operation took effect.
func dropOnce(operation string) func(awssim.Call) awssim.Fault {
	dropped := make(chan struct{}, 1)
	return func(call awssim.Call) awssim.Fault {
		if call.Operation != operation {
			return awssim.Fault{}
		}
		select {
		case dropped <- struct{}{}:
			return awssim.Fault{DropAfter: true}
		default:
			return awssim.Fault{}
		}
	}
}

func TestACreationWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	b := start(t, 0)
	b.sim.Intercept(dropOnce("CreateRole"))
	o := b.apply(model.Observed{}, createRole())
	b.sim.Intercept(dropOnce("CreatePolicy"))
	o = b.apply(o, createPolicy("p", "s3:GetObject"))
	if diff := cmp.Diff(b.observe(b.controller()), o); diff != "" {
		t.Errorf("observed (-read +returned):\n%s", diff)
	}
}

func TestARoleOrPolicyOfOthersIsAConflictAndNotTouched(t *testing.T) {
	create := func(change func(*sdkiam.CreateRoleInput)) *sdkiam.CreateRoleInput {
		in := &sdkiam.CreateRoleInput{
			RoleName: awssdk.String(roleName), Path: awssdk.String(owner.Path()), AssumeRolePolicyDocument: awssdk.String(trust("").JSON()),
			PermissionsBoundary: awssdk.String(boundary), Tags: sdkTags(createRole().Role.Tags),
		}
		change(in)
		return in
	}
	roles := map[string]*sdkiam.CreateRoleInput{
		"path":     create(func(in *sdkiam.CreateRoleInput) { in.Path = nil }),
		"tags":     create(func(in *sdkiam.CreateRoleInput) { in.Tags = in.Tags[1:] }),
		"trust":    create(func(in *sdkiam.CreateRoleInput) { in.AssumeRolePolicyDocument = awssdk.String(trust("!").JSON()) }),
		"boundary": create(func(in *sdkiam.CreateRoleInput) { in.PermissionsBoundary = nil }),
	}
	for name, in := range roles {
		t.Run("role of another "+name, func(t *testing.T) {
			b := start(t, 0)
			_, err := b.admin.CreateRole(context.Background(), in)
			b.must(err)
			b.conflicts(createRole())
		})
	}
	policies := map[string]*sdkiam.CreatePolicyInput{
		"path":     {Path: awssdk.String("/"), PolicyDocument: awssdk.String(allow("s3:GetObject").JSON()), Tags: sdkTags(owner.Tags())},
		"document": {Path: awssdk.String(owner.PolicyPath()), PolicyDocument: awssdk.String(allow("s3:*").JSON()), Tags: sdkTags(owner.Tags())},
		"tags":     {Path: awssdk.String(owner.PolicyPath()), PolicyDocument: awssdk.String(allow("s3:GetObject").JSON())},
	}
	for name, in := range policies {
		t.Run("policy of another "+name, func(t *testing.T) {
			b := start(t, 0)
			in.PolicyName = awssdk.String("p")
			_, err := b.admin.CreatePolicy(context.Background(), in)
			b.must(err)
			b.conflicts(createPolicy("p", "s3:GetObject"))
		})
	}
}

// conflicts applies a creation that must fail without having changed anything.
func (b *bench) conflicts(a plan.Action) {
	b.t.Helper()
	before := b.observe(b.controller())
	after, err := b.service.Apply(context.Background(), a, model.Observed{})
	if f := aws.Explain(err); f.Class != aws.AlreadyExists || f.Code != "EntityAlreadyExists" {
		b.t.Errorf("explained as %+v", f)
	}
	if diff := cmp.Diff(model.Observed{}, after); diff != "" {
		b.t.Errorf("returned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, b.observe(b.controller())); diff != "" {
		b.t.Errorf("changed:\n%s", diff)
	}
}
