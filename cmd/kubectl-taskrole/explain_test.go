package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/hosts"
)

// taskRole is shop/orders-api as the controller left it.
func taskRole(c *metav1.Condition, findings ...v1alpha1.Finding) *v1alpha1.TaskRole {
	tr := &v1alpha1.TaskRole{
		TypeMeta:   metav1.TypeMeta{Kind: "TaskRole", APIVersion: v1alpha1.GroupVersion.String()},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders-api", Generation: 3},
		Spec:       v1alpha1.TaskRoleSpec{Family: "orders"},
		Status:     v1alpha1.TaskRoleStatus{Findings: findings},
	}
	if c != nil {
		tr.Status.Conditions = []metav1.Condition{*c}
	}
	return tr
}

func ready(status metav1.ConditionStatus, reason, message string) *metav1.Condition {
	return &metav1.Condition{
		Type: v1alpha1.ConditionHostsReady, Status: status, Reason: reason, Message: message, ObservedGeneration: 3,
		LastTransitionTime: metav1.NewTime(time.Now().Add(-3*time.Hour - time.Minute)),
	}
}

// judged is what hosts are judged to be, as the status holds it.
func judged(f hosts.Family, clusters ...hosts.Cluster) *v1alpha1.TaskRole {
	r := hosts.Judge(f, clusters)
	var findings []v1alpha1.Finding
	for _, found := range r.Findings {
		p := found.Plain()
		findings = append(findings, v1alpha1.Finding{
			Severity: v1alpha1.Severity(p.Severity), Code: p.Code, Subject: p.Subject, Message: p.Message, Instances: found.Instances,
		})
	}
	return taskRole(ready(metav1.ConditionStatus(r.Verdict), r.Reason, r.Message), findings...)
}

// instance is one on which everything is as it should be, but for the attributes.
func instance(id, system string, without ...string) hosts.Instance {
	i := hosts.Instance{
		EC2ID: id, Status: "ACTIVE", Connected: true, AgentVersion: "1.94.0", Attributes: map[string]string{"ecs.os-type": system},
	}
	for _, name := range []string{
		"com.amazonaws.ecs.capability.task-iam-role", "com.amazonaws.ecs.capability.task-iam-role-network-host",
		"ecs.capability.efsAuth", "ecs.capability.execution-role-awslogs", "taskrole.dev/imds",
	} {
		if !slices.Contains(without, name) {
			i.Attributes[name] = ""
		}
	}
	if _, found := i.Attributes["taskrole.dev/imds"]; found {
		i.Attributes["taskrole.dev/imds"] = "blocked"
	}
	return i
}

var taskRoleAttribute = "com.amazonaws.ecs.capability.task-iam-role"

func bridge() hosts.Family {
	return hosts.Family{NetworkMode: hosts.Bridge, Compatibilities: []hosts.Launch{hosts.EC2, hosts.External}}
}

func shop(instances ...hosts.Instance) hosts.Cluster {
	return hosts.Cluster{Name: "shop", Instances: instances}
}

// section is what stands under a heading, or of a host, of what was printed.
func section(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, from)
	if !found {
		t.Fatalf("no %q in\n%s", from, text)
	}
	part, _, _ := strings.Cut(rest, to)
	return part
}

func TestHostsThatAreReadyAreToldAndExitWithZero(t *testing.T) {
	apiServer(t, ours, judged(bridge(), shop(instance("i-1", "linux"))))
	code, stdout, stderr := called(t, "hosts", "explain", "orders-api")
	if code != exitOK || stderr != "" {
		t.Errorf("exit %d, %q", code, stderr)
	}
	want := "TaskRole shop/orders-api, family orders\n\nHostsReady is True: HostsReady, for 3h1m\n  cluster shop: 1 of 1 instance can serve the role\n"
	if stdout != want {
		t.Errorf("got\n%s\nwant\n%s", stdout, want)
	}
}

func TestWhereAWSKeepsTheMachinesThereIsNothingToSetUp(t *testing.T) {
	apiServer(t, ours, judged(hosts.Family{Compatibilities: []hosts.Launch{hosts.Fargate}, NetworkMode: hosts.AWSVPC}))
	code, stdout, _ := called(t, "hosts", "explain", "-n", "shop", "orders-api")
	if code != exitOK || !strings.Contains(stdout, "HostsReady is True: NothingToCheck") || !strings.Contains(stdout, "nothing for you to set up") ||
		strings.Contains(stdout, "\nHosts\n") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

func TestEachHostHasItsCodesAndTheOneCommandThatFitsIt(t *testing.T) {
	apiServer(t, ours, judged(bridge(), shop(
		instance("i-optimized", "linux", taskRoleAttribute),
		instance("i-own", "linux", taskRoleAttribute, "ecs.capability.efsAuth", "ecs.capability.execution-role-awslogs"),
		instance("mi-1", "linux", taskRoleAttribute),
		instance("i-fine", "linux"),
	)))
	code, stdout, stderr := called(t, "hosts", "explain", "orders-api")
	if code != exitFailed || stderr != "" {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if !strings.Contains(stdout, "HostsReady is False: HostsNotReady") {
		t.Errorf("no verdict in\n%s", stdout)
	}
	mended := section(t, stdout, "\nHosts\n", "\n\n")
	const setup = "kubectl taskrole hosts setup --os linux --launch-type "
	for _, want := range []string{
		"shop/i-own: TASK_ROLE_DISABLED, NOT_ECS_OPTIMIZED\n  " + setup + "ec2 --ami other --network-mode bridge\n",
		"shop/mi-1: TASK_ROLE_DISABLED\n  " + setup + "external --network-mode bridge\n",
		// What it is no finding tells.
		"shop/i-optimized: TASK_ROLE_DISABLED\n  " + setup + "ec2 --ami ecs-optimized --network-mode bridge  # for ECS-optimized AMIs\n  " +
			setup + "ec2 --ami other --network-mode bridge  # for other AMIs\n",
	} {
		if !strings.Contains(mended, want) {
			t.Errorf("no\n%s\nin\n%s", want, mended)
		}
	}
	if strings.Contains(stdout, "i-fine") {
		t.Errorf("a host without a finding is named in\n%s", stdout)
	}
}

func TestAWindowsHostIsMendedByTheScriptForTheHostNotThatForContainers(t *testing.T) {
	apiServer(t, ours, judged(hosts.Family{Compatibilities: []hosts.Launch{hosts.EC2}}, shop(
		instance("i-win", "windows", taskRoleAttribute), instance("i-rebooted", "windows"),
		instance("i-linux", "linux", taskRoleAttribute, "taskrole.dev/imds"),
	)))
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	mended := section(t, stdout, "\nHosts\n", "\n\n")
	const setup = "kubectl taskrole hosts setup --os "
	for _, want := range []string{
		"shop/i-win: WINDOWS_TASK_ROLE_DISABLED, WINDOWS_ROUTES, WINDOWS_REBOOT\n  " + setup + "windows --launch-type ec2 --network-mode default\n",
		"shop/i-rebooted: WINDOWS_ROUTES, WINDOWS_REBOOT\n  " + setup + "windows --launch-type ec2 --network-mode default --output powershell\n",
		"shop/i-linux: TASK_ROLE_DISABLED, IMDS_UNKNOWN\n  " + setup + "linux --launch-type ec2 --ami ecs-optimized --network-mode bridge\n",
	} {
		if !strings.Contains(mended, want) {
			t.Errorf("no\n%s\nin\n%s", want, mended)
		}
	}
}

func TestWhatNoScriptMendsIsSaidSo(t *testing.T) {
	f, old := bridge(), instance("i-old", "linux")
	old.AgentVersion, old.Attributes["ecs.capability.execute-command"], f.ExecuteCommand = "1.10.0", "", true
	// Of this one AGENT_TOO_OLD names a set-up, which is none for the others.
	own := instance("i-own", "linux", "ecs.capability.efsAuth", "ecs.capability.execution-role-awslogs")
	own.AgentVersion = "1.10.0"
	apiServer(t, ours, judged(f, shop(old, own, instance("i-plain", "linux"))))
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	mended := section(t, stdout, "\nHosts\n", "\n\n")
	for _, want := range []string{"shop/i-old: AGENT_TOO_OLD\n  no script", "shop/i-plain: EXEC_UNSUPPORTED\n  no script"} {
		if !strings.Contains(mended, want) {
			t.Errorf("no %q in\n%s", want, mended)
		}
	}
}

// The status cuts long messages.
func TestNoCommandIsOfferedOfAMessageThatWasCut(t *testing.T) {
	cut := judged(bridge(), shop(instance("i-1", "linux", taskRoleAttribute), instance("mi-1", "linux", taskRoleAttribute)))
	f := &cut.Status.Findings[0]
	before, _, two := strings.Cut(f.Message, " for ECS-optimized AMIs, `kubectl")
	if !two {
		t.Fatalf("no two commands in %s", f.Message)
	}
	f.Message = before + "..."
	apiServer(t, ours, cut)
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	if mended := section(t, stdout, "\nHosts\n", "\n\n"); strings.Contains(mended, "kubectl") {
		t.Errorf("offered:\n%s", mended)
	}
}

// Whoever runs it pipes what it prints into a shell, perhaps.
func TestOnlyACommandOfOursIsOffered(t *testing.T) {
	f := v1alpha1.Finding{Severity: v1alpha1.SeverityError, Code: hosts.CodeTaskRoleDisabled, Instances: []string{"shop/i-1"},
		Message: "Run what `kubectl taskrole hosts setup --os linux; rm -rf /` prints, or `kubectl taskrole hosts setup --os $(reboot)`\x1b[2J"}
	apiServer(t, ours, taskRole(ready(metav1.ConditionFalse, hosts.ReasonNotReady, "no"), f))
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	if mended := section(t, stdout, "\nHosts\n", "\n\n"); strings.Contains(mended, "setup --os") {
		t.Errorf("offered:\n%s", mended)
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("the status steers the terminal")
	}
}

func TestFindingsAboutHostsComeGravestFirstAndNoOthers(t *testing.T) {
	finding := func(severity v1alpha1.Severity, code string) v1alpha1.Finding {
		return v1alpha1.Finding{Severity: severity, Code: code, Message: "about " + code}
	}
	five := finding(v1alpha1.SeverityError, hosts.CodeTaskRoleDisabled)
	five.Instances = []string{"a/1", "a/2", "a/3", "a/4", "a/5"}
	apiServer(t, ours, taskRole(ready(metav1.ConditionFalse, hosts.ReasonNotReady, "no"),
		finding(v1alpha1.SeverityInfo, hosts.CodeWindowsReboot), finding(v1alpha1.SeverityError, "WILDCARD_ACTION"),
		finding(v1alpha1.SeverityWarning, "INSTANCE_PROFILE_CUTOFF"), five, finding(v1alpha1.SeverityError, "MORE_FINDINGS")))
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	var order []int
	for _, want := range []string{
		"ERROR    TASK_ROLE_DISABLED: about TASK_ROLE_DISABLED\n         instances: a/1, a/2, a/3, a/4, a/5\n",
		"WARNING  INSTANCE_PROFILE_CUTOFF: about", "INFO     WINDOWS_REBOOT: about", "about MORE_FINDINGS", "\nHosts\na/1:", "A finding names 5 instances at most",
	} {
		order = append(order, strings.Index(stdout, want))
	}
	if slices.Contains(order, -1) || !slices.IsSorted(order) || strings.Contains(stdout, "WILDCARD") {
		t.Errorf("%v in\n%s", order, stdout)
	}
}

func TestWhatIsNotKnownIsExplainedAndExitsWithThree(t *testing.T) {
	older := ready(metav1.ConditionUnknown, hosts.ReasonUnproven, "")
	older.ObservedGeneration = 2
	other := func(status metav1.ConditionStatus) *metav1.Condition {
		c := ready(status, "Conflict", "somebody else's role")
		c.Type = v1alpha1.ConditionReady
		return c
	}
	for name, c := range map[string]struct {
		condition *metav1.Condition
		want      []string
	}{
		"not read yet":     {ready(metav1.ConditionUnknown, v1alpha1.ReasonSurveying, "reading"), []string{"is Unknown: Surveying", "has not read the clusters yet"}},
		"not allowed":      {ready(metav1.ConditionUnknown, v1alpha1.ReasonAccessDenied, "ECS ListContainerInstances: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/c/p is not authorized to perform: ecs:ListContainerInstances on resource: *"), []string{"Allow its role ecs:ListContainerInstances;", "docs/iam-policy.md"}},
		"not allowed what": {ready(metav1.ConditionUnknown, v1alpha1.ReasonAccessDenied, "denied"), []string{"Allow its role ecs:ListClusters, ", "ecs:DescribeContainerInstances;"}},
		"not proven":       {ready(metav1.ConditionUnknown, hosts.ReasonUnproven, "m"), []string{"look at the hosts themselves"}},
		"no hosts":         {ready(metav1.ConditionUnknown, hosts.ReasonNoInstances, "m"), []string{"none to judge"}},
		"unread":           {ready(metav1.ConditionUnknown, hosts.ReasonUnread, "m"), []string{"CLUSTER_UNREAD"}},
		"of an older spec": {older, []string{"before the last change of the spec"}},
		"never looked at":  {nil, []string{"HostsReady is absent", "has not looked at this TaskRole yet"}},
		"stopped before":   {other(metav1.ConditionFalse), []string{"HostsReady is absent", "Ready is False: Conflict: somebody else's role"}},
		"old controller":   {other(metav1.ConditionTrue), []string{"HostsReady is absent", "does not look at hosts: update it"}},
	} {
		t.Run(name, func(t *testing.T) {
			apiServer(t, ours, taskRole(c.condition))
			code, stdout, stderr := called(t, "hosts", "explain", "orders-api")
			if code != exitUnknown || stderr != "" {
				t.Errorf("exit %d, %q", code, stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("no %q in\n%s", want, stdout)
				}
			}
		})
	}
}

func TestATaskRoleThatCannotBeReadIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		installed string
		args      string
		code      int
		want      string
	}{
		"not there":          {ours, "hosts explain payments", exitFailed, "there is no TaskRole shop/payments; which there are: kubectl get taskroles -n shop"},
		"not allowed":        {ours, "hosts explain -n secret orders-api", exitFailed, "you may not read TaskRole secret/orders-api; it takes the verb get on taskroles.ecs.taskrole.dev"},
		"not installed":      {nothing, "hosts explain orders-api", exitFailed, "the cluster knows no TaskRoles"},
		"no API server":      {elsewhere, "hosts explain orders-api", exitFailed, "is it the right one (--context)"},
		"of another version": {later, "hosts explain orders-api", exitFailed, "the cluster knows no TaskRoles"},
		"no context":         {ours, "hosts explain orders-api --context nowhere", exitFailed, "reading the kubeconfig: "},
		"no name":            {ours, "hosts explain", exitUsage, "hosts explain -n NAMESPACE TASKROLE"},
		"two names":          {ours, "hosts explain a b", exitUsage, "with one TaskRole"},
		"audit, too":         {ours, "audit payments", exitFailed, "there is no TaskRole shop/payments"},
		"audit, no config": {ours, "audit payments --context nowhere", exitFailed,
			"without a cluster, write --role-arn ARN"},
	} {
		t.Run(name, func(t *testing.T) {
			apiServer(t, c.installed, taskRole(nil))
			code, stdout, stderr := called(t, strings.Fields(c.args)...)
			if code != c.code || stdout != "" || !strings.HasPrefix(stderr, "error: ") || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, %q, printed %q", code, stderr, stdout)
			}
		})
	}
}

func TestAnAuditReadsTheRoleOfATaskRole(t *testing.T) {
	tr := taskRole(nil)
	tr.Status.Role.ARN = "arn:aws:iam::111122223333:role/taskrole/prod/shop/x"
	apiServer(t, ours, tr)
	code, stdout, stderr := called(t, "audit", "orders-api", "--form", "cli")
	if code != exitOK || !strings.Contains(stdout, tr.Status.Role.ARN) {
		t.Errorf("exit %d, %q\n%s", code, stderr, stdout)
	}
}

// Read from the source: one that no host has yet counts, too.
func TestEveryCodeAboutHostsIsExplained(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "hosts", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			spec, is := node.(*ast.ValueSpec)
			if !is || !strings.HasPrefix(spec.Names[0].Name, "Code") {
				return true
			}
			n++
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil || !slices.Contains(hostCodes, code) {
				t.Errorf("%s is not known (%v)", code, err)
			}
			return true
		})
	}
	if n == 0 {
		t.Error("there are no codes")
	}
}

func TestThePageShowsWhatIsPrinted(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "hosts.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := section(t, string(page), "```\nTaskRole ", "```")
	own := instance("i-0abc", "linux", taskRoleAttribute, "ecs.capability.efsAuth", "ecs.capability.execution-role-awslogs")
	apiServer(t, ours, judged(bridge(), shop(own, instance("i-0def", "linux"))))
	_, stdout, _ := called(t, "hosts", "explain", "orders-api")
	// Long lines are cut in the page.
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta("TaskRole "+shown), `\.\.\.`, "[^\n]*") + "$"
	if !regexp.MustCompile(pattern).MatchString(stdout) {
		t.Errorf("the page shows\nTaskRole %s\nprinted is\n%s", shown, stdout)
	}
}
