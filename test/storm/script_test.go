package storm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
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
	ctx     context.Context
	account *ground.Account
	family  string // also the name of the TaskRole
	random  *rand.Rand
	told    []string // what was done, for whoever has to find out

	mu        sync.Mutex
	trap      *trap
	withdrawn []string // ARNs that the controller asked to deregister

	// What the pipeline has, by its own book-keeping.
	shipped  []shipped
	images   int
	taken    int    // how often it deregistered anything
	deployed string // the revision that its service is at
}

// shipped is a revision that others registered.
type shipped struct {
	number  int
	trusted bool
	image   int
	active  bool
}

// step is one thing that a pipeline does.
type step struct {
	name   string
	weight int
	do     func(*flow) error
}

var steps = []step{
	{"register", 6, func(f *flow) error { return f.ship(f.fresh(), "", true) }},
	{"register with another role", 2, func(f *flow) error { return f.ship(f.fresh(), f.account.RoleARN("/", "legacy"), true) }},
	{"register with our role", 2, func(f *flow) error { return f.ship(f.fresh(), f.roleARN(), true) }},
	{"register the same again", 1, func(f *flow) error { return f.ship(max(1, f.images), "", true) }},
	{"a stranger registers", 1, func(f *flow) error { return f.ship(f.fresh(), "", false) }},
	{"take the newest back", 3, func(f *flow) error { return f.takeBack(len(f.shipped) - 1) }},
	{"take an old one back", 1, func(f *flow) error { return f.takeBack(len(f.shipped) / 2) }},
	{"deregister the controller's copy", 1, (*flow).deregisterCopy},
	{"deploy the newest", 2, (*flow).deploy},
}

// moments are where an interleaving hurts.
var moments = []moment{
	{"", false}, {"", false}, {"", false},
	{"ListTaskDefinitions", true}, {"DescribeTaskDefinition", true},
	{"RegisterTaskDefinition", false}, {"RegisterTaskDefinition", true},
	{"DeregisterTaskDefinition", false}, {"DeregisterTaskDefinition", true},
}

// fresh is a content that the family has not had.
func (f *flow) fresh() int { f.images++; return f.images }

func (f *flow) draw() step {
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	at := f.random.IntN(total)
	for _, s := range steps {
		if at -= s.weight; at < 0 {
			return s
		}
	}
	panic("the weights do not add up")
}

// act does what the script says, until it is over.
func (f *flow) act() {
	f.Helper()
	for range 2 + f.random.IntN(7) {
		s, m := f.draw(), moments[f.random.IntN(len(moments))]
		pause := time.Duration(f.random.IntN(120)) * time.Millisecond
		var err error
		t := f.set(m, func() { err = s.do(f) })
		if m.operation == "" {
			time.Sleep(pause)
			t.spring()
		}
		select {
		case <-t.sprung:
		case <-time.After(time.Second): // the controller makes no such call
			t.spring()
			<-t.sprung
		}
		f.told = append(f.told, fmt.Sprintf("%s, at %+v: %v", s.name, m, err))
		if err != nil {
			f.Fatalf("%s: %v", s.name, err)
		}
	}
}

// ship registers a content, by the pipeline or by somebody whom nobody trusts. The
// content holds what no structure of an SDK knows.
func (f *flow) ship(image int, role string, trusted bool) error {
	who := f.account.Pipeline
	if !trusted {
		who = f.account.Session("stranger", "x")
	}
	member := ""
	if role != "" {
		member = fmt.Sprintf(`"taskRoleArn":%q,`, role)
	}
	body := fmt.Sprintf(`{"family":%q,%s"memberOfTomorrow":{"n":%d.50,"text":"a < b && c"},"tags":[{"key":"by","value":"%t"}],`+
		`"containerDefinitions":[{"name":"app","image":"app:%d","memory":64,"essential":true}]}`, f.family, member, image, trusted, image)
	number, err := 0, error(nil)
	err = f.again(func() error { number, err = who.Register(f.ctx, body); return err })
	if err == nil {
		f.shipped = append(f.shipped, shipped{number, trusted, image, true})
	}
	return err
}

// again tries what may meet another write at the same time.
func (f *flow) again(do func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(f.ctx, 5*time.Millisecond, ground.Deadline, true, func(context.Context) (bool, error) {
		last = do()
		if last != nil && (strings.Contains(last.Error(), "concurrent") || strings.Contains(last.Error(), "ClientException")) {
			return false, nil
		}
		return true, last
	})
	if err != nil {
		return errors.Join(last, err)
	}
	return nil
}

func (f *flow) takeBack(at int) error {
	if at < 0 || at >= len(f.shipped) || !f.shipped[at].active {
		return nil
	}
	f.shipped[at].active = false
	return f.deregister(f.arn(f.shipped[at].number))
}

func (f *flow) deregister(arn string) error {
	f.taken++
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
	for i := len(arns) - 1; i >= 0; i-- {
		if !f.isShipped(arns[i]) {
			return f.deregister(arns[i])
		}
	}
	return nil
}

func (f *flow) isShipped(arn string) bool {
	for _, s := range f.shipped {
		if f.arn(s.number) == arn {
			return true
		}
	}
	return false
}

// deploy moves the family's service onto the newest of its pipeline, or makes it.
func (f *flow) deploy() error {
	arn := ""
	for _, s := range f.shipped {
		if s.active {
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
	f.deployed = arn
	return err
}

func (f *flow) arn(number int) string {
	return fmt.Sprintf("arn:aws:ecs:%s:%s:task-definition/%s:%d", ground.Region, f.account.ID, f.family, number)
}

func (f *flow) roleARN() string {
	return f.account.RoleARN("/taskrole/"+cluster+"/"+namespaceOf(f.account)+"/", cluster+"."+namespaceOf(f.account)+"."+f.family)
}

func namespaceOf(a *ground.Account) string { return "storm-" + a.ID }
