package reference

import (
	"slices"
	"strings"
)

// globals are the keys of IAM: AWS global condition context keys, the
// cross-service ones among them, sorted without regard to capitals. Lists are
// arrays here. A slice of constants costs nothing when the package is loaded.
//
// aws:EpochTime takes date and numeric operators alike, and aws:FederatedProvider
// holds an ARN or a name, as the provider has it: each stands here with the type
// whose operators always work. aws:PrincipalOrgMasterAccountId is not on the page,
// but AWS's own policies, such as AWSSSOServiceRolePolicy, rest on it.
var globals = []Key{
	{"aws:AssumedRoot", "Bool"},
	{"aws:CalledVia", "ArrayOfString"},
	{"aws:CalledViaAWSMCP", "String"},
	{"aws:CalledViaFirst", "String"},
	{"aws:CalledViaLast", "String"},
	{"aws:ChatbotSourceArn", "ARN"},
	{"aws:CurrentTime", "Date"},
	{"aws:Ec2InstanceSourcePrivateIPv4", "IPAddress"},
	{"aws:Ec2InstanceSourceVpc", "String"},
	{"aws:EpochTime", "Date"},
	{"aws:FederatedProvider", "String"},
	{"aws:IsMcpServiceAction", "Bool"},
	{"aws:MultiFactorAuthAge", "Numeric"},
	{"aws:MultiFactorAuthPresent", "Bool"},
	{"aws:PrincipalAccount", "String"},
	{"aws:PrincipalArn", "ARN"},
	{"aws:PrincipalIsAWSService", "Bool"},
	{"aws:PrincipalOrgID", "String"},
	{"aws:PrincipalOrgMasterAccountId", "String"},
	{"aws:PrincipalOrgPaths", "ArrayOfString"},
	{"aws:PrincipalServiceName", "String"},
	{"aws:PrincipalServiceNamesList", "ArrayOfString"},
	{"aws:PrincipalTag/${TagKey}", "String"},
	{"aws:PrincipalType", "String"},
	{"aws:referer", "String"},
	{"aws:RequestedRegion", "String"},
	{"aws:RequestTag/${TagKey}", "String"},
	{"aws:ResourceAccount", "String"},
	{"aws:ResourceOrgID", "String"},
	{"aws:ResourceOrgPaths", "ArrayOfString"},
	{"aws:ResourceTag/${TagKey}", "String"},
	{"aws:SecureTransport", "Bool"},
	{"aws:SignInSessionArn", "ARN"},
	{"aws:SourceAccount", "String"},
	{"aws:SourceArn", "ARN"},
	{"aws:SourceIdentity", "String"},
	{"aws:SourceIp", "IPAddress"},
	{"aws:SourceOrgID", "String"},
	{"aws:SourceOrgPaths", "ArrayOfString"},
	{"aws:SourceVpc", "String"},
	{"aws:SourceVpcArn", "ARN"},
	{"aws:SourceVpce", "String"},
	{"aws:TagKeys", "ArrayOfString"},
	{"aws:TokenIssueTime", "Date"},
	{"aws:UserAgent", "String"},
	{"aws:userid", "String"},
	{"aws:username", "String"},
	{"aws:ViaAWSMCPService", "Bool"},
	{"aws:ViaAWSService", "Bool"},
	{"aws:VpceAccount", "String"},
	{"aws:VpceOrgID", "String"},
	{"aws:VpceOrgPaths", "ArrayOfString"},
	{"aws:VpcSourceIp", "IPAddress"},
	{"codebuild:BuildArn", "ARN"},
	{"codebuild:ProjectArn", "ARN"},
	{"ec2:RoleDelivery", "Numeric"},
	{"ec2:SourceInstanceArn", "ARN"},
	{"glue:CredentialIssuingService", "String"},
	{"glue:RoleAssumedBy", "String"},
	{"identitystore:UserId", "String"},
	{"lambda:SourceFunctionArn", "ARN"},
	{"ssm:SourceInstanceArn", "ARN"},
}

// Global finds one of AWS's global condition keys (IAM: AWS global condition
// context keys). In any capitals.
func Global(key string) (Key, bool) {
	key = strings.ToLower(key)
	if k, found := global(key); found {
		return k, true
	}
	if kind, tag, _ := strings.Cut(key, "/"); tag != "" {
		return global(kind + "/${tagkey}")
	}
	return Key{}, false
}

func global(lower string) (Key, bool) {
	i, found := slices.BinarySearchFunc(globals, lower, func(k Key, lower string) int { return compare(k.Name, lower) })
	if !found {
		return Key{}, false
	}
	return globals[i], true
}
