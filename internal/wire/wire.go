// Package wire turns the bytes of an API into a reading of them and back. A reading points into the caller's bytes: nothing is decoded into maps,
// and what is sent on is the caller's body with edits, so that fields unknown here survive.
package wire

import (
	"errors"
	"io"
	"iter"
)

// ErrNotUnderstood is wrapped by every error of Parse: the body is not a request that this dialect can vouch for, so it is forwarded as it came.
var ErrNotUnderstood = errors.New("request not understood")

// A Dialect reads and writes one API. Implementations hold no state and are safe for concurrent use.
type Dialect interface {
	// Name is the dialect's short name: "chat".
	Name() string
	// Parse reads a request body, keeping references into it.
	Parse(body []byte) (*Request, error)
	// Call appends a call of ours to dst. Caller's fields that belong to every call (see the field table) are copied from r.
	Call(dst []byte, r *Request, c Call) []byte
	// Edit renders the caller's request with edits; everything not edited keeps its bytes.
	Edit(r *Request, e Edit) []byte
	// Reply reads a whole answer of upstream's.
	Reply(body []byte) (Reply, error)
	// Deltas reads a streamed answer of upstream's. It ends with the stream; a stream that is cut yields io.ErrUnexpectedEOF,
	// and an error frame yields *Error.
	Deltas(body io.Reader) iter.Seq2[Delta, error]
	// Whole gives a reply that was not streamed as deltas, for a caller who asked for a stream: Stream.Pass writes of them what it would have written of
	// upstream's stream, tool calls and refusals too. Their texts are reply.Text; usage and cost are reply's alone.
	Whole(reply Reply) []Delta
	// Answer renders a whole answer for the caller.
	Answer(a Answer) []byte
	// Stream starts a streamed answer for the caller on w; nothing is written before its first method is called.
	Stream(w io.Writer, h Head) Stream
	// ErrorBody renders an error in the dialect's own shape.
	ErrorBody(e *Error) []byte

	skim(body []byte) (*Request, error)
}

// Skim is d.Parse, except that texts with escapes may be left undecoded, their Part's Text being empty, until Request.Decode. Most requests are forwarded
// for their size alone, and decoding is half of what reading them costs.
func Skim(d Dialect, body []byte) (*Request, error) {
	return d.skim(body)
}

// parsed makes Parse of skim.
func parsed(r *Request, err error) (*Request, error) {
	if err == nil {
		r.Decode()
	}
	return r, err
}

// Decode decodes the texts that Skim left. It may be called more than once, but not while others read the request.
func (r *Request) Decode() {
	for i := range r.Messages {
		parts := r.Messages[i].Parts
		for j := range parts {
			if p := &parts[j]; !p.decoded() {
				p.Text = decode(r.Body[p.Start+1:p.End-1], true)
			}
		}
	}
}

func (p *Part) decoded() bool { return p.Text != "" || p.Type != "text" || p.End-p.Start <= len(`""`) }

// Recycle gives back the memory of a request that nobody uses any more; texts taken from it stay good. It is not necessary.
func (r *Request) Recycle() {
	if p := r.home; p != nil {
		*p = chatRequest{}
		chatRequests.Put(p)
	}
}

// A Request is a reading of a caller's body. Read-only after Parse, or after Skim and Decode.
type Request struct {
	Dialect   Dialect
	Body      []byte // the caller's bytes, until DecodeInPlace: see Raw
	Model     string
	Stream    bool
	WantUsage bool // the stream shall carry usage (stream_options.include_usage)
	MaxTokens int  // the caller's limit on the answer, in the model's tokens; 0: none given
	Answers   int  // how many answers one call is to write (n, best_of), at most 1,000; 0: nothing was said, which is one
	Messages  []Message
	// OneCall names, in the order of the field table, what only a single upstream call can honour: "tools", "n", "logprobs", "audio", "prediction", …
	// ("n": 1, "tools": [], null and false do not count).
	OneCall []string
	// Format is response_format's type: "", "text", "json_object" or "json_schema".
	Format string
	Schema []byte // response_format.json_schema.schema, raw; nil when none
	Stop   []string

	fields  []member     // top-level members, in order
	inPlace []inPlace    // in order
	home    *chatRequest // that this is a part of; nil: of no other
}

// A Message is one turn.
type Message struct {
	Role  string // as written: system, developer, user, assistant, tool, function
	Parts []Part // a string content is one part; content null or absent: none
	Tools bool   // a tool turn: role tool/function, or tool_calls/function_call present
	Start int    // the message's JSON in Request.Body
	End   int
}

// A Part is one piece of a message's content.
type Part struct {
	Text  string // decoded text; without escapes it shares the body's memory. Lone surrogates are kept as three bytes (WTF-8).
	Type  string // "text", or the part's own type: "image_url", "input_audio", "file", …
	Start int    // the JSON value (for a text: the string with its quotes) in Request.Body
	End   int
}

// A Call is one upstream call of our own making.
type Call struct {
	Model     string
	System    []string // in pieces
	User      []string // in pieces
	MaxTokens int
	Schema    *Schema // asks for JSON under it; nil: text
	Stream    bool
	// Drop names parameters of ours that this model refused: "temperature", "response_format", "max_tokens" (max_completion_tokens is used instead), "seed",
	// "stream_options"; of the Responses API "max_output_tokens", "text", "store".
	Drop []string
}

// Room is about how long the call's body is, in bytes: text needs few escapes.
func (c *Call) Room() int {
	n := 0
	for _, pieces := range [][]string{c.System, c.User} {
		for _, s := range pieces {
			n += len(s)
		}
	}
	return 1<<10 + n + n/16
}

// A Schema is a JSON schema with the name that OpenAI wants beside it.
type Schema struct {
	Name string
	JSON []byte
}

// An Edit changes a caller's request.
type Edit struct {
	Model     string        // "" keeps the caller's
	Texts     map[At]string // new text of parts
	Drop      map[int]bool  // messages to leave out
	Append    []Turn        // turns after the last message
	Stream    *bool         // nil keeps; true also asks for usage in the stream (stream_options)
	MaxTokens int           // 0 keeps the caller's; else set under the name the caller used (max_tokens where none)
	Without   []string      // as Drop in Call, of what we add: "max_tokens" makes it max_completion_tokens. What the caller set stays
}

// At names a part of a message.
type At struct{ Message, Part int }

// A Turn is a text message of ours.
type Turn struct{ Role, Text string }

// Usage counts tokens as upstream reported them.
type Usage struct {
	Prompt, Completion                     int
	CachedPrompt, WrittenPrompt, Reasoning int // read from the provider's cache, written to it; thinking
}

// Add returns the sum.
func (u Usage) Add(v Usage) Usage {
	return Usage{u.Prompt + v.Prompt, u.Completion + v.Completion, u.CachedPrompt + v.CachedPrompt, u.WrittenPrompt + v.WrittenPrompt, u.Reasoning + v.Reasoning}
}

// Most is each count where it is highest: some streams say after their sums that nothing, or only a part, was counted.
func (u Usage) Most(v Usage) Usage {
	return Usage{max(u.Prompt, v.Prompt), max(u.Completion, v.Completion), max(u.CachedPrompt, v.CachedPrompt), max(u.WrittenPrompt, v.WrittenPrompt), max(u.Reasoning, v.Reasoning)}
}

// A Reply is what one call returned.
type Reply struct {
	Text     string
	Finish   string // "stop", "length", "content_filter", "tool_calls"; the dialect's own words mapped to these
	Refusal  bool   // the model refused (refusal field, content filter)
	Says     bool   // something besides text is an answer too: tool calls, images, audio, an answer that upstream works on. Not reasoning
	Usage    Usage
	HasUsage bool
	Cost     string // usage.cost as decimal text, "" when absent
	Model    string // the model upstream names
	Raw      []byte // the body as it came
}

// A Delta is one event of a streamed reply.
type Delta struct {
	Text    string // content added
	Says    bool   // Choice adds something besides text: reasoning, a refusal, annotations
	Answers bool   // what it adds makes Reply.Says true
	Refuses bool   // it adds a refusal in words
	Choice  []byte // the raw choice object, passed on to the caller by Stream.Pass; nil when the event has none
	Finish  string
	Usage   *Usage
	Cost    string

	reasons bool // the frame has a finish reason, be it null
}

// An Answer is what the caller of a decomposed request gets.
type Answer struct {
	Head
	Base    []byte // the final call's body, whose unknown fields survive; nil: the answer was stitched
	Text    string // replaces the content of Base when SetText
	SetText bool
	Finish  string // "" keeps Base's, "stop" where there is none
	Stopped string // the caller's stop sequence that ended the text; "" none
	Usage   Usage
	Planner []byte // the haiku_planner object, raw JSON
}

// Head is what every event of one answer repeats.
type Head struct {
	ID      string
	Model   string // the request's
	Created int64  // Unix seconds
	// Asked is the request that is answered; nil where it does not matter. Answers of the Responses API repeat what was asked for, and some clients
	// go by that: one without the format of its text is not parsed.
	Asked *Request
}

// A Stream writes one streamed answer: the role once, then content, one finish reason, usage when asked for, the end mark once.
// Not safe for concurrent use. Every method writes whole events in one Write call and returns that call's error.
type Stream interface {
	// KeepAlive writes an event that changes nothing, in the only form that no client minds.
	KeepAlive() error
	// Text adds content.
	Text(s string) error
	// Pass writes what a delta of the final call adds, with our head; role, finish reason and usage are held back.
	Pass(d Delta) error
	// Finish ends the answer. planner, raw JSON, rides with the usage when wantUsage.
	Finish(finish string, wantUsage bool, u Usage, planner []byte) error
	// Fail ends the answer with an error frame that clients raise on.
	Fail(e *Error) error
}

// A Stopper is a Stream of an API that tells which stop sequence ended the text. To be called before Finish.
type Stopper interface {
	StoppedAt(sequence string)
}

// An Error is an error answer, ours or upstream's.
type Error struct {
	Status  int // HTTP
	Message string
	Type    string
	Param   string // "" renders null
	Code    string // "" renders the status
}

func (e *Error) Error() string { return e.Message }
