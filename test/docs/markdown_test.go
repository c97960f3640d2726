// Package docs_test runs what the README and docs/ show: examples are applied to
// a real API server, policies are parsed, links are followed, and lists that
// follow the code are held against it.
package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/test/controlplane"
)

// page is a Markdown file.
type page struct{ path, text string }

// block is a fenced block of a page.
type block struct {
	page     string
	language string
	text     string
}

func root(t *testing.T) string {
	t.Helper()
	folder, err := controlplane.Root()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// pages are the README and what docs/ holds.
func pages(t *testing.T) []page {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var out []page
	for _, path := range append(paths, filepath.Join(root(t), "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page{path, string(text)})
	}
	return out
}

// read is a file of docs/ or the README.
func read(t *testing.T, name string) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return page{name, string(text)}
}

// fence begins and ends a block. Within a list, it is indented.
const fence = "```"

// blocks are the page's fenced blocks of a language, their indent removed.
func (p page) blocks(language string) []block {
	var out []block
	var open *block
	indent := ""
	for line := range strings.Lines(p.text) {
		bare := strings.TrimLeft(line, " ")
		switch {
		case open == nil && strings.HasPrefix(bare, fence):
			indent = line[:len(line)-len(bare)]
			open = &block{page: filepath.Base(p.path), language: strings.TrimSpace(bare[len(fence):])}
		case open != nil && strings.TrimSpace(bare) == fence:
			if open.language == language {
				out = append(out, *open)
			}
			open = nil
		case open != nil:
			open.text += strings.TrimPrefix(line, indent)
		}
	}
	return out
}

func blocks(t *testing.T, language string) []block {
	t.Helper()
	var out []block
	for _, p := range pages(t) {
		out = append(out, p.blocks(language)...)
	}
	if len(out) == 0 {
		t.Fatalf("no page has a block of %s", language)
	}
	return out
}
