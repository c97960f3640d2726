package reference

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// go run ./hack/iamdata writes these files, and says what is in them. Embedded as
// strings they cost nothing before they are read.
var (
	//go:embed data/index.txt
	indexText string
	//go:embed data/dictionary.txt
	dictionary string
	//go:embed data/services.flate
	streams string
)

// catalogue is the index, once someone has asked for it. It has no initialiser:
// importing the package does nothing.
var catalogue struct {
	once sync.Once
	table
}

type table struct {
	version, date string
	services      []*Service // sorted by prefix
	prefixes      []string
}

func index() *table {
	catalogue.once.Do(func() { catalogue.table = readIndex() })
	return &catalogue.table
}

func readIndex() table {
	var t table
	first, rest, _ := strings.Cut(indexText, "\n")
	t.version, t.date, _ = strings.Cut(first, "\t")
	left := streams
	for line := range strings.Lines(rest) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		size, err := strconv.Atoi(column[2])
		if err != nil {
			panic("the embedded IAM data is broken: " + err.Error())
		}
		s := &Service{Prefix: column[0], Name: column[1], stream: left[:size]}
		for _, guest := range strings.Fields(column[3]) {
			s.guests = append(s.guests, glob(guest, "*"))
		}
		left = left[size:]
		t.services = append(t.services, s)
		t.prefixes = append(t.prefixes, s.Prefix)
	}
	return t
}

// Prefixes are all services' prefixes, sorted.
func Prefixes() []string { return slices.Clone(index().prefixes) }

// Lookup finds a service by its prefix, in any capitals.
func Lookup(prefix string) (*Service, bool) {
	t := index()
	i, found := slices.BinarySearch(t.prefixes, strings.ToLower(prefix))
	if !found {
		return nil, false
	}
	return t.services[i], true
}
