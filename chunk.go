package haikuplanner

import (
	"math"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/split"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// A Chunk is a span of one text of a request: fields Index (in the plan, from 0), Message and Part (which text, from 0), Start and End (bytes of the decoded text), Tokens
// (exact, by Plan.Tokenizer) and Context, a breadcrumb such as "README.md > Install" that is not content. Chunks of one text are in order and do not overlap.
type Chunk = operator.Chunk

// chunkSizes are token counts of the request's tokenizer.
type chunkSizes struct{ min, aim, max int }

// sane returns sizes with 1 ≤ min ≤ aim ≤ max, and some room between aim and max: without it every line inserted would push a chunk over the maximum,
// and its successors with it (10 lines in a megabyte of log: 56 % of the chunks stay instead of 90 %).
func (s chunkSizes) sane() chunkSizes {
	s.max = max(s.max, 1)
	if s.aim <= 0 || s.aim > s.max {
		s.aim = s.max
	}
	s.aim = max(min(s.aim, s.max-s.max/16), 1)
	s.min = min(max(s.min, 1), s.aim)
	return s
}

// pack cuts text[start:end) into chunks (Message, Part and Index are left for the caller to fill). Their spans concatenate to the range, none has more
// than max tokens unless it is a single code point, and Tokens is the exact count of each span by itself. Linear in len(text).
//
// The cuts are the cheapest path through all places that internal/split proposes. A place costs the more the worse its rank is, and the less the rarer the
// hash of the bytes around it: a hash with k leading zeros is worth k steps, so that among any number of equals one or two stand out, at every scale. A chunk
// costs the more the farther it is from the size aimed at. All of this depends on what is near and nothing on what came before: after an edit the
// cheapest path leaves the old one around the place of the edit and soon comes back to a place that is cheap for both. A greedy cut at the last good place
// before a limit does not: it carries every shift on to the next hard border.
//
// Fill and stability trade through the price of size against the price of hashes (jitter). Over 25 seeded edits of each of eight kinds of generated text of
// 1 MB (TestPackStability has them) at 500/1500/2000, the mean chunk in parts of the aim, and the chunks that are byte for byte the same after 1 and 10
// inserted lines, worst kind in brackets; 10 edits in 170 chunks cannot leave more than 94 %:
//
//	price of size    fill    1 line    10 lines
//	          × ¼    1.11    99.1 %    91.7 % (88)
//	          × ½    1.09    99.2 %    92.2 % (89)
//	          × 1    1.05    99.0 %    91.2 % (86)
//	          × 2    1.02    98.1 %    86.2 % (75)
//	          × 4    1.01    96.8 %    82.5 % (61)
//	          × 8    1.00    94.7 %    70.3 % (33)
//
// The default is the dearest price of size at which stability is not yet lost: chunks near the size that was asked for, at no cost for caches. Over 200
// edits it gives 98.9–99.4 % for one line and 87–94 % for ten, by kind. What the price of ranks is worth is seen in real text: of the cuts in 1 MB of
// Node's manual 64 % stand before a heading, 25 % around a block, none inside a fence that fits a chunk; in Go's net/http 86 % before a declaration.
func pack(text string, start, end int, enc *tokens.Encoding, sizes chunkSizes) []Chunk {
	if start >= end {
		return nil
	}
	sizes = sizes.sane()
	core := text[start:end]
	layout := split.Read(core, sizes.aim/32)
	cuts := withFine(core, layout.Cuts, sizes)
	at, insets := prefixSums(core, cuts, enc)

	var chunks []Chunk
	from := place{}
	for _, i := range append(cheapest(cuts, at, layout.Blocks, sizes), len(cuts)+1) {
		to := place{len(core), int(at[i]), insets[i]}
		if i <= len(cuts) {
			to.offset = cuts[i-1].Offset
		}
		c := Chunk{Start: from.offset, End: to.offset, Tokens: exact(core, from, to, enc)}
		var parts []Chunk
		if c.Tokens > sizes.max {
			parts = splitChunk(core, c, enc, sizes)
		}
		if parts == nil {
			parts = []Chunk{c}
		}
		chunks = append(chunks, parts...)
		from = to
	}
	offsets := make([]int, len(chunks))
	for i := range chunks {
		offsets[i] = chunks[i].Start
	}
	for i, path := range layout.Paths(offsets) {
		chunks[i].Context = path
		chunks[i].Start += start
		chunks[i].End += start
	}
	return chunks
}

// fineGap is how far apart, in bytes, two places may be before finer ones are looked for between them. It is below the number of tokens that a chunk may
// have, so that there always is a place in reach.
func fineGap(sizes chunkSizes) int { return max(sizes.aim*3/4, 1) }

// withFine adds sentences, words and characters where lines are long.
func withFine(core string, cuts []split.Cut, sizes chunkSizes) []split.Cut {
	gap := fineGap(sizes)
	return split.Fill(cuts, 0, len(core), gap, func(lo, hi int) []split.Cut { return split.Fine(core, lo, hi, sizes.aim/32, gap) })
}

// longPiece is the length in bytes from which on a pre-token piece is not taken to have its tokens evenly spread.
const longPiece = 64

// An inset says where in a piece a cut is.
type inset struct {
	back  uint8 // bytes from the start of the piece; inLong: the piece is a long one
	after uint8 // tokens from there to the cut, as estimated
}

const inLong = math.MaxUint8

// prefixSums returns the tokens before each node, an estimate where a cut is inside a piece, and where that is. Node 0 is the start, node i the cut i-1, the
// last node is the end. It reads the text once.
func prefixSums(core string, cuts []split.Cut, enc *tokens.Encoding) (at []int32, insets []inset) {
	at, insets = make([]int32, len(cuts)+2), make([]inset, len(cuts)+2)
	next := 0
	asked := func() int {
		if next < len(cuts) {
			return cuts[next].Offset
		}
		return len(core)
	}
	enc.WalkTo(core, asked(), func(start, end, sum, n int) int {
		first := next
		from, part := start, 0
		for ; next < len(cuts) && cuts[next].Offset < end; next++ {
			offset := cuts[next].Offset
			if end-start <= longPiece {
				after := (n*(offset-start) + end - start - 1) / (end - start)
				at[next+1], insets[next+1] = int32(sum+after), inset{uint8(offset - start), uint8(after)}
				continue
			}
			part += enc.Count(core[from:offset])
			from = offset
			at[next+1], insets[next+1] = int32(part), inset{back: inLong}
		}
		if from > start {
			// Cut up, a long piece has more tokens than it really has: they are shared out among its parts.
			part += enc.Count(core[from:end])
			for i := first; i < next; i++ {
				at[i+1] = int32(sum + int(int64(at[i+1])*int64(n)/int64(part)))
			}
		}
		for ; next < len(cuts) && cuts[next].Offset == end; next++ {
			at[next+1] = int32(sum + n)
		}
		if end == len(core) {
			at[len(cuts)+1] = int32(sum + n)
		}
		return asked()
	})
	return at, insets
}

// A place is a cut with the tokens before it.
type place struct {
	offset, at int
	inset
}

// whole is the tokens before the piece that the place is in: exact.
func (p place) whole() int { return p.at - int(p.after) }

// exact returns enc.Count(core[from:to]), mostly without counting again. The pattern that makes pieces looks ahead only to see where white space ends. So
// pieces after a cut are those of the whole text from the first border on that both have, and pieces before a cut are those of the whole text up to the
// piece that the cut is in, unless white space reaches from there to the cut.
func exact(core string, from, to place, enc *tokens.Encoding) int {
	recount := func() int { return enc.Count(core[from.offset:to.offset]) }
	if from.back == inLong || to.back == inLong {
		return recount()
	}
	// The end: the pieces before border are whole, what is behind it is counted by itself.
	border := to.offset - int(to.back)
	tail := core[border:to.offset]
	if border <= from.offset {
		return recount()
	}
	if last, _ := utf8.DecodeLastRuneInString(core[:border]); last != '\n' && unicode.IsSpace(last) && strings.TrimSpace(tail) == "" {
		return recount()
	}
	// The beginning: pieces from the cut on, until they meet those of the whole text.
	head := 0
	meet, before := from.offset, from.whole() // where, and the tokens of the whole text before it
	if from.back > 0 {
		var ends, sums [32]int
		n := 0
		base := from.offset - int(from.back)
		enc.Walk(core[base:], func(end, tokens int) bool {
			before += tokens
			ends[n], sums[n] = base+end, before
			n++
			return n < len(ends)
		})
		i, met := 0, false
		enc.Walk(core[from.offset:], func(end, tokens int) bool {
			head += tokens
			meet = from.offset + end
			for i < n && ends[i] < meet {
				i++
			}
			if met = i < n && ends[i] == meet; met {
				before = sums[i]
			}
			return !met && i < n
		})
		if !met || meet > border {
			return recount()
		}
	}
	return head + to.whole() - before + enc.Count(tail)
}

// Costs of a cut, in units of which a chunk that is a quarter too small costs about sizeUnit.
const (
	sizeUnit   = 1 << 16
	jitter     = sizeUnit / 3 // by hash, at most
	insideCost = 40 * sizeUnit
	underCost  = 12 * sizeUnit
	perChunk   = 4 * sizeUnit // what an ordinary cut costs: without it fewer, larger chunks than aimed at would be the cheapest
)

// rankCost is indexed by Rank: what a cut of level 0 costs, and what each level adds.
var rankCost = [...]struct{ base, level int64 }{
	split.Turn:     {0, 0},
	split.File:     {sizeUnit / 4, 0},
	split.Heading:  {sizeUnit * 3 / 8, sizeUnit * 3 / 16},
	split.Block:    {sizeUnit * 3 / 2, sizeUnit * 3 / 8},
	split.Record:   {sizeUnit * 15 / 8, 0}, // a bracket too many must not change the price of all that follows
	split.Blank:    {sizeUnit * 9 / 4, sizeUnit * 3 / 8},
	split.Line:     {sizeUnit * 15 / 4, sizeUnit * 3 / 8},
	split.Element:  {sizeUnit * 21 / 4, sizeUnit / 2},
	split.Sentence: {9 * sizeUnit, sizeUnit / 4},
	split.Word:     {13 * sizeUnit, sizeUnit / 4},
	split.Grapheme: {18 * sizeUnit, 20 * sizeUnit},
}

// hashCost is what a cut costs by its hash.
func hashCost(hash uint32) int64 {
	zeros := bits.LeadingZeros32(hash)
	luck := int64(zeros)<<8 + 255 - int64(hash<<(zeros+1)>>24)
	return jitter * (16<<8 - min(luck, 16<<8)) >> 8
}

func rankOnly(c split.Cut) int64 {
	r := rankCost[c.Rank]
	return r.base + r.level*int64(c.Level)
}

// A slope is the cost of a chunk's size up to a size: at + by tokens.
type slope struct {
	to     int32
	at, by int64
}

const slopes = 4

// sizeCosts says what a chunk costs by its size, each slope going on where the one before ends: nothing at the aim, more on both sides, much under the minimum.
func sizeCosts(s chunkSizes) [slopes]slope {
	line := func(x0, x1 int, y0, y1 int64) slope {
		if x1 <= x0 {
			return slope{int32(x0), y0, 0}
		}
		by := (y1 - y0) / int64(x1-x0)
		return slope{int32(x1), y0 - by*int64(x0), by}
	}
	knee := max(s.aim*3/4, s.min)
	return [...]slope{
		line(0, s.min, underCost+8*sizeUnit, underCost+6*sizeUnit),
		line(s.min, knee, 5*sizeUnit, 2*sizeUnit),
		line(knee, s.aim, 2*sizeUnit, 0),
		line(s.aim, s.max-min(s.max/64, 4), 0, 2*sizeUnit), // sums may be a token or two below the exact count
	}
}

// cheapest returns the nodes of the cuts that together cost least. Where no cut is in reach the next one is taken. It is the shortest path over the cuts, in
// time linear in their number: for each slope of the size cost a window knows the cheapest of the starts whose distance lies on that slope.
// It leaves in the place of a cut's hash the node before it on the cheapest path there: there are many cuts, and this is when a request needs most memory.
func cheapest(cuts []split.Cut, at []int32, blocks []split.Span, sizes chunkSizes) []int {
	n := len(cuts)
	inside := insideCounts(cuts, at, blocks, sizes.max)
	near := nearby{cuts: cuts, inside: inside, at: at[:n+1], reach: int32(sizes.max)}
	best := costs{of: []int64{0}}
	last := 0 // the node before the end
	var windows [slopes]window
	for s, slope := range sizeCosts(sizes) {
		windows[s].slope = slope
	}
	behind := 0 // the first node that is not before j
	for j := 1; j <= n+1; j++ {
		x := at[j]
		for behind < j && at[behind] < x {
			behind++
		}
		cost, from := int64(math.MaxInt64), j-1
		end := behind
		for s := range windows {
			w := &windows[s]
			for w.first < end && x-at[w.first] > w.to {
				w.first++
			}
			if w.first < end {
				if least := w.until(end, &best, at); least.key+w.at+w.by*int64(x) < cost {
					cost, from = least.key+w.at+w.by*int64(x), least.node
				}
			}
			end = w.first
		}
		if cost == math.MaxInt64 {
			cost = best.of[j-1-best.first] + 100*sizeUnit
		}
		if last = from; j <= n {
			price := near.price(j)
			best.add(cost+price-perChunk+hashCost(cuts[j-1].Hash)-near.dearer(j, price), min(windows[slopes-1].first, j-1))
			cuts[j-1].Hash = uint32(from)
		}
	}
	var chosen []int
	for j := last; j > 0; j = int(cuts[j-1].Hash) {
		chosen = append(chosen, j)
	}
	slices.Reverse(chosen)
	return chosen
}

// costs are what the cheapest paths to the last nodes cost, from as far back as windows reach: a tenth of a request's memory would be those of all.
type costs struct {
	first int // node
	of    []int64
}

// add appends the next node's. Those before node first are not asked for any more.
func (c *costs) add(cost int64, first int) {
	if old := first - c.first; len(c.of) == cap(c.of) && old > len(c.of)/2 {
		c.first, c.of = first, c.of[:copy(c.of, c.of[old:])]
	}
	c.of = append(c.of, cost)
}

// nearby finds what the best place within a chunk's length of another one costs. As much as that is more than an ordinary place's is taken from all: where no
// place is good one must be had all the same, and dear ones would be few: chunks as large as may be, which cannot take up an edit.
type nearby struct {
	cuts   []split.Cut
	inside []uint16
	at     []int32 // tokens before each node
	reach  int32
	good   int   // the last node that is an ordinary place or better, 0 when there is none
	next   int   // the first node that was not in reach yet
	best   []int // those in reach that are better than all in reach behind them
}

// price is what a node costs by its rank and the blocks around it.
func (b *nearby) price(node int) int64 {
	return rankOnly(b.cuts[node-1]) + insideCost*int64(b.inside[node])
}

// dearer returns how much more than an ordinary place the best one in reach of a node of that price costs. Nodes must grow.
func (b *nearby) dearer(node int, price int64) int64 {
	if price <= perChunk {
		b.good = node
	}
	if b.good > 0 && b.at[node]-b.at[b.good] <= b.reach {
		return 0 // mostly
	}
	for b.next = max(b.next, 1); b.next < len(b.at) && b.at[b.next]-b.at[node] <= b.reach; b.next++ {
		k := len(b.best)
		for k > 0 && b.price(b.best[k-1]) >= b.price(b.next) {
			k--
		}
		b.best = append(b.best[:k], b.next)
	}
	for b.at[node]-b.at[b.best[0]] > b.reach {
		b.best = b.best[1:]
	}
	return max(b.price(b.best[0])-perChunk, 0)
}

// A window holds the nodes from first on whose distance lies on a slope. Both its ends go forward.
type window struct {
	slope
	first, end int
	mid        int       // up to here it is known which node is the cheapest from each on
	least      []keyNode // that node, from that of mid-1 back
	newest     keyNode   // the cheapest from mid on
}

// A keyNode is a node with the cost of a path over it, but for the share of the slope that is the same for all nodes.
type keyNode struct {
	key  int64
	node int
}

// until moves the end of the window, which is not empty then, and returns its cheapest node, among equals the first.
func (w *window) until(end int, best *costs, at []int32) keyNode {
	low := keyNode{key: math.MaxInt64}
	costs, first := best.of, best.first
	if w.first >= w.mid {
		w.least = w.least[:0]
		for i := end - 1; i >= w.first; i-- {
			if key := costs[i-first] - w.by*int64(at[i]); key <= low.key {
				low = keyNode{key, i}
			}
			w.least = append(w.least, low)
		}
		w.mid, w.end, w.newest.key = end, end, math.MaxInt64
		return low
	}
	low = w.newest
	for ; w.end < end; w.end++ {
		if key := costs[w.end-first] - w.by*int64(at[w.end]); key < low.key {
			low = keyNode{key, w.end}
		}
	}
	w.newest = low
	if old := w.least[w.mid-1-w.first]; old.key <= low.key {
		return old
	}
	return low
}

// insideCounts returns for each node inside how many blocks of at most fits tokens it stands.
func insideCounts(cuts []split.Cut, at []int32, blocks []split.Span, fits int) []uint16 {
	inside := make([]uint16, len(cuts)+2)
	first := 0
	for _, b := range blocks {
		for first < len(cuts) && cuts[first].Offset <= b.Start {
			first++
		}
		last := first + sort.Search(len(cuts)-first, func(i int) bool { return cuts[first+i].Offset >= b.End })
		if first >= last {
			continue
		}
		if int(at[last+1]-at[first]) <= fits {
			inside[first+1]++
			inside[last+1]--
		}
	}
	for i := 1; i < len(inside); i++ {
		inside[i] += inside[i-1]
	}
	return inside
}

// splitChunk cuts a chunk of text in two or more smaller ones, at the best place near its middle; Index, Message, Part and Context are copied. It is for a
// chunk whose reply was cut or that the window refused. It returns nil when the chunk cannot be made smaller: it is a single character.
func splitChunk(text string, c Chunk, enc *tokens.Encoding, sizes chunkSizes) []Chunk {
	sizes = sizes.sane()
	core := text[c.Start:c.End]
	grain := sizes.aim / 32
	layout := split.Read(core, grain)
	cuts := withFine(core, layout.Cuts, chunkSizes{sizes.min, min(sizes.aim, max(len(core)/4, 1)), sizes.max})
	if cuts = wholeClusters(cuts, c.Tokens > sizes.max); len(cuts) == 0 {
		cuts = wholeClusters(split.Fine(core, 0, len(core), 0, 1), c.Tokens > sizes.max)
	}
	if len(cuts) == 0 {
		return nil
	}
	sums, _ := prefixSums(core, cuts, enc)
	inside := insideCounts(cuts, sums, layout.Blocks, sizes.max/2)
	total := int64(max(sums[len(cuts)+1], 1))
	best, at := int64(math.MaxInt64), 0
	for i, cut := range cuts {
		off := 2*int64(sums[i+1]) - total
		if off < 0 {
			off = -off
		}
		cost := rankOnly(cut) + insideCost*int64(inside[i+1]) + 2*sizeUnit*off/total
		if off*2 > total { // beyond a quarter from either end
			cost += 100 * sizeUnit * off / total
		}
		if cost < best {
			best, at = cost, cut.Offset
		}
	}
	var parts []Chunk
	for _, span := range [][2]int{{0, at}, {at, len(core)}} {
		p := c
		p.Start, p.End = c.Start+span[0], c.Start+span[1]
		p.Tokens = enc.Count(text[p.Start:p.End])
		if p.Tokens > sizes.max {
			if more := splitChunk(text, p, enc, sizes); more != nil {
				parts = append(parts, more...)
				continue
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// wholeClusters returns cuts without those inside a grapheme cluster, unless they are needed.
func wholeClusters(cuts []split.Cut, needed bool) []split.Cut {
	if needed {
		return cuts
	}
	return slices.DeleteFunc(cuts, func(c split.Cut) bool { return c.Rank == split.Grapheme && c.Level > 0 })
}
