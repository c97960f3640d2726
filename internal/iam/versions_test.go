package iam_test

import (
	"context"
	"fmt"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

func sdkTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for key, value := range tags {
		out = append(out, types.Tag{Key: &key, Value: &value})
	}
	return out
}

// versions are the ids of a policy's versions, the newest first, the default
// one marked.
func (b *bench) versions() []string {
	b.t.Helper()
	var ids []string
	pages := sdkiam.NewListPolicyVersionsPaginator(b.admin, &sdkiam.ListPolicyVersionsInput{PolicyArn: awssdk.String(policyARN("p"))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		b.must(err)
		for _, v := range page.Versions {
			id := awssdk.ToString(v.VersionId)
			if v.IsDefaultVersion {
				id += " default"
			}
			ids = append(ids, id)
		}
	}
	return ids
}

func TestTheOldestVersionMakesRoomForASixth(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
	for i := 2; i <= 5; i++ {
		b.made()
		o = b.apply(o, updatePolicy("p", fmt.Sprintf("s3:Get%d", i)))
		if diff := cmp.Diff([]string{"CreatePolicyVersion"}, b.made()); diff != "" {
			t.Errorf("calls for v%d (-want +got):\n%s", i, diff)
		}
	}
	o = b.apply(o, updatePolicy("p", "s3:Get6"))
	if diff := cmp.Diff([]string{"ListPolicyVersions", "DeletePolicyVersion", "CreatePolicyVersion"}, b.made()); diff != "" {
		t.Errorf("calls for v6 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"v6 default", "v5", "v4", "v3", "v2"}, b.versions()); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b.observe(b.controller()), o); diff != "" {
		t.Errorf("observed (-read +returned):\n%s", diff)
	}
}

func TestTheDefaultVersionStaysWhereItIsTheOldest(t *testing.T) {
	b := start(t, 2)
	b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
	for i := range 4 {
		_, err := b.admin.CreatePolicyVersion(context.Background(), &sdkiam.CreatePolicyVersionInput{
			PolicyArn: awssdk.String(policyARN("p")), PolicyDocument: awssdk.String(allow(fmt.Sprintf("s3:Hand%d", i)).JSON()),
		})
		b.must(err)
	}
	// The default version is v1, whose number says nothing of the four others.
	o := b.apply(b.observe(b.service), updatePolicy("p", "s3:Get6"))
	if diff := cmp.Diff([]string{"v6 default", "v5", "v4", "v3", "v1"}, b.versions()); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(b.observe(b.controller()), o); diff != "" {
		t.Errorf("observed (-read +returned):\n%s", diff)
	}
}

func TestADocumentThatIsTooLongCostsNoVersion(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"), updatePolicy("p", "s3:PutObject"))
	b.made()
	long := updatePolicy("p", "s3:GetObject")
	for i := range 300 {
		long.Policy.Document.Statement[0].Resource = append(long.Policy.Document.Statement[0].Resource, fmt.Sprintf("arn:aws:s3:::bucket-%03d/*", i))
	}
	_, err := b.service.Apply(context.Background(), long, o)
	if f := aws.Explain(err); f.Class != aws.Quota || f.Operation != "CreatePolicyVersion" {
		t.Errorf("explained as %+v", f)
	}
	if diff := cmp.Diff([]string{"CreatePolicyVersion", "ListPolicyVersions"}, b.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestAVersionIsNeverSentTwice(t *testing.T) {
	faults := map[string]awssim.Fault{
		"500":         {Refuse: wire.Refuse(500, "ServiceFailure", "oops")},
		"throttled":   {Refuse: wire.Refuse(400, "Throttling", "Rate exceeded")},
		"answer lost": {DropAfter: true},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			b := start(t, 0)
			o := b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
			b.made()
			b.sim.Intercept(func(call awssim.Call) awssim.Fault {
				if call.Operation == "CreatePolicyVersion" {
					return fault
				}
				return awssim.Fault{}
			})
			after, err := b.service.Apply(context.Background(), updatePolicy("p", "s3:*"), o)
			if err == nil || aws.Explain(err).Class.Terminal() {
				t.Errorf("error is %v", err)
			}
			if diff := cmp.Diff(o, after); diff != "" {
				t.Errorf("observed (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"CreatePolicyVersion"}, b.made()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPolicyIsDeletedWithAllItsVersions(t *testing.T) {
	b := start(t, 2)
	o := b.apply(model.Observed{}, createPolicy("p", "s3:GetObject"))
	for i := range 4 {
		o = b.apply(o, updatePolicy("p", fmt.Sprintf("s3:Get%d", i)))
	}
	o = b.apply(o, onPolicy(plan.DeletePolicy, "p"))
	if got := b.observe(b.service); len(o.Policies) > 0 || len(got.Policies) > 0 {
		t.Errorf("policies are %v, read %v", o.Policies, got.Policies)
	}
}

func TestAPolicyThatOthersAttachedIsAConflict(t *testing.T) {
	b := start(t, 0)
	o := b.apply(model.Observed{}, createRole(), createPolicy("p", "s3:GetObject"), attach(policyARN("p")))
	_, err := b.service.Apply(context.Background(), onPolicy(plan.DeletePolicy, "p"), o)
	if f := aws.Explain(err); f.Class != aws.Conflict || f.Code != "DeleteConflict" {
		t.Errorf("explained as %+v", f)
	}
}
