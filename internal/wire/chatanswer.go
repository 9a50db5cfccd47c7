package wire

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strconv"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// Answer implements Dialect. A Base that is no chat completion is treated as absent. Members of Base's usage other than the counts are left
// out: they are true of one call only.
func (chat) Answer(a Answer) []byte {
	if a.Base != nil {
		if b, ok := answerFrom(a); ok {
			return b
		}
	}
	b := make([]byte, 0, 512+len(a.Text)+len(a.Text)/16+len(a.Planner))
	b = appendHead(append(b, '{'), a.Head, "chat.completion")
	b = append(b, `,"choices":[{"index":0,"message":{"role":"assistant","content":`...)
	b = appendString(b, a.Text)
	b = append(b, `,"refusal":null},"logprobs":null,"finish_reason":`...)
	b = appendString(b, cmp.Or(a.Finish, "stop"))
	return appendEnd(append(b, '}'), a.Usage, a.Planner)
}

// editBase sets what is ours in the final call's body, and finds its first choice: that is nil where there is none.
func editBase(p *splicer, a Answer) (choice []byte, inner []member, from int) {
	top, ok := members(a.Base)
	if choice = firstChoice(find(a.Base, top, "choices")); !ok || choice == nil {
		return nil, nil, 0
	}
	editHead(p, bytes.LastIndexByte(a.Base, '}')+1, top, a)
	inner, from = within(a.Base, choice)
	return choice, inner, from
}

// answerFrom edits the final call's body.
func answerFrom(a Answer) ([]byte, bool) {
	p := splicer{src: a.Base}
	choice, inner, from := editBase(&p, a)
	if choice == nil {
		return nil, false
	}
	if a.Finish != "" && !(a.Finish == "tool_calls" && callsFunction(find(a.Base, inner, "finish_reason"))) {
		p.set(from+len(choice), inner, "finish_reason", appendString(nil, a.Finish))
	}
	if a.SetText {
		content := appendString(nil, a.Text)
		if message := find(a.Base, inner, "message"); isNull(message) {
			p.set(from+len(choice), inner, "message", append(append([]byte(`{"role":"assistant","content":`), content...), '}'))
		} else {
			list, at := within(a.Base, message)
			p.set(at+len(message), list, "content", content)
		}
	}
	return p.bytes(), true
}

// editHead sets what is ours in an answer whose top-level members are top: head, usage and planner object.
func editHead(p *splicer, end int, top []member, a Answer) {
	if a.ID != "" {
		p.set(end, top, "id", appendString(nil, a.ID))
	}
	if a.Created != 0 {
		p.set(end, top, "created", strconv.AppendInt(nil, a.Created, 10))
	}
	if a.Model != "" {
		p.set(end, top, "model", appendString(nil, a.Model))
	}
	p.set(end, top, "usage", appendUsage(nil, a.Usage))
	if len(a.Planner) > 0 {
		p.set(end, top, "haiku_planner", a.Planner)
	}
}

// within reads the object part, a slice of whole, giving positions in whole and where part starts in it.
func within(whole, part []byte) (list []member, from int) {
	// Both slices end where the same array ends, so their capacities differ by the distance of their starts.
	from = cap(whole) - cap(part)
	list, _ = members(part)
	for i := range list {
		list[i].name += from
		list[i].start += from
		list[i].end += from
	}
	return list, from
}

func appendHead(b []byte, h Head, object string) []byte {
	b = append(b, `"id":`...)
	b = appendString(b, h.ID)
	b = append(b, `,"object":"`...)
	b = append(b, object...)
	b = append(b, `","created":`...)
	b = strconv.AppendInt(b, h.Created, 10)
	b = append(b, `,"model":`...)
	return appendString(b, h.Model)
}

// appendEnd ends an answer, or a chunk of one, whose choices stand there.
func appendEnd(b []byte, u Usage, planner []byte) []byte {
	b = appendUsage(append(b, `],"usage":`...), u)
	if len(planner) > 0 {
		b = append(append(b, `,"haiku_planner":`...), planner...)
	}
	return append(b, '}')
}

func appendUsage(b []byte, u Usage) []byte {
	b = append(b, `{"prompt_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Prompt), 10)
	b = append(b, `,"completion_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Completion), 10)
	b = append(b, `,"total_tokens":`...)
	b = strconv.AppendInt(b, int64(u.Prompt+u.Completion), 10)
	if u.CachedPrompt > 0 {
		b = append(b, `,"prompt_tokens_details":{"cached_tokens":`...)
		b = strconv.AppendInt(b, int64(u.CachedPrompt), 10)
		b = append(b, '}')
	}
	if u.Reasoning > 0 {
		b = append(b, `,"completion_tokens_details":{"reasoning_tokens":`...)
		b = strconv.AppendInt(b, int64(u.Reasoning), 10)
		b = append(b, '}')
	}
	return append(b, '}')
}

// ErrorBody implements Dialect: LiteLLM's and OpenAI's shape, the code always a string.
func (chat) ErrorBody(e *Error) []byte {
	b := append(make([]byte, 0, 128+len(e.Message)), `{"error":{"message":`...)
	b = appendString(b, e.Message)
	b = append(b, `,"type":`...)
	b = appendOrNull(b, e.Type)
	b = append(b, `,"param":`...)
	b = appendOrNull(b, e.Param)
	b = append(b, `,"code":`...)
	code := e.Code
	if code == "" && e.Status != 0 {
		code = strconv.Itoa(e.Status)
	}
	b = appendOrNull(b, code)
	return append(b, `}}`...)
}

func appendOrNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, `null`...)
	}
	return appendString(b, s)
}

// errEnded is what a stream's methods return after Finish or Fail.
var errEnded = errors.New("the streamed answer has ended")

// Stream implements Dialect.
func (chat) Stream(w io.Writer, h Head) Stream {
	head := appendHead([]byte{'{'}, h, "chat.completion.chunk")
	return &chatStream{chunkStream: chunkStream{w: w, head: append(head, `,"choices":[`...)}}
}

// A chunkStream is what streams of chat completions and of their predecessor have in common.
type chunkStream struct {
	w     io.Writer
	head  []byte // a chunk up to its choices
	data  []byte // the chunk being written
	out   []byte // the events of the next Write
	ended bool
}

type chatStream struct {
	chunkStream
	role     bool // has been written
	function bool // the final call ends with function_call
}

const roleChoice = `{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`

// begin starts a Write with the role chunk where it is due.
func (c *chatStream) begin() {
	if !c.role {
		c.role = true
		c.event(roleChoice)
	}
}

// event appends a chunk whose choices, and what follows them, are rest.
func (c *chunkStream) event(rest string) {
	c.data = append(append(c.data[:0], c.head...), rest...)
	c.out = sse.Append(c.out, "", c.data)
}

func (c *chunkStream) flush() error {
	_, err := c.w.Write(c.out)
	c.out = c.out[:0]
	return err
}

// KeepAlive writes an empty content delta; the role chunk, where it is still due, is one.
func (c *chatStream) KeepAlive() error {
	if c.ended {
		return errEnded
	}
	due := !c.role
	c.begin()
	if !due {
		c.event(`{"index":0,"delta":{"content":""},"finish_reason":null}]}`)
	}
	return c.flush()
}

// Text writes nothing for "".
func (c *chatStream) Text(s string) error {
	if c.ended {
		return errEnded
	}
	if s == "" {
		return nil
	}
	c.begin()
	c.data = append(append(c.data[:0], c.head...), `{"index":0,"delta":{"content":`...)
	c.data = append(appendString(c.data, s), `},"finish_reason":null}]}`...)
	c.out = sse.Append(c.out, "", c.data)
	return c.flush()
}

// Pass writes nothing for a delta that adds nothing. A delta without a choice adds its Text.
func (c *chatStream) Pass(d Delta) error {
	if c.ended {
		return errEnded
	}
	if d.Choice == nil {
		return c.Text(d.Text)
	}
	if d.Finish == "tool_calls" {
		list, _ := members(d.Choice)
		c.function = callsFunction(find(d.Choice, list, "finish_reason"))
	}
	var says bool
	c.data, says = appendChoice(append(c.data[:0], c.head...), d.Choice)
	if !says {
		return nil
	}
	c.data = append(c.data, `]}`...)
	if !c.role {
		choice := string(c.data)
		c.begin()
		c.data = append(c.data[:0], choice...)
	}
	c.out = sse.Append(c.out, "", c.data)
	return c.flush()
}

// appendChoice appends a streamed choice rewritten for our stream: index 0, no finish reason, no role. It says whether anything is left.
func appendChoice(b, raw []byte) (_ []byte, says bool) {
	var buf, bufDelta [8]member
	list, ok := membersInto(buf[:0], raw)
	if !ok {
		return b, false
	}
	from := len(b)
	b = append(b, `{"index":0,"delta":{`...)
	delta := find(raw, list, "delta")
	inner, _ := membersInto(bufDelta[:0], delta)
	comma := false
	for _, m := range inner {
		if m.key == "role" {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		comma = true
		b = append(b, delta[m.name:m.end]...)
		says = says || !isEmpty(delta[m.start:m.end])
	}
	b = append(b, '}')
	for _, m := range list {
		switch m.key {
		case "index", "delta", "finish_reason":
		default:
			b = append(b, ',')
			b = append(b, raw[m.name:m.end]...)
			says = says || !isEmpty(raw[m.start:m.end])
		}
	}
	b = append(b, `,"finish_reason":null}`...)
	oneLine(b[from:])
	return b, says
}

// callsFunction says whether a finish reason is that of the older functions, whose clients wait for this very word. Everybody else here calls it tool_calls.
func callsFunction(raw []byte) bool {
	word, _ := stringOf(raw)
	return word == "function_call"
}

// Finish writes the finish reason, "stop" for "", the usage where it is wanted, and the end mark.
func (c *chatStream) Finish(finish string, wantUsage bool, u Usage, planner []byte) error {
	if c.ended {
		return errEnded
	}
	if finish == "tool_calls" && c.function {
		finish = "function_call"
	}
	c.begin()
	c.data = append(append(c.data[:0], c.head...), `{"index":0,"delta":{},"finish_reason":`...)
	c.data = append(appendString(c.data, cmp.Or(finish, "stop")), `}]}`...)
	c.out = sse.Append(c.out, "", c.data)
	return c.end(wantUsage, u, planner)
}

// end writes the usage where it is wanted, and the end mark.
func (c *chunkStream) end(wantUsage bool, u Usage, planner []byte) error {
	c.ended = true
	if wantUsage {
		c.data = appendEnd(append(c.data[:0], c.head...), u, planner)
		c.out = sse.Append(c.out, "", c.data)
	}
	c.out = sse.Append(c.out, "", []byte("[DONE]"))
	return c.flush()
}

// Fail writes the error frame and the end mark.
func (c *chunkStream) Fail(e *Error) error {
	if c.ended {
		return errEnded
	}
	c.ended = true
	c.out = sse.Append(c.out, "", chat{}.ErrorBody(e))
	c.out = sse.Append(c.out, "", []byte("[DONE]"))
	return c.flush()
}
