package precision

import (
	"fmt"

	"github.com/taskrole/ecs-taskrole-controller/internal/catalog/reference"
)

// Row is one intent, measured. CDK and SAM are nil where they have nothing for it.
type Row struct {
	Intent string   `json:"intent"`
	Ours   Measure  `json:"ours"`
	CDK    *Measure `json:"cdk,omitempty"`
	SAM    *Measure `json:"sam,omitempty"`
}

// Report is the benchmark's outcome.
type Report struct {
	// Version and Date are the reference's, by which all was judged.
	Version string `json:"version"`
	Date    string `json:"date"`
	Rows    []Row  `json:"rows"`
}

// Run measures the intents.
func Run(intents []Intent) (Report, error) {
	report := Report{Version: reference.Version(), Date: reference.Date()}
	for i := range intents {
		intent := &intents[i]
		document, err := intent.Compile()
		if err != nil {
			return report, fmt.Errorf("%s: %w", intent.Name, err)
		}
		report.Rows = append(report.Rows, Row{
			Intent: intent.Name,
			Ours:   Of(document, intent.Required, intent.Forbidden),
			CDK:    intent.CDK.measure(intent),
			SAM:    intent.SAM.measure(intent),
		})
	}
	return report, nil
}

func (r *Rival) measure(intent *Intent) *Measure {
	if r == nil {
		return nil
	}
	m := Of(r.Document(), intent.Required, intent.Forbidden)
	return &m
}

// Total adds up the rows that a rival has a measure in: how many, ours and its.
// Without a rival it adds up all rows, and the third is zero.
func (r Report) Total(rival func(Row) *Measure) (rows int, ours, its Numbers) {
	for _, row := range r.Rows {
		if rival != nil {
			m := rival(row)
			if m == nil {
				continue
			}
			its = its.plus(m.Numbers)
		}
		rows++
		ours = ours.plus(row.Ours.Numbers)
	}
	return rows, ours, its
}

// Broken are the promises that are not kept, each with what breaks it: every
// required call is allowed and no near miss is, every action exists and accepts
// the resource that it is paired with, and no star stands where an ARN could.
func (r Report) Broken() []string {
	var out []string
	say := func(row Row, format string, what any) {
		out = append(out, row.Intent+": "+fmt.Sprintf(format, what))
	}
	for _, row := range r.Rows {
		for _, call := range row.Ours.Missing {
			say(row, "required, but not allowed: %s", call)
		}
		for _, call := range row.Ours.Open {
			say(row, "a near miss is allowed: %s", call)
		}
		for _, action := range row.Ours.Unknown {
			say(row, "the reference does not know %s", action)
		}
		for _, pair := range row.Ours.Dead {
			say(row, "unusable: %s", pair)
		}
		for _, pair := range row.Ours.Star {
			say(row, "a star where an ARN could stand: %s", pair)
		}
	}
	return out
}
