package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// question is one request, and whether the role shall be able to make it.
type question struct {
	action, resource string
	context          map[string][]string
	want             policy.Decision
}

// presentPermissions shows what grants, ECS Exec and inference came to, and asks
// the documents that IAM has, not the status, what they permit.
func (d *demo) presentPermissions(ctx context.Context) error {
	ordersAPI, err := d.samples.named("orders-api")
	if err != nil {
		return err
	}
	worker, err := d.samples.named("checkout-worker")
	if err != nil {
		return err
	}
	spec := d.samples.class.Spec
	sqs := "arn:aws:sqs:" + spec.Region + ":" + spec.AccountID + ":"
	if err := d.ask(ctx, &ordersAPI, []question{
		{action: "s3:GetObject", resource: "arn:aws:s3:::my-task-secrets-bucket/key", want: policy.Allowed},
		{action: "s3:PutObject", resource: "arn:aws:s3:::my-task-secrets-bucket/key", want: policy.ImplicitlyDenied},
		{action: "s3:GetObject", resource: "arn:aws:s3:::my-task-secrets-bucket2/key", want: policy.ImplicitlyDenied},
		{action: "sqs:ReceiveMessage", resource: sqs + "orders", want: policy.Allowed},
		{action: "sqs:DeleteMessage", resource: sqs + "orders", want: policy.Allowed},
		{action: "sqs:SendMessage", resource: sqs + "orders", want: policy.ImplicitlyDenied},
		{action: "ssmmessages:OpenDataChannel", resource: "*", want: policy.Allowed},
	}); err != nil {
		return err
	}
	if err := d.presentImplied(ctx, &ordersAPI); err != nil {
		return err
	}
	fileSystem := "arn:aws:elasticfilesystem:" + spec.Region + ":" + spec.AccountID + ":file-system/fs-0123456789abcdef0"
	through := map[string][]string{"elasticfilesystem:AccessPointArn": {
		"arn:aws:elasticfilesystem:" + spec.Region + ":" + spec.AccountID + ":access-point/fsap-0123456789abcdef0",
	}}
	return d.ask(ctx, &worker, []question{
		{action: "elasticfilesystem:ClientMount", resource: fileSystem, context: through, want: policy.Allowed},
		{action: "elasticfilesystem:ClientMount", resource: fileSystem, want: policy.ImplicitlyDenied},
		{action: "elasticfilesystem:ClientWrite", resource: fileSystem, context: through, want: policy.ImplicitlyDenied}, // mounted read-only
	})
}

// ask shows the compiled policies of a TaskRole and puts the questions to them.
func (d *demo) ask(ctx context.Context, sample *v1alpha1.TaskRole, questions []question) error {
	var tr v1alpha1.TaskRole
	if err := d.kube.Get(ctx, client.ObjectKeyFromObject(sample), &tr); err != nil {
		return err
	}
	var has policy.Policies
	for _, p := range tr.Status.Policies {
		version, err := d.actors.platform.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &p.ARN, VersionId: &p.Version})
		if err != nil {
			return err
		}
		document, err := d.exhibitDocument("policy "+p.ARN+", version "+p.Version, version.PolicyVersion.Document)
		if err != nil {
			return err
		}
		has.Identity = append(has.Identity, document)
	}
	for _, q := range questions {
		got := has.Evaluate(policy.Request{Action: q.action, Resource: q.resource, Context: q.context})
		if got != q.want {
			return fmt.Errorf("role of TaskRole %s: %s on %s is %s, not %s", key(&tr), q.action, q.resource, got, q.want)
		}
	}
	d.screen.check("of %d requests put to it, the role of %s may make exactly those that it should", len(questions), tr.Name)
	return nil
}

// presentImplied shows what the task definition needs and nobody declared.
func (d *demo) presentImplied(ctx context.Context, sample *v1alpha1.TaskRole) error {
	var tr v1alpha1.TaskRole
	if err := d.kube.Get(ctx, client.ObjectKeyFromObject(sample), &tr); err != nil {
		return err
	}
	i := slices.IndexFunc(tr.Status.Findings, func(f v1alpha1.Finding) bool { return f.Code == "IMPLIED_EFS" })
	if i < 0 {
		return fmt.Errorf("the task definition of TaskRole %s mounts an EFS volume, and no finding tells that its role may not", key(&tr))
	}
	f := tr.Status.Findings[i]
	d.screen.step("finding, %s, %s, %s: %s", f.Severity, f.Code, f.Subject, f.Message)
	return nil
}
