package haikuplanner

import (
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// A unit is what one call reads: one chunk, or neighbouring short ones of different texts, such as the turns of a chat.
type unit struct{ from, to int } // indexes into Plan.Chunks

// groupOf marks an operator.Chunk that stands for several chunks of the plan: its Start and End are then indexes into Plan.Chunks.
const groupOf = -1

// labelTokens is what core adds to each text of a group: who speaks, and a blank line.
const labelTokens = 6

// group puts neighbouring chunks that are too short to be worth a call into one unit, up to the size aimed at. It goes from the top, so a longer
// conversation keeps its earlier units.
func group(chunks []Chunk, sizes chunkSizes) []unit {
	var out []unit
	sum := 0
	for i, c := range chunks {
		size := c.Tokens + labelTokens
		if n := len(out); n > 0 {
			u := &out[n-1]
			last := chunks[u.to-1]
			if (last.Message != c.Message || last.Part != c.Part) && sum+size <= sizes.aim && (c.Tokens < sizes.min || last.Tokens < sizes.min) {
				u.to, sum = i+1, sum+size
				continue
			}
		}
		out = append(out, unit{i, i + 1})
		sum = size
	}
	return out
}

// each makes every chunk a unit.
func each(chunks []Chunk) []unit {
	out := make([]unit, len(chunks))
	for i := range out {
		out[i] = unit{i, i + 1}
	}
	return out
}

// chunk is the unit as operators see it.
func (u unit) chunk(index int, chunks []Chunk) operator.Chunk {
	c := chunks[u.from]
	if u.to > u.from+1 {
		c = operator.Chunk{Message: groupOf, Start: u.from, End: u.to}
		for _, part := range chunks[u.from:u.to] {
			c.Tokens += part.Tokens + labelTokens
		}
	}
	c.Index = index
	return c
}

// core is the text of a unit, or of a piece of one. A group's texts are labelled with who speaks.
func (r *run) core(c operator.Chunk) string {
	if c.Message != groupOf {
		return r.look.text(Span{c.Message, c.Part, c.Start, c.End})
	}
	var b strings.Builder
	for _, part := range r.plan.Chunks[c.Start:c.End] {
		b.WriteString("[" + r.look.req.Messages[part.Message].Role + "]\n")
		b.WriteString(r.look.text(Span{part.Message, part.Part, part.Start, part.End}))
		b.WriteString("\n\n")
	}
	return b.String()
}

// split makes smaller units of one: a group is halved, a chunk is cut at its best boundary. nil: it cannot be made smaller.
func (r *run) split(c operator.Chunk, sizes chunkSizes) []operator.Chunk {
	if c.Message != groupOf {
		return splitChunk(r.look.req.Messages[c.Message].Parts[c.Part].Text, c, r.look.model.enc, sizes)
	}
	middle := (c.Start + c.End) / 2
	out := []operator.Chunk{unit{c.Start, middle}.chunk(c.Index, r.plan.Chunks), unit{middle, c.End}.chunk(c.Index, r.plan.Chunks)}
	return out
}

// pack cuts one span, unless that was done ahead.
func (l *look) pack(s Span, sizes chunkSizes) []Chunk {
	if done, ok := l.cut[s]; ok && sizes == l.cutSizes {
		return done
	}
	return pack(l.req.Messages[s.Message].Parts[s.Part].Text, s.Start, s.End, l.model.enc, sizes)
}

// chunks cuts the material.
func (l *look) chunks(material []Span, sizes chunkSizes) []Chunk {
	out := []Chunk{}
	turns := map[int]bool{}
	for _, s := range material {
		turns[s.Message] = true
	}
	for _, s := range material {
		m := &l.req.Messages[s.Message]
		for _, c := range l.pack(s, sizes) {
			c.Index, c.Message, c.Part = len(out), s.Message, s.Part
			if len(turns) > 1 {
				c.Context = strings.TrimSuffix(m.Role+" > "+c.Context, " > ")
			}
			out = append(out, c)
		}
	}
	return out
}
