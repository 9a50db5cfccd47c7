package advice

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// Bounds of what is taken from a reply. Longer text is cut, larger numbers are clamped: a planner that says too much has still planned.
const (
	replyMax    = 64 << 10
	questionMax = 600
	digestMax   = 2400
	labelMax    = 80
	labelsMax   = 32
	sectionsMax = 40
)

// Parse reads a planner's reply. Text around the object, code fences and drafts before it are passed over: the last object that has an operator counts.
// An error says in one line what a repaired reply must hold; it never quotes more than a short name of the reply.
func Parse(text string, q Question) (Decided, error) {
	fields, err := object(text)
	if err != nil {
		return Decided{}, err
	}
	r := reader{fields: fields}
	d := Decided{}
	a := operator.Advice{By: "planner"}

	name := strings.ToLower(strings.TrimSpace(r.text("operator", true, 60)))
	a.Dependence = r.enum("dependence", true, "none", "order", "pairwise", "global")
	a.Confidence = r.confidence()
	kept := r.integers("instruction_paragraphs")
	a.Question = r.text("question", false, questionMax)
	a.Digest = r.text("digest", false, digestMax)
	a.Unit = oneLine(r.text("unit", false, labelMax))
	a.Labels = r.labels()
	a.Order = cmp.Or(oneLine(r.text("order", false, labelMax)), "source")
	a.Conflict = cmp.Or(r.enum("conflict", false, "both", "latest"), "both")
	a.Language = language(r.text("language", false, 40))
	a.Words = r.integer("words", maxWords)
	a.Sections = r.sections()
	a.Parallel = r.boolean("parallel")
	a.Glossary = r.boolean("glossary")
	a.Distinct = r.boolean("distinct")
	if len(r.wrong) > 0 {
		return Decided{}, errors.New(strings.Join(r.wrong, "; "))
	}

	if !q.Digest {
		a.Digest = ""
	}
	d.Kept = keepShown(kept, q)
	if shown := len(paragraphs(q)); shown >= 4 && len(d.Kept) == shown && len(q.Tail) > 0 {
		// A weak planner names all it was shown; what is read would lose both its ends. Where it is right, the words say so too.
		sure, _ := likeInstruction(q.Head, q.Tail)
		if d.Kept = numbers(q, sure); len(d.Kept) == 0 {
			d.Kept, d.Guessed = keptByRules(q), true
		}
	}
	if len(d.Kept) == 0 && strings.TrimSpace(q.Instruction) == "" {
		d.Kept, d.Guessed = keptByRules(q), true // somebody asked for something: better a paragraph too many than no question
	}
	if !d.Guessed {
		d.Kept = withBeside(d.Kept, q)
	}
	d.Wanted = known(name)
	if d.Wanted == "" {
		d.Wanted = Rules(q).Wanted
		d.Why = "the planner named an unknown operator, the rules chose"
	}
	if d.Wanted != "compose" {
		a.Sections, a.Parallel = nil, false
	}
	a.Glossary = a.Glossary && d.Wanted == "transform"
	if fields["distinct"] == nil {
		a.Distinct, _ = distinct(instructionText(q, d.Kept))
	}
	a.Repeats = d.Wanted == "extract" && byRepeats(instructionText(q, d.Kept))
	a.Distinct = a.Distinct && !a.Repeats && d.Wanted == "extract"
	d.Advice = a
	return settle(q, d), nil
}

// withBeside adds the outermost paragraph of an end that surely belongs to the task, where a planner saw only the other end.
func withBeside(kept []int, q Question) []int {
	for s, list := range [2][]Paragraph{q.Head, q.Tail} {
		if len(list) == 0 {
			continue
		}
		p := list[s*(len(list)-1)]
		if !slices.Contains(kept, p.Number) && operator.Beside(p.Text) {
			kept = append(kept, p.Number)
		}
	}
	slices.Sort(kept)
	return kept
}

// known is the row's name for a name or a usual word for it; "" when there is none.
func known(name string) string {
	for _, k := range kinds {
		if k.name == name || slices.Contains(k.same, name) {
			return k.name
		}
	}
	return ""
}

// keepShown keeps the numbers of paragraphs that were shown and may be an instruction by where they stand.
func keepShown(numbers []int, q Question) []int {
	var kept []int
	for _, p := range q.Inner {
		if slices.Contains(numbers, p.Number) {
			kept = append(kept, p.Number)
		}
	}
	for s, list := range [2][]Paragraph{q.Head, q.Tail} {
		named := make([]bool, len(list))
		for i, p := range list {
			named[i] = slices.Contains(numbers, p.Number)
		}
		connect(named, list, s == 1)
		for i, p := range list {
			if named[i] {
				kept = append(kept, p.Number)
			}
		}
	}
	slices.Sort(kept)
	return kept
}

// object finds the reply's object. A text is tried at no more than sixteen opening braces, so that a hostile one costs no more than a long one.
func object(text string) (map[string]json.RawMessage, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errors.New("the reply is empty; a JSON object is needed")
	}
	if len(text) > replyMax {
		return nil, fmt.Errorf("the reply has %d bytes; a JSON object of at most %d is needed", len(text), replyMax)
	}
	if i := strings.LastIndex(text, "</think>"); i >= 0 {
		text = text[i+len("</think>"):]
	}
	var found map[string]json.RawMessage
	var broken error
	for tries := 0; tries < 16; tries++ {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			break
		}
		text = text[i:]
		dec := json.NewDecoder(strings.NewReader(text))
		var m map[string]json.RawMessage
		if err := dec.Decode(&m); err != nil {
			if broken == nil {
				broken = err
			}
			text = text[1:]
			continue
		}
		if m["operator"] != nil {
			found = m
		} else if broken == nil {
			broken = errors.New(`it has no "operator"`)
		}
		text = text[dec.InputOffset():]
	}
	if found != nil {
		return found, nil
	}
	if broken != nil {
		return nil, fmt.Errorf("the reply is not the JSON object that was asked for: %s", oneLine(cut(broken.Error(), 120)))
	}
	return nil, errors.New("the reply holds no JSON object")
}

// A reader takes fields out of an object and notes everything that is wrong with them.
type reader struct {
	fields map[string]json.RawMessage
	wrong  []string
}

func (r *reader) fail(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// raw is a field's value; nil when it is absent or null.
func (r *reader) raw(name string, required bool) json.RawMessage {
	v := r.fields[name]
	if v == nil || string(v) == "null" {
		if required {
			r.fail("%q is missing", name)
		}
		return nil
	}
	return v
}

func (r *reader) text(name string, required bool, limit int) string {
	v := r.raw(name, required)
	if v == nil {
		return ""
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		r.fail("%q must be a string", name)
		return ""
	}
	if s = clean(s, limit); required && s == "" {
		r.fail("%q is empty", name)
	}
	return s
}

func (r *reader) enum(name string, required bool, values ...string) string {
	s := strings.ToLower(r.text(name, required, 40))
	if s == "" || slices.Contains(values, s) {
		return s
	}
	r.fail("%q must be one of %s", name, strings.Join(values, ", "))
	return ""
}

// confidence takes 0..1; "0.8" and 80 are read as a careless 0.8.
func (r *reader) confidence() float64 {
	v := r.raw("confidence", true)
	if v == nil {
		return 0
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.Trim(string(v), `" `), "%"), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 100 {
		r.fail(`"confidence" must be a number from 0 to 1`)
		return 0
	}
	if f > 1 {
		f /= 100
	}
	return f
}

func (r *reader) integer(name string, limit int) int {
	v := r.raw(name, false)
	if v == nil {
		return 0
	}
	f, err := strconv.ParseFloat(strings.Trim(string(v), `" `), 64)
	if err != nil || math.IsNaN(f) {
		r.fail("%q must be a whole number", name)
		return 0
	}
	return int(math.Max(0, math.Min(f, float64(limit))))
}

func (r *reader) integers(name string) []int {
	v := r.raw(name, true)
	if v == nil {
		return nil
	}
	var list []float64
	if json.Unmarshal(v, &list) != nil {
		r.fail("%q must be an array of numbers", name)
		return nil
	}
	var out []int
	for _, f := range list[:min(len(list), 4*mostPieces)] {
		if f == math.Trunc(f) && math.Abs(f) < 1e6 {
			out = append(out, int(f))
		}
	}
	return out
}

func (r *reader) boolean(name string) bool {
	v := r.raw(name, false)
	if v == nil {
		return false
	}
	var b bool
	if json.Unmarshal(v, &b) != nil {
		r.fail("%q must be true or false", name)
	}
	return b
}

func (r *reader) labels() []string {
	v := r.raw("labels", false)
	if v == nil {
		return nil
	}
	var list []string
	if json.Unmarshal(v, &list) != nil {
		r.fail(`"labels" must be an array of strings`)
		return nil
	}
	var out []string
	for _, s := range list {
		if s = oneLine(clean(s, labelMax)); s != "" && len(out) < labelsMax && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (r *reader) sections() []operator.Section {
	v := r.raw("sections", false)
	if v == nil {
		return nil
	}
	var list []map[string]json.RawMessage
	if json.Unmarshal(v, &list) != nil {
		r.fail(`"sections" must be an array of objects with title, brief and words`)
		return nil
	}
	var out []operator.Section
	for _, m := range list[:min(len(list), sectionsMax)] {
		s := reader{fields: m}
		section := operator.Section{Title: oneLine(s.text("title", true, 160)), Brief: oneLine(s.text("brief", false, 400)), Words: s.integer("words", 10_000)}
		if len(s.wrong) > 0 {
			r.fail("a section: %s", strings.Join(s.wrong, ", "))
			return nil
		}
		out = append(out, section)
	}
	return out
}

// clean takes control characters out and bounds the length at a rune.
func clean(s string, limit int) string {
	s = oneText(strings.ToValidUTF8(s, ""))
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}

// language takes a language's name and nothing that could be a sentence.
func language(s string) string {
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune(" -_()", r) }
	if len(strings.Fields(s)) > 3 || strings.ContainsFunc(s, odd) {
		return ""
	}
	return s
}
