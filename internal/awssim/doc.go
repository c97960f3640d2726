// Package awssim is an AWS of our own for tests and the demo: IAM, STS and ECS
// behind one HTTP listener on loopback, as strict as AWS where the controller
// could get it wrong. Real SDK clients speak to it through AWS_ENDPOINT_URL.
// It shares no code with what it tests.
package awssim
