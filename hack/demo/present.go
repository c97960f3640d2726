package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// guideRoleName and guideTrust are what AWS's guide has one make by hand (Amazon
// ECS developer guide: Task IAM role), for account 111122223333 in us-west-2.
const (
	guideRoleName = "AmazonECSTaskS3BucketRole"
	guideTrust    = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"Service": ["ecs-tasks.amazonaws.com"]},
    "Action": "sts:AssumeRole",
    "Condition": {
      "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-west-2:111122223333:*"},
      "StringEquals": {"aws:SourceAccount": "111122223333"}
    }
  }]
}`
)

// present shows what became of the samples, and checks it against AWS itself,
// not against the status.
func (d *demo) present(ctx context.Context) error {
	guide, err := d.samples.guide()
	if err != nil {
		return err
	}
	if err := d.exhibitCommand(ctx, "get", "taskroles", "-A"); err != nil {
		return err
	}
	if err := d.presentRole(ctx); err != nil {
		return err
	}
	if err := d.presentPolicy(ctx, &guide); err != nil {
		return err
	}
	if err := d.exhibitCommand(ctx, "get", "events", "-n", guide.Namespace, "-o",
		"custom-columns=OBJECT:.involvedObject.name,TYPE:.type,REASON:.reason,MESSAGE:.message"); err != nil {
		return err
	}
	return d.presentRevisions(ctx, guide.Spec.Family)
}

func (d *demo) exhibitCommand(ctx context.Context, args ...string) error {
	out, err := d.kubectl.run(ctx, args...)
	if err != nil {
		return err
	}
	title := "kubectl"
	for _, arg := range args {
		title += " " + arg
	}
	d.screen.exhibit(title, out)
	return nil
}

func (d *demo) presentRole(ctx context.Context) error {
	role, err := d.actors.platform.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(guideRoleName)})
	if err != nil {
		return err
	}
	trust, err := d.exhibitDocument("trust policy of "+aws.ToString(role.Role.Arn), role.Role.AssumeRolePolicyDocument)
	if err != nil {
		return err
	}
	want, err := policy.Parse(guideTrust)
	if err != nil {
		return err
	}
	if !policy.Equivalent(trust, want) {
		return errors.New("the trust policy is not that of AWS's guide")
	}
	d.screen.check("the trust policy is that of AWS's guide")
	return nil
}

// presentPolicy shows the guide's permission policy, which carries conditions
// that never match, and what the controller has to say about it.
func (d *demo) presentPolicy(ctx context.Context, guide *v1alpha1.TaskRole) error {
	var tr v1alpha1.TaskRole
	if err := d.kube.Get(ctx, client.ObjectKeyFromObject(guide), &tr); err != nil {
		return err
	}
	if len(tr.Status.Policies) != 1 {
		return fmt.Errorf("TaskRole %s has %d policies in its status, not one", key(&tr), len(tr.Status.Policies))
	}
	has := tr.Status.Policies[0]
	version, err := d.actors.platform.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &has.ARN, VersionId: &has.Version})
	if err != nil {
		return err
	}
	if _, err := d.exhibitDocument("policy "+has.ARN+", version "+has.Version, version.PolicyVersion.Document); err != nil {
		return err
	}
	attached, err := d.actors.platform.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(guideRoleName)})
	if err != nil {
		return err
	}
	if len(attached.AttachedPolicies) != 1 || aws.ToString(attached.AttachedPolicies[0].PolicyArn) != has.ARN {
		return fmt.Errorf("attached is something else than policy %s", has.ARN)
	}
	d.screen.check("it is attached, and nothing else is")
	isError := func(f v1alpha1.Finding) bool { return f.Severity == v1alpha1.SeverityError }
	if !slices.ContainsFunc(tr.Status.Findings, isError) {
		return errors.New("the guide's conditions never match a task's own calls, and no finding says so")
	}
	for _, f := range tr.Status.Findings {
		d.screen.step("finding, %s, %s: %s", f.Severity, f.Code, f.Message)
	}
	return nil
}

// exhibitDocument shows a policy document as IAM answers it, URL-encoded.
func (d *demo) exhibitDocument(title string, encoded *string) (policy.Document, error) {
	text, err := decoded(encoded)
	if err != nil {
		return policy.Document{}, err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
		return policy.Document{}, err
	}
	d.screen.exhibit(title, pretty.String())
	return policy.Parse(text)
}

// presentRevisions shows what the controller made of the pipeline's revision, and
// checks every family.
func (d *demo) presentRevisions(ctx context.Context, shown string) error {
	for _, tr := range d.samples.taskRoles {
		family := tr.Spec.Family
		first, err := d.actors.deployer.describe(ctx, family+":1")
		if err != nil {
			return err
		}
		newest, err := d.actors.deployer.newest(ctx, family)
		if err != nil {
			return err
		}
		if tr.Spec.ManagementPolicy == v1alpha1.ManagementObserve {
			if newest.revision() != 1 {
				return fmt.Errorf("family %s is only observed, and has a new revision %d", family, newest.revision())
			}
			d.screen.check("family %s is as the pipeline left it: its TaskRole only observes", family)
			continue
		}
		if err := sameButForTheRole(first, newest); err != nil {
			return err
		}
		if family == shown {
			d.screen.exhibit("what the new revision differs in", difference(first, newest))
		}
		d.screen.check("%s:%d carries %s and is revision 1 in everything else", family, newest.revision(), newest.text("taskRoleArn"))
	}
	return nil
}
