package operator

import (
	"context"
	"fmt"
)

// direct sends the request as it came, in one call.
type direct struct{}

func (direct) Name() string { return "direct" }

func (direct) Stages(in *Input) []Stage {
	return []Stage{finalStage(in, wholeTokens(in))}
}

func (direct) Run(ctx context.Context, in *Input, x Exec) error {
	reply, err := x.Answer(ctx, Answer{Whole: true})
	if err == nil {
		err = reply.Err
	}
	if err != nil {
		return fmt.Errorf("direct call: %w", err)
	}
	readWhole(in, x)
	return nil
}

// readWhole books all the material as read: a call carried the request as it came.
func readWhole(in *Input, x Exec) {
	for _, c := range in.Chunks {
		x.Read(c)
	}
}
