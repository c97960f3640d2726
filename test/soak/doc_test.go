// Package soak leaves a manager in bad weather for a time, while TaskRoles are
// edited, created and deleted, somebody meddles in AWS by hand, pipelines register
// and the manager is killed, and then holds all that AWS has against what is
// declared.
//
//	go test ./test/soak -run TestSoak -v -soak.time=5m -soak.roles=300
//
// While the storm lasts, AWS refuses 20 % of the manager's calls for their rate,
// fails 5 %, and carries out 2 % of which it never tells; reads lag behind writes
// by up to -soak.stale, and go on doing so when the storm is over. Then the manager
// has to end in exactly what is declared: nothing orphaned, nothing lost of what
// pipelines registered, nothing of others touched, no role made twice.
//
// Without flags it is short, and all that takes time on AWS takes less.
package soak
