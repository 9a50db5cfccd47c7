package wire

import (
	"io"
	"strconv"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// Stream implements Dialect. Events that clients of this API know: message_start once, ping to keep alive, content blocks with indices that count from 0
// without gaps, message_delta with stop reason and usage, message_stop. Text of ours and of the final call's first text block is one block.
func (messages) Stream(w io.Writer, h Head) Stream {
	b := append(make([]byte, 0, 256), `{"type":"message_start","message":{"id":`...)
	b = appendString(b, h.ID)
	b = append(b, `,"type":"message","role":"assistant","model":`...)
	b = appendString(b, h.Model)
	b = append(b, `,"content":[],"stop_reason":null,"stop_sequence":null,"usage":`...)
	b = appendMessagesUsage(b, Usage{})
	return &messagesStream{w: w, start: append(b, `}}`...), index: -1, theirs: -1}
}

type messagesStream struct {
	w     io.Writer
	start []byte // message_start's data; nil once written
	data  []byte // of the event being written
	out   []byte // the events of this Write
	ended bool

	index  int  // of the block written last; -1: none yet
	open   bool // it has no stop event yet
	text   bool // it is a text block
	ours   bool // it has text of ours
	theirs int  // index of the final call's block that goes on in it; -1: none
	last   int  // index of the final call's block that started last

	stop    []byte // the final call's message_delta
	stopped string // the caller's stop sequence that ended the text
}

// begin starts a Write with message_start where it is due.
func (m *messagesStream) begin() {
	m.out = m.out[:0]
	if m.start != nil {
		m.out = sse.Append(m.out, "message_start", m.start)
		m.start = nil
	}
}

func (m *messagesStream) event(name string) { m.out = sse.Append(m.out, name, m.data) }

func (m *messagesStream) flush() error {
	if len(m.out) == 0 {
		return nil
	}
	_, err := m.w.Write(m.out)
	return err
}

// KeepAlive writes the API's own ping, after message_start where that is due.
func (m *messagesStream) KeepAlive() error {
	if m.ended {
		return errEnded
	}
	m.begin()
	m.out = sse.Append(m.out, "ping", []byte(`{"type":"ping"}`))
	return m.flush()
}

// Text writes nothing for "".
func (m *messagesStream) Text(s string) error {
	if m.ended {
		return errEnded
	}
	if s == "" {
		return nil
	}
	m.begin()
	m.addText(s)
	m.ours, m.theirs = true, -1
	return m.flush()
}

// addText adds to the open text block, or to a new one.
func (m *messagesStream) addText(s string) {
	if !m.open || !m.text {
		m.newBlock(true)
		m.data = append(m.indexed("content_block_start"), `,"content_block":{"type":"text","text":""}}`...)
		m.event("content_block_start")
	}
	m.data = append(m.indexed("content_block_delta"), `,"delta":{"type":"text_delta","text":`...)
	m.data = append(appendString(m.data, s), `}}`...)
	m.event("content_block_delta")
}

// indexed begins an event's data.
func (m *messagesStream) indexed(kind string) []byte {
	b := append(append(m.data[:0], `{"type":"`...), kind...)
	return strconv.AppendInt(append(b, `","index":`...), int64(m.index), 10)
}

// newBlock closes the open block and counts the next one.
func (m *messagesStream) newBlock(text bool) {
	m.closeBlock()
	m.index++
	m.open, m.text, m.ours = true, text, false
}

func (m *messagesStream) closeBlock() {
	if m.open {
		m.data = append(m.indexed("content_block_stop"), '}')
		m.event("content_block_stop")
		m.open = false
	}
}

// Pass writes an event of the final call under our index. A block's stop waits until it is known that the block does not go on; a text whose start was
// never passed starts here; what belongs to another block that was never started is dropped. message_delta is kept for Finish.
func (m *messagesStream) Pass(d Delta) error {
	if m.ended {
		return errEnded
	}
	if d.Choice == nil {
		return m.Text(d.Text)
	}
	var buf, bufInner [8]member
	top, ok := membersInto(buf[:0], d.Choice)
	if !ok {
		return nil
	}
	kind, _ := stringOf(find(d.Choice, top, "type"))
	at, _ := intOf(find(d.Choice, top, "index"))
	switch kind {
	case "message_delta":
		m.stop = d.Choice
		return nil
	case "content_block_stop":
		if at == m.theirs {
			m.theirs = -1
			if !m.text {
				m.begin()
				m.closeBlock()
				return m.flush()
			}
		}
		return nil
	case "content_block_start":
		block := find(d.Choice, top, "content_block")
		inner, _ := membersInto(bufInner[:0], block)
		what, _ := stringOf(find(block, inner, "type"))
		again := m.ours || at <= m.last // the first text of another call, or after text of ours
		m.begin()
		if what == "text" && m.open && m.text && again {
			if d.Text != "" {
				m.addText(d.Text)
			}
			m.ours = false
		} else {
			m.newBlock(what == "text")
			m.passEvent(kind, d.Choice, top)
		}
		m.theirs, m.last = at, at
		return m.flush()
	case "content_block_delta":
		switch {
		case at == m.theirs && m.open:
			m.begin()
			m.passEvent(kind, d.Choice, top)
		case d.Text != "":
			m.begin()
			m.addText(d.Text)
			m.theirs, m.last, m.ours = at, at, false
		default:
			return nil
		}
		return m.flush()
	}
	return nil
}

// passEvent appends an event of the final call with our index in place of its own.
func (m *messagesStream) passEvent(kind string, raw []byte, top []member) {
	b := m.indexed(kind)
	for _, f := range top {
		if f.key == "type" || f.key == "index" {
			continue
		}
		b = append(b, ',')
		b = append(b, raw[f.name:f.end]...)
	}
	m.data = oneLine(append(b, '}'))
	m.event(kind)
}

// oneLine: outside strings JSON may hold line ends, which would cut the event in lines that some clients do not join.
func oneLine(b []byte) []byte {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			b[i] = ' '
		}
	}
	return b
}

// Finish writes the stop reason, end_turn for "", the usage, which this API's streams always have, and the end. The final call's own stop reason and
// stop sequence are kept where they mean finish.
func (m *messagesStream) Finish(finish string, wantUsage bool, u Usage, planner []byte) error {
	if m.ended {
		return errEnded
	}
	m.begin()
	m.closeBlock()
	m.ended = true
	m.data = append(m.data[:0], `{"type":"message_delta","delta":`...)
	m.data = append(m.appendStop(m.data, finish), `,"usage":`...)
	m.data = appendMessagesUsage(m.data, u)
	if wantUsage && len(planner) > 0 {
		m.data = append(append(m.data, `,"haiku_planner":`...), planner...)
	}
	m.data = oneLine(append(m.data, '}'))
	m.event("message_delta")
	m.out = sse.Append(m.out, "message_stop", []byte(`{"type":"message_stop"}`))
	return m.flush()
}

// StoppedAt implements Stopper.
func (m *messagesStream) StoppedAt(sequence string) { m.stopped = sequence }

// appendStop appends message_delta's delta.
func (m *messagesStream) appendStop(b []byte, finish string) []byte {
	if m.stopped != "" {
		return append(appendStopped(append(b, '{'), m.stopped), '}')
	}
	top, _ := members(m.stop)
	delta := find(m.stop, top, "delta")
	list, _ := members(delta)
	if reason := find(delta, list, "stop_reason"); !isNull(reason) && (finish == "" || stopOf(reason) == finish) {
		return append(b, delta...)
	}
	b = append(b, `{"stop_reason":`...)
	b = appendString(b, stopWord(finish))
	return append(b, `,"stop_sequence":null}`...)
}

// Fail writes the API's error event.
func (m *messagesStream) Fail(e *Error) error {
	if m.ended {
		return errEnded
	}
	m.ended = true
	m.out = sse.Append(m.out[:0], "error", messages{}.ErrorBody(e))
	return m.flush()
}
