package tokens

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How many tokens a text has at most can be told in an eighth of the time that counting takes. A sequence of tokens is what merging makes if and only if each two
// neighbours are (see splits). So pairs of letters that mostly stand within tokens can carry little, as long as no sequence of tokens has more seams than its pairs
// carry. The files say how much; testdata/pairs.py looks for what gives English the lowest bound, and TestPairs proves that it is one.

var (
	//go:embed o200k_base.pairs
	o200kPairFile string
	//go:embed cl100k_base.pairs
	cl100kPairFile string
)

// pairUnit is what a pair carries that may stand for a whole token.
const pairUnit = 120

// pairWeights says what each two neighbouring bytes carry, in units, the first one in the low byte: a text has one token more, at most, than its pairs carry.
//
// In a run of letters, " ?[A-Z]?[a-z]*", it is from the file: n+1 tokens within a run have pairs for n, or for n less a slack where the first does not begin with a
// space. All other pairs carry one token, for the seam that may be there; where there is none a token stands across, and pays for its seam in the run before or behind.
type pairWeights [1 << 16]uint8

func (p *pairWeights) set(first, second byte, units int) {
	if units < 0 || units > 255 {
		panic(fmt.Sprintf("tokens: %d for %q and %q", units, first, second))
	}
	p[int(first)|int(second)<<8] = uint8(units)
}

// read fills p from a file: a line with the slack, and one each for the space, the capitals and the small letters, with what they carry before all letters or, but for
// the space, before small ones. camel says whether a capital after a small letter begins a piece. It returns the slack.
func (p *pairWeights) read(file string, camel bool) (slack int) {
	const capitals, small = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	lines := strings.Split(strings.TrimSpace(file), "\n")
	slack, err := strconv.Atoi(lines[0])
	if err != nil || len(lines) != 1+1+52 {
		panic(fmt.Sprintf("tokens: %d lines of pairs: %v", len(lines), err))
	}
	for i := range p {
		first, second := byte(i), byte(i>>8)
		units := pairUnit
		switch {
		case isDigit(first) && isDigit(second):
			units = pairUnit / 2 // three are a piece and a token
		case isDigit(first) && second >= utf8.RuneSelf, first >= utf8.RuneSelf && isDigit(second):
			units = 2 * pairUnit // unless there are others among them, such as ½
		case first == '\'' && isLetter(second):
			units = 2 * (pairUnit + slack) // a contraction may end a piece within the run
		case camel && isLetter(second) && first-'a' < 26 && second-'A' < 26:
			units = pairUnit + slack // two runs, and no token across
		case isLetter(first) && isLetter(second):
			units = 2*pairUnit + slack // two runs: a token across may have a seam in both
		case isLetter(second):
			units = pairUnit + slack
		}
		p.set(first, second, units)
	}
	for i, first := range " " + capitals + small {
		seconds := small
		if i == 0 {
			seconds = capitals + small
		}
		fields := strings.Fields(lines[1+i])
		if len(fields) != len(seconds) {
			panic(fmt.Sprintf("tokens: %d pairs of %q", len(fields), first))
		}
		for j, field := range fields {
			units, err := strconv.Atoi(field)
			if err != nil {
				panic("tokens: pairs: " + err.Error())
			}
			p.set(byte(first), seconds[j], units)
		}
	}
	return slack
}

// join lets the pairs carry nothing that are a character of two bytes which nothing takes apart: that both merge comes before all else that the first may merge with
// before it, and the second behind it.
func (p *pairWeights) join(v *vocab, before, behind *[256]uint32) {
	for r := rune(utf8.RuneSelf); r < 0x800; r++ {
		first, second := 0xc0|byte(r>>6), 0x80|byte(r)&0x3f
		id := v.merge(v.single[first], v.single[second])
		if id != noToken && (before[first] == 0 || id < before[first]) && (behind[second] == 0 || id < behind[second]) {
			p.set(first, second, 0)
		}
	}
}

func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// sum is what the pairs carry whose second byte is in s[i:j], in units, and whether there are bytes that are not ASCII.
func (p *pairWeights) sum(s string, i, j int) (units int, far bool) {
	i = max(i, 1)
	var or uint64
	if n := (j - i) &^ 7; n > 0 {
		units, or = p.eights(s[i-1:], n)
		i += n
	}
	for ; i < j; i++ {
		or |= uint64(s[i])
		units += int(p[int(s[i-1])|int(s[i])<<8])
	}
	return units, or&highs != 0
}

// eightsAny is eights for any processor: it returns what the first n pairs of s carry, a multiple of eight, and the bits that the first n bytes have.
func (p *pairWeights) eightsAny(s string, n int) (units int, or uint64) {
	for i := 0; i < n; i += 8 {
		x := load8(s, i)
		or |= x
		units += int(p[x&0xffff]) + int(p[x>>8&0xffff]) + int(p[x>>16&0xffff]) + int(p[x>>24&0xffff]) +
			int(p[x>>32&0xffff]) + int(p[x>>40&0xffff]) + int(p[x>>48]) + int(p[x>>56|uint64(s[i+8])<<8])
	}
	return units, or
}

// carry is what the pairs of s carry less what its characters of three bytes spare, in units.
func (v *vocab) carry(s string) int {
	units, far := v.most.sum(s, 0, len(s))
	if far {
		units -= v.spared(s, 0, len(s))
	}
	return units
}

// blocks is into how many parts a text is divided that is counted until enough is known.
const blocks = 64

// bound divides s into blocks and returns their size. Behind a piece that ends in block k, or at its beginning, s has at most w.most[k] tokens.
func (w *worker) bound(s string, low int) (size int) {
	size = (len(s)/blocks + 8) &^ 7
	last := (len(s) - 1) / size
	// A text so long can hardly have so few tokens, or not without learning and counting nearly all of it.
	long := len(s)*5/16 > low
	units := 0
	var far [blocks]bool // not all is ASCII
	for k := last; k >= 0; k-- {
		i, j := k*size, min((k+1)*size, len(s))
		if long {
			units += pairUnit * (j - i)
		} else {
			n, notASCII := w.v.most.sum(s, i, j)
			units += n
			far[k] = notASCII
		}
		w.most[k] = units
	}
	// The first piece may begin within a run, which costs less than a token more.
	if lack := units - (low-1)*pairUnit + 1; !long && lack > 0 {
		w.takeSeen(s, size, lack, &far)
	}
	for k := range last + 1 {
		w.most[k] = min(2+w.most[k]/pairUnit, len(s)-k*size)
	}
	return size
}
