package operator

import (
	"context"
	"errors"
	"fmt"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// answer has every chunk read for what matters to the task, looks once more for what the notes made askable where passages depend on each other or the notes lead elsewhere, and gives the checked notes to one final call in place of the material.
type answer struct{}

func (answer) Name() string { return "answer" }

func (answer) Stages(in *Input) []Stage {
	read := mapStage(in, func(c Chunk, core string) Call { return notesCall(in, c, core) }, expectedNotes)
	stages := withMerge(in, read, "insert.notes")
	if looksTwice(in) {
		stages = append(stages[:1], append([]Stage{lookStage(in, read.Expected)}, stages[1:]...)...)
	}
	return stages
}

// withMerge is the stages of an operator that reads all chunks, merges what they give where it is too much, and makes one final call of it.
func withMerge(in *Input, read Stage, insert string) []Stage {
	stages := []Stage{read}
	notes := read.Expected
	if m := mergeStage(in, notes); m.Calls > 0 {
		stages, notes = append(stages, m), in.Limits.Notes
	}
	frame := in.Tokens(prompt.Text(insert, prompt.Fields{Parts: len(in.Chunks)}))
	return append(stages, finalStage(in, frame+notes))
}

func (answer) Run(ctx context.Context, in *Input, x Exec) error {
	notes, err := takeNotes(ctx, in, x)
	if err != nil {
		return err
	}
	if looksTwice(in) || leadElsewhere(in, notes) {
		if notes, err = secondLook(ctx, in, x, notes); err != nil {
			return err
		}
	}
	notes = distinct(notes)
	return finish(ctx, in, x, notes, mergingNotes(in), "insert.notes")
}

// finish brings notes down to what the final call takes and makes it. No notes at all is said as such: the final call is not invited to guess.
func finish[T any](ctx context.Context, in *Input, x Exec, notes []T, m merging[T], insert string) error {
	limit := in.Limits.Notes
	for try := 0; ; try++ {
		f := prompt.Fields{Parts: len(in.Chunks)}
		var err error
		if notes, err = fit(ctx, in, x, notes, limit, m); err != nil {
			return err
		}
		if f.Material = m.render(notes); f.Material == "" {
			insert = "insert.none"
		}
		reply, err := x.Answer(ctx, Answer{Insert: prompt.Text(insert, f)})
		if err == nil {
			err = reply.Err
		}
		if err == nil {
			return nil
		}
		// The window was smaller than was thought. Nothing has reached the caller yet, so half the notes can be tried.
		if errors.Is(err, ErrContextWindow) && reply.Text == "" && try == 0 && len(notes) > 1 {
			_, total := m.sizes(in, notes)
			limit = total / 2
			continue
		}
		return fmt.Errorf("final call: %w", err)
	}
}
