package wire

import "strings"

// messagesTable is chatFields for Anthropic's Messages API, its beta fields included.
var messagesTable = tableOf([]field{
	{"model", combined, nil, "the final call names the caller's model, the others their own"},
	{"messages", combined, nil, "the material is cut from here"},
	{"system", combined, nil, "the first message of our reading; calls of ours have a system text of their own"},
	{"max_tokens", combined, nil, "bounds the answer as a whole"},
	{"stream", combined, nil, "how the caller gets the answer; our own calls choose for themselves"},
	{"stop_sequences", combined, nil, "the final call honours them; stitched answers are cut at them by the planner"},
	{"output_format", combined, nil, "the form of the answer; chunk calls have forms of their own"},
	{"output_config", combined, nil, "as output_format; its effort and budget are the final call's"},

	{"tools", forward, filled, "the model decides after reading everything, and its call ids must live in one conversation"},
	{"citations", forward, isTrue, "no request field: set in document and search_result blocks. Citations point into the blocks as they were sent"},
	{"mcp_servers", forward, filled, "tools under another name"},
	{"container", forward, filled, "a machine that the model works on, call by call"},
	{"thread", forward, filled, "a conversation that is kept upstream: what we would cut is not all that the model reads"},
	{"compaction", forward, filled, "the provider shortens the conversation itself, and bills for it"},
	{"fallback_credit_token", forward, filled, "pays for the repetition of one refused call, whose bytes must be the same"},

	{"metadata", all, nil, "user_id: the provider watches end users by it, and each call reads the material"},
	{"inference_geo", all, nil, "binds the material, wherever it is read"},
	{"billing_policy", all, nil, "who pays for the answer pays for every call"},
	{"safeguards", all, nil, "what the provider must check, it must check in parts too"},

	{"temperature", final, nil, "how the answer is worded; our own calls use 0 so that they repeat"},
	{"top_p", final, nil, "as temperature"},
	{"top_k", final, nil, "as temperature"},
	{"thinking", final, nil, "how hard to think about the answer; the fast model may refuse it"},
	{"reasoning_effort", final, nil, "LiteLLM's spelling of thinking"},
	{"tool_choice", final, nil, "means nothing without tools, which forward"},
	{"service_tier", final, nil, "a price class of the named model; others may not have it"},
	{"speed", final, nil, "as service_tier"},
	{"cache_control", final, nil, "marks the end of the prompt for the provider's cache; chunk calls share no beginning"},
	{"context_management", final, nil, "the named model's own way to shorten a conversation"},
	{"diagnostics", final, nil, "compares the final call's prompt with an earlier one"},
	{"fallbacks", final, nil, "stand-ins for the named model"},
	{"anthropic_version", all, nil, "the header of that name, in the body where Bedrock and Vertex want it"},
	{"anthropic_beta", final, nil, "features that the caller's own fields need; other models may not have them"},
	{"betas", final, nil, "as anthropic_beta"},
}, strings.Fields(`functions n logprobs top_logprobs audio modalities prediction web_search_options text_completion stream_options
	max_completion_tokens stop response_format safety_identifier seed presence_penalty frequency_penalty repetition_penalty logit_bias
	parallel_tool_calls function_call verbosity store prompt_cache_key prompt_cache_retention prompt_cache_options moderation`)...)

// A blockKind says how a content block is read.
type blockKind uint8

const (
	opaqueBlock   blockKind = iota // stays in place; one part under its own type
	textualBlock                   // its text is a part
	documentBlock                  // its source's texts are parts, where they are texts
	nestedBlock                    // the texts of its content are parts
	toolingBlock                   // opaque, and makes its message a tool turn
	resultBlock                    // nested, and makes its message a tool turn
	thoughtBlock                   // no part: the model's own thinking, which carries no material, and goes when its message goes
)

// blockKinds has every block type of a request. A type without a row is opaque.
var blockKinds = map[string]struct {
	kind blockKind
	why  string
}{
	"text":              {textualBlock, ""},
	"document":          {documentBlock, "a text document is the material of most big requests; PDFs and files stay for the final call"},
	"search_result":     {nestedBlock, "as document"},
	"image":             {opaqueBlock, "stays in place for the final call"},
	"container_upload":  {toolingBlock, "a file of the container"},
	"compaction":        {opaqueBlock, "the provider's summary of what came before, which later turns rest on"},
	"thinking":          {thoughtBlock, ""},
	"redacted_thinking": {thoughtBlock, ""},
	"fallback":          {thoughtBlock, "a mark that another model went on"},

	"tool_use":        {toolingBlock, "its id must meet its result's"},
	"server_tool_use": {toolingBlock, "as tool_use"},
	"mcp_tool_use":    {toolingBlock, "as tool_use"},
	"tool_result":     {resultBlock, "long results can be shortened, ids and order intact"},
	"mcp_tool_result": {resultBlock, "as tool_result"},

	"web_search_tool_result":                 {toolingBlock, "encrypted: it goes back as it came"},
	"web_fetch_tool_result":                  {toolingBlock, "as web_search_tool_result"},
	"advisor_tool_result":                    {toolingBlock, "as web_search_tool_result"},
	"code_execution_tool_result":             {toolingBlock, "as web_search_tool_result"},
	"bash_code_execution_tool_result":        {toolingBlock, "as web_search_tool_result"},
	"text_editor_code_execution_tool_result": {toolingBlock, "as web_search_tool_result"},
	"tool_search_tool_result":                {toolingBlock, "as web_search_tool_result"},
	"tool_reference":                         {toolingBlock, "names a tool"},
	"browser_state":                          {toolingBlock, "what a browser tool shows"},
	"tool_addition":                          {toolingBlock, "changes the tools"},
	"tool_removal":                           {toolingBlock, "as tool_addition"},
	"mcp_tool_listing":                       {toolingBlock, "the tools of an MCP server"},
}
