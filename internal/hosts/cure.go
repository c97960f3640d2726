package hosts

// Cures that need nothing of the hosts.
const (
	cureNoInstances = "Register a container instance there, or wait for the capacity provider to start one; it is judged at the next look"
	cureUnread      = "Let the TaskRoleClass name the cluster, and allow the controller ecs:ListContainerInstances and ecs:DescribeContainerInstances"
	// restart is said where a cure shows in attributes.
	restart = "; then restart the agent, for attributes are sent only when it registers"
	// put warns of the test that can lie.
	put = ". Do not put the attribute by hand: the host would be given tasks that it cannot serve"
	// elsewhere is for hosts that nothing is known to mend.
	elsewhere = "Let the family run on Linux, or on Windows on Amazon EC2, and keep it from these hosts by a placement constraint"
	// check is what looks at a host from within.
	check = "`kubectl-taskrole hosts check` on the host"
)

// cure says what to do about a symptom on the hosts that have it.
func (r *round) cure(x symptom) string {
	v := r.tallies[x].variants
	setup := v.setup(r.family.NetworkMode, "")
	// again is for an instance of Windows that runs already.
	again := v.setup(r.family.NetworkMode, " --output powershell")
	switch x {
	case agentDisconnected:
		return "Look at the agent on the host" + v.agent() + "; a host that is gone: `aws ecs deregister-container-instance --cluster CLUSTER --container-instance ID --force`"
	case agentTooOld, agentVersionUnknown:
		return r.update(v)
	case taskRoleDisabled, taskRoleHostDisabled, awsvpcDisabled:
		return "Run what " + setup + " prints" + restart + put
	case windowsTaskRoleDisabled:
		return r.cureWindows(v, setup)
	case windowsPort80Free:
		return "Run what " + again + " prints, which initializes the agent again; do not put the attribute by hand"
	case imdsNotBlocked:
		return "Set ECS_AWSVPC_BLOCK_IMDS=true, as " + setup + " prints" + restart
	case imdsUnknown:
		return "Check it: " + check + ", or `sudo iptables -C DOCKER-USER --in-interface docker+ --destination 169.254.169.254/32 --jump DROP`; set it: run what " +
			setup + " prints; then declare it: `aws ecs put-attributes --cluster CLUSTER --attributes name=" + AttributeIMDS + ",value=" + IMDSBlocked + ",targetType=container-instance,targetId=ID`"
	case notECSOptimized:
		return "See whether the host has all it needs: " + check + "; what it needs: " + setup
	case windowsRoutes:
		return "Let each container run at its start the script that " + v.setup(r.family.NetworkMode, " --output container-powershell") +
			" prints (container-cmd where there is no PowerShell); AWS's also routes 169.254.169.254, by which the credentials of the instance are reached: --imds block leaves that out"
	case windowsReboot:
		return "Replace an instance instead of rebooting it, or run after each reboot what " + again + " prints"
	default:
		return r.cureElsewhere(x)
	}
}

// cureElsewhere is the cure of what lies in the definition, in IAM or in what is
// installed.
func (r *round) cureElsewhere(x symptom) string {
	switch x {
	case networkModeUnsupported:
		return "Let the definition use a network mode that these hosts have (external Linux: bridge, host or none; Windows on Amazon EC2: default or awsvpc), or keep it from them by a placement constraint"
	case windowsOutside:
		return elsewhere
	case networkModeNone:
		return "Let the definition use bridge, host or awsvpc"
	case credentialsPort:
		return "Map another host port than 51679, or 0 for a dynamic one"
	case windowsPort80:
		return "Map another host port than 80 and put a load balancer in front, which may listen on 80; or use awsvpc"
	case missingAttributes:
		return "Update the agent or configure what the attributes stand for" + restart + "; what an instance has: `aws ecs list-attributes --cluster CLUSTER --target-type container-instance --attribute-name NAME`"
	case execUnsupported:
		return "Install ecs-init and the newest agent, or use an ECS-optimized AMI (Windows Server 2019 or later)" + restart
	case efsAuthUnsupported:
		return "Install ecs-init and amazon-efs-utils, or use an ECS-optimized AMI for Linux" + restart
	case hostModeIsolation:
		return "Use awsvpc or bridge, or give the role of the instance no more than AmazonEC2ContainerServiceforEC2Role"
	case instanceRoleWide:
		return "Detach what goes beyond AmazonEC2ContainerServiceforEC2Role from the role of the instance, and grant it to the TaskRoles that need it: `aws iam list-attached-role-policies --role-name ROLE` and `aws iam list-role-policies --role-name ROLE`"
	case credentialsPortFree:
		return "Add 51679 to ECS_RESERVED_PORTS in the agent's configuration" + restart
	default:
		return ""
	}
}

// cureWindows: the option belongs to the user data that an instance of Amazon EC2
// starts with.
func (r *round) cureWindows(v variants, setup string) string {
	if setup == "" {
		return elsewhere
	}
	text := "Launch the instances with the user data that " + setup + " prints: Initialize-ECSAgent with -EnableTaskIAMRole" + put
	if v&windowsExternal != 0 {
		text += ". External ones: " + elsewhere
	}
	return text
}

// update is how the agent gets newer (Amazon ECS Developer Guide: Updating the
// Amazon ECS container agent; UpdateContainerAgent is for ECS-optimized Linux).
func (r *round) update(v variants) string {
	text := "Replace the instances by ones of the newest AMI"
	if v&linuxEC2 != 0 {
		text += ", or update the agent: `aws ecs update-container-agent --cluster CLUSTER --container-instance ID`"
	}
	if setup := (v &^ linuxEC2).setup(r.family.NetworkMode, ""); setup != "" {
		text += ", or install the newest agent and start it as " + setup + " prints"
	}
	return text
}

// agent is the command that shows the agent's state.
func (v variants) agent() string {
	switch {
	case v&anyLinux == 0:
		return ": `Get-Service AmazonECS`"
	case v&anyWindows == 0:
		return ": `sudo systemctl status ecs`"
	default:
		return ": `sudo systemctl status ecs`, on Windows `Get-Service AmazonECS`"
	}
}
