// Package model holds the words that desired, observe and plan share: what an
// IAM role, its policies and a task definition are to this controller. Values
// only; nothing here calls anybody.
package model
