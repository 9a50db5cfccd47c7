// Package tokens counts tokens exactly as OpenAI's tiktoken does, in the vocabularies o200k_base and cl100k_base, and estimates those of other tokenizers.
//
// Counting is linear in the text whatever the text is, allocates nothing, and never fails: special tokens ("<|endoftext|>") are ordinary text, and what is no
// UTF-8 counts as the U+FFFD that JSON encoders and decoders put in its place, one for each byte (one for a surrogate half in three bytes). The vocabularies are
// embedded; the first use of one takes some tens of milliseconds.
package tokens

import (
	_ "embed"
	"math"
	"sync"
)

//go:generate go run ./gen

var (
	//go:embed o200k_base.vocab
	o200kFile string
	//go:embed cl100k_base.vocab
	cl100kFile string
)

// Encoding counts in one vocabulary. It is safe for concurrent use.
type Encoding struct {
	name    string
	o200k   bool // which pattern
	vocab   func() *vocab
	workers sync.Pool // of *worker
}

var (
	o200k = &Encoding{name: "o200k_base", o200k: true, vocab: sync.OnceValue(func() *vocab {
		return newVocab(o200kFile, tables{o200kPairs[:], o200kTiny[:], o200kShort[:]})
	})}
	cl100k = &Encoding{name: "cl100k_base", vocab: sync.OnceValue(func() *vocab {
		return newVocab(cl100kFile, tables{cl100kPairs[:], cl100kTiny[:], cl100kShort[:]})
	})}
)

// The big tables stand outside the heap: there they would count as live, and the garbage collector lets as much again go to waste before it starts. They take
// memory only once they are filled.
var (
	o200kPairs  [1 << 19]uint64
	o200kTiny   [1 << 18]uint64
	o200kShort  [1 << 17]key
	cl100kPairs [1 << 18]uint64
	cl100kTiny  [1 << 17]uint64
	cl100kShort [1 << 16]key
)

// O200K is the vocabulary of gpt-4o and later models, and ours for every model without a public one.
func O200K() *Encoding { return o200k }

// CL100K is the vocabulary of gpt-4, gpt-3.5-turbo and the embedding models.
func CL100K() *Encoding { return cl100k }

// Name is tiktoken's name: "o200k_base" or "cl100k_base".
func (e *Encoding) Name() string { return e.name }

// Count returns the exact number of tokens of s, special tokens read as ordinary text.
func (e *Encoding) Count(s string) int {
	w := e.worker()
	_, total, _, _ := w.run(s, 0, len(s), math.MaxInt)
	e.workers.Put(w)
	return total
}

// CountUpTo counts until the sum passes limit: the exact count where it is at most limit, else some number above it.
func (e *Encoding) CountUpTo(s string, limit int) int {
	tokens, _ := e.CountOutside(s, -1, limit)
	return tokens
}

// CountOutside counts until it is known that s has more than high tokens or, by what it can have at most, no more than low. It returns the tokens that
// were counted and the most that the rest can have: Count(s) is at least the one and, s being UTF-8, at most both together; with nothing left it is the one.
func (e *Encoding) CountOutside(s string, low, high int) (tokens, rest int) {
	if len(s) <= low {
		return 0, len(s)
	}
	w := e.worker()
	defer e.workers.Put(w)
	if least := w.v.least(s, high); least > high {
		return least, len(s)
	}
	block := w.bound(s, low)
	i := 0
	for i < len(s) && tokens <= high && tokens+w.most[i/block] > low {
		var n int
		i, n, _, _ = w.run(s, i, min((i/block+1)*block, len(s)), high-tokens+1)
		tokens += n
	}
	if i == len(s) {
		return tokens, 0
	}
	return tokens, w.most[i/block]
}

// Walk calls f for the pre-token pieces of s in order, with the byte offset of the piece's end and its number of tokens, until f returns false.
// The sum of tokens is Count(s). f may use the encoding.
func (e *Encoding) Walk(s string, f func(end, tokens int) bool) {
	w := e.worker()
	defer e.workers.Put(w)
	for i := 0; i < len(s); {
		var n int
		i, n = w.piece(s, i)
		if !f(i, n) {
			return
		}
	}
}

// WalkTo is Walk for those pieces only that end at or behind a place asked for: first, and then what f returned for the piece before, until it is beyond the end of
// s. f gets where the piece starts and ends, the number of tokens before it, and its own.
func (e *Encoding) WalkTo(s string, first int, f func(start, end, before, tokens int) (next int)) {
	w := e.worker()
	defer e.workers.Put(w)
	sum := 0
	for i, next := 0, first; i < len(s) && next <= len(s); {
		end, tokens, start, before := w.run(s, i, max(next, i+1), math.MaxInt)
		next = f(start, end, sum+before, tokens-before)
		i, sum = end, sum+tokens
	}
}
