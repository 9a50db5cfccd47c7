package main

import (
	"context"
	"io"
	"net"
)

// A conn lets bodies that are in memory write themselves. Otherwise net copies them in pieces of 32 KB, through a buffer that it makes for each request. All else is
// the TCP connection's.
type conn struct{ *net.TCPConn }

// ReadFrom implements io.ReaderFrom. What net/http gives it of a request is the body limited to its length, less what went out with the header.
func (c conn) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		return c.TCPConn.ReadFrom(r)
	}
	body, ok := limited.R.(io.WriterTo)
	if !ok {
		return c.TCPConn.ReadFrom(r)
	}
	was := limited.N
	_, err := body.WriteTo(limitedWriter{c.TCPConn, &limited.N})
	if err == io.ErrShortWrite && limited.N == 0 {
		err = nil // there is more than the limit: net/http sees that, too
	}
	return was - limited.N, err
}

// A limitedWriter writes left bytes and no more.
type limitedWriter struct {
	w    io.Writer
	left *int64
}

func (w limitedWriter) Write(b []byte) (int, error) {
	short := int64(len(b)) > *w.left
	if short {
		b = b[:*w.left]
	}
	n, err := w.w.Write(b)
	if *w.left -= int64(n); err == nil && short {
		err = io.ErrShortWrite
	}
	return n, err
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// writesBodies makes TCP connections of d conns.
func writesBodies(d dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d(ctx, network, address)
		if tcp, ok := c.(*net.TCPConn); ok && err == nil {
			return conn{tcp}, nil
		}
		return c, err
	}
}
