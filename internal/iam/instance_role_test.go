package iam_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

const (
	instanceRole = "ecsInstanceRole"
	agentPolicy  = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
	s3Full       = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
)

// host is a role of container instances with these policies attached, and inline
// ones of these statements, named a, b and so on.
func (b *bench) host(attached []string, inline ...string) {
	b.t.Helper()
	ctx := context.Background()
	_, err := b.admin.CreateRole(ctx, &sdkiam.CreateRoleInput{RoleName: awssdk.String(instanceRole), AssumeRolePolicyDocument: awssdk.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`)})
	b.must(err)
	for _, arn := range attached {
		_, err := b.admin.AttachRolePolicy(ctx, &sdkiam.AttachRolePolicyInput{RoleName: awssdk.String(instanceRole), PolicyArn: &arn})
		b.must(err)
	}
	for i, statements := range inline {
		b.put(string(rune('a'+i)), statements)
	}
	b.sim.ForgetCalls()
}

func (b *bench) put(name, statements string) {
	b.t.Helper()
	_, err := b.admin.PutRolePolicy(context.Background(), &sdkiam.PutRolePolicyInput{
		RoleName: awssdk.String(instanceRole), PolicyName: &name,
		PolicyDocument: awssdk.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`),
	})
	b.must(err)
}

// refuse has the operations refused from now on; none: answered again.
func (b *bench) refuse(operations ...string) {
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if slices.Contains(operations, call.Operation) {
			return awssim.Fault{Refuse: wire.Refuse(403, "AccessDenied", "not authorized to perform: iam:%s", call.Operation)}
		}
		return awssim.Fault{}
	})
}

func TestWhatAnInstanceRoleGivesBeyondTheAgentsPolicyIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		attached, inline []string
		want             string
	}{
		"the agent's policy alone":                  {attached: []string{agentPolicy}},
		"no policy at all":                          {},
		"part of the agent's policy":                {inline: []string{`{"Effect":"Allow","Action":["ecs:SubmitTaskStateChange","ECS:poll","ecs:TagResource"],"Resource":"*"}`}},
		"an AWS-managed policy besides":             {attached: []string{agentPolicy, s3Full}, want: "s3-object-lambda:* s3:*"},
		"a customer's policy besides":               {attached: []string{agentPolicy, boundary}, want: "s3:*"},
		"the administrator":                         {attached: []string{agentPolicy, administrator, s3Full}, want: "*"},
		"an inline policy":                          {attached: []string{agentPolicy}, inline: []string{`{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-west-2:111122223333:q"}`}, want: "sqs:SendMessage"},
		"wider than the agent's":                    {inline: []string{`{"Effect":"Allow","Action":"ecs:S*","Resource":"*"}`}, want: "ecs:S*"},
		"one within another":                        {inline: []string{`{"Effect":"Allow","Action":["s3:GetObject","s3:Get*"],"Resource":"*"}`, `{"Effect":"Allow","Action":"S3:getobject","Resource":"*"}`}, want: "s3:Get*"},
		"everything but":                            {inline: []string{`{"Effect":"Allow","NotAction":["sts:*","iam:*"],"Resource":"*"}`}, want: "everything but iam:* and sts:*"},
		"everything but, and within it":             {inline: []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","Action":["s3:Get*","iam:PassRole"],"Resource":"*"}`}, want: "everything but iam:* iam:PassRole"},
		"everything but everything":                 {inline: []string{`{"Effect":"Allow","NotAction":"*","Resource":"*"}`}},
		"less left out swallows more":               {inline: []string{`{"Effect":"Allow","NotAction":["iam:*","sts:*"],"Resource":"*"},{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, want: "everything but iam:*"},
		"all swallows everything but":               {inline: []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}`}, want: "*"},
		"what is denied again":                      {inline: []string{`{"Effect":"Allow","Action":["s3:GetObject","sqs:*"],"Resource":"*"}`, `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`}, want: "sqs:*"},
		"what is denied on one bucket":              {inline: []string{`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`}, want: "s3:GetObject"},
		"what is denied from outside":               {inline: []string{`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}, want: "s3:GetObject"},
		"all but some denied":                       {inline: []string{`{"Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage"],"Resource":"*"},{"Effect":"Deny","NotAction":["sqs:*","ecs:*"],"Resource":"*"}`}, want: "sqs:SendMessage"},
		"what is denied is part of what is allowed": {inline: []string{`{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}`}, want: "s3:*"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, 1)
			b.host(c.attached, c.inline...)
			got := b.service.InstanceRole(t.Context(), instanceRole)
			if beyond := strings.Join(got.Beyond, " "); beyond != c.want || got.Unread != "" || got.Name != instanceRole {
				t.Errorf("beyond: %q, want %q; %+v", beyond, c.want, got)
			}
		})
	}
}

// AWS adds to its policy now and then: the one of the partition is what counts.
func TestTheAgentsPolicyIsReadWhereSomethingIsToBeComparedWithIt(t *testing.T) {
	b := start(t, 0)
	b.host([]string{agentPolicy}, `{"Effect":"Allow","Action":["ecs:Submit*","ecs:TagResource","ecs:ListTagsForResource"],"Resource":"*"}`)
	if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "" || len(got.Beyond) != 0 {
		t.Errorf("%+v", got)
	}
	want := []string{"ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy", "GetPolicy", "GetPolicyVersion"}
	if got := b.made(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The hosts of a cluster share a few roles, and each is asked about at every look.
func TestAnInstanceRoleIsReadOnceAnHour(t *testing.T) {
	b := start(t, 0)
	at := time.Now()
	b.service.SetClock(func() time.Time { return at })
	b.host([]string{agentPolicy})
	for range 3 {
		b.service.InstanceRole(t.Context(), instanceRole)
	}
	if got := b.made(); !slices.Equal(got, []string{"ListAttachedRolePolicies", "ListRolePolicies"}) {
		t.Errorf("three looks: %v", got)
	}
	b.put("more", `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)
	b.sim.ForgetCalls()
	at = at.Add(59 * time.Minute)
	if got := b.service.InstanceRole(t.Context(), instanceRole); len(got.Beyond) != 0 || len(b.made()) != 0 {
		t.Errorf("before the hour is over: %+v", got)
	}
	at = at.Add(2 * time.Minute)
	if got := b.service.InstanceRole(t.Context(), instanceRole); !slices.Equal(got.Beyond, []string{"sqs:*"}) {
		t.Errorf("after it: %+v", got)
	}
}

func TestAnInstanceRoleThatMayNotBeReadIsToldAsSuchAndTriedAgainFiveMinutesLater(t *testing.T) {
	for operation, beyond := range map[string]string{
		"ListAttachedRolePolicies": "sqs:*", "ListRolePolicies": "s3:*", "GetRolePolicy": "s3:*",
		"GetPolicy": "sqs:*", "GetPolicyVersion": "sqs:*",
	} {
		t.Run(operation, func(t *testing.T) {
			b := start(t, 0)
			at := time.Now()
			b.service.SetClock(func() time.Time { return at })
			b.host([]string{agentPolicy, boundary}, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)
			b.refuse(operation)
			got := b.service.InstanceRole(t.Context(), instanceRole)
			if !strings.Contains(got.Unread, "AccessDenied: not authorized to perform: iam:"+operation) || strings.Join(got.Beyond, " ") != beyond {
				t.Errorf("%+v", got)
			}
			at = at.Add(6 * time.Minute)
			b.refuse("ListAttachedRolePolicies", "ListRolePolicies")
			if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread == "" || strings.Join(got.Beyond, " ") != beyond {
				t.Errorf("when less may be read, what was found is forgotten: %+v", got)
			}
			b.refuse()
			b.sim.ForgetCalls()
			at = at.Add(4 * time.Minute)
			b.service.InstanceRole(t.Context(), instanceRole)
			if calls := b.made(); len(calls) != 0 {
				t.Errorf("it is asked for again at once: %v", calls)
			}
			at = at.Add(2 * time.Minute)
			if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "" || strings.Join(got.Beyond, " ") != "s3:* sqs:*" {
				t.Errorf("when it may be read again: %+v", got)
			}
		})
	}
}

func TestWhatWasReadOfAnInstanceRoleHoldsWhileItCannotBeReadAgain(t *testing.T) {
	b := start(t, 0)
	at := time.Now()
	b.service.SetClock(func() time.Time { return at })
	b.host([]string{agentPolicy, boundary}, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)
	b.service.InstanceRole(t.Context(), instanceRole)
	for _, operation := range []string{"ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy", "GetPolicy"} {
		b.refuse(operation)
		at = at.Add(2 * time.Hour)
		if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "" || strings.Join(got.Beyond, " ") != "s3:* sqs:*" {
			t.Errorf("without %s: %+v", operation, got)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	at = at.Add(2 * time.Hour)
	if got := b.service.InstanceRole(canceled, instanceRole); got.Unread != "" || len(got.Beyond) != 2 {
		t.Errorf("given up: %+v", got)
	}
}

func TestALookThatWasGivenUpIsNotRemembered(t *testing.T) {
	b := start(t, 0)
	b.host([]string{agentPolicy, s3Full})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if got := b.service.InstanceRole(canceled, instanceRole); got.Unread == "" {
		t.Errorf("given up: %+v", got)
	}
	if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "" || len(got.Beyond) != 2 {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestAnInstanceRoleThatIsGoneGivesNothing(t *testing.T) {
	b := start(t, 0)
	at := time.Now()
	b.service.SetClock(func() time.Time { return at })
	b.host(nil, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)
	b.service.InstanceRole(t.Context(), instanceRole)
	_, err := b.admin.DeleteRolePolicy(t.Context(), &sdkiam.DeleteRolePolicyInput{RoleName: awssdk.String(instanceRole), PolicyName: awssdk.String("a")})
	b.must(err)
	_, err = b.admin.DeleteRole(t.Context(), &sdkiam.DeleteRoleInput{RoleName: awssdk.String(instanceRole)})
	b.must(err)
	at = at.Add(2 * time.Hour)
	if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "there is no such role" || len(got.Beyond) != 0 {
		t.Errorf("%+v", got)
	}
}

// A partition or an emulator may not have AWS's policy.
func TestWithoutTheAgentsPolicyItsKnownActionsStandForIt(t *testing.T) {
	b := start(t, 0)
	b.host([]string{boundary}, `{"Effect":"Allow","Action":["ecs:Poll","ecs:ListTagsForResource","logs:PutLogEvents"],"Resource":"*"}`)
	b.sim.Intercept(func(call awssim.Call) awssim.Fault {
		if call.Operation == "GetPolicy" && strings.Contains(call.Parameters, "ContainerServiceforEC2Role") {
			return awssim.Fault{Refuse: wire.Refuse(404, "NoSuchEntity", "Policy %s does not exist or is not attachable.", agentPolicy)}
		}
		return awssim.Fault{}
	})
	if got := b.service.InstanceRole(t.Context(), instanceRole); got.Unread != "" || !slices.Equal(got.Beyond, []string{"s3:*"}) {
		t.Errorf("%+v", got)
	}
}
