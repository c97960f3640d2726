package shape_test

import (
	"net/url"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/shape"
)

func TestRequestsAreJudgedByAWSsModel(t *testing.T) {
	api := shape.Load("iam")
	good := "RoleName=orders&AssumeRolePolicyDocument=%7B%7D"
	cases := map[string]struct{ operation, form, message string }{
		"good":       {"CreateRole", good + "&Tags.member.1.Key=a&Tags.member.1.Value=", ""},
		"empty list": {"CreateRole", good + "&Tags=", ""},
		"null": {"GetRole", "",
			"1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null"},
		"null in a list": {"TagRole", "RoleName=orders&Tags.member.1.Key=a",
			"1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"},
		"too small": {"CreateRole", good + "&MaxSessionDuration=3599",
			"1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"},
		"too large": {"ListRoles", "MaxItems=1001",
			"1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"},
		"none of the set": {"ListPolicies", "Scope=Mine",
			"1 validation error detected: Value at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [All, AWS, Local]"},
		"short ARN": {"GetPolicy", "PolicyArn=arn:aws:iam::x",
			"1 validation error detected: Value at 'policyArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
	}
	for name, c := range cases {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if refusal := api.Validate(c.operation, form); refusal != nil {
			got = refusal.Message
		}
		if got != c.message {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.message)
		}
	}
}

func TestPatternsMatchTheWholeText(t *testing.T) {
	path := shape.Load("iam").Shapes["pathType"]
	for text, want := range map[string]bool{"/": true, "/a/b/": true, "a/": false, "/a": false, "/a b/": false, "x/a/": false} {
		if got := path.Matches(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
