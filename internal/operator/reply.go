package operator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// strayBytes is how much chatter is overlooked around JSON that could be meant or not ("Here is the JSON:"); more than that may hold something.
const strayBytes = 120

// A jsonText is a JSON object or list in a reply, and the text between it and the one before.
type jsonText struct {
	raw    string
	before string
}

// looksJSON is how an object or a list begins that is more than a word or a reference in brackets; quotesJSON is how one does with other quotation marks.
var (
	looksJSON  = lazily(`^(?:\{\s*["}]|\[\s*[\[{"])`)
	quotesJSON = lazily(`^[\[{\s]*\{\s*'`)
)

// inVainBytes bounds how much of a reply is read as JSON that turns out to be none, by its own length.
const inVainBytes = 8

// jsonIn finds the JSON objects and lists of a reply, and the text after the last. None where something begins like one and is none: what it says would be lost.
func jsonIn(reply string) (all []jsonText, rest string) {
	from, room := 0, inVainBytes*len(reply)
	for i := 0; i < len(reply); {
		k := strings.IndexAny(reply[i:], "{[")
		if k < 0 {
			break
		}
		i += k
		looks, quotes := looksJSON().MatchString(reply[i:]), room > 0 && quotesJSON().MatchString(reply[i:])
		var raw json.RawMessage
		n := 0
		if looks || quotes || reply[i] == '[' && room > 0 {
			d := json.NewDecoder(strings.NewReader(reply[i:]))
			var wrong *json.SyntaxError
			switch err := d.Decode(&raw); {
			case err == nil:
				n = int(d.InputOffset())
			case looks || quotes:
				raw, n = strict(reply[i:])
				room -= len(reply) - i
			case errors.As(err, &wrong):
				room -= int(wrong.Offset)
			default:
				room -= len(reply) - i
			}
		}
		switch {
		case n > 0:
			all = append(all, jsonText{string(raw), reply[from:i]})
			i += n
			from = i
		case looks && !quotes:
			return nil, reply
		default:
			i++
		}
	}
	return all, reply[from:]
}

// strict is the JSON that a text begins with, written in the looser ways of other languages: with a comma after the last element, with strings between single
// quotation marks or over several lines, with True and None. n is how long it is in the text; 0 it is none.
func strict(text string) (raw json.RawMessage, n int) {
	var b bytes.Buffer
	depth, last := 0, byte(' ') // the byte before that is no white space
	next := func(i int) byte {
		if rest := strings.TrimLeft(text[i:], " \t\r\n"); rest != "" {
			return rest[0]
		}
		return 0
	}
	for i := 0; i < len(text); {
		c, from := text[i], i
		i++
		switch {
		case c == '"' || c == '\'' && strings.IndexByte("{[,:", last) >= 0:
			for i < len(text) && (text[i] != c || c == '\'' && strings.IndexByte(",:]}", next(i+1)) < 0) {
				if text[i] == '\\' {
					i++
				}
				i++
			}
			if i++; i > len(text) {
				return nil, 0
			}
			inside := text[from+1 : i-1]
			if c == '\'' {
				inside = otherQuotes.Replace(inside)
			}
			b.WriteString(`"` + escaped(inside) + `"`)
		case c == ',' && strings.IndexByte("]}", next(i)) >= 0:
		case c >= 'A' && c <= 'Z':
			for i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z') {
				i++
			}
			word := text[from:i]
			if w, ok := pythons[word]; ok {
				word = w
			}
			b.WriteString(word)
		default:
			b.WriteByte(c)
			switch c {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
		}
		if c > ' ' {
			last = c
		}
		if depth == 0 {
			if !json.Valid(b.Bytes()) {
				return nil, 0
			}
			return b.Bytes(), i
		}
	}
	return nil, 0
}

// escaped is what stands between the quotation marks of a string, with line ends and backslashes as JSON wants them: models copy a text's own as they are.
func escaped(inside string) string {
	var b strings.Builder
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		next := byte(0)
		if i+1 < len(inside) {
			next = inside[i+1]
		}
		switch {
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		case c == '\\' && strings.IndexByte(`"\/bfnrtu`, next) >= 0 && next != 0:
			b.WriteByte(c)
			b.WriteByte(next)
			i++
		case c == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

var (
	otherQuotes = strings.NewReplacer(`\\`, `\\`, `\"`, `\"`, `\'`, `'`, `"`, `\"`)
	pythons     = map[string]string{"True": "true", "False": "false", "None": "null"}
)

// ourKeys are the keys by which the JSON of a reply is known for what was asked for.
var ourKeys = []string{"items", "quote", "terms", "questions", "sections", "edits"}

func ours(v any) bool {
	if list, isList := v.([]any); isList {
		return len(list) > 0 && ours(list[0])
	}
	m, _ := v.(map[string]any)
	for _, k := range ourKeys {
		if _, ok := m[k]; ok {
			return true
		}
	}
	return false
}

// theirKeys are all keys that a reply is asked for, in the case in which they are asked for; itemKeys are those of which an item has one at least.
var (
	theirKeys = wordSet("items quote key value n item fields note sure none terms term as questions sections title brief words edits search replace")
	itemKeys  = wordSet("quote item key value note search")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// unwrapped is what was asked for in an object that was put around it, or the list of items under another name where it is the only one.
func unwrapped(v any) any {
	m, isMap := v.(map[string]any)
	if !isMap || ours(v) {
		return v
	}
	var list []any
	for _, e := range m {
		if inner, ok := e.(map[string]any); ok && len(m) == 1 {
			return unwrapped(inner)
		}
		l, _ := e.([]any)
		if len(l) == 0 {
			continue
		}
		item, _ := l[0].(map[string]any)
		for k := range item {
			if !itemKeys[k] {
				continue
			}
			if list != nil {
				return v
			}
			list = l
			break
		}
	}
	if list != nil {
		return list
	}
	return v
}

// looseJSON finds the JSON value of a reply: in any prose where it has a key that was asked for, else in a code fence or bare, with at most a little chatter around
// it. Several values, one after the other, are one; with prose between them nobody knows which one is meant.
func looseJSON(reply string) (any, bool) {
	all, rest := jsonIn(reply)
	var run, known []any
	stray, gap := "", "" // what is around the first run, and since the last known one
	for i, f := range all {
		read, err := parseValue([]byte(f.raw))
		if err != nil {
			return nil, false
		}
		v := unwrapped(read.plain())
		prose := between(f.before)
		gap += prose
		if len(run) < i || i > 0 && prose != "" {
			prose += f.raw
		} else {
			run = append(run, v)
		}
		stray += prose
		if !ours(v) {
			gap += f.raw
			continue
		}
		if len(known) > 0 && gap != "" && !reflect.DeepEqual(v, known[len(known)-1]) {
			return nil, false
		}
		known, gap = append(known, v), ""
	}
	if len(known) > 0 {
		return together(known), true
	}
	return together(run), len(run) > 0 && len(stray+between(rest)) <= strayBytes
}

// plain is v in Go's own types, numbers with all their digits, the keys that were asked for as they were asked for. The object that an item is, or that its fields, its key or its value are, keeps its order: it is a *value.
func (v *value) plain() any {
	switch {
	case v.kind == '{':
		m := make(map[string]any, len(v.keys))
		for _, k := range v.keys {
			e := v.object[k]
			if own := strings.ToLower(k); theirKeys[own] && v.object[own] == nil {
				k = own
			}
			if m[k] = e.plain(); e.kind == '{' && (k == "item" || k == "fields" || k == "key" || k == "value") {
				m[k] = e
			}
		}
		return m
	case v.kind == '[':
		list := make([]any, len(v.list))
		for i, e := range v.list {
			list[i] = e.plain()
		}
		return list
	}
	switch v.raw[0] {
	case '"':
		return v.text()
	case 't', 'f':
		return v.raw[0] == 't'
	case 'n':
		return nil
	}
	return json.Number(v.raw)
}

// between is the prose around JSON, without fences, commas and the marks of a list.
func between(text string) string {
	return strings.Trim(strings.ReplaceAll(text, "json", ""), " ,\t\r\n`-*•0123456789.)")
}

// together is several JSON values as one: objects of a list as one with all their elements, lists as one list, other objects as a list of them. A list that is
// given twice, word for word, is given once.
func together(values []any) any {
	if len(values) == 1 {
		return values[0]
	}
	var all []any
	key := ""
	for i, v := range values {
		if m, isMap := v.(map[string]any); i > 0 && (!isMap || m["quote"] == nil) && reflect.DeepEqual(v, values[i-1]) {
			continue
		}
		switch v := v.(type) {
		case []any:
			all = append(all, v...)
		case map[string]any:
			part := []any{v}
			for k, e := range v {
				if list, ok := e.([]any); ok && len(v) == 1 {
					key, part = k, list
				}
			}
			all = append(all, part...)
		}
	}
	if key != "" {
		return map[string]any{key: all}
	}
	return all
}

// itemsIn is the list of items of a reply, in all the ways in which models write one; nil where the reply says that there are none. false: it is not the JSON that
// was asked for.
func itemsIn(reply string) (list []any, ok bool) {
	if isNone(reply) || isBlank(reply) {
		return nil, true
	}
	v, ok := looseJSON(reply)
	if !ok {
		return nil, false
	}
	if m, isMap := v.(map[string]any); isMap {
		if items, has := m["items"]; has {
			v = items
		}
		if none, _ := m["none"].(bool); none && len(m) == 1 {
			return nil, true
		}
	}
	if hollow(v) {
		return nil, true
	}
	switch v := v.(type) {
	case []any:
		return v, true
	case map[string]any:
		return []any{v}, ours(v)
	case string:
		return nil, isNone(v)
	}
	return nil, false
}

// listIn is the list that a reply's JSON is, or has under a key.
func listIn(v any, key string) (list []any, ok bool) {
	if m, isMap := v.(map[string]any); isMap {
		v = m[key]
	}
	list, ok = v.([]any)
	return list, ok
}

// hollow reports whether a value says nothing: null, or empty all through. A number alone is not what an item is about.
func hollow(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return isBlank(v)
	case *value:
		return !v.says()
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !hollow(e) })
	case map[string]any:
		for k, e := range v {
			if k != "n" && k != "sure" && !hollow(e) {
				return false
			}
		}
		return true
	}
	return false
}
