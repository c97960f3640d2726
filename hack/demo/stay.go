package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// stay says how to look around.
func (d *demo) stay() {
	env := filepath.Join(d.folder, "env")
	if err := os.WriteFile(env, []byte(d.visitor()), 0o600); err != nil {
		d.screen.step("%v", err)
	}
	guide, err := d.samples.guide()
	if err != nil {
		d.screen.step("%v", err)
	}
	kubectl := "kubectl"
	if _, err := exec.LookPath(kubectl); err != nil {
		kubectl = d.kubectl.binary
	}
	d.screen.exhibit("look around, in another terminal", fmt.Sprintf(`# points kubectl and the AWS CLI at the demo: KUBECONFIG, AWS_ENDPOINT_URL and keys of an administrator
. %[1]s

%[10]s get taskroles -A -o wide
%[10]s describe taskrole -n %[2]s %[3]s
aws iam get-role --role-name %[4]s
aws ecs list-task-definitions --family-prefix %[5]s

# undone by hand, put back at the next look, which comes every %[6]s
aws iam list-attached-role-policies --role-name %[4]s
aws iam detach-role-policy --role-name %[4]s --policy-arn arn:aws:iam::%[7]s:policy/taskrole/%[8]s/%[2]s/%[3]s/%[4]s

# takes the role off the family and deletes it
%[10]s delete taskrole -n %[2]s %[3]s

tail -f %[9]s

Ctrl-C here ends the demo and leaves nothing behind.`,
		env, guide.Namespace, guide.Name, guideRoleName, guide.Spec.Family, resync,
		d.samples.class.Spec.AccountID, clusterID, d.managerLog(), kubectl))
}

// visitor is a file for a shell to read.
func (d *demo) visitor() string {
	spec := d.samples.class.Spec
	lines := []string{"unset AWS_PROFILE AWS_SESSION_TOKEN", "export KUBECONFIG=" + d.kubectl.kubeconfig}
	for _, variable := range environment(d.aws.URL(), spec.Region, d.aws.User(spec.AccountID, "admin")) {
		lines = append(lines, "export "+variable)
	}
	// Version 1 of the AWS CLI reads this one instead.
	lines = append(lines, "export AWS_DEFAULT_REGION="+spec.Region)
	return strings.Join(lines, "\n") + "\n"
}
