package v1alpha1_test

import (
	"fmt"
	"strings"
)

// grant makes a spec with one grant, whose keys are the given ones and, where they
// name none, valid ones.
func grant(keys string) string {
	base := ""
	for key, value := range map[string]string{"access": `["Read"]`, "resources": `["arn:aws:s3:::b/*"]`} {
		if !strings.Contains(keys, key+":") {
			base += ", " + key + ": " + value
		}
	}
	return "grants: [{" + strings.TrimPrefix(strings.Trim(keys, " ")+base, ", ") + "}]"
}

func grantRefusals() []refusal {
	const (
		g        = "spec.grants[0]"
		form     = "a resource of a grant is an ARN with partition and service written out"
		verbForm = "access holds verbs that begin with a capital letter, such as Read, List or Consume"
	)
	of := func(arn string) string { return grant(fmt.Sprintf("resources: [%q]", arn)) }
	verb := func(name string) string { return grant(fmt.Sprintf("access: [%q]", name)) }
	narrowed := func(conditions string) string { return grant("conditions: " + conditions) }
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+", ", i)
		}
		return "{" + strings.TrimSuffix(b.String(), ", ") + "}"
	}
	operators := []string{"String", "Numeric", "Date", "Arn"}
	var block []string
	for _, kind := range operators {
		for _, of := range []string{"Equals", "NotEquals", "EqualsIfExists", "NotEqualsIfExists"} {
			block = append(block, kind+of+": {'aws:a': [x]}")
		}
	}
	return []refusal{
		{name: "too many grants", spec: "grants: [" + strings.TrimSuffix(strings.Repeat("{access: [Read], resources: ['arn:aws:s3:::b/*']}, ", 51), ", ") + "]", field: "spec.grants", says: "Too many"},
		{name: "grant without access", spec: "grants: [{resources: ['arn:aws:s3:::b/*']}]", field: g + ".access", says: "Required value"},
		{name: "grant with empty access", spec: grant("access: []"), field: g + ".access", says: "at least 1 items"},
		{name: "grant with too many verbs", spec: grant("access: " + list(11, func(i int) string { return "Read" + strings.Repeat("x", i) })), field: g + ".access", says: "Too many"},
		{name: "same verb twice", spec: grant("access: [Read, Read]"), field: g + ".access[1]", says: "Duplicate value"},
		{name: "long verb", spec: verb("R" + strings.Repeat("e", 40)), field: g + ".access[0]", says: "Too long"},
		{name: "action as verb", spec: verb("s3:GetObject"), field: g + ".access[0]", says: verbForm + "; IAM actions such as s3:GetObject belong into spec.statements"},
		{name: "verb in small letters", spec: verb("read"), field: g + ".access[0]", says: verbForm},
		{name: "star as verb", spec: verb("*"), field: g + ".access[0]", says: verbForm},

		{name: "grant without resources", spec: "grants: [{access: [Read]}]", field: g + ".resources", says: "Required value"},
		{name: "grant with empty resources", spec: grant("resources: []"), field: g + ".resources", says: "at least 1 items"},
		{name: "grant with too many resources", spec: grant("resources: " + list(21, func(i int) string { return fmt.Sprintf("arn:aws:s3:::b%d/*", i) })), field: g + ".resources", says: "Too many"},
		{name: "long resource of a grant", spec: of("arn:aws:s3:::" + strings.Repeat("b", 1012)), field: g + ".resources[0]", says: "Too long"},
		{name: "star as resource of a grant", spec: of("*"), field: g + ".resources[0]", says: "* alone is none"},
		{name: "bucket's name as resource of a grant", spec: of("my-bucket"), field: g + ".resources[0]", says: form},
		{name: "resource of a grant with a wildcard service", spec: of("arn:aws:*:::b"), field: g + ".resources[0]", says: form},
		{name: "resource of a grant in any partition", spec: of("arn:*:s3:::b"), field: g + ".resources[0]", says: form},
		{name: "resource of a grant with a line end", spec: of("arn:aws:s3:::b\n"), field: g + ".resources[0]", says: form},
		{name: "resource of a grant beyond U+00FF", spec: of("arn:aws:s3:::€"), field: g + ".resources[0]", says: form},
		{name: "resource of a grant with the literal region", spec: of("arn:aws:sqs:region:111122223333:orders"), field: g + ".resources[0]", says: "write the real one, such as us-west-2"},
		{name: "resource of a grant with the literal account", spec: of("arn:aws:sqs:us-west-2:account-id:orders"), field: g + ".resources[0]", says: "neither empty nor 12 digits"},

		{name: "too many operators of a grant", spec: narrowed("{" + strings.Join(append(block, "Bool: {'aws:a': [x]}"), ", ") + "}"), field: g + ".conditions", says: "Too many"},
		{name: "unknown operator of a grant", spec: narrowed("{Equals: {'aws:a': [x]}}"), field: g + ".conditions", says: "unknown condition operator Equals: write one that IAM knows"},
		{name: "operator of a grant without keys", spec: narrowed("{Bool: {}}"), field: g + ".conditions.Bool", says: "at least 1 properties"},
		{name: "too many keys of a grant", spec: narrowed("{Bool: " + numbered(17, "'aws:k%d': [x]") + "}"), field: g + ".conditions.Bool", says: "Too many"},
		{name: "key of a grant without prefix", spec: narrowed("{StringEquals: {prefix: [x]}}"), field: g + ".conditions[StringEquals]", says: "condition key prefix: a key is written prefix:name"},
		{name: "key of a grant without values", spec: narrowed("{StringEquals: {'aws:a': []}}"), field: g + ".conditions.StringEquals.aws:a", says: "at least 1 items"},
		{name: "too many values of a grant", spec: narrowed("{StringEquals: {'aws:a': " + list(33, func(i int) string { return fmt.Sprint(i) }) + "}}"), field: g + ".conditions.StringEquals.aws:a", says: "Too many"},
		{name: "long value of a grant", spec: narrowed("{StringEquals: {'aws:a': [" + strings.Repeat("x", 1025) + "]}}"), field: g + ".conditions.StringEquals.aws:a[0]", says: "Too long"},
		{name: "value of a grant beyond U+00FF", spec: narrowed("{StringEquals: {'aws:a': [€]}}"), field: g + ".conditions.StringEquals.aws:a[0]", says: "should match"},

		{name: "unknown executeCommand", spec: "executeCommand: Always", field: "spec.executeCommand", says: `supported values: "Disabled", "Enabled", "Auto"`},
		{name: "unknown inference", spec: "inference: Off", field: "spec.inference", says: `supported values: "Report", "Grant"`},
	}
}

func railRefusals() []refusal {
	const (
		actionForm   = "an action is written service:Name, such as s3:GetObject or s3:Get*"
		resourceForm = "a pattern of resources is * or has the six parts of an ARN, such as arn:aws:s3:::{{namespace}}-*"
	)
	refusals := []refusal{
		{name: "unknown default executeCommand", spec: "defaults: {executeCommand: 'On'}", field: "spec.defaults.executeCommand", says: "Unsupported value"},
		{name: "unknown default inference", spec: "defaults: {inference: 'On'}", field: "spec.defaults.inference", says: "Unsupported value"},
		{name: "too many allowedResources", spec: "allowedResources: " + list(129, func(i int) string { return fmt.Sprintf("arn:aws:s3:::b%d", i) }), field: "spec.allowedResources", says: "Too many"},
		{name: "same resource twice", spec: "allowedResources: ['*', '*']", field: "spec.allowedResources[1]", says: "Duplicate value"},
		{name: "long resource of a class", spec: "allowedResources: ['arn:aws:s3:::" + strings.Repeat("b", 500) + "']", field: "spec.allowedResources[0]", says: "Too long"},
		{name: "bucket's name as resource of a class", spec: "allowedResources: ['{{namespace}}-*']", field: "spec.allowedResources[0]", says: resourceForm},
		{name: "policy variable in a resource of a class", spec: "allowedResources: ['arn:aws:s3:::${aws:PrincipalTag/team}-*']", field: "spec.allowedResources[0]", says: "without policy variables"},
		{name: "unknown variable in a resource of a class", spec: "allowedResources: ['arn:aws:s3:::{{name}}-*']", field: "spec.allowedResources[0]", says: resourceForm},
	}
	for _, field := range []string{"allowedActions", "deniedActions"} {
		at := "spec." + field
		refusals = append(refusals,
			refusal{name: "too many " + field, spec: field + ": " + list(129, func(i int) string { return fmt.Sprintf("s3:A%d", i) }), field: at, says: "Too many"},
			refusal{name: "same one of " + field + " twice", spec: field + ": ['*', '*']", field: at + "[1]", says: "Duplicate value"},
			refusal{name: "long one of " + field, spec: field + ": ['s3:" + strings.Repeat("G", 126) + "']", field: at + "[0]", says: "Too long"},
			refusal{name: field + " without service", spec: field + ": [GetObject]", field: at + "[0]", says: actionForm},
			refusal{name: field + " of any service", spec: field + ": ['s*:*']", field: at + "[0]", says: actionForm},
		)
	}
	return refusals
}
