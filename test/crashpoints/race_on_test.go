//go:build race

package crashpoints

// raceFlags build the manager as the tests are built.
var raceFlags = []string{"-race"}

// patience is by how much everything takes longer under the race detector.
const patience = 3
