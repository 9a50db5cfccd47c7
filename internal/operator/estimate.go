package operator

import "cmp"

// Expected sizes, in tokens. They are starting points that the estimate of a request corrects by what its replies really come to.
const (
	expectedAnswer  = 500    // a final answer of which nothing is known
	expectedNotes   = 60     // a map reply's notes, those that say none counted in
	worstAnswer     = 16_384 // as many as the run allows where nobody says
	expectedOutline = 600
	maxOutline      = 4096
	defaultReply    = 512
)

// Words and tokens: about three tokens make two words (English a little fewer, Turkish more).
func wordsOf(tokens int) int { return tokens * 2 / 3 }
func tokensOf(words int) int { return words * 3 / 2 }

func replyLimit(in *Input) int {
	if in.Limits.Reply > 0 {
		return in.Limits.Reply
	}
	return defaultReply
}

// chunkTokens is the material's size.
func chunkTokens(in *Input) int {
	n := 0
	for _, c := range in.Chunks {
		n += c.Tokens
	}
	return n
}

// askedTokens is what stands beside the material in the request.
func askedTokens(in *Input) int {
	return in.Tokens(in.System) + in.Tokens(in.Recent) + in.Tokens(in.Instruction)
}

// finalStage is the one call that words the answer, with that many tokens for the material, or in its place, and what stands beside the texts.
func finalStage(in *Input, material int) Stage {
	expected := expectedAnswer
	if in.Advice.Words > 0 {
		expected = tokensOf(in.Advice.Words)
	}
	worst := room(cmp.Or(in.Limits.Answer, worstAnswer), in.Limits.OneCall)
	return Stage{Name: "final", Role: Final, Calls: 1, Prompt: askedTokens(in) + in.Beside + material, Expected: min(expected, worst), Worst: worst}
}

// mapStage is one call per chunk. The part that all prompts share is counted once, with an empty chunk.
func mapStage(in *Input, call func(Chunk, string) Call, expected int) Stage {
	empty := call(Chunk{}, "")
	same := empty.tokens(in)
	s := Stage{Name: "map", Role: Fast, Calls: len(in.Chunks), Prompt: same * len(in.Chunks), Worst: replyLimit(in) * len(in.Chunks)}
	for _, c := range in.Chunks {
		s.Prompt += c.Tokens
		if c.Context != "" {
			s.Prompt += in.Tokens(c.Context) + placeTokens
		}
	}
	s.Expected = min(expects(in, expected*len(in.Chunks)), s.Worst)
	return s
}

// tokens counts a call's prompt.
func (c Call) tokens(in *Input) int { return in.Tokens(c.System.String()) + in.Tokens(c.User.String()) }

// expects is what the replies to all chunks come to: a guess, until pilots have shown it.
func expects(in *Input, guess int) int {
	if in.Seen > 0 {
		return int(in.Seen*float64(chunkTokens(in))) + 1
	}
	return guess
}

// placeTokens is what the line with a chunk's breadcrumb costs beside the breadcrumb.
const placeTokens = 30

// mergeStage is what bringing `have` tokens of notes down to the limit takes; no calls when they fit.
func mergeStage(in *Input, have int) Stage {
	s := Stage{Name: "merge", Role: Fast}
	limit := in.Limits.Notes
	if limit <= 0 || have <= limit {
		return s
	}
	s.Calls = (have + mergeGroup - 1) / mergeGroup
	s.Prompt = have + s.Calls*(in.Tokens(in.Instruction)+in.Tokens(in.System)+300)
	s.Expected = limit
	s.Worst = have
	return s
}
