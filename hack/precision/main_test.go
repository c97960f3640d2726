package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/test/precision"
)

func TestAnIntentIsShownBesideItsRivals(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-intent", "s3-read-list"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# grants: Read, List on arn:aws:s3:::shop-data/*\n", `"s3:ListBucket"`,
		"# Bucket.grantRead(role) of aws-cdk v", `"s3:GetObject*"`,
		"# S3ReadPolicy (BucketName: shop-data) of serverless-application-model v", `"s3:GetLifecycleConfiguration"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in\n%s", want, out.String())
		}
	}
}

func TestAnUnknownIntentIsRefused(t *testing.T) {
	if err := run([]string{"-intent", "s3-raed"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "s3-raed") {
		t.Errorf("%v", err)
	}
}

func TestTheMeasuresComeAsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-json"}, &out); err != nil {
		t.Fatal(err)
	}
	var report precision.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) == 0 || report.Rows[0].Ours.Required == 0 || report.Date == "" {
		t.Errorf("%+v", report)
	}
}

func TestAPageIsRenewed(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n```text\nold\n```\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"-write", page}, &out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if want := "before\n```text\n" + out.String() + "```\nafter\n"; string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestABrokenPromiseFailsTheCommandAfterTheTable(t *testing.T) {
	var out bytes.Buffer
	err := settings{}.measure(&out, []precision.Intent{{
		Name:     "too-much",
		Grant:    precision.Grant{Access: []string{"Read"}, Resources: []string{"arn:aws:s3:::in/*"}},
		Required: []precision.Call{{Call: "s3:PutObject arn:aws:s3:::in/a"}},
	}})
	if err == nil || !strings.Contains(err.Error(), "too-much: required, but not allowed: s3:PutObject arn:aws:s3:::in/a") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(out.String(), "too-much") {
		t.Errorf("no table: %s", out.String())
	}
}

func TestARefusedGrantFailsTheCommand(t *testing.T) {
	err := settings{}.measure(&bytes.Buffer{}, []precision.Intent{{
		Name: "refused", Grant: precision.Grant{Access: []string{"Raed"}, Resources: []string{"arn:aws:s3:::in/*"}},
	}})
	if err == nil || !strings.Contains(err.Error(), "refused: the grant is refused: ") {
		t.Errorf("%v", err)
	}
}
