package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

const (
	churnLives = 3
	// churnLength is how many edits there are, unless TASKROLE_CHURN says otherwise.
	churnLength = 200
	// Of every churnEpoch edits, the manager is to die after the churnCut-th, and
	// is started again after the churnResume-th.
	churnEpoch, churnCut, churnResume = 12, 6, 9
	churnCheckpoint                   = 25
)

// churn is random lives of TaskRoles of one class, in a namespace each, and what
// AWS should have of them by now.
type churn struct {
	*stage
	seed  uint64
	lives []*life
	// What the class says by now.
	boundary  string
	classTags v1alpha1.Tags
	// Policies of the account: that TaskRoles may attach, that the class may
	// name as boundary, and that nobody declares.
	managed, boundaries []string
	foreign, legacy     string

	blow     func() // kills the manager, once; nil while it is to live
	restarts int
	did      map[string]int
}

// life is that of the TaskRoles of one name.
type life struct {
	*stage
	number int
	// spec is what is declared; nil: nothing.
	spec *v1alpha1.TaskRoleSpec
	// registered are the pipeline's ACTIVE revisions, the oldest first.
	registered             []int
	images, statements     int
	deletions, withdrawals int
}

const lived = "api"

func (l *life) family() string { return fmt.Sprintf("%s-%d", lived, l.number) }

func (l *life) role() string { return l.roleName(lived) }

func (l *life) arn() string { return l.roleARN(lived) }

// number reads an environment variable; def where it is not set.
func number(t *testing.T, variable string, def uint64) uint64 {
	t.Helper()
	text, set := os.LookupEnv(variable)
	if !set {
		return def
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func TestRandomEditsMeddlingAndRestartsLeaveExactlyWhatIsDeclared(t *testing.T) {
	seed := number(t, "TASKROLE_SEED", rand.Uint64())
	edits := int(number(t, "TASKROLE_CHURN", churnLength))
	t.Logf("%d edits with TASKROLE_SEED=%d", edits, seed)
	c := newChurn(t, seed)
	for i := range edits {
		// From the seed and the number alone: what one edit draws does not depend
		// on how those before it went.
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		l := c.lives[max(0, r.IntN(churnLives+2)-2)] // the first has three fifths
		edit := pick(r)
		t.Logf("edit %d: %s: %s", i, l.namespace, edit.name)
		edit.do(c, l, r)
		c.did[edit.name]++
		switch {
		case i%churnEpoch == churnCut:
			c.condemn(1 + r.IntN(12))
		case i%churnEpoch == churnResume:
			c.resume()
		case c.blow == nil && r.IntN(3) == 0:
			l.awaitJudged()
		}
		if i%churnCheckpoint == churnCheckpoint-1 {
			c.check()
		}
	}
	c.check()
	c.wantQuiet()
	for _, l := range c.lives {
		if l.spec != nil {
			l.erase()
		}
	}
	c.check()
	if left := c.inventory(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Logf("%d restarts, %d calls of AWS; edits: %v", c.restarts, len(c.calls()), c.did)
}

func newChurn(t *testing.T, seed uint64) *churn {
	t.Helper()
	c := &churn{stage: alone(t, churnFlags...), seed: seed, did: map[string]int{}}
	for i := range 4 {
		c.managed = append(c.managed, c.customPolicy(fmt.Sprintf("managed-%d", i)))
	}
	c.boundaries = []string{"", c.customPolicy("boundary-1"), c.customPolicy("boundary-2")}
	c.foreign = c.customPolicy("foreign")
	c.makeRole("legacy", "/old/", trustOf("ecs-tasks.amazonaws.com"), nil)
	c.legacy = "arn:aws:iam::" + c.account + ":role/old/legacy"
	c.editClass(func(class *v1alpha1.TaskRoleClass) {
		for _, arn := range c.managed {
			class.Spec.AllowedManagedPolicyARNs = append(class.Spec.AllowedManagedPolicyARNs, v1alpha1.PolicyARN(arn))
		}
	})
	for i := range churnLives {
		own := *c.stage
		l := &life{stage: &own, number: i}
		if i > 0 {
			l.namespace = fmt.Sprintf("%s-%d", c.namespace, i)
			l.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: l.namespace}})
			t.Cleanup(l.clear)
			t.Cleanup(func() {
				if t.Failed() {
					l.tell()
				}
			})
		}
		c.lives = append(c.lives, l)
	}
	return c
}

var churnFlags = []string{"--resync-period=2s", "--propagation-wait=50ms", "--retry-first=20ms"}

// condemn has the manager die at its n-th call from now, by SIGKILL and SIGTERM
// in turn.
func (c *churn) condemn(n int) {
	m, gently := c.manager, c.restarts%2 == 1
	c.blow = sync.OnceFunc(func() {
		if !gently {
			m.Kill()
			return
		}
		// Once: a second one would end it at once. One that has ended already tells
		// how by its exit.
		_ = m.Terminate()
	})
	blow := c.blow
	var calls atomic.Int32
	c.intercept(func(awssim.Call) awssim.Fault {
		if int(calls.Add(1)) != n {
			return awssim.Fault{}
		}
		blow()
		return awssim.Fault{DropBefore: !gently}
	})
}

// resume sees to it that a condemned manager is dead, if it did not make as many
// calls, and starts the next one.
func (c *churn) resume() {
	c.Helper()
	if c.blow == nil {
		return
	}
	c.intercept(nil)
	c.blow()
	m := c.manager
	c.eventually("the manager ends", func() error {
		select {
		case <-m.Ended:
			return nil
		default:
			return errors.New("it runs")
		}
	})
	if gently := c.restarts%2 == 1; gently && m.Exit != nil {
		c.Fatalf("the manager ended badly: %v\n%s", m.Exit, m.Tail(""))
	}
	c.must(m.Healthy(unheard))
	c.blow = nil
	c.restarts++
	t, ok := c.TB.(*testing.T)
	if !ok {
		c.Fatal("churn is a test")
	}
	c.manager = launched(t, churnFlags...)
	for _, l := range c.lives {
		l.manager = c.manager
	}
}

// write puts the declaration into the cluster.
func (l *life) write() {
	l.Helper()
	l.edit(lived, func(tr *v1alpha1.TaskRole) { tr.Spec = *l.spec.DeepCopy() })
}

// born declares the TaskRole anew, after the one before it is gone.
func (c *churn) born(l *life, spec v1alpha1.TaskRoleSpec) {
	l.Helper()
	if l.deletions > 0 {
		c.resume()
		l.awaitGone(lived)
	}
	l.spec = &spec
	l.create(&v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Name: lived, Namespace: l.namespace}, Spec: *spec.DeepCopy()})
}

// erase asks for the deletion.
func (l *life) erase() {
	l.Helper()
	l.remove(lived)
	l.spec = nil
	l.deletions++
}

// awaitJudged waits until the manager has judged what is declared, and carried
// it out.
func (l *life) awaitJudged() {
	l.Helper()
	if l.spec == nil {
		l.awaitGone(lived)
		return
	}
	l.await(lived, "is carried out", l.carriedOut)
}

func (l *life) carriedOut(tr *v1alpha1.TaskRole) bool {
	if len(l.registered) == 0 {
		return ready(tr) == string(metav1.ConditionFalse)+"/"+v1alpha1.ReasonWaitingForFamily
	}
	return ready(tr) == string(metav1.ConditionTrue)+"/"+v1alpha1.ReasonSynced
}

// check waits until AWS has exactly what is declared.
func (c *churn) check() {
	c.Helper()
	c.resume()
	for _, l := range c.lives {
		if l.spec != nil {
			l.lookAt(lived)
		}
	}
	for _, l := range c.lives {
		l.awaitJudged()
	}
	c.eventually("AWS has exactly what is declared", c.judge)
	for _, l := range c.lives {
		l.awaitJudged()
	}
}

// wantQuiet fails the test if the manager still changes anything.
func (c *churn) wantQuiet() {
	c.Helper()
	c.forget()
	for _, l := range c.lives {
		if l.spec != nil {
			l.mark = c.mark
			l.awaitLooks(l.role(), 1)
		}
	}
	if writes := c.writes(); len(writes) > 0 {
		c.Errorf("it goes on changing what is as declared: %v", writes)
	}
	c.mark = 0
}

// registers has the pipeline register a revision with the role, or none.
func (l *life) registers(role string) {
	l.Helper()
	l.images++
	var change []func(*ecs.RegisterTaskDefinitionInput)
	if role != "" {
		change = append(change, carrying(role))
	}
	l.registered = append(l.registered, l.register(l.family(), fmt.Sprintf("app:%d", l.images), change...))
}

// withdraws has the pipeline deregister its newest revision, unless the content
// lives on in a revision of others, as that which a deletion registers.
func (l *life) withdraws() {
	l.Helper()
	if l.spec == nil || len(l.registered) < 2 {
		return
	}
	last := l.registered[len(l.registered)-1]
	for _, r := range l.revisions() {
		if r.number() != last && r.text("taskRoleArn") != l.arn() && image(r) == image(l.describe(fmt.Sprintf("%s:%d", l.family(), last))) {
			return
		}
	}
	l.deregister(l.family(), last)
	l.registered = slices.DeleteFunc(l.registered, func(n int) bool { return n == last })
	l.withdrawals++
}

// revisions are the family's ACTIVE ones.
func (l *life) revisions() []revision {
	l.Helper()
	body, err := l.pipeline.raw(l.ctx, "ListTaskDefinitions", fmt.Sprintf(`{"familyPrefix":%q,"maxResults":100}`, l.family()))
	l.must(err)
	var answer struct {
		ARNs []string `json:"taskDefinitionArns"`
		Next string   `json:"nextToken"`
	}
	var out []revision
	for {
		l.must(json.Unmarshal(body, &answer))
		for _, arn := range answer.ARNs {
			out = append(out, l.describe(arn))
		}
		if answer.Next == "" {
			return out
		}
		body, err = l.pipeline.raw(l.ctx, "ListTaskDefinitions", fmt.Sprintf(`{"familyPrefix":%q,"nextToken":%q}`, l.family(), answer.Next))
		l.must(err)
		answer.Next = ""
	}
}

// recorded says whether the status knows the role that AWS has: then it stays
// the controller's, whatever is done to its tags and its trust.
func (l *life) recorded() bool {
	l.Helper()
	var tr v1alpha1.TaskRole
	err := world.Kube.Get(l.ctx, client.ObjectKey{Namespace: l.namespace, Name: lived}, &tr)
	if client.IgnoreNotFound(err) != nil {
		l.Fatal(err)
	}
	role, err := l.find(l.role())
	l.must(err)
	return role != "" && role == tr.Status.Role.ID
}
