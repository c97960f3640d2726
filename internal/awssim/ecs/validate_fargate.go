package ecs

// sizes are the memory, in MiB, that goes with one cpu value.
type sizes struct{ from, to, step int64 }

// fargateSizes is the table of "Task size" in the developer guide's page on Amazon
// ECS task definition parameters for Fargate. 256 goes with 512, 1024 and 2048
// alone.
var fargateSizes = map[int64]sizes{
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

// validFargate holds what Fargate asks beyond what EC2 does.
func validFargate(d object) error {
	switch {
	case text(d, "networkMode") != "awsvpc":
		return clientError("Fargate only supports network mode ‘awsvpc’.")
	case !has(d, "cpu"):
		return clientError("Fargate requires that 'cpu' be defined at the task level.")
	case !has(d, "memory"):
		return clientError("Fargate requires that 'memory' be defined at the task level.")
	case !fargateSize(d):
		return clientError("No Fargate configuration exists for given values.")
	case text(d, "pidMode") == "host":
		return clientError("Tasks using the Fargate launch type do not support pidMode 'host'.")
	case has(d, "ipcMode"):
		return clientError("Tasks using the Fargate launch type do not support ipcMode.")
	case len(list(d, "placementConstraints")) > 0:
		return clientError("Fargate compatible task definitions do not support placementConstraints.")
	}
	if err := fargateContainers(d); err != nil {
		return err
	}
	for _, v := range objects(d, "volumes") {
		if has(v, "dockerVolumeConfiguration") {
			return clientError("Fargate compatible task definitions do not support dockerVolumeConfiguration.")
		}
		if has(child(v, "host"), "sourcePath") {
			return clientError("Fargate compatible task definitions do not support sourcePath.")
		}
	}
	return nil
}

func fargateSize(d object) bool {
	cpu, _ := taskSize("cpu", text(d, "cpu"))
	memory, _ := taskSize("memory", text(d, "memory"))
	if cpu == 256 {
		return memory == 512 || memory == 1024 || memory == 2048
	}
	s, ok := fargateSizes[cpu]
	return ok && memory >= s.from && memory <= s.to && memory%s.step == 0
}

func fargateContainers(d object) error {
	executes := has(d, "executionRoleArn")
	var cpu int64
	for _, c := range objects(d, "containerDefinitions") {
		cpu += number(c, "cpu")
		driver := text(child(c, "logConfiguration"), "logDriver")
		switch {
		case truth(c, "privileged"):
			return clientError("Fargate requires that the 'privileged' setting be 'false'.")
		case driver != "" && driver != "awslogs" && driver != "splunk" && driver != "awsfirelens":
			return clientError("%s is not a valid log driver. Must be one of [awslogs, splunk, awsfirelens]", driver)
		case driver == "awslogs" && !executes:
			return clientError("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
		case ecrImage.MatchString(text(c, "image")) && !executes:
			return clientError("Fargate requires task definition to have execution role ARN to support ECR images.")
		case len(list(c, "links")) > 0:
			return clientError("Links are not supported when networkMode=awsvpc.")
		}
	}
	if task, _ := taskSize("cpu", text(d, "cpu")); cpu > task {
		return clientError("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")
	}
	return nil
}
