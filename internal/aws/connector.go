package aws

import (
	"context"
	"fmt"
	"strings"
	"sync"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// sessionName is what CloudTrail and registeredBy show for an assumed role.
const sessionName = "ecs-taskrole-controller"

// Connector makes clients for Targets and keeps them. It is safe for
// concurrent use.
type Connector struct {
	options Options
	base    awssdk.Config
	budgets *budgets
	metrics *metrics

	mu      sync.Mutex
	clients map[Target]*Clients
	self    Identity
}

// NewConnector reads the SDK's configuration once: its standard chain of
// environment, shared files and the platform's credentials, with
// AWS_ENDPOINT_URL and the switches for FIPS and dual-stack endpoints.
func NewConnector(ctx context.Context, o Options) (*Connector, error) {
	o = o.withDefaults()
	// One pool of connections for all targets. The SDK's own log would break the
	// manager's JSON on the same stream; what went wrong comes back as errors.
	base, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithHTTPClient(awshttp.NewBuildableClient()), awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fmt.Errorf("AWS configuration: %w", err)
	}
	if name, version, _ := strings.Cut(o.UserAgent, "/"); name != "" {
		base.APIOptions = append(base.APIOptions, awsmiddleware.AddUserAgentKeyValue(name, version))
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, err
	}
	return &Connector{options: o, base: base, budgets: newBudgets(o), metrics: m, clients: map[Target]*Clients{}}, nil
}

// Connect gives the clients of a target. The first time, it asks AWS whose
// credentials they are, and refuses with a WrongAccountError when that is not
// the target's account, and with a MissingExternalIDError when another account's
// role would be assumed without one. A failure is not kept: the next call tries again.
func (c *Connector) Connect(ctx context.Context, t Target) (*Clients, error) {
	if known := c.known(t); known != nil {
		return known, nil
	}
	if err := c.checkExternalID(ctx, t); err != nil {
		return nil, err
	}
	cfg := c.config(t)
	identity, err := whoAmI(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to account %s in %s: %w", t.Account, t.Region, err)
	}
	if identity.Account != t.Account {
		return nil, &WrongAccountError{Want: t.Account, Got: identity.Account, CallerARN: identity.ARN}
	}
	return c.keep(t, &Clients{IAM: iam.NewFromConfig(cfg), ECS: ecs.NewFromConfig(cfg), Identity: identity}), nil
}

// checkExternalID refuses to assume a role of another account without an external
// id: whoever may write a class could otherwise turn the controller against any
// account that trusts it (IAM: The confused deputy problem).
func (c *Connector) checkExternalID(ctx context.Context, t Target) error {
	if t.AssumeRoleARN == "" || t.ExternalID != "" {
		return nil
	}
	self, err := whoAmI(ctx, c.config(Target{Account: t.Account, Region: t.Region}))
	if err != nil {
		return fmt.Errorf("ask who the controller itself is: %w", err)
	}
	if self.Account != t.Account {
		return &MissingExternalIDError{Account: t.Account, CallerARN: self.ARN}
	}
	return nil
}

func (c *Connector) known(t Target) *Clients {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clients[t]
}

// keep keeps the first clients made for a target: two workers may connect at
// once, so that none waits while another's endpoint hangs.
func (c *Connector) keep(t Target, made *Clients) *Clients {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first, found := c.clients[t]; found {
		return first
	}
	c.clients[t] = made
	return made
}

// config is the loaded configuration, turned to the target. It is copied, not
// made by hand: only what was loaded knows AWS_ENDPOINT_URL.
func (c *Connector) config(t Target) awssdk.Config {
	cfg := c.base.Copy()
	if t.Region != "" {
		cfg.Region = t.Region
	}
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], c.attempts(t.Account, cfg.Region))
	if t.AssumeRoleARN == "" {
		return cfg
	}
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), t.AssumeRoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = sessionName
		if t.ExternalID != "" {
			o.ExternalID = awssdk.String(t.ExternalID)
		}
	})
	cfg.Credentials = awssdk.NewCredentialsCache(provider)
	return cfg
}

// attempts puts the middleware that is about single attempts right behind the
// SDK's retries, so that each of them is counted.
func (c *Connector) attempts(account, region string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(&attempt{
			account: account, region: region, timeout: c.options.CallTimeout, budgets: c.budgets, metrics: c.metrics,
		}, "Retry", middleware.After)
	}
}

// Self is who the controller is by its own credentials, before it assumes any
// role. It is asked for once.
func (c *Connector) Self(ctx context.Context) (Identity, error) {
	c.mu.Lock()
	known := c.self
	c.mu.Unlock()
	if known != (Identity{}) {
		return known, nil
	}
	self, err := whoAmI(ctx, c.config(Target{}))
	if err != nil {
		return Identity{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = self
	return self, nil
}

func whoAmI(ctx context.Context, cfg awssdk.Config) (Identity, error) {
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, err
	}
	return Identity{Account: awssdk.ToString(out.Account), ARN: awssdk.ToString(out.Arn)}, nil
}
