package litellm

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what a refusal means for the request.
type Kind uint8

const (
	Other           Kind = iota
	ContextWindow        // the prompt, or prompt and max_tokens, do not fit the model's window
	TooLarge             // the body is too big: 413, request_too_large
	TooManyForLimit      // 429 that waiting cannot mend: the request alone is above the limit
	RateLimited          // 429: wait
	Unauthorized         // the key is missing, unknown or expired (401)
	Forbidden            // the key is good but may not do this, or not with this model (403)
	UnknownModel         // no such model, here or at the provider
	BadParameter         // a parameter that this model does not take; Refusal.Param names it
	Budget               // a budget of LiteLLM's, or the account at the provider, is used up
	ContentPolicy        // the provider will not answer this
	Transient            // 408, 409, 425, 5xx: ask again
)

var kindNames = [...]string{"other", "context-window", "too-large", "too-many-for-limit", "rate-limited", "unauthorized", "forbidden", "unknown-model",
	"bad-parameter", "budget", "content-policy", "transient"}

// String is the kind's name in logs and counters: "context-window".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "other"
}

// TooBig says that the same request would be refused again for its size alone, whenever it is sent.
func (k Kind) TooBig() bool { return k == ContextWindow || k == TooLarge || k == TooManyForLimit }

// A Refusal is an answer of status 400 or above, or an error frame in a stream.
type Refusal struct {
	Kind    Kind
	Status  int
	Message string // as upstream wrote it; may quote the request, so it is for the caller's eyes and not for logs
	Type    string
	Param   string // the parameter at fault; "" when none is named
	Code    string

	// Requested and Limit are the numbers of tokens that the message names; 0 when it does not. Anthropic names only the limit: whether the
	// request alone is above it, its sender must tell.
	Requested, Limit int

	// Wait is what the message asks for ("try again in 4s"); 0 when it says nothing.
	Wait time.Duration
}

// ReadRefusal reads a refusal in LiteLLM's, OpenAI's or Anthropic's shape, or in none (an HTML page of a gateway). A status of 0 is an error frame in a
// stream: the status is then the frame's code.
func ReadRefusal(status int, body []byte) Refusal {
	r := Refusal{Status: status}
	r.read(body)
	if r.Status == 0 {
		r.Status, _ = strconv.Atoi(r.Code)
	}
	m := strings.ToLower(r.Message)
	r.Requested, r.Limit = numbers(m)
	r.Wait = wait(m)
	r.Kind = r.kind(m)
	if r.Kind != BadParameter && r.Status != 400 && r.Status != 422 {
		r.Param = ""
	}
	return r
}

func (r *Refusal) read(body []byte) {
	var outer struct {
		Error   json.RawMessage `json:"error"`
		Message loose           `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	body = bytes.TrimSpace(body)
	if json.Unmarshal(body, &outer) != nil {
		r.Message = clip(strings.ToValidUTF8(string(body), "\uFFFD"), maxMessage)
		return
	}
	var inner struct {
		Message loose `json:"message"`
		Type    loose `json:"type"`
		Param   loose `json:"param"`
		Code    loose `json:"code"`
	}
	switch {
	case len(outer.Error) > 0 && outer.Error[0] == '{' && json.Unmarshal(outer.Error, &inner) == nil:
		r.Message, r.Type, r.Param, r.Code = string(inner.Message), string(inner.Type), string(inner.Param), string(inner.Code)
	case len(outer.Error) > 0 && !bytes.Equal(outer.Error, []byte("null")):
		r.Message = unquote(outer.Error)
	case outer.Message != "":
		r.Message = string(outer.Message)
	case len(outer.Detail) > 0:
		r.Message = unquote(outer.Detail)
	default:
		r.Message = string(body)
	}
	r.Message = clip(r.Message, maxMessage)
	if r.Param == "None" {
		r.Param = ""
	}
}

// maxMessage bounds a message; LiteLLM quotes lists of deployments and whole pages.
const maxMessage = 8 << 10

// kind tells by the words first: LiteLLM gives several refusals the status 400 and the type invalid_request_error. m is the message in lower case.
func (r *Refusal) kind(m string) Kind {
	client := r.Status < 500 && r.Status != 429
	switch {
	case r.Type == "budget_exceeded", has(m, "budget has been exceeded", "exceededbudget", "over budget", "insufficient_quota",
		"exceeded your current quota", "credit balance is too low"):
		return Budget
	case r.Code == "context_length_exceeded", has(m, "contextwindowexceedederror", "context_length_exceeded"),
		client && has(m, "maximum context length", "prompt is too long", "exceed context limit", "exceeds the context", "exceed the context",
			"context window", "input is too long", "exceeds the maximum number of tokens", "input token count"):
		return ContextWindow
	case r.Status == 413, client && has(m, "request_too_large"):
		return TooLarge
	case r.Status == 429 && (r.Requested > r.Limit && r.Limit > 0 || has(m, "request too large for")):
		return TooManyForLimit
	case r.Status == 429:
		return RateLimited
	case strings.HasSuffix(r.Type, "_model_access_denied"), client && has(m, "not allowed to access model"):
		return Forbidden
	case r.Status == 401, r.Type == "no_db_connection" && r.Status == 400, r.Type == "token_not_found_in_db", r.Type == "expired_key":
		return Unauthorized
	case has(m, "contentpolicyviolationerror", "content_policy_violation"), r.Code == "content_filter", r.Code == "content_policy_violation":
		return ContentPolicy
	case r.Status == 403:
		return Forbidden
	case r.Status == 404, client && has(m, "invalid model name", "no healthy deployments for this model", "model_not_found"):
		return UnknownModel
	case r.Status == 400 || r.Status == 422:
		if r.Param == "" {
			r.Param = parameter(m)
		}
		if r.Param != "" && r.Param != "messages" {
			return BadParameter
		}
		return Other
	case r.Status >= 500 && keyword.MatchString(m): // LiteLLM's own client could not take it: a 500 that no repetition mends
		r.Param = keyword.FindStringSubmatch(m)[1]
		return BadParameter
	case r.Status == 408, r.Status == 409, r.Status == 425, r.Status >= 500:
		return Transient
	}
	return Other
}

func has(m string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(m, w) {
			return true
		}
	}
	return false
}

// Each pattern has the groups "requested" and "limit", or one of them; "more" is added to requested.
var numberPatterns = []*regexp.Regexp{
	regexp.MustCompile(`limit:? (?P<limit>[\d,]+), (?:used:? [\d,]+, )?requested:? (?P<requested>[\d,]+)`),                                     // OpenAI, tokens a minute
	regexp.MustCompile(`prompt is too long: (?P<requested>[\d,]+) tokens > (?P<limit>[\d,]+)`),                                                 // Anthropic
	regexp.MustCompile(`exceed context limit: (?P<requested>[\d,]+) \+ (?P<more>[\d,]+) > (?P<limit>[\d,]+)`),                                  // Anthropic
	regexp.MustCompile(`maximum context length (?:is|of) (?P<limit>[\d,]+) tokens[^\d]{1,80}?(?:requested|resulted in) (?P<requested>[\d,]+)`), // OpenAI, vLLM
	regexp.MustCompile(`configured limit of (?P<limit>[\d,]+) tokens[^\d]{1,80}?resulted in (?P<requested>[\d,]+)`),                            // OpenAI
	regexp.MustCompile(`input token count \(?(?P<requested>[\d,]+)\)? exceeds the maximum number of tokens allowed \(?(?P<limit>[\d,]+)`),      // Gemini
	regexp.MustCompile(`rate limit of (?P<limit>[\d,]+) (?:input |output )?tokens per minute`),                                                 // Anthropic
	regexp.MustCompile(`maximum context length (?:is|of) (?P<limit>[\d,]+)`),
}

func numbers(m string) (requested, limit int) {
	for _, p := range numberPatterns {
		found := p.FindStringSubmatch(m)
		if found == nil {
			continue
		}
		for i, name := range p.SubexpNames() {
			if name == "" {
				continue
			}
			n, err := strconv.Atoi(strings.ReplaceAll(found[i], ",", ""))
			if err != nil || n > 1<<30 {
				continue
			}
			if name == "limit" {
				limit = n
			} else {
				requested += n
			}
		}
		return requested, limit
	}
	return 0, 0
}

var waitPattern = regexp.MustCompile(`try again in (?:(\d{1,3})m)?(\d{1,6}(?:\.\d{1,6})?) ?(ms|s\b|seconds?)`)

func wait(m string) time.Duration {
	found := waitPattern.FindStringSubmatch(m)
	if found == nil {
		return 0
	}
	minutes, _ := strconv.Atoi(found[1])
	amount, _ := strconv.ParseFloat(found[2], 64)
	unit := time.Second
	if found[3] == "ms" {
		unit = time.Millisecond
	}
	return min(time.Duration(minutes)*time.Minute+time.Duration(amount*float64(unit)), maxWait)
}

var keyword = regexp.MustCompile(`unexpected keyword argument '(\w+)'`)

// parameters are the names that a message may put the blame on; a longer name stands before its own beginning.
var parameters = regexp.MustCompile(`\b(max_completion_tokens|max_output_tokens|max_tokens|temperature|top_p|top_k|response_format|output_format|output_config|json_schema|seed|stop_sequences|stop|` +
	`stream_options|metadata|frequency_penalty|presence_penalty|logit_bias|top_logprobs|logprobs|reasoning_effort|parallel_tool_calls|tool_choice|tools|` +
	`service_tier|safety_identifier|prompt_cache_key)\b`)

// parameter finds the parameter that a message complains of, where the message is a complaint about one at all.
func parameter(m string) string {
	if !has(m, "support", "not permitted", "invalid parameter", "invalid value", "deprecated", "too large", "too many", "maximum allowed", "unrecognized",
		"unknown parameter", "must be", "not allowed", "cannot both be", "may not be") {
		return ""
	}
	name := parameters.FindString(m)
	switch name {
	case "json_schema", "output_format", "output_config":
		return "response_format"
	case "stop_sequences":
		return "stop"
	}
	return name
}

// loose is a JSON string or number as text; anything else reads as "".
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] == '{' || b[0] == '[' || bytes.Equal(b, []byte("null")) {
		return nil
	}
	*l = loose(unquote(b))
	return nil
}

func unquote(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// clip cuts s to at most n bytes without cutting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
