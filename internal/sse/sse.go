// Package sse reads and writes server-sent events. It knows nothing of models.
package sse

import (
	"errors"
	"io"
	"iter"
)

// An Event is one dispatched event.
type Event struct {
	Name string // "" is "message"
	Data []byte // valid until the next event
}

// Read yields the events of r. CR, LF and CRLF end lines, a line may have any length up to max bytes, comments are skipped. An event that the
// end of the stream cuts off is not dispatched and yields io.ErrUnexpectedEOF; other read errors are yielded as they are.
func Read(r io.Reader, max int) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) { yield(Event{}, errors.ErrUnsupported) }
}

// Append appends one event to dst.
func Append(dst []byte, name string, data []byte) []byte { return dst }
