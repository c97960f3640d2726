package awssim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

func TestCallersAreWhoTheyAre(t *testing.T) {
	server := start(t, awssim.Options{})
	cases := []struct {
		who          awssim.Credentials
		region       string
		arn, idStart string
		idEnd        string
	}{
		{server.User(account, "alice"), "us-west-2", "arn:aws:iam::" + account + ":user/alice", "AIDA", ""},
		{server.Session(account, "pipeline", "run-7"), "eu-central-1", "arn:aws:sts::" + account + ":assumed-role/pipeline/run-7", "AROA", ":run-7"},
		{server.User(account, "alice"), "cn-north-1", "arn:aws-cn:iam::" + account + ":user/alice", "AIDA", ""},
		{server.User(account, "alice"), "us-gov-west-1", "arn:aws-us-gov:iam::" + account + ":user/alice", "AIDA", ""},
	}
	for _, c := range cases {
		client := sts.NewFromConfig(configuration(t, server, c.who, c.region))
		out, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		if *out.Arn != c.arn || *out.Account != account || !strings.HasPrefix(*out.UserId, c.idStart) || !strings.HasSuffix(*out.UserId, c.idEnd) {
			t.Errorf("%s in %s is %s, %s", c.arn, c.region, *out.Arn, *out.UserId)
		}
	}
}

func TestARoleIsAssumedOnlyByWhomItTrusts(t *testing.T) {
	const other = "444455556666"
	server := start(t, awssim.Options{})
	admins, _ := admin(t, server)
	controller := server.Session(other, "controller", "pod")
	callerARN := "arn:aws:iam::" + other + ":role/controller"
	statement := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}`
	}
	root := `{"AWS":"arn:aws:iam::` + other + `:root"}`
	cases := []struct {
		name, trust, externalID string
		allowed                 bool
	}{
		{"account", statement(root, ""), "", true},
		{"account id", statement(`{"AWS":"`+other+`"}`, ""), "", true},
		{"role", statement(`{"AWS":["`+callerARN+`"]}`, ""), "", true},
		{"everybody", statement(`"*"`, ""), "", true},
		{"service only", statement(`{"Service":"ecs-tasks.amazonaws.com"}`, ""), "", false},
		{"another account", statement(`{"AWS":"arn:aws:iam::777788889999:root"}`, ""), "", false},
		{"external id right", statement(root, `{"StringEquals":{"sts:ExternalId":"s3cret"}}`), "s3cret", true},
		{"external id wrong", statement(root, `{"StringEquals":{"sts:ExternalId":"s3cret"}}`), "guess", false},
		{"external id missing", statement(root, `{"StringEquals":{"sts:ExternalId":"s3cret"}}`), "", false},
		{"external id one of", statement(root, `{"StringLike":{"STS:ExternalID":["no","s3*"]}}`), "s3cret", true},
		{"principal ARN", statement(root, `{"ArnEquals":{"aws:PrincipalArn":"`+callerARN+`"}}`), "", true},
		{"principal ARN of another", statement(root, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::`+other+`:role/deploy*"}}`), "", false},
		{"star crosses no colon", statement(root, `{"ArnLike":{"aws:PrincipalArn":"arn:*:role/controller"}}`), "", false},
		{"negated and absent", statement(root, `{"StringNotEquals":{"sts:ExternalId":"x"}}`), "", true},
		{"absent is null", statement(root, `{"Null":{"sts:ExternalId":"true"}}`), "", true},
		{"if exists", statement(root, `{"StringEqualsIfExists":{"sts:ExternalId":"x"}}`), "", true},
		{"source account is not in a direct call", statement(root, `{"StringEquals":{"aws:SourceAccount":"`+other+`"}}`), "", false},
		{"deny wins", statement(root, "") + "," + strings.Replace(statement(root, ""), "Allow", "Deny", 1), "", false},
	}
	cfg := configuration(t, server, controller, region)
	client := sts.NewFromConfig(cfg)
	for _, c := range cases {
		name := strings.ReplaceAll(c.name, " ", "-")
		role, err := admins.CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: &name, AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + c.trust + `]}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		in := &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("test")}
		if c.externalID != "" {
			in.ExternalId = &c.externalID
		}
		out, err := client.AssumeRole(t.Context(), in)
		if !c.allowed {
			wantRefusal(t, err, "AccessDenied", "User: arn:aws:sts::"+other+":assumed-role/controller/pod is not authorized to perform: sts:AssumeRole on resource: "+*role.Role.Arn)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		k := out.Credentials
		as := sts.NewFromConfig(configuration(t, server, awssim.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey, SessionToken: *k.SessionToken}, region))
		me, err := as.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil || *me.Arn != *out.AssumedRoleUser.Arn || *me.UserId != *role.Role.RoleId+":test" || *me.Account != account {
			t.Errorf("%s: the session is %+v (%v)", c.name, me, err)
		}
	}
}

func TestASessionEnds(t *testing.T) {
	now := time.Now()
	server := start(t, awssim.Options{Now: func() time.Time { return now }})
	admins, tokens := admin(t, server)
	role, err := admins.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName:                 aws.String("r"),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	in := &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("test"), DurationSeconds: aws.Int32(3601)}
	_, err = tokens.AssumeRole(t.Context(), in)
	wantRefusal(t, err, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	in.DurationSeconds = aws.Int32(900)
	out, err := tokens.AssumeRole(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	k := out.Credentials
	as := sts.NewFromConfig(configuration(t, server, awssim.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey, SessionToken: *k.SessionToken}, region))
	now = now.Add(899 * time.Second)
	if _, err := as.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Second)
	_, err = as.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	wantRefusal(t, err, "ExpiredToken", "")
}
