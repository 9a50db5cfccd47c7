package operator

import (
	"context"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// count has the occurrences reported chunk by chunk and does the arithmetic here; one call words the result.
type count struct{}

func (count) Name() string { return "count" }

const (
	expectedOccurrences = 150 // tokens of a chunk's reply
	expectedTally       = 400
)

func countCall(in *Input, c Chunk, core, reason string) Call {
	f := readerFields(in, c, core, reason)
	f.Unit, f.Labels = in.Advice.Unit, strings.Join(in.Advice.Labels, ", ")
	return Call{Role: Fast, System: prompt.Pieces("count.system", f), User: prompt.Pieces("count.user", f), Schema: "count"}
}

func (count) Stages(in *Input) []Stage {
	read := mapStage(in, func(c Chunk, core string) Call { return countCall(in, c, core, "") }, expectedOccurrences)
	read.Worst *= 2
	read.Prompt += read.Calls * aroundTokens
	frame := in.Tokens(prompt.Text("insert.count", prompt.Fields{}))
	return []Stage{read, finalStage(in, frame+expectedTally)}
}

// aroundTokens is what the text on both sides of a chunk costs with its lines.
const aroundTokens = (earlierReach+laterReach)/4 + 60

func (count) Run(ctx context.Context, in *Input, x Exec) error {
	found, left, err := takeOccurrences(ctx, in, x, false, func(c Chunk, core, reason string) Call { return countCall(in, c, core, reason) })
	if err != nil {
		return orInstead(ctx, in, x, err)
	}
	limit := in.Limits.Notes
	if limit <= 0 {
		limit = 8000
	}
	results := tallyOf(found, in.Advice.Labels).render(in, left, limit)
	return lastCall(ctx, x, "final", Answer{Insert: prompt.Text("insert.count", prompt.Fields{Material: results})})
}
