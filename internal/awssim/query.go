package awssim

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/shape"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// query is the AWS Query protocol: form parameters in, XML out.
type query struct {
	api  *shape.API
	call func(wire.Caller, string, url.Values) (any, error)
	// asked is what a valid request needs leave for.
	asked func(wire.Caller, string, url.Values) []access.Ask
}

func (q query) operation(_ *http.Request, body []byte) (string, *wire.Error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", wire.Refuse(http.StatusBadRequest, "MalformedQueryString", "The query string contains a syntax error.")
	}
	operation, version := form.Get("Action"), form.Get("Version")
	if operation == "" {
		return "", wire.Refuse(http.StatusBadRequest, "MissingAction", "Missing Action")
	}
	if _, found := q.api.Operations[operation]; !found || version != q.api.APIVersion {
		return operation, wire.Refuse(http.StatusBadRequest, "InvalidAction",
			"Could not find operation %s for version %s", operation, version)
	}
	return operation, nil
}

func (q query) asks(caller wire.Caller, operation string, body []byte) ([]access.Ask, *wire.Error) {
	// It was parsed before.
	form, _ := url.ParseQuery(string(body))
	if refusal := q.api.Validate(operation, form); refusal != nil {
		return nil, refusal
	}
	return q.asked(caller, operation, form), nil
}

func (q query) do(caller wire.Caller, operation string, body []byte) (any, *wire.Error) {
	// It was parsed and validated before.
	form, _ := url.ParseQuery(string(body))
	value, err := q.call(caller, operation, form)
	return value, refused(err)
}

func (q query) answer(w http.ResponseWriter, operation string, value any) {
	var text bytes.Buffer
	encoder := xml.NewEncoder(&text)
	root := xml.StartElement{
		Name: xml.Name{Local: operation + "Response"},
		Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: q.api.XMLNamespace}},
	}
	err := encoder.EncodeToken(root)
	if output := q.api.Operations[operation].Output; err == nil && output != nil {
		if value == nil {
			value = struct{}{}
		}
		err = encoder.EncodeElement(value, xml.StartElement{Name: xml.Name{Local: output.ResultWrapper}})
	}
	if err == nil {
		err = encoder.EncodeElement(responseMetadata{w.Header().Get("X-Amzn-Requestid")},
			xml.StartElement{Name: xml.Name{Local: "ResponseMetadata"}})
	}
	if err == nil {
		err = encoder.EncodeToken(root.End())
	}
	if err == nil {
		err = encoder.Close()
	}
	if err != nil {
		q.refuse(w, refused(err))
		return
	}
	q.write(w, http.StatusOK, text.Bytes())
}

type responseMetadata struct {
	RequestID string `xml:"RequestId"`
}

type queryError struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	XMLNS   string   `xml:"xmlns,attr"`
	Error   struct {
		Type    string
		Code    string
		Message string
	}
	RequestID string `xml:"RequestId"`
}

func (q query) refuse(w http.ResponseWriter, refusal *wire.Error) {
	body := queryError{XMLNS: q.api.XMLNamespace, RequestID: w.Header().Get("X-Amzn-Requestid")}
	body.Error.Type, body.Error.Code, body.Error.Message = "Sender", refusal.Code, refusal.Message
	if refusal.Status >= http.StatusInternalServerError {
		body.Error.Type = "Receiver"
	}
	text, err := xml.Marshal(body)
	if err != nil {
		// Strings cannot fail to encode.
		panic(err)
	}
	q.write(w, refusal.Status, text)
}

func (query) write(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	// A client that has gone needs no answer.
	_, _ = w.Write(text)
}

func (query) unknownKey() *wire.Error {
	return wire.Refuse(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
}

func (query) expired() *wire.Error {
	return wire.Refuse(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
}
