package reference

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What was decoded before any test ran, and after the first questions were asked.
var atStart, afterFind, afterNearest, afterGlobal int64

func TestMain(m *testing.M) {
	atStart = decodings.Load()
	Version()
	Lookup("dynamodb")
	Prefixes()
	Find("s3:GetObject")
	Find("S3:PutObject")
	Find("nosuchservice:GetObject")
	afterFind = decodings.Load()
	Nearest("s3:GetObjects")
	Nearest("sqs:RecieveMessage")
	afterNearest = decodings.Load()
	Global("aws:PrincipalArn")
	Known("aws:RequestTag/team")
	Known("s3:prefix")
	Known("nosuchservice:key")
	afterGlobal = decodings.Load()
	os.Exit(m.Run())
}

func TestNothingIsDecodedBeforeItIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		when      string
		got, want int64
	}{
		{"before anyone asked", atStart, 0},
		{"after two actions of S3", afterFind, 1},
		{"after misspelt ones of S3 and SQS", afterNearest, 2},
		{"after keys of AWS as a whole and of S3", afterGlobal, 2},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d services are decoded, not %d", c.when, c.got, c.want)
		}
	}
}

// The runtime names every package that does something when it is loaded.
func TestImportingThePackageDoesNothing(t *testing.T) {
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	again.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	if !strings.Contains(string(out), "init runtime @") {
		t.Fatalf("the runtime does not tell: %s", out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "internal/catalog/reference") {
			t.Errorf("loading the package does something: %s", line)
		}
	}
}
