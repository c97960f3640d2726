package policy

// IAM's limits on documents, in characters; white space does not count (IAM and
// STS quotas).
const (
	MaxManagedSize = 6144
	MaxTrustSize   = 2048
)

// Size is the length of a document as it is written, in bytes, at least as large
// as what IAM counts: the text holds white space only within strings, and IAM
// does not say whether it counts that, nor how it counts characters beyond
// ASCII. Too large a number splits a document early; too small a one would have
// AWS refuse it.
func Size(d Document) int { return len(d.JSON()) }
