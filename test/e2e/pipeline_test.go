package e2e

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// registered registers a plain revision of a family as the pipeline does, and
// returns its number.
func (s *stage) register(family, image string, change ...func(*ecs.RegisterTaskDefinitionInput)) int {
	s.Helper()
	return s.registerBy(s.pipeline, family, image, change...)
}

func (s *stage) registerBy(who *cloud, family, image string, change ...func(*ecs.RegisterTaskDefinitionInput)) int {
	s.Helper()
	in := &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(family), Cpu: aws.String("256"), Memory: aws.String("512"),
		NetworkMode: types.NetworkModeAwsvpc, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String(image), Essential: aws.Bool(true)}},
	}
	for _, c := range change {
		c(in)
	}
	out, err := who.ecs.RegisterTaskDefinition(s.ctx, in)
	s.must(err)
	return int(out.TaskDefinition.Revision)
}

// carrying names a role in a registration.
func carrying(arn string) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { in.TaskRoleArn = aws.String(arn) }
}

// image is the image of a revision's first container.
func image(r revision) string {
	_, rest, _ := strings.Cut(string(r.members["containerDefinitions"]), `"image":"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// awaitRole waits until the newest ACTIVE revision of a family carries the role
// and the image, and returns it.
func (s *stage) awaitRole(family, role, want string) revision {
	s.Helper()
	var newest revision
	s.eventually(fmt.Sprintf("the newest revision of %s runs %s with role %q", family, want, role), func() error {
		newest = s.describe(family)
		if newest.text("taskRoleArn") != role || image(newest) != want {
			return fmt.Errorf("revision %d runs %s with role %q", newest.number(), image(newest), newest.text("taskRoleArn"))
		}
		return nil
	})
	return newest
}

// deregister withdraws a revision by hand.
func (s *stage) deregister(family string, number int) {
	s.Helper()
	_, err := s.admin.ecs.DeregisterTaskDefinition(s.ctx, &ecs.DeregisterTaskDefinitionInput{
		TaskDefinition: aws.String(fmt.Sprintf("%s:%d", family, number)),
	})
	s.must(err)
}
