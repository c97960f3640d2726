package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
)

// prose is what the index says beside its tables; INDEX and SHORT stand for them.
//
//go:embed readme.md
var prose string

func readme(services []grants.Service) string {
	return written + strings.NewReplacer("INDEX\n", index(services), "SHORT\n", short(services)).Replace(prose)
}

// index lists every service with its types and their verbs.
func index(services []grants.Service) string {
	var b strings.Builder
	b.WriteString("| service | resource | verbs |\n|---|---|---|\n")
	for _, s := range services {
		title := fmt.Sprintf("[%s](%s.md)", s.Title, s.Service)
		for _, t := range s.Types {
			if t.Refuse != "" {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s<br>`%s` | %s |\n", title, t.Name, t.Example, strings.Join(t.VerbNames(), ", "))
			title = ""
		}
	}
	return b.String()
}

// short lists what is written without an ARN.
func short(services []grants.Service) string {
	var b strings.Builder
	b.WriteString("| what | written as | such as |\n|---|---|---|\n")
	for _, s := range services {
		for _, t := range s.Types {
			if !strings.HasPrefix(t.ARN, "arn:") {
				fmt.Fprintf(&b, "| %s | `%s` | `%s` |\n", t.About, forms(t)[0], t.Example)
			}
		}
	}
	return b.String()
}
