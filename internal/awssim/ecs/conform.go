package ecs

import (
	"encoding/json"

	"github.com/aws/smithy-go"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// conform holds a request against AWS's published model: a known member must have
// its JSON type, null is absence, and what the model does not know stays as it is
// or, with drop, goes. It does not look at the values of enumerations.
func conform(shape *smithy.Schema, in object, drop bool) (object, error) {
	out := make(object, len(in))
	for name, v := range in {
		member := shape.Member(name)
		if v == nil || member == nil && drop {
			continue
		}
		if member != nil {
			var err error
			if v, err = conformValue(member, v, drop); err != nil {
				return nil, err
			}
		}
		out[name] = v
	}
	return out, nil
}

func conformValue(shape *smithy.Schema, v any, drop bool) (any, error) {
	switch v := v.(type) {
	case object:
		switch shape.Type() {
		case smithy.ShapeTypeStructure, smithy.ShapeTypeUnion:
			return conform(shape, v, drop)
		case smithy.ShapeTypeMap:
			return conformMap(shape.MapValue(), v, drop)
		}
		return nil, misshapen("Start of structure or map found where not expected.")
	case []any:
		if shape.Type() != smithy.ShapeTypeList {
			return nil, misshapen("Start of list found where not expected")
		}
		return conformList(shape.ListMember(), v, drop)
	default:
		return v, conformScalar(shape.Type(), v)
	}
}

func conformMap(values *smithy.Schema, in object, drop bool) (object, error) {
	out := make(object, len(in))
	for k, v := range in {
		if v == nil {
			continue
		}
		c, err := conformValue(values, v, drop)
		if err != nil {
			return nil, err
		}
		out[k] = c
	}
	return out, nil
}

func conformList(items *smithy.Schema, in []any, drop bool) ([]any, error) {
	out := make([]any, 0, len(in))
	for _, v := range in {
		if v == nil {
			continue
		}
		c, err := conformValue(items, v, drop)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func conformScalar(want smithy.ShapeType, v any) error {
	got := ""
	switch v := v.(type) {
	case string:
		if want == smithy.ShapeTypeString || want == smithy.ShapeTypeEnum {
			return nil
		}
		got = "STRING_VALUE"
	case bool:
		if want == smithy.ShapeTypeBoolean {
			return nil
		}
		got = "TRUE_VALUE"
		if !v {
			got = "FALSE_VALUE"
		}
	case json.Number:
		if numberFits(want, v) {
			return nil
		}
		got = "NUMBER_VALUE"
	}
	return misshapen("%s can not be converted to %s", got, typeNames[want])
}

func numberFits(want smithy.ShapeType, n json.Number) bool {
	switch want {
	case smithy.ShapeTypeInteger:
		i, err := n.Int64()
		return err == nil && int64(int32(i)) == i
	case smithy.ShapeTypeLong:
		_, err := n.Int64()
		return err == nil
	case smithy.ShapeTypeFloat, smithy.ShapeTypeDouble, smithy.ShapeTypeTimestamp:
		return true
	}
	return false
}

// typeNames are the types as the JSON reader of AWS's services names them.
var typeNames = map[smithy.ShapeType]string{
	smithy.ShapeTypeString:    "a String",
	smithy.ShapeTypeEnum:      "a String",
	smithy.ShapeTypeBoolean:   "a Boolean",
	smithy.ShapeTypeInteger:   "an Integer",
	smithy.ShapeTypeLong:      "a Long",
	smithy.ShapeTypeFloat:     "a Float",
	smithy.ShapeTypeDouble:    "a Double",
	smithy.ShapeTypeTimestamp: "milliseconds since epoch",
	smithy.ShapeTypeList:      "a List",
	smithy.ShapeTypeMap:       "a Map",
	smithy.ShapeTypeStructure: "a Structure",
}

func misshapen(format string, args ...any) error {
	return wire.Refuse(400, "SerializationException", format, args...)
}
