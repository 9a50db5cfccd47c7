package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// carry goes through the chunks one after the other with a record of the state that runs through them, and gives the last record to one final call.
type carry struct{}

func (carry) Name() string { return "carry" }

func carryCall(in *Input, c Chunk, core, record string) Call {
	f := fields(in)
	f.Place, f.Material, f.Earlier = c.Context, core, record
	f.Words = max(40, wordsOf(replyLimit(in))*2/3)
	return Call{Stage: "map", Index: c.Index, Role: Fast, System: prompt.Text("carry.system", f), User: prompt.Text("carry.user", f)}
}

func (carry) Stages(in *Input) []Stage {
	record := replyLimit(in) / 2
	read := mapStage(in, func(c Chunk, core string) Call { return carryCall(in, c, core, "") }, record)
	read.Prompt += max(0, len(in.Chunks)-1) * record
	read.Worst *= 2
	frame := in.Tokens(prompt.Text("insert.carry", prompt.Fields{}))
	return []Stage{read, finalStage(in, frame+in.Tokens(in.Instruction)+in.Tokens(in.System)+in.Tokens(in.Recent)+record)}
}

func (carry) Run(ctx context.Context, in *Input, x Exec) error {
	record := ""
	for i, c := range in.Chunks {
		todo := []ask{{slot: i, chunk: c, room: 2 * replyLimit(in)}}
		for len(todo) > 0 {
			a := todo[0]
			todo = todo[1:]
			call := carryCall(in, a.chunk, in.Core(a.chunk), record)
			call.MaxTokens = a.room
			reply, err := askOne(ctx, x, call)
			if err != nil {
				return err
			}
			reason := fault(reply)
			if reason == nil && record != "" && isNone(reply.Text) {
				reason = ErrEmpty // "none" is no record where there was one
			}
			if reason != nil {
				// A smaller piece does not help a record that is itself too long for its room, so more room comes first, as in readAll.
				parts, err := mend(in, a, reason)
				if err != nil {
					return err
				}
				todo = append(parts, todo...)
				continue
			}
			record = strings.TrimSpace(reply.Text)
		}
		x.Read(c)
	}
	if record == "" {
		return errors.New("carry: there is no material to go through")
	}
	reply, err := x.Answer(ctx, Answer{Insert: prompt.Text("insert.carry", prompt.Fields{Material: record})})
	if err == nil {
		err = reply.Err
	}
	if err != nil {
		return fmt.Errorf("final call: %w", err)
	}
	return nil
}
