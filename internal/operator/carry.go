package operator

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// carry goes through the chunks one after the other with a record of the state that runs through them, and gives the last record to one final call. Amounts
// that grow and shrink are no part of the record: readers report their changes, and the adding up is done here.
type carry struct{}

func (carry) Name() string { return "carry" }

func carryCall(in *Input, c Chunk, core, record, amounts string) Call {
	f := fields(in)
	f.Place, f.Material, f.Earlier, f.Amounts = c.Context, core, record, amounts
	f.Words = max(40, wordsOf(replyLimit(in))*2/3)
	return Call{Stage: "map", Index: c.Index, Role: Fast, System: prompt.Pieces("carry.system", f), User: prompt.Pieces("carry.user", f)}
}

func (carry) Stages(in *Input) []Stage {
	record := replyLimit(in) / 2
	read := mapStage(in, func(c Chunk, core string) Call { return carryCall(in, c, core, "", "") }, record)
	read.Prompt += max(0, len(in.Chunks)-1) * record
	read.Worst *= 2
	frame := in.Tokens(prompt.Text("insert.carry", prompt.Fields{}))
	return []Stage{read, finalStage(in, frame+record)}
}

// surelyNone is how often a passage is split before a reader's word is taken that nothing in it matters to the record.
const surelyNone = 2

func (carry) Run(ctx context.Context, in *Input, x Exec) error {
	record := ""
	var sums amounts
	for i, c := range in.Chunks {
		todo := []ask{{slot: i, chunk: c, room: 2 * replyLimit(in)}}
		for len(todo) > 0 {
			a := todo[0]
			todo = todo[1:]
			call := carryCall(in, a.chunk, in.Core(a.chunk), record, sums.sofar())
			call.MaxTokens = a.room
			reply, err := askOne(ctx, x, call)
			if err != nil {
				return err
			}
			reason := fault(reply)
			none := reason == nil && isNone(reply.Text)
			if none && (record != "" || len(sums.steps) > 0) && a.depth < surelyNone {
				reason = ErrEmpty // "none" is no record where there was one
			}
			if reason != nil {
				// A smaller piece does not help a record that is itself too long for its room, so more room comes first, as in readAll.
				parts, err := mend(in, a, reason)
				if err == nil {
					todo = append(parts, todo...)
					continue
				}
				if !none {
					return err
				}
			}
			// Who reports changes alone, or nothing, leaves the rest of the record as it was.
			if next, _ := sums.take(reply.Text); next != "" && !isNone(next) {
				record = next
			}
		}
		x.Read(c)
	}
	if len(in.Chunks) == 0 {
		return errors.New("carry: there is no material to go through")
	}
	end := []string{record, sums.render(in, max(leastShare, in.Limits.Notes))}
	end = slices.DeleteFunc(end, func(s string) bool { return s == "" })
	insert := "insert.carry"
	if len(end) == 0 {
		insert = "insert.none"
	}
	return lastCall(ctx, x, "final", Answer{Insert: prompt.Text(insert, prompt.Fields{Parts: len(in.Chunks), Material: strings.Join(end, "\n\n")})})
}
