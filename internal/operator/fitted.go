package operator

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// fitted is what a passage gave as its schema has it, where only the writing differs: names of properties in other letters, numbers and truth values as texts, and
// null for what need not be there. All else stays, for a check to refuse: a number where a text is wanted has lost how it is written.
func (sh *shape) fitted(v *value) *value {
	if sh == nil || v == nil {
		return v
	}
	out := *v
	switch {
	case v.kind == '[' && sh.kind == list:
		out.list = nil
		for _, e := range v.list {
			out.list = append(out.list, sh.items.fitted(e))
		}
	case v.kind == '{' && sh.kind == mapping:
		out.keys, out.object = nil, map[string]*value{}
		for _, k := range v.keys {
			out.set(k, sh.rest.fitted(v.object[k]))
		}
	case v.kind == '{' && sh.kind == record:
		out.keys, out.object = nil, map[string]*value{}
		for _, k := range v.keys {
			name := sh.nameOf(k, v)
			p := sh.props[name]
			if v.object[k].absent() && p != nil && !p.null && (p.scalar != "" || p.kind != leaf) && !slices.Contains(sh.required, name) {
				continue
			}
			out.set(name, p.fitted(v.object[k]))
		}
		// Equal elements are told by how they are written, whatever order a reader gave; what the schema does not name, at -1, comes last.
		slices.SortStableFunc(out.keys, func(a, b string) int {
			return cmp.Compare(uint(slices.Index(sh.names, a)), uint(slices.Index(sh.names, b)))
		})
	case v.kind == 0 && sh.kind == leaf:
		out.raw = sh.scalarOf(v)
	}
	return &out
}

// nameOf is the property that a key means: itself, or the only one that differs from it by case and marks alone and is not there.
func (sh *shape) nameOf(key string, in *value) string {
	if sh.props[key] != nil {
		return key
	}
	found := key
	for _, name := range sh.names {
		if in.object[name] == nil && bareName(name) == bareName(key) {
			if found != key {
				return key
			}
			found = name
		}
	}
	return found
}

func bareName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, lower(name))
}

// scalarOf is a scalar as the type that is wanted, if that is surely the same.
func (sh *shape) scalarOf(v *value) []byte {
	text := strings.TrimSpace(v.text())
	isText := v.raw[0] == '"'
	switch {
	case sh.scalar == "boolean" && isText && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false")):
		return []byte(strings.ToLower(text))
	case sh.number && isText:
		q, guessed, ok := parseQuantity(text, style{})
		if one := q.unit == "" || q.unit == "%" || currencies[q.unit]; ok && one && !guessed && (sh.scalar != "integer" || q.amount.IsInt()) {
			return []byte(decimal(q.amount, q.scale)) // other units may be mixed, and the reader is to convert them
		}
	}
	return v.raw
}
