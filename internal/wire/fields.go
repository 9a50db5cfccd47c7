package wire

import "bytes"

// A place says where a field of the caller's request goes when the request is decomposed.
type place uint8

const (
	// final: it stays in the caller's own body, and so reaches the call that words the answer, and no other.
	final place = iota
	// all: it is copied, byte for byte, to every call.
	all
	// combined: it is about the answer as a whole, and we see to it.
	combined
	// forward: only one call can honour it, where the row's binds says that it asks for something.
	forward
)

// A field is one row of the table.
type field struct {
	name  string
	place place
	binds func(raw []byte) bool // forward only: does the value ask for what one call must do?
	why   string
}

// chatFields says of every request field of chat completions, OpenAI's and LiteLLM's, where it goes. The order is that of Request.OneCall.
// A field without a row is final: the final call is the caller's own body with edits, so it arrives there as it was written.
var chatFields = []field{
	{"model", combined, nil, "the final call names the caller's model, the others their own"},
	{"messages", combined, nil, "the material is cut from here"},

	{"tools", forward, filled, "the model decides after reading everything, and its call ids must live in one conversation"},
	{"functions", forward, filled, "the older spelling of tools"},
	{"n", forward, notOne, "n answers to one prompt are samples of one call, not of one pipeline each"},
	{"logprobs", forward, isTrue, "probabilities of a stitched answer would be invented"},
	{"top_logprobs", forward, notZero, "as logprobs"},
	{"audio", forward, filled, "speech cannot be stitched from text"},
	{"modalities", forward, beyondText, "as audio, for any output that is not text"},
	{"prediction", forward, filled, "a predicted output is compared token by token with one call's output"},
	{"web_search_options", forward, notNull, "what to search for is decided after reading everything; an empty object asks for it too"},
	{"search_tool_name", forward, filled, "LiteLLM's own web search, as web_search_options"},
	{"prompt_id", forward, filled, "LiteLLM replaces the messages by a stored prompt: what we would cut is not what the model reads"},
	{"mock_response", forward, filled, "a test of one call without a model; parts of it would be paid for"},
	{"mock_timeout", forward, filled, "as mock_response"},
	{"mock_tool_calls", forward, filled, "as mock_response"},
	{"mock_testing_fallbacks", forward, filled, "as mock_response"},
	{"mock_testing_context_fallbacks", forward, filled, "as mock_response"},
	{"mock_testing_content_policy_fallbacks", forward, filled, "as mock_response"},
	{"mock_testing_rate_limit_error", forward, filled, "as mock_response"},
	{"api_key", forward, filled, "a credential for the provider of the named model; our other calls may go to another provider"},
	{"api_base", forward, filled, "as api_key: an address that knows the named model only"},
	{"base_url", forward, filled, "as api_base"},
	{"api_version", forward, filled, "as api_base"},
	{"custom_llm_provider", forward, filled, "as api_base"},
	{"litellm_credential_name", forward, filled, "as api_key"},
	{"model_list", forward, filled, "the caller brings its own router, which need not know our models"},
	{"text_completion", forward, isTrue, "the answer has another shape"},

	{"stream", combined, nil, "how the caller gets the answer; our own calls choose for themselves"},
	{"stream_options", combined, nil, "usage of the stream is our sum"},
	{"max_tokens", combined, nil, "bounds the answer as a whole"},
	{"max_completion_tokens", combined, nil, "the newer spelling of max_tokens"},
	{"stop", combined, nil, "the final call honours it; stitched answers are cut at it by the planner"},
	{"response_format", combined, nil, "the form of the answer; chunk calls have forms of their own"},

	{"metadata", all, nil, "spend logs and tags of LiteLLM"},
	{"litellm_metadata", all, nil, "as metadata"},
	{"tags", all, nil, "LiteLLM's spend tags and tag routing"},
	{"user", all, nil, "the end user whose budget LiteLLM watches pays for every call"},
	{"safety_identifier", all, nil, "the provider watches end users by it, and each reads the material"},
	{"litellm_session_id", all, nil, "groups the calls in LiteLLM's logs"},
	{"litellm_trace_id", all, nil, "as litellm_session_id"},
	{"session_id", all, nil, "as litellm_session_id"},
	{"guardrails", all, nil, "what must not reach a model must not reach it in parts either"},
	{"guardrail_config", all, nil, "as guardrails"},
	{"disable_global_guardrails", all, nil, "as guardrails"},
	{"policies", all, nil, "as guardrails"},
	{"cache", all, nil, "whether LiteLLM may keep or reuse what is in the material"},
	{"caching", all, nil, "as cache"},
	{"ttl", all, nil, "as cache"},
	{"no-log", all, nil, "what must not be logged must not be logged in parts either"},
	{"drop_params", all, nil, "lets LiteLLM leave out what a model does not know, ours included"},
	{"data_residency", all, nil, "binds the material, wherever it is read"},
	{"region_name", final, nil, "a region of the named model's provider"},
	{"allowed_model_region", all, nil, "as data_residency"},
	{"extra_headers", final, nil, "headers for the named model's provider; they may hold its credentials"},
	{"headers", final, nil, "as extra_headers"},
	{"provider_specific_header", final, nil, "as extra_headers"},

	{"temperature", final, nil, "how the answer is worded; our own calls use 0 so that they repeat"},
	{"top_p", final, nil, "as temperature"},
	{"top_k", final, nil, "as temperature"},
	{"min_p", final, nil, "as temperature"},
	{"seed", final, nil, "as temperature; several providers refuse it"},
	{"presence_penalty", final, nil, "as temperature"},
	{"frequency_penalty", final, nil, "as temperature"},
	{"repetition_penalty", final, nil, "as temperature"},
	{"logit_bias", final, nil, "its token ids are of the named model's vocabulary"},
	{"tool_choice", final, nil, "means nothing without tools, which forward"},
	{"parallel_tool_calls", final, nil, "as tool_choice"},
	{"function_call", final, nil, "as tool_choice, for functions"},
	{"reasoning_effort", final, nil, "how hard to think about the answer; the fast model may refuse it"},
	{"thinking", final, nil, "as reasoning_effort"},
	{"reasoning", final, nil, "as reasoning_effort"},
	{"reasoning_split", final, nil, "as reasoning_effort"},
	{"include_reasoning", final, nil, "as reasoning_effort"},
	{"merge_reasoning_content_in_choices", final, nil, "the form of the answer's reasoning"},
	{"verbosity", final, nil, "how long the answer is"},
	{"store", final, nil, "what is stored is the exchange that answered"},
	{"service_tier", final, nil, "a price class of the named model; others may not have it"},
	{"prompt_cache_key", final, nil, "groups prompts with a common beginning, which chunk calls do not share"},
	{"prompt_cache_retention", final, nil, "as prompt_cache_key"},
	{"prompt_cache_options", final, nil, "as prompt_cache_key"},
	{"enable_prompt_caching", final, nil, "as prompt_cache_key"},
	{"moderation", final, nil, "the provider's check of the exchange that answered"},
	{"context_management", final, nil, "the named model's own way to shorten a conversation"},
	{"include_server_side_tool_invocations", final, nil, "means nothing without tools"},
	{"mcp_servers", forward, filled, "tools under another name"},
	{"plugins", forward, filled, "OpenRouter's tools (web, files)"},
	{"vector_store_ids", forward, filled, "LiteLLM adds what it finds for the whole prompt"},
	{"prompt_variables", final, nil, "means nothing without prompt_id"},
	{"prompt_label", final, nil, "as prompt_variables"},
	{"prompt_version", final, nil, "as prompt_variables"},
	{"prompt_environment", final, nil, "as prompt_variables"},
	{"litellm_system_prompt", final, nil, "an instruction for the answer"},
	{"chat_template_kwargs", final, nil, "of the named model's template"},
	{"add_generation_prompt", final, nil, "as chat_template_kwargs"},
	{"continue_final_message", final, nil, "as chat_template_kwargs"},
	{"guided_choice", final, nil, "vLLM's forms of response_format, for the answer: Request.Form"},
	{"guided_json", final, nil, "as guided_choice"},
	{"guided_regex", final, nil, "as guided_choice"},
	{"guided_grammar", final, nil, "as guided_choice"},
	{"structured_outputs", final, nil, "as guided_choice, the newer name"},
	{"enable_json_schema_validation", final, nil, "LiteLLM's check of the answer's form"},
	{"modify_params", final, nil, "LiteLLM's repairs of the caller's own messages"},
	{"ensure_alternating_roles", final, nil, "as modify_params"},
	{"user_continue_message", final, nil, "as modify_params"},
	{"assistant_continue_message", final, nil, "as modify_params"},
	{"allowed_openai_params", final, nil, "names fields that only the final call has"},
	{"additional_drop_params", final, nil, "as allowed_openai_params"},
	{"extra_body", final, nil, "fields for the named model's provider"},
	{"fallbacks", final, nil, "stand-ins for the named model"},
	{"context_window_fallbacks", final, nil, "as fallbacks"},
	{"context_window_fallback_dict", final, nil, "as fallbacks"},
	{"content_policy_fallbacks", final, nil, "as fallbacks"},
	{"disable_fallbacks", final, nil, "as fallbacks"},
	{"max_fallbacks", final, nil, "as fallbacks"},
	{"models", final, nil, "OpenRouter's fallbacks"},
	{"route", final, nil, "as models"},
	{"transforms", final, nil, "as models"},
	{"provider", final, nil, "OpenRouter's choice of provider for the named model"},
	{"num_retries", final, nil, "we retry our own calls"},
	{"max_retries", final, nil, "as num_retries"},
	{"retry_policy", final, nil, "as num_retries"},
	{"retry_strategy", final, nil, "as num_retries"},
	{"cooldown_time", final, nil, "as num_retries"},
	{"timeout", final, nil, "our own calls have chunk_timeout"},
	{"request_timeout", final, nil, "as timeout"},
	{"stream_timeout", final, nil, "as timeout"},
	{"force_timeout", final, nil, "as timeout"},
	{"keepalive_seconds", final, nil, "the stream's keep-alive is ours"},
	{"input_cost_per_token", final, nil, "a price of the named model"},
	{"output_cost_per_token", final, nil, "as input_cost_per_token"},
	{"litellm_call_id", final, nil, "the id of one call"},
	{"id", final, nil, "as litellm_call_id"},
}

// filled: anything but null, false, "", [] and {}.
func filled(raw []byte) bool { return !isEmpty(raw) }

func notNull(raw []byte) bool { return !isNull(raw) }

// notOne: a value that is no number is for upstream to refuse, so it binds.
func notOne(raw []byte) bool {
	n, ok := intOf(raw)
	return !isNull(raw) && !(ok && n == 1)
}

func notZero(raw []byte) bool {
	n, ok := intOf(raw)
	return !isNull(raw) && !(ok && n == 0)
}

func beyondText(raw []byte) bool {
	if isEmpty(raw) {
		return false
	}
	list, ok := elements(raw)
	for _, e := range list {
		ok = ok && bytes.Equal(e, []byte(`"text"`))
	}
	return !ok
}
