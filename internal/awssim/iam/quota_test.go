package iam_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Straight to the service: a thousand requests over HTTP would say no more.
func TestAnAccountHasAThousandRolesAndFifteenHundredPolicies(t *testing.T) {
	cases := []struct {
		operation, name, document string
		quota                     int
		message                   string
	}{
		{"CreateRole", "RoleName", "AssumeRolePolicyDocument", 1000, "Cannot exceed quota for RolesPerAccount: 1000"},
		{"CreatePolicy", "PolicyName", "PolicyDocument", 1500, "Cannot exceed quota for PoliciesPerAccount: 1500"},
	}
	documents := map[string]string{
		"AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}}`,
		"PolicyDocument":           `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
	}
	service := iam.New(iam.Options{})
	for _, c := range cases {
		create := func(account string, i int) error {
			_, err := service.Do(wire.Caller{Partition: "aws", Account: account}, c.operation,
				url.Values{c.name: {fmt.Sprint("n", i)}, c.document: {documents[c.document]}})
			return err
		}
		for i := range c.quota {
			if err := create("111122223333", i); err != nil {
				t.Fatal(err)
			}
		}
		var refusal *wire.Error
		if err := create("111122223333", c.quota); !errors.As(err, &refusal) || refusal.Code != "LimitExceeded" ||
			refusal.Status != 409 || refusal.Message != c.message {
			t.Errorf("one more: %v", err)
		}
		if err := create("444455556666", c.quota); err != nil {
			t.Errorf("in another account: %v", err)
		}
	}
}
