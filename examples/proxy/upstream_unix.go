//go:build unix

package main

import "syscall"

// canAsk says whether a connection can be asked if its other end is there.
const canAsk = true

// ask notes whether there is nothing to read, not even an end.
func (c *upstreamConn) ask(fd uintptr) bool {
	var b [1]byte
	n, err := syscall.Read(int(fd), b[:])
	c.quiet = n < 0 && (err == syscall.EAGAIN || err == syscall.EWOULDBLOCK)
	return true
}
