package operator

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// extract has every item of a kind collected. Under a JSON schema with lists that grow the objects of all chunks are joined here; else few items go to one
// final call that gives them their form, and many are listed here, where none can get lost.
type extract struct{}

func (extract) Name() string { return "extract" }

// worded is how many tokens of items a final call may give form to; a model that has to repeat more of them begins to leave some out.
const worded = 2000

func extractCall(in *Input, c Chunk, core, reason string) Call {
	f := readerFields(in, c, core, reason)
	f.Unit, f.Labels = in.Advice.Unit, strings.Join(in.Advice.Labels, ", ")
	return Call{Role: Fast, System: prompt.Pieces("extract.system", f), User: prompt.Pieces("extract.user", f), Schema: "extract"}
}

func (extract) Stages(in *Input) []Stage {
	call := func(c Chunk, core string) Call { return extractCall(in, c, core, "") }
	under := joinable(in)
	if under != nil {
		call = func(c Chunk, core string) Call { return recordsCall(in, c, core, "") }
	}
	read := mapStage(in, call, expectedOccurrences)
	read.Worst *= 2
	read.Prompt += read.Calls * aroundTokens
	if under != nil {
		return recordStages(in, under, read)
	}
	frame := in.Tokens(prompt.Text("insert.notes", prompt.Fields{}))
	return []Stage{read, finalStage(in, frame+min(read.Expected, worded))}
}

func (extract) Run(ctx context.Context, in *Input, x Exec) error {
	if under := joinable(in); under != nil {
		return orInstead(ctx, in, x, records(ctx, in, x, under))
	}
	found, _, err := takeOccurrences(ctx, in, x, true, func(c Chunk, core, reason string) Call { return extractCall(in, c, core, reason) })
	if err != nil {
		return orInstead(ctx, in, x, err)
	}
	if in.Advice.Distinct {
		found = unrepeated(found, in.Advice.Labels)
	}
	notes, apart := make([]note, len(found)), 0
	for i, o := range found {
		notes[i] = note{chunk: o.chunk, quote: o.quote, start: o.start, text: strings.Join(o.cells(in.Advice.Labels), " | ")}
		if o.beside(in.Advice.Labels) {
			apart++
			notes[i].text = o.key + " | " + o.marked(in.Advice.Labels)
		}
		if notes[i].text == o.quote {
			notes[i].text = ""
		}
	}
	more := asksMore().MatchString(in.Instruction)
	if more && len(found) > 0 && !slices.ContainsFunc(found, func(o occurrence) bool { return o.remark }) {
		notes = append(notes, note{chunk: found[len(found)-1].chunk, text: exactly(found, in.Advice.Labels), exact: true})
	}
	if in.Advice.Repeats && len(found) > 0 {
		notes = append(notes, note{chunk: found[len(found)-1].chunk, text: frequencies(found, in.Advice.Labels), exact: true})
	}
	if in.Format != "text" || more || in.Advice.Repeats || 2*apart > len(found) || otherForm().MatchString(in.Instruction) || wantsSome(in.Instruction) || wantsGroups(in.Instruction) || slices.ContainsFunc(found, occurrence.wordy) || in.Tokens(renderNotes(notes)) <= worded {
		return finish(ctx, in, x, notes, mergingNotes(in), "insert.notes")
	}
	items := slices.DeleteFunc(slices.Clone(found), func(o occurrence) bool { return o.remark })
	items, columns := asRows(items, in.Advice, in.Instruction)
	sorted, ordered := asWanted(items, columns, in.Advice, in.Instruction)
	if !ordered {
		elements := make([]string, len(items))
		for i, o := range items { // what they are sorted by may stand beside them
			if elements[i] = strings.Join(o.cells(columns), " | "); elements[i] != o.quote {
				elements[i] += "\n" + o.quote
			}
		}
		var order []int
		if order, ordered, err = sequence(ctx, in, x, elements); err != nil {
			return err
		}
		if !ordered {
			return finish(ctx, in, x, notes, mergingNotes(in), "insert.notes")
		}
		for i, k := range order {
			sorted[i] = items[k]
		}
	}
	text := itemsText(sorted, columns, in.Instruction)
	ceiling := in.Limits.Answer
	if ceiling > 0 && in.Tokens(text) > ceiling {
		text = firstTokens(text, ceiling, in.Tokens)
		x.Finish("length")
	} else {
		x.Finish("stop")
	}
	return stopping(in, x, func(x Exec) error { return x.Write(text) })
}

// unrepeated is the items without those that are equal to an earlier one. What a reader says in words is no item.
func unrepeated(found []occurrence, columns []string) []occurrence {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(found), func(o occurrence) bool {
		if o.remark {
			return false
		}
		cells := slices.Clone(o.cells(columns))
		for i := range cells {
			cells[i] = fold(cells[i]).text
		}
		key := strings.Join(cells, "\x00")
		was := seen[key]
		seen[key] = true
		return was
	})
}

// wordyFrom is the size in bytes from which a remark may hold items.
const wordyFrom = 200

// wordy reports whether a remark may hold items, which only a final call can tell; one line says that there are none, or why.
func (o occurrence) wordy() bool {
	return o.remark && (len(o.key) > wordyFrom || strings.ContainsAny(o.key, "\n{["))
}

// cells is an item as a row: its columns, or the item itself.
func (o occurrence) cells(columns []string) []string {
	if row := o.named(columns); row != nil {
		return row
	}
	if len(columns) < 2 || len(o.row) == 0 {
		return []string{cmp.Or(o.key, o.quote)}
	}
	row := slices.Clone(o.row)
	for len(row) < len(columns) {
		row = append(row, "")
	}
	return row[:len(columns)]
}

// beside says whether an item's columns hold nothing of it, but what it is like: the labels are kinds of things then, and no table of them has the thing itself.
func (o occurrence) beside(columns []string) bool {
	if o.key == "" || len(columns) < 2 || len(o.row) == 0 || o.named(columns) != nil {
		return false
	}
	said, some := sameKey(o.key+" "+o.quote), false
	for _, c := range o.row {
		if c = sameKey(c); c != "" && (strings.Contains(said, c) || strings.Contains(c, sameKey(o.key))) {
			return false
		}
		some = some || c != ""
	}
	return some
}

// marked is an item's columns by their names.
func (o occurrence) marked(columns []string) string {
	var b []string
	for i, c := range o.row {
		if len(o.row) == len(columns) && c != "" {
			b = append(b, columns[i]+": "+c)
		} else if c != "" {
			b = append(b, c)
		}
	}
	return strings.Join(b, ", ")
}

// named is an item that is a JSON object as a row, by the names of the columns; nil where it has none of them.
func (o occurrence) named(columns []string) []string {
	v, err := objectOf(o.key)
	if err != nil || len(columns) < 2 {
		return nil
	}
	row, some := make([]string, len(columns)), false
	for i, name := range columns {
		k := slices.IndexFunc(v.keys, func(k string) bool { return sameKey(k) == sameKey(name) })
		if k < 0 {
			continue
		}
		some = true
		switch e := v.object[v.keys[k]]; {
		case e.absent():
		case e.kind == 0 && e.raw[0] == '"':
			row[i] = e.text()
		default:
			row[i] = e.String()
		}
	}
	if !some {
		return nil
	}
	return row
}

// otherForm is what a task says that wants a form which is not written here: another language, or JSON with something around the list.
var otherForm = lazily(`(?i)\b(?:as|in|into|to|return|output|give me|valid)\s+(?:an?\s+|valid\s+|plain\s+|raw\s+)*(?:yaml|xml|html|toml|latex|sql|jsonl|ndjson)\b|\b(?:yaml|xml|html|toml|latex|sql|jsonl)\s+(?:olarak|format|biçim|halinde)|\{\s*["'“]?\w+["'”]?\s*:\s*\[`)

// objectOf is a text as the JSON object that it is.
func objectOf(text string) (*value, error) {
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return nil, errShape
	}
	return parseValue([]byte(text))
}
