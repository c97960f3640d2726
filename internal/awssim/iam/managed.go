package iam

import (
	"fmt"
	"strings"
	"time"
)

// awsPolicies are the AWS-managed policies that exist here, by path and name.
// There are more than a thousand; what stands here is what ECS's documentation
// and the tests name. Any other is one that does not exist.
var awsPolicies = strings.Fields(`
	/AdministratorAccess /PowerUserAccess /ReadOnlyAccess /SecurityAudit /IAMFullAccess
	/AmazonS3ReadOnlyAccess /AmazonS3FullAccess /AmazonDynamoDBReadOnlyAccess /AmazonDynamoDBFullAccess
	/AmazonSQSReadOnlyAccess /AmazonSQSFullAccess /AmazonSNSReadOnlyAccess /AmazonSNSFullAccess
	/AmazonSSMReadOnlyAccess /AmazonSSMManagedInstanceCore /SecretsManagerReadWrite
	/CloudWatchLogsFullAccess /CloudWatchLogsReadOnlyAccess /CloudWatchAgentServerPolicy /CloudWatchReadOnlyAccess
	/AWSXRayDaemonWriteAccess /AWSXrayWriteOnlyAccess /AmazonECS_FullAccess /AmazonPrometheusRemoteWriteAccess
	/service-role/AmazonECSTaskExecutionRolePolicy /service-role/AmazonEC2ContainerServiceforEC2Role
	/service-role/AmazonEC2ContainerServiceRole /service-role/AmazonEC2ContainerServiceEventsRole
	/aws-service-role/AmazonECSServiceRolePolicy`)

// since is a date for them: AWS's managed policies are older than any account here.
var since = time.Date(2015, time.February, 6, 18, 40, 45, 0, time.UTC)

// awsDocuments are what some of them say (AWS managed policy reference guide), for
// whoever judges what is attached.
var awsDocuments = map[string]string{
	"/AdministratorAccess": allowing("*"),
	"/AmazonS3FullAccess":  allowing("s3:*", "s3-object-lambda:*"),
	"/AmazonSQSFullAccess": allowing("sqs:*"),
	"/AmazonSQSReadOnlyAccess": allowing("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues",
		"sqs:ListQueues", "sqs:ListMessageMoveTasks", "sqs:ListQueueTags"),
	"/AmazonS3ReadOnlyAccess": allowing("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
	"/AWSXRayDaemonWriteAccess": allowing("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules",
		"xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"),
	"/service-role/AmazonEC2ContainerServiceforEC2Role": forEC2Role,
}

// forEC2Role is what the agent of a container instance needs (AWS managed policy
// reference guide: AmazonEC2ContainerServiceforEC2Role, v10 of 12 February 2026).
// Its ARNs are those of the partition aws.
const forEC2Role = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Resource":"*","Action":["ec2:DescribeTags","ecs:CreateCluster","ecs:DeregisterContainerInstance",
		"ecs:DiscoverPollEndpoint","ecs:Poll","ecs:RegisterContainerInstance","ecs:StartTelemetrySession",
		"ecs:UpdateContainerInstancesState","ecs:Submit*","ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability",
		"ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"]},
	{"Effect":"Allow","Resource":"*","Action":"ecs:TagResource",
		"Condition":{"StringEquals":{"ecs:CreateAction":["CreateCluster","RegisterContainerInstance"]}}},
	{"Effect":"Allow","Action":["ecs:ListTagsForResource"],
		"Resource":["arn:aws:ecs:*:*:task/*/*","arn:aws:ecs:*:*:container-instance/*/*"]}]}`

// otherDocument stands for each of the others: what they allow is for no test to
// rest on.
const otherDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"none:None","Resource":"*"}]}`

func allowing(actions ...string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}]}`
}

// awsManaged returns nil for a policy that AWS does not have.
func awsManaged(partition, path, name string) *policy {
	for _, found := range awsManagedAll(partition) {
		if found.path == path && found.name == name {
			return found
		}
	}
	return nil
}

func awsManagedAll(partition string) []*policy {
	var out []*policy
	for i, known := range awsPolicies {
		at := strings.LastIndex(known, "/") + 1
		document, found := awsDocuments[known]
		if !found {
			document = otherDocument
		}
		document = strings.ReplaceAll(document, `"arn:aws:`, `"arn:`+partition+`:`)
		out = append(out, &policy{
			name: known[at:], path: known[:at], arn: "arn:" + partition + ":iam::aws:policy" + known,
			id:      fmt.Sprintf("ANPAAWSMANAGED%07d", i),
			created: since, updated: since, lastVersion: 1,
			versions: []version{{id: "v1", document: document, created: since, isDefault: true}},
		})
	}
	return out
}
