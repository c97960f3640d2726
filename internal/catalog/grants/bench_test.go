package grants

import (
	"fmt"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// manyGrants are n of unlike kinds.
func manyGrants(n int) []Grant {
	out := make([]Grant, 0, n)
	for i := range n {
		switch i % 5 {
		case 0:
			out = append(out, Grant{Access: []string{"Read", "List"}, Resources: []string{fmt.Sprintf("arn:aws:s3:::bucket-%d/p/*", i)}})
		case 1:
			out = append(out, Grant{Access: []string{"Consume"}, Resources: []string{fmt.Sprintf("arn:aws:sqs:us-west-2:111122223333:queue-%d", i)}})
		case 2:
			out = append(out, Grant{Access: []string{"Read", "Write"}, Resources: []string{fmt.Sprintf("arn:aws:dynamodb:us-west-2:111122223333:table/t%d", i)}})
		case 3:
			out = append(out, Grant{Access: []string{"Read"}, Resources: []string{fmt.Sprintf("arn:aws:secretsmanager:us-west-2:111122223333:secret:s%d", i)}})
		default:
			out = append(out, Grant{Access: []string{"Decrypt"}, Resources: []string{fmt.Sprintf("arn:aws:kms:us-west-2:111122223333:key/k%d", i)},
				Conditions: policy.Conditions{"StringEquals": {"kms:ViaService": {"s3.us-west-2.amazonaws.com"}}}})
		}
	}
	return out
}

func BenchmarkExpand500Grants(b *testing.B) {
	all := manyGrants(500)
	b.ReportAllocs()
	for b.Loop() {
		for _, g := range all {
			if _, problems := Expand(g); len(problems) > 0 {
				b.Fatal(problems)
			}
		}
	}
}

// BenchmarkReadCatalogue is what the first grant of a manager's life costs.
func BenchmarkReadCatalogue(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readCatalogue(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestExpandAllocatesInProportionToTheGrants(t *testing.T) {
	allocations := func(n int) float64 {
		all := manyGrants(n)
		return testing.AllocsPerRun(5, func() {
			for _, g := range all {
				Expand(g)
			}
		})
	}
	allocations(5) // reads the catalogue
	few, many := allocations(50), allocations(500)
	if many > 11*few {
		t.Errorf("%v for 50, %v for 500", few, many)
	}
	const perGrant = 40
	if many > 500*perGrant {
		t.Errorf("%v a grant", many/500)
	}
}
