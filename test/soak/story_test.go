package soak

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// told bounds how many stories a failure tells: there is mostly one cause.
const told = 3

const clock = "15:04:05.000"

// diarise notes what was done with a life, and in which state that left it.
func (l *life) diarise(what string) {
	l.diary = append(l.diary, fmt.Sprintf("%s %s (%s)", time.Now().UTC().Format(clock), what, l.state))
}

// stories are those of the lives that are not as declared.
func (s *soak) stories() string {
	var out []string
	for _, l := range s.lives {
		if len(out) < told && (l.converged() != nil || l.familyDiffers()) {
			out = append(out, l.story(s.world.AWS.Calls()))
		}
	}
	return strings.Join(out, "\n")
}

func (l *life) familyDiffers() bool {
	if len(l.shipped) == 0 {
		return false
	}
	found, err := l.foundFamily()
	return err != nil || !gocmp.Equal(found, l.expectedFamily())
}

// story tells what became of a family, what was done with its TaskRole, and what was
// written on either.
func (l *life) story(calls []awssim.Call) string {
	lines := []string{fmt.Sprintf("what there was of family %s in account %s; managers were started at %s", l.family(), l.ID, strings.Join(l.starts, ", "))}
	for n := 1; ; n++ {
		r, err := l.Pipeline.Describe(l.ctx, fmt.Sprint(l.family(), ":", n))
		if err != nil { // there is no such revision
			break
		}
		lines = append(lines, revisionLine(r))
	}
	lines = append(lines, l.diary...)
	return strings.Join(append(lines, callLines(calls, l.concerned)...), "\n\t")
}

func revisionLine(r ground.Revision) string {
	line := fmt.Sprintf("revision %d %s: role %q, content %s, by %s at %s", r.Number(), r.Text("status"), r.Text("taskRoleArn"),
		short(r.Content()), session(r.Text("registeredBy")), moment(r, "registeredAt"))
	if at := moment(r, "deregisteredAt"); at != "" {
		line += ", deregistered at " + at
	}
	return line
}

// moment is a member that is a time in seconds; empty where there is none.
func moment(r ground.Revision, member string) string {
	var seconds float64
	if json.Unmarshal(r.Members[member], &seconds) != nil {
		return ""
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC().Format(clock)
}

// short is enough of a text to tell it from others.
func short(text string) string { return fmt.Sprintf("%.4x", sha256.Sum256([]byte(text))) }

// session is the role of one.
func session(arn string) string {
	parts := strings.Split(arn, "/")
	return parts[max(0, len(parts)-2)]
}

// callLines tell calls in their order; of reads in a row only how many.
func callLines(calls []awssim.Call, which func(awssim.Call) bool) []string {
	var out []string
	reads := 0
	for _, c := range calls {
		if !which(c) {
			continue
		}
		if !c.Write {
			reads++
			continue
		}
		if reads > 0 {
			out = append(out, fmt.Sprintf("... %d reads", reads))
		}
		reads = 0
		out = append(out, callLine(c))
	}
	return out
}

func callLine(c awssim.Call) string {
	outcome := "ok"
	switch {
	case c.Code != "":
		outcome = c.Code
	case c.Lost:
		outcome = "done, answer lost"
	}
	line := fmt.Sprintf("%s %s: %s %s", c.At.UTC().Format(clock), session(c.Caller.ARN), c.Operation, cmp.Or(definition(c), thing(c)))
	if c.Write {
		line += ", request " + short(c.Parameters)
	}
	return line + ": " + outcome
}

// between are all calls on what the i-th call is about since an earlier one, reads
// too.
func between(calls []awssim.Call, since, i int) []string {
	var out []string
	for _, c := range calls[since : i+1] {
		if c.Caller.Account == calls[i].Caller.Account && thing(c) == thing(calls[i]) {
			out = append(out, callLine(c))
		}
	}
	return out
}

// concerned says whether a call is about the life's role, policies or family.
func (l *life) concerned(c awssim.Call) bool {
	what := thing(c)
	return c.Caller.Account == l.ID && (what == l.family() || what == l.arn() || strings.HasPrefix(what, strings.TrimSuffix(l.policyARN(), l.role())))
}

// diaryFor is what was done with the TaskRole that a call is about.
func (s *soak) diaryFor(c awssim.Call) string {
	for _, l := range s.lives {
		if l.concerned(c) {
			return strings.Join(l.diary, "\n\t")
		}
	}
	return ""
}
