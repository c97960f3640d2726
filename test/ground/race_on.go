//go:build race

package ground

// raceFlags build the manager as the tests are built.
var raceFlags = []string{"-race"}

// Patience is by how much everything takes longer under the race detector.
const Patience = 3
