package controllers

import (
	"testing"
	"time"

	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/internal/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

const lag = 15 * time.Second

// justBegun is a reconciler whose process has just begun.
func justBegun() *TaskRoleReconciler {
	now := time.Now()
	return &TaskRoleReconciler{Options: Options{ReadLag: lag}, memory: newMemory(), began: func() time.Time { return now }}
}

func TestWhatAnEarlierProcessMayHaveMadeIsWaitedFor(t *testing.T) {
	r := justBegun()
	recorded := &v1alpha1.TaskRole{}
	recorded.Status.Role.ID = "AROA1"
	for name, c := range map[string]struct {
		pass  *pass
		waits bool
	}{
		"a TaskRole that is new":                                       {&pass{taskRole: &v1alpha1.TaskRole{}}, false},
		"one whose role was read":                                      {&pass{taskRole: &v1alpha1.TaskRole{}, observed: model.Observed{Role: &model.ObservedRole{}}}, true},
		"one whose role the status tells":                              {&pass{taskRole: recorded}, true},
		"one that was begun, and killed before the status was written": {&pass{taskRole: &v1alpha1.TaskRole{}, begun: true}, true},
		"one whose role we remember":                                   {&pass{taskRole: recorded, begun: true, recalled: time.Now().Add(lag)}, false},
	} {
		if got := r.settled(c.pass).After(time.Now()); got != c.waits {
			t.Errorf("%s: waits %v", name, got)
		}
	}
}

func TestTheRecordOfARoleStaysWhileReadsMayNotShowIt(t *testing.T) {
	for name, c := range map[string]struct {
		settled time.Time
		want    string
	}{
		"reads may lag": {time.Now().Add(lag), "AROA1"},
		"it is gone":    {time.Time{}, ""},
	} {
		status := v1alpha1.TaskRoleStatus{Role: v1alpha1.RoleStatus{ID: "AROA1"}}
		p := &pass{looked: true}
		p.options.Settled = c.settled
		p.describe(&status, true)
		if status.Role.ID != c.want {
			t.Errorf("%s: the record is %q", name, status.Role.ID)
		}
	}
}

// remembering is a look that remembers a role which was made moments ago, while
// AWS still shows the one before it.
func remembering(t *testing.T, r *TaskRoleReconciler) *pass {
	t.Helper()
	sim, err := awssim.Start(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	const id, region = "111122223333", "us-west-2"
	session := sim.Session(id, "taskrole-controller", "pod-1")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": sim.URL(), "AWS_REGION": region,
		"AWS_ACCESS_KEY_ID": session.AccessKeyID, "AWS_SECRET_ACCESS_KEY": session.SecretAccessKey, "AWS_SESSION_TOKEN": session.SessionToken,
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	connector, err := aws.NewConnector(t.Context(), aws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clients, err := connector.Connect(t.Context(), aws.Target{Partition: "aws", Account: id, Region: region})
	if err != nil {
		t.Fatal(err)
	}
	name, trust := "orders", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	if _, err := clients.IAM.CreateRole(t.Context(), &sdkiam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
	p := &pass{account: &account{iam: iam.New(clients.IAM)}, taskRole: &v1alpha1.TaskRole{}, class: &v1alpha1.TaskRoleClass{}, recalled: time.Now().Add(lag)}
	p.desired.Owner = model.Owner{ClusterID: "prod", Namespace: "shop", Name: name, Family: name}
	p.desired.RoleName, p.observed.Role = name, &model.ObservedRole{Name: name, ID: "AROANEW"}
	r.memory.remember(p.desired.RoleARN(), p.observed, p.recalled)
	return p
}

// A TaskRole that is deleted and created again has a role of the same name.
func TestARoleThatReadsStillShowIsNotTakenForTheOneAfterIt(t *testing.T) {
	r := justBegun()
	p := remembering(t, r)
	if err := r.confirm(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if p.observed.Role == nil || p.observed.Role.ID != "AROANEW" || !p.options.Settled.Equal(p.recalled) {
		t.Errorf("the look goes on with %+v, settled at %s", p.observed.Role, p.options.Settled)
	}
	if _, recalled := r.memory.recall(p.desired.RoleARN()); !recalled {
		t.Error("the new role is forgotten")
	}
}
