package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const class = "apiVersion: ecs.taskrole.dev/v1alpha1\nkind: TaskRoleClass\nmetadata: {name: c}\nspec: {accountID: '111122223333', region: us-west-2, unbounded: true}\n"

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "class.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsMissingOrWrongIsNamed(t *testing.T) {
	good := file(t, class)
	for says, args := range map[string][]string{
		"-class is missing":          {"-cluster-id", "prod"},
		`-cluster-id ""`:             {"-class", good},
		`-cluster-id "Prod"`:         {"-class", good, "-cluster-id", "Prod"},
		"no such file":               {"-class", good + "x", "-cluster-id", "prod"},
		"unknown field":              {"-class", file(t, class+"x: y\n"), "-cluster-id", "prod"},
		"with accountID and region":  {"-class", file(t, "kind: TaskRole\n"), "-cluster-id", "prod"},
		`"extra" is no flag`:         {"-class", good, "-cluster-id", "prod", "extra"},
		"flag provided but not defi": {"-nothing"},
	} {
		var out bytes.Buffer
		if err := run(args, &out); err == nil || !strings.Contains(err.Error(), says) || out.Len() > 0 {
			t.Errorf("%v: %v, not %q", args, err, says)
		}
	}
}

func TestThePolicyOfTheControllerOrOfAPipelineIsWritten(t *testing.T) {
	path := file(t, class)
	for says, args := range map[string][]string{
		`"arn:aws:iam::111122223333:role/execution"`:       {"-pass", "arn:aws:iam::111122223333:role/execution"},
		`"arn:aws:iam::111122223333:role/taskrole/prod/*"`: nil,
		`"iam:DeleteRolePermissionsBoundary"`:              nil,
		`role/taskrole/prod/shop/*"`:                       {"-namespace", "shop"},
	} {
		var out bytes.Buffer
		if err := run(append([]string{"-class", path, "-cluster-id", "prod"}, args...), &out); err != nil || !strings.Contains(out.String(), says) {
			t.Errorf("%v: %v, no %s in\n%s", args, err, says, out.String())
		}
	}
}
