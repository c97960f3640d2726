package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// somePolicy is the document of policies whose content plays no part here.
const somePolicy = `{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sqs:*", "xray:*"], "Resource": "*"}]
}`

// preparePlatform makes what exists in an account before any TaskRole does: the
// policies of the company's own that the samples attach or are bounded by.
func (d *demo) preparePlatform(ctx context.Context) error {
	spec := d.samples.class.Spec
	d.actors = actors{
		deployer: pipeline{ecs.NewFromConfig(configuration(d.aws.URL(), spec.Region, d.aws.Session(spec.AccountID, "deployer", "build-1")))},
		platform: iam.NewFromConfig(configuration(d.aws.URL(), spec.Region, d.aws.User(spec.AccountID, "admin"))),
	}
	made := map[v1alpha1.PolicyARN]bool{"": true}
	for _, tr := range d.samples.taskRoles {
		named := []v1alpha1.PolicyARN{spec.PermissionsBoundaryARN, tr.Spec.PermissionsBoundaryARN}
		for _, policy := range append(named, tr.Spec.ManagedPolicyARNs...) {
			if made[policy] {
				continue
			}
			made[policy] = true
			if err := d.makePolicy(ctx, string(policy)); err != nil {
				return fmt.Errorf("make policy %s: %w", policy, err)
			}
		}
	}
	return nil
}

// makePolicy makes a policy of the company's own; those of AWS are there.
func (d *demo) makePolicy(ctx context.Context, name string) error {
	parsed, err := arn.Parse(name)
	if err != nil {
		return err
	}
	if parsed.AccountID != d.samples.class.Spec.AccountID {
		return nil
	}
	full := strings.TrimPrefix(parsed.Resource, "policy")
	path, base := full[:strings.LastIndex(full, "/")+1], full[strings.LastIndex(full, "/")+1:]
	document := somePolicy
	_, err = d.actors.platform.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &base, Path: &path, PolicyDocument: &document})
	if err == nil {
		d.screen.step("the platform team made policy %s", full[1:])
	}
	return err
}
