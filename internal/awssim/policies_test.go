package awssim_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

const s3Policy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}]}`

// mustCreatePolicy returns the ARN.
func mustCreatePolicy(t *testing.T, client *iam.Client, name string) string {
	t.Helper()
	out, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: aws.String(s3Policy)})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Policy.Arn
}

func TestAPolicyHasFiveVersionsWhoseNumbersAreNeverUsedAgain(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{}))
	arn := aws.String(mustCreatePolicy(t, client, "orders"))
	add := func() (string, error) {
		out, err := client.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(s3Policy), SetAsDefault: true})
		if err != nil {
			return "", err
		}
		if out.PolicyVersion.Document != nil {
			t.Error("CreatePolicyVersion returns the document")
		}
		return *out.PolicyVersion.VersionId, nil
	}
	for range 4 {
		if _, err := add(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := add()
	wantRefusal(t, err, "LimitExceeded", "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
	_, err = client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v5")})
	wantRefusal(t, err, "DeleteConflict", "Cannot delete the default version of a policy.")
	if _, err := client.SetDefaultPolicyVersion(ctx, &iam.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v5")}); err != nil {
		t.Fatal(err)
	}
	if id, err := add(); err != nil || id != "v6" {
		t.Errorf("the next version is %s (%v), want v6", id, err)
	}
	got, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})
	if err != nil || *got.Policy.DefaultVersionId != "v6" {
		t.Errorf("the default is %v (%v)", got, err)
	}
	_, err = client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v5")})
	wantRefusal(t, err, "NoSuchEntity", "Policy "+*arn+" version v5 does not exist or is not attachable.")
}

func TestDocumentsComeBackURLEncoded(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{}))
	arn := mustCreatePolicy(t, client, "orders")
	version, err := client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: aws.String("v1")})
	if err != nil {
		t.Fatal(err)
	}
	mustCreateRole(t, client, "orders")
	if _, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("orders"), PolicyName: aws.String("p"), PolicyDocument: aws.String(s3Policy)}); err != nil {
		t.Fatal(err)
	}
	inline, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String("orders"), PolicyName: aws.String("p")})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{*version.PolicyVersion.Document, *inline.PolicyDocument} {
		if strings.ContainsAny(got, `{}" +:*`) {
			t.Errorf("not encoded by RFC 3986: %s", got)
		}
		if text, err := url.PathUnescape(got); err != nil || text != s3Policy {
			t.Errorf("decodes to %s (%v)", text, err)
		}
	}
}

func TestAPolicyInUseIsNotDeleted(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{}))
	arn := aws.String(mustCreatePolicy(t, client, "orders"))
	mustCreateRole(t, client, "orders")
	if _, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("orders"), PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	got, err := client.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: arn})
	if err != nil || len(got.PolicyRoles) != 1 || *got.PolicyRoles[0].RoleName != "orders" {
		t.Errorf("ListEntitiesForPolicy: %+v, %v", got, err)
	}
	_, err = client.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	wantRefusal(t, err, "DeleteConflict", "Cannot delete a policy attached to entities.")
	if _, err := client.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: aws.String("orders"), PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(s3Policy)}); err != nil {
		t.Fatal(err)
	}
	_, err = client.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})
	wantRefusal(t, err, "DeleteConflict", "")
	if _, err := client.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v2")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})
	wantRefusal(t, err, "NoSuchEntity", "Policy "+*arn+" was not found.")
}

func TestAttachingIsIdempotentAndDetachingIsNot(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{MaxAttached: 2}))
	mustCreateRole(t, client, "orders")
	role := aws.String("orders")
	attach := func(arn string) error {
		_, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: &arn})
		return err
	}
	readOnly := "arn:aws:iam::aws:policy/ReadOnlyAccess"
	for _, arn := range []string{readOnly, readOnly, "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"} {
		if err := attach(arn); err != nil {
			t.Fatal(err)
		}
	}
	absent := "arn:aws:iam::" + account + ":policy/absent"
	wantRefusal(t, attach(absent), "NoSuchEntity", "Policy "+absent+" does not exist or is not attachable.")
	wantRefusal(t, attach("arn:aws:iam::aws:policy/NoSuchPolicyOfAWS"), "NoSuchEntity", "")
	wantRefusal(t, attach("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"), "PolicyNotAttachable", "")
	wantRefusal(t, attach("arn:aws:iam:us-west-2:"+account+":policy/x"), "InvalidInput", "")
	wantRefusal(t, attach(mustCreatePolicy(t, client, "third")), "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 2")
	_, err := client.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: role, PolicyArn: &absent})
	wantRefusal(t, err, "NoSuchEntity", "Policy "+absent+" was not found.")
}

func TestPolicyNamesAreUniqueWithoutRegardToCase(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreatePolicy(t, client, "Orders")
	_, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String("orders"), Path: aws.String("/p/"), PolicyDocument: aws.String(s3Policy),
	})
	wantRefusal(t, err, "EntityAlreadyExists", "A policy called orders already exists. Duplicate names are not allowed.")
}

func TestListPoliciesTellsNeitherDescriptionNorTags(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	_, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String("orders"), Path: aws.String("/taskrole/"), PolicyDocument: aws.String(s3Policy), Description: aws.String("d"),
		Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.ListPolicies(t.Context(), &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, PathPrefix: aws.String("/taskrole/")})
	if err != nil || len(out.Policies) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	if p := out.Policies[0]; p.Description != nil || p.Tags != nil {
		t.Errorf("ListPolicies tells %+v", p)
	}
	for _, in := range []iam.ListPoliciesInput{
		{Scope: types.PolicyScopeTypeLocal, OnlyAttached: true},
		{Scope: types.PolicyScopeTypeLocal, PathPrefix: aws.String("/other/")},
		{Scope: types.PolicyScopeTypeAws, PathPrefix: aws.String("/taskrole/")},
	} {
		if out, err := client.ListPolicies(t.Context(), &in); err != nil || len(out.Policies) != 0 {
			t.Errorf("%+v lists %d policies (%v)", in, len(out.Policies), err)
		}
	}
}

func TestQuotasDoNotCountWhiteSpace(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{}))
	mustCreateRole(t, client, "orders")
	// sized makes a document of n characters and some white space.
	sized := func(n int) *string {
		frame := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::%s"}]}`
		return aws.String("\n\t " + fmt.Sprintf(frame, strings.Repeat("x", n-len(frame)+2)))
	}
	trust := func(n int) *string {
		frame := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"%s"}}}]}`
		return aws.String("\n\t " + fmt.Sprintf(frame, strings.Repeat("x", n-len(frame)+2)))
	}
	cases := []struct {
		what, message string
		limit         int
		put           func(n int) error
	}{
		{"managed", "Cannot exceed quota for PolicySize: 6144", 6144, func(n int) error {
			_, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: sized(n)})
			return err
		}},
		{"inline", "Maximum policy size of 10240 bytes exceeded for role orders", 10240, func(n int) error {
			for i, part := range []int{n - 5000, 5000} {
				name := fmt.Sprint("p", i)
				if _, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("orders"), PolicyName: &name, PolicyDocument: sized(part)}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"trust", "Cannot exceed quota for ACLSizePerRole: 2048", 2048, func(n int) error {
			_, err := client.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("orders"), PolicyDocument: trust(n)})
			return err
		}},
	}
	for _, c := range cases {
		wantRefusal(t, c.put(c.limit+1), "LimitExceeded", c.message)
		if err := c.put(c.limit); err != nil {
			t.Errorf("%s of exactly its quota: %v", c.what, err)
		}
	}
}

func TestAccountAuthorizationDetailsHoldsDocumentsButNoPolicyTags(t *testing.T) {
	ctx := t.Context()
	client, _ := admin(t, start(t, awssim.Options{PageSize: 2}))
	for _, name := range []string{"a", "b", "c"} {
		mustCreateRole(t, client, name)
		arn := mustCreatePolicy(t, client, name)
		if _, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: &arn}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("in"), PolicyDocument: aws.String(s3Policy)}); err != nil {
			t.Fatal(err)
		}
	}
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(client, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy},
	})
	roles, policies, n := 0, 0, 0
	for ; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.RoleDetailList {
			roles++
			if len(r.AttachedManagedPolicies) != 1 || len(r.RolePolicyList) != 1 || *r.AssumeRolePolicyDocument == "" {
				t.Errorf("the role is told as %+v", r)
			}
		}
		for _, p := range page.Policies {
			policies++
			if len(p.PolicyVersionList) != 1 || *p.PolicyVersionList[0].Document == "" || *p.AttachmentCount != 1 {
				t.Errorf("the policy is told as %+v", p)
			}
		}
	}
	if roles != 3 || policies != 3 || n != 3 {
		t.Errorf("%d roles and %d policies on %d pages", roles, policies, n)
	}
}

func TestATrustPolicyNamesOnlyPrincipalsThatExist(t *testing.T) {
	ctx := t.Context()
	server := start(t, awssim.Options{})
	client, _ := admin(t, server)
	trust := func(principal string) error {
		_, err := client.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("orders"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}}`)})
		return err
	}
	own := "arn:aws:iam::" + account + ":role/orders"
	_, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("orders"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + own + `"},"Action":"sts:AssumeRole"}}`)})
	wantRefusal(t, err, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+own+`"`)
	mustCreateRole(t, client, "orders")
	server.Session("444455556666", "controller", "pod")
	for _, principal := range []string{own, "arn:aws:iam::" + account + ":user/admin", "arn:aws:iam::444455556666:role/controller", "arn:aws:iam::777788889999:root"} {
		if err := trust(principal); err != nil {
			t.Errorf("%s: %v", principal, err)
		}
	}
	for _, principal := range []string{"arn:aws:iam::" + account + ":user/nobody", "arn:aws:iam::" + account + ":role/nobody"} {
		wantRefusal(t, trust(principal), "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+principal+`"`)
	}
}

func TestDocumentsHoldOnlyCharactersUpToLatin1(t *testing.T) {
	client, _ := admin(t, start(t, awssim.Options{}))
	_, err := client.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String("p"), PolicyDocument: aws.String(strings.Replace(s3Policy, "bucket", "b\u0142cket", 1)),
	})
	wantRefusal(t, err, "ValidationError", `1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: `+
		`Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`)
}

func TestARequestWithoutWhatIsRequiredIsRefused(t *testing.T) {
	server := start(t, awssim.Options{})
	refusal := strings.ReplaceAll(refused(t, server, "Action=CreatePolicy&Version=2010-05-08"), "&#39;", "'")
	const null = " failed to satisfy constraint: Member must not be null"
	if want := "2 validation errors detected: Value null at 'policyDocument'" + null + "; Value null at 'policyName'" + null; !strings.Contains(refusal, want) {
		t.Errorf("got %s, want %s", refusal, want)
	}
	if got := refused(t, server, "Action=CreatePolicies&Version=2010-05-08"); !strings.Contains(got, "<Code>InvalidAction</Code>") {
		t.Errorf("an unknown operation: %s", got)
	}
}
