package controllers

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/utils/lru"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
	"github.com/taskrole/ecs-taskrole-controller/internal/desired"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/ecs/survey"
	"github.com/taskrole/ecs-taskrole-controller/internal/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/plan"
)

// Accounts are the AWS accounts and regions that classes name, each with the
// caches that all of its TaskRoles share.
type Accounts struct {
	connector *aws.Connector
	options   Options
	// background is the context of what is read while nobody waits; it and surveyed
	// are set before the first look.
	background context.Context
	surveyed   chan surveyEvent

	mu    sync.Mutex
	known map[aws.Target]*account
}

// NewAccounts reaches accounts through connector.
func NewAccounts(connector *aws.Connector, o Options) *Accounts {
	return &Accounts{connector: connector, options: o, surveyed: make(chan surveyEvent), known: map[aws.Target]*account{}}
}

// account is one account and region.
type account struct {
	identity aws.Identity
	iam      *iam.Service
	ecs      *ecs.Service
	// surveys are those of what classes look at; most look at the same.
	surveys *lru.Cache
	begin   func(survey.Selection) *survey.Survey
	mu      sync.Mutex
}

// keptSurveys is how many selections of clusters classes of one account may have,
// before the survey that was asked longest ago is begun anew.
const keptSurveys = 32

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
			identity: clients.Identity, iam: iam.New(clients.IAM), ecs: ecs.New(clients.ECS, clients.Identity.ARN, a.options.ReadLag),
			surveys: lru.New(keptSurveys),
		}
		known.begin = func(s survey.Selection) *survey.Survey {
			return known.ecs.Survey(s, a.options.SurveyAge, func(families []string) { a.tell(surveyed{target, families}) })
		}
		a.known[target] = known
	}
	return known, nil
}

// tell has those look for whom something else runs.
func (a *Accounts) tell(s surveyed) {
	select {
	case a.surveyed <- surveyEvent{Object: s}:
	case <-a.background.Done():
	}
}

// survey is that of a selection of clusters.
func (a *account) survey(s survey.Selection) *survey.Survey {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := fmt.Sprintf("%+v", s)
	if known, found := a.surveys.Get(key); found {
		return known.(*survey.Survey)
	}
	begun := a.begin(s)
	a.surveys.Add(key, begun)
	return begun
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
	if area := action.Kind.Area(); area == plan.AreaTaskDefinition || area == plan.AreaServices {
		return a.ecs.Apply(ctx, action, observed)
	}
	return a.iam.Apply(ctx, action, observed)
}
