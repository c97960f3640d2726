package lint

// Codes of findings. The page docs/findings.md has a section on each.
const (
	// CodeInvalidElement: an effect, action, resource or principal is missing, or
	// stands where none may.
	CodeInvalidElement = "INVALID_ELEMENT"
	// CodeInvalidSid: a Sid holds something else than letters and digits.
	CodeInvalidSid = "INVALID_SID"
	// CodeDuplicateSid: two statements of a document have the same Sid.
	CodeDuplicateSid = "DUPLICATE_SID"
	// CodeCharacters: characters that IAM takes in no document.
	CodeCharacters = "CHARACTERS"
	// CodeVersion: a version that IAM does not know, or one that is too old for
	// the document's variables.
	CodeVersion = "VERSION"
	// CodeSize: the document is longer than a policy may be.
	CodeSize = "SIZE"

	// CodeInvalidAction: an action that IAM refuses for its form.
	CodeInvalidAction = "INVALID_ACTION"
	// CodeUnknownService: no service has this prefix.
	CodeUnknownService = "UNKNOWN_SERVICE"
	// CodeUnknownAction: the service has no such action, or none that the pattern
	// matches.
	CodeUnknownAction = "UNKNOWN_ACTION"
	// CodeFullAccess: any action on any resource.
	CodeFullAccess = "FULL_ACCESS"
	// CodeWildcardAction: all actions of a service, or of all.
	CodeWildcardAction = "WILDCARD_ACTION"
	// CodeNotAction: an Allow of all actions but some.
	CodeNotAction = "NOT_ACTION"
	// CodeNotResource: an Allow on all resources but some.
	CodeNotResource = "NOT_RESOURCE"

	// CodeInvalidARN: a resource that is no ARN as the service writes them.
	CodeInvalidARN = "INVALID_ARN"
	// CodeInvalidPartition: an ARN's partition is none of AWS's.
	CodeInvalidPartition = "INVALID_PARTITION"
	// CodeMixedPartitions: ARNs of two partitions in one document.
	CodeMixedPartitions = "MIXED_PARTITIONS"
	// CodeDeadPair: an action that acts on none of its statement's resources, or a
	// resource on which none of its statement's actions acts.
	CodeDeadPair = "DEAD_PAIR"
	// CodeStarOnlyAction: an action that knows no resources, given an ARN.
	CodeStarOnlyAction = "STAR_ONLY_ACTION"
	// CodeBroadResource: a star where an ARN could stand.
	CodeBroadResource = "BROAD_RESOURCE"
	// CodePrefixLeak: a name that ends in a star and so opens its longer siblings.
	CodePrefixLeak = "PREFIX_LEAK"
	// CodeFunctionPrefix: a star after a Lambda function's name where its versions
	// are meant.
	CodeFunctionPrefix = "FUNCTION_PREFIX"
	// CodeKMSAlias: the alias of a key where the key itself should stand.
	CodeKMSAlias = "KMS_ALIAS"
	// CodeLogGroup: a log group where its streams should stand.
	CodeLogGroup = "LOG_GROUP"
	// CodePlaceholder: an example's word stands where a real one should.
	CodePlaceholder = "PLACEHOLDER"
	// CodeUnknownRegion: a region of a name that none can have.
	CodeUnknownRegion = "UNKNOWN_REGION"
	// CodeSecretSuffix: a secret without the characters in which its ARN ends.
	CodeSecretSuffix = "SECRET_SUFFIX"
	// CodeDenied: an Allow of which a Deny of the document leaves nothing.
	CodeDenied = "DENIED"

	// CodeUnknownOperator: IAM knows no such condition operator.
	CodeUnknownOperator = "UNKNOWN_OPERATOR"
	// CodeOperatorType: the operator compares values of another type than the key's.
	CodeOperatorType = "OPERATOR_TYPE"
	// CodeInvalidValue: a value that the operator cannot read.
	CodeInvalidValue = "INVALID_VALUE"
	// CodeWildcardValue: a wildcard under an operator that takes it literally.
	CodeWildcardValue = "WILDCARD_VALUE"
	// CodeUnknownConditionKey: neither AWS as a whole nor a service has such a key.
	CodeUnknownConditionKey = "UNKNOWN_CONDITION_KEY"
	// CodeConditionKeyUnsupported: requests of the action never carry the key.
	CodeConditionKeyUnsupported = "CONDITION_KEY_UNSUPPORTED"
	// CodeMissingQualifier: a key of many values compared as if it had one.
	CodeMissingQualifier = "MISSING_QUALIFIER"
	// CodeForAllValues: ForAllValues, which is true where there is no value.
	CodeForAllValues = "FOR_ALL_VALUES"
	// CodeContradiction: conditions that are never true together.
	CodeContradiction = "CONTRADICTION"
	// CodeServiceContextKey: a condition on a key that only requests of AWS
	// services carry, in a policy of somebody who makes the requests.
	CodeServiceContextKey = "SERVICE_CONTEXT_KEY"
	// CodeInvalidVariable: a policy variable that is written wrongly, or stands
	// where IAM replaces none.
	CodeInvalidVariable = "INVALID_VARIABLE"
	// CodeUnknownVariable: a policy variable that is no condition key, or none that
	// a task's requests carry.
	CodeUnknownVariable = "UNKNOWN_VARIABLE"

	// CodePassRole: iam:PassRole for roles that nobody chose.
	CodePassRole = "PASS_ROLE"
	// CodePassRoleToAnyService: iam:PassRole to whatever service.
	CodePassRoleToAnyService = "PASS_ROLE_TO_ANY_SERVICE"
	// CodePrivilegeEscalation: actions with which the task can give itself more
	// permissions than the document says.
	CodePrivilegeEscalation = "PRIVILEGE_ESCALATION"
	// CodeCredentialExposure: credentials or secrets of everything.
	CodeCredentialExposure = "CREDENTIAL_EXPOSURE"
)
