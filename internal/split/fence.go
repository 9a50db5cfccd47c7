package split

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// A fenceLine is a line that may open or close a fence; see sign.
type fenceLine struct {
	start  int32
	length uint8 // of the fence, 255 when it is longer
	tilde  bool
	closes bool // nothing follows the fence
	titled bool // the line before could be a title, and is no such line itself
}

// A fence is a fenced block.
type fence struct {
	start, end int32
	opens      bool // another fence opens in it
}

// fences pairs the fence lines of text[start:end). An opener without a closer is an ordinary line: the rest of the document keeps its headings.
func (r *reader) fences(start, end int) []fence {
	found := r.withoutStrays(r.withoutUnderlines(between(r.fenceLines, start, end, func(f *fenceLine) int32 { return f.start }), start, end), end)
	if len(found) == 0 {
		return nil
	}
	// The closer of an opener is the next line of the same character, at least as long, with nothing behind it. Going backwards, shorter closers
	// behind a longer one can never be the next: a stack per character holds what is left, and the nearest is at its top.
	closer := make([]int32, len(found))
	var stacks [2][]int32
	for i := len(found) - 1; i >= 0; i-- {
		f := found[i]
		stack := &stacks[0]
		if f.tilde {
			stack = &stacks[1]
		}
		// Lengths grow towards the bottom of the stack.
		closer[i] = -1
		if n := sort.Search(len(*stack), func(k int) bool { return found[(*stack)[k]].length < f.length }); n > 0 {
			closer[i] = (*stack)[n-1]
		}
		if f.closes {
			for len(*stack) > 0 && found[(*stack)[len(*stack)-1]].length <= f.length {
				*stack = (*stack)[:len(*stack)-1]
			}
			*stack = append(*stack, int32(i))
		}
	}
	blocks := make([]fence, 0, len(found)/2)
	l := r.lines(end)
	for i := 0; i < len(found); i++ {
		j := int(closer[i])
		if j < i {
			continue
		}
		f, stray := found[i], false
		b := fence{start: f.start, end: int32(l.end(int(found[j].start)))}
		for _, inner := range found[i+1 : j] {
			b.opens = b.opens || !inner.closes
			stray = stray || f.closes && !inner.closes && inner.tilde == f.tilde && inner.length >= f.length
		}
		if !stray { // else the closer is that of the one in it, and all fences behind it would be taken for their opposites
			blocks = append(blocks, b)
			i = j
		}
	}
	return blocks
}

// withoutUnderlines returns all but the rows of tildes under a line of text, which are underlines.
func (r *reader) withoutUnderlines(all []fenceLine, start, end int) []fenceLine {
	under := func(f *fenceLine) bool { return f.tilde && f.closes && f.length >= 4 && int(f.start) > start }
	if !slices.ContainsFunc(all, func(f fenceLine) bool { return under(&f) && f.titled }) {
		return all
	}
	found := make([]fenceLine, 0, len(all))
	l := r.lines(end)
	fenced, row := int32(-1), int32(-1) // where the last fence line, the last underline ended
	for _, f := range all {
		next := int32(l.end(int(f.start)))
		if under(&f) && (f.titled && fenced != f.start || row == f.start) {
			row = next
			continue
		}
		found, fenced = append(found, f), next
	}
	return found
}

// withoutStrays returns all but the bare fence lines that are one too many. Each bare line could be an opener as well as a closer, so with one too many all
// that follow would be taken for their opposites, up to the next that says what it opens. What is between two lines tells whether it is in a fence or not:
// of all ways to leave lines out, or none, the one is taken that has the least against it.
func (r *reader) withoutStrays(all []fenceLine, end int) []fenceLine {
	var found []fenceLine
	done := 0 // all before it are in found, or left out
	for i, n := 0, 0; i < len(all); i += n {
		f := all[i]
		for n = 1; f.closes && i+n < len(all) && all[i+n].closes && all[i+n].tilde == f.tilde && all[i+n].length == f.length; {
			n++
		}
		opened := i > 0 && all[i-1].opens(f)
		if n > 1 && (i == 0 || opened) && (i+n == len(all) || all[i+n].ends(f)) {
			for _, k := range r.strays(all[i:i+n], opened, end) {
				found, done = append(found, all[done:i+k]...), i+k+1
			}
		}
	}
	if done == 0 {
		return all
	}
	return append(found, all[done:]...)
}

// opens reports whether a fence that f opens could be closed by a bare line.
func (f *fenceLine) opens(bare fenceLine) bool {
	return !f.closes && f.tilde == bare.tilde && f.length <= bare.length
}

// ends reports whether f, which opens a fence, cannot stand in one that a bare line opens.
func (f *fenceLine) ends(bare fenceLine) bool {
	return !f.closes && f.tilde == bare.tilde && f.length >= bare.length
}

// A line that is left out costs as much as a text between two lines can at most: two of them are left out only for more than one such text.
const strayCost = 4

// strays returns which of a run of bare lines neither open nor close a fence; opened says that the first stands in one. No fence is open behind the last.
func (r *reader) strays(run []fenceLine, opened bool, end int) (left []int) {
	const never = 1 << 30
	cost := [2]int{0, never} // the least if what follows is outside and if it is in a fence
	if opened {
		cost = [2]int{never, 0}
	}
	out := make([][2]bool, len(run)) // whether a line is left out then
	l := r.lines(end)
	for i, f := range run {
		next := cost
		for in := range next {
			out[i][in] = cost[in]+strayCost <= cost[1-in]
			next[in] = min(cost[in]+strayCost, cost[1-in])
		}
		if cost = next; i+1 < len(run) {
			odds := inFenceOdds(r.text[l.end(int(f.start)):run[i+1].start])
			cost[0] += max(odds, 0)
			cost[1] += max(-odds, 0)
		}
	}
	for i, in := len(run)-1, 0; i >= 0; i-- {
		if out[i][in] {
			left = append(left, i)
		} else {
			in = 1 - in
		}
	}
	slices.Reverse(left)
	return left
}

// inFenceOdds says how much more likely what stands between two fence lines is in a fence than outside: blank lines and introductions stand around fences
// more than in them.
func inFenceOdds(text string) (odds int) {
	if blank(text) {
		return -1 // a fence is there to hold something
	}
	weigh := func(much int, outside bool) {
		if outside {
			much = -much
		}
		odds += much
	}
	first, last := text[:min(indexFrom(text, 0, '\n')+1, len(text))], text[strings.LastIndexByte(text[:len(text)-1], '\n')+1:]
	weigh(1, blank(first))
	weigh(1, blank(last) || introduced(chomp(last)))
	if said, stated, _ := glance(text[:min(len(text), glanceBytes)]); said != stated {
		weigh(2, said > stated)
	}
	return odds
}

// readFence reads a line that opens or closes a fence. A fence of tildes is indented by at most three spaces; one of backticks may stand deep in a list.
func readFence(line string) (fenceLine, bool) {
	width, _ := indentation(line)
	s := line[width:]
	if len(s) < 3 || s[0] != '`' && s[0] != '~' || s[0] == '~' && width > 3 {
		return fenceLine{}, false
	}
	n := 0
	for n < len(s) && s[n] == s[0] {
		n++
	}
	info := strings.TrimSpace(s[n:])
	if n < 3 || s[0] == '`' && strings.Contains(info, "`") {
		return fenceLine{}, false
	}
	return fenceLine{length: uint8(min(n, math.MaxUint8)), tilde: s[0] == '~', closes: info == ""}, true
}
