// Command awspolicies writes the IAM policies that go with a TaskRoleClass: the
// controller's own, and with -namespace that of a pipeline.
//
//	go run ./hack/awspolicies -class class.yaml -cluster-id prod-1 \
//	  -pass arn:aws:iam::111122223333:role/ecsTaskExecutionRole -move 'shop/*' > controller.json
//	go run ./hack/awspolicies -class class.yaml -cluster-id prod-1 -namespace shop > pipeline.json
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/ownpolicy"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "awspolicies:", err)
		}
		os.Exit(2)
	}
}

// clusterID is what the manager takes for its --cluster-id.
var clusterID = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("awspolicies", flag.ContinueOnError)
	var c ownpolicy.Controller
	class := flags.String("class", "", "the `file` with the TaskRoleClass")
	namespace := flags.String("namespace", "", "write the policy of a pipeline of this `namespace` instead of the controller's")
	flags.StringVar(&c.ClusterID, "cluster-id", "", "the manager's --cluster-id")
	flags.Func("pass", "an `ARN`, or a pattern, of a role besides the controller's own that task definitions carry: execution roles, and roles that families get back (repeatable)", func(arn string) error {
		c.PassableRoles = append(c.PassableRoles, arn)
		return nil
	})
	flags.Func("move", "`CLUSTER/SERVICE`, or a pattern, of services that rollout.services Update may move (repeatable)", func(service string) error {
		c.MovableServices = append(c.MovableServices, service)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is no flag: see --help", flags.Arg(0))
	case *class == "":
		return errors.New("-class is missing: the file with the TaskRoleClass")
	case !clusterID.MatchString(c.ClusterID):
		return fmt.Errorf("-cluster-id %q: lower-case letters, digits and hyphens, 32 at most, as the manager has it", c.ClusterID)
	}
	var err error
	if c.Class, err = readClass(*class); err != nil {
		return err
	}
	document := c.Policy()
	if *namespace != "" {
		document = c.Pipeline(*namespace)
	}
	return write(out, document)
}

func readClass(path string) (*v1alpha1.TaskRoleClass, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var class v1alpha1.TaskRoleClass
	if err := yaml.UnmarshalStrict(text, &class); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if class.Kind != "TaskRoleClass" || class.Spec.AccountID == "" || class.Spec.Region == "" {
		return nil, fmt.Errorf("%s: a TaskRoleClass with accountID and region is wanted", path)
	}
	return &class, nil
}

func write(out io.Writer, document policy.Document) error {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(document.JSON()), "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, pretty.String())
	return err
}
