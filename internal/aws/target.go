package aws

import "fmt"

// Target is an account and region, and how to get there. It is comparable: the
// key under which clients are kept.
type Target struct {
	Partition, Account, Region string
	// AssumeRoleARN is the role to work as; empty: as the controller itself.
	AssumeRoleARN string
	// ExternalID is what that role's trust policy asks for.
	ExternalID string
}

// Identity is who AWS says that we are.
type Identity struct{ Account, ARN string }

// Clients are what there is to work with in a Target.
type Clients struct {
	IAM      IAM
	ECS      ECS
	Identity Identity
}

// WrongAccountError says that the credentials lead elsewhere: nothing was
// looked at, nothing changed.
type WrongAccountError struct{ Want, Got, CallerARN string }

// Error names both accounts, and the caller.
func (e *WrongAccountError) Error() string {
	return fmt.Sprintf("the class names account %s, but the credentials are %s, of account %s: correct accountID, or name a role of that account in assumeRoleARN",
		e.Want, e.CallerARN, e.Got)
}

// MissingExternalIDError says that a role of another account would be assumed
// without an external id: nothing was assumed.
type MissingExternalIDError struct{ Account, CallerARN string }

// Error names the account and the caller.
func (e *MissingExternalIDError) Error() string {
	return fmt.Sprintf("the role in assumeRoleARN is of account %s, and the controller is %s: across accounts externalID is required, and the role's trust policy must ask for it",
		e.Account, e.CallerARN)
}
