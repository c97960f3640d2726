package e2e

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// yamlList is a list of n texts.
func yamlList(n int, text func(int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf("%q", text(i))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// yamlItems is a list of n items that are YAML themselves.
func yamlItems(n int, item func(int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = item(i)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// oneGrant is a spec whose only grant has the keys besides those that it needs.
func oneGrant(keys string) string {
	rest := ""
	for key, value := range map[string]string{"access": "[Read]", "resources": "['arn:aws:s3:::bucket/*']"} {
		if !strings.Contains(keys, key+":") {
			rest += ", " + key + ": " + value
		}
	}
	return "grants: [{" + keys + rest + "}]"
}

// oneStatement is a spec whose only statement has the keys besides those that
// it needs.
func oneStatement(keys string) string {
	rest := ""
	for key, value := range map[string]string{"effect": "Allow", "actions": "['s3:GetObject']", "resources": "['arn:aws:s3:::bucket/*']"} {
		if !strings.Contains(keys, key+":") {
			rest += ", " + key + ": " + value
		}
	}
	return "statements: [{" + keys + rest + "}]"
}

// refusedAtApply are the malformed TaskRoles that never get into the cluster.
var refusedAtApply = map[string]badInput{
	"unknown field":                {spec: "permissions: []", says: []string{`unknown field "spec.permissions"`}},
	"unknown field of a statement": {spec: oneStatement("notActions: ['s3:*']"), says: []string{`unknown field "spec.statements[0].notActions"`}},
	"no family":                    {spec: "family: null", says: []string{"spec.family: Required value"}},
	"empty family":                 {spec: "family: ''", says: []string{"spec.family", "at least 1 chars"}},
	"family with a revision":       {spec: "family: 'orders:42'", says: []string{"spec.family", "write orders-api, not orders-api:42"}},
	"family as ARN":                {spec: "family: 'arn:aws:ecs:us-west-2:111122223333:task-definition/orders'", says: []string{"spec.family", "write orders-api"}},
	"empty className":              {spec: "className: ''", says: []string{"spec.className", "at least 1 chars"}},
	"role ARN as roleName":         {spec: "roleName: 'arn:aws:iam::111122223333:role/orders'", says: []string{"spec.roleName", "write the bare name"}},
	"roleName with a path":         {spec: "roleName: /apps/orders", says: []string{"spec.roleName", "without path"}},
	"roleName too long":            {spec: "roleName: " + strings.Repeat("r", 65), says: []string{"spec.roleName", "64"}},
	"name too long":                {object: strings.Repeat("n", 254), says: []string{"metadata.name", "no more than 253"}},
	"name in capitals":             {object: "Orders", says: []string{"metadata.name", "lower case alphanumeric"}},
	"policy ARN as the guide misprints it": {spec: "managedPolicyARNs: ['arn:aws:iam:111122223333:aws:policy/taskRolePolicy']",
		says: []string{"spec.managedPolicyARNs[0]", "arn:aws:iam::111122223333:policy/NAME", "guide misprints it"}},
	"literal region in a policy ARN": {spec: "managedPolicyARNs: ['arn:aws:iam:region:111122223333:policy/p']", says: []string{"spec.managedPolicyARNs[0]", "has no region"}},
	"policy by its name":             {spec: "managedPolicyARNs: [ReadOnlyAccess]", says: []string{"spec.managedPolicyARNs[0]", "arn:aws:iam::aws:policy/NAME"}},
	"policy with a wildcard":         {spec: "managedPolicyARNs: ['arn:aws:iam::aws:policy/*']", says: []string{"spec.managedPolicyARNs[0]", "letters, digits"}},
	"same policy twice":              {spec: "managedPolicyARNs: ['arn:aws:iam::aws:policy/p', 'arn:aws:iam::aws:policy/p']", says: []string{"spec.managedPolicyARNs[1]", "Duplicate value"}},
	"boundary by its name":           {spec: "permissionsBoundaryARN: boundary", says: []string{"spec.permissionsBoundaryARN", "arn:aws:iam::111122223333:policy/NAME"}},
	"literal region in a resource":   {spec: oneStatement("resources: ['arn:aws:sqs:region:111122223333:orders']"), says: []string{"spec.statements[0].resources[0]", "such as us-west-2"}},
	"resource by its name":           {spec: oneStatement("resources: [bucket]"), says: []string{"spec.statements[0].resources[0]", "such as arn:aws:s3:::my-bucket/*"}},
	"resource beyond Latin letters":  {spec: oneStatement("resources: ['arn:aws:s3:::kosten-€/*']"), says: []string{"spec.statements[0].resources[0]", "without", "beyond U+00FF"}},
	"resource of a mistyped partition": {spec: oneStatement("resources: ['arn:amazon:s3:::bucket']"),
		says: []string{"spec.statements[0].resources[0]", "write arn:aws:"}},
	"resource without its account":  {spec: oneStatement("resources: ['arn:aws:sqs:us-west-2::orders']"), says: []string{"spec.statements[0].resources[0]", "account is missing", "such as"}},
	"policy variable in an account": {spec: oneStatement("resources: ['arn:aws:sqs:us-west-2:${aws:PrincipalAccount}:orders']"), says: []string{"spec.statements[0].resources[0]", "write the real"}},
	"a text where a list belongs":   {spec: oneStatement("resources: 'arn:aws:s3:::bucket'"), says: []string{"spec.statements[0].resources", "must be of type array"}},
	"action without a service":      {spec: oneStatement("actions: [GetObject]"), says: []string{"spec.statements[0].actions[0]", "written service:Name, such as s3:GetObject"}},
	"action of every service":       {spec: oneStatement("actions: ['*:Get*']"), says: []string{"spec.statements[0].actions[0]", "never within service"}},
	"unknown operator":              {spec: oneStatement("conditions: {StringMatches: {'aws:a': [x]}}"), says: []string{"spec.statements[0].conditions", "unknown condition operator StringMatches", "such as StringEquals"}},
	"operator in small letters":     {spec: oneStatement("conditions: {stringEquals: {'aws:a': [x]}}"), says: []string{"spec.statements[0].conditions", "with its capitals"}},
	"condition key without prefix":  {spec: oneStatement("conditions: {StringEquals: {SourceAccount: [x]}}"), says: []string{"spec.statements[0].conditions", "written prefix:name"}},
	"condition without values":      {spec: oneStatement("conditions: {StringEquals: {'aws:a': []}}"), says: []string{"spec.statements[0].conditions.StringEquals", "at least 1 items"}},
	"same sid twice": {spec: "statements: [{sid: A, effect: Allow, actions: ['s3:*'], resources: ['*']}, {sid: A, effect: Deny, actions: ['s3:*'], resources: ['*']}]",
		says: []string{"spec", "the same sid: rename one"}},
	"sid with a hyphen":           {spec: oneStatement("sid: audit-logs"), says: []string{"spec.statements[0].sid", "write AuditLogs"}},
	"effect in small letters":     {spec: oneStatement("effect: allow"), says: []string{"spec.statements[0].effect", `"Allow", "Deny"`}},
	"tag of AWS":                  {spec: "tags: {'aws:owner': me}", says: []string{"spec.tags", "reserved by AWS: choose another"}},
	"tag of the controller":       {spec: "tags: {ecs.taskrole.dev/name: me}", says: []string{"spec.tags", "reserved by the controller: choose another"}},
	"tags that IAM cannot tell":   {spec: "tags: {team: a, Team: b}", says: []string{"spec.tags", "keep one of them"}},
	"unknown managementPolicy":    {spec: "managementPolicy: Manage", says: []string{"spec.managementPolicy", `"Enforce", "Observe"`}},
	"deletionPolicy of Terraform": {spec: "deletionPolicy: Orphan", says: []string{"spec.deletionPolicy", `"Delete", "Retain"`}},
	"action as a verb":            {spec: oneGrant("access: ['s3:GetObject']"), says: []string{"spec.grants[0].access[0]", "such as Read", "spec.statements"}},
	"grant on everything":         {spec: oneGrant("resources: ['*']"), says: []string{"spec.grants[0].resources[0]", "* alone is none"}},
	"grant without access":        {spec: "grants: [{resources: ['arn:aws:s3:::b/*']}]", says: []string{"spec.grants[0].access", "Required value"}},
	"literal region in a grant":   {spec: oneGrant("resources: ['arn:aws:sqs:region:111122223333:orders']"), says: []string{"spec.grants[0].resources[0]", "such as us-west-2"}},
	"unknown executeCommand":      {spec: "executeCommand: 'Yes'", says: []string{"spec.executeCommand", `"Disabled", "Enabled"`}},
	"namespace that is going": {prepare: func(s *stage) {
		s.must(world.Kube.Delete(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}))
	}, says: []string{"namespace", "being terminated"}},
}

// classTags are n tags of a class.
func classTags(n int) func(*v1alpha1.TaskRoleClass) {
	return func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Tags = v1alpha1.Tags{}
		for i := range n {
			c.Spec.Tags[fmt.Sprintf("class-%d", i)] = "x"
		}
		for i := range n {
			c.Spec.AllowedTagKeys = append(c.Spec.AllowedTagKeys, fmt.Sprintf("own-%d", i))
		}
	}
}

// actions lets a class allow these alone.
func actions(allowed ...v1alpha1.ActionPattern) func(*v1alpha1.TaskRoleClass) {
	return func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowedActions = allowed }
}

// listing allows policies by their ARNs, ACCOUNT being the class's.
func listing(arns ...string) func(*v1alpha1.TaskRoleClass) {
	return func(c *v1alpha1.TaskRoleClass) {
		for _, arn := range arns {
			c.Spec.AllowedManagedPolicyARNs = append(c.Spec.AllowedManagedPolicyARNs,
				v1alpha1.PolicyARN(strings.ReplaceAll(arn, "ACCOUNT", c.Spec.AccountID)))
		}
	}
}

const awsManaged = "arn:aws:iam::aws:policy/"

// bounded gives the class a boundary of its account, or of AWS, by ARN.
func bounded(arn string) func(*v1alpha1.TaskRoleClass) {
	return func(c *v1alpha1.TaskRoleClass) {
		c.Spec.Unbounded = false
		c.Spec.PermissionsBoundaryARN = v1alpha1.PolicyARN(strings.ReplaceAll(arn, "ACCOUNT", c.Spec.AccountID))
	}
}

func manyPolicies(n int) []string {
	arns := make([]string, n)
	for i := range arns {
		arns[i] = fmt.Sprintf("%sp%d", awsManaged, i)
	}
	return arns
}

// stalledInputs are those that get into the cluster, because it takes the class,
// other objects or AWS to tell that they cannot be carried out.
var stalledInputs = map[string]badInput{
	"unknown class":    {spec: "className: nowhere", reason: v1alpha1.ReasonClassNotFound, says: []string{"TaskRoleClass nowhere", "kubectl get taskroleclasses"}},
	"no default class": {spec: "className: null", reason: v1alpha1.ReasonClassNotFound, says: []string{"spec.className", "name a class"}},
	"family not allowed": {rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.Families = []v1alpha1.NamePattern{"{{namespace}}-*"} },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.family", "-*; name one of those"}},
	"no family allowed": {rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.Families = nil },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.family", "it allows none", "ask the platform team"}},
	"roleName not allowed": {spec: "roleName: admin", rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowRoleNames = []v1alpha1.NamePattern{"app-*"} },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.roleName", "app-*", "leave roleName out"}},
	"roleName of another namespace": {spec: "roleName: " + clusterID + ".payments.api",
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.roleName", "another namespace", "leave roleName out"}},
	"roleName that somebody has": {spec: "roleName: taken", prepare: func(s *stage) { s.makeRole("taken", "/", trustOf("ecs-tasks.amazonaws.com"), nil) },
		reason: v1alpha1.ReasonConflict, says: []string{"role taken exists", "another roleName"}},
	"statements not allowed": {rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowStatements = false },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.statements", "use spec.grants"}},
	"verb that the resource does not offer": {spec: oneGrant("access: [Read, Fly]"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.grants[0].access[1]", "Fly", "Read"}},
	"verb of the bucket's objects": {spec: oneGrant("resources: ['arn:aws:s3:::bucket']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.grants[0]", "arn:aws:s3:::bucket/*"}},
	"service that grants do not know": {spec: oneGrant("resources: ['arn:aws:timestream:us-west-2:ACCOUNT:database/d']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.grants[0].resources[0]", "timestream", "spec.statements"}},
	"condition that a grant's action does not know": {spec: oneGrant("conditions: {StringLike: {'s3:prefix': ['p/*']}}"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.grants[0].conditions", "s3:prefix", "s3:GetObject"}},
	"grant of an action not allowed": {spec: oneGrant("access: [Write]"), rails: actions("s3:GetObject"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.grants[0]", "s3:PutObject", "ask the platform team"}},
	"grant of a resource not allowed": {spec: oneGrant("access: [Read]"), rails: func(c *v1alpha1.TaskRoleClass) {
		c.Spec.AllowedResources = []v1alpha1.ResourcePattern{"arn:aws:s3:::{{namespace}}-*"}
	}, reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.grants[0]", "arn:aws:s3:::stage-", "ask the platform team"}},
	"action of IAM under a wildcard": {spec: oneStatement("actions: ['iam:PassRole'], resources: ['arn:aws:iam::ACCOUNT:role/admin']"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.statements[0].actions[0]", "by name only"}},
	"action that is denied": {spec: oneStatement("actions: ['s3:*']"), rails: func(c *v1alpha1.TaskRoleClass) {
		c.Spec.DeniedActions = []v1alpha1.ActionPattern{"s3:DeleteBucket"}
	}, reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.statements[0].actions[0]", "denies s3:DeleteBucket"}},
	"queue of another account": {spec: oneGrant("access: [Send], resources: ['arn:aws:sqs:us-west-2:444455556666:q']"), rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.SameAccountOnly = true },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.grants[0]", "444455556666", "fifth part"}},
	"ECS Exec not allowed": {spec: "executeCommand: Enabled", rails: actions("s3:*"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.executeCommand", "ssmmessages:CreateControlChannel"}},
	"policy not listed": {spec: "managedPolicyARNs: ['" + awsManaged + "AdministratorAccess']", rails: listing(awsManaged + "ReadOnlyAccess"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.managedPolicyARNs[0]", "leave it out"}},
	"policy of another account": {spec: "managedPolicyARNs: ['arn:aws:iam::999999999999:policy/p']", rails: listing("arn:aws:iam::999999999999:policy/p"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.managedPolicyARNs[0]", "write arn:aws:iam::"}},
	"policy of another partition": {spec: "managedPolicyARNs: ['arn:aws-cn:iam::aws:policy/p']", rails: listing("arn:aws-cn:iam::aws:policy/p"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.managedPolicyARNs[0]", "write arn:aws:iam::"}},
	"too many policies": {spec: "managedPolicyARNs: " + yamlList(10, func(i int) string { return manyPolicies(10)[i] }), rails: listing(manyPolicies(10)...),
		reason: v1alpha1.ReasonQuotaExceeded, says: []string{"spec.managedPolicyARNs", "have fewer"}},
	"a statement that no policy holds": {spec: oneStatement("conditions: {StringEquals: {'aws:a': " + yamlList(7, func(i int) string { return strings.Repeat(fmt.Sprint(i), 1000) }) + "}}"),
		reason: v1alpha1.ReasonQuotaExceeded, says: []string{"spec.statements[0]", "shorten its conditions"}},
	"statements that a role cannot hold": {spec: "statements: " + yamlItems(12, func(n int) string {
		return "{effect: Allow, actions: ['s3:GetObject'], resources: " +
			yamlList(40, func(i int) string { return fmt.Sprintf("arn:aws:s3:::bucket/%0100d", n*50+i) }) + "}"
	}),
		reason: v1alpha1.ReasonQuotaExceeded, says: []string{"that its grants and statements fill", "have fewer"}},
	"more resources than policies could hold": {spec: "statements: " + yamlItems(12, func(n int) string {
		return "{effect: Allow, actions: ['s3:GetObject'], resources: " +
			yamlList(50, func(i int) string { return fmt.Sprintf("arn:aws:s3:::bucket/%0100d", n*50+i) }) + "}"
	}), reason: v1alpha1.ReasonQuotaExceeded, says: []string{"72012 characters together", "have fewer"}},
	"a pattern to keep the controller busy": {spec: oneStatement("resources: ['arn:aws:s3:::" + strings.Repeat("a*", 17) + "']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.statements[0].resources[0]", "17 wildcards", "write a shorter pattern"}},
	"tag key not allowed": {spec: "tags: {owner: me}", reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.tags[owner]", "it allows team; remove the tag"}},
	"tag of the class": {spec: "tags: {team: mine}", rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.Tags = v1alpha1.Tags{"Team": "platform"} },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.tags[team]", "remove it"}},
	"too many tags with those of the class": {spec: "tags: {" + strings.TrimSuffix(strings.Join(strings.Split(strings.Trim(yamlList(25, func(i int) string {
		return fmt.Sprintf("own-%d", i)
	}), "[]"), ", "), ": x, "), ", ") + ": x}", rails: classTags(25),
		reason: v1alpha1.ReasonQuotaExceeded, says: []string{"spec.tags", "have fewer in the TaskRole or in its class"}},
	"namespace not selected": {rails: func(c *v1alpha1.TaskRoleClass) {
		c.Spec.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"tenant": "yes"}}
	}, reason: v1alpha1.ReasonNotAllowed, says: []string{"metadata.namespace", "tenant=yes", "ask the platform team for a label"}},
	"no namespace selected": {rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.NamespaceSelector = nil },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"metadata.namespace", "no namespaceSelector", "ask the platform team"}},
	"another boundary": {spec: "permissionsBoundaryARN: 'arn:aws:iam::ACCOUNT:policy/mine'", rails: bounded("arn:aws:iam::ACCOUNT:policy/forced"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.permissionsBoundaryARN", "policy/forced", "leave it out"}},
	"boundary of another account": {spec: "permissionsBoundaryARN: 'arn:aws:iam::999999999999:policy/mine'",
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.permissionsBoundaryARN", "another account", "write arn:aws:iam::"}},
	"resource of another partition": {spec: oneStatement("resources: ['arn:aws-cn:s3:::bucket/*']"),
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.statements[0].resources[0]", "write arn:aws:"}},
	"several things at once": {spec: "{roleName: admin, tags: {owner: me}}", rails: func(c *v1alpha1.TaskRoleClass) { c.Spec.AllowRoleNames = nil },
		reason: v1alpha1.ReasonNotAllowed, says: []string{"spec.roleName", "leave roleName out", "spec.tags[owner]", "remove the tag"}},
	"family that an elder claims": {prepare: func(s *stage) {
		elder := s.declare("elder", func(tr *v1alpha1.TaskRole) { tr.Spec.Family = "orders" })
		s.await("elder", "acts", func(tr *v1alpha1.TaskRole) bool { return tr.Status.TaskDefinition.Revision > 0 })
		s.eventually("the next TaskRole is younger", func() error {
			if time.Now().Unix() <= elder.CreationTimestamp.Unix() {
				return errors.New("it is of the same second")
			}
			return nil
		})
	}, reason: v1alpha1.ReasonFamilyClaimed, says: []string{"family orders", "/elder", "delete one of the two"}},
	"date that is none": {spec: oneStatement("conditions: {DateLessThan: {'aws:CurrentTime': [tomorrow]}}"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.statements[0].conditions.DateLessThan[aws:CurrentTime][0]", "is no date: write"}},
	"region in a bucket's ARN": {spec: oneStatement("resources: ['arn:aws:s3:us-west-2::bucket/*']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.statements[0].resources[0]", "write arn:aws:s3:::bucket/*"}},
	"unknown kind of IAM resource": {spec: oneStatement("resources: ['arn:aws:iam::111122223333:roles/x']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.statements[0].resources[0]", "begins with user/"}},
	"wildcard as service of a resource": {spec: oneStatement("resources: ['arn:aws:s?:::bucket']"),
		reason: v1alpha1.ReasonInvalidSpec, says: []string{"spec.statements[0].resources[0]", "write out the service"}},
}

// secondDefault is alone in needing two classes by default: all others need none.
var secondDefault = map[string]badInput{
	"two default classes": {spec: "className: null", rails: byDefault, prepare: func(s *stage) {
		other := s.class(byDefault)
		other.Name += "-too"
		s.create(other)
		s.Cleanup(func() { s.drop(other) })
	}, reason: v1alpha1.ReasonClassNotFound, says: []string{"spec.className", "-too", "name a class"}},
}

// askedInputs look well until AWS says that they are not.
var askedInputs = map[string]badInput{
	"managed policy that does not exist": {spec: "managedPolicyARNs: ['arn:aws:iam::ACCOUNT:policy/missing']", rails: listing("arn:aws:iam::ACCOUNT:policy/missing"),
		reason: v1alpha1.ReasonRefusedByAWS, says: []string{"policy/missing", "does not exist", "correct spec.managedPolicyARNs"}},
	"boundary that does not exist": {rails: bounded("arn:aws:iam::ACCOUNT:policy/missing"),
		reason: v1alpha1.ReasonRefusedByAWS, says: []string{"policy/missing", "does not exist", "correct spec.permissionsBoundaryARN"}},
}
