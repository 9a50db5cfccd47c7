package operator

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// A value is a JSON value that keeps the order of its keys and the bytes of its scalars.
type value struct {
	kind   byte // '{', '[', or 0 for a scalar
	raw    json.RawMessage
	keys   []string
	object map[string]*value
	list   []*value
}

const (
	maxValueDepth = 64
	// A number with a larger exponent would take as many digits to calculate with.
	maxExponent = 400
)

var (
	errDeep   = errors.New("the JSON is nested too deep")
	errNumber = errors.New("the JSON holds a number that is too large to check")
)

// parseValue reads raw, which may have space around it.
func parseValue(raw json.RawMessage) (*value, error) {
	raw = bytes.TrimSpace(raw)
	if !json.Valid(raw) {
		return nil, errShape
	}
	r := valueReader{raw, json.NewDecoder(bytes.NewReader(raw))}
	r.tokens.UseNumber()
	return r.value(0)
}

type valueReader struct {
	raw    json.RawMessage
	tokens *json.Decoder
}

func (r *valueReader) value(depth int) (*value, error) {
	if depth > maxValueDepth {
		return nil, errDeep
	}
	from := r.tokens.InputOffset()
	t, err := r.tokens.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		v := &value{kind: '{', object: map[string]*value{}}
		for r.tokens.More() {
			t, err := r.tokens.Token()
			if err != nil {
				return nil, err
			}
			child, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			v.set(t.(string), child)
		}
		_, err := r.tokens.Token()
		return v, err
	case json.Delim('['):
		v := &value{kind: '['}
		for r.tokens.More() {
			child, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, child)
		}
		_, err := r.tokens.Token()
		return v, err
	}
	raw := bytes.TrimLeft(r.raw[from:r.tokens.InputOffset()], " \t\r\n,:")
	if _, isNumber := t.(json.Number); isNumber {
		_, exponent, _ := strings.Cut(strings.ToLower(string(raw)), "e")
		n, err := strconv.Atoi(exponent)
		if len(raw) > maxExponent || exponent != "" && (err != nil || n > maxExponent || n < -maxExponent) {
			return nil, errNumber
		}
	}
	return &value{raw: raw}, nil
}

func (v *value) set(key string, child *value) {
	if v.object[key] == nil {
		v.keys = append(v.keys, key)
	}
	v.object[key] = child
}

// without is v without a key of numbers, at any depth: a property of that name, which is an object, stays.
func (v *value) without(key string) *value {
	out := *v
	if v.kind == '{' {
		out.keys, out.object = nil, map[string]*value{}
		for _, k := range v.keys {
			if child := v.object[k]; k != key || child.kind != 0 {
				out.set(k, child.without(key))
			}
		}
	}
	out.list = nil
	for _, e := range v.list {
		out.list = append(out.list, e.without(key))
	}
	return &out
}

// get is the value of a key; nil when v is no object or has none.
func (v *value) get(key string) *value {
	if v == nil || v.kind != '{' {
		return nil
	}
	return v.object[key]
}

// text is a scalar's string; "" for every other value.
func (v *value) text() string {
	var s string
	if v == nil || v.kind != 0 || json.Unmarshal(v.raw, &s) != nil {
		return ""
	}
	return s
}

// absent reports whether v says nothing: null, or not there.
func (v *value) absent() bool { return v == nil || v.kind == 0 && string(v.raw) == "null" }

// vague reports whether v says nothing that another value would not replace.
func (v *value) vague() bool { return v.absent() || v.kind == 0 && string(v.raw) == `""` }

func (v *value) write(b *bytes.Buffer) {
	switch v.kind {
	case '{':
		b.WriteByte('{')
		for i, k := range v.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(quoted(k))
			b.WriteByte(':')
			v.object[k].write(b)
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i, e := range v.list {
			if i > 0 {
				b.WriteByte(',')
			}
			e.write(b)
		}
		b.WriteByte(']')
	default:
		b.Write(v.raw)
	}
}

func (v *value) String() string {
	var b bytes.Buffer
	v.write(&b)
	return b.String()
}

// trimmed is v with its strings as quotes are compared: white space, dashes and quotation marks are alike.
func (v *value) trimmed() *value {
	out := &value{kind: v.kind, raw: v.raw, keys: v.keys}
	if v.kind == 0 && v.raw[0] == '"' {
		out.raw = quoted(fold(v.text()).text)
	}
	if v.object != nil {
		out.object = map[string]*value{}
	}
	for k, e := range v.object {
		out.object[k] = e.trimmed()
	}
	for _, e := range v.list {
		out.list = append(out.list, e.trimmed())
	}
	return out
}

// quoted is s as JSON, with <, > and & as they are.
func quoted(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string is always encodable
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// leaves calls f for every string and number of v as text.
func (v *value) leaves(f func(string)) {
	switch {
	case v.kind == '{':
		for _, k := range v.keys {
			v.object[k].leaves(f)
		}
	case v.kind == '[':
		for _, e := range v.list {
			e.leaves(f)
		}
	case v.raw[0] == '"':
		f(v.text())
	case v.raw[0] != 't' && v.raw[0] != 'f' && v.raw[0] != 'n':
		f(string(v.raw))
	}
}
