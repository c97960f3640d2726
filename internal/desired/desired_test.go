package desired

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// What AWS's guide on the task role prints.
const (
	guideTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole",
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}`
	guideS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::my-task-secrets-bucket/*"],
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:region:123456789012:*"},"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`
)

func guide(in *Input) {
	in.Class.Spec.AllowRoleNames = []v1alpha1.NamePattern{"AmazonECSTask*"}
	in.TaskRole.Spec.RoleName = "AmazonECSTaskS3BucketRole"
	in.TaskRole.Spec.Statements = []v1alpha1.Statement{{
		Effect: "Allow", Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::my-task-secrets-bucket/*"},
		Conditions: v1alpha1.ConditionBlock{
			"ArnLike":      {"aws:SourceArn": {"arn:aws:ecs:region:123456789012:*"}},
			"StringEquals": {"aws:SourceAccount": {"123456789012"}},
		},
	}}
}

func TestTheGuidesExampleIsBuiltAsPrinted(t *testing.T) {
	state := build(t, input(guide))
	same(t, guideTrust, state.Role.Trust)
	if len(state.Policies) != 1 {
		t.Fatalf("%d policies", len(state.Policies))
	}
	same(t, guideS3, state.Policies[0].Document)
	if state.RoleName != "AmazonECSTaskS3BucketRole" || state.Policies[0].Name != state.RoleName {
		t.Errorf("role %s, policy %s", state.RoleName, state.Policies[0].Name)
	}
	if got := state.RoleARN(); got != "arn:aws:iam::111122223333:role/taskrole/prod/shop/AmazonECSTaskS3BucketRole" {
		t.Error(got)
	}
	if got := state.PolicyARN(state.RoleName); got != "arn:aws:iam::111122223333:policy/taskrole/prod/shop/orders-api/AmazonECSTaskS3BucketRole" {
		t.Error(got)
	}
	if len(state.Findings) == 0 || state.Findings[0].Severity != policy.Error || !strings.Contains(state.Findings[0].Message, "aws:SourceArn") {
		t.Errorf("nobody says that the statement allows nothing: %v", state.Findings)
	}
}

func TestAStateHoldsEverythingThatWasDeclared(t *testing.T) {
	got := build(t, input(func(in *Input) {
		in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly, boundary}
		in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly, boundary}
		in.Class.Spec.Tags = v1alpha1.Tags{"cost-center": "7"}
		in.Class.Spec.AllowedTagKeys = []string{"team"}
		in.TaskRole.Spec.Tags = v1alpha1.Tags{"team": "shop"}
	}))
	owner := model.Owner{ClusterID: "prod", Namespace: "shop", Name: "orders-api", Family: "shop-orders"}
	place := model.Place{Partition: "aws", Account: "111122223333", Region: "us-west-2"}
	ownerTags := map[string]string{
		"ecs.taskrole.dev/cluster-id": "prod", "ecs.taskrole.dev/namespace": "shop",
		"ecs.taskrole.dev/name": "orders-api", "ecs.taskrole.dev/family": "shop-orders",
	}
	tags := map[string]string{"team": "shop", "cost-center": "7", "ecs.taskrole.dev/class": "production"}
	for key, value := range ownerTags {
		tags[key] = value
	}
	want := model.State{
		Owner: owner, Place: place, RoleName: "prod.shop.orders-api",
		Role: &model.Role{
			Description: "Role of an ECS task definition, kept by TaskRole shop/orders-api (family shop-orders) of cluster prod",
			Trust:       serviceTrust(place), BoundaryARN: boundary, Tags: tags,
		},
		Policies: []model.Policy{{
			Name: "prod.shop.orders-api", Tags: ownerTags,
			Document: policy.Document{Version: policy.Version, Statement: policy.Statements{{
				Effect: "Allow", Action: policy.Strings{"s3:GetObject"}, Resource: policy.Strings{"arn:aws:s3:::b/*"},
			}}},
		}},
		ManagedPolicyARNs:  []string{boundary, readOnly}, // sorted
		TrustedRegistrants: []string{"*"},
		Trusts:             got.Trusts,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSelfAssumeIsGrantedOnBothSides(t *testing.T) {
	state := build(t, input(func(in *Input) {
		in.TaskRole.Spec.Trust.SelfAssume = true
		in.TaskRole.Spec.Statements[0].SID = "SelfAssume"
	}))
	arn := "arn:aws:iam::111122223333:role/taskrole/prod/shop/prod.shop.orders-api"
	same(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",
		 "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole",
		 "Condition":{"ArnEquals":{"aws:PrincipalArn":"`+arn+`"}}}]}`, state.Role.Trust)
	same(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
		{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"`+arn+`"}]}`, state.Policies[0].Document)
	if a, b := state.Policies[0].Document.Statement[0].Sid, state.Policies[0].Document.Statement[1].Sid; a == b {
		t.Errorf("the Sid %s meets the TaskRole's own", a)
	}
}

func TestARoleIsRecognisedByEitherTrust(t *testing.T) {
	for _, self := range []bool{false, true} {
		in := input(func(in *Input) { in.TaskRole.Spec.Trust.SelfAssume = self })
		state := build(t, in)
		found := false
		for _, trust := range state.Trusts {
			found = found || policy.Equivalent(trust, state.Role.Trust)
		}
		if !found || len(state.Trusts) != 2 {
			t.Errorf("selfAssume %t: %d trusts, its own among them: %t", self, len(state.Trusts), found)
		}
		if diff := cmp.Diff(state.Trusts, Nothing(in).Trusts); diff != "" {
			t.Errorf("at deletion others are known: %s", diff)
		}
	}
}

func TestEveryPartitionHasItsOwnARNsAndTheSamePrincipal(t *testing.T) {
	for partition, region := range map[string]string{"aws": "eu-central-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"} {
		t.Run(partition, func(t *testing.T) {
			state := build(t, input(func(in *Input) {
				in.Class.Spec.Partition, in.Class.Spec.Region = partition, region
				in.Class.Spec.PermissionsBoundaryARN = v1alpha1.PolicyARN("arn:" + partition + ":iam::111122223333:policy/b")
				in.TaskRole.Spec.Statements[0].Resources = []string{"arn:" + partition + ":s3:::b/*", "arn:*:s3:::c/*", "*"}
				in.TaskRole.Spec.Trust.SelfAssume = true
			}))
			trust := state.Role.Trust.JSON()
			for _, text := range []string{
				`"Service":["ecs-tasks.amazonaws.com"]`, `"arn:` + partition + `:ecs:` + region + `:111122223333:*"`,
				`"arn:` + partition + `:iam::111122223333:root"`, `"arn:` + partition + `:iam::111122223333:role/taskrole/prod/shop/`,
			} {
				if !strings.Contains(trust, text) {
					t.Errorf("%s is not in %s", text, trust)
				}
			}
		})
	}
}

func TestWithoutStatementsThereIsNoPolicy(t *testing.T) {
	state := build(t, input(func(in *Input) { in.TaskRole.Spec.Statements = nil }))
	if len(state.Policies) != 0 || state.Role == nil {
		t.Errorf("%+v", state)
	}
}

func TestLongStatementsFillSeveralPoliciesOfNumberedNames(t *testing.T) {
	state := build(t, input(func(in *Input) {
		for i := range 40 {
			s := in.TaskRole.Spec.Statements[0]
			s.Resources = []string{fmt.Sprintf("arn:aws:s3:::%s/%d", strings.Repeat("b", 300), i)}
			in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, s)
		}
	}))
	var names []string
	for _, p := range state.Policies {
		names = append(names, p.Name)
		if policy.Size(p.Document) > policy.MaxManagedSize {
			t.Errorf("policy %s has %d characters", p.Name, policy.Size(p.Document))
		}
	}
	if diff := cmp.Diff([]string{"prod.shop.orders-api", "prod.shop.orders-api_2", "prod.shop.orders-api_3"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNothingSaysWhereToLookAndDeclaresNoRole(t *testing.T) {
	in := input()
	in.Class.Spec.Families = nil // what is allowed today does not matter
	nothing, state := Nothing(in), build(t, input())
	if nothing.Role != nil || len(nothing.Policies) != 0 || len(nothing.ManagedPolicyARNs) != 0 {
		t.Errorf("%+v", nothing)
	}
	if nothing.RoleARN() != state.RoleARN() || nothing.Owner != state.Owner {
		t.Errorf("looks for %s instead of %s", nothing.RoleARN(), state.RoleARN())
	}
}

func TestTheClassForcesThenTheSpecThenTheClassDefaultsThenWhatIsBuiltIn(t *testing.T) {
	const other = "arn:aws:iam::111122223333:policy/other"
	type want struct {
		boundary   string
		management v1alpha1.ManagementPolicy
		deletion   v1alpha1.DeletionPolicy
	}
	for name, c := range map[string]struct {
		change func(*Input)
		want   want
	}{
		"built in": {func(in *Input) { in.Class.Spec.PermissionsBoundaryARN, in.Class.Spec.Unbounded = "", true }, want{"", "Enforce", "Delete"}},
		"default of the class": {func(in *Input) {
			in.Class.Spec.Defaults = v1alpha1.TaskRoleDefaults{ManagementPolicy: "Observe", DeletionPolicy: "Retain"}
		}, want{boundary, "Observe", "Retain"}},
		"spec before default": {func(in *Input) {
			in.Class.Spec.Defaults = v1alpha1.TaskRoleDefaults{ManagementPolicy: "Observe", DeletionPolicy: "Retain"}
			in.TaskRole.Spec.ManagementPolicy, in.TaskRole.Spec.DeletionPolicy = "Enforce", "Delete"
			in.Class.Spec.PermissionsBoundaryARN, in.Class.Spec.Unbounded = "", true
			in.TaskRole.Spec.PermissionsBoundaryARN = other
		}, want{other, "Enforce", "Delete"}},
		"forced before spec": {func(in *Input) { in.TaskRole.Spec.PermissionsBoundaryARN = other }, want{boundary, "Enforce", "Delete"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(c.change)
			e := Effective(in.TaskRole, in.Class)
			if diff := cmp.Diff(c.want, want{e.PermissionsBoundaryARN, e.ManagementPolicy, e.DeletionPolicy}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if e.ClassName != "production" || e.AccountID != "111122223333" || e.Region != "us-west-2" || e.Partition != "aws" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestTagsOfTheOwnerOverrideTheClassesAndThoseTheTenants(t *testing.T) {
	in := input(func(in *Input) {
		in.Class.Spec.Tags = v1alpha1.Tags{"Team": "platform", model.TagName: "forged"}
		in.TaskRole.Spec.Tags = v1alpha1.Tags{"team": "shop", model.TagNamespace: "forged"}
	})
	// guard refuses both forgeries; this is what holds if it did not.
	got := tags(in, Nothing(in))
	if got["Team"] != "platform" || got["team"] != "" || got[model.TagName] != "orders-api" || got[model.TagNamespace] != "shop" {
		t.Error(got)
	}
}

func TestBuildLeavesItsInputAlone(t *testing.T) {
	in := input(guide)
	spec, class := in.TaskRole.DeepCopy(), in.Class.DeepCopy()
	state := build(t, in)
	state.Policies[0].Document.Statement[0].Action[0] = "changed"
	state.Policies[0].Document.Statement[0].Condition["ArnLike"]["aws:SourceArn"][0] = "changed"
	if diff := cmp.Diff(spec, in.TaskRole) + cmp.Diff(class, in.Class); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkBuild(b *testing.B) {
	in := input(guide)
	for i := range 20 {
		s := in.TaskRole.Spec.Statements[0]
		s.Resources = []string{fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i)}
		in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, s)
	}
	b.ReportAllocs()
	for b.Loop() {
		build(b, in)
	}
}

// The most that a person could mean by a large TaskRole, and ten times as much
// as the API takes.
func BenchmarkBuild500Grants(b *testing.B) {
	in := input(func(in *Input) {
		in.TaskRole.Spec.Statements = nil
		for i := range 500 {
			g := []v1alpha1.Grant{
				grantOf([]string{"Read", "List"}, fmt.Sprintf("arn:aws:s3:::bucket-%d/prefix/*", i)),
				grantOf([]string{"Consume"}, fmt.Sprintf("arn:aws:sqs:us-west-2:111122223333:queue-%d", i)),
				grantOf([]string{"Read"}, fmt.Sprintf("arn:aws:dynamodb:us-west-2:111122223333:table/t-%d", i)),
			}
			in.TaskRole.Spec.Grants = append(in.TaskRole.Spec.Grants, g[i%len(g)])
		}
		in.MaxAttached = 100
	})
	b.Run("compile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := Allowed(in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("and judge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			build(b, in)
		}
	})
}

func TestWhatItIsMadeFromIsNotChanged(t *testing.T) {
	in := input(enabled, sameAccount, inferring, mounting, func(in *Input) {
		in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, v1alpha1.Statement{
			Effect: v1alpha1.EffectAllow, Actions: []string{"s3:PutObject", "s3:GetObject", "S3:getobject"}, Resources: []string{"arn:aws:s3:::z/*", "arn:aws:s3:::b/*"},
			Conditions: v1alpha1.ConditionBlock{"StringEquals": {"aws:PrincipalTag/b": {"z", "a"}}, "StringLike": {"aws:ResourceAccount": {"*"}}},
		})
		in.TaskRole.Spec.Grants = []v1alpha1.Grant{grantOf([]string{"Send", "Consume"}, queue, "arn:aws:sqs:us-west-2:111122223333:a")}
		in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly, "arn:aws:iam::aws:policy/A", readOnly}
		in.Class.Spec.AllowedManagedPolicyARNs = in.TaskRole.Spec.ManagedPolicyARNs
	})
	tr, class := in.TaskRole.DeepCopy(), in.Class.DeepCopy()
	state := build(t, in)
	if diff := cmp.Diff(tr, in.TaskRole) + cmp.Diff(class, in.Class); diff != "" {
		t.Error(diff)
	}
	if want := []string{"arn:aws:iam::aws:policy/A", readOnly}; !slices.Equal(state.ManagedPolicyARNs, want) {
		t.Errorf("attached: %v", state.ManagedPolicyARNs)
	}
}
