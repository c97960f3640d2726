// Package awssim is an AWS of our own for tests and the demo: IAM, STS and ECS
// behind one HTTP listener on loopback, as strict as AWS where the controller
// could get it wrong. Real SDK clients speak to it through AWS_ENDPOINT_URL.
// It shares no code with what it tests but the evaluator of policies, by which it
// judges callers (Options.Enforce). What can go wrong with AWS is done to order by
// Server.Intercept, at random by a Storm, and as AWS's documentation has it by
// Options.
package awssim
