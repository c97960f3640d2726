package controllers

import (
	"context"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// Accounts are the AWS accounts and regions that classes name, each with the
// caches that all of its TaskRoles share.
type Accounts struct {
	connector *aws.Connector
	readLag   time.Duration

	mu    sync.Mutex
	known map[aws.Target]*account
}

// NewAccounts reaches accounts through connector. ReadLag is how long reads of AWS
// may not show what was written.
func NewAccounts(connector *aws.Connector, readLag time.Duration) *Accounts {
	return &Accounts{connector: connector, readLag: readLag, known: map[aws.Target]*account{}}
}

// account is one account and region.
type account struct {
	identity aws.Identity
	iam      *iam.Service
	ecs      *ecs.Service
}

// of connects to the account of a class. Whose credentials they are has been
// made sure of; see aws.Connector.
func (a *Accounts) of(ctx context.Context, class *v1alpha1.TaskRoleClass) (*account, error) {
	target := target(class)
	clients, err := a.connector.Connect(ctx, target)
	if err != nil {
		return nil, unreachable(class, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known, found := a.known[target]
	if !found {
		known = &account{
			identity: clients.Identity, iam: iam.New(clients.IAM), ecs: ecs.New(clients.ECS, clients.Identity.ARN, a.readLag),
		}
		a.known[target] = known
	}
	return known, nil
}

// self is who the controller is before it assumes any role.
func (a *Accounts) self(ctx context.Context) (aws.Identity, error) { return a.connector.Self(ctx) }

func target(class *v1alpha1.TaskRoleClass) aws.Target {
	return aws.Target{
		Partition: desired.Effective(&v1alpha1.TaskRole{}, class).Partition, Account: class.Spec.AccountID, Region: class.Spec.Region,
		AssumeRoleARN: class.Spec.AssumeRoleARN, ExternalID: class.Spec.ExternalID,
	}
}

// apply carries out one action and returns what is observed after it.
func (a *account) apply(ctx context.Context, action plan.Action, observed model.Observed) (model.Observed, error) {
	if action.Kind.Area() == plan.AreaTaskDefinition {
		return a.ecs.Apply(ctx, action, observed)
	}
	return a.iam.Apply(ctx, action, observed)
}
