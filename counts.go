package haikuplanner

import (
	"hash/maphash"
	"sync"
	"unsafe"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// counts remembers how many tokens a text has, by its hash: chats send their history again with every turn, agents their instructions with every call, and
// hashing is a hundred times as fast as counting. It keeps no text, and at most 2 × mostCounts numbers. It is safe for concurrent use.
type counts struct {
	seed     maphash.Seed // of this process, so that nobody can make texts collide
	mu       sync.Mutex
	now, old map[countKey]tokenCount // when now is full it becomes old
}

const mostCounts = 4096

type countKey struct {
	enc  *tokens.Encoding
	hash uint64
	size int
	json bool // of a text as it stands in a body, with its escapes
}

// A tokenCount is a number of tokens, or one that it is known not to pass.
type tokenCount struct {
	most  int32
	exact bool
}

// get looks a text up. What is not known has at most as many tokens as bytes.
func (c *counts) get(k countKey) tokenCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.now[k]; ok {
		return n
	}
	if n, ok := c.old[k]; ok {
		c.put(k, n)
		return n
	}
	return tokenCount{most: int32(k.size)}
}

func (c *counts) add(k countKey, n tokenCount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(k, n)
}

// raw looks a text up by how it stands in a body.
func (c *counts) raw(enc *tokens.Encoding, raw []byte) (countKey, tokenCount) {
	k := countKey{enc, maphash.Bytes(c.seed, raw), len(raw), true}
	return k, c.get(k)
}

// words counts what comes again and again.
func (c *counts) words(enc *tokens.Encoding, w prompt.Words) int {
	var h maphash.Hash
	h.SetSeed(c.seed)
	for _, s := range w {
		h.WriteString(s)
	}
	k := countKey{enc, h.Sum64(), w.Len(), false}
	n := c.get(k)
	if !n.exact {
		n = tokenCount{int32(enc.Count(w.String())), true}
		c.add(k, n)
	}
	return int(n.most)
}

// put is called with the lock held.
func (c *counts) put(k countKey, n tokenCount) {
	if c.now == nil || len(c.now) >= mostCounts {
		c.old, c.now = c.now, make(map[countKey]tokenCount, mostCounts/4)
	}
	c.now[k] = n
}

// raw is a part's text as it stands in the body, without its quotes.
func (l *look) raw(p *wire.Part) []byte {
	if p.Type != "text" || p.End-p.Start < len(`""`) {
		return nil
	}
	return l.req.Body[p.Start+1 : p.End-1]
}

// tokensOf is the exact count of a part's text.
func (l *look) tokensOf(p *wire.Part) int {
	raw := l.raw(p)
	if len(raw) == 0 {
		return 0
	}
	k, known := l.p.counts.raw(l.model.enc, raw)
	if known.exact {
		return int(known.most)
	}
	n := l.model.enc.Count(p.Text)
	l.p.counts.add(k, tokenCount{int32(n), true})
	return n
}

// countTo returns a number that is above limit if and only if all texts together have more tokens than that. It counts no further than it takes to know.
func (l *look) countTo(limit int) int {
	type unsure struct {
		part  *wire.Part
		key   countKey
		known tokenCount
	}
	var few [8]unsure
	open, least, most := few[:0], 0, 0
	for i := range l.req.Messages {
		parts := l.req.Messages[i].Parts
		for j := range parts {
			raw := l.raw(&parts[j])
			if len(raw) == 0 {
				continue
			}
			k, known := l.p.counts.raw(l.model.enc, raw)
			if most += int(known.most); known.exact {
				least += int(known.most)
			} else {
				open = append(open, unsure{&parts[j], k, known})
			}
		}
	}
	for _, u := range open {
		if least > limit {
			return least
		}
		if most <= limit {
			return most
		}
		most -= int(u.known.most)
		n, rest := l.countOutside(u.part, limit-most, limit-least)
		l.p.counts.add(u.key, tokenCount{int32(min(n+rest, int(u.known.most))), rest == 0})
		least, most = least+n, most+n+rest
	}
	if most <= limit {
		return most
	}
	return least
}

// texts are what short texts are decoded in to be counted: most of those requests are forwarded, and never need them decoded.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// countOutside is tokens.Encoding.CountOutside for a part's text.
func (l *look) countOutside(p *wire.Part, low, high int) (n, rest int) {
	raw := l.raw(p)
	if p.Text == "" && len(raw) > smallBody {
		l.decode() // all texts at once
	}
	if p.Text != "" {
		return l.model.enc.CountOutside(p.Text, low, high)
	}
	b := texts.Get().(*[]byte)
	defer texts.Put(b)
	*b = wire.AppendText((*b)[:0], raw)
	return l.model.enc.CountOutside(unsafe.String(unsafe.SliceData(*b), len(*b)), low, high)
}
