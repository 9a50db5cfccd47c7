package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
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
}

// A claim is an occurrence as a model gave it.
type claim struct {
	quote, key, value string
	n                 int
	row               []string
}

// errShape is a reply that is not the JSON that was asked for.
const errShape = constErr("the reply is not JSON of the form that was asked for")

// parseClaims reads the occurrences of a reply. Numbers cannot be made of prose, so a reply of another form is an error.
func parseClaims(reply string) ([]claim, error) {
	if isNone(reply) {
		return nil, nil
	}
	v, ok := looseJSON(reply)
	if !ok {
		return nil, errShape
	}
	if m, isMap := v.(map[string]any); isMap {
		v = m["items"]
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errShape
	}
	claims := make([]claim, 0, len(list))
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, errShape
		}
		c := claim{quote: loose(m["quote"]), key: loose(m["key"]), value: loose(m["value"]), n: 1}
		if item := loose(m["item"]); item != "" {
			c.key = item
		}
		if row, ok := m["fields"].([]any); ok {
			for _, f := range row {
				c.row = append(c.row, loose(f))
			}
		}
		if n, err := strconv.ParseFloat(loose(m["n"]), 64); err == nil && n >= 0 && n < math.MaxInt32 && n == math.Trunc(n) {
			c.n = int(n)
		}
		if c.quote == "" && c.key == "" && c.value == "" || c.n == 0 || isExample(c.quote, c.key, c.value) {
			continue
		}
		claims = append(claims, c)
	}
	return claims, nil
}

// parseItemsOrText is parseClaims for items that need no arithmetic: a reply in prose, as models without structured output give it, is kept whole.
func parseItemsOrText(reply string) ([]claim, error) {
	claims, err := parseClaims(reply)
	if err != nil {
		return []claim{{key: strings.TrimSpace(reply), n: 1}}, nil
	}
	return claims, nil
}

// loose is a JSON scalar as text, whatever its type.
func loose(v any) string {
	switch v := v.(type) {
	case string:
		if isNone(v) {
			return ""
		}
		return strings.TrimSpace(v)
	case json.Number:
		// A number of JSON has a decimal point, in a text with decimal commas too: with a fourth decimal nobody takes it for one between thousands.
		if _, decimals, ok := strings.Cut(v.String(), "."); ok && len(decimals) == 3 {
			return v.String() + "0"
		}
		return v.String()
	case bool:
		return strconv.FormatBool(v)
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
	before := fold(earlier + core)
	spots := map[string][]spot{}
	for _, cl := range claims {
		if cl.quote == "" {
			found = append(found, occurrence{c, -1, "", cl.key, cl.value, cl.n, cl.row})
			continue
		}
		was, from := spots[cl.quote], 0
		if len(was) > 0 {
			from = text.at(was[len(was)-1].end)
		}
		start, end, ok := text.from(from).find(cl.quote)
		at := -1
		switch {
		case ok && start < len(core):
			at = len(was)
			was = append(was, spot{start, end, map[string]bool{}})
			spots[cl.quote] = was
		case len(was) > 0 && (!ok || cl.within()):
			at = slices.IndexFunc(was, func(s spot) bool { return !s.said[cl.says()] })
		case !ok:
			if start, _, ok := before.find(cl.quote); !ok || start >= len(earlier) {
				invented = append(invented, cl)
			}
		}
		if at < 0 {
			continue
		}
		was[at].said[cl.says()] = true
		found = append(found, occurrence{c, c.Start + was[at].start, (core + later)[was[at].start:was[at].end], cl.key, cl.value, cl.n, cl.row})
	}
	return found, invented
}

// says tells claims with one quote apart.
func (cl claim) says() string {
	return strings.Join(append([]string{cl.key, cl.value}, cl.row...), "\x00")
}

// within reports whether what a claim says stands in its quote, so that another place with the same words would say the same.
func (cl claim) within() bool {
	say := cl.value
	if say == "" {
		say = cl.key
	}
	return say != "" && strings.Contains(fold(cl.quote).text, fold(say).text)
}

// from is the text from its byte i on; at is the first byte that comes from source offset `source` or later.
func (f folded) from(i int) folded {
	i = min(i, len(f.text))
	return folded{f.text[i:], f.start[i:], f.end[i:]}
}

func (f folded) at(source int) int {
	lo, hi := 0, len(f.start)
	for lo < hi {
		if mid := (lo + hi) / 2; int(f.start[mid]) < source {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
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
// parse reads a reply.
func takeOccurrences(ctx context.Context, in *Input, x Exec, parse func(reply string) ([]claim, error), call func(c Chunk, core, reason string) Call) (found []occurrence, left int, err error) {
	check := func(c Chunk, text string) error {
		claims, err := parse(text)
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
		judge: itemsOrNotes(ctx, in, x, func(reply string) bool {
			claims, err := parse(reply)
			return err == nil && len(claims) == 0
		}),
	}
	err = readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			claims, err := parse(p.text)
			if err != nil {
				return err
			}
			good, invented := place(in, p.chunk, claims)
			found = append(found, good...)
			left += len(invented)
		}
		return nil
	})
	return found, left, err
}
