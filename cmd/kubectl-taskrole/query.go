package main

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed queries/*.tmpl
var queryFiles embed.FS

var queryTemplates = template.Must(template.ParseFS(queryFiles, "queries/*.tmpl"))

// forms of the queries, in the order of their printing.
var forms = []string{"athena", "insights", "cli"}

// query is what is asked of CloudTrail.
type query struct {
	RoleARN   string
	Task      string
	Since     string
	Until     string
	Table     string
	Partition string
	Region    string
}

// Whatever stands in a query stands in quotes there, and must not end them. What
// these leave out IAM allows in a path, but hardly anybody writes.
var (
	roleARN    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	taskID     = regexp.MustCompile(`^[0-9a-f-]{32,36}$`)
	taskARN    = regexp.MustCompile(`^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task/(?:[\w-]+/)?([0-9a-f-]{32,36})$`)
	identifier = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,2}$`)
	region     = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]+)+-\d+$`)
)

// validate judges all of it at once, and brings task and times into one form.
func (q *query) validate(forms []string) error {
	if found := taskARN.FindStringSubmatch(q.Task); found != nil {
		q.Task = found[1]
	}
	faults := []error{
		moment("--since", &q.Since), moment("--until", &q.Until),
		shaped(roleARN, "--role-arn", q.RoleARN, "arn:aws:iam::ACCOUNT:role/NAME, of letters, digits and _+=,.@/-"),
		shaped(taskID, "--task", q.Task, "the ID of a task (32 hexadecimal digits) or its ARN"),
		shaped(identifier, "--table", q.Table, "TABLE or DATABASE.TABLE"),
		shaped(identifier, "--partition", q.Partition, "the name of a column"),
		shaped(region, "--region", q.Region, "one such as eu-west-1"),
	}
	if q.Since != "" && q.Until != "" && q.Since >= q.Until {
		faults = append(faults, fmt.Errorf("--since %s with --until %s: nothing is between them; write an earlier --since", q.Since, q.Until))
	}
	for _, form := range forms {
		faults = append(faults, knownForm(form))
	}
	return errors.Join(faults...)
}

func shaped(shape *regexp.Regexp, flag, value, write string) error {
	if value == "" || shape.MatchString(value) {
		return nil
	}
	return fmt.Errorf("%s %s: not of that shape; write %s", flag, value, write)
}

func knownForm(form string) error {
	if slices.Contains(forms, form) {
		return nil
	}
	return fmt.Errorf("--form %s: not known; write %s", form, strings.Join(forms, ", "))
}

// moment writes a time as CloudTrail does, in UTC, so that text compares as time.
func moment(flag string, value *string) error {
	if *value == "" {
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, *value); err == nil {
			*value = at.UTC().Format("2006-01-02T15:04:05Z")
			return nil
		}
	}
	return fmt.Errorf("%s %s: no time; write 2006-01-02 or 2006-01-02T15:04:05Z", flag, *value)
}

// render prints the forms, all of them where none is named. With several, each has
// a headline.
func (q *query) render(named []string) (string, error) {
	if len(named) == 0 {
		named = forms
	}
	var b strings.Builder
	for i, form := range named {
		if len(named) > 1 {
			if i > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "=== %s ===\n\n", form)
		}
		if err := queryTemplates.ExecuteTemplate(&b, form+".tmpl", q); err != nil {
			return "", fmt.Errorf("printing the query: %w", err)
		}
	}
	return b.String(), nil
}

// Day is the day of a time as Athena's partitions have it.
func (*query) Day(moment string) string {
	day, _, _ := strings.Cut(moment, "T")
	return strings.ReplaceAll(day, "-", "/")
}

// NextDay is the last day on which events before Until are stored: CloudTrail
// delivers late, so an event may lie in the folder of the day after.
func (q *query) NextDay() string {
	at, err := time.Parse("2006-01-02T15:04:05Z", q.Until)
	if err != nil {
		return q.Until // validate wrote it, so it parses
	}
	return at.AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z")
}
