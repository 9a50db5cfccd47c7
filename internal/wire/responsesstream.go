package wire

import (
	"io"
	"strconv"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// Stream implements Dialect. The events are those of OpenAI's own streams, in their order, with sequence numbers from 0 on and without the padding that
// stream_options can ask for. SDKs hold a stream to its ids: the response's is that of the final call where its first event is known before
// anything was written, and the head's otherwise; it never changes.
func (responses) Stream(w io.Writer, h Head) Stream {
	return &responseStream{w: w, head: h, message: -1}
}

type responseStream struct {
	w     io.Writer
	head  Head
	seq   int
	begun bool
	ended bool

	items   [][]byte    // as they stand in the response's output; nil for our message while it is open
	foreign map[int]int // output indexes of the final call's own items that are open, and ours
	touched bool        // an open item of the final call's has grown since it was added
	delta   []byte      // the last event that made it grow by a delta; empty: none
	base    []byte      // the final call's response

	message   int           // output index of our message item; -1: none is open
	messageID string        // of it, or that which the next one shall have
	parts     []messagePart // of it; the last one is open
	theirs    []byte        // the final call's item of that id, once it is done there

	refused bool // a refusal was written

	data, out []byte
}

func (c *responseStream) flush() error {
	_, err := c.w.Write(c.out)
	c.out = c.out[:0]
	return err
}

// event begins an event: its type and sequence number.
func (c *responseStream) event(kind string) {
	c.data = append(append(c.data[:0], `{"type":"`...), kind...)
	c.data = strconv.AppendInt(append(c.data, `","sequence_number":`...), int64(c.seq), 10)
	c.seq++
}

// send ends an event.
func (c *responseStream) send(kind string) {
	c.data = append(c.data, '}')
	c.out = sse.Append(c.out, kind, c.data)
}

// progress writes an event that shows the response as it stands before its end.
func (c *responseStream) progress(kind string) {
	c.event(kind)
	c.data = appendResponse(append(c.data, `,"response":`...), c.head, "in_progress", "")
	c.data = append(append(c.data, `,"output":`...), c.output()...)
	c.data = append(c.data, `,"error":null,"usage":null}`...)
	c.send(kind)
}

func (c *responseStream) begin() {
	if !c.begun {
		c.begun = true
		c.progress("response.created")
		c.progress("response.in_progress")
	}
}

// at appends where in the response an event belongs; part < 0 is the item itself.
func (c *responseStream) at(part int) {
	c.data = strconv.AppendInt(append(c.data, `,"output_index":`...), int64(c.message), 10)
	if part < 0 {
		return
	}
	c.data = appendString(append(c.data, `,"item_id":`...), c.messageID)
	c.data = strconv.AppendInt(append(c.data, `,"content_index":`...), int64(part), 10)
}

// open sees to it that a part of the kind wanted is open in our message item.
func (c *responseStream) open(refusal bool) {
	c.begin()
	if c.message < 0 {
		c.message = len(c.items)
		c.items = append(c.items, nil)
		if c.messageID == "" {
			c.messageID = messageID(c.head.ID)
			if c.message > 0 {
				c.messageID += "_" + strconv.Itoa(c.message)
			}
		}
		c.event("response.output_item.added")
		c.at(-1)
		c.data = appendMessageItem(append(c.data, `,"item":`...), c.messageID, "in_progress", nil)
		c.send("response.output_item.added")
	}
	if n := len(c.parts); n > 0 && c.parts[n-1].refusal == refusal {
		return
	}
	c.closePart()
	c.parts = append(c.parts, messagePart{refusal: refusal})
	c.event("response.content_part.added")
	c.at(len(c.parts) - 1)
	c.data = appendPart(append(c.data, `,"part":`...), refusal, "")
	c.send("response.content_part.added")
}

// add writes a delta of the open part.
func (c *responseStream) add(refusal bool, s string) {
	c.open(refusal)
	c.refused = c.refused || refusal
	p := &c.parts[len(c.parts)-1]
	p.text = append(p.text, s...)
	kind := "response.output_text.delta"
	if refusal {
		kind = "response.refusal.delta"
	}
	c.event(kind)
	c.at(len(c.parts) - 1)
	c.data = appendString(append(c.data, `,"delta":`...), s)
	if !refusal {
		c.data = append(c.data, `,"logprobs":[]`...)
	}
	c.send(kind)
}

func (c *responseStream) closePart() {
	i := len(c.parts) - 1
	if i < 0 {
		return
	}
	p := c.parts[i]
	if p.refusal {
		c.event("response.refusal.done")
		c.at(i)
		c.data = appendString(append(c.data, `,"refusal":`...), share(p.text))
		c.send("response.refusal.done")
	} else {
		c.event("response.output_text.done")
		c.at(i)
		c.data = appendString(append(c.data, `,"text":`...), share(p.text))
		c.data = append(c.data, `,"logprobs":[]`...)
		c.send("response.output_text.done")
	}
	c.event("response.content_part.done")
	c.at(i)
	c.data = appendPart(append(c.data, `,"part":`...), p.refusal, share(p.text))
	c.send("response.content_part.done")
}

// closeMessage ends our message item, if one is open: as the final call's own, where that says the same.
func (c *responseStream) closeMessage(status string) {
	if c.message < 0 {
		return
	}
	c.closePart()
	if c.theirs == nil || !c.same(c.theirs) {
		c.theirs = appendMessageItem(nil, c.messageID, status, c.parts)
	}
	c.items[c.message] = c.theirs
	c.event("response.output_item.done")
	c.at(-1)
	c.data = append(append(c.data, `,"item":`...), c.theirs...)
	c.send("response.output_item.done")
	c.message, c.messageID, c.parts, c.theirs = -1, "", nil, nil
}

// KeepAlive adds nothing to whatever is open: an empty delta. Where there is nothing to add to, response.in_progress is repeated with the items so far,
// since openai-node takes it for the whole state. (OpenAI's own keepalive event ends the streams of openai-node before 6.46 and of other SDKs.)
// It writes nothing in the moment between an item's part and that part's first delta.
func (c *responseStream) KeepAlive() error {
	switch {
	case c.ended:
		return errEnded
	case !c.begun:
		c.begin()
	case c.message >= 0:
		c.add(c.parts[len(c.parts)-1].refusal, "")
	case len(c.foreign) == 0 || !c.touched:
		c.progress("response.in_progress")
	case len(c.delta) > 0:
		var buf [12]member
		list, _ := membersInto(buf[:0], c.delta)
		kind, _ := stringOf(find(c.delta, list, "type"))
		index, _ := intOf(find(c.delta, list, "output_index"))
		c.again(kind, c.delta, list, c.foreign[index], `""`)
	default:
		return nil
	}
	return c.flush()
}

// Text writes nothing for "".
func (c *responseStream) Text(s string) error {
	if c.ended {
		return errEnded
	}
	if s == "" {
		return nil
	}
	c.add(false, s)
	return c.flush()
}

// Pass writes the delta's text into our message, and what it says besides. Items of the final call's own, reasoning or a tool's, stand where they come:
// a message that is open ends before them.
func (c *responseStream) Pass(d Delta) error {
	if c.ended {
		return errEnded
	}
	events, _ := elements(d.Choice)
	for _, raw := range events {
		c.pass(raw)
	}
	if d.Text != "" {
		c.add(false, d.Text)
	}
	if len(c.out) == 0 {
		return nil
	}
	return c.flush()
}

// pass takes one event of the final call's.
func (c *responseStream) pass(raw []byte) {
	var buf [12]member
	list, ok := membersInto(buf[:0], raw)
	if !ok {
		return
	}
	kind, _ := stringOf(find(raw, list, "type"))
	switch eventUses[kind] {
	case earlyEvent:
		c.adopt(find(raw, list, "response"))
	case itemEvent:
		c.passItem(kind, raw, list)
	case endEvent:
		c.base = append([]byte(nil), find(raw, list, "response")...)
		c.adopt(c.base)
		c.closeForeign()
	case saysEvent:
		if kind == "response.refusal.delta" {
			if s, _ := stringOf(find(raw, list, "delta")); s != "" {
				c.add(true, s)
			}
			return
		}
		index, ok := intOf(find(raw, list, "output_index"))
		ours, known := c.foreign[index]
		if id, _ := stringOf(find(raw, list, "item_id")); !known && c.message >= 0 && id == c.messageID {
			ours, known = c.message, true // an annotation
		}
		if !ok || !known {
			return
		}
		c.again(kind, raw, list, ours, "")
		if c.message < 0 {
			c.touched = true
			if strings.HasSuffix(kind, ".delta") {
				c.delta = append(c.delta[:0], raw...)
			}
		}
	}
}

// passItem takes the event of an item's beginning or end.
func (c *responseStream) passItem(kind string, raw []byte, list []member) {
	index, ok := intOf(find(raw, list, "output_index"))
	item := find(raw, list, "item")
	inner, isItem := members(item)
	if !ok || !isItem {
		return
	}
	what, _ := stringOf(find(item, inner, "type"))
	id, _ := stringOf(find(item, inner, "id"))
	begins := kind == "response.output_item.added"
	switch {
	case what == "message" && begins:
		if c.message < 0 {
			c.messageID = strings.Clone(id)
		}
	case what == "message":
		if c.message >= 0 && id == c.messageID { // it may still go on, when the final call is only the first of several
			c.theirs = oneLine(append([]byte(nil), item...))
		}
	case begins:
		c.begin()
		c.closeMessage("completed")
		if c.foreign == nil {
			c.foreign = map[int]int{}
		}
		c.foreign[index] = len(c.items)
		c.touched, c.delta = false, c.delta[:0]
		c.items = append(c.items, oneLine(append([]byte(nil), item...)))
		c.again(kind, raw, list, c.foreign[index], "")
	default:
		if ours, known := c.foreign[index]; known {
			c.items[ours] = oneLine(append([]byte(nil), item...))
			c.again(kind, raw, list, ours, "")
			delete(c.foreign, index)
			c.delta = c.delta[:0]
		}
	}
}

// closeForeign ends the items that the final call left open, as its response has them: some servers tell only there what became of them.
func (c *responseStream) closeForeign() {
	top, _ := members(c.base)
	items, _ := elements(find(c.base, top, "output"))
	for i, item := range items {
		if ours, open := c.foreign[i]; open && typeOf(item) == typeOf(c.items[ours]) {
			event := strconv.AppendInt([]byte(`{"type":"response.output_item.done","output_index":`), int64(i), 10)
			c.pass(append(append(append(event, `,"item":`...), item...), '}'))
		}
	}
}

func typeOf(object []byte) string {
	list, _ := members(object)
	kind, _ := stringOf(find(object, list, "type"))
	return kind
}

// same says whether a message item of the final call's has what was written of our open message.
func (c *responseStream) same(item []byte) bool {
	list, _ := members(item)
	parts, _ := elements(find(item, list, "content"))
	if len(parts) != len(c.parts) {
		return false
	}
	for i, part := range parts {
		inner, _ := members(part)
		name := "text"
		if c.parts[i].refusal {
			name = "refusal"
		}
		if text, _ := stringOf(find(part, inner, name)); text != string(c.parts[i].text) {
			return false
		}
	}
	return true
}

// adopt takes the id of the final call's response while nothing was written.
func (c *responseStream) adopt(response []byte) {
	list, _ := members(response)
	if id, _ := stringOf(find(response, list, "id")); id != "" && !c.begun {
		c.head.ID = strings.Clone(id)
	}
}

// again writes an event of the final call's with our numbers, and with another delta unless that is "".
func (c *responseStream) again(kind string, raw []byte, list []member, ours int, delta string) {
	c.event(kind)
	c.data = strconv.AppendInt(append(c.data, `,"output_index":`...), int64(ours), 10)
	from := len(c.data)
	for _, m := range list {
		switch {
		case m.key == "type", m.key == "sequence_number", m.key == "output_index":
		case m.key == "delta" && delta != "":
			c.data = append(append(c.data, `,"delta":`...), delta...)
		default:
			c.data = append(append(c.data, ','), raw[m.name:m.end]...)
		}
	}
	oneLine(c.data[from:])
	c.send(kind)
}

// Finish closes the message and writes the whole response, whose usage is there whether or not it was asked for.
func (c *responseStream) Finish(finish string, _ bool, u Usage, planner []byte) error {
	if c.ended {
		return errEnded
	}
	status, _ := statusOf(finish)
	if c.message < 0 && len(c.items) == 0 {
		c.open(false)
	}
	if c.refused && finish == "content_filter" {
		status, finish = "completed", "stop" // the refusal is the answer
	}
	c.closeMessage(status)
	c.ended = true
	kind := "response." + status
	response := c.response(finish)
	top, _ := members(response)
	p := splicer{src: response}
	setOurs(&p, len(response), top, c.head.Model, u, planner)
	c.event(kind)
	c.data = append(append(c.data, `,"response":`...), p.bytes()...)
	c.send(kind)
	return c.flush()
}

// output is the response's output so far.
func (c *responseStream) output() []byte {
	b := []byte{'['}
	for _, item := range c.items {
		if item != nil {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, item...)
		}
	}
	return append(b, ']')
}

// response is the response object at the end, without what is ours: the final call's where there is one.
func (c *responseStream) response(finish string) []byte {
	base := oneLine(c.base)
	if top, ok := members(base); ok {
		end := len(base)
		for base[end-1] != '}' {
			end--
		}
		base = base[:end]
		p := splicer{src: base}
		p.set(end, top, "id", appendString(nil, c.head.ID))
		if find(base, top, "created_at") != nil {
			p.set(end, top, "created_at", strconv.AppendInt(nil, c.head.Created, 10)) // as the events before said
		}
		p.set(end, top, "output", c.output())
		setStatus(&p, end, top, finish)
		return p.bytes()
	}
	b := appendResponse(nil, c.head, "completed", finish)
	b = append(append(b, `,"output":`...), c.output()...)
	return append(b, `,"error":null}`...)
}

// Fail writes a failed response, which some clients go by, and an error event: its error member is what most of them raise on, the same words beside
// it are what OpenAI's description of the event has.
func (c *responseStream) Fail(e *Error) error {
	if c.ended {
		return errEnded
	}
	c.begin()
	c.closeMessage("incomplete")
	c.ended = true
	code := e.Code
	if status, err := strconv.Atoi(code); code == "" || err == nil { // LiteLLM gives the status, the API has words
		code = "server_error"
		if status == 429 || e.Status == 429 {
			code = "rate_limit_exceeded"
		}
	}
	c.event("response.failed")
	c.data = appendResponse(append(c.data, `,"response":`...), c.head, "failed", "")
	c.data = append(append(c.data, `,"output":`...), c.output()...)
	c.data = appendString(append(c.data, `,"error":{"code":`...), code)
	c.data = appendString(append(c.data, `,"message":`...), e.Message)
	c.data = append(c.data, `},"usage":null}`...)
	c.send("response.failed")
	c.event("error")
	if code = e.Code; code == "" && e.Status != 0 {
		code = strconv.Itoa(e.Status)
	}
	c.data = appendOrNull(append(c.data, `,"code":`...), code)
	c.data = appendString(append(c.data, `,"message":`...), e.Message)
	c.data = appendOrNull(append(c.data, `,"param":`...), e.Param)
	body := chat{}.ErrorBody(e)
	c.data = append(append(c.data, ','), body[1:len(body)-1]...)
	c.send("error")
	return c.flush()
}
