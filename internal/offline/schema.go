package offline

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// A schema is the part of JSON Schema that response_format allows. Properties keep their order, so that replies read like the schema.
type schema struct {
	Ref         string            `json:"$ref"`
	Defs        map[string]schema `json:"$defs"`
	Definitions map[string]schema `json:"definitions"`
	Type        kinds             `json:"type"`
	Description string            `json:"description"`
	Properties  properties        `json:"properties"`
	Items       *schema           `json:"items"`
	Enum        []any             `json:"enum"`
	Const       json.RawMessage   `json:"const"`
	Default     json.RawMessage   `json:"default"`
	AnyOf       []schema          `json:"anyOf"`
	OneOf       []schema          `json:"oneOf"`
	AllOf       []schema          `json:"allOf"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MinItems    int               `json:"minItems"`
	MaxItems    *int              `json:"maxItems"`
	MaxLength   *int              `json:"maxLength"`
}

// kinds is "type": one word or a list of them.
type kinds []string

func (k *kinds) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(k))
}

type property struct {
	name   string
	schema schema
}

type properties []property

func (p *properties) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		var s schema
		if err := d.Decode(&s); err != nil {
			return err
		}
		*p = append(*p, property{name, s})
	}
	return nil
}

// deepest bounds recursion, and mostValues a reply's size: schemas may refer to themselves, more than once.
const (
	deepest    = 12
	mostValues = 10_000
)

// A filler fills a schema from a reading: what was found in the material goes wherever the schema has room for a list of things.
type filler struct {
	reading
	found []string // verbatim
	sure  float64  // 0..1: how much of the question the best of found covers, or how clear the last choice was
	root  schema
	made  int // values so far
}

// fill renders the reply under a schema, as JSON on one line.
func (f *filler) fill(s schema) string {
	f.root = s
	var b bytes.Buffer
	f.value(&b, "", s, f.found, 0)
	return b.String()
}

func (f *filler) resolve(s schema) schema {
	for range deepest {
		switch {
		case s.Ref != "":
			name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
			next, ok := f.root.Defs[name]
			if !ok {
				next, ok = f.root.Definitions[name]
			}
			if s.Ref == "#" {
				next, ok = f.root, true
			}
			if !ok {
				return schema{}
			}
			s = next
		case len(s.AnyOf) > 0 && len(s.Type) == 0:
			s = notNull(s.AnyOf)
		case len(s.OneOf) > 0 && len(s.Type) == 0:
			s = notNull(s.OneOf)
		case len(s.AllOf) > 0 && len(s.Type) == 0:
			s = s.AllOf[0]
		default:
			return s
		}
	}
	return schema{}
}

func notNull(list []schema) schema {
	for _, s := range list {
		if len(s.Type) != 1 || s.Type[0] != "null" {
			return s
		}
	}
	return list[0]
}

func (s schema) kind() string {
	for _, k := range s.Type {
		if k != "null" {
			return k
		}
	}
	switch {
	case len(s.Properties) > 0:
		return "object"
	case s.Items != nil:
		return "array"
	case len(s.Type) > 0:
		return "null"
	}
	return "string"
}

func (f *filler) value(b *bytes.Buffer, name string, s schema, found []string, depth int) {
	s = f.resolve(s)
	f.made++
	switch {
	case depth > deepest || f.made > mostValues:
		b.WriteString("null")
		return
	case s.Const != nil:
		b.Write(s.Const)
		return
	case len(s.Enum) > 0:
		put(b, f.choose(s.Enum))
		return
	}
	switch s.kind() {
	case "object":
		b.WriteByte('{')
		main := mainText(s.Properties)
		for i, p := range s.Properties {
			if i > 0 {
				b.WriteByte(',')
			}
			put(b, p.name)
			b.WriteByte(':')
			one := found
			if t := f.resolve(p.schema); t.kind() == "string" && len(t.Enum) == 0 && t.Const == nil && i != main {
				f.text(b, p.name, t, nil)
				continue
			}
			f.value(b, p.name, p.schema, one, depth+1)
		}
		b.WriteByte('}')
	case "array":
		f.array(b, name, s, found, depth)
	case "string":
		f.text(b, name, s, found)
	case "integer", "number":
		b.WriteString(f.number(name, s))
	case "boolean":
		some := len(found) > 0
		if hasAny(name, "none", "empty", "missing", "absent", "not_") {
			some = !some
		}
		b.WriteString(strconv.FormatBool(some))
	default:
		b.WriteString("null")
	}
}

func (f *filler) array(b *bytes.Buffer, name string, s schema, found []string, depth int) {
	items := schema{Type: kinds{"string"}}
	if s.Items != nil {
		items = f.resolve(*s.Items)
	}
	switch k := items.kind(); {
	case k == "integer" || k == "number":
		f.numbers(b, name, s)
		return
	case k != "object" && k != "string" || len(items.Enum) > 0 || !f.holds(name, s, items):
		found = nil
	}
	n := max(len(found), s.MinItems)
	if s.MaxItems != nil {
		n = min(n, *s.MaxItems)
	}
	b.WriteByte('[')
	for i := range min(n, 1000) {
		if i > 0 {
			b.WriteByte(',')
		}
		var one []string
		if i < len(found) {
			one = found[i : i+1]
		}
		f.value(b, name, items, one, depth+1)
	}
	b.WriteByte(']')
}

// holds says whether an array is the place for what was found: it says so, its items do, or the schema has no other array.
func (f *filler) holds(name string, s, items schema) bool {
	if verbatim(name) || verbatim(s.Description) || hasAny(name, "item", "result", "finding", "fact", "note", "match", "answer", "sentence", "line", "row") {
		return true
	}
	if m := mainText(items.Properties); m >= 0 && (verbatim(items.Properties[m].name) || verbatim(items.Properties[m].schema.Description)) {
		return true
	}
	arrays := 0
	for _, p := range f.root.Properties {
		if f.resolve(p.schema).kind() == "array" {
			arrays++
		}
	}
	return arrays <= 1
}

// numbers fills a list of numbers with those of the numbered paragraphs that look like instructions, if that is what the list is for.
func (f *filler) numbers(b *bytes.Buffer, name string, s schema) {
	b.WriteByte('[')
	if hasAny(name+" "+s.Description, "instruction", "question", "request") {
		for i, o := range f.numbered {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(o.number))
		}
	}
	b.WriteByte(']')
}

// mainText is the property of an object that holds what was found: the one that says that it does, else the first string; -1 for none.
func mainText(list properties) int {
	first := -1
	for i, p := range list {
		if p.schema.kind() != "string" || len(p.schema.Enum) > 0 || p.schema.Const != nil || p.schema.Ref != "" {
			continue
		}
		if verbatim(p.name) || verbatim(p.schema.Description) {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

func verbatim(s string) bool {
	return hasAny(s, "quote", "verbatim", "excerpt", "extract", "passage", "letter by letter", "evidence", "alinti", "alıntı")
}

func hasAny(s string, words ...string) bool {
	s = strings.ToLower(s)
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// text fills a string: with what was found where it is the place for it, with the question where that is wanted, else not at all.
func (f *filler) text(b *bytes.Buffer, name string, s schema, found []string) {
	out := strings.Join(found, "\n")
	if hasAny(name, "question", "query", "task") && !verbatim(name) {
		out = f.question
	}
	if s.MaxLength != nil {
		if r := []rune(out); len(r) > *s.MaxLength {
			out = string(r[:max(0, *s.MaxLength)])
		}
	}
	put(b, out)
}

var exampleNumber = regexp.MustCompile(`"(\w+)"\s*:\s*(-?\d+(?:\.\d+)?)`)

// number fills a number: with the one that an example in the prompt has under that name, else the default, else the least that is allowed.
func (f *filler) number(name string, s schema) string {
	if s.Default != nil {
		return string(s.Default)
	}
	for _, m := range exampleNumber.FindAllStringSubmatch(f.told, -1) {
		if v, err := strconv.ParseFloat(m[2], 64); m[1] == name && err == nil && (s.Minimum == nil || v >= *s.Minimum) && (s.Maximum == nil || v <= *s.Maximum) {
			if s.kind() == "integer" {
				return strconv.Itoa(int(v))
			}
			return m[2]
		}
	}
	if hasAny(name, "confidence", "score", "probability", "certainty", "relevance") {
		return strconv.FormatFloat(min(0.95, f.sure), 'f', 2, 64)
	}
	if s.Minimum != nil && *s.Minimum > 0 {
		return strconv.FormatFloat(*s.Minimum, 'f', -1, 64)
	}
	return "0"
}

// taskWords are words for one kind of task each, so that an instruction and the name of its kind meet where their words differ.
var taskWords = func() map[string]string {
	m := map[string]string{}
	for i, list := range []string{
		"summarize summary summaries summarise overview minutes tldr gist özetle özet",
		"translate translation rewrite rephrase redact reformat çevir çeviri",
		"list extract tabulate collect enumerate listele çıkar",
		"count total totals average sum kaç say toplam",
		"fix edit change rename refactor patch modify düzelt değiştir",
		"write compose create draft generate build program oluştur yaz",
		"find locate search first last bul",
		"question questions answer why how analyse analyze analysis review compare comparison explain neden nasıl",
	} {
		for _, w := range strings.Fields(list) {
			m[fold(w)] = "\x00" + strconv.Itoa(i)
		}
	}
	return m
}()

// kindsOf are the stems and kinds of task that a text speaks of.
func kindsOf(s string) map[string]bool {
	m := map[string]bool{}
	words(s, func(w string, _ int) {
		w = fold(w)
		if t, ok := taskWords[w]; ok {
			m[t] = true
		}
		if !stop[w] {
			m[stem(w, english)] = true
		}
	})
	if strings.ContainsAny(s, "?？") {
		m[taskWords["question"]] = true
	}
	return m
}

// choose takes the value whose name, or the line of the prompt that explains it, has most in common with the question; the first where none has any.
func (f *filler) choose(values []any) any {
	about := kindsOf(f.question)
	lines := strings.Split(f.told, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimLeft(l, " \t-*•\"'`0123456789.)")
	}
	best, at := 0, 0
	for i, v := range values {
		name, ok := v.(string)
		if !ok || name == "" {
			continue
		}
		means := name
		for _, l := range lines {
			if rest, ok := strings.CutPrefix(l, name); ok && rest != "" && !isWordByte(rest[0]) {
				means = l
				break
			}
		}
		score := 0
		for t := range kindsOf(means) {
			if about[t] {
				score++
				if t[0] == 0 {
					score++
				}
			}
		}
		if score > best {
			best, at = score, i
		}
	}
	if best > 0 {
		f.sure = max(f.sure, 0.5+0.1*float64(best))
	}
	return values[at]
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

func put(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if e.Encode(v) == nil {
		b.Truncate(b.Len() - 1)
	}
}
