// Package sse reads and writes server-sent events. It knows nothing of models.
package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// An Event is one dispatched event.
type Event struct {
	Name string // "" is "message"
	Data []byte // valid until the next event
}

// ErrTooLong is wrapped by the error of Read where an event, or a line that belongs to none, is longer than allowed.
var ErrTooLong = errors.New("server-sent event too long")

// firstRead is the reader's first buffer in bytes: more than nearly every event of a chat stream.
const firstRead = 4 << 10

// Read yields the events of r, as the HTML standard ("Server-sent events", parsing and interpretation) has them. CR, LF and CRLF end lines,
// a line may have any length up to max bytes, bytes that are no UTF-8 are read as U+FFFD, comments are skipped, and so are id and retry, which matter to reconnecting clients only. An
// event that the end of the stream cuts off is not dispatched and yields io.ErrUnexpectedEOF; other read errors are yielded as they are. The
// data of one event has at most max bytes too. An error is the last thing yielded.
//
// An event is yielded as soon as its blank line has arrived: after a CR no further byte is waited for.
func Read(r io.Reader, max int) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		l := lines{r: r, max: max}
		var name, last string
		var data []byte
		has := false // a data field was seen
		for {
			line, err := l.next()
			if err != nil {
				if err == io.EOF {
					if !has && name == "" && l.harmless(line) {
						return
					}
					err = io.ErrUnexpectedEOF
				}
				yield(Event{}, err)
				return
			}
			if len(line) == 0 {
				if has && !utf8.Valid(data) {
					data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
				}
				if has && !yield(Event{Name: name, Data: data}, nil) {
					return
				}
				name, data, has = "", data[:0], false
				continue
			}
			field, value := cut(line)
			switch string(field) {
			case "data":
				if has {
					data = append(data, '\n')
				}
				if len(data)+len(value) > max {
					yield(Event{}, tooLong(max))
					return
				}
				data = append(data, value...)
				has = true
			case "event":
				// The few names of a stream repeat; none is worth a copy each time.
				if last != string(value) {
					last = string(value)
				}
				name = last
			}
		}
	}
}

func tooLong(max int) error { return fmt.Errorf("%w: more than %d bytes", ErrTooLong, max) }

// cut splits a line into field and value; a comment has the empty field.
func cut(line []byte) (field, value []byte) {
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return line, nil
	}
	field, value = line[:i], line[i+1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return field, value
}

// lines reads lines out of a buffer that grows with the longest one.
type lines struct {
	r   io.Reader
	max int

	buf      []byte
	from     int // the current line's start
	lf, cr   int // the first LF and CR at or after from; len(buf) where none has been read yet
	skipLF   bool
	started  bool
	err      error
	emptyRun int // reads that returned neither bytes nor an error
}

// next returns the next line without its end, valid until the call after. At the end of the stream it returns what is left and the error.
func (l *lines) next() ([]byte, error) {
	for {
		if l.skipLF && l.from < len(l.buf) {
			l.skipLF = false
			if l.buf[l.from] == '\n' {
				l.from++
			}
		}
		if l.lf < l.from {
			l.lf = find(l.buf, l.from, '\n')
		}
		if l.cr < l.from {
			l.cr = find(l.buf, l.from, '\r')
		}
		if end := min(l.lf, l.cr); end < len(l.buf) {
			line := l.buf[l.from:end]
			l.skipLF = end == l.cr
			l.from = end + 1
			if len(line) > l.max+len("data: ") {
				return nil, tooLong(l.max)
			}
			return l.unmark(line), nil
		}
		if len(l.buf)-l.from > l.max+len("data: ")+len(mark) {
			return nil, tooLong(l.max)
		}
		if l.err != nil {
			return l.buf[l.from:], l.err
		}
		l.fill()
	}
}

const mark = "\uFEFF"

// unmark takes a byte order mark off the first line of the stream.
func (l *lines) unmark(line []byte) []byte {
	if !l.started {
		l.started = true
		line = bytes.TrimPrefix(line, []byte(mark))
	}
	return line
}

func find(b []byte, from int, c byte) int {
	if from >= len(b) {
		return len(b)
	}
	if i := bytes.IndexByte(b[from:], c); i >= 0 {
		return from + i
	}
	return len(b)
}

// fill reads once, after the bytes of the line that is not complete yet. Both marks stand at the end of the buffer, so only what is new is
// searched.
func (l *lines) fill() {
	if l.from > 0 {
		n := copy(l.buf, l.buf[l.from:])
		l.buf, l.from = l.buf[:n], 0
	}
	have := len(l.buf)
	if have == cap(l.buf) {
		grown := make([]byte, have, max(firstRead, 2*have))
		copy(grown, l.buf)
		l.buf = grown
	}
	n, err := l.r.Read(l.buf[have:cap(l.buf)])
	l.buf = l.buf[:have+max(n, 0)]
	if n <= 0 && err == nil {
		if l.emptyRun++; l.emptyRun > 100 {
			err = io.ErrNoProgress
		}
	} else {
		l.emptyRun = 0
	}
	l.err = err
	l.lf, l.cr = find(l.buf, have, '\n'), find(l.buf, have, '\r')
}

// harmless says that nothing is lost when the stream ends within this line: it is empty or a comment.
func (l *lines) harmless(line []byte) bool {
	line = l.unmark(line)
	return len(line) == 0 || line[0] == ':'
}

// Append appends one event to dst. Data is written as one data line per line of it, whatever ended it; a name ends at its first line end.
func Append(dst []byte, name string, data []byte) []byte {
	if i := bytes.IndexAny([]byte(name), "\r\n"); i >= 0 {
		name = name[:i]
	}
	if name != "" {
		dst = append(dst, "event: "...)
		dst = append(append(dst, name...), '\n')
	}
	lf, cr := -1, -1
	for {
		if lf < 0 {
			lf = find(data, 0, '\n')
		}
		if cr < 0 {
			cr = find(data, 0, '\r')
		}
		end := min(lf, cr)
		dst = append(dst, "data: "...)
		dst = append(append(dst, data[:end]...), '\n')
		if end == len(data) {
			return append(dst, '\n')
		}
		skip := end + 1
		if data[end] == '\r' && skip < len(data) && data[skip] == '\n' {
			skip++
		}
		data = data[skip:]
		lf, cr = lf-skip, cr-skip
	}
}
