package policy

// Severity ranks a finding.
type Severity string

// Severities, the gravest first.
const (
	Error   Severity = "Error"
	Warning Severity = "Warning"
	Info    Severity = "Info"
)

// Finding is something about a document that its author should be told.
type Finding struct {
	Severity Severity
	Code     string // the kind of finding, such as SERVICE_CONTEXT_KEY
	Message  string // what is wrong, and what to write instead
	Subject  string // what it is about, such as "statement Audit" or "statement 2"
}
