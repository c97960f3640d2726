package survey

import (
	"testing"

	"go.uber.org/goleak"
)

// A survey reads while nobody waits: nothing of that may outlive its context.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
