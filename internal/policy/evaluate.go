package policy

// Decision is what IAM answers to a request.
type Decision string

// Decisions. Only the first lets a request pass.
const (
	Allowed          Decision = "Allowed"
	ImplicitlyDenied Decision = "ImplicitlyDenied"
	ExplicitlyDenied Decision = "ExplicitlyDenied"
)

// Request is one call as IAM judges it. A call that touches several resources is
// as many requests, and passes if each does.
type Request struct {
	Action   string // such as s3:GetObject
	Resource string // an ARN; * where the action knows no resource
	// Context has values by condition key, in any capitals. A key without values
	// is as good as absent. Binary values are in Base64, as in a policy. Where a
	// key stands in several capitals the one that is first in byte order counts:
	// IAM says that one of them will match, not which (IAM: JSON policy elements:
	// Condition).
	Context map[string][]string
}

// Policies are what a principal has.
type Policies struct {
	Identity []Document
	Boundary []Document // nil: no boundary; without a document in it: nothing is allowed
}

// Evaluate decides as IAM does within one account for a principal whose requests
// meet no other policies: a Deny that applies wins over everything; what is left
// needs an Allow that applies, and one in the boundary, too, where there is one
// (IAM: Policy evaluation logic; Permissions boundaries for IAM entities).
//
// IAM does not store, or does not say how it judges, an unknown operator, a value
// that its operator cannot read, a variable where none may be, a statement with
// principals in a policy of an identity, a key with several values under an
// operator for one. Where a decision hangs on such a thing it falls on the safe
// side: the Allow does not apply, the Deny does.
func (p Policies) Evaluate(r Request) Decision {
	identity := decide(p.Identity, r)
	if p.Boundary == nil || identity == ExplicitlyDenied {
		return identity
	}
	boundary := decide(p.Boundary, r)
	if identity == Allowed || boundary == ExplicitlyDenied {
		return boundary
	}
	return ImplicitlyDenied
}

func decide(documents []Document, r Request) Decision {
	decision := ImplicitlyDenied
	for _, d := range documents {
		s := scope{request: r, variables: d.Version == Version}
		for i := range d.Statement {
			switch statement := &d.Statement[i]; statement.Effect {
			case Allow:
				if decision != Allowed && s.applies(statement) == yes {
					decision = Allowed
				}
			case Deny:
				if s.applies(statement) != no {
					return ExplicitlyDenied
				}
			}
		}
	}
	return decision
}

// scope is what the statements of one document are judged by.
type scope struct {
	request   Request
	variables bool // whether the document's version knows them
}

// applies says whether a statement is about the request.
func (s scope) applies(statement *Statement) truth {
	t := element(statement.Action, statement.NotAction, s.action)
	if t != no {
		t = min(t, element(statement.Resource, statement.NotResource, s.resource))
	}
	if t != no {
		t = min(t, s.conditions(statement.Condition))
	}
	if len(statement.Principal) > 0 || len(statement.NotPrincipal) > 0 {
		t = min(t, unknown)
	}
	return t
}

// element judges an element and its Not form. A statement has one of them (IAM:
// Grammar of the IAM JSON policy language): with none it is about nothing, with
// both it is about what both say.
func element(these, allBut Strings, matches func(pattern string) truth) truth {
	if len(these) == 0 && len(allBut) == 0 {
		return no
	}
	t := yes
	if len(these) > 0 {
		t = anyOf(these, matches)
	}
	if len(allBut) > 0 {
		t = min(t, anyOf(allBut, matches).not())
	}
	return t
}

func anyOf(patterns Strings, matches func(pattern string) truth) truth {
	t := no
	for _, pattern := range patterns {
		if t = max(t, matches(pattern)); t == yes {
			break
		}
	}
	return t
}
