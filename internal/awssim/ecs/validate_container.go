package ecs

import "slices"

func validContainers(d object) error {
	var names []string
	essential := false
	for _, c := range objects(d, "containerDefinitions") {
		if err := validContainer(d, c); err != nil {
			return err
		}
		name := text(c, "name")
		if slices.Contains(names, name) {
			return clientError("Container names must be unique within a task definition.")
		}
		names = append(names, name)
		essential = essential || !has(c, "essential") || truth(c, "essential")
	}
	if !essential {
		return clientError("Task definition doesn't have any essential container.")
	}
	return nil
}

func validContainer(d, c object) error {
	switch {
	case text(c, "name") == "":
		return clientError("Container.name should not be null or empty.")
	case !namePattern.MatchString(text(c, "name")):
		return clientError("Container.name contains invalid characters.")
	case text(c, "image") == "":
		return clientError("Container.image should not be null or empty.")
	}
	for _, check := range []func(d, c object) error{validMemory, validPorts, validLog, validHealthCheck, validNaming} {
		if err := check(d, c); err != nil {
			return err
		}
	}
	return nil
}

// validMemory: "you must specify a task-level memory value, a container-level
// memory value, or both" (ContainerDefinition).
func validMemory(d, c object) error {
	name, hard, soft := text(c, "name"), number(c, "memory"), number(c, "memoryReservation")
	task, _ := taskSize("memory", text(d, "memory"))
	switch {
	case has(c, "memory") && hard < 1 || has(c, "memoryReservation") && soft < 1:
		return clientError("Invalid setting for container '%s'. Memory must be at least 1 MiB.", name)
	case !has(c, "memory") && !has(c, "memoryReservation") && !has(d, "memory"):
		return clientError("Invalid setting for container '%s'. At least one of 'memory' or 'memoryReservation' must be specified.", name)
	case has(c, "memory") && soft > hard:
		return clientError("Invalid setting for container '%s'. 'memory' must be greater than or equal to 'memoryReservation'.", name)
	case has(d, "memory") && max(hard, soft) > task:
		return clientError("The 'memory' setting for container '%s' is greater than for the task.", name)
	}
	return nil
}

func validPorts(d, c object) error {
	mode := text(d, "networkMode")
	for _, p := range objects(c, "portMappings") {
		port, host := number(p, "containerPort"), number(p, "hostPort")
		switch {
		case has(p, "containerPortRange"):
			if has(p, "containerPort") || has(p, "hostPort") {
				return clientError("Invalid port mapping: cannot specify both single port and port range.")
			}
			continue
		case port < 1 || port > 65535 || host < 0 || host > 65535:
			return clientError("Invalid port mapping: ports go from 1 to 65535.")
		case has(p, "hostPort") && host != port && sharesPorts(mode):
			return clientError("When networkMode=%s, the host ports and container ports in port mappings must match.", mode)
		}
	}
	if mode == "none" && len(list(c, "portMappings")) > 0 {
		return clientError("When networkMode=none, port mappings are not allowed.")
	}
	return nil
}

func validLog(d, c object) error {
	log := child(c, "logConfiguration")
	switch {
	case log == nil:
		return nil
	case text(log, "logDriver") == "":
		return clientError("Log driver should not be null or empty.")
	case text(log, "logDriver") == "awslogs" && !has(child(log, "options"), "awslogs-group"):
		return clientError("Log driver awslogs requires options: awslogs-group")
	case text(log, "logDriver") == "awsfirelens" && !slices.ContainsFunc(objects(d, "containerDefinitions"),
		func(other object) bool { return has(other, "firelensConfiguration") }):
		return clientError("When awsfirelens log driver is specified in log configuration, a firelens configuration object must be specified.")
	}
	return nil
}

// validHealthCheck holds the ranges that HealthCheck documents.
func validHealthCheck(_, c object) error {
	check := child(c, "healthCheck")
	if check == nil {
		return nil
	}
	if len(list(check, "command")) == 0 {
		return clientError("Health check command of container '%s' should not be empty.", text(c, "name"))
	}
	for _, r := range []struct {
		member   string
		from, to int64
	}{{"interval", 5, 300}, {"timeout", 2, 60}, {"retries", 1, 10}, {"startPeriod", 0, 300}} {
		if n := number(check, r.member); has(check, r.member) && (n < r.from || n > r.to) {
			return clientError("Health check %s of container '%s' must be between %d and %d.", r.member, text(c, "name"), r.from, r.to)
		}
	}
	return nil
}

// validNaming refuses pairs of name and value that lack their name.
func validNaming(_, c object) error {
	for _, list := range []string{"environment", "secrets"} {
		for _, pair := range objects(c, list) {
			if text(pair, "name") == "" {
				return clientError("Every entry of '%s' of container '%s' must have a name.", list, text(c, "name"))
			}
		}
	}
	return nil
}

// validDependencies: ContainerDependency says what each condition asks of the
// container waited for.
func validDependencies(d object) error {
	containers := map[string]object{}
	for _, c := range objects(d, "containerDefinitions") {
		containers[text(c, "name")] = c
	}
	for _, c := range objects(d, "containerDefinitions") {
		for _, dep := range objects(c, "dependsOn") {
			on, ok := containers[text(dep, "containerName")]
			if !ok {
				return clientError("Cannot depend on container + '%s' because it does not exist", text(dep, "containerName"))
			}
			switch text(dep, "condition") {
			case "SUCCESS", "COMPLETE":
				if !has(on, "essential") || truth(on, "essential") {
					return clientError("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container")
				}
			case "HEALTHY":
				if !has(on, "healthCheck") {
					return clientError("A dependency container with HEALTHY condition must have health check configured")
				}
			}
		}
	}
	if cyclic(containers) {
		return clientError("Container dependencies must not form a cycle.")
	}
	return nil
}

// cyclic takes away, again and again, the containers that wait for none that is
// left; what cannot be taken away waits in a circle.
func cyclic(containers map[string]object) bool {
	left := map[string]object{}
	for name, c := range containers {
		left[name] = c
	}
	for taken := true; taken; {
		taken = false
		for name, c := range left {
			if !slices.ContainsFunc(objects(c, "dependsOn"), func(dep object) bool { return left[text(dep, "containerName")] != nil }) {
				delete(left, name)
				taken = true
			}
		}
	}
	return len(left) > 0
}
