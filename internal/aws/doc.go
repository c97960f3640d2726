// Package aws connects to AWS: credentials, rate budgets, deadlines, metrics
// and classes of errors, and narrow interfaces that list only the calls used.
// It stands below every room of this project.
package aws
