package storm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// moments counts which of those that a script waited for came.
type moments struct {
	mu           sync.Mutex
	came, waited map[moment]int
}

func (m *moments) note(at moment, came bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waited == nil {
		m.came, m.waited = map[moment]int{}, map[moment]int{}
	}
	m.waited[at]++
	if came {
		m.came[at]++
	}
}

func (m *moments) total() (came, waited int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for at := range m.waited {
		came, waited = came+m.came[at], waited+m.waited[at]
	}
	return came, waited
}

// never are the moments that were waited for often and never came.
func (m *moments) never() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for at, n := range m.waited {
		if n >= often && m.came[at] == 0 {
			out = append(out, at.String())
		}
	}
	return out
}

// often is how often a moment is waited for until it must have come once.
const often = 20

// String is each moment with how often it came of how often it was waited for.
func (m *moments) String() string {
	came, waited := m.total()
	m.mu.Lock()
	defer m.mu.Unlock()
	var each []string
	for _, at := range slices.SortedFunc(maps.Keys(m.waited), func(a, b moment) int { return strings.Compare(a.String(), b.String()) }) {
		each = append(each, fmt.Sprintf("%s %d of %d", at, m.came[at], m.waited[at]))
	}
	return fmt.Sprintf("%d of %d acts at the moment they waited for (%s)", came, waited, strings.Join(each, ", "))
}
