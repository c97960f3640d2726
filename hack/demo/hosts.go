package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// hostFamily is what runs on EC2 instances, and hostDefinition what the pipeline
// registers of it.
const (
	hostFamily     = "orders-import"
	hostDefinition = `{"family":"orders-import","requiresCompatibilities":["EC2"],"networkMode":"bridge","cpu":"128","memory":"128",
		"containerDefinitions":[{"name":"app","image":"orders-import:1","essential":true}]}`
)

// hostTaskRole is the TaskRole of that family.
//
//go:embed taskrole_orders-import.yaml
var hostTaskRole string

// explainHosts shows a role that is perfect in IAM and of no use on its host: an EC2
// instance whose agent was never told to serve roles. And it shows the script that
// mends that.
func (d *demo) explainHosts(ctx context.Context) error {
	if _, err := d.actors.deployer.register(ctx, hostFamily, []byte(hostDefinition)); err != nil {
		return err
	}
	host := ecs.OptimizedHost("i-0123456789abcdef0")
	for _, attribute := range []string{"com.amazonaws.ecs.capability.task-iam-role", "com.amazonaws.ecs.capability.task-iam-role-network-host"} {
		delete(host.Attributes, attribute)
	}
	spec := d.samples.class.Spec
	if _, err := d.aws.ECS().PutHost(ecs.Cluster{Account: spec.AccountID, Region: spec.Region, Name: ecsCluster}, host); err != nil {
		return err
	}
	d.screen.step("an EC2 instance, %s, joined cluster %s: its agent does not serve task roles", host.EC2InstanceID, ecsCluster)
	path := filepath.Join(d.folder, "taskrole_orders-import.yaml")
	if err := os.WriteFile(path, []byte(hostTaskRole), 0o600); err != nil {
		return err
	}
	if _, err := d.kubectl.run(ctx, "apply", "-f", path); err != nil {
		return err
	}
	d.screen.step("kubectl apply -f hack/demo/taskrole_orders-import.yaml")
	imports, err := d.awaitHosts(ctx)
	if err != nil {
		return err
	}
	d.screen.check("TaskRole %s is %s", key(imports), meta.FindStatusCondition(imports.Status.Conditions, v1alpha1.ConditionReady).Reason)
	if err := d.exhibitPlugin(ctx, 1, "hosts", "explain", "-n", imports.Namespace, imports.Name); err != nil {
		return err
	}
	return d.exhibitPlugin(ctx, 0, "hosts", "setup", "--os", "linux", "--launch-type", "ec2", "--network-mode", "bridge")
}

// awaitHosts waits until the hosts of that TaskRole were judged.
func (d *demo) awaitHosts(ctx context.Context) (*v1alpha1.TaskRole, error) {
	imports := &v1alpha1.TaskRole{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: hostFamily}}
	others := d.samples.taskRoles
	defer func() { d.samples.taskRoles = others }()
	d.samples.taskRoles = []v1alpha1.TaskRole{*imports}
	err := d.await(ctx, func(tr *v1alpha1.TaskRole) bool {
		tr.DeepCopyInto(imports)
		c := meta.FindStatusCondition(tr.Status.Conditions, v1alpha1.ConditionHostsReady)
		return c != nil && c.Status == metav1.ConditionFalse && settled(tr)
	})
	return imports, err
}

// exhibitPlugin shows what the kubectl plugin prints. It says by its exit code what
// it found.
func (d *demo) exhibitPlugin(ctx context.Context, want int, args ...string) error {
	command := exec.CommandContext(ctx, d.settings.plugin, args...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.kubectl.home, "KUBECONFIG=" + d.kubectl.kubeconfig}
	command.WaitDelay = time.Second
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := command.CombinedOutput()
	code := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return fmt.Errorf("run the kubectl plugin: %w: run `make build`", err)
	}
	d.screen.exhibit("kubectl taskrole "+strings.Join(args, " "), string(out))
	if code != want {
		return fmt.Errorf("kubectl taskrole %s: exit code %d, not %d", strings.Join(args, " "), code, want)
	}
	return nil
}
