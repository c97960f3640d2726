package ecs_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

func tagsOf(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[*t.Key] = *t.Value
	}
	return out
}

func TestTagsAreAddedReplacedAndTaken(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	b.cluster("default")
	service := b.createService("default", "web", "app")
	task := must(b.ListTasks(t.Context(), &sdk.ListTasksInput{}))(t).TaskArns[0]
	for _, arn := range []string{
		arnOfApp + ":1", "arn:aws:ecs:us-west-2:111122223333:cluster/default", *service.ServiceArn, task,
	} {
		t.Run(arn, func(t *testing.T) {
			for _, tags := range [][]types.Tag{
				{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("1")}},
				{{Key: aws.String("b"), Value: aws.String("2")}, {Key: aws.String("c"), Value: aws.String("3")}},
			} {
				must(b.TagResource(t.Context(), &sdk.TagResourceInput{ResourceArn: &arn, Tags: tags}))(t)
			}
			must(b.UntagResource(t.Context(), &sdk.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"a", "x"}}))(t)
			got := must(b.ListTagsForResource(t.Context(), &sdk.ListTagsForResourceInput{ResourceArn: &arn}))(t)
			if diff := cmp.Diff(map[string]string{"b": "2", "c": "3"}, tagsOf(got.Tags)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := b.describe("app")["tags"]; len(got.([]any)) != 2 {
		t.Errorf("described with %v", got)
	}
}

func TestTagsThatAWSRefusesAreRefused(t *testing.T) {
	b := start(t, ecs.Options{})
	b.mustRegister(minimal("app"))
	tag := func(arn string, tags ...types.Tag) error {
		_, err := b.TagResource(t.Context(), &sdk.TagResourceInput{ResourceArn: &arn, Tags: tags})
		return err
	}
	one := types.Tag{Key: aws.String("k"), Value: aws.String("v")}
	wantRefusal(t, tag(arnOfApp+":1", []types.Tag{}...), "InvalidParameterException", "") // null
	wantRefusal(t, tag(arnOfApp+":1", types.Tag{Key: aws.String("aws:k"), Value: aws.String("v")}), "InvalidParameterException", "Tag keys starting")
	wantRefusal(t, tag(arnOfApp+":2", one), "InvalidParameterException", "The specified task definition is inactive.")
	wantRefusal(t, tag(arnOfApp, one), "InvalidParameterException", "The specified resource ARN is invalid.")
	wantRefusal(t, tag("app:1", one), "InvalidParameterException", "The specified resource ARN is invalid.")
	wantRefusal(t, tag("arn:aws:ecs:us-west-2:111122223333:cluster/c", one), "ClusterNotFoundException", "Cluster not found.")
	for i := range 50 {
		if err := tag(arnOfApp+":1", types.Tag{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("v")}); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, tag(arnOfApp+":1", one), "InvalidParameterException", "The number of tags exceeds the limit of 50")
}
