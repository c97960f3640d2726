package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDerivations(t *testing.T) {
	for derivation, cases := range map[string]map[string][]string{
		"prefixes": {
			"*": nil, "**": nil,
			"p/*":              {"p/", "p/*"},
			"p/q/*":            {"p/q/", "p/q/*"},
			"p/a.txt":          {"p/a.txt"},
			"in*":              {"in*"},
			"p/*/x":            {"p/*/x"},
			"*/x/*":            {"*/x/*"},
			"p?/*":             {"p?/*"},
			"p/*.json":         {"p/*.json"},
			"?":                {"?"},
			"p/":               {"p/"},
			"${aws:userid}/*":  {"${aws:userid}/", "${aws:userid}/*"},
			"p/${aws:userid}*": {"p/${aws:userid}*"},
		},
		"secretName": {
			"db":               {"db-??????"},
			"prod/db":          {"prod/db-??????"},
			"db-AbCdEf":        {"db-AbCdEf"},
			"db-ab1dEf":        {"db-ab1dEf"},
			"my-secret":        {"my-secret", "my-secret-??????"},
			"db-prod01":        {"db-prod01", "db-prod01-??????"},
			"db-primary":       {"db-primary-??????"},
			"db-AbC-Ef":        {"db-AbC-Ef-??????"},
			"db_AbCdEf":        {"db_AbCdEf-??????"},
			"AbCdEf":           {"AbCdEf-??????"},
			"-AbCdEf":          {"-AbCdEf-??????"},
			"db-*":             {"db-*"},
			"db-??????":        {"db-??????"},
			"${aws:userid}":    {"${aws:userid}-??????"},
			"db/${aws:userid}": {"db/${aws:userid}-??????"},
		},
		"paths": {
			"shop/*":      {"shop", "shop/*"},
			"shop/deep/*": {"shop/deep", "shop/deep/*"},
			"shop":        {"shop", "shop/"},
			"shop/":       {"shop/"},
			"shop*":       {"shop*"},
		},
	} {
		for in, want := range cases {
			if diff := cmp.Diff(want, derivations[derivation](in)); diff != "" {
				t.Errorf("%s of %s: %s", derivation, in, diff)
			}
		}
	}
	for name := range derivations {
		if name != "prefixes" && name != "secretName" && name != "paths" {
			t.Errorf("%s has no cases here", name)
		}
	}
}
