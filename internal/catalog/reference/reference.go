// Package reference is AWS's service authorization reference: every service's
// actions, the resources that they accept, and the condition keys that they
// know. The data is embedded, and decoded service by service when asked for.
// What it hands out is shared by all callers and must not be changed.
package reference

import "sync"

// Version is the version of the data, as its npm package counts.
func Version() string { return index().version }

// Date is the day on which the data was made, as 2006-01-02.
func Date() string { return index().date }

// Level is the access level of an action.
type Level string

// Access levels, as the reference names them.
const (
	List        Level = "List"
	Read        Level = "Read"
	Write       Level = "Write"
	Permissions Level = "Permissions management"
	Tagging     Level = "Tagging"
)

// Service is what IAM knows by one prefix.
type Service struct {
	Prefix string // s3
	Name   string // Amazon S3

	guests []string // prefixes of others' condition keys, * for variables
	stream string   // its data, compressed
	once   sync.Once
	data   content
}

// Actions of the service, sorted by name without regard to capitals.
func (s *Service) Actions() []*Action { return s.decoded().actions }

// Resources of the service, sorted by name without regard to capitals.
func (s *Service) Resources() []*ResourceType { return s.decoded().types }

// Action is one action of a service.
type Action struct {
	Service *Service
	Name    string // GetObject
	Level   Level
	// Resources are the types of which any will do; empty: the action knows no
	// resource and takes only *.
	Resources []*ResourceType
	// Optional says that there is one type and that it is not required: a request
	// may be about nothing that has an ARN, as cloudwatch:PutMetricData is about a
	// metric, and then only * matches it.
	Optional bool

	keys []int // those that its resource types do not imply
}

// FullName is prefix:Name.
func (a *Action) FullName() string { return a.Service.Prefix + ":" + a.Name }

// ResourceType is one kind of resource of a service. Where two kinds of ARN go by
// one name, there are two types of that name.
type ResourceType struct {
	Name string
	// ARN is the reference's own, such as arn:${Partition}:s3:::${BucketName}.
	ARN string
	// Pattern is ARN with * for each variable.
	Pattern string

	parts    []string // the segments of Pattern, amended
	shape    []glyph  // and the same, finer
	accepted bool     // by any action
	keys     []int
}

// Key is a condition key.
type Key struct {
	Name string // as the reference spells it, such as s3:prefix
	Type string // String, ARN, Bool, Numeric, Date, IPAddress, Binary; ArrayOf... when multivalued
}
