package inference

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// ClusterExec is what a cluster's configuration says about ECS Exec
// (executeCommandConfiguration).
type ClusterExec struct {
	KMSKeyID         string // id, ARN or alias; empty: none
	Logging          string // NONE, DEFAULT or OVERRIDE; empty: DEFAULT
	CloudWatchGroup  string
	S3Bucket, Prefix string
}

var (
	keyID    = regexp.MustCompile(`^(?:mrk-)?[0-9a-f][0-9a-f-]*$`)
	keyARN   = regexp.MustCompile(`^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/(?:mrk-)?[0-9a-f][0-9a-f-]*$`)
	aliasARN = regexp.MustCompile(`^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}):(alias/[A-Za-z0-9/_-]+)$`)
	alias    = regexp.MustCompile(`^alias/[A-Za-z0-9/_-]+$`)
)

// ExecuteCommand is what ECS Exec needs of a task role, in the clusters given
// (Amazon ECS: Task IAM role, ECS Exec permissions; Logging and auditing using
// ECS Exec). What a cluster's configuration has that is no name of AWS's adds
// nothing. The order of the clusters does not matter.
func ExecuteCommand(place model.Place, clusters ...ClusterExec) []policy.Statement {
	var more []policy.Statement
	for _, c := range clusters {
		more = append(more, c.key(place)...)
		if c.Logging == "OVERRIDE" {
			more = append(more, c.logGroup(place)...)
			more = append(more, c.bucket(place)...)
		}
	}
	slices.SortFunc(more, func(a, b policy.Statement) int { return strings.Compare(text(a), text(b)) })
	more = slices.CompactFunc(more, func(a, b policy.Statement) bool { return text(a) == text(b) })
	// The channels know no resource.
	channels := allow([]string{
		"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
		"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
	}, []string{"*"})
	return append([]policy.Statement{channels}, more...)
}

// key: the agent in the container decrypts the session's data key. An alias is
// no resource of kms:Decrypt; a condition holds the keys to those that have it
// (AWS KMS: Use aliases to control access to KMS keys).
func (c ClusterExec) key(place model.Place) []policy.Statement {
	decrypt := []string{"kms:Decrypt"}
	byAlias := func(keys, alias string) []policy.Statement {
		return []policy.Statement{allowIf(decrypt, keys, "ForAnyValue:StringEquals", "kms:ResourceAliases", alias)}
	}
	parts := aliasARN.FindStringSubmatch(c.KMSKeyID)
	switch {
	case keyARN.MatchString(c.KMSKeyID):
		return []policy.Statement{allow(decrypt, []string{c.KMSKeyID})}
	case keyID.MatchString(c.KMSKeyID):
		return []policy.Statement{allow(decrypt, []string{arn(place, "kms", place.Region, "key/"+c.KMSKeyID)})}
	case parts != nil:
		return byAlias(parts[1]+":key/*", parts[2])
	case alias.MatchString(c.KMSKeyID):
		return byAlias(arn(place, "kms", place.Region, "key/*"), c.KMSKeyID)
	}
	return nil
}

// logGroup: the agent looks whether group and stream are there; the group must
// exist already.
func (c ClusterExec) logGroup(place model.Place) []policy.Statement {
	if !logGroupName.MatchString(c.CloudWatchGroup) {
		return nil
	}
	return []policy.Statement{
		allow([]string{"logs:DescribeLogGroups"}, []string{"*"}), // knows no resource
		allow([]string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			[]string{arn(place, "logs", place.Region, "log-group:"+c.CloudWatchGroup+":*")}),
	}
}

// bucket: a session's log is an object in the folder that the prefix names.
func (c ClusterExec) bucket(place model.Place) []policy.Statement {
	folder := path.Join(c.Prefix, "*")
	if !bucketName.MatchString(c.S3Bucket) || !objectKey.MatchString(c.Prefix) {
		return nil
	}
	bucket := "arn:" + place.Partition + ":s3:::" + c.S3Bucket
	return []policy.Statement{
		allow([]string{"s3:PutObject"}, []string{bucket + "/" + folder}),
		allow([]string{"s3:GetBucketLocation", "s3:GetEncryptionConfiguration"}, []string{bucket}),
	}
}
