package wire

import "bytes"

// responsesTable is chatFields for OpenAI's Responses API.
var responsesTable = tableOf([]field{
	{"model", combined, nil, "the final call names the caller's model, the others their own"},
	{"instructions", combined, nil, "the first message of our reading; calls of ours have instructions of their own"},
	{"input", combined, nil, "the material is cut from here. Stored items that are only named bind: what we cannot read we cannot cut"},

	{"tools", forward, filled, "the model decides after reading everything, and its call ids must live in one conversation"},
	{"previous_response_id", forward, filled, "a conversation that is kept upstream: what we would cut is not all that the model reads"},
	{"conversation", forward, filled, "as previous_response_id; input and output are added to it"},
	{"prompt", forward, filled, "a stored prompt: as previous_response_id"},
	{"background", forward, isTrue, "upstream answers at once and works on; the result is fetched by an id that must be upstream's own"},
	{"include", forward, includesLogprobs, "probabilities of a stitched answer would be invented; everything else in it is the final call's"},
	{"top_logprobs", forward, notZero, "as include"},
	{"image", final, nil, "how images of the answer look; means nothing without tools"},
	{"background_options", final, nil, "means nothing without background, which forwards"},
	{"partial_images", forward, notZero, "means images"},

	{"stream", combined, nil, "how the caller gets the answer; our own calls choose for themselves"},
	{"stream_options", combined, nil, "only the padding of events, which ours have not"},
	{"max_output_tokens", combined, nil, "bounds the answer as a whole"},
	{"text", combined, nil, "the form of the answer; chunk calls have forms of their own. Its verbosity is the final call's"},

	{"store", final, nil, "what is stored is the exchange that answered; calls of ours are not stored"},
	{"max_tool_calls", final, nil, "means nothing without tools, which forward"},
	{"tool_choice", final, nil, "as max_tool_calls"},
	{"parallel_tool_calls", final, nil, "as max_tool_calls"},
	{"reasoning", final, nil, "how hard to think about the answer; the fast model may refuse it"},
	{"truncation", final, nil, "what to do when the final call's own prompt is too long"},
	{"context_management", final, nil, "as truncation"},
	{"moderation", final, nil, "the provider's check of the exchange that answered"},
	{"access_programs", final, nil, "what the caller's organisation may ask the named model"},
	{"prompt_cache_options", final, nil, "groups prompts with a common beginning, which chunk calls do not share"},
}, "messages", "text_completion", "max_tokens", "max_completion_tokens", "stop", "response_format", "stream_timeout")

// includesLogprobs: any element that asks for them; a value that is no list of names is for upstream to refuse.
func includesLogprobs(raw []byte) bool {
	if isEmpty(raw) {
		return false
	}
	list, ok := elements(raw)
	for _, e := range list {
		ok = ok && !bytes.Contains(e, []byte("logprobs"))
	}
	return !ok
}

// An itemKind says how an item of input is read.
type itemKind uint8

const (
	messageItem   itemKind = iota // a turn: its role and content
	outputItem                    // a tool turn: the texts of its output are parts
	toolItem                      // a tool turn without a text that could be cut
	reasoningItem                 // goes with the message that follows, since upstream refuses one without the other
	storedItem                    // names something kept upstream
)

// itemKinds has the item types of a request that are not just toolItem, as any type without a row is.
var itemKinds = map[string]itemKind{
	"message":                 messageItem,
	"function_call_output":    outputItem,
	"custom_tool_call_output": outputItem,
	"reasoning":               reasoningItem,
	"item_reference":          storedItem,
	"compaction":              storedItem,
	"compaction_trigger":      storedItem,
}
