package upstreamtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// A Worker is a script of a model that makes no mistakes: it finds every line that matches. Its Script goes to New.
//
//   - a call whose schema asks for a plan (IsPlan) gets Plan;
//   - any other call with a schema gets the matching lines of its last user message, filled into the schema: one item a line;
//   - a call without a schema gets the matches of all its messages, one a line in order of appearance, each once, or None.
type Worker struct {
	Match  *regexp.Regexp
	Plan   string                // JSON
	IsPlan func(Call) bool       // nil: the schema's name holds "plan" or "advice"
	Note   func([]string) string // renders what was found under a schema; nil: Fill
	None   string                // "" is "nothing found"
}

// Script is the worker as a script.
func (w Worker) Script(c Call) Reply {
	isPlan := w.IsPlan
	if isPlan == nil {
		isPlan = func(c Call) bool { return strings.Contains(c.Schema, "plan") || strings.Contains(c.Schema, "advice") }
	}
	switch {
	case isPlan(c):
		return Reply{Text: w.Plan}
	case c.Schema != "":
		found := w.lines(c.User)
		if w.Note != nil {
			return Reply{Text: w.Note(found)}
		}
		return Reply{Text: Fill(c.SchemaRaw, found)}
	}
	var found []string
	for _, m := range c.Messages {
		if w.Match == nil {
			break
		}
		for _, s := range w.Match.FindAllString(m.Text, -1) {
			if !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	if len(found) == 0 {
		none := w.None
		if none == "" {
			none = "nothing found"
		}
		return Reply{Text: none}
	}
	return Reply{Text: strings.Join(found, "\n")}
}

func (w Worker) lines(text string) []string {
	var out []string
	if w.Match == nil {
		return nil
	}
	for _, line := range strings.Split(text, "\n") {
		if w.Match.MatchString(line) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// Fill renders JSON under a schema: arrays get one item a line, strings the line (outside arrays all lines), enums their first
// value, numbers 1, booleans whether there is a line (a name that holds "none" or "empty": whether there is none).
func Fill(schema []byte, lines []string) string {
	var s any
	if json.Unmarshal(schema, &s) != nil {
		return "{}"
	}
	b, _ := json.Marshal(fill(s, "", lines))
	return string(b)
}

func fill(schema any, name string, lines []string) any {
	s, _ := schema.(map[string]any)
	if values, ok := s["enum"].([]any); ok && len(values) > 0 {
		return values[0]
	}
	kind, _ := s["type"].(string)
	if kinds, ok := s["type"].([]any); ok && len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		out := map[string]any{}
		properties, _ := s["properties"].(map[string]any)
		for k, p := range properties {
			out[k] = fill(p, k, lines)
		}
		return out
	case "array":
		out := []any{}
		for _, l := range lines {
			out = append(out, fill(s["items"], name, []string{l}))
		}
		return out
	case "string":
		return strings.Join(lines, "\n")
	case "number", "integer":
		return 1
	case "boolean":
		if strings.Contains(name, "none") || strings.Contains(name, "empty") {
			return len(lines) == 0
		}
		return len(lines) > 0
	}
	return nil
}
