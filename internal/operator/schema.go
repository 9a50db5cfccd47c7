package operator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// A schema is the part of JSON Schema that replies are held against: types, properties, required, additionalProperties, items, enum, const and references
// into $defs. What else a schema says is not checked.
type schema struct {
	Type                 json.RawMessage    `json:"type"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
	Items                *schema            `json:"items"`
	Enum                 []json.RawMessage  `json:"enum"`
	Const                json.RawMessage    `json:"const"`
	Ref                  string             `json:"$ref"`
	AnyOf                []*schema          `json:"anyOf"`
	Defs                 map[string]*schema `json:"$defs"`
	Definitions          map[string]*schema `json:"definitions"`

	types   []string
	order   []string // of properties, as written
	bounded bool     // minItems, maxItems or uniqueItems
	root    *schema
}

// maxSchemaDepth bounds recursion over what a caller sent.
const maxSchemaDepth = 64

func parseSchema(raw []byte) (*schema, error) {
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	if err := s.prepare(&s, raw, 0); err != nil {
		return nil, err
	}
	return &s, nil
}

var errDeep = errors.New("the schema is nested too deep")

// prepare fills what encoding/json cannot: types as a list, the order of properties at the top.
func (s *schema) prepare(root *schema, raw []byte, depth int) error {
	if s == nil {
		return nil
	}
	if depth > maxSchemaDepth {
		return errDeep
	}
	s.root = root
	var one string
	if json.Unmarshal(s.Type, &one) == nil {
		s.types = []string{one}
	} else {
		_ = json.Unmarshal(s.Type, &s.types) // no type: any
	}
	if raw != nil {
		var top struct {
			Properties json.RawMessage `json:"properties"`
		}
		if json.Unmarshal(raw, &top) == nil {
			s.order = keysOf(top.Properties)
			var bounds map[string]struct {
				Min    *json.RawMessage `json:"minItems"`
				Max    *json.RawMessage `json:"maxItems"`
				Unique *json.RawMessage `json:"uniqueItems"`
			}
			if json.Unmarshal(top.Properties, &bounds) == nil {
				for name, b := range bounds {
					if p := s.Properties[name]; p != nil {
						p.bounded = b.Min != nil || b.Max != nil || b.Unique != nil
					}
				}
			}
		}
	}
	for _, group := range []map[string]*schema{s.Properties, s.Defs, s.Definitions} {
		for _, p := range group {
			if err := p.prepare(root, nil, depth+1); err != nil {
				return err
			}
		}
	}
	for _, p := range s.AnyOf {
		if err := p.prepare(root, nil, depth+1); err != nil {
			return err
		}
	}
	return s.Items.prepare(root, nil, depth+1)
}

// keysOf lists the keys of an object in the order in which they stand.
func keysOf(object []byte) []string {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var keys []string
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return keys
		}
		key, _ := t.(string)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return keys
		}
	}
	return keys
}

// allows reports whether the schema names the type, alone.
func (s *schema) allows(kind string) bool { return len(s.types) == 1 && s.types[0] == kind }

// check says where v is not what the schema asks for. v comes from encoding/json with UseNumber.
func (s *schema) check(v any, at string, depth int) error {
	if s == nil || depth > maxSchemaDepth {
		return nil
	}
	if s.Ref != "" {
		return s.resolve().check(v, at, depth+1)
	}
	if at == "" {
		at = "the object"
	}
	if len(s.types) > 0 && !slices.ContainsFunc(s.types, func(t string) bool { return isKind(v, t) }) {
		return fmt.Errorf("%s must be of type %v", at, s.types)
	}
	if len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, func(o *schema) bool { return o.check(v, at, depth+1) == nil }) {
		return fmt.Errorf("%s fits none of the forms that anyOf allows", at)
	}
	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, func(e json.RawMessage) bool { return sameJSON(e, v) }) {
		return fmt.Errorf("%s is none of the values that enum allows", at)
	}
	if s.Const != nil && !sameJSON(s.Const, v) {
		return fmt.Errorf("%s is not the constant that the schema demands", at)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				return fmt.Errorf("%s lacks %q", at, name)
			}
		}
		for name, e := range v {
			p, known := s.Properties[name]
			if !known && string(s.AdditionalProperties) == "false" {
				return fmt.Errorf("%s has %q, which the schema does not know", at, name)
			}
			if err := p.check(e, at+"."+name, depth+1); err != nil {
				return err
			}
		}
	case []any:
		for i, e := range v {
			if err := s.Items.check(e, fmt.Sprintf("%s[%d]", at, i), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolve follows "#/$defs/x", "#/definitions/x" and "#"; nil, which allows all, for others.
func (s *schema) resolve() *schema {
	var name string
	if s.Ref == "#" {
		return s.root
	}
	if n, err := fmt.Sscanf(s.Ref, "#/$defs/%s", &name); err == nil && n == 1 {
		return s.root.Defs[name]
	}
	if n, err := fmt.Sscanf(s.Ref, "#/definitions/%s", &name); err == nil && n == 1 {
		return s.root.Definitions[name]
	}
	return nil
}

func isKind(v any, kind string) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case json.Number:
		_, err := v.Int64()
		return kind == "number" || kind == "integer" && err == nil
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

func sameJSON(raw json.RawMessage, v any) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var w any
	return d.Decode(&w) == nil && reflect.DeepEqual(w, v)
}
