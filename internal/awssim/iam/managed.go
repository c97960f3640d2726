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

// awsDocument stands for each of them: what they allow is for no test to rest on.
const awsDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"none:None","Resource":"*"}]}`

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
		out = append(out, &policy{
			name: known[at:], path: known[:at], arn: "arn:" + partition + ":iam::aws:policy" + known,
			id:      fmt.Sprintf("ANPAAWSMANAGED%07d", i),
			created: since, updated: since, lastVersion: 1,
			versions: []version{{id: "v1", document: awsDocument, created: since, isDefault: true}},
		})
	}
	return out
}
