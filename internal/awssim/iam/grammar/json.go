package grammar

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// object is a JSON object. Members keep their order, so that what is wrong is
// found in the order of the text.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func (o object) get(name string) (any, bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

var errJSON = errors.New("no JSON")

// parse reads JSON. A member that stands twice is an error, as it is to IAM
// (IAM: Grammar of the IAM JSON policy language).
func parse(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	value, err := next(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return value, nil
}

func next(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, errJSON
	}
	switch token {
	case json.Delim('{'):
		return nextObject(decoder)
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			item, err := next(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := decoder.Token()
		return list, err
	default:
		return token, nil
	}
}

func nextObject(decoder *json.Decoder) (any, error) {
	o := object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, errJSON
		}
		key, _ := name.(string)
		if _, twice := o.get(key); twice {
			return nil, errJSON
		}
		value, err := next(decoder)
		if err != nil {
			return nil, err
		}
		o = append(o, member{key, value})
	}
	_, err := decoder.Token()
	return o, err
}
