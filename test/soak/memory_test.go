package soak

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// sample is what a manager takes up.
type sample struct {
	at         string // such as 50%
	resident   int    // bytes
	live       int    // bytes of the heap that the last collection kept
	goroutines int
}

func (s sample) String() string {
	return fmt.Sprintf("%s %d MB resident, %d MB live, %d goroutines", s.at, s.resident>>20, s.live>>20, s.goroutines)
}

// weigh takes a sample: the resident set from /proc, the rest from the metrics.
func weigh(m *ground.Manager, at string) (sample, error) {
	out := sample{at: at}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.PID()))
	if err != nil {
		return out, err
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			if err != nil {
				return out, err
			}
			out.resident = kilobytes << 10
		}
	}
	values, err := metrics(m, "go_goroutines", "go_memstats_next_gc_bytes")
	if err != nil {
		return out, err
	}
	// The next collection is when the heap is twice what the last one kept (GOGC).
	out.goroutines, out.live = int(values["go_goroutines"]), int(values["go_memstats_next_gc_bytes"])/2
	return out, nil
}

// metrics reads metrics without labels.
func metrics(m *ground.Manager, names ...string) (_ map[string]float64, err error) {
	response, err := http.Get(m.Metrics + "/metrics")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	out := map[string]float64{}
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		for _, wanted := range names {
			if name == wanted {
				if out[name], err = strconv.ParseFloat(text, 64); err != nil {
					return nil, err
				}
			}
		}
	}
	if len(out) != len(names) {
		return nil, fmt.Errorf("metrics: %v of %v", out, names)
	}
	return out, nil
}

const (
	// watched is how long a storm lasts at least whose memory is judged. At half of a
	// shorter one the process that was started after the last kill may still wait for
	// the lease, on a busy machine, and at its end be at work.
	watched = 2 * time.Minute
	// growth is by how much a manager may take up more at the end than half way
	// through, when all that it keeps is there: it keeps revisions that it has read,
	// of which there are more and more.
	growth = 1.3
	// slackBytes and slackGoroutines are what comes and goes with the work of a moment.
	slackBytes      = 16 << 20
	slackGoroutines = 60
)

// flat complains if the last sample is above that of half way.
func flat(samples []sample) error {
	half, last := samples[len(samples)/2-1], samples[len(samples)-1]
	var errs []error
	if float64(last.live) > growth*float64(half.live)+slackBytes {
		errs = append(errs, fmt.Errorf("the live heap grew from %d MB to %d MB", half.live>>20, last.live>>20))
	}
	if float64(last.goroutines) > growth*float64(half.goroutines)+slackGoroutines {
		errs = append(errs, fmt.Errorf("goroutines grew from %d to %d", half.goroutines, last.goroutines))
	}
	return errors.Join(errs...)
}
