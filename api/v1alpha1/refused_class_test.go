package v1alpha1_test

import (
	"fmt"
	"strings"
)

func classRefusals() []refusal {
	const (
		boundaryChoice = "name permissionsBoundaryARN, or say unbounded: true"
		registrantForm = "a trusted registrant is * or a pattern over an ARN with an account"
		patternForm    = "a pattern has letters, digits and _+=,.@- only, besides * and {{namespace}}"
		roleForm       = "assumeRoleARN is a role's ARN, arn:aws:iam::111122223333:role/NAME"
		arnForm        = "is written arn:aws:iam::111122223333:policy/NAME"
	)
	registrant := func(pattern string) string { return fmt.Sprintf("trustedRegistrants: [%q]", pattern) }
	bounded := func(arn string) string { return fmt.Sprintf("{unbounded: null, permissionsBoundaryARN: %q}", arn) }
	number := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	refusals := []refusal{
		{name: "no accountID", spec: "accountID: null", field: "spec.accountID", says: "Required value"},
		{name: "short accountID", spec: `accountID: "1111"`, field: "spec.accountID", says: "accountID has 12 digits"},
		{name: "accountID with hyphens", spec: `accountID: "1111-2222-33"`, field: "spec.accountID", says: "accountID has 12 digits"},
		{name: "long accountID", spec: `accountID: "1111-2222-3333"`, field: "spec.accountID", says: "Too long"},
		{name: "accountID without quotes", spec: "accountID: 111122223333", field: "spec.accountID", says: "must be of type string"},
		{name: "other accountID", before: "{}", spec: `accountID: "444455556666"`, field: "spec.accountID", says: "accountID is immutable"},

		{name: "no region", spec: "region: null", field: "spec.region", says: "Required value"},
		{name: "literal region", spec: "region: region", field: "spec.region", says: "region is written such as us-west-2"},
		{name: "availability zone as region", spec: "region: us-west-2a", field: "spec.region", says: "region is written such as us-west-2"},
		{name: "region in capitals", spec: "region: US-WEST-2", field: "spec.region", says: "region is written such as us-west-2"},
		{name: "long region", spec: "region: us-" + strings.Repeat("w", 30) + "-2", field: "spec.region", says: "Too long"},
		{name: "other region", before: "{}", spec: "region: eu-west-1", field: "spec.region", says: "region is immutable"},

		{name: "unknown partition", spec: "partition: aws-iso", field: "spec.partition", says: `supported values: "aws", "aws-cn", "aws-us-gov"`},
		{name: "region of China without partition", spec: "region: cn-north-1", field: "spec", says: "partition is aws-cn for cn-..., aws-us-gov for us-gov-..., else aws"},
		{name: "region of GovCloud without partition", spec: "region: us-gov-west-1", field: "spec", says: "region belongs to another partition"},
		{name: "partition of China with another region", spec: "partition: aws-cn", field: "spec", says: "region belongs to another partition"},
		{name: "partition added", before: "{}", spec: "partition: aws", field: "spec", says: "partition cannot be added or removed later"},
		{name: "partition removed", before: "partition: aws", spec: "{}", field: "spec", says: "partition cannot be added or removed later"},
		{name: "other partition", before: "partition: aws", spec: "{partition: aws-cn, region: cn-north-1}", field: "spec.partition", says: "partition is immutable"},

		{name: "assumeRoleARN by name", spec: "assumeRoleARN: controller", field: "spec.assumeRoleARN", says: roleForm},
		{name: "assumeRoleARN of a user", spec: "assumeRoleARN: arn:aws:iam::111122223333:user/controller", field: "spec.assumeRoleARN", says: roleForm},
		{name: "assumeRoleARN of a session", spec: "assumeRoleARN: arn:aws:sts::111122223333:assumed-role/controller/x", field: "spec.assumeRoleARN", says: roleForm},
		{name: "long assumeRoleARN", spec: "assumeRoleARN: arn:aws:iam::111122223333:role/" + strings.Repeat("r", 1000), field: "spec.assumeRoleARN", says: "Too long"},
		{name: "assumeRoleARN of another account", spec: "assumeRoleARN: arn:aws:iam::444455556666:role/controller", field: "spec", says: "name a role of that account"},
		{name: "assumeRoleARN of another partition", spec: "assumeRoleARN: arn:aws-cn:iam::111122223333:role/controller", field: "spec", says: "set partition, or correct the ARN"},
		{name: "externalID alone", spec: "externalID: secret", field: "spec", says: "externalID goes with assumeRoleARN"},
		{name: "short externalID", spec: "externalID: x", field: "spec.externalID", says: "at least 2 chars"},
		{name: "long externalID", spec: "externalID: " + strings.Repeat("x", 1225), field: "spec.externalID", says: "Too long"},
		{name: "externalID with a space", spec: "{assumeRoleARN: 'arn:aws:iam::111122223333:role/c', externalID: my secret}", field: "spec.externalID", says: "externalID has letters, digits and _+=,.@:/- only"},

		{name: "empty namePrefix", spec: `namePrefix: ""`, field: "spec.namePrefix", says: "at least 1 chars"},
		{name: "long namePrefix", spec: "namePrefix: " + strings.Repeat("p", 33), field: "spec.namePrefix", says: "Too long"},
		{name: "namePrefix with a slash", spec: "namePrefix: prod/", field: "spec.namePrefix", says: "write it without slashes"},
		{name: "other namePrefix", before: "namePrefix: a-", spec: "namePrefix: b-", field: "spec.namePrefix", says: "namePrefix is immutable"},
		{name: "namePrefix added", before: "{}", spec: "namePrefix: a-", field: "spec", says: "namePrefix cannot be added or removed later"},
		{name: "namePrefix removed", before: "namePrefix: a-", spec: "{}", field: "spec", says: "namePrefix cannot be added or removed later"},

		{name: "neither boundary nor unbounded", spec: "unbounded: null", field: "spec", says: boundaryChoice},
		{name: "unbounded says no and there is no boundary", spec: "unbounded: false", field: "spec", says: boundaryChoice},
		{name: "boundary and unbounded", spec: "permissionsBoundaryARN: arn:aws:iam::111122223333:policy/b", field: "spec", says: boundaryChoice},
		{name: "empty boundary", spec: bounded(""), field: "spec.permissionsBoundaryARN", says: "at least 1 chars"},
		{name: "boundary as the guide misprints policies", spec: bounded("arn:aws:iam:111122223333:aws:policy/b"), field: "spec.permissionsBoundaryARN", says: "has no region"},
		{name: "boundary by name", spec: bounded("b"), field: "spec.permissionsBoundaryARN", says: arnForm},
		{name: "boundary with a wildcard", spec: bounded("arn:aws:iam::111122223333:policy/*"), field: "spec.permissionsBoundaryARN", says: "a managed policy's name has letters"},
		{name: "long boundary", spec: bounded("arn:aws:iam::111122223333:policy/" + strings.Repeat("b", 1000)), field: "spec.permissionsBoundaryARN", says: "Too long"},
		{name: "boundary of another account", spec: bounded("arn:aws:iam::444455556666:policy/b"), field: "spec", says: "IAM takes a policy of accountID or one of AWS's own"},
		{name: "boundary of another partition", spec: bounded("arn:aws-cn:iam::aws:policy/b"), field: "spec", says: "of another account or partition than the class"},

		{name: "unknown default managementPolicy", spec: "defaults: {managementPolicy: Off}", field: "spec.defaults.managementPolicy", says: "Unsupported value"},
		{name: "unknown default deletionPolicy", spec: "defaults: {deletionPolicy: Keep}", field: "spec.defaults.deletionPolicy", says: "Unsupported value"},

		{name: "no trustedRegistrants", spec: "trustedRegistrants: null", field: "spec.trustedRegistrants", says: "Required value"},
		{name: "empty trustedRegistrants", spec: "trustedRegistrants: []", field: "spec.trustedRegistrants", says: "at least 1 items"},
		{name: "too many trustedRegistrants", spec: "trustedRegistrants: " + list(33, number("arn:aws:iam::111122223333:user/u%d")), field: "spec.trustedRegistrants", says: "Too many"},
		{name: "same registrant twice", spec: `trustedRegistrants: ["*", "*"]`, field: "spec.trustedRegistrants[1]", says: "Duplicate value"},
		{name: "empty registrant", spec: registrant(""), field: "spec.trustedRegistrants[0]", says: "at least 1 chars"},
		{name: "long registrant", spec: registrant("arn:aws:iam::111122223333:user/" + strings.Repeat("u", 500)), field: "spec.trustedRegistrants[0]", says: "Too long"},
		{name: "registrant by name", spec: registrant("deployer"), field: "spec.trustedRegistrants[0]", says: registrantForm},
		{name: "registrant of another service", spec: registrant("arn:aws:ecs:us-west-2:111122223333:*"), field: "spec.trustedRegistrants[0]", says: registrantForm},
		{name: "registrant of any account, by too few parts", spec: registrant("arn:aws:sts::*"), field: "spec.trustedRegistrants[0]", says: registrantForm},
		{name: "a role as registrant", spec: registrant("arn:aws:iam::111122223333:role/deployer"), field: "spec.trustedRegistrants[0]", says: "write arn:aws:sts::111122223333:assumed-role/NAME/*"},
		{name: "a session's role as registrant", spec: registrant("arn:aws:sts::111122223333:assumed-role/deployer"), field: "spec.trustedRegistrants[0]", says: "the session is missing"},

		{name: "same managed policy twice", spec: "allowedManagedPolicyARNs: [arn:aws:iam::aws:policy/p, arn:aws:iam::aws:policy/p]", field: "spec.allowedManagedPolicyARNs[1]", says: "Duplicate value"},
		{name: "too many managed policies", spec: "allowedManagedPolicyARNs: " + list(129, number("arn:aws:iam::aws:policy/p%d")), field: "spec.allowedManagedPolicyARNs", says: "Too many"},
		{name: "managed policies by pattern", spec: `allowedManagedPolicyARNs: ["arn:aws:iam::aws:policy/*"]`, field: "spec.allowedManagedPolicyARNs[0]", says: "a managed policy's name has letters"},
		{name: "managed policy by name", spec: "allowedManagedPolicyARNs: [p]", field: "spec.allowedManagedPolicyARNs[0]", says: arnForm},
		{name: "managed policy as the guide misprints it", spec: "allowedManagedPolicyARNs: [arn:aws:iam:111122223333:aws:policy/taskRolePolicy]", field: "spec.allowedManagedPolicyARNs[0]", says: "has no region"},
		{name: "long managed policy", spec: "allowedManagedPolicyARNs: [arn:aws:iam::111122223333:policy/" + strings.Repeat("p", 1000) + "]", field: "spec.allowedManagedPolicyARNs[0]", says: "Too long"},

		{name: "same tag key twice", spec: "allowedTagKeys: [team, team]", field: "spec.allowedTagKeys[1]", says: "Duplicate value"},
		{name: "too many tag keys", spec: "allowedTagKeys: " + list(41, number("k%d")), field: "spec.allowedTagKeys", says: "Too many"},
		{name: "empty tag key allowed", spec: `allowedTagKeys: [""]`, field: "spec.allowedTagKeys[0]", says: "at least 1 chars"},
		{name: "long tag key allowed", spec: "allowedTagKeys: [" + strings.Repeat("k", 129) + "]", field: "spec.allowedTagKeys[0]", says: "Too long"},
	}
	for _, field := range []string{"families", "allowRoleNames", "adoptableRoles"} {
		at := "spec." + field
		refusals = append(refusals,
			refusal{name: "too many " + field, spec: field + ": " + list(65, number("f%d")), field: at, says: "Too many"},
			refusal{name: "same one of " + field + " twice", spec: field + ": [a, a]", field: at + "[1]", says: "Duplicate value"},
			refusal{name: "empty one of " + field, spec: field + `: [""]`, field: at + "[0]", says: "at least 1 chars"},
			refusal{name: "long one of " + field, spec: field + ": [" + strings.Repeat("f", 256) + "]", field: at + "[0]", says: "Too long"},
			refusal{name: "unknown variable in " + field, spec: field + `: ["{{name}}-*"]`, field: at + "[0]", says: patternForm},
			refusal{name: "open variable in " + field, spec: field + `: ["{{namespace}-*"]`, field: at + "[0]", says: "write {{namespace}}-*"},
			refusal{name: "question mark in " + field, spec: field + `: ["a?"]`, field: at + "[0]", says: patternForm},
		)
	}
	return refusals
}
