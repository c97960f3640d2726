// SPDX-License-Identifier: Apache-2.0
// Cuts the API models that the simulated AWS is checked against out of AWS SDK
// for Go v1, the last to publish them with required members, lengths, patterns
// and error codes. A module of its own, because nothing else needs that SDK.
// `go generate ./internal/awssim/shape` runs it; tests never do.
module github.com/taskrole/ecs-taskrole-controller/hack/awsmodels

go 1.26.0

require github.com/aws/aws-sdk-go v1.55.8
