package operator

import (
	"context"
	"fmt"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// condense is for what must stay one call: every text that has chunks is replaced by what in it matters for the latest turns, and the caller's own request,
// tools and all, is made once.
type condense struct{}

func (condense) Name() string { return "condense" }

const leastShare = 150 // tokens that the extracts of a text may take, however small its share

func (condense) Stages(in *Input) []Stage {
	read := mapStage(in, func(c Chunk, core string) Call { return notesCall(in, c, core) }, expectedNotes)
	texts := map[At]bool{}
	for _, c := range in.Chunks {
		texts[At{c.Message, c.Part}] = true
	}
	frame := in.Tokens(prompt.Text("insert.condensed", prompt.Fields{})) * len(texts)
	return []Stage{read, finalStage(in, frame+read.Expected)}
}

func (condense) Run(ctx context.Context, in *Input, x Exec) error {
	tokens, total := map[At]int{}, 0
	var order []At
	for _, c := range in.Chunks {
		if c.Message < 0 {
			return fmt.Errorf("condense: %w", constErr("the chunks of several texts were put together; each text is replaced by itself"))
		}
		at := At{c.Message, c.Part}
		if _, ok := tokens[at]; !ok {
			order = append(order, at)
		}
		tokens[at] += c.Tokens
		total += c.Tokens
	}
	if len(order) == 0 {
		return continuing{}.Run(ctx, in, x)
	}
	notes, err := takeNotes(ctx, in, x)
	if err != nil {
		return err
	}
	byText := map[At][]note{}
	for _, n := range distinct(notes) {
		at := At{n.chunk.Message, n.chunk.Part}
		byText[at] = append(byText[at], n)
	}
	texts := make(map[At]string, len(order))
	for _, at := range order {
		if len(byText[at]) == 0 {
			texts[at] = prompt.Text("insert.irrelevant", prompt.Fields{})
			continue
		}
		limit := in.Limits.Notes
		if limit > 0 {
			limit = max(leastShare, int(int64(limit)*int64(tokens[at])/int64(total)))
		}
		kept, err := fit(ctx, in, x, byText[at], limit, mergingNotes(in))
		if err != nil {
			return err
		}
		texts[at] = prompt.Text("insert.condensed", prompt.Fields{Material: renderNotes(kept)})
	}
	return lastCall(ctx, x, "final", Answer{Texts: texts})
}
