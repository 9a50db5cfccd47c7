package operator

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A part is what one passage gave.
type part struct {
	chunk Chunk
	v     *value
}

// A joiner brings the objects of all passages together under one shape. What cannot be decided here is left open.
type joiner struct {
	in     *Input
	latest bool   // later statements replace earlier ones
	key    string // the property by which records of different passages are the same; "" none
	open   []openLeaf
	order  arrangement           // of lists without columns
	orders map[*shape][]ordering // of the others, by their elements; the one that matters most is last
	sorted bool                  // some list is in the order that the task wants
	unsure []*value              // lists that the task wants in an order which cannot be told here
	others []*value              // lists of which it may want that
}

// An openLeaf is a value that passages give differently.
type openLeaf struct {
	at     string
	into   *value // the object that it belongs into
	name   string
	shape  *shape
	values []part
}

func newJoiner(in *Input) *joiner {
	j := &joiner{in: in, latest: in.Advice.Conflict == "latest", order: arrangementOf(in.Instruction), orders: map[*shape][]ordering{}}
	if in.Advice.Dependence == "pairwise" && len(in.Advice.Labels) > 0 {
		j.key = in.Advice.Labels[0]
	}
	return j
}

// join returns nil where no part says anything and the shape does not demand an empty value.
func (j *joiner) join(sh *shape, parts []part, at string) *value {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.v.absent() })
	switch sh.kind {
	case list:
		if len(parts) == 0 && sh.null {
			return &value{raw: []byte("null")}
		}
		return j.list(sh, parts)
	case record:
		if len(parts) == 0 && sh.null {
			return &value{raw: []byte("null")}
		}
		return j.record(sh, parts, at)
	case mapping:
		out := &value{kind: '{', object: map[string]*value{}}
		byKey := map[string][]part{}
		for _, p := range parts {
			for _, k := range p.v.keys {
				if byKey[k] == nil {
					out.keys = append(out.keys, k)
				}
				byKey[k] = append(byKey[k], part{p.chunk, p.v.object[k]})
			}
		}
		keys := out.keys
		out.keys = nil
		for _, k := range keys {
			j.place(out, k, sh.rest, byKey[k], at)
		}
		return out
	}
	return nil
}

func (j *joiner) record(sh *shape, parts []part, at string) *value {
	out := &value{kind: '{', object: map[string]*value{}}
	names := slices.Clone(sh.names)
	for _, p := range parts {
		for _, k := range p.v.keys {
			if sh.props[k] == nil && !slices.Contains(names, k) {
				names = append(names, k)
			}
		}
	}
	for _, name := range names {
		p := sh.props[name]
		if p == nil {
			p = &shape{}
		}
		var given []part
		for _, e := range parts {
			if child := e.v.object[name]; child != nil {
				given = append(given, part{e.chunk, child})
			}
		}
		if len(given) == 0 && p.kind == leaf && !p.null && slices.Contains(sh.required, name) {
			j.open = append(j.open, openLeaf{at + "/" + name, out, name, p, nil})
			out.set(name, &value{raw: []byte("null")}) // its place among the keys
			continue
		}
		j.place(out, name, p, given, at)
	}
	return out
}

// place puts what parts say about a name into an object, or leaves it open.
func (j *joiner) place(out *value, name string, sh *shape, parts []part, at string) {
	at += "/" + name
	if sh.kind != leaf {
		if v := j.join(sh, parts, at); v != nil {
			out.set(name, v)
		}
		return
	}
	said := slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.v.vague() })
	different := slices.ContainsFunc(said, func(p part) bool { return p.v.String() != said[0].v.String() })
	switch {
	case different && !j.latest:
		j.open = append(j.open, openLeaf{at, out, name, sh, said})
		out.set(name, said[0].v) // its place among the keys
	case len(said) > 0:
		out.set(name, said[len(said)-1].v)
	case len(parts) > 0:
		out.set(name, parts[0].v)
	case sh.null:
		out.set(name, &value{raw: []byte("null")})
	}
}

func (j *joiner) list(sh *shape, parts []part) *value {
	out := &value{kind: '['}
	for i, p := range parts {
		elements := p.v.list
		if i > 0 {
			elements = elements[j.repeated(parts[i-1], p):]
		}
		out.list = append(out.list, elements...)
	}
	if j.in.Advice.Distinct || sh.unique {
		out.list = distinctValues(out.list)
	}
	if sh.items == nil || sh.items.kind == leaf {
		var made bool
		out.list, made = arranged(out.list, j.order, func(v *value) string {
			if s := v.text(); s != "" {
				return s
			}
			return v.String()
		})
		j.sorted = j.sorted || made
		if !made && len(out.list) > 1 {
			j.others = append(j.others, out)
		}
	}
	if sh.items != nil && sh.items.kind == record {
		if sh.items.props[j.key] != nil {
			out.list = j.keyed(out.list)
		}
		if j.orders[sh.items] == nil {
			j.orders[sh.items] = orderings(j.in.Advice, j.in.Instruction, sh.items.names)
		}
		named, sure := false, true
		for _, o := range j.orders[sh.items] {
			if o.column < 0 {
				continue
			}
			named = true
			name := sh.items.names[o.column]
			rows := make([][]string, len(out.list))
			byRow := map[string][]*value{}
			for i, e := range out.list {
				cell := ""
				if v := e.get(name); !v.absent() {
					cell = v.String()
					if v.kind == 0 && v.raw[0] == '"' {
						cell = v.text()
					}
				}
				cell = sortable(name, cell)
				rows[i] = []string{cell}
				byRow[cell] = append(byRow[cell], e)
			}
			sure = sortRows(rows, ordering{0, o.down}) && sure
			for i, r := range rows {
				out.list[i], byRow[r[0]] = byRow[r[0]][0], byRow[r[0]][1:]
			}
		}
		switch {
		case len(out.list) < 2:
		case !named:
			j.others = append(j.others, out)
		case !sure:
			j.unsure = append(j.unsure, out)
		default:
			j.sorted = true
		}
	}
	return out
}

// unordered are the lists that are not in the order that the task wants.
func (j *joiner) unordered() []*value {
	if j.sorted || len(j.unsure) > 0 || !wantsOrder(j.in) {
		return j.unsure
	}
	return j.others
}

// wantsOrder says whether a list is wanted in another order than that of the text.
func wantsOrder(in *Input) bool {
	return asksOrder(in.Instruction) || in.Advice.Order != "" && in.Advice.Order != "source"
}

// distinctValues is a list without the elements that are equal to an earlier one, white space around texts aside.
func distinctValues(list []*value) []*value {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(e *value) bool {
		key := e.trimmed().String()
		was := seen[key]
		seen[key] = true
		return was
	})
}

// maxRepeated bounds how many elements may be in what two neighbouring readers both saw.
const maxRepeated = 8

// repeated is how many elements at the start of b are those at the end of a, reported twice because both readers saw the text around the border: they stand
// there once, and both passages together hold them less often than they were reported. Equal elements that stand in two places are two.
func (j *joiner) repeated(a, b part) int {
	if a.chunk.End != b.chunk.Start || a.chunk.Message != b.chunk.Message || a.chunk.Part != b.chunk.Part {
		return 0
	}
	_, later := around(j.in, a.chunk)
	earlier, _ := around(j.in, b.chunk)
	window := fold(earlier + later).text
	if window == "" {
		return 0
	}
	x, y := jsonOf(a.v.list), jsonOf(b.v.list)
	whole := sync.OnceValue(func() string { return fold(j.in.Core(a.chunk) + j.in.Core(b.chunk)).text })
	for n := min(len(x), len(y), maxRepeated); n > 0; n-- {
		if !slices.Equal(x[len(x)-n:], y[:n]) {
			continue
		}
		if !slices.ContainsFunc(b.v.list[:n], func(e *value) bool {
			s := e.String()
			return places(e, window) != 1 || times(x, s)+times(y, s)-times(y[:n], s) < places(e, whole())
		}) {
			return n
		}
	}
	return 0
}

func jsonOf(list []*value) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.String()
	}
	return out
}

func times(list []string, s string) (n int) {
	for _, e := range list {
		if e == s {
			n++
		}
	}
	return n
}

// places is how often a text holds what an element says, by the rarest of what it says; 0 when it holds nothing of it.
func places(e *value, text string) int {
	least := 0
	e.leaves(func(s string) {
		if s = fold(s).text; s == "" {
			return
		}
		if n := strings.Count(text, s); n > 0 && (least == 0 || n < least) {
			least = n
		}
	})
	return least
}

// keyed joins records that have the same key: what one lacks comes from the other. Records that contradict each other stay apart, unless the later one holds.
func (j *joiner) keyed(elements []*value) []*value {
	at := map[string][]int{}
	var out []*value
	for _, e := range elements {
		k := ""
		if v := e.get(j.key); !v.vague() {
			k = sameKey(strings.Trim(v.String(), `"`))
		}
		joined := false
		if k != "" {
			for _, i := range at[k] {
				if both := j.both(out[i], e); both != nil {
					out[i], joined = both, true
					break
				}
			}
		}
		if !joined {
			at[k] = append(at[k], len(out))
			out = append(out, e)
		}
	}
	return out
}

// both is two records in one; nil when they contradict each other.
func (j *joiner) both(a, b *value) *value {
	out := &value{kind: '{', object: map[string]*value{}}
	for _, k := range a.keys {
		out.set(k, a.object[k])
	}
	for _, k := range b.keys {
		was, is := out.get(k), b.object[k]
		switch {
		case is.vague() && was != nil, was != nil && was.String() == is.String():
		case was.vague() || k == j.key && was == nil:
			out.set(k, is)
		case k == j.key: // written differently
		case was.kind == '[' && is.kind == '[':
			out.set(k, &value{kind: '[', list: append(slices.Clone(was.list), is.list...)})
		case was.kind == '{' && is.kind == '{':
			inner := j.both(was, is)
			if inner == nil {
				return nil
			}
			out.set(k, inner)
		case j.latest:
			out.set(k, is)
		default:
			return nil
		}
	}
	return out
}

// render writes what is open for a model: each value with where it was read, and the exact sum of numbers.
func (o openLeaf) render() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", o.at)
	var numbers []string
	if len(o.values) == 0 {
		b.WriteString("- (no passage says)\n")
	}
	for _, p := range o.values {
		fmt.Fprintf(&b, "- %s", p.v)
		if p.chunk.Context != "" {
			fmt.Fprintf(&b, " (%s)", p.chunk.Context)
		}
		b.WriteByte('\n')
		numbers = append(numbers, p.v.String())
	}
	if o.shape.number && len(numbers) > 0 {
		if sum, ok := exactSum(numbers); ok {
			fmt.Fprintf(&b, "  sum of these: %s\n", sum)
		}
	}
	return b.String()
}
