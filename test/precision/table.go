package precision

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// heads of each tool's columns.
var heads = []string{"calls", "actions", "usable", "unusable", "stars"}

// Write prints the table: a row for each intent, then the sums over the intents
// that a tool has something for. It is at most 140 characters wide.
func (r Report) Write(w io.Writer) error {
	if err := aligned(w, r.rows()); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	if err := aligned(w, r.sums()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\njudged by the service authorization reference of %s (data %s)\n", r.Date, r.Version)
	return err
}

// rows are a line for each intent, the tools beside each other.
func (r Report) rows() [][]string {
	line := func(first string, tools ...[]string) []string {
		cells := []string{first}
		for _, tool := range tools {
			cells = append(append(cells, "|"), tool...)
		}
		return cells
	}
	lines := [][]string{line("", title("grants"), title("CDK"), title("SAM")), line("intent", heads, heads, heads)}
	for _, row := range r.Rows {
		lines = append(lines, line(row.Intent, row.Ours.cells(), row.CDK.cells(), row.SAM.cells()))
	}
	return lines
}

// sums are the totals, tool below tool over the same intents.
func (r Report) sums() [][]string {
	all, everything, _ := r.Total(nil)
	withCDK, besideCDK, cdk := r.Total(func(row Row) *Measure { return row.CDK })
	withSAM, besideSAM, sam := r.Total(func(row Row) *Measure { return row.SAM })
	line := func(first string, numbers Numbers) []string { return append([]string{first}, numbers.cells()...) }
	return [][]string{
		append([]string{"together"}, heads...),
		line(fmt.Sprintf("all %d intents: grants", all), everything),
		line(fmt.Sprintf("%d intents that CDK has: grants", withCDK), besideCDK),
		line(fmt.Sprintf("%d intents that CDK has: CDK", withCDK), cdk),
		line(fmt.Sprintf("%d intents that SAM has: grants", withSAM), besideSAM),
		line(fmt.Sprintf("%d intents that SAM has: SAM", withSAM), sam),
	}
}

// title is a tool's name above the first of its columns.
func title(tool string) []string { return append([]string{tool}, make([]string, len(heads)-1)...) }

// cells are a tool's part of a line; dashes where it has nothing for the intent.
func (m *Measure) cells() []string {
	if m == nil {
		return strings.Split(strings.Repeat("-", len(heads)), "")
	}
	return m.Numbers.cells()
}

func (n Numbers) cells() []string {
	return []string{
		fmt.Sprintf("%d/%d", n.Allowed, n.Required),
		strconv.Itoa(n.Actions), strconv.Itoa(n.Usable), strconv.Itoa(n.Unusable), strconv.Itoa(n.Stars),
	}
}

// aligned writes lines with their first cells to the left and all others to the
// right, and no space around them.
func aligned(w io.Writer, lines [][]string) error {
	first := 0
	for _, line := range lines {
		first = max(first, len(line[0]))
	}
	var text, out strings.Builder
	for _, line := range lines {
		text.WriteString(line[0] + strings.Repeat(" ", first-len(line[0])) + "\t" + strings.Join(line[1:], "\t") + "\t\n")
	}
	table := tabwriter.NewWriter(&out, 0, 0, 1, ' ', tabwriter.AlignRight)
	if _, err := io.WriteString(table, text.String()); err != nil {
		return err
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(strings.TrimPrefix(line, " "), " \n")); err != nil {
			return err
		}
	}
	return nil
}
