package inference

import "testing"

const (
	efsData     = "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-0123456789abcdef0"
	efsPointOne = "arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-01"
	efsPointTwo = "arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-02"
	s3Data      = "arn:aws:s3files:us-west-2:111122223333:file-system/fs-0a1b"
	s3Point     = s3Data + "/access-point/fsap-0c2d"
	mountsEFS   = "elasticfilesystem:ClientMount on " + efsData
	writesEFS   = "elasticfilesystem:ClientMount, elasticfilesystem:ClientWrite on " + efsData
)

// efs is a definition with a volume of EFS, and what its containers mount.
func efs(authorization, mounts string) string {
	return `{"volumes":[{"name":"data","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","transitEncryption":"ENABLED"` + authorization +
		`}}],"containerDefinitions":[{"name":"app","image":"app","mountPoints":` + mounts + `}]}`
}

const withIAM = `,"authorizationConfig":{"iam":"ENABLED"}`

func TestAnEFSVolumeNeedsWhatItsMountsDo(t *testing.T) {
	check(t, []row{
		{name: "written", definition: efs(withIAM, `[{"sourceVolume":"data","containerPath":"/d"}]`),
			want: []string{"IMPLIED_EFS volume data: " + writesEFS}, says: []string{"EFS file system with IAM authorisation", "a container may write to it"}},
		{name: "written, in so many words", definition: efs(withIAM, `[{"sourceVolume":"data","readOnly":false}]`),
			want: []string{"IMPLIED_EFS volume data: " + writesEFS}},
		{name: "readOnly is null", definition: efs(withIAM, `[{"sourceVolume":"data","readOnly":null}]`),
			want: []string{"IMPLIED_EFS volume data: " + writesEFS}},
		{name: "read only", definition: efs(withIAM, `[{"sourceVolume":"data","readOnly":true}]`),
			want: []string{"IMPLIED_EFS volume data: " + mountsEFS}, says: []string{"no container writes to it"}},
		{name: "read by one mount, written by another", definition: efs(withIAM, `[{"sourceVolume":"data","readOnly":true},{"sourceVolume":"data"}]`),
			want: []string{"IMPLIED_EFS volume data: " + writesEFS}},
		{name: "mounted by nobody", definition: efs(withIAM, `[]`),
			want: []string{"IMPLIED_EFS volume data: " + mountsEFS}},
		{name: "another volume is written", definition: efs(withIAM, `[{"sourceVolume":"data2"}]`),
			want: []string{"IMPLIED_EFS volume data: " + mountsEFS}},
		{name: "readOnly is no truth value", definition: efs(withIAM, `[{"sourceVolume":"data","readOnly":"no"}]`),
			want: []string{"IMPLIED_EFS volume data: " + mountsEFS}},
		{name: "through an access point", definition: efs(`,"authorizationConfig":{"iam":"ENABLED","accessPointId":"fsap-01"}`, `[{"sourceVolume":"data"}]`),
			want: []string{"IMPLIED_EFS volume data: " + writesEFS + " if StringEquals elasticfilesystem:AccessPointArn " + efsPointOne}},
		{name: "an id that is none", definition: `{"volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"*","authorizationConfig":{"iam":"ENABLED"}}}]}`,
			want: []string{"IMPLIED_EFS volume v: told"}, says: []string{"no permission can be told"}},
		{name: "an access point that is none", definition: efs(`,"authorizationConfig":{"iam":"ENABLED","accessPointId":"fsap-*"}`, `[]`),
			want: []string{"IMPLIED_EFS volume data: told"}},
	})
}

func TestAFileSystemThatAsksNoIAMImpliesNothing(t *testing.T) {
	check(t, []row{
		{name: "EFS without authorisation", definition: efs("", `[{"sourceVolume":"data"}]`)},
		{name: "EFS, IAM disabled", definition: efs(`,"authorizationConfig":{"iam":"DISABLED","accessPointId":"fsap-01"}`, `[{"sourceVolume":"data"}]`)},
		{name: "EFS, an access point alone", definition: efs(`,"authorizationConfig":{"accessPointId":"fsap-01"}`, `[{"sourceVolume":"data"}]`)},
		{name: "a volume of the host", definition: `{"volumes":[{"name":"data","host":{"sourcePath":"/data"}}]}`},
		{name: "a volume of Docker", definition: `{"volumes":[{"name":"data","dockerVolumeConfiguration":{"driver":"local"}}]}`},
	})
}

func TestVolumesOfOneFileSystemNeedOneStatementForEachAccessPoint(t *testing.T) {
	volume := func(name, point string) string {
		return `{"name":"` + name + `","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","authorizationConfig":{"iam":"ENABLED"` + point + `}}}`
	}
	one, two := `,"accessPointId":"fsap-01"`, `,"accessPointId":"fsap-02"`
	check(t, []row{
		{name: "two access points", definition: `{"volumes":[` + volume("a", one) + `,` + volume("b", two) + `],
			"containerDefinitions":[{"name":"app","mountPoints":[{"sourceVolume":"b"}]}]}`,
			want: []string{
				"IMPLIED_EFS volume a: " + mountsEFS + " if StringEquals elasticfilesystem:AccessPointArn " + efsPointOne,
				"IMPLIED_EFS volume b: " + writesEFS + " if StringEquals elasticfilesystem:AccessPointArn " + efsPointTwo,
			}},
		{name: "one access point, and the whole file system", definition: `{"volumes":[` + volume("a", one) + `,` + volume("b", "") + `]}`,
			want: []string{
				"IMPLIED_EFS volume a: " + mountsEFS + " if StringEquals elasticfilesystem:AccessPointArn " + efsPointOne,
				"IMPLIED_EFS volume b: " + mountsEFS,
			}},
		{name: "twice the same, one of them written", definition: `{"volumes":[` + volume("a", "") + `,` + volume("b", "") + `],
			"containerDefinitions":[{"name":"app","mountPoints":[{"sourceVolume":"b"}]}]}`,
			want: []string{"IMPLIED_EFS volume a: " + writesEFS}, says: []string{"volume b is the same"}},
	})
}

func TestAnS3FilesVolumeAlwaysAsksIAM(t *testing.T) {
	volume := func(more, mounts string) string {
		return `{"volumes":[{"name":"data","s3filesVolumeConfiguration":{"fileSystemArn":"` + s3Data + `"` + more +
			`}}],"containerDefinitions":[{"name":"app","mountPoints":` + mounts + `}]}`
	}
	check(t, []row{
		{name: "written", definition: volume("", `[{"sourceVolume":"data"}]`),
			want: []string{"IMPLIED_S3_FILES volume data: s3files:ClientMount, s3files:ClientWrite on " + s3Data}, says: []string{"always asks IAM", "needs a grant of its own"}},
		{name: "read", definition: volume("", `[{"sourceVolume":"data","readOnly":true}]`),
			want: []string{"IMPLIED_S3_FILES volume data: s3files:ClientMount on " + s3Data}},
		{name: "mounted by nobody", definition: volume("", `[]`),
			want: []string{"IMPLIED_S3_FILES volume data: s3files:ClientMount on " + s3Data}},
		{name: "through an access point", definition: volume(`,"accessPointArn":"`+s3Point+`"`, `[{"sourceVolume":"data"}]`),
			want: []string{"IMPLIED_S3_FILES volume data: s3files:ClientMount, s3files:ClientWrite on " + s3Data + " if StringEquals s3files:AccessPointArn " + s3Point}},
		{name: "a star for an ARN", definition: `{"volumes":[{"name":"v","s3filesVolumeConfiguration":{"fileSystemArn":"arn:aws:s3files:us-west-2:111122223333:file-system/*"}}]}`,
			want: []string{"IMPLIED_S3_FILES volume v: told"}},
		{name: "no ARN", definition: `{"volumes":[{"name":"v","s3filesVolumeConfiguration":{}}]}`,
			want: []string{"IMPLIED_S3_FILES volume v: told"}},
	})
}
