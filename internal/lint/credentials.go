package lint

import (
	"fmt"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// credentials are actions whose answer is a credential or a secret, or that turn
// the task into somebody else, as AWS's API references describe them. Those that
// know no resources are not here: nothing could be written instead. Those that
// make credentials of IAM users are among the escalations.
var credentials = []string{
	"codeartifact:GetAuthorizationToken",
	"cognito-identity:GetOpenIdTokenForDeveloperIdentity",
	"cognito-idp:DescribeUserPoolClient",
	"connect:GetFederationToken",
	"dsql:DbConnectAdmin",
	"ec2:GetPasswordData",
	"elasticache:Connect",
	"iot:AssumeRoleWithCertificate",
	"kms:Decrypt",
	"lightsail:GetInstanceAccessDetails",
	"lightsail:GetRelationalDatabaseMasterUserPassword",
	"memorydb:Connect",
	"rds-db:connect",
	"redshift-serverless:GetCredentials",
	"redshift:GetClusterCredentials",
	"redshift:GetClusterCredentialsWithIAM",
	"secretsmanager:GetSecretValue",
	"ssm:GetParameter",
	"ssm:GetParameterHistory",
	"ssm:GetParameters",
	"ssm:GetParametersByPath",
	"storagegateway:DescribeChapCredentials",
	"sts:AssumeRole",
}

func exposes(action string) bool {
	_, found := slices.BinarySearch(credentials, action)
	return found
}

// checkCredentials finds credentials of everything. To read one secret is what a
// task is for; to read all of them is a thief's wish.
func checkCredentials(s *statement) []policy.Finding {
	if !s.allows() || s.everything() || s.narrowed() {
		return nil
	}
	actions, resources, types := s.broad(func(name string, _ *reference.Action) bool { return exposes(name) }, resource.everyName)
	if len(actions) == 0 {
		return nil
	}
	return s.blame(policy.Warning, CodeCredentialExposure, fmt.Sprintf(
		"gives out the credentials or secrets of all there are by %s on %s: name those that the task needs, as %s",
		list(actions), list(resources), list(forms(types))))
}
