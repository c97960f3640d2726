package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// ecsCluster is where the application runs.
const ecsCluster = "shop"

// moveService shows how the role gets to what runs already: the pipeline deploys
// what it registered, and the controller moves the service to its copy of that.
func (d *demo) moveService(ctx context.Context) error {
	tr, err := d.samples.guide()
	if err != nil {
		return err
	}
	family := tr.Spec.Family
	name, err := d.register(ctx, family, thirdVersion)
	if err != nil {
		return err
	}
	if err := d.deploy(ctx, family, name); err != nil {
		return err
	}
	d.screen.step("the pipeline deployed service %s/%s with %s", ecsCluster, family, name)
	patch := `{"spec":{"rollout":{"services":"Update"}}}`
	if _, err := d.kubectl.run(ctx, "patch", "taskrole", "-n", tr.Namespace, tr.Name, "--type=merge", "-p", patch); err != nil {
		return err
	}
	d.screen.step("kubectl patch taskrole -n %s %s --type=merge -p '%s'", tr.Namespace, tr.Name, patch)
	if err := d.await(ctx, func(tr *v1alpha1.TaskRole) bool {
		return tr.Spec.Family != family || settled(tr) && len(tr.Status.Services) == 1 && tr.Status.Services[0].State == v1alpha1.ServiceSynced
	}); err != nil {
		return err
	}
	return d.presentService(ctx, family)
}

func (d *demo) deploy(ctx context.Context, family, revision string) error {
	if _, err := d.actors.deployer.ecs.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String(ecsCluster)}); err != nil {
		return err
	}
	_, err := d.actors.deployer.ecs.CreateService(ctx, &ecs.CreateServiceInput{
		Cluster: aws.String(ecsCluster), ServiceName: &family, TaskDefinition: &revision, DesiredCount: aws.Int32(1), LaunchType: types.LaunchTypeFargate,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	return err
}

// presentService checks against ECS itself what the service runs by now.
func (d *demo) presentService(ctx context.Context, family string) error {
	out, err := d.actors.deployer.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(ecsCluster), Services: []string{family}})
	if err != nil {
		return err
	}
	if len(out.Services) != 1 {
		return fmt.Errorf("service %s/%s is not there", ecsCluster, family)
	}
	arn := aws.ToString(out.Services[0].TaskDefinition)
	runs, err := d.actors.deployer.describe(ctx, arn)
	if err != nil {
		return err
	}
	if runs.text("taskRoleArn") == "" {
		return fmt.Errorf("service %s/%s runs %s, which carries no role", ecsCluster, family, arn)
	}
	d.screen.check("service %s/%s was moved to %s, which carries %s", ecsCluster, family, arn[strings.LastIndex(arn, "/")+1:], runs.text("taskRoleArn"))
	return nil
}
