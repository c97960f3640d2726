//go:build !race

package ground

// raceFlags build the manager as the tests are built.
var raceFlags []string

// Patience is by how much everything takes longer under the race detector.
const Patience = 1
