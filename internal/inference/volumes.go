package inference

import (
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// fileSystem is a file system, or one access point of it, that volumes of the
// definition mount.
type fileSystem struct {
	code, service         string
	resource, accessPoint string // ARNs; accessPoint may be empty
	volumes               []string
	writes                bool
}

// fileSystems are what the volumes need, in the order of the volumes. ECS makes
// every volume of a task, also one that no container mounts, so that ClientMount
// is always needed; ClientWrite is where some container mounts the volume and may
// write there. ClientRootAccess is never implied: a container that runs as root
// works without it, as nobody (Amazon EFS: Using IAM to control file system data
// access).
func (d definition) fileSystems(place model.Place) []Implied {
	var all []fileSystem
	var told []Implied
	for _, v := range d.volumes {
		fs, problem := volume(v, place)
		switch {
		case problem != "":
			told = append(told, implied(fs.code, fs.volumes[0], problem))
		case fs.code != "":
			fs.writes = d.writes(v.text("name"))
			all = join(all, fs)
		}
	}
	out := make([]Implied, 0, len(all)+len(told))
	for i := range all {
		out = append(out, all[i].implied())
	}
	return append(out, told...)
}

// writes says whether some container mounts the volume and not read-only. What
// is not clearly false is taken for reading: a mistake there denies too much.
func (d definition) writes(name string) bool {
	for _, c := range d.containers {
		for _, m := range c.mounts {
			if name != "" && m.text("sourceVolume") == name && (!m.has("readOnly") || string(m["readOnly"]) == "false") {
				return true
			}
		}
	}
	return false
}

// join puts volumes of the same file system and access point together.
func join(all []fileSystem, fs fileSystem) []fileSystem {
	i := slices.IndexFunc(all, func(o fileSystem) bool { return o.resource == fs.resource && o.accessPoint == fs.accessPoint })
	if i < 0 {
		return append(all, fs)
	}
	all[i].volumes = append(all[i].volumes, fs.volumes...)
	all[i].writes = all[i].writes || fs.writes
	return all
}

func volume(v object, place model.Place) (fs fileSystem, problem string) {
	subject := []string{"volume " + v.text("name")}
	efs, s3files := v.object("efsVolumeConfiguration"), v.object("s3filesVolumeConfiguration")
	if authorization := efs.object("authorizationConfig"); authorization.text("iam") == "ENABLED" {
		fs = fileSystem{code: CodeEFS, service: "elasticfilesystem", volumes: subject}
		id, point := efs.text("fileSystemId"), authorization.text("accessPointId")
		if !fileSystemID.MatchString(id) || point != "" && !accessPointID.MatchString(point) {
			return fs, "it mounts an EFS file system with IAM authorisation, but its fileSystemId or accessPointId is none: no permission can be told"
		}
		fs.resource = arn(place, fs.service, place.Region, "file-system/"+id)
		if point != "" {
			fs.accessPoint = arn(place, fs.service, place.Region, "access-point/"+point)
		}
	} else if s3files != nil {
		fs = fileSystem{code: CodeS3Files, service: "s3files", volumes: subject}
		fs.resource, fs.accessPoint = s3files.text("fileSystemArn"), s3files.text("accessPointArn")
		if !s3FilesARN.MatchString(fs.resource) || fs.accessPoint != "" && !s3FilesPoint.MatchString(fs.accessPoint) {
			return fs, "it mounts an S3 Files file system, but its fileSystemArn or accessPointArn is none: no permission can be told"
		}
	}
	return fs, ""
}

func (fs fileSystem) implied() Implied {
	actions := []string{fs.service + ":ClientMount"}
	why := "it mounts an EFS file system with IAM authorisation"
	if fs.code == CodeS3Files {
		why = "it mounts an S3 Files file system, which always asks IAM"
	}
	if fs.writes {
		actions = append(actions, fs.service+":ClientWrite")
		why += ", and a container may write to it"
	} else {
		why += ", and no container writes to it"
	}
	if fs.code == CodeS3Files {
		why += "; reading straight from the bucket, which the definition does not name, needs a grant of its own"
	}
	s := allow(actions, []string{fs.resource})
	if fs.accessPoint != "" {
		// Amazon EFS: Using access points in IAM policies.
		s.Condition = policy.Conditions{"StringEquals": {fs.service + ":AccessPointArn": {fs.accessPoint}}}
	}
	for _, other := range fs.volumes[1:] {
		why += "; " + other + " is the same"
	}
	return implied(fs.code, fs.volumes[0], why, s)
}
