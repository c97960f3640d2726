package ecs

import "slices"

func validVolumes(d object) error {
	var names []string
	for _, v := range objects(d, "volumes") {
		name := text(v, "name")
		switch {
		case !namePattern.MatchString(name):
			return clientError("Volume name '%s' must be up to 255 letters, numbers, hyphens and underscores.", name)
		case slices.Contains(names, name):
			return clientError("Volume names must be unique within a task definition: '%s'.", name)
		}
		names = append(names, name)
		if efs := child(v, "efsVolumeConfiguration"); efs != nil {
			if err := validEFS(efs); err != nil {
				return err
			}
		}
	}
	return validMounts(d, names)
}

// validEFS: EFSVolumeConfiguration and EFSAuthorizationConfig.
func validEFS(efs object) error {
	encrypted := text(efs, "transitEncryption") == "ENABLED"
	authorization := child(efs, "authorizationConfig")
	accessPoint := text(authorization, "accessPointId") != ""
	root := text(efs, "rootDirectory")
	switch {
	case text(efs, "fileSystemId") == "":
		return clientError("EFS volume configuration must have a fileSystemId.")
	case text(authorization, "iam") == "ENABLED" && !encrypted:
		return clientError("EFS IAM authorization requires TransitEncryption to be enabled.")
	case accessPoint && !encrypted:
		return clientError("EFS access points require TransitEncryption to be enabled.")
	case accessPoint && root != "" && root != "/":
		return clientError(`When using an EFS access point, the root directory must either be set to "/" or be omitted.`)
	case has(efs, "transitEncryptionPort") && !encrypted:
		return clientError("TransitEncryptionPort requires that TransitEncryption is enabled.")
	}
	return nil
}

func validMounts(d object, volumes []string) error {
	var mounted, containers []string
	for _, c := range objects(d, "containerDefinitions") {
		containers = append(containers, text(c, "name"))
		for _, m := range objects(c, "mountPoints") {
			source := text(m, "sourceVolume")
			if !slices.Contains(volumes, source) {
				return clientError("Unknown volume '%s'.", source)
			}
			mounted = append(mounted, source)
		}
	}
	for _, c := range objects(d, "containerDefinitions") {
		for _, from := range objects(c, "volumesFrom") {
			if source := text(from, "sourceContainer"); !slices.Contains(containers, source) {
				return clientError("Unknown container '%s' in volumesFrom.", source)
			}
		}
	}
	for _, v := range objects(d, "volumes") {
		if name := text(v, "name"); truth(v, "configuredAtLaunch") && !slices.Contains(mounted, name) {
			return clientError("Volumes [%s] are not referenced by any of the containers.", name)
		}
	}
	return nil
}
