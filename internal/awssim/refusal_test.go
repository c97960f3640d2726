package awssim_test

import (
	"errors"
	"testing"

	"github.com/aws/smithy-go"
)

// wantRefusal checks code and, where one is given, message of an error of AWS.
func wantRefusal(t *testing.T, err error, code, message string) {
	t.Helper()
	var refusal smithy.APIError
	switch {
	case !errors.As(err, &refusal):
		t.Errorf("got %v, want %s", err, code)
	case refusal.ErrorCode() != code:
		t.Errorf("got %s (%s), want %s", refusal.ErrorCode(), refusal.ErrorMessage(), code)
	case message != "" && refusal.ErrorMessage() != message:
		t.Errorf("the message is\n%q, want\n%q", refusal.ErrorMessage(), message)
	}
}

// refusalCode is the code of an error of AWS, empty for any other.
func refusalCode(err error) string {
	var refusal smithy.APIError
	if errors.As(err, &refusal) {
		return refusal.ErrorCode()
	}
	return ""
}
