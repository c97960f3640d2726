package v1alpha1

// Effect says whether a statement gives or takes.
// +kubebuilder:validation:Enum=Allow;Deny
type Effect string

// The effects that IAM knows.
const (
	EffectAllow Effect = "Allow"
	EffectDeny  Effect = "Deny"
)

// ConditionBlock holds a statement's conditions: operator -> key -> values.
// All keys of all operators must match, any value of a key does.
// +kubebuilder:validation:MaxProperties=16
// +kubebuilder:validation:XValidation:rule="self.all(op, op.matches('^(?:(ForAllValues|ForAnyValue):)?(?:(?:String(?:Equals|NotEquals|EqualsIgnoreCase|NotEqualsIgnoreCase|Like|NotLike)|Numeric(?:Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|Date(?:Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|Bool|BinaryEquals|IpAddress|NotIpAddress|Arn(?:Equals|Like|NotEquals|NotLike))(?:IfExists)?|Null)$'))",message="unknown condition operator: write one that IAM knows, with its capitals, such as StringEquals",messageExpression="'unknown condition operator ' + self.filter(op, !op.matches('^(?:(ForAllValues|ForAnyValue):)?(?:(?:String(?:Equals|NotEquals|EqualsIgnoreCase|NotEqualsIgnoreCase|Like|NotLike)|Numeric(?:Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|Date(?:Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|Bool|BinaryEquals|IpAddress|NotIpAddress|Arn(?:Equals|Like|NotEquals|NotLike))(?:IfExists)?|Null)$'))[0] + ': write one that IAM knows, with its capitals, such as StringEquals, StringLike, ArnLike, NumericLessThan, DateGreaterThan, Bool, IpAddress or Null; ForAnyValue: or ForAllValues: may stand before it, IfExists after it (not after Null)'"
type ConditionBlock map[string]ConditionKeys

// ConditionKeys holds the values by condition key, such as s3:prefix.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:MaxProperties=16
// +kubebuilder:validation:XValidation:rule="self.all(k, k.matches('^[A-Za-z0-9._/-]+:[A-Za-z0-9À-ÿ _/.:=@+-]{1,160}$'))",message="a condition key is written prefix:name, such as aws:PrincipalTag/team or s3:prefix",messageExpression="'condition key ' + self.filter(k, !k.matches('^[A-Za-z0-9._/-]+:[A-Za-z0-9À-ÿ _/.:=@+-]{1,160}$'))[0] + ': a key is written prefix:name, such as aws:PrincipalTag/team or s3:prefix'"
type ConditionKeys map[string]ConditionValues

// ConditionValues are the values that a condition key is compared with. IAM
// takes no character beyond U+00FF.
// +kubebuilder:validation:MinItems=1
// +kubebuilder:validation:MaxItems=32
// +kubebuilder:validation:items:MaxLength=1024
// +kubebuilder:validation:items:Pattern=`^[\t\n\r -ÿ]*$`
// +listType=atomic
type ConditionValues []string

// Statement is an IAM statement as it is. What it permits or denies is written
// into the policy of the role without change.
type Statement struct {
	// sid names the statement. Letters and digits; unique among the statements.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z0-9]*$')",message="a sid has letters and digits only: write AuditLogs, not audit-logs"
	SID string `json:"sid,omitempty"`

	// effect is Allow or Deny.
	// +required
	Effect Effect `json:"effect,omitempty"`

	// actions are IAM actions such as s3:GetObject. An asterisk is a wildcard.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:XValidation:rule="self == '*' || self.matches('^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$')",message="an action is written service:Name, such as s3:GetObject; * and ? are wildcards within Name only, never within service, and * alone is every action"
	Actions []string `json:"actions,omitempty"`

	// resources are ARNs, or an asterisk for actions that know no resource.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=1024
	// +kubebuilder:validation:items:XValidation:rule="self == '*' || self.matches('^arn:[^:]+:[^:*]+:([^:]*:){2}[ -ÿ]+$')",message="a resource is * or an ARN of six parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, such as arn:aws:s3:::my-bucket/*, with the service written out and without control characters and characters beyond U+00FF"
	// +kubebuilder:validation:items:XValidation:rule="!self.matches('^arn:[^:]*:[^:]*:(?i:region):')",message="the literal word region stands in the region's place: write the real one, such as us-west-2"
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^arn:(aws|aws-cn|aws-us-gov):') || !self.startsWith('arn:')",message="the partition is none of aws, aws-cn and aws-us-gov: write arn:aws:..., or the partition of the class"
	// +kubebuilder:validation:items:XValidation:rule="!self.contains('$') || self.split('$')[0].split(':').size() > 5",message="IAM replaces a policy variable in the resource part only, after the fifth colon: write the real partition, service, region and account"
	// +kubebuilder:validation:items:XValidation:rule="!self.startsWith('arn:') || self.matches('^([^:]*:){4}(\\\\d{12}|aws|[^:]*[*])?:')",message="the account is neither empty nor 12 digits: write the account's number in the fifth part of the ARN"
	// +kubebuilder:validation:items:XValidation:rule="self.split(':').size() < 6 || self.split(':')[4] != \"\" || !(self.split(':')[2] in ['dynamodb', 'ecr', 'ecs', 'elasticfilesystem', 'firehose', 'kinesis', 'kms', 'logs', 'secretsmanager', 'sns', 'sqs', 'states'])",message="the account is missing: ARNs of this service name it in the fifth part, such as arn:aws:sqs:us-west-2:111122223333:orders"
	Resources []string `json:"resources,omitempty"`

	// conditions narrow the statement: operator -> key -> values. YAML reads a
	// bare Null as nothing: write "Null" in quotes.
	// +optional
	Conditions ConditionBlock `json:"conditions,omitempty"`
}

// Grant is an intent: what the task may do with which resources. The controller
// turns it into the fewest actions on the right ARNs; docs/grants lists what each
// kind of resource offers.
type Grant struct {
	// access are verbs that every one of the resources offers, such as Read, List,
	// Write, Consume, Send, Publish or Invoke.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=40
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^[A-Z][A-Za-z]*$')",message="access holds verbs that begin with a capital letter, such as Read, List or Consume; IAM actions such as s3:GetObject belong into spec.statements"
	Access []string `json:"access,omitempty"`

	// resources are ARNs, or service:kind/name for what IAM has no ARN, such as
	// cloudwatch:namespace/Shop. An asterisk within a name is a wildcard.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=1024
	// +kubebuilder:validation:items:XValidation:rule="self.matches(self.startsWith('arn:') ? '^arn:(aws|aws-cn|aws-us-gov):[a-z0-9-]+:([^:]*:){2}[ -ÿ]+$' : '^[a-z0-9-]+:[a-z][ -ÿ]*$')",message="a resource of a grant is an ARN with partition and service written out, such as arn:aws:s3:::my-bucket/*, or service:kind/name for what has no ARN, such as cloudwatch:namespace/Shop; * alone is none"
	// +kubebuilder:validation:items:XValidation:rule="!self.matches('^arn:[^:]*:[^:]*:(?i:region):')",message="the literal word region stands in the region's place: write the real one, such as us-west-2"
	// +kubebuilder:validation:items:XValidation:rule="!self.startsWith('arn:') || self.matches('^([^:]*:){4}([0-9]{12}|aws|[^:]*[*])?:')",message="the account is neither empty nor 12 digits: write the account's number in the fifth part of the ARN"
	Resources []string `json:"resources,omitempty"`

	// conditions narrow everything that the grant permits: operator -> key ->
	// values. A key that one of its actions does not know is refused. "Null" with
	// true, operators that end in IfExists, ForAllValues and negated operators also
	// hold where the request lacks the key, and so can permit more than they seem to.
	// +optional
	Conditions ConditionBlock `json:"conditions,omitempty"`
}

// PolicyARN names a managed policy.
// +kubebuilder:validation:MaxLength=1024
// +kubebuilder:validation:XValidation:rule="!self.matches('^arn:[^:]*:iam:[^:]+:')",message="an IAM policy ARN has no region: the fourth part is empty and the account stands in the fifth, arn:aws:iam::111122223333:policy/NAME (AWS's guide misprints it)"
// +kubebuilder:validation:XValidation:rule="self.matches('^arn:(aws|aws-cn|aws-us-gov):iam::([0-9]{12}|aws):policy/.+$') || self.matches('^arn:[^:]*:iam:[^:]+:')",message="a managed policy ARN is written arn:aws:iam::111122223333:policy/NAME, or arn:aws:iam::aws:policy/NAME for one of AWS's own"
// +kubebuilder:validation:XValidation:rule="self.matches('^[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:policy/([!-~]{1,510}/)?[A-Za-z0-9+=,.@_-]{1,128}$') || !self.matches('^arn:(aws|aws-cn|aws-us-gov):iam::([0-9]{12}|aws):policy/.+$')",message="a managed policy's name has letters, digits and +=,.@_- only, 128 at most, after its path"
type PolicyARN string
