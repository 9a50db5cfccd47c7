package operator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// An occurrence is one thing that a reader reported of its chunk's own bytes, found there.
type occurrence struct {
	chunk Chunk
	start int    // in the chunk's text, global; -1 when it came without a quote
	quote string // bytes of the material; "" when it came without a quote
	key   string
	value string
	n     int
	row   []string // extract: the item's columns
	// remark: a reply in words, which stands in key, whole
	remark bool
}

// A claim is an occurrence as a model gave it.
type claim struct {
	quote, key, value string
	n                 int
	row               []string
}

// errShape is a reply that is not the JSON that was asked for.
const errShape = constErr("the reply is not JSON of the form that was asked for")

// parseClaims reads the occurrences of a reply. One of another form is an error.
func parseClaims(reply string) ([]claim, error) {
	list, ok := itemsIn(reply)
	if !ok {
		return nil, errShape
	}
	claims := make([]claim, 0, len(list))
	for _, e := range list {
		if hollow(e) {
			continue
		}
		m, ok := e.(map[string]any)
		if !ok {
			return nil, errShape
		}
		c := claim{quote: loose(m["quote"]), key: spread(said(m, "key")), value: spread(said(m, "value")), n: 1}
		// A number of JSON has a decimal point, in a text with decimal commas too: with a fourth decimal nobody takes it for one between thousands.
		if _, isNumber := m["value"].(json.Number); isNumber && threeDecimals().MatchString(c.value) {
			c.value += "0"
		}
		if item := loose(m["item"]); item != "" {
			c.key = item
		}
		row, _ := m["fields"].([]any)
		if item, isList := m["item"].([]any); isList && len(row) == 0 {
			row = item
		}
		for _, f := range row {
			c.row = append(c.row, loose(f))
		}
		if named, ok := m["fields"].(*value); ok {
			c.key = named.String()
		}
		if n, ok := wholeOf(loose(said(m, "n"))); ok {
			c.n = n
		}
		if c.hollow() {
			return nil, errShape // what it says has other names
		}
		if c.n > 0 && !isExample(c.quote, c.key, c.value) {
			claims = append(claims, c)
		}
	}
	return claims, nil
}

// otherNames are what models call the fields of a report that was asked for by others.
var otherNames = map[string][]string{
	"key":   {"category", "label", "kind", "group", "class", "type", "name", "kategori", "kategorie", "catégorie", "categoría", "categoria"},
	"value": {"amount", "number", "figure", "quantity", "price", "cost", "total", "miktar", "tutar", "betrag", "montant", "importe"},
	"n":     {"count", "occurrences", "times", "frequency", "adet", "anzahl"},
}

// said is a field of a report, or what the report has in its place under another name. One that has neither key, value nor n is no report of a count: its names are
// columns of its own.
func said(m map[string]any, field string) any {
	v, has := m[field]
	if _, item := m["item"]; has || item || m["key"] == nil && m["value"] == nil && m["n"] == nil {
		return v
	}
	for _, name := range otherNames[field] {
		for k, v := range m {
			if strings.EqualFold(k, name) {
				return v
			}
		}
	}
	return nil
}

// spread is a scalar as text, and what a list or an object holds one after the other.
func spread(v any) string {
	var all []string
	switch v := v.(type) {
	case *value:
		v.leaves(func(s string) { all = append(all, strings.TrimSpace(s)) })
		return strings.Join(all, " ")
	case []any:
		for _, e := range v {
			all = append(all, spread(e))
		}
		return strings.Join(all, ", ")
	}
	return loose(v)
}

// wholeOf is a number of occurrences as models write it: 2.0, "1,200", "3 times", "two".
func wholeOf(text string) (n int, ok bool) {
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return int(f), f >= 0 && f < math.MaxInt32 && f == math.Trunc(f)
	}
	q, _, ok := parseQuantity(text, style{sure: strings.Contains(text, ",")})
	if !ok || !q.amount.IsInt() || q.amount.Sign() < 0 || q.amount.Num().BitLen() > 31 {
		return 0, false
	}
	return int(q.amount.Num().Int64()), true
}

// isTask says whether an occurrence is in what is asked, which is not what it is asked of.
func (in *Input) isTask(o occurrence) bool {
	return o.start >= 0 && slices.ContainsFunc(in.Task, func(t Chunk) bool {
		return t.Message == o.chunk.Message && t.Part == o.chunk.Part && t.Start <= o.start && o.start < t.End
	})
}

// claimsOf is the claims of a reply on a chunk, without what only says that there is nothing.
func claimsOf(in *Input, c Chunk, reply string) ([]claim, error) {
	claims, err := parseClaims(reply)
	if err != nil || len(claims) == 0 {
		return nil, err
	}
	_, later := around(in, c)
	text := in.Core(c) + later
	said := func(s string) string {
		if !isAbsent(s, text) || slices.ContainsFunc(in.Advice.Labels, func(l string) bool { return sameKey(l) == sameKey(s) }) {
			return s
		}
		return ""
	}
	for i := range claims {
		cl := &claims[i]
		if isAbsent(cl.quote, text) {
			cl.quote = ""
		}
		cl.key, cl.value = said(cl.key), said(cl.value)
		for k := range cl.row {
			cl.row[k] = said(cl.row[k])
		}
	}
	return slices.DeleteFunc(claims, claim.hollow), nil
}

var (
	bareNumber  = lazily("^[\\s*`]*([0-9]{1,9})[\\s*`.]*$")
	wholeNumber = lazily(`^[0-9]{1,9}$`)
	// countName is what the number of all is called beside those of the keys, or alone.
	countName = lazily(`(?i)^(?:n|(?:(?:total|grand|overall)[ _]?)?(?:counts?|total|num(?:ber)?|sum|amount|occurrences|items|result|answer)|total[ _]occurrences|toplam|say[ıi]|adet|anzahl|gesamt|nombre|total)$`)
)

// numbersIn is the claims of a reply on a passage that gives no occurrences but how many there are: for each key, or at all. There can be no more than it has letters.
func numbersIn(core, reply string) (claims []claim, ok bool) {
	if m := bareNumber().FindStringSubmatch(reply); m != nil {
		claims = append(claims, claim{value: m[1]})
	} else {
		all, rest := jsonIn(reply)
		if len(all) != 1 || len(between(all[0].before)+between(rest)) > strayBytes {
			return nil, false
		}
		v, err := parseValue([]byte(all[0].raw))
		for err == nil && len(v.keys) == 1 && v.object[v.keys[0]].kind == '{' {
			v = v.object[v.keys[0]]
		}
		if err != nil || len(v.keys) == 0 {
			return nil, false
		}
		for _, k := range v.keys {
			if e := v.object[k]; e.kind != 0 || !wholeNumber().Match(e.raw) {
				return nil, false
			}
			n := string(v.object[k].raw)
			if !countName().MatchString(k) {
				claims = append(claims, claim{key: k, value: n})
			} else if len(v.keys) == 1 {
				claims = append(claims, claim{value: n})
			}
		}
	}
	sum := 0
	for i := range claims {
		claims[i].n, _ = strconv.Atoi(claims[i].value) // nine digits at most
		claims[i].value = ""
		sum += claims[i].n
	}
	claims = slices.DeleteFunc(claims, func(c claim) bool { return c.n == 0 })
	return claims, sum <= width(core)
}

var threeDecimals = lazily(`\.\d{3}$`)

func (cl claim) hollow() bool {
	return cl.quote == "" && cl.key == "" && cl.value == "" && strings.Join(cl.row, "") == ""
}

// loose is a JSON scalar as text, whatever its type, and an item's object as the JSON that it is.
func loose(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case *value:
		return v.String()
	}
	return ""
}

// A spot is where a quote stands in a chunk, with what was said of it there.
type spot struct {
	start, end int
	said       map[string]bool
}

// place finds the claims in the chunk. Equal quotes take the next place each; where there is none left, different things stand in one place, and the same thing
// was reported twice. A quote that begins in the text on either side of the chunk belongs to that chunk and is left out in silence; one that is nowhere is invented.
func place(in *Input, c Chunk, claims []claim) (found []occurrence, invented []claim) {
	if len(claims) == 0 {
		return nil, nil
	}
	core := in.Core(c)
	earlier, later := around(in, c)
	text := fold(core + later)
	before := sync.OnceValue(func() folded { return fold(earlier + core) })
	spots := map[string][]spot{}
	for _, cl := range claims {
		if cl.quote == "" {
			found = append(found, occurrence{chunk: c, start: -1, key: cl.key, value: cl.value, n: cl.n, row: cl.row})
			continue
		}
		was, from := spots[cl.quote], 0
		if len(was) > 0 {
			from = text.at(was[len(was)-1].end)
		}
		start, end, ok := text.from(from).find(cl.quote)
		at := -1
		switch {
		case ok && len(was) > 0 && (insideNumber(core+later, start) || insideNumber(core+later, end)): // twice reported
		case ok && start < len(core):
			at = len(was)
			was = append(was, spot{start, end, map[string]bool{}})
			spots[cl.quote] = was
		case len(was) > 0 && (!ok || cl.within()):
			at = slices.IndexFunc(was, func(s spot) bool { return !s.said[cl.says()] })
		case !ok:
			if start, _, ok := before().find(cl.quote); !ok || start >= len(earlier) {
				invented = append(invented, cl)
			}
		}
		if at < 0 {
			continue
		}
		was[at].said[cl.says()] = true
		found = append(found, occurrence{c, c.Start + was[at].start, (core + later)[was[at].start:was[at].end], cl.key, cl.value, cl.n, cl.row, false})
	}
	return found, invented
}

// says tells claims with one quote apart.
func (cl claim) says() string {
	return strings.Join(append([]string{cl.key, cl.value}, cl.row...), "\x00")
}

// within reports whether what a claim says stands in its quote, so that another place with the same words would say the same.
func (cl claim) within() bool {
	say := cmp.Or(cl.value, cl.key)
	return say != "" && strings.Contains(fold(cl.quote).text, fold(say).text)
}

// from is the text from its byte i on; at is the first byte that comes from source offset `source` or later.
func (f folded) from(i int) folded {
	i = min(i, len(f.text))
	return folded{f.text[i:], f.start[i:], f.end[i:]}
}

func (f folded) at(source int) int {
	return sort.Search(len(f.start), func(i int) bool { return int(f.start[i]) >= source })
}

const (
	earlierReach = 160 // bytes of text before a chunk that its reader sees
	laterReach   = 320 // bytes after it
)

// around is a little of the text on both sides of a chunk, in the same text: enough to see where something that is cut begins and ends. A chunk
// that ends at a blank line cuts nothing.
func around(in *Input, c Chunk) (earlier, later string) {
	if c.Message < 0 {
		return "", ""
	}
	span := func(start, end int) string {
		s := c
		s.Start, s.End = start, end
		return in.Core(s)
	}
	from, to := c.Start, c.End
	for _, n := range in.Chunks[max(0, min(c.Index-1, len(in.Chunks))):max(0, min(c.Index+2, len(in.Chunks)))] {
		if n.Message != c.Message || n.Part != c.Part {
			continue
		}
		if n.Start <= c.Start && c.Start <= n.End {
			from = min(from, n.Start)
		}
		if n.Start <= c.End && c.End <= n.End {
			to = max(to, n.End)
		}
	}
	if from < c.Start {
		earlier = span(from, c.Start)
		earlier = after(earlier, len(earlier)-earlierReach)
		if strings.HasSuffix(earlier, "\n\n") {
			earlier = ""
		}
	}
	if to > c.End && !strings.HasSuffix(in.Core(c), "\n\n") {
		later = before(span(c.End, to), laterReach)
		if i := strings.Index(later, "\n\n"); i >= 0 {
			later = later[:i]
		}
	}
	return earlier, later
}

// takeOccurrences reads the whole material for occurrences, in source order, and says how many claims were left out because they are nowhere in the text.
// Where prose will do, a reply that is none of the form that was asked for, asked twice, is one occurrence, as a remark; numbers cannot be made of prose, but numbers
// alone, given twice, are.
func takeOccurrences(ctx context.Context, in *Input, x Exec, prose bool, call func(c Chunk, core, reason string) Call) (found []occurrence, left int, err error) {
	read := func(c Chunk, text string) (claims []claim, bare bool, err error) {
		if !prose {
			if claims, bare = numbersIn(in.Core(c), text); bare {
				return claims, true, nil
			}
		}
		claims, err = claimsOf(in, c, text)
		return claims, false, err
	}
	check := func(c Chunk, text string) error {
		claims, bare, err := read(c, text)
		if bare && len(claims) > 0 {
			return fmt.Errorf("%w: it gave numbers and not the occurrences", errDoubt)
		}
		if err != nil && prose {
			return fmt.Errorf("%w: %w", errDoubt, err)
		}
		if err != nil {
			return err
		}
		if _, invented := place(in, c, claims); len(invented) > 0 {
			return fmt.Errorf("%w: %d of %d quotes do not stand in the passage", errDoubt, len(invented), len(claims))
		}
		return nil
	}
	r := reading{
		room:  2 * replyLimit(in), // one item for each occurrence takes room
		call:  func(c Chunk, core string) Call { return call(c, core, "") },
		check: check,
		again: func(c Chunk, core, faulty string, reason error) Call {
			return call(c, core, "An earlier reply was refused: "+reason.Error()+". Copy every quote letter by letter, and reply with JSON of the form below only.")
		},
		judge: itemsOrNotes(ctx, in, x, func(c Chunk, reply string) bool {
			claims, _, err := read(c, reply)
			return err == nil && len(claims) == 0
		}),
		instead: func() Operator { return answer{} },
	}
	err = readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			claims, _, err := read(p.chunk, p.text)
			if err != nil && prose {
				found = append(found, occurrence{chunk: p.chunk, start: -1, key: strings.TrimSpace(p.text), n: 1, remark: true})
				continue
			}
			if err != nil {
				return err
			}
			good, invented := place(in, p.chunk, claims)
			for _, o := range good {
				if !in.isTask(o) {
					found = append(found, o)
				}
			}
			left += len(invented)
		}
		return nil
	})
	return found, left, err
}
