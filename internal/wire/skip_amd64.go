package wire

// ordinary says how many of the n blocks of 64 bytes from p on are ordinary: no control characters, no quotes but escaped ones, no escapes but \n, \t and \". The
// byte before p must be there, and be no backslash. high is not 0 where a byte of those, or of the next block, is above 0x7F. It is one reading in SSE2, which every
// amd64 has, and takes a fifth of the time of skipAny: that is most of what a request of a megabyte costs here that is passed on as it came.
//
//go:noescape
func ordinary(p *byte, n int) (passed, high int)

// skip is skipAny for this processor.
func skip(b []byte, i int) (to int, high bool) {
	n := (len(b) - i) / 64
	if n == 0 || b[i-1] == '\\' { // a second one, which would be taken for the first
		return i, false
	}
	passed, mask := ordinary(&b[i], n)
	to = i + 64*passed
	if passed > 0 && b[to-1] == '\\' {
		to-- // an escape stands across the end
	}
	return to, mask != 0
}
