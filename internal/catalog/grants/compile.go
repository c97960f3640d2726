package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/policy"
)

// index is the catalogue, ready to be asked.
type index struct {
	services []Service
	// kinds by the service part of their ARNs, in the order in which they are
	// tried. Several data files may share a service part.
	kinds map[string][]*kind
}

// kind is a type of resource, its templates read.
type kind struct {
	service   string
	data      *Type
	forms     []form
	variables []string
	// first is the variable that tells resources of the type apart first: the
	// first that is none of partition, region and account; -1: there is none.
	first int
	verbs map[string][]need
}

// form is one way to write a resource.
type form struct {
	arn             bool
	part            string // the service part
	region, account string // {region}, {account}, or what stands there
	rest            template
}

type need struct {
	actions    []string
	on         []template
	conditions []condition
}

type condition struct {
	operator, key string
	values        []template
}

// common variables are captured from each ARN's head.
var common = []string{"partition", "region", "account"}

// The places of the common variables.
const (
	partition = iota
	region
	account
)

func newIndex(services []Service) (*index, error) {
	x := &index{services: services, kinds: map[string][]*kind{}}
	for i := range services {
		s := &services[i]
		for j := range s.Types {
			k, err := newKind(s, &s.Types[j])
			if err != nil {
				return nil, fmt.Errorf("%s, type %s: %w", s.Service, s.Types[j].Name, err)
			}
			part := k.forms[0].part
			x.kinds[part] = append(x.kinds[part], k)
		}
	}
	return x, nil
}

func newKind(s *Service, t *Type) (*kind, error) {
	k := &kind{service: s.Service, data: t, variables: slices.Clone(common), first: -1, verbs: map[string][]need{}}
	for i, text := range append([]string{t.ARN}, t.Also...) {
		f, err := newForm(text, &k.variables, i == 0)
		if err != nil {
			return nil, err
		}
		if i > 0 && (f.part != k.forms[0].part || f.arn != k.forms[0].arn) {
			return nil, fmt.Errorf("%s is of another service than %s", text, t.ARN)
		}
		k.forms = append(k.forms, f)
	}
	if len(k.variables) > len(common) {
		k.first = len(common)
	}
	if (t.Refuse == "") == (len(t.Verbs) == 0) {
		return nil, fmt.Errorf("it has either verbs or a reason to refuse")
	}
	for name, verb := range t.Verbs {
		if len(verb.Needs) == 0 {
			return nil, fmt.Errorf("%s needs nothing", name)
		}
		for _, n := range verb.Needs {
			compiled, err := k.newNeed(n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			k.verbs[name] = append(k.verbs[name], compiled)
		}
	}
	return k, nil
}

// newForm reads the template of an ARN or of a short form. The first of a type
// names the variables; the others may only capture the same.
func newForm(text string, variables *[]string, first bool) (form, error) {
	f := form{arn: strings.HasPrefix(text, "arn:")}
	var rest string
	if f.arn {
		parts := strings.SplitN(text, ":", arnParts)
		if len(parts) < arnParts || parts[1] != "{partition}" {
			return f, fmt.Errorf("%s: an ARN has six parts, the second is {partition}", text)
		}
		f.part, f.region, f.account, rest = parts[2], parts[3], parts[4], parts[5]
	} else {
		var found bool
		if f.part, rest, found = strings.Cut(text, ":"); !found {
			return f, fmt.Errorf("%s: neither an ARN nor service:kind", text)
		}
	}
	expected := len(*variables)
	own := *variables
	if !first {
		own = slices.Clone(common)
	}
	var err error
	if f.rest, err = parseTemplate(rest, &own, true); err != nil {
		return f, fmt.Errorf("%s: %w", text, err)
	}
	if first {
		*variables = own
	} else if len(own) != expected || !slices.Equal(own, *variables) {
		return f, fmt.Errorf("%s: it names other variables than the first form", text)
	}
	return f, nil
}

func (k *kind) newNeed(n Need) (need, error) {
	out := need{actions: n.Actions}
	if len(n.Actions) == 0 {
		return out, fmt.Errorf("a need without actions")
	}
	if len(n.On) == 0 && !k.forms[0].arn {
		return out, fmt.Errorf("what has no ARN must say on which resources")
	}
	for _, text := range n.On {
		t, err := parseTemplate(text, &k.variables, false)
		if err != nil {
			return out, err
		}
		out.on = append(out.on, t)
	}
	for _, operator := range slices.Sorted(maps.Keys(n.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(n.Conditions[operator])) {
			c := condition{operator: operator, key: key}
			for _, text := range n.Conditions[operator][key] {
				t, err := parseTemplate(text, &k.variables, false)
				if err != nil {
					return out, err
				}
				c.values = append(c.values, t)
			}
			out.conditions = append(out.conditions, c)
		}
	}
	return out, nil
}

// resourcesFor are the ARNs that the need has for a resource.
func (n *need) resourcesFor(t *target) policy.Strings {
	if len(n.on) == 0 {
		return policy.Strings{t.resource}
	}
	out := make([]string, 0, len(n.on))
	for _, on := range n.on {
		out = on.append(out, &t.captured)
	}
	return out
}

// conditionsFor are the conditions that the need sets itself; one without values
// is left out.
func (n *need) conditionsFor(t *target) policy.Conditions {
	var out policy.Conditions
	for _, c := range n.conditions {
		var values []string
		for _, value := range c.values {
			values = value.append(values, &t.captured)
		}
		if len(values) == 0 {
			continue
		}
		if out == nil {
			out = policy.Conditions{}
		}
		if out[c.operator] == nil {
			out[c.operator] = map[string]policy.Strings{}
		}
		out[c.operator][c.key] = values
	}
	return out
}
