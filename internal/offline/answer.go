package offline

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// Bounds of what is answered when the instruction sets none.
const (
	fewHits   = 3   // per list under a schema
	someHits  = 6   // in plain text
	everyHits = 60  // where all of something is wanted
	fewWords  = 220 // in plain text
)

// A format is a request's response_format.
type format struct {
	kind   string // "", "text", "json_object" or "json_schema"
	schema json.RawMessage
}

// reply is the whole model: a pure function of a call's messages and format.
func reply(turns []turn, f format) string {
	r := read(turns)
	switch f.kind {
	case "json_schema":
		var s schema
		if json.Unmarshal(f.schema, &s) == nil {
			return r.under(s)
		}
	case "json_object":
		return r.under(exampleSchema(r.told))
	}
	return r.plain()
}

// under fills a schema.
func (r reading) under(s schema) string {
	f := filler{reading: r}
	hits := search(r.material, r.query)
	n := fewHits
	if r.query.every {
		n = everyHits
	}
	for _, h := range pick(hits, r.query, r.material, n) {
		f.found = append(f.found, unlabelled(r.material[h.start:h.end]))
		f.sure = max(f.sure, min(1, h.coverage))
	}
	if r.material == "" {
		f.found = topics(r.question)
	}
	return f.fill(s)
}

// plain answers in sentences of the material, one a line, in the material's order.
func (r reading) plain() string {
	if strings.TrimSpace(r.material) == "" {
		return r.nothingToRead()
	}
	n, room := someHits, fewWords
	if r.query.every {
		n, room = everyHits, 4*fewWords
	}
	if w := wordLimit(r.told); w > 0 {
		room = w
		n = max(n, w/20)
	}
	hits := search(r.material, r.query)
	kept := hits[:0]
	for _, h := range hits {
		if r.material[h.start] != '#' && countWords(r.material[h.start:h.end], room+1) <= room { // headings say where, not what
			kept = append(kept, h)
		}
	}
	hits = pick(kept, r.query, r.material, n)
	// What does not fit the room is dropped from the weakest up.
	for total(r.material, hits) > room && len(hits) > 1 {
		weak := 0
		for i, h := range hits {
			if h.score < hits[weak].score {
				weak = i
			}
		}
		hits = append(hits[:weak], hits[weak+1:]...)
	}
	if len(hits) == 0 {
		return r.none()
	}
	lines := make([]string, len(hits))
	for i, h := range hits {
		lines[i] = strings.Join(strings.Fields(unlabelled(r.material[h.start:h.end])), " ")
	}
	return strings.Join(lines, "\n")
}

func total(text string, hits []hit) int {
	n := 0
	for _, h := range hits {
		n += countWords(text[h.start:h.end], 1<<30)
	}
	return n
}

var offered = regexp.MustCompile(`\b(?:word|reply|answer|say|write|respond with|reply with)\s+["'“]?([A-Z][A-Z_ ]{2,20}[A-Z])\b`)

// none says that nothing was found, in the word that the instructions offer for that if they do.
func (r reading) none() string {
	if m := offered.FindStringSubmatch(r.told); m != nil {
		return m[1]
	}
	if r.query.lang == turkish {
		return "Metinde buna yanıt veren bir şey bulunamadı."
	}
	return "The text holds nothing that answers this."
}

// nothingToRead answers a call without material: the model cannot write, and says so.
func (r reading) nothingToRead() string {
	if strings.ContainsAny(r.question, "?？") {
		return r.none()
	}
	asked := statements(r.asked)
	asked = asked[max(0, len(asked)-3):]
	return "[Offline stand-in, not a language model: it extracts from texts and cannot write one. What it was asked for:]\n" + strings.Join(asked, "\n")
}

var limitWords = regexp.MustCompile(`(?i)(\d{1,6})[ -](?:words?|kelime\w*|sözcük\w*)`)

// wordLimit is the last number of words that the instructions name; 0 for none.
func wordLimit(s string) int {
	all := limitWords.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return n
}

var listMark = regexp.MustCompile(`^(?:[-*•]\s+|\d{1,3}[.)]\s+|[A-Z]{3,}:\s+)+`)

// unlabelled drops a list mark or a label in capitals from the front of a line. What is left still stands in the text as it is.
func unlabelled(s string) string {
	if t := s[len(listMark.FindString(s)):]; t != "" {
		return t
	}
	return s
}

// topics are what an instruction enumerates: "an API with users, books and loans".
func topics(s string) []string {
	s = strings.NewReplacer(" and ", ",", " ve ", ",", "\n", ",", ";", ",", ".", ",", ":", ",").Replace(s)
	var out []string
	for _, t := range strings.Split(s, ",") {
		t = unlabelled(strings.TrimSpace(t))
		for _, before := range []string{" with ", " including ", " covering "} {
			if _, after, ok := strings.Cut(t, before); ok {
				t = after
			}
		}
		if f := strings.Fields(t); len(f) > 0 && len(f) <= 6 {
			out = append(out, t)
		}
	}
	out = unique(out)
	if len(out) == 0 && strings.TrimSpace(s) != "" {
		f := strings.Fields(s)
		out = []string{strings.Join(f[:min(len(f), 6)], " ")}
	}
	return out[:min(len(out), 12)]
}

// exampleSchema reads the shape of a JSON reply off the first example in a prompt.
func exampleSchema(told string) schema {
	told = told[:min(len(told), 8192)] // each brace is tried
	for i := range len(told) {
		if told[i] != '{' {
			continue
		}
		var v any
		d := json.NewDecoder(strings.NewReader(told[i:]))
		if d.Decode(&v) != nil {
			continue
		}
		if m, ok := v.(map[string]any); ok && len(m) > 0 {
			var keys properties
			// The decoder of properties keeps their order; values become the schema of their kind.
			if json.Unmarshal([]byte(told[i:i+int(d.InputOffset())]), (*shapes)(&keys)) == nil {
				return schema{Properties: keys}
			}
		}
	}
	text := schema{Type: kinds{"string"}}
	return schema{Properties: properties{{"quotes", schema{Type: kinds{"array"}, Items: &text}}}}
}

// shapes decodes an example object into the properties that would have it.
type shapes properties

func (p *shapes) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(strings.NewReader(string(b)))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		*p = append(*p, property{name, shape(raw, 0)})
	}
	return nil
}

func shape(raw json.RawMessage, depth int) schema {
	switch {
	case depth > deepest:
	case raw[0] == '{':
		var keys properties
		if json.Unmarshal(raw, (*shapes)(&keys)) == nil {
			return schema{Type: kinds{"object"}, Properties: keys}
		}
	case raw[0] == '[':
		item := schema{Type: kinds{"string"}}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			item = shape(list[0], depth+1)
		}
		return schema{Type: kinds{"array"}, Items: &item}
	case raw[0] == 't' || raw[0] == 'f':
		return schema{Type: kinds{"boolean"}}
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return schema{Type: kinds{"number"}}
	}
	return schema{Type: kinds{"string"}}
}
