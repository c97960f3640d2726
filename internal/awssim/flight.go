package awssim

import (
	"slices"
	"sync"
)

// flights are the writes that are under way, by the thing that they change, the
// earliest first.
type flights struct {
	mu   sync.Mutex
	last int
	over map[string][]int
}

// start adds a write on a thing. The write must end.
func (f *flights) start(thing string) (id int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over == nil {
		f.over = map[string][]int{}
	}
	f.last++
	f.over[thing] = append(f.over[thing], f.last)
	return f.last
}

// first says whether no earlier write on the thing is still under way.
func (f *flights) first(thing string, id int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.over[thing][0] == id
}

func (f *flights) end(thing string, id int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over[thing] = slices.DeleteFunc(f.over[thing], func(other int) bool { return other == id })
	if len(f.over[thing]) == 0 {
		delete(f.over, thing)
	}
}
