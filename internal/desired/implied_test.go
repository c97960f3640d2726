package desired

import (
	"encoding/json"
	"strings"
	"testing"

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
	in.Definition = map[string]json.RawMessage{
		"volumes": json.RawMessage(`[{"name":"shared","efsVolumeConfiguration":{"fileSystemId":"fs-0123456789abcdef0","transitEncryption":"ENABLED",
			"authorizationConfig":{"accessPointId":"fsap-0123456789abcdef0","iam":"ENABLED"}}}]`),
		"containerDefinitions": json.RawMessage(`[{"name":"app","mountPoints":[{"sourceVolume":"shared","containerPath":"/x","readOnly":true}]}]`),
	}
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
	var cure v1alpha1.Statement
	if err := yaml.UnmarshalStrict([]byte(text), &cure); err != nil || !found {
		t.Fatalf("%v: %s", err, text)
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
		if found := attach(documents); len(found) != 1 || found[0].Code != CodeUnreadable || found[0].Severity != policy.Info {
			t.Errorf("%s: %v", name, found)
		}
	}
}
