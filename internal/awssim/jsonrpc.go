package awssim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// jsonRPC is the protocol awsJson1.1: the operation in a header, JSON both ways.
type jsonRPC struct {
	target string // before the operation in X-Amz-Target
	call   func(wire.Caller, string, []byte) ([]byte, error)
	// asked is what a request needs leave for, or why it is malformed.
	asked func(wire.Caller, string, []byte) ([]access.Ask, error)
}

func (j jsonRPC) operation(r *http.Request, _ []byte) (string, *wire.Error) {
	target, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if target != j.target || operation == "" {
		return operation, wire.Refuse(http.StatusBadRequest, "UnknownOperationException", "")
	}
	return operation, nil
}

func (j jsonRPC) asks(caller wire.Caller, operation string, body []byte) ([]access.Ask, *wire.Error) {
	asks, err := j.asked(caller, operation, body)
	return asks, refused(err)
}

func (j jsonRPC) do(caller wire.Caller, operation string, body []byte) (any, *wire.Error) {
	text, err := j.call(caller, operation, body)
	return text, refused(err)
}

func (j jsonRPC) answer(w http.ResponseWriter, _ string, value any) {
	text, _ := value.([]byte)
	j.write(w, http.StatusOK, text)
}

func (j jsonRPC) refuse(w http.ResponseWriter, refusal *wire.Error) {
	text, err := json.Marshal(map[string]string{"__type": refusal.Code, "message": refusal.Message})
	if err != nil {
		// Strings cannot fail to encode.
		panic(err)
	}
	w.Header().Set("X-Amzn-Errortype", refusal.Code)
	j.write(w, refusal.Status, text)
}

func (jsonRPC) write(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	// A client that has gone needs no answer.
	_, _ = w.Write(text)
}

func (jsonRPC) unknownKey() *wire.Error {
	return wire.Refuse(http.StatusBadRequest, "UnrecognizedClientException", "The security token included in the request is invalid.")
}

func (jsonRPC) expired() *wire.Error {
	return wire.Refuse(http.StatusBadRequest, "ExpiredTokenException", "The security token included in the request is expired")
}
