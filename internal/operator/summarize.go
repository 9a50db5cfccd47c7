package operator

import (
	"context"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// summarize has every chunk summarised and gives the summaries, merged by neighbours where they are too long, to one final call.
type summarize struct{}

func (summarize) Name() string { return "summarize" }

// summaryShare is how much shorter than its chunk a summary is asked to be.
const summaryShare = 5

func summaryWords(in *Input, tokens int) int {
	words := min(wordsOf(tokens)/summaryShare, wordsOf(replyLimit(in))/2)
	return max(20, words/10*10)
}

func summaryCall(in *Input, c Chunk, core string) Call {
	f := fields(in)
	f.Question = ""
	f.Place, f.Material, f.Words = c.Context, core, summaryWords(in, c.Tokens)
	return Call{Role: Fast, System: prompt.Pieces("summary.system", f), User: prompt.Pieces("summary.user", f)}
}

func (summarize) Stages(in *Input) []Stage {
	read := mapStage(in, func(c Chunk, core string) Call { return summaryCall(in, c, core) }, 0)
	for _, c := range in.Chunks {
		read.Expected += tokensOf(summaryWords(in, c.Tokens))
	}
	read.Expected = min(expects(in, read.Expected), read.Worst)
	return withMerge(in, read, "insert.summaries")
}

func (summarize) Run(ctx context.Context, in *Input, x Exec) error {
	var texts []passage
	r := reading{room: replyLimit(in), call: func(c Chunk, core string) Call { return summaryCall(in, c, core) }}
	err := readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			if !isNone(p.text) {
				texts = append(texts, passage{p.chunk.Context, p.text})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return finish(ctx, in, x, texts, mergingPassages(in), "insert.summaries")
}
