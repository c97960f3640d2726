package ecs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// object is a JSON object as it came: numbers are json.Number, so that one that
// nobody reads goes back digit for digit.
type object = map[string]any

func decode(body []byte) (object, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return object{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil || o == nil || d.More() {
		return nil, wire.Refuse(400, "SerializationException", "The request is not one JSON object.")
	}
	return o, nil
}

func encode(o object) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // AWS writes < as it is
	if err := e.Encode(o); err != nil {
		return nil, wire.Refuse(500, "ServerException", "%v", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// The readers below give the zero value for a member that is absent. One of
// another type cannot be met: conform refused it.

func text(o object, key string) string { s, _ := o[key].(string); return s }

func truth(o object, key string) bool { b, _ := o[key].(bool); return b }

func list(o object, key string) []any { l, _ := o[key].([]any); return l }

func child(o object, key string) object { c, _ := o[key].(object); return c }

func number(o object, key string) int64 {
	n, _ := o[key].(json.Number)
	i, _ := n.Int64()
	return i
}

func has(o object, key string) bool { _, ok := o[key]; return ok }

func objects(o object, key string) []object {
	var out []object
	for _, e := range list(o, key) {
		if c, ok := e.(object); ok {
			out = append(out, c)
		}
	}
	return out
}

func texts(o object, key string) []string {
	var out []string
	for _, e := range list(o, key) {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// clone copies so deep that no part of the copy is a part of v.
func clone[T any](v T) T {
	c, _ := copied(v).(T)
	return c
}

func copied(v any) any {
	switch v := v.(type) {
	case object:
		o := make(object, len(v))
		for k, e := range v {
			o[k] = copied(e)
		}
		return o
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = copied(e)
		}
		return l
	default:
		return v
	}
}

// timestamp is a time as awsJson1.1 writes it: seconds since 1970, with
// milliseconds as ECS does.
func timestamp(t time.Time) json.Number {
	return json.Number(strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64))
}

// array makes a JSON array, which is never null.
func array[T any](items []T) []any {
	out := make([]any, len(items))
	for i, e := range items {
		out[i] = e
	}
	return out
}
