// Command grantdocs writes docs/grants: what each verb of the grants catalogue
// comes to, a page for each service, and the index of them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/grants"
)

func main() {
	out := flag.String("out", "docs/grants", "the folder to write")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "grantdocs: %q is no flag, see --help\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "grantdocs:", err)
		os.Exit(1)
	}
}

// run writes the pages, and removes those of services that are no more.
func run(folder string) error {
	files, err := pages(grants.Services())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	stale, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range stale {
		if _, kept := files[filepath.Base(path)]; !kept {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
