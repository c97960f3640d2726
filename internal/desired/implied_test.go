package desired

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

const (
	fileSystem  = "arn:aws:elasticfilesystem:us-west-2:111122223333:file-system/fs-0123456789abcdef0"
	accessPoint = "arn:aws:elasticfilesystem:us-west-2:111122223333:access-point/fsap-0123456789abcdef0"
)

// mounting is a definition that mounts an EFS volume to be read.
func mounting(in *Input) {
	in.Definitions = []Definition{{Number: 1, Registration: map[string]json.RawMessage{
		"volumes": json.RawMessage(`[{"name":"shared","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","transitEncryption":"ENABLED",
			"authorizationConfig":{"accessPointId":"fsap-0123456789abcdef0","iam":"ENABLED"}}}]`),
		"containerDefinitions": json.RawMessage(`[{"name":"app","mountPoints":[{"sourceVolume":"shared","containerPath":"/x","readOnly":true}]}]`),
	}}}
}

func inferring(in *Input) { in.TaskRole.Spec.Inference = v1alpha1.InferenceGrant }

func TestWhatTheDefinitionImpliesIsReportedWithAStatementThatCuresIt(t *testing.T) {
	state := build(t, input(mounting))
	if len(state.Implied) != 1 {
		t.Fatalf("%v", state.Implied)
	}
	f := state.Implied[0]
	if f.Severity != policy.Warning || f.Code != "IMPLIED_EFS" || !strings.Contains(f.Subject, "shared") || !strings.Contains(f.Message, "inference: Grant") {
		t.Errorf("%+v", f)
	}
	if len(state.Policies[0].Document.Statement) != 1 {
		t.Error("it is granted, although it is only to be reported")
	}
	if len(state.Findings) != 0 {
		t.Errorf("what is missing counts against what is permitted: %v", state.Findings)
	}
	// What the finding offers can be pasted, and cures it.
	_, text, found := strings.Cut(f.Message, "add to spec.statements: ")
	text, asGrant, also := strings.Cut(text, "; or to spec.grants: ")
	var cure v1alpha1.Statement
	if err := yaml.UnmarshalStrict([]byte(text), &cure); err != nil || !found {
		t.Fatalf("%v: %s", err, text)
	}
	var grant v1alpha1.Grant
	if err := yaml.UnmarshalStrict([]byte(asGrant), &grant); err != nil || !also {
		t.Fatalf("%v: %s", err, f.Message)
	}
	if cured := build(t, input(mounting, func(in *Input) { in.TaskRole.Spec.Grants = append(in.TaskRole.Spec.Grants, grant) })); len(cured.Implied) != 0 {
		t.Errorf("the grant does not cure: %v", cured.Implied)
	}
	state = build(t, input(mounting, func(in *Input) { in.TaskRole.Spec.Statements = append(in.TaskRole.Spec.Statements, cure) }))
	if len(state.Implied) != 0 {
		t.Errorf("the cure does not cure: %v", state.Implied)
	}
}

func TestWhatTheDefinitionImpliesIsGrantedWhereThatIsSaid(t *testing.T) {
	want := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
		{"Effect":"Allow","Action":"elasticfilesystem:ClientMount","Resource":"` + fileSystem + `",
		 "Condition":{"StringEquals":{"elasticfilesystem:AccessPointArn":"` + accessPoint + `"}}}]}`
	for name, change := range map[string]func(*Input){
		"by the TaskRole": inferring,
		"by the class":    func(in *Input) { in.Class.Spec.Defaults.Inference = v1alpha1.InferenceGrant },
	} {
		t.Run(name, func(t *testing.T) {
			state := build(t, input(mounting, change))
			same(t, want, state.Policies[0].Document)
			if len(state.Implied) != 0 {
				t.Errorf("granted, and reported: %v", state.Implied)
			}
			if sid := state.Policies[0].Document.Statement; !strings.HasPrefix(sid[0].Sid+sid[1].Sid, "InferredEFS") && !strings.Contains(sid[0].Sid+sid[1].Sid, "InferredEFS") {
				t.Errorf("no Sid says so: %s", state.Policies[0].Document.JSON())
			}
		})
	}
}

// Whoever registers a revision decides neither what the role may beyond the class
// nor whether it is kept.
func TestWhatTheDefinitionImpliesIsHeldAgainstTheClassAndRefusesNothing(t *testing.T) {
	for name, rail := range map[string]func(*Input){
		"denied":      denying("elasticfilesystem:*"),
		"not allowed": allowing([]string{"s3:*"}, all),
		"elsewhere":   allowing(all, []string{"arn:aws:s3:::*"}),
	} {
		t.Run(name, func(t *testing.T) {
			state := build(t, input(mounting, inferring, rail))
			if len(state.Policies[0].Document.Statement) != 1 {
				t.Errorf("granted all the same: %s", state.Policies[0].Document.JSON())
			}
			if len(state.Implied) != 1 || !strings.Contains(state.Implied[0].Message, "it is not granted: ") || !strings.Contains(state.Implied[0].Message, "production") {
				t.Errorf("%v", state.Implied)
			}
		})
	}
}

func TestWhatAManagedPolicyPermitsIsNotMissing(t *testing.T) {
	state := build(t, input(mounting, func(in *Input) {
		in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
		in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
		in.ManagedDocuments = map[string]string{readOnly: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"elasticfilesystem:Client*","Resource":"` + fileSystem + `"}}`}
	}))
	if len(state.Implied) != 0 {
		t.Errorf("%v", state.Implied)
	}
}

func TestManagedPoliciesAreJudged(t *testing.T) {
	attach := func(documents map[string]string) []policy.Finding {
		return build(t, input(func(in *Input) {
			in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
			in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
			in.ManagedDocuments = documents
		})).Findings
	}
	wide := attach(map[string]string{readOnly: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`})
	if len(wide) == 0 || !strings.Contains(wide[0].Subject, readOnly) || wide[0].Severity != policy.Warning {
		t.Errorf("a star is not told: %v", wide)
	}
	if found := attach(nil); len(found) != 0 {
		t.Errorf("before anybody looked: %v", found)
	}
	for name, documents := range map[string]map[string]string{"not readable": {}, "no document": {readOnly: "{"}} {
		found := attach(documents)
		if len(found) != 1 || found[0].Code != CodeUnreadable || found[0].Severity != policy.Info {
			t.Errorf("%s: %v", name, found)
		} else if advice := strings.Contains(found[0].Message, "allow it iam:GetPolicy"); advice != (documents[readOnly] == "") {
			t.Errorf("%s: %s", name, found[0].Message)
		}
	}
}

func TestAManagedPolicyThatDoesNotExistIsToldAsSuch(t *testing.T) {
	in := input(func(in *Input) {
		in.Class.Spec.AllowedManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
		in.TaskRole.Spec.ManagedPolicyARNs = []v1alpha1.PolicyARN{readOnly}
		in.ManagedDocuments = map[string]string{readOnly: ""}
	})
	for _, f := range build(t, in).Findings {
		if f.Code == CodeUnreadable {
			if f.Severity != policy.Error || !strings.Contains(f.Message, "does not exist") {
				t.Errorf("%+v", f)
			}
			return
		}
	}
	t.Error("nothing is told")
}

// defined is a definition of one container, written as JSON.
func defined(container string) func(*Input) {
	return func(in *Input) {
		in.Definitions = []Definition{{Number: 1, Registration: map[string]json.RawMessage{"containerDefinitions": json.RawMessage("[" + container + "]")}}}
	}
}

// collecting is a container of a collector that writes to so many log groups.
func collecting(groups int) string {
	var exporters, names strings.Builder
	for i := range groups {
		fmt.Fprintf(&exporters, " awsemf/%03d: {log_group_name: %s%03d}\n", i, strings.Repeat("g", 480), i)
		fmt.Fprintf(&names, "awsemf/%03d,", i)
	}
	content, _ := json.Marshal("exporters:\n" + exporters.String() + "service: {pipelines: {metrics: {exporters: [" + names.String() + "]}}}\n")
	return `{"name":"agent","image":"x/aws-otel-collector","environment":[{"name":"AOT_CONFIG_CONTENT","value":` + string(content) + `}]}`
}

func exportingTo(key string) string {
	return `{"name":"app","firelensConfiguration":{"type":"fluentbit"},"logConfiguration":{"logDriver":"awsfirelens","options":{"Name":"s3","bucket":"bkt","s3_key_format":"/` + key + `/$TAG"}}}`
}

func measuringIn(namespace string) string {
	return `{"name":"agent","image":"x/cloudwatch-agent","environment":[{"name":"CW_CONFIG_CONTENT","value":"{\"metrics\":{\"namespace\":\"` + namespace + `\"}}"}]}`
}

// Whoever registers a revision must not stop what was declared from being kept.
func TestWhatIAMWouldNotTakeOfADefinitionIsLeftOutAndTold(t *testing.T) {
	for name, c := range map[string]struct{ container, says string }{
		"a name that no policy holds":            {exportingTo(strings.Repeat("k", 7000)), "too long for any policy, which holds 6144 characters"},
		"a name beyond U+00FF":                   {measuringIn("日本"), "none beyond U+00FF"},
		"a name with a control character":        {measuringIn(`\\u0007`), "no control characters"},
		"one beyond U+00FF, where it is told of": {measuringIn("Ā"), "it is not granted: "},
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []func(*Input){inferring, func(*Input) {}} {
				state := build(t, input(defined(c.container), mode))
				if len(state.Policies) != 1 || len(state.Policies[0].Document.Statement) != 1 {
					t.Errorf("granted: %v", state.Policies)
				}
				if len(state.Implied) != 1 || !strings.Contains(state.Implied[0].Message, c.says) {
					t.Errorf("%v", state.Implied)
				}
			}
		})
	}
	for _, namespace := range []string{"Größe", "ÿ", `a\\tb\\r\\n`} {
		state := build(t, input(defined(measuringIn(namespace)), inferring))
		if len(state.Implied) != 0 || len(state.Policies[0].Document.Statement) != 2 {
			t.Errorf("%s: %v", namespace, state.Implied)
		}
	}
}

func TestWhatIsImpliedBeyondARolesQuotaIsLeftOutAndTold(t *testing.T) {
	scarce := func(in *Input) { in.MaxAttached = 3 }
	declared := build(t, input(scarce)).Policies[0].Document.Statement[0]
	state := build(t, input(scarce, inferring, defined(collecting(60))))
	granted := 0
	var kept bool
	for _, p := range state.Policies {
		for _, s := range p.Document.Statement {
			kept = kept || slices.Equal(s.Resource, declared.Resource)
			if strings.HasPrefix(s.Sid, "Inferred") {
				granted += len(s.Resource)
			}
		}
	}
	if !kept || len(state.Policies) > 3 {
		t.Fatalf("what was declared is kept: %v, in %d policies", kept, len(state.Policies))
	}
	if granted < 20 || granted == 60 || len(state.Implied) != 1 {
		t.Fatalf("%d of 60 are granted, told: %v", granted, state.Implied)
	}
	if f := state.Implied[0]; f.Severity != policy.Warning || !strings.Contains(f.Message, "it is not granted: a role takes 3 managed policies here") {
		t.Errorf("%v", f)
	}
	// One more than these finds no room.
	more := build(t, input(scarce, inferring, defined(collecting(granted))))
	if len(more.Implied) != 0 {
		t.Errorf("%d alone are too many: %v", granted, more.Implied)
	}
	if more = build(t, input(scarce, inferring, defined(collecting(granted+1)))); len(more.Implied) != 1 {
		t.Errorf("there is room for %d, and %d are granted", granted+1, granted)
	}
	// What there is no room for without it, is no reason to leave it out.
	r := refusal(t, input(scarce, inferring, defined(collecting(60)), attaching(3)))
	if r.Errors[0].Field != "spec.managedPolicyARNs" || !strings.Contains(r.Error(), "would have 4") {
		t.Error(r)
	}
}

func TestADefinitionThatImpliesWithoutEndIsReadToAnEnd(t *testing.T) {
	state := build(t, input(inferring, defined(collecting(maxImplied+1)), func(in *Input) { in.MaxAttached = 20 }))
	granted := 0
	for _, p := range state.Policies {
		for _, s := range p.Document.Statement {
			if strings.HasPrefix(s.Sid, "Inferred") {
				granted += len(s.Resource)
			}
		}
	}
	if granted != maxImplied || len(state.Implied) != 1 || !strings.Contains(state.Implied[0].Message, "more than 100 statements") {
		t.Errorf("%d granted, %v", granted, state.Implied)
	}
}

// Advice that the class refuses is none.
func TestWhatIsReportedSaysWhatTheClassWouldTake(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*Input)
		says, hide string
	}{
		"statements are allowed":  {func(*Input) {}, "or add to spec.statements: {", "production"},
		"no statements":           {func(in *Input) { in.Class.Spec.AllowStatements, in.TaskRole.Spec.Statements = false, nil }, "Set inference: Grant, which permits: {", "spec.statements"},
		"the class allows it not": {denying("elasticfilesystem:*"), "class production denies", "Set inference"},
	} {
		t.Run(name, func(t *testing.T) {
			state := build(t, input(mounting, c.change))
			if len(state.Implied) != 1 || !strings.Contains(state.Implied[0].Message, c.says) || strings.Contains(state.Implied[0].Message, c.hide) {
				t.Errorf("%v", state.Implied)
			}
		})
	}
}

func TestAPatternIsPermittedByOneThatIsAsWideOnly(t *testing.T) {
	group := func(name string) string { return "arn:aws:logs:us-west-2:111122223333:log-group:" + name + ":*" }
	container := `{"name":"agent","image":"x/aws-otel-collector","environment":[{"name":"AOT_CONFIG_CONTENT","value":"exporters:\n awsemf: {log_group_name: '/app/{Service}'}\nservice: {pipelines: {metrics: {exporters: [awsemf]}}}\n"}]}`
	for has, missing := range map[string]int{group("/app/*"): 0, "*": 0, group("/app/?"): 1, group("/app/????????"): 1, group("/app/x"): 1} {
		state := build(t, input(defined(container), asking("logs:*", has)))
		if len(state.Implied) != missing {
			t.Errorf("%s: %v", has, state.Implied)
		}
	}
}

// The API server takes no status of any length, and would go without one.
func TestWhatADefinitionSaysIsQuotedInBrief(t *testing.T) {
	long := strings.Repeat("é", 20000)
	container := func(options string) string {
		return `{"name":"app","firelensConfiguration":{"type":"fluentbit"},"logConfiguration":{"logDriver":"awsfirelens","options":{"Name":"s3","bucket":"bkt",` + options + `}}}`
	}
	for _, mode := range []func(*Input){inferring, func(*Input) {}} {
		for _, options := range []string{`"role_arn":"` + long + `"`, `"s3_key_format":"/` + strings.Repeat("k", 20000) + `/$TAG"`} {
			state := build(t, input(defined(container(options)), mode))
			if len(state.Implied) != 1 {
				t.Fatalf("%d findings", len(state.Implied))
			}
			if m := state.Implied[0].Message; len(m) > 2*maxWhy || !utf8.ValidString(m) || strings.HasPrefix(options, `"role`) && !strings.HasSuffix(m, "é...") {
				t.Errorf("%d bytes: ...%s", len(m), m[len(m)-10:])
			}
		}
	}
}
