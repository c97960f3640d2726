// Command precision prints how close the permissions that grants compile to come
// to what jobs need, beside those of AWS CDK and AWS SAM. It fails, naming what,
// when grants break one of their promises.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
	"github.com/taskrole/ecs-taskrole-controller/test/precision"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "precision:", err)
		os.Exit(1)
	}
}

// settings are what the command line says.
type settings struct {
	asJSON bool
	intent string
	page   string
}

func run(arguments []string, out io.Writer) error {
	var s settings
	flags := flag.NewFlagSet("precision", flag.ContinueOnError)
	flags.BoolVar(&s.asJSON, "json", false, "print the measures, and what stands behind them, as JSON")
	flags.StringVar(&s.intent, "intent", "", "print the documents of this one intent")
	flags.StringVar(&s.page, "write", "", "also put the table into this Markdown page, in the place of its first block of text")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	intents, err := precision.Intents()
	if err != nil {
		return err
	}
	if s.intent != "" {
		return show(out, intents, s.intent)
	}
	return s.measure(out, intents)
}

// measure prints what was measured, also where promises are broken.
func (s settings) measure(out io.Writer, intents []precision.Intent) error {
	report, err := precision.Run(intents)
	if err != nil {
		return err
	}
	if err := s.print(out, report); err != nil {
		return err
	}
	if broken := report.Broken(); len(broken) > 0 {
		return fmt.Errorf("broken promises:\n  %s", strings.Join(broken, "\n  "))
	}
	return nil
}

func (s settings) print(out io.Writer, report precision.Report) error {
	if s.asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	var table bytes.Buffer
	if err := report.Write(&table); err != nil {
		return err
	}
	if _, err := out.Write(table.Bytes()); err != nil || s.page == "" {
		return err
	}
	page, err := os.ReadFile(s.page)
	if err != nil {
		return err
	}
	updated, err := precision.Replace(string(page), table.String())
	if err != nil {
		return fmt.Errorf("%s: %w", s.page, err)
	}
	const readable = 0o644 // the page is there already and keeps its mode
	return os.WriteFile(s.page, []byte(updated), readable)
}

// show prints the document of one intent, and those of its rivals.
func show(out io.Writer, intents []precision.Intent, name string) error {
	for i := range intents {
		intent := &intents[i]
		if intent.Name != name {
			continue
		}
		document, err := intent.Compile()
		if err != nil {
			return err
		}
		title := fmt.Sprintf("grants: %s on %s", strings.Join(intent.Grant.Access, ", "), strings.Join(intent.Grant.Resources, ", "))
		err = write(out, title, document)
		for _, rival := range []*precision.Rival{intent.CDK, intent.SAM} {
			if rival != nil && err == nil {
				err = write(out, rival.Method+" of "+rival.Source, rival.Document())
			}
		}
		return err
	}
	return fmt.Errorf("there is no intent %s; the table names them all", name)
}

func write(out io.Writer, title string, document policy.Document) error {
	var text bytes.Buffer
	if err := json.Indent(&text, []byte(document.JSON()), "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "# %s\n%s\n\n", title, text.Bytes())
	return err
}
