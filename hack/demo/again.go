package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
)

// lookAgain has the manager look at every TaskRole once more, and checks in the
// log of AWS's calls that it changes nothing.
func (d *demo) lookAgain(ctx context.Context) error {
	roles, err := d.roleNames(ctx)
	if err != nil {
		return err
	}
	before := len(d.aws.Calls())
	// A look has certainly ended when the next at the same role has begun.
	for range 2 {
		seen := looks(d.aws.Calls(), d.managerARN())
		if err := d.askForALook(ctx); err != nil {
			return err
		}
		if err := d.awaitLooks(ctx, roles, seen); err != nil {
			return err
		}
	}
	calls, writes := 0, []string{}
	for _, call := range d.aws.Calls()[before:] {
		if call.Caller.ARN != d.managerARN() {
			continue
		}
		calls++
		if call.Write {
			writes = append(writes, call.Service+":"+call.Operation)
		}
	}
	if len(writes) > 0 {
		return fmt.Errorf("nothing had changed, but the manager called %s", strings.Join(writes, ", "))
	}
	d.screen.check("the manager looked again, in %d calls, and wrote nothing to AWS", calls)
	return nil
}

// roleNames are the roles of the TaskRoles that change something.
func (d *demo) roleNames(ctx context.Context) ([]string, error) {
	var names []string
	for _, sample := range d.samples.enforced() {
		var tr v1alpha1.TaskRole
		if err := d.kube.Get(ctx, client.ObjectKeyFromObject(&sample), &tr); err != nil {
			return nil, err
		}
		names = append(names, tr.Status.Role.Name)
	}
	return names, nil
}

// askForALook does what a person would who does not want to wait.
func (d *demo) askForALook(ctx context.Context) error {
	value := v1alpha1.AnnotationReconcile + "=" + strconv.FormatInt(time.Now().UnixNano(), 10)
	_, err := d.kubectl.run(ctx, "annotate", "taskroles", "--all", "--all-namespaces", "--overwrite", value)
	return err
}

// looks counts, by role, how often a caller began to look at it.
func looks(calls []awssim.Call, caller string) map[string]int {
	out := map[string]int{}
	for _, call := range calls {
		if call.Caller.ARN != caller || call.Operation != "GetRole" {
			continue
		}
		if form, err := url.ParseQuery(call.Parameters); err == nil {
			out[form.Get("RoleName")]++
		}
	}
	return out
}

// lookInterval is how often the log of calls is read: it cannot be watched.
const lookInterval = 50 * time.Millisecond

func (d *demo) awaitLooks(ctx context.Context, roles []string, seen map[string]int) error {
	ctx, cancel := context.WithTimeout(ctx, d.settings.timeout)
	defer cancel()
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		missing := ""
		now := looks(d.aws.Calls(), d.managerARN())
		for _, role := range roles {
			if now[role] <= seen[role] {
				missing = role
			}
		}
		if missing == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the manager did not look at role %s again", missing), ctx.Err(), d.lastWords())
		case <-ticker.C:
		}
	}
}
