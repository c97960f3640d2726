package ecs

import (
	"regexp"
	"slices"
	"strings"
)

// ecrImage is an image in a private registry of Amazon ECR.
var ecrImage = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/`)

func fargate(definition object) bool {
	return slices.Contains(texts(definition, "requiresCompatibilities"), "FARGATE")
}

// compatibilities are the launch types that the definition was found fit for. AWS
// looks at every member; here what its network mode, its size and its volumes say
// has to do.
func compatibilities(definition object) []string {
	if text(definition, "networkMode") != "awsvpc" {
		return []string{"EXTERNAL", "EC2"}
	}
	fits := []string{"EC2"}
	if validFargate(definition) == nil {
		fits = append(fits, "FARGATE")
	}
	return fits
}

// attributeSet collects names once each, in the order in which they came.
type attributeSet []string

func (s *attributeSet) add(names ...string) {
	for _, n := range names {
		if !slices.Contains(*s, n) {
			*s = append(*s, n)
		}
	}
}

// requiredAttributes are what a container instance must offer to be given the
// task: one for each feature the definition uses. AWS documents no full list; this
// one comes from definitions as AWS describes them in public.
func requiredAttributes(definition object) []any {
	var s attributeSet
	executes := text(definition, "executionRoleArn") != ""
	for _, c := range objects(definition, "containerDefinitions") {
		containerAttributes(&s, c, executes)
	}
	mode := text(definition, "networkMode")
	if text(definition, "taskRoleArn") != "" {
		s.add("com.amazonaws.ecs.capability.docker-remote-api.1.17")
		if mode == "host" {
			s.add("com.amazonaws.ecs.capability.task-iam-role-network-host")
		} else {
			s.add("com.amazonaws.ecs.capability.task-iam-role")
		}
	}
	if mode == "awsvpc" {
		s.add("com.amazonaws.ecs.capability.docker-remote-api.1.18", "ecs.capability.task-eni")
	}
	for _, v := range objects(definition, "volumes") {
		if efs := child(v, "efsVolumeConfiguration"); efs != nil {
			s.add("ecs.capability.efs", "com.amazonaws.ecs.capability.docker-remote-api.1.25")
			if has(efs, "authorizationConfig") {
				s.add("ecs.capability.efsAuth")
			}
		}
	}
	out := make([]any, 0, len(s))
	for _, name := range s {
		out = append(out, object{"name": name})
	}
	return out
}

func containerAttributes(s *attributeSet, c object, executes bool) {
	if driver := text(child(c, "logConfiguration"), "logDriver"); driver != "" {
		s.add("com.amazonaws.ecs.capability.logging-driver." + driver)
		if driver == "awslogs" {
			s.add("com.amazonaws.ecs.capability.docker-remote-api.1.19")
			if executes {
				s.add("ecs.capability.execution-role-awslogs")
			}
		}
	}
	if ecrImage.MatchString(text(c, "image")) {
		s.add("com.amazonaws.ecs.capability.ecr-auth")
		if executes {
			s.add("ecs.capability.execution-role-ecr-pull")
		}
	}
	if truth(c, "privileged") {
		s.add("com.amazonaws.ecs.capability.privileged-container")
	}
	if has(c, "healthCheck") {
		s.add("ecs.capability.container-health-check", "com.amazonaws.ecs.capability.docker-remote-api.1.24")
	}
	if len(list(c, "dependsOn")) > 0 {
		s.add("ecs.capability.container-ordering")
	}
	for _, secret := range objects(c, "secrets") {
		if strings.Contains(text(secret, "valueFrom"), ":secretsmanager:") {
			s.add("ecs.capability.secrets.asm.environment-variables")
		} else {
			s.add("ecs.capability.secrets.ssm.environment-variables")
		}
	}
}
