package operator

import (
	"encoding/json"
	"strings"
	"unicode"
)

// A jsonJoin makes one JSON list of those that chunks were rewritten into: it holds back how a list ends until it is known whether it goes on. The zero value has
// seen none.
type jsonJoin struct {
	wanted bool // the text becomes JSON: a list under one key is joined too, and a few words around it are overlooked
	object bool // it becomes one object: objects are joined by their keys
	kind   string
	any    bool // something stands in the list
	held   string
	off    bool // something else came
}

// wantsObject is a task that wants all of its result in one object.
var wantsObject = lazily(`(?i)\b(?:one|single|an?) (?:big |large |single |valid |nested )*(?:json )?(?:object|dictionary|dict)\b|\b(?:json )?(?:object|dictionary|map|mapping) (?:keyed|indexed|from|of|with)\b|\bkeyed by\b|tek (?:bir )?(?:json )?nesne`)

// next is a chunk's new text as it goes out after gap, which is what stands before it.
func (j *jsonJoin) next(core, gap, text string) string {
	var l listText
	if !j.off {
		l = j.list(core, text)
	}
	if l.kind == "" || j.kind != "" && j.kind != l.kind {
		out := j.end() + gap + text
		j.off = true
		return out
	}
	out, inner := "", strings.TrimRightFunc(l.inner, unicode.IsSpace)
	if j.kind == "" {
		j.kind, out = l.kind, gap+l.open
	}
	if inner != "" {
		if j.any {
			out += ","
			if !unicode.IsSpace(rune(inner[0])) {
				out += "\n"
			}
		}
		out, j.any = out+inner, true
	}
	j.held = l.inner[len(inner):] + l.end
	return out
}

// end is how what was written so far ends.
func (j *jsonJoin) end() string {
	held := j.held
	j.held = ""
	return held
}

// A listText is a JSON list, or what an object holds, with what stands before and behind its elements. Those of one kind can be joined; "" it is none.
type listText struct{ kind, open, inner, end string }

func (j *jsonJoin) list(core, text string) (l listText) {
	body := strings.TrimSpace(text)
	if !isJSON(body) {
		all, rest := jsonIn(body)
		if !j.wanted || len(all) != 1 || len(between(all[0].before)+between(rest)) > strayBytes {
			return l
		}
		body = all[0].raw
	}
	tail := text[len(strings.TrimRightFunc(text, unicode.IsSpace)):]
	switch {
	case isJSON(strings.TrimSpace(core)): // the text's own
	case body[0] == '[':
		return listText{"[", "[", body[1 : len(body)-1], "]" + tail}
	case body[0] != '{' || !j.wanted:
	case j.object:
		return listText{"{", "{", body[1 : len(body)-1], "}" + tail}
	default:
		v, err := parseValue([]byte(body))
		if err != nil || len(v.keys) != 1 || v.object[v.keys[0]].kind != '[' {
			return l
		}
		d := json.NewDecoder(strings.NewReader(body))
		for range 3 { // {, the key, [
			_, _ = d.Token()
		}
		from, to := int(d.InputOffset()), strings.LastIndexByte(body, ']')
		return listText{"{" + v.keys[0], body[:from], body[from:to], body[to:] + tail}
	}
	return l
}
