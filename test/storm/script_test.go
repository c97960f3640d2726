package storm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// flow is one interleaving.
type flow struct {
	*testing.T
	n       int
	ctx     context.Context
	account *ground.Account
	family  string // also the name of the TaskRole
	random  *rand.Rand
	calm    atomic.Bool // whether the storm spares the family

	mu            sync.Mutex
	traps         []*trap
	looks, writes int // of the controller, at the family
	looked        time.Time

	// acting is held by whoever acts for the pipeline. It keeps what follows.
	acting   sync.Mutex
	told     []string // what was done, for whoever has to find out
	failure  error
	shipped  []shipped // by the pipeline's own book-keeping
	images   int
	acts     int    // that had an effect
	deployed string // the revision that its service is at

	known   map[string]revision // by ARN
	history []revision          // all that there was at the end
}

// shipped is a revision that others registered.
type shipped struct {
	number int
	image  int
	active bool
}

// step is one thing that a pipeline does.
type step struct {
	name     string
	weight   int
	provokes bool // whether the controller has to answer by a registration
	do       func(*flow) error
}

var steps = []step{
	{"register", 6, true, func(f *flow) error { return f.ship(f.fresh(), "", deployer) }},
	{"register three at once", 1, true, (*flow).burst},
	{"register with another role", 2, true, func(f *flow) error { return f.ship(f.fresh(), f.account.RoleARN("/", "legacy"), deployer) }},
	{"register with our role", 2, false, func(f *flow) error { return f.ship(f.fresh(), f.roleARN(), deployer) }},
	{"register the same again", 1, false, func(f *flow) error { return f.ship(max(1, f.images), "", deployer) }},
	{"register again what was there first", 1, false, func(f *flow) error { return f.ship(1, "", deployer) }},
	{"a stranger registers", 1, false, func(f *flow) error { return f.ship(f.fresh(), "", stranger) }},
	{"a stranger registers with our role", 1, false, func(f *flow) error { return f.ship(f.fresh(), f.roleARN(), stranger) }},
	{"a stranger registers the same again", 1, false, func(f *flow) error { return f.ship(max(1, f.images), "", stranger) }},
	{"take the newest back", 4, false, func(f *flow) error { return f.takeBack(true) }},
	{"take the oldest back", 1, false, func(f *flow) error { return f.takeBack(false) }},
	{"deregister the controller's copy", 2, false, (*flow).deregisterCopy},
	{"deploy the newest", 2, false, func(f *flow) error { return f.deploy(true) }},
	{"roll the service back", 1, false, func(f *flow) error { return f.deploy(false) }},
}

// Who registers, besides the controller.
const (
	deployer = ground.Deployer
	stranger = "stranger"
)

// fresh is a content that the family has not had.
func (f *flow) fresh() int { f.images++; return f.images }

// draw takes a step by the weights, of those only that make the controller answer
// if provoking.
func (f *flow) draw(provoking bool) step {
	total := 0
	for _, s := range steps {
		if s.provokes || !provoking {
			total += s.weight
		}
	}
	at := f.random.IntN(total)
	for _, s := range steps {
		if !s.provokes && provoking {
			continue
		}
		if at -= s.weight; at < 0 {
			return s
		}
	}
	panic("the weights do not add up")
}

// ship registers a content, with no role if it is empty. The content holds what no
// structure of an SDK knows, and a number that no float64 holds.
func (f *flow) ship(image int, role, by string) error {
	who := f.account.Session(by, "run-1")
	member := ""
	if role != "" {
		member = fmt.Sprintf(`"taskRoleArn":%q,`, role)
	}
	body := fmt.Sprintf(`{"family":%q,%s"memberOfTomorrow":{"n":9007199254740993,"text":"a < b && c"},"tags":[{"key":"by","value":%q}],`+
		`"containerDefinitions":[{"name":"app","image":"app:%d","memory":64,"essential":true}]}`, f.family, member, by, image)
	number, err := 0, error(nil)
	err = f.again(func() error { number, err = who.Register(f.ctx, body); return err })
	if err == nil {
		f.acts++
		f.shipped = append(f.shipped, shipped{number, image, true})
	}
	return err
}

func (f *flow) burst() error {
	for range 3 {
		if err := f.ship(f.fresh(), "", deployer); err != nil {
			return err
		}
	}
	return nil
}

// again tries what may meet another write at the same time.
func (f *flow) again(do func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(f.ctx, 5*time.Millisecond, ground.Deadline, true, func(context.Context) (bool, error) {
		if last = do(); last != nil && strings.Contains(last.Error(), "concurrent") {
			return false, nil
		}
		return true, last
	})
	if err != nil {
		return errors.Join(last, err)
	}
	return nil
}

// takeBack deregisters the newest of what others registered and is ACTIVE, or the
// oldest, if there is any.
func (f *flow) takeBack(newest bool) error {
	at := -1
	for i, s := range f.shipped {
		if s.active && (newest || at < 0) {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	f.shipped[at].active = false
	return f.deregister(f.arn(f.shipped[at].number))
}

func (f *flow) deregister(arn string) error {
	f.acts++
	return f.again(func() error {
		_, err := f.account.Pipeline.ECS.DeregisterTaskDefinition(f.ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &arn})
		return err
	})
}

// deregisterCopy deregisters what is not the pipeline's.
func (f *flow) deregisterCopy() error {
	arns, err := f.account.Pipeline.Active(f.ctx, f.family)
	if err != nil {
		return err
	}
	for _, arn := range slices.Backward(arns) {
		if !f.isShipped(arn) {
			return f.deregister(arn)
		}
	}
	return nil
}

func (f *flow) isShipped(arn string) bool {
	return slices.ContainsFunc(f.shipped, func(s shipped) bool { return f.arn(s.number) == arn })
}

// deploy moves the family's service onto the newest of its pipeline, or onto the
// oldest; or makes it.
func (f *flow) deploy(newest bool) error {
	arn := ""
	for _, s := range f.shipped {
		if s.active && (newest || arn == "") {
			arn = f.arn(s.number)
		}
	}
	if arn == "" {
		return nil
	}
	err := f.again(func() (err error) {
		if f.deployed == "" {
			_, err = f.account.Pipeline.ECS.CreateService(f.ctx, &ecs.CreateServiceInput{
				Cluster: aws.String("main"), ServiceName: &f.family, TaskDefinition: &arn, DesiredCount: aws.Int32(0),
			})
			return err
		}
		_, err = f.account.Pipeline.ECS.UpdateService(f.ctx, &ecs.UpdateServiceInput{Cluster: aws.String("main"), Service: &f.family, TaskDefinition: &arn})
		return err
	})
	if err == nil {
		f.deployed, f.acts = arn, f.acts+1
	}
	return err
}

func (f *flow) arn(number int) string {
	return fmt.Sprintf("arn:aws:ecs:%s:%s:task-definition/%s:%d", ground.Region, f.account.ID, f.family, number)
}

func (f *flow) roleARN() string {
	return f.account.RoleARN("/taskrole/"+cluster+"/"+namespaceOf(f.account)+"/", cluster+"."+namespaceOf(f.account)+"."+f.family)
}

func namespaceOf(a *ground.Account) string { return "storm-" + a.ID }
