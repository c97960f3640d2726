package ecs_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// listAll pages to the end.
func listAll(b *bench, in *sdk.ListTaskDefinitionsInput) (arns []string, pages int) {
	b.t.Helper()
	pager := sdk.NewListTaskDefinitionsPaginator(b.Client, in)
	for pager.HasMorePages() {
		page, err := pager.NextPage(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		arns = append(arns, page.TaskDefinitionArns...)
		pages++
		if pages > 100 {
			b.t.Fatal("the pages do not end")
		}
	}
	return arns, pages
}

func TestRevisionsAreListedByFamilyThenNumber(t *testing.T) {
	b := start(t, ecs.Options{PageSize: 99}) // which asking for less goes below
	for range 11 {
		b.mustRegister(minimal("web"))
	}
	for _, family := range []string{"web-2", "api", "Web"} {
		b.mustRegister(minimal(family))
	}
	b.deregister("web:1", "web:3")
	arn := func(s string) string { return "arn:aws:ecs:us-west-2:111122223333:task-definition/" + s }
	var web []string
	for _, n := range []int{2, 4, 5, 6, 7, 8, 9, 10, 11} {
		web = append(web, arn(fmt.Sprintf("web:%d", n)))
	}
	down := []string{arn("web-2:1")}
	for i := range web {
		down = append(down, web[len(web)-1-i])
	}
	down = append(down, arn("api:1"), arn("Web:1"))
	for name, c := range map[string]struct {
		in   sdk.ListTaskDefinitionsInput
		want []string
	}{
		"all":                        {sdk.ListTaskDefinitionsInput{}, append(append([]string{arn("Web:1"), arn("api:1")}, web...), arn("web-2:1"))},
		"newest first":               {sdk.ListTaskDefinitionsInput{Sort: types.SortOrderDesc}, down},
		"familyPrefix is the family": {sdk.ListTaskDefinitionsInput{FamilyPrefix: aws.String("web")}, web},
		"a prefix alone is nothing":  {sdk.ListTaskDefinitionsInput{FamilyPrefix: aws.String("we")}, nil},
		"inactive": {
			sdk.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusInactive},
			[]string{arn("web:1"), arn("web:3")},
		},
		"being deleted": {sdk.ListTaskDefinitionsInput{Status: types.TaskDefinitionStatusDeleteInProgress}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int32{0, 1, 2, 3, 100} {
				in := c.in
				if size > 0 {
					in.MaxResults = &size
				}
				got, pages := listAll(b, &in)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%d a page:\n%s", size, diff)
				}
				if want := max(1, (len(got)+int(size)-1)/max(1, int(size))); size > 0 && pages != want {
					t.Errorf("%d a page: %d pages, want %d", size, pages, want)
				}
			}
		})
	}
}

func TestATokenGoesOnWhereItStoodWhateverHappened(t *testing.T) {
	b := start(t, ecs.Options{PageSize: 2})
	for range 6 {
		b.mustRegister(minimal("app"))
	}
	first := must(b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{MaxResults: aws.Int32(100)}))(t)
	b.deregister("app:1", "app:2") // the page that was read
	b.mustRegister(minimal("Earlier"))
	second := must(b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: first.NextToken}))(t)
	if diff := cmp.Diff([]string{arnOfApp + ":3", arnOfApp + ":4"}, second.TaskDefinitionArns); diff != "" {
		t.Error(diff)
	}
}

func TestABadTokenIsRefused(t *testing.T) {
	b := start(t, ecs.Options{PageSize: 1})
	for range 3 {
		b.mustRegister(minimal("app"))
	}
	good := must(b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{}))(t).NextToken
	elsewhere := pipeline
	elsewhere.Region = "eu-west-1"
	for name, list := range map[string]func() error{
		"rubbish": func() error {
			_, err := b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: aws.String("?")})
			return err
		},
		"well-formed rubbish": func() error {
			token := base64.RawURLEncoding.EncodeToString([]byte(`{"n":"app"}`))
			_, err := b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: &token})
			return err
		},
		"of another question": func() error {
			_, err := b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: good, Sort: types.SortOrderDesc})
			return err
		},
		"of another region": func() error {
			_, err := b.as(elsewhere).ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: good})
			return err
		},
		"empty": func() error {
			_, err := b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{NextToken: aws.String("")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, list(), "InvalidParameterException", "Invalid nextToken.")
		})
	}
	for _, n := range []int32{0, -1, 101} {
		_, err := b.ListTaskDefinitions(t.Context(), &sdk.ListTaskDefinitionsInput{MaxResults: &n})
		wantRefusal(t, err, "InvalidParameterException", "maxResults must be between 1 and 100.")
	}
}

func TestFamiliesAreListedByARealPrefix(t *testing.T) {
	b := start(t, ecs.Options{PageSize: 1})
	for _, family := range []string{"web", "web-2", "api", "old-web"} {
		b.mustRegister(minimal(family))
	}
	b.mustRegister(minimal("api"))
	b.deregister("api:1", "old-web:1")
	for name, c := range map[string]struct {
		in   sdk.ListTaskDefinitionFamiliesInput
		want []string
	}{
		"all":           {sdk.ListTaskDefinitionFamiliesInput{}, []string{"api", "old-web", "web", "web-2"}},
		"all by name":   {sdk.ListTaskDefinitionFamiliesInput{Status: "ALL"}, []string{"api", "old-web", "web", "web-2"}},
		"active":        {sdk.ListTaskDefinitionFamiliesInput{Status: "ACTIVE"}, []string{"api", "web", "web-2"}},
		"none active":   {sdk.ListTaskDefinitionFamiliesInput{Status: "INACTIVE"}, []string{"old-web"}},
		"prefix":        {sdk.ListTaskDefinitionFamiliesInput{FamilyPrefix: aws.String("we")}, []string{"web", "web-2"}},
		"nothing there": {sdk.ListTaskDefinitionFamiliesInput{FamilyPrefix: aws.String("x")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			pager := sdk.NewListTaskDefinitionFamiliesPaginator(b.Client, &c.in)
			for pager.HasMorePages() {
				got = append(got, must(pager.NextPage(t.Context()))(t).Families...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
