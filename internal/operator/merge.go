package operator

import (
	"context"
	"fmt"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

const (
	mergeGroup  = 6000 // tokens of notes that one merge call sees
	mergeRounds = 6
	// A round that leaves more than this share of what it was given will not end well.
	mergeShrink = 0.95
)

// A merging says how notes of one kind are brought together.
type merging[T any] struct {
	render func([]T) string
	call   func(text string, words int) Call
	accept func(group []T, reply string) []T
}

// fit merges neighbours until all fit in limit tokens (0: anything fits). Order is kept. A group whose merge fails, says that
// there is nothing or does not get shorter stays as it is.
func fit[T any](ctx context.Context, in *Input, x Exec, items []T, limit int, m merging[T]) ([]T, error) {
	if limit <= 0 {
		return items, nil
	}
	sizes, total := m.sizes(in, items)
	for round := 0; total > limit; round++ {
		if round == mergeRounds {
			return nil, fmt.Errorf("merging notes: still %d tokens after %d rounds where %d fit: ask for less at a time", total, round, limit)
		}
		share := min(0.8, max(0.15, 0.85*float64(limit)/float64(total)))
		groups := group(items, sizes, max(limit/2, min(mergeGroup, limit)))
		calls := make([]Call, len(groups))
		for i, g := range groups {
			room := max(64, int(share*float64(g.tokens)))
			calls[i] = m.call(m.render(g.items), wordsOf(room))
			calls[i].Stage, calls[i].Index, calls[i].Role = "merge", i, Fast
			// The words are what is asked for; the room is wider, for models count badly, and a reply that is cut is thrown away.
			calls[i].MaxTokens = room + room/2
		}
		next := make([]T, 0, len(items))
		i := 0
		for reply, err := range x.Each(ctx, len(calls), func(i int) Call { return calls[i] }) {
			if err != nil {
				return nil, fmt.Errorf("merging notes: %w", err)
			}
			g := groups[i].items
			if fault(reply) == nil {
				if merged := m.accept(g, reply.Text); len(merged) > 0 && in.Tokens(m.render(merged)) < groups[i].tokens {
					g = merged
				}
			}
			next = append(next, g...)
			i++
		}
		if i < len(calls) {
			return nil, fmt.Errorf("merging notes: %w", errNoReply)
		}
		before := total
		items = next
		if sizes, total = m.sizes(in, items); total > limit && float64(total) > mergeShrink*float64(before) {
			return nil, fmt.Errorf("merging notes: %d tokens became %d where %d fit: ask for less at a time", before, total, limit)
		}
	}
	return items, nil
}

func (m merging[T]) sizes(in *Input, items []T) (sizes []int, total int) {
	sizes = make([]int, len(items))
	for i := range items {
		sizes[i] = in.Tokens(m.render(items[i : i+1]))
		total += sizes[i]
	}
	return sizes, total
}

type mergeable[T any] struct {
	items  []T
	tokens int
}

// group cuts items into runs of neighbours of at most budget tokens; an item above it is a run of its own.
func group[T any](items []T, sizes []int, budget int) []mergeable[T] {
	var groups []mergeable[T]
	from, sum := 0, 0
	for i, n := range sizes {
		if i > from && sum+n > budget {
			groups = append(groups, mergeable[T]{items[from:i], sum})
			from, sum = i, 0
		}
		sum += n
	}
	return append(groups, mergeable[T]{items[from:], sum})
}

func mergingNotes(in *Input) merging[note] {
	return merging[note]{
		render: renderNotes,
		call: func(text string, words int) Call {
			f := fields(in)
			f.Question, f.Material, f.Words = "", text, words
			return Call{System: prompt.Pieces("merge.system", f), User: prompt.Pieces("merge.user", f), Schema: "notes"}
		},
		accept: func(group []note, reply string) []note {
			return mergedNotes(group, parseItems(reply))
		},
	}
}

// mergedNotes makes notes of what a merge call gave. A quote counts only where it is one of the group's checked quotes or stands inside one.
func mergedNotes(group []note, items []item) []note {
	if len(items) == 0 {
		return nil
	}
	texts := make([]folded, len(group))
	for i, n := range group {
		texts[i] = fold(n.quote)
	}
	at := 0 // remarks take the place of the quote before them
	var out []note
	for _, it := range items {
		n := note{chunk: group[at].chunk, start: group[at].start, text: it.Note}
		if it.Quote != "" {
			found, quote := false, fold(it.Quote).text
			for i := range group {
				j := (at + i) % len(group)
				if start, end, ok := texts[j].findFolded(quote); ok {
					n.chunk, n.start, n.quote = group[j].chunk, group[j].start+start, group[j].quote[start:end]
					at, found = j, true
					break
				}
			}
			if !found && !isNone(it.Quote) {
				n.text = remark(it)
			}
		}
		if n.quote != "" || n.text != "" {
			out = append(out, n)
		}
	}
	return out
}

// distinct drops notes that say nothing new: the same of the same quote in the same place, or nothing of it.
func distinct(notes []note) []note {
	type key struct {
		message, part, start int
		quote, text          string
	}
	seen := make(map[key]bool, len(notes))
	out := notes[:0:0]
	for _, n := range notes {
		if n.quote != "" {
			bare := key{n.chunk.Message, n.chunk.Part, n.start, n.quote, ""}
			k := bare
			k.text = n.text
			if seen[k] {
				continue
			}
			seen[k], seen[bare] = true, true
		}
		out = append(out, n)
	}
	return out
}

// A passage is the summary of a chunk or of several neighbours.
type passage struct {
	place string
	text  string
}

func renderPassages(ps []passage) string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		if p.place != "" && (i == 0 || p.place != ps[i-1].place) {
			b.WriteString("# " + prompt.Line(p.place) + "\n")
		}
		b.WriteString(strings.TrimSpace(p.text) + "\n")
	}
	return b.String()
}

func mergingPassages(in *Input) merging[passage] {
	return merging[passage]{
		render: renderPassages,
		call: func(text string, words int) Call {
			f := fields(in)
			f.Question, f.Material, f.Words = "", text, words
			return Call{System: prompt.Pieces("summarymerge.system", f), User: prompt.Pieces("summarymerge.user", f)}
		},
		accept: func(group []passage, reply string) []passage {
			if isNone(reply) {
				return nil
			}
			return []passage{{group[0].place, reply}}
		},
	}
}
