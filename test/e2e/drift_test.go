package e2e

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// scene is a TaskRole that was carried out: what somebody meddles with.
type scene struct {
	*stage
	name, role, policy string
	boundary, foreign  string
}

// look is what AWS has of a scene, by meaning. How often a policy was written
// does not matter.
type look struct {
	Role               *roleState
	Document           any
	PolicyTags         map[string]string
	RoleARN, Image     string
	Policies           []string
	VersionsWithinFive bool
}

func (s *scene) look() look {
	s.Helper()
	out := look{Role: s.stage.role(s.role), Policies: s.inventory()}
	if p := s.stage.policy(s.policy); p != nil {
		out.Document, out.PolicyTags, out.VersionsWithinFive = p.Document, p.Tags, p.Versions <= 5
	}
	newest := s.describe(s.name)
	out.RoleARN, out.Image = newest.text("taskRoleArn"), image(newest)
	return out
}

// drifts is what somebody does by hand, and the event that tells of its end.
// Where want is set, it says what remains of it.
var drifts = map[string]struct {
	meddle func(*scene)
	event  string
	text   string
	want   func(*look)
}{
	"a policy detached": {
		meddle: func(s *scene) { s.detach(s.role, s.policy) },
		event:  "AttachPolicy", text: "not attached",
	},
	"a policy given a new version": {
		meddle: func(s *scene) { s.newVersion(s.policy, true) },
		event:  "UpdatePolicy", text: "v2",
	},
	"a policy with five versions given another default": {
		meddle: func(s *scene) {
			for range 3 {
				s.newVersion(s.policy, false)
			}
			s.newVersion(s.policy, true)
		},
		event: "UpdatePolicy", text: "v5",
	},
	"a policy deleted": {
		meddle: func(s *scene) {
			s.detach(s.role, s.policy)
			_, err := s.admin.iam.DeletePolicy(s.ctx, &iam.DeletePolicyInput{PolicyArn: aws.String(s.policy)})
			s.must(err)
		},
		event: "CreatePolicy", text: "no policy of this name exists",
	},
	"an inline policy added": {
		meddle: func(s *scene) {
			_, err := s.admin.iam.PutRolePolicy(s.ctx, &iam.PutRolePolicyInput{
				RoleName: aws.String(s.role), PolicyName: aws.String("backdoor"), PolicyDocument: aws.String(anyPolicy),
			})
			s.must(err)
		},
		event: "DeleteInline", text: "backdoor",
	},
	"another policy attached": {
		meddle: func(s *scene) { s.attach(s.role, s.foreign) },
		event:  "DetachPolicy", text: "not declared",
	},
	"the trust policy edited": {
		meddle: func(s *scene) { s.rewriteTrust(s.role, trustOf("ec2.amazonaws.com")) },
		event:  "UpdateTrust", text: "somebody edited it",
	},
	"a condition taken out of the trust policy": {
		meddle: func(s *scene) { s.rewriteTrust(s.role, trustOf("ecs-tasks.amazonaws.com")) },
		event:  "UpdateTrust", text: "somebody edited it",
	},
	"a tag removed": {
		meddle: func(s *scene) { s.untagRole(s.role, "team") },
		event:  "TagRole", text: "team",
	},
	"a tag changed": {
		meddle: func(s *scene) { s.tagRole(s.role, "team", "attackers") },
		event:  "TagRole", text: "team",
	},
	"a tag respelled": {
		meddle: func(s *scene) { s.untagRole(s.role, "team"); s.tagRole(s.role, "TEAM", "shop") },
		event:  "TagRole", text: "team",
	},
	"a tag added": {
		meddle: func(s *scene) { s.tagRole(s.role, "admin", "true") },
		event:  "UntagRole", text: "admin",
	},
	"the owner's tags removed": {
		meddle: func(s *scene) {
			s.untagRole(s.role, "ecs.taskrole.dev/cluster-id", "ecs.taskrole.dev/namespace", "ecs.taskrole.dev/name", "ecs.taskrole.dev/family")
		},
		event: "TagRole", text: "ecs.taskrole.dev/name",
	},
	"the owner's tags made another's": {
		meddle: func(s *scene) { s.tagRole(s.role, "ecs.taskrole.dev/name", "somebody-else") },
		event:  "TagRole", text: "ecs.taskrole.dev/name",
	},
	"the boundary removed": {
		meddle: func(s *scene) {
			_, err := s.admin.iam.DeleteRolePermissionsBoundary(s.ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(s.role)})
			s.must(err)
		},
		event: "PutBoundary", text: "it is none",
	},
	"the boundary changed": {
		meddle: func(s *scene) {
			_, err := s.admin.iam.PutRolePermissionsBoundary(s.ctx, &iam.PutRolePermissionsBoundaryInput{
				RoleName: aws.String(s.role), PermissionsBoundary: aws.String(s.foreign),
			})
			s.must(err)
		},
		event: "PutBoundary", text: "foreign",
	},
	"the policy's tags removed": {
		meddle: func(s *scene) {
			s.untagPolicy(s.policy, "ecs.taskrole.dev/cluster-id", "ecs.taskrole.dev/namespace", "ecs.taskrole.dev/name", "ecs.taskrole.dev/family")
		},
		event: "TagPolicy", text: "ecs.taskrole.dev/name",
	},
	"one of the policy's tags removed": {
		meddle: func(s *scene) { s.untagPolicy(s.policy, "ecs.taskrole.dev/family") },
		event:  "TagPolicy", text: "ecs.taskrole.dev/family",
	},
	"a tag added to the policy": {
		meddle: func(s *scene) {
			_, err := s.admin.iam.TagPolicy(s.ctx, &iam.TagPolicyInput{
				PolicyArn: aws.String(s.policy), Tags: []types.Tag{{Key: aws.String("admin"), Value: aws.String("true")}},
			})
			s.must(err)
		},
		event: "UntagPolicy", text: "admin",
	},
	"the role deleted": {
		meddle: func(s *scene) {
			s.detach(s.role, s.policy)
			_, err := s.admin.iam.DeleteRole(s.ctx, &iam.DeleteRoleInput{RoleName: aws.String(s.role)})
			s.must(err)
		},
		event: "CreateRole", text: "no role of this name exists",
	},
	"a revision without the role and with another image": {
		meddle: func(s *scene) { s.register(s.name, "app:2") },
		event:  "RegisterCopy", text: ":3", want: func(l *look) { l.Image = "app:2" },
	},
	"our copy deregistered": {
		meddle: func(s *scene) { s.deregister(s.name, 2) },
		event:  "RegisterCopy", text: ":1",
	},
}

// play makes a TaskRole with all that can be meddled with.
func play(t *testing.T) *scene {
	t.Helper()
	s := &scene{stage: shared(t, func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Unbounded = false
		c.Spec.PermissionsBoundaryARN = v1alpha1.PolicyARN("arn:aws:iam::" + c.Spec.AccountID + ":policy/boundary")
		c.Spec.Tags = v1alpha1.Tags{"environment": "test"}
	})}
	// A family of its own: a change of another TaskRole of the same family would
	// wake the manager before its time.
	s.name = "app-of-" + s.namespace
	s.boundary, s.foreign = s.customPolicy("boundary"), s.customPolicy("foreign")
	s.role = s.roleName(s.name)
	s.policy = s.policyARN(s.name, s.role)
	s.register(s.name, "app:1")
	s.declare(s.name, func(tr *v1alpha1.TaskRole) { tr.Spec.Tags = v1alpha1.Tags{"team": "shop"} })
	s.awaitReady(s.name)
	return s
}

func TestWhatWasDoneByHandIsPutBackWithinOneResync(t *testing.T) {
	t.Parallel()
	for name, c := range drifts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := play(t)
			want := s.look()
			if want.Role == nil || want.Role.Boundary != s.boundary || want.Document == nil {
				t.Fatalf("not as declared to begin with: %+v", want)
			}
			c.meddle(s)
			s.forget()
			if c.want != nil {
				c.want(&want)
			}
			s.eventually(name+" is put back", func() error {
				got := s.look()
				if got.Role != nil && name == "the role deleted" {
					got.Role.ID = want.Role.ID
				}
				if diff := different(want, got); diff != "" {
					return errors.New("AWS differs (-want +got):\n" + diff)
				}
				return nil
			})
			// One look may have been under way, the next must have done it, and
			// another may have begun before it was noticed here.
			if n := count(s.calls(), "GetRole"); n > 3 {
				t.Errorf("it took %d looks", n)
			}
			s.awaitEvent(s.name, c.event, c.text)
			s.awaitReady(s.name)
		})
	}
}

func TestWhatTheControllerDoesNotDeclareIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := play(t)
	_, err := s.admin.iam.UpdateRole(s.ctx, &iam.UpdateRoleInput{
		RoleName: aws.String(s.role), MaxSessionDuration: aws.Int32(7200), Description: aws.String("by hand"),
	})
	s.must(err)
	s.forget()
	s.awaitLooks(s.role, 2)
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("write calls: %v", writes)
	}
	if role := s.stage.role(s.role); role.Session != 7200 || role.Description != "by hand" {
		t.Errorf("session duration %d, description %q", role.Session, role.Description)
	}
}
