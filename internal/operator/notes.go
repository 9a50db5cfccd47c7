package operator

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// A note is one thing that a reader reported.
type note struct {
	chunk Chunk  // where it was read
	quote string // bytes of the material, checked; "" for a remark
	start int    // where the quote stands in its text
	text  string // the reader's own words
	exact bool   // text is a program's
}

func byPlace(a, b note) int { return cmp.Or(a.chunk.Index-b.chunk.Index, a.start-b.start) }

// An item is a note as a model gave it.
type item struct {
	Quote, Note string
	Sure        bool // the reader says that this alone answers the task
}

// parseItems reads the notes of a reply. A reply that is not the JSON that was asked for is one remark, whole. No items means none.
func parseItems(reply string) []item {
	whole := []item{{Note: strings.TrimSpace(reply)}}
	list, ok := itemsIn(reply)
	if !ok {
		return whole
	}
	items := make([]item, 0, len(list))
	for _, e := range list {
		if hollow(e) {
			continue
		}
		if quote, ok := e.(string); ok {
			items = append(items, item{Quote: quote})
			continue
		}
		m, _ := e.(map[string]any)
		quote, text := loose(m["quote"]), loose(m["note"])
		if quote == "" && text == "" {
			return whole
		}
		if isExample(quote, text) || quote == "" && isNone(text) {
			continue
		}
		sure, _ := m["sure"].(bool)
		items = append(items, item{quote, text, sure})
	}
	return items
}

// checkItems looks the quotes up in the chunk's text and gives notes, and the quotes that are not there. Equal quotes take the next place each, as far as
// there are any.
func checkItems(p piece, core string, items []item) (notes []note, invented []item) {
	if len(items) == 0 {
		return nil, nil
	}
	folded := sync.OnceValue(func() folded { return fold(core) }) // most quotes are exact and need none
	was := map[string][2]int{}
	for _, it := range items {
		if it.Note == it.Quote {
			it.Note = ""
		}
		if isAbsent(it.Quote, core) {
			if it.Quote = ""; it.Note == "" || isNone(it.Note) {
				continue
			}
		}
		if it.Quote == "" {
			notes = append(notes, note{chunk: p.chunk, start: p.chunk.Start, text: it.Note})
			continue
		}
		last, again := was[it.Quote]
		start := last[1] + strings.Index(core[last[1]:], it.Quote)
		end, ok := start+len(it.Quote), start >= last[1]
		if !ok {
			f := folded()
			start, end, ok = f.from(f.at(last[1])).find(it.Quote)
		}
		switch {
		case ok:
			was[it.Quote] = [2]int{start, end}
		case again:
			start, end = last[0], last[1]
		default:
			invented = append(invented, it)
			continue
		}
		notes = append(notes, note{chunk: p.chunk, quote: core[start:end], start: p.chunk.Start + start, text: it.Note})
	}
	return notes, invented
}

func notesCall(in *Input, c Chunk, core string) Call {
	f := fields(in)
	f.Place, f.Material = c.Context, core
	return Call{Role: Fast, System: prompt.Pieces("notes.system", f), User: prompt.Pieces("notes.user", f), Schema: "notes"}
}

// fields are what every call's wording says about the task.
func fields(in *Input) prompt.Fields {
	f := prompt.Fields{Instruction: in.Instruction, System: in.System, Recent: in.Recent}
	if in.Advice.By == "planner" {
		f.Question = in.Advice.Question
	}
	return f
}

// readerFields are those of a call on a chunk whose reader sees a little of the text around it.
func readerFields(in *Input, c Chunk, core, reason string) prompt.Fields {
	f := fields(in)
	f.Place, f.Material, f.Reason = c.Context, core, reason
	if core != "" {
		f.Earlier, f.Later = around(in, c)
	}
	return f
}

// takeNotes reads the whole material with the task in mind and returns the readers' notes in source order.
func takeNotes(ctx context.Context, in *Input, x Exec) ([]note, error) {
	type doubt struct {
		at       int // index into notes
		piece    piece
		invented []item
	}
	var notes []note
	var doubts []doubt
	r := reading{room: replyLimit(in), call: func(c Chunk, core string) Call { return notesCall(in, c, core) }}
	err := readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			good, invented := checkItems(p, in.Core(p.chunk), parseItems(p.text))
			notes = append(notes, good...)
			if len(invented) > 0 {
				doubts = append(doubts, doubt{len(notes), p, invented})
			}
		}
		return nil
	})
	if err != nil || len(doubts) == 0 {
		return notes, err
	}

	// Asked again only where that stays cheap; a reader that invents everywhere would do so again.
	mended := make([][]note, len(doubts))
	if len(doubts) <= max(1, len(in.Chunks)/4) {
		i := 0
		for reply, err := range x.Each(ctx, len(doubts), func(i int) Call {
			d := doubts[i]
			f := fields(in)
			f.Place, f.Material, f.Faulty = d.piece.chunk.Context, in.Core(d.piece.chunk), renderItems(d.invented)
			return Call{Stage: "map", Index: d.piece.chunk.Index, Role: Fast, System: prompt.Pieces("notes.system", f),
				User: prompt.Pieces("notes.again", f), Schema: "notes", MaxTokens: replyLimit(in)}
		}) {
			if err != nil {
				return nil, err
			}
			d := &doubts[i]
			if fault(reply) == nil {
				good, still := checkItems(d.piece, in.Core(d.piece.chunk), parseItems(reply.Text))
				mended[i] = good
				if len(still) < len(d.invented) {
					d.invented = still
				}
			}
			i++
		}
	}
	out := make([]note, 0, len(notes)+len(doubts))
	from := 0
	for i, d := range doubts {
		out = append(out, notes[from:d.at]...)
		out = append(out, mended[i]...)
		for _, it := range d.invented {
			out = append(out, note{chunk: d.piece.chunk, start: d.piece.chunk.Start, text: remark(it)})
		}
		from = d.at
	}
	return append(out, notes[from:]...), nil
}

// remark is what stays of an item whose quote is not in the material: the reader's words, never the quote as a quote.
func remark(it item) string {
	if it.Note != "" {
		return it.Note
	}
	return "(not found in these words) " + it.Quote
}

func renderItems(items []item) string {
	var b strings.Builder
	for _, it := range items {
		b.WriteString(it.Quote)
		b.WriteByte('\n')
	}
	return b.String()
}

// renderNotes writes notes for a model: by place, checked quotes apart from the readers' words.
func renderNotes(notes []note) string {
	var b strings.Builder
	for i, n := range notes {
		if i == 0 || n.chunk.Index != notes[i-1].chunk.Index || n.chunk.Context != notes[i-1].chunk.Context {
			if i > 0 {
				b.WriteByte('\n')
			}
			if n.chunk.Context != "" {
				b.WriteString("# " + prompt.Line(n.chunk.Context) + "\n")
			}
		}
		b.WriteString(renderNote(n))
	}
	return b.String()
}

// renderNote keeps what it writes recognisable: a line that a quote or a remark goes on with is indented, so that it cannot pass for a note of its own.
func renderNote(n note) string {
	quote, text := strings.ReplaceAll(n.quote, "\n", "\n  "), strings.ReplaceAll(n.text, "\n", "\n  ")
	switch {
	case n.exact:
		return "EXACT, counted by a program over the whole text: " + text + "\n"
	case n.quote == "":
		return "UNCHECKED: " + text + "\n"
	case n.text == "":
		return "QUOTE: " + quote + "\n"
	}
	return "QUOTE: " + quote + "\n  meaning: " + text + "\n"
}
