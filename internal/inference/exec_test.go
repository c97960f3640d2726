package inference

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskrole/ecs-taskrole-controller/internal/model"
)

const channels = "ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel on *"

func TestECSExecNeedsTheChannelsAndWhatTheClustersAskFor(t *testing.T) {
	const (
		id      = "1234abcd-12ab-34cd-56ef-1234567890ab"
		decrypt = "kms:Decrypt on arn:aws:kms:us-west-2:111122223333:key/"
		byAlias = " if ForAnyValue:StringEquals kms:ResourceAliases alias/exec"
		look    = "logs:DescribeLogGroups on *"
		write   = "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on arn:aws:logs:us-west-2:111122223333:log-group:/exec:*"
		bucket  = "s3:GetBucketLocation, s3:GetEncryptionConfiguration on arn:aws:s3:::exec-logs"
		put     = "s3:PutObject on arn:aws:s3:::exec-logs/"
	)
	for name, c := range map[string]struct {
		clusters []ClusterExec
		want     []string
	}{
		"no cluster":               {nil, nil},
		"no configuration":         {[]ClusterExec{{}}, nil},
		"logging by default":       {[]ClusterExec{{Logging: "DEFAULT", CloudWatchGroup: "/exec", S3Bucket: "exec-logs"}}, nil},
		"no logging":               {[]ClusterExec{{Logging: "NONE", CloudWatchGroup: "/exec", S3Bucket: "exec-logs"}}, nil},
		"a key by id":              {[]ClusterExec{{KMSKeyID: id}}, []string{decrypt + id}},
		"a multi-Region key by id": {[]ClusterExec{{KMSKeyID: "mrk-0123"}}, []string{decrypt + "mrk-0123"}},
		"a key by ARN":             {[]ClusterExec{{KMSKeyID: "arn:aws:kms:eu-west-1:999999999999:key/" + id}}, []string{"kms:Decrypt on arn:aws:kms:eu-west-1:999999999999:key/" + id}},
		"a key by alias":           {[]ClusterExec{{KMSKeyID: "alias/exec"}}, []string{decrypt + "*" + byAlias}},
		"a key by an alias's ARN":  {[]ClusterExec{{KMSKeyID: "arn:aws:kms:eu-west-1:999999999999:alias/exec"}}, []string{"kms:Decrypt on arn:aws:kms:eu-west-1:999999999999:key/*" + byAlias}},
		"a key whatever is logged": {[]ClusterExec{{KMSKeyID: id, Logging: "NONE"}}, []string{decrypt + id}},
		"a star for a key":         {[]ClusterExec{{KMSKeyID: "*"}, {KMSKeyID: "alias/*"}, {KMSKeyID: "arn:aws:kms:us-west-2:111122223333:key/*"}}, nil},
		"a log group":              {[]ClusterExec{{Logging: "OVERRIDE", CloudWatchGroup: "/exec"}}, []string{write, look}},
		"a bucket":                 {[]ClusterExec{{Logging: "OVERRIDE", S3Bucket: "exec-logs"}}, []string{bucket, put + "*"}},
		"a folder of a bucket":     {[]ClusterExec{{Logging: "OVERRIDE", S3Bucket: "exec-logs", Prefix: "prod/shop"}}, []string{bucket, put + "prod/shop/*"}},
		"a folder with its slash":  {[]ClusterExec{{Logging: "OVERRIDE", S3Bucket: "exec-logs", Prefix: "prod/"}}, []string{bucket, put + "prod/*"}},
		"stars for names":          {[]ClusterExec{{Logging: "OVERRIDE", S3Bucket: "*", CloudWatchGroup: "*"}, {Logging: "OVERRIDE", S3Bucket: "exec-logs", Prefix: "*"}}, nil},
		"everything":               {[]ClusterExec{{KMSKeyID: id, Logging: "OVERRIDE", CloudWatchGroup: "/exec", S3Bucket: "exec-logs", Prefix: "p"}}, []string{decrypt + id, write, look, bucket, put + "p/*"}},
		"two clusters, in part the same": {
			[]ClusterExec{{KMSKeyID: id, Logging: "OVERRIDE", CloudWatchGroup: "/exec"}, {KMSKeyID: id, Logging: "OVERRIDE", S3Bucket: "exec-logs"}, {Logging: "OVERRIDE", CloudWatchGroup: "/exec"}},
			[]string{decrypt + id, write, look, bucket, put + "*"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := ExecuteCommand(here, c.clusters...)
			usable(t, all)
			var got []string
			for _, s := range all {
				got = append(got, line(s))
			}
			if diff := cmp.Diff(append([]string{channels}, c.want...), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestECSExecNamesThePartition(t *testing.T) {
	china := model.Place{Partition: "aws-cn", Account: "111122223333", Region: "cn-north-1"}
	var got []string
	for _, s := range ExecuteCommand(china, ClusterExec{KMSKeyID: "alias/exec", Logging: "OVERRIDE", S3Bucket: "exec-logs"})[1:] {
		got = append(got, s.Resource...)
	}
	want := []string{"arn:aws-cn:kms:cn-north-1:111122223333:key/*", "arn:aws-cn:s3:::exec-logs", "arn:aws-cn:s3:::exec-logs/*"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheOrderOfClustersDoesNotMatter(t *testing.T) {
	cluster := rapid.Custom(func(t *rapid.T) ClusterExec {
		return ClusterExec{
			KMSKeyID:        rapid.SampledFrom([]string{"", "1234abcd", "alias/a", "alias/b"}).Draw(t, "key"),
			Logging:         rapid.SampledFrom([]string{"", "NONE", "OVERRIDE", "OVERRIDE"}).Draw(t, "logging"),
			CloudWatchGroup: rapid.SampledFrom([]string{"", "/a", "/b"}).Draw(t, "group"),
			S3Bucket:        rapid.SampledFrom([]string{"", "logs-a", "logs-b"}).Draw(t, "bucket"),
			Prefix:          rapid.SampledFrom([]string{"", "p"}).Draw(t, "prefix"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		clusters := rapid.SliceOfN(cluster, 0, 5).Draw(t, "clusters")
		turned := rapid.Permutation(clusters).Draw(t, "turned")
		if diff := cmp.Diff(ExecuteCommand(here, clusters...), ExecuteCommand(here, turned...)); diff != "" {
			t.Fatal(diff)
		}
	})
}
