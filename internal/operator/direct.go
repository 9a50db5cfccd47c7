package operator

import (
	"context"
	"fmt"
)

// direct sends the request as it came, in one call.
type direct struct{}

func (direct) Name() string { return "direct" }

func (direct) Stages(in *Input) []Stage {
	return []Stage{finalStage(in, chunkTokens(in))}
}

func (direct) Run(ctx context.Context, in *Input, x Exec) error {
	err := lastCall(ctx, x, "direct", Answer{Whole: true})
	if err == nil {
		readWhole(in, x)
	}
	return err
}

// lastCall makes the call that is all of the answer. A reply that is no good is an error.
func lastCall(ctx context.Context, x Exec, name string, a Answer) error {
	reply, err := x.Answer(ctx, a)
	if err == nil {
		err = reply.Err
	}
	if err != nil {
		return fmt.Errorf("%s call: %w", name, err)
	}
	return nil
}

// readWhole books all the material as read: a call carried the request as it came.
func readWhole(in *Input, x Exec) {
	for _, c := range in.Chunks {
		x.Read(c)
	}
}
