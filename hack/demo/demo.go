package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// clusterID is the name of this cluster in IAM.
const clusterID = "demo"

// demo is one run: what was started, and how to end it.
type demo struct {
	settings settings
	screen   screen
	// end ends the run, and says why.
	end context.CancelCauseFunc
	// undo ends what was started, the last first.
	undo []func() error

	folder  string // of this run: configuration and logs
	plane   *controlplane.Plane
	kube    client.WithWatch
	kubectl kubectl
	aws     *awssim.Server
	samples samples
	actors  actors
}

// show takes one step after the other. The first that fails ends it.
func (d *demo) show(ctx context.Context) error {
	steps := []func(context.Context) error{
		// The stage.
		d.makeFolder, d.startAWS, d.startControlPlane, d.install, d.readSamples,
		// The play.
		d.preparePlatform, d.runPipeline, d.startManager, d.applySamples, d.awaitSamples,
		d.present, d.presentPermissions, d.lookAgain, d.runPipelineAgain, d.moveService, d.explainHosts,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

func (d *demo) makeFolder(context.Context) (err error) {
	if d.folder, err = os.MkdirTemp("", "taskrole-demo-"); err != nil {
		return err
	}
	d.undo = append(d.undo, func() error { return os.RemoveAll(d.folder) })
	return nil
}

func (d *demo) startAWS(context.Context) (err error) {
	// AWS needs a moment until ECS can assume a new role; so does this one.
	//nolint:contextcheck // it lives until Close, and not only as long as a step
	if d.aws, err = awssim.Start(awssim.Options{Propagation: propagation}); err != nil {
		return err
	}
	d.undo = append(d.undo, d.aws.Close)
	d.screen.step("a simulated AWS (IAM, STS, ECS) listens at %s", d.aws.URL())
	return nil
}

// cleanUp ends everything that was started. It is not to be interrupted.
func (d *demo) cleanUp() error {
	d.screen.step("ending everything that was started")
	var errs []error
	for _, undo := range slices.Backward(d.undo) {
		errs = append(errs, undo())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
