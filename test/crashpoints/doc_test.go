// Package crashpoints kills the manager, by SIGKILL of the real process, before
// and after every call that it makes of AWS while it carries something out,
// starts it again, and holds what AWS then has against what is declared.
//
//	go test ./test/crashpoints -run TestEveryCrashPoint -v -crashpoints=all
//
// A point is a scenario, the number of a call in it, and a side of that call:
//
//	before   the manager dies when the call has arrived, and the call has no effect
//	after    the manager dies when the call has arrived, and the call takes effect:
//	         nobody is left to hear the answer
//	late     as after, but the effect comes when the next manager has converged:
//	         a request may outlive who sent it. Only of calls that write, and not
//	         of the registration that a deletion makes: when that is over, nobody
//	         is left to set right what comes later.
//
// How many calls a scenario makes is found out by a run in which nobody dies.
// Every point has an AWS account, a namespace and a class of its own. Several
// are tried at the same time, in a lane each: a lane is a manager with a
// cluster id of its own that sees no objects but those of its lane.
package crashpoints
