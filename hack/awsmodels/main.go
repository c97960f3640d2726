// Command awsmodels writes those parts of AWS's published API models that the
// simulator's operations need, as JSON, into the folder given as its argument.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
)

const module = "github.com/aws/aws-sdk-go"

// operations are those that the simulator answers, by service.
var operations = map[string]struct {
	file  string
	names string
}{
	"iam": {"iam/2010-05-08", `
		CreateRole CreateServiceLinkedRole GetRole UpdateRole UpdateRoleDescription DeleteRole ListRoles UpdateAssumeRolePolicy
		TagRole UntagRole ListRoleTags PutRolePermissionsBoundary DeleteRolePermissionsBoundary
		AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
		PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies
		CreatePolicy GetPolicy DeletePolicy ListPolicies TagPolicy UntagPolicy ListPolicyTags ListEntitiesForPolicy
		CreatePolicyVersion GetPolicyVersion ListPolicyVersions SetDefaultPolicyVersion DeletePolicyVersion
		CreateInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile DeleteInstanceProfile
		GetInstanceProfile ListInstanceProfilesForRole GetAccountAuthorizationDetails`},
	"sts": {"sts/2011-06-15", `AssumeRole GetCallerIdentity`},
}

type model struct {
	Metadata   map[string]any            `json:"metadata"`
	Operations map[string]map[string]any `json:"operations"`
	Shapes     map[string]map[string]any `json:"shapes"`
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: awsmodels FOLDER")
	}
	folder, err := sdk()
	if err != nil {
		log.Fatal(err)
	}
	for service, wanted := range operations {
		in := filepath.Join(folder, "models", "apis", filepath.FromSlash(wanted.file), "api-2.json")
		out := filepath.Join(os.Args[1], service+".json")
		if err := cut(in, out, strings.Fields(wanted.names)); err != nil {
			log.Fatalf("%s: %v", service, err)
		}
	}
}

// sdk is the folder of the pinned SDK in the module cache.
func sdk() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	return strings.TrimSpace(string(out)), err
}

func cut(in, out string, names []string) error {
	text, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var whole model
	if err := json.Unmarshal(text, &whole); err != nil {
		return err
	}
	part := map[string]any{
		"source":       module + " v" + aws.SDKVersion,
		"xmlNamespace": whole.Metadata["xmlNamespace"],
		"apiVersion":   whole.Metadata["apiVersion"],
	}
	kept := map[string]map[string]any{}
	part["operations"], part["shapes"] = kept, map[string]map[string]any{}
	for _, name := range names {
		operation, found := whole.Operations[name]
		if !found {
			return fmt.Errorf("no operation %s", name)
		}
		delete(operation, "http")
		delete(operation, "name")
		kept[name] = operation
		reach(operation, whole.Shapes, part["shapes"].(map[string]map[string]any))
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(part); err != nil {
		return err
	}
	return os.WriteFile(out, lines.Bytes(), 0o644)
}

// reach keeps every shape that value refers to, and what those refer to.
func reach(value any, from, kept map[string]map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		if name, ok := v["shape"].(string); ok && kept[name] == nil {
			kept[name] = from[name]
			reach(from[name], from, kept)
		}
		for _, inner := range v {
			reach(inner, from, kept)
		}
	case []any:
		for _, inner := range v {
			reach(inner, from, kept)
		}
	}
}
