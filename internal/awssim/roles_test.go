package awssim_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

const ecsTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// mustCreateRole returns the ARN.
func mustCreateRole(t *testing.T, client *iam.Client, name string) string {
	t.Helper()
	out, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(ecsTrust)})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Role.Arn
}

func TestARoleIsReadBackAsItWasCreated(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("CET", 3600))
	server := start(t, awssim.Options{Now: func() time.Time { return now }})
	client, _ := admin(t, server)
	created, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("orders"), Path: aws.String("/taskrole/prod/shop/"), AssumeRolePolicyDocument: aws.String(ecsTrust),
		Description: aws.String("written by hand"), MaxSessionDuration: aws.Int32(7200),
		PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
		Tags:                []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("ORDERS")})
	if err != nil {
		t.Fatal(err)
	}
	role := got.Role
	if *role.RoleId != *created.Role.RoleId || len(*role.RoleId) != 21 || (*role.RoleId)[:4] != "AROA" {
		t.Errorf("the id is %s, at first %s", *role.RoleId, *created.Role.RoleId)
	}
	if want := "arn:aws:iam::" + account + ":role/taskrole/prod/shop/orders"; *role.Arn != want {
		t.Errorf("the ARN is %s, want %s", *role.Arn, want)
	}
	if want := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC); !role.CreateDate.Equal(want) {
		t.Errorf("created at %v, want %v", role.CreateDate, want)
	}
	if *role.AssumeRolePolicyDocument == ecsTrust {
		t.Error("the document is not URL-encoded")
	}
	if text, err := url.PathUnescape(*role.AssumeRolePolicyDocument); err != nil || text != ecsTrust {
		t.Errorf("the document is %s (%v)", text, err)
	}
	if *role.Description != "written by hand" || *role.MaxSessionDuration != 7200 || len(role.Tags) != 1 ||
		*role.PermissionsBoundary.PermissionsBoundaryArn != "arn:aws:iam::aws:policy/PowerUserAccess" {
		t.Errorf("the role is %+v", role)
	}
}

func TestListRolesTellsNeitherTagsNorBoundaryNorLastUse(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("orders"), AssumeRolePolicyDocument: aws.String(ecsTrust),
		PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
		Tags:                []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.ListRoles(t.Context(), &iam.ListRolesInput{})
	if err != nil {
		t.Fatal(err)
	}
	if r := out.Roles[0]; r.Tags != nil || r.PermissionsBoundary != nil || r.RoleLastUsed != nil || *r.MaxSessionDuration != 3600 {
		t.Errorf("ListRoles tells %+v", r)
	}
}

func TestRoleNamesAreUniqueWithoutRegardToCaseOverAllPaths(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreateRole(t, client, "Orders")
	_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("oRDERS"), Path: aws.String("/elsewhere/"), AssumeRolePolicyDocument: aws.String(ecsTrust),
	})
	wantRefusal(t, err, "EntityAlreadyExists", "Role with name oRDERS already exists.")
}

func TestUpdateRoleResetsWhatItIsNotGiven(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreateRole(t, client, "orders")
	update := func(in iam.UpdateRoleInput) *types.Role {
		t.Helper()
		in.RoleName = aws.String("orders")
		if _, err := client.UpdateRole(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
		out, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: in.RoleName})
		if err != nil {
			t.Fatal(err)
		}
		return out.Role
	}
	if r := update(iam.UpdateRoleInput{Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200)}); *r.Description != "d" || *r.MaxSessionDuration != 7200 {
		t.Errorf("updated to %+v", r)
	}
	if r := update(iam.UpdateRoleInput{}); r.Description != nil || *r.MaxSessionDuration != 3600 {
		t.Errorf("updated with nothing to %+v", r)
	}
}

func TestARoleInUseIsNotDeleted(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{}))
	name, policy, inline, profile := aws.String("orders"), aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"), aws.String("inline"), aws.String("hosts")
	mustCreateRole(t, client, *name)
	steps := []struct {
		message  string
		hold     func() error
		letGo    func() error
		whatElse string
	}{
		{
			message: "Cannot delete entity, must detach all policies first.",
			hold: func() error {
				_, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: policy})
				return err
			},
			letGo: func() error {
				_, err := client.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: policy})
				return err
			},
		},
		{
			message: "Cannot delete entity, must delete policies first.",
			hold: func() error {
				_, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: inline, PolicyDocument: aws.String(s3Policy)})
				return err
			},
			letGo: func() error {
				_, err := client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: inline})
				return err
			},
		},
		{
			message: "Cannot delete entity, must remove roles from instance profile first.",
			hold: func() error {
				if _, err := client.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: profile}); err != nil {
					return err
				}
				_, err := client.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: name})
				return err
			},
			letGo: func() error {
				_, err := client.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: profile, RoleName: name})
				return err
			},
		},
	}
	for _, step := range steps {
		if err := step.hold(); err != nil {
			t.Fatal(err)
		}
		_, err := client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name})
		wantRefusal(t, err, "DeleteConflict", step.message)
		if err := step.letGo(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}); err != nil {
		t.Fatal(err)
	}
	_, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: name})
	wantRefusal(t, err, "NoSuchEntity", "The role with name orders cannot be found.")
}

func TestARecreatedRoleHasAnotherID(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	id := func() string {
		mustCreateRole(t, client, "orders")
		out, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("orders")}); err != nil {
			t.Fatal(err)
		}
		return *out.Role.RoleId
	}
	if first, second := id(), id(); first == second {
		t.Errorf("both have %s", first)
	}
}

func TestAServiceLinkedRoleIsNotChanged(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	out, err := client.CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: out.Role.RoleName, PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	wantRefusal(t, err, "UnmodifiableEntity", "")
	_, err = client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: out.Role.RoleName})
	wantRefusal(t, err, "UnmodifiableEntity", "")
}

func TestNamesAndPathsAreHeldToTheirForm(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	cases := []struct{ name, path, message string }{
		{"a b", "/", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"},
		{"", "/", "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"ok", "nope/", `1 validation error detected: Value at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`},
		{"ok", "/nope", `1 validation error detected: Value at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`},
	}
	cases[1].name = ""
	for range 65 {
		cases[1].name += "x"
	}
	for _, c := range cases {
		_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &c.name, Path: &c.path, AssumeRolePolicyDocument: aws.String(ecsTrust)})
		wantRefusal(t, err, "ValidationError", c.message)
	}
}

func TestTagKeysCompareWithoutRegardToCase(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreateRole(t, client, "orders")
	tag := func(pairs ...string) error {
		in := &iam.TagRoleInput{RoleName: aws.String("orders")}
		for i := 0; i < len(pairs); i += 2 {
			in.Tags = append(in.Tags, types.Tag{Key: &pairs[i], Value: &pairs[i+1]})
		}
		_, err := client.TagRole(t.Context(), in)
		return err
	}
	wantRefusal(t, tag("team", "a", "TEAM", "b"), "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	wantRefusal(t, tag("aws:team", "a"), "InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
	wantRefusal(t, tag("team", "what?"), "ValidationError",
		`1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
	for _, step := range [][]string{{"team", "a", "cost", "1"}, {"TEAM", "b"}} {
		if err := tag(step...); err != nil {
			t.Fatal(err)
		}
	}
	out, err := client.ListRoleTags(t.Context(), &iam.ListRoleTagsInput{RoleName: aws.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, tag := range out.Tags {
		got[*tag.Key] = *tag.Value
	}
	if diff := cmp.Diff(map[string]string{"TEAM": "b", "cost": "1"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := client.UntagRole(t.Context(), &iam.UntagRoleInput{RoleName: aws.String("orders"), TagKeys: []string{"Cost", "absent"}}); err != nil {
		t.Fatal(err)
	}
	role, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("orders")})
	if err != nil || len(role.Role.Tags) != 1 {
		t.Errorf("after untagging: %v, %v", role, err)
	}
}

func TestABoundaryIsAPolicyThatExists(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreateRole(t, client, "orders")
	put := func(arn string) error {
		_, err := client.PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("orders"), PermissionsBoundary: &arn})
		return err
	}
	wantRefusal(t, put("arn:aws:s3:::bucket/that-is-no-policy"), "InvalidInput", "ARN arn:aws:s3:::bucket/that-is-no-policy is not valid.")
	absent := "arn:aws:iam::" + account + ":policy/absent"
	wantRefusal(t, put(absent), "NoSuchEntity", "Scope ARN: "+absent+" does not exist or is not attachable.")
	arn := mustCreatePolicy(t, client, "boundary")
	if err := put(arn); err != nil {
		t.Fatal(err)
	}
	_, err := client.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: &arn})
	wantRefusal(t, err, "DeleteConflict", "Cannot delete a policy attached to entities.")
	if _, err := client.DeleteRolePermissionsBoundary(t.Context(), &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("orders")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: &arn}); err != nil {
		t.Fatal(err)
	}
}
