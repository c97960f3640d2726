package plan

import "time"

// propagating says whether the role is too young to be named in a task
// definition, and when it no longer is. It is reckoned from IAM's own date, so
// that a restart changes nothing.
func propagating(in Input, opts Options) (until time.Time, young bool) {
	created := opts.Now // a role that this very plan creates
	if in.Observed.Role != nil {
		created = in.Observed.Role.Created
	}
	until = created.Add(opts.PropagationWait)
	return until, until.After(opts.Now)
}
