package main

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// taskDefinition is what the pipeline registers: for Fargate, with two containers,
// an EFS volume, tags, and two members that no SDK knows.
//
//go:embed taskdefinition.json
var taskDefinition string

// The application's versions that the pipeline brings.
const (
	firstVersion  = "1.4.2"
	secondVersion = "1.4.3"
	thirdVersion  = "1.4.4"
)

// runPipeline registers a first revision of every family. None carries a role.
func (d *demo) runPipeline(ctx context.Context) error {
	for _, tr := range d.samples.taskRoles {
		if _, err := d.register(ctx, tr.Spec.Family, firstVersion); err != nil {
			return err
		}
	}
	return nil
}

// register returns the name of the revision, as in FAMILY:7.
func (d *demo) register(ctx context.Context, family, version string) (string, error) {
	spec := d.samples.class.Spec
	text := strings.NewReplacer("FAMILY", family, "VERSION", version,
		"ACCOUNT", spec.AccountID, "REGION", spec.Region).Replace(taskDefinition)
	arn, err := d.actors.deployer.register(ctx, family, []byte(text))
	if err != nil {
		return "", fmt.Errorf("register a revision of %s: %w", family, err)
	}
	name := arn[strings.LastIndex(arn, "/")+1:]
	d.screen.step("the pipeline registered %s, without a role", name)
	return name, nil
}

// runPipelineAgain shows the daily life of a family: the pipeline brings a new
// version and knows nothing of the role; nothing that it brought is lost.
func (d *demo) runPipelineAgain(ctx context.Context) error {
	tr, err := d.samples.guide()
	if err != nil {
		return err
	}
	family := tr.Spec.Family
	name, err := d.register(ctx, family, secondVersion)
	if err != nil {
		return err
	}
	// By its name: the newest one may already be the controller's.
	theirs, err := d.actors.deployer.describe(ctx, name)
	if err != nil {
		return err
	}
	if err := d.askForALook(ctx); err != nil {
		return err
	}
	if err := d.await(ctx, func(tr *v1alpha1.TaskRole) bool {
		return settled(tr) && (tr.Spec.Family != family || tr.Status.TaskDefinition.Revision > theirs.revision())
	}); err != nil {
		return err
	}
	ours, err := d.actors.deployer.newest(ctx, family)
	if err != nil {
		return err
	}
	if err := sameButForTheRole(theirs, ours); err != nil {
		return err
	}
	d.screen.check("%s:%d carries the role and the pipeline's new image, %s:%s", family, ours.revision(), family, secondVersion)
	return nil
}
