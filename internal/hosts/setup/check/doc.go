// Package check says what a Linux machine lacks to serve task roles, from what was
// read on it: the agent's variables, the kernel's setting, the rules, and what is
// kept for the next start. It reads nothing itself and changes nothing.
package check
