package grants

import (
	"slices"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func TestAStatementIsToldAsTheGrantThatPermitsIt(t *testing.T) {
	const fileSystem = "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-0123456789abcdef0"
	through := policy.Conditions{"StringEquals": {"elasticfilesystem:AccessPointArn": {"arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-0123456789abcdef0"}}}
	for name, c := range map[string]struct {
		statement policy.Statement
		want      []string // nil: there is none
	}{
		"one verb": {
			policy.Statement{Action: policy.Strings{"sqs:SendMessage"}, Resource: policy.Strings{"arn:aws:sqs:us-west-2:111122223333:q"}}, []string{"Send"},
		},
		"two verbs, and another spelling": {
			policy.Statement{Action: policy.Strings{"S3:getobject", "s3:PutObject"}, Resource: policy.Strings{"arn:aws:s3:::b/x/*"}}, []string{"Read", "Write"},
		},
		"a condition": {
			policy.Statement{Action: policy.Strings{"elasticfilesystem:ClientMount"}, Resource: policy.Strings{fileSystem}, Condition: through}, []string{"Mount"},
		},
		"an action of no verb": {
			policy.Statement{Action: policy.Strings{"s3:PutBucketPolicy"}, Resource: policy.Strings{"arn:aws:s3:::b"}}, nil,
		},
		"every resource": {
			policy.Statement{Action: policy.Strings{"ssmmessages:OpenDataChannel"}, Resource: policy.Strings{"*"}}, nil,
		},
		"a condition that no action knows": {
			policy.Statement{Action: policy.Strings{"sqs:SendMessage"}, Resource: policy.Strings{"arn:aws:sqs:us-west-2:111122223333:q"},
				Condition: policy.Conditions{"StringEquals": {"s3:prefix": {"x"}}}}, nil,
		},
		"nothing": {policy.Statement{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			g, found := Covering(c.statement)
			if found != (c.want != nil) || !slices.Equal(g.Access, c.want) {
				t.Errorf("%v, %t; want %v", g.Access, found, c.want)
			}
		})
	}
}

// Whatever a verb permits on one resource, some grant is found that permits it.
func TestWhatAVerbPermitsOnItsResourceIsFoundAgain(t *testing.T) {
	found, tried := 0, 0
	for _, service := range Services() {
		for _, kind := range service.Types {
			for _, verb := range kind.VerbNames() {
				permissions, problems := Expand(Grant{Access: []string{verb}, Resources: []string{kind.Example}})
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				s := permissions[0].Statement
				if len(permissions) > 1 || len(s.Condition) > 0 || !slices.Equal(s.Resource, policy.Strings{kind.Example}) {
					continue
				}
				tried++
				g, ok := Covering(s)
				if !ok {
					t.Errorf("%s: nothing permits %v", kind.Example, s.Action)
					continue
				}
				found++
				again, _ := Expand(g)
				if !slices.ContainsFunc(again, func(p Permission) bool { return slices.Equal(p.Statement.Action, s.Action) }) && len(again) == 1 {
					t.Errorf("%s: %v permits %v, not %v", kind.Example, g.Access, again[0].Statement.Action, s.Action)
				}
			}
		}
	}
	if tried < 20 || found < tried {
		t.Errorf("%d of %d", found, tried)
	}
}
