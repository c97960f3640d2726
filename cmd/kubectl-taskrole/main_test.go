package main

import (
	"bytes"
	"strings"
	"testing"
)

func called(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, streams{out: &out, err: &err})
	return code, out.String(), err.String()
}

func TestASetUpIsPrintedAndNothingElse(t *testing.T) {
	for args, want := range map[string]string{
		"hosts setup --os linux --cluster shop --network-mode bridge":                  "#!/bin/bash\n",
		"hosts setup --os linux --ami other --distribution debian --network-mode host": "-d 169.254.170.2/32",
		"hosts setup --os linux --output cloud-init --ami other":                       "#cloud-config\n",
		"hosts setup --os windows --cluster w":                                         "Initialize-ECSAgent",
	} {
		code, stdout, stderr := called(t, strings.Fields(args)...)
		if code != exitOK || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("%s: exit %d, %q, no %q in\n%s", args, code, stderr, want, stdout)
		}
	}
}

func TestAWrongCommandLineSaysWhatToWriteAndPrintsNothing(t *testing.T) {
	for args, want := range map[string]string{
		"hosts setup --os mac": "write linux or windows",
		"hosts setup --os linux --launch-type external --network-mode awsvpc": "write --network-mode bridge or host",
		"hosts setup --nothing": "unknown flag: --nothing",
		"hosts fly":             `"fly" is no command of kubectl taskrole hosts`,
		"audit --role-arn arn:aws:iam::111122223333:user/x":                   "--role-arn",
		"audit --role-arn arn:aws:iam::111122223333:role/x --form sql":        "athena, insights",
		"audit --role-arn arn:aws:iam::111122223333:role/x --since yesterday": "--since",
	} {
		code, stdout, stderr := called(t, strings.Fields(args)...)
		if code != exitUsage || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("%s: exit %d, %q is not in %q, printed %q", args, code, want, stderr, stdout)
		}
	}
}

func TestAnAuditFindsTheRoleAndTheTaskInEveryForm(t *testing.T) {
	const role, task = "arn:aws:iam::111122223333:role/taskrole/prod/shop/x", "0123456789abcdef0123456789abcdef"
	for _, form := range []string{"athena", "insights", "cli"} {
		code, stdout, stderr := called(t, "audit", "--role-arn", role, "--task", task, "--form", form)
		if code != exitOK || !strings.Contains(stdout, role) || !strings.Contains(stdout, task) || stderr != "" {
			t.Errorf("%s: exit %d, %q\n%s", form, code, stderr, stdout)
		}
	}
}
