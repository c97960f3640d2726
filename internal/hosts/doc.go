// Package hosts judges whether the machines that a task definition may run on can
// serve its task role: from facts alone, without calling anybody. What the facts
// cannot show (rules of a host's firewall, for one) is said to be unknown, with
// the command that shows it on the host.
package hosts
