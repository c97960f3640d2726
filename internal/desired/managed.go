package desired

import (
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/lint"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// managed are the declared managed policies, sorted, each once.
func managed(in Input) []string {
	var arns []string
	for _, arn := range in.TaskRole.Spec.ManagedPolicyARNs {
		arns = append(arns, string(arn))
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

// managedDocuments are those of the declared managed policies that are known and
// can be read.
func managedDocuments(in Input) []policy.Document {
	var out []policy.Document
	for _, arn := range managed(in) {
		if document, err := policy.Parse(in.ManagedDocuments[arn]); err == nil {
			out = append(out, document)
		}
	}
	return out
}

// judge looks at everything that is to be attached. What was declared is judged
// as it was declared, so that a finding speaks of what its author wrote.
func judge(in Input, sources []source) []policy.Finding {
	var names []string
	declared := policy.Document{Version: policy.Version}
	for i := range sources {
		names = append(names, sources[i].name)
		declared.Statement = append(declared.Statement, sources[i].statement)
	}
	findings := lint.Check(declared, names)
	if in.ManagedDocuments == nil {
		return findings // nobody has looked yet
	}
	for _, arn := range managed(in) {
		document, read := in.ManagedDocuments[arn]
		if read && document == "" {
			findings = append(findings, policy.Finding{
				Severity: policy.Error, Code: CodeUnreadable, Subject: "policy " + arn,
				Message: "it does not exist, so it cannot be attached: correct the ARN in spec.managedPolicyARNs, or have the policy created",
			})
			continue
		}
		findings = append(findings, judgeManaged("policy "+arn, document)...)
	}
	return findings
}

// CodeUnreadable is the finding against a managed policy that could not be judged.
const CodeUnreadable = "UNREADABLE_POLICY"

func judgeManaged(name, text string) []policy.Finding {
	if text == "" {
		return []policy.Finding{{
			Severity: policy.Info, Code: CodeUnreadable, Subject: name,
			Message: "it is attached, but was not judged, because the controller could not read it: allow it iam:GetPolicy and iam:GetPolicyVersion on this policy",
		}}
	}
	document, err := policy.Parse(text)
	if err != nil {
		return []policy.Finding{{Severity: policy.Info, Code: CodeUnreadable, Subject: name, Message: "it is attached, but was not judged: " + err.Error()}}
	}
	findings := lint.Check(document, nil)
	for i := range findings {
		findings[i].Subject = name + ", " + findings[i].Subject
	}
	return findings
}
