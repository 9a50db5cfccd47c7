package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// A client that announces a body and sends nothing holds a connection, and of a long body a part of max_buffered_bytes too. So it may be silent for only so long. A slow
// one that goes on sending is waited for.
const (
	mostSilence = time.Minute
	longBody    = 64 << 10 // bytes; shorter ones hold little
)

// errSilent is what reading a body gives whose client has been silent for too long.
var errSilent = errors.New("the client sent nothing of its body for " + mostSilence.String())

// unsilent bounds the silence within a long body, or one of unknown length.
func unsilent(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength < 0 || r.ContentLength > longBody {
		r.Body = &heardBody{ReadCloser: r.Body, conn: http.NewResponseController(w)}
	}
}

// A heardBody is the body of a client that may not be silent. Its connection has a deadline until all of it is read.
type heardBody struct {
	io.ReadCloser
	conn *http.ResponseController
	set  time.Time // when the deadline was moved
}

// Read implements io.Reader.
func (b *heardBody) Read(to []byte) (int, error) {
	if now := time.Now(); now.Sub(b.set) > mostSilence/60 {
		b.set = now
		b.conn.SetReadDeadline(now.Add(mostSilence))
	}
	n, err := b.ReadCloser.Read(to)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errSilent
	case err == io.EOF:
		b.conn.SetReadDeadline(time.Time{}) // what is read from now on is whether the client is still there
	}
	return n, err
}
