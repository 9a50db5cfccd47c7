package wire

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/sys/cpu"
)

// with512 says that the processor has what skip512 and unescape512 are made of: those of servers from Ice Lake and Zen 4 on.
var with512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT

// with256 says that it has what ordinary256 is made of: nearly all since 2013.
var with256 = cpu.X86.HasAVX2

// skip512 says where in n bytes from p on the first is that ends a string, may not stand in one, or begins an escape that may not or that is not seen to its end; whether
// a byte is above 0x7F in the 64 of it and all before; and whether there are escapes.
//
//go:noescape
func skip512(p *byte, n int) (to int, high, escaped uint64)

// ordinary says how many of the n blocks of 64 bytes from p on are ordinary: no control characters, no quotes but escaped ones, no escapes but \n, \t and \". The
// byte before p must be there, and be no backslash. high is not 0 where a byte of those, or of the next block, is above 0x7F. It is one reading in SSE2, which every
// amd64 has, and takes a fifth of the time of skipAny: that is most of what a request of a megabyte costs here that is passed on as it came.
//
//go:noescape
func ordinary(p *byte, n int) (passed, high int)

// ordinary256 is ordinary in a third of its time.
//
//go:noescape
func ordinary256(p *byte, n int) (passed, high int)

// skip is skipAny for this processor.
func skip(b []byte, i int) (to int, high, escaped bool) {
	if with512 && i < len(b) {
		n, above, slashes := skip512(&b[i], len(b)-i)
		return i + n, above != 0, slashes != 0
	}
	to, high = skipBlocks(b, i, with256)
	return to, high, bytes.IndexByte(b[i:to], '\\') >= 0
}

func skipBlocks(b []byte, i int, with256 bool) (to int, high bool) {
	n := (len(b) - i) / 64
	if n == 0 || b[i-1] == '\\' { // a second one, which would be taken for the first
		return i, false
	}
	var passed, mask int
	if with256 {
		passed, mask = ordinary256(&b[i], n)
	} else {
		passed, mask = ordinary(&b[i], n)
	}
	to = i + 64*passed
	if passed > 0 && b[to-1] == '\\' {
		to-- // an escape stands across the end
	}
	return to, mask != 0
}

// letters says how many of the n blocks of 64 bytes from p on are ASCII or UTF-8 of two and three bytes. The two bytes before p must be there, and p be no
// byte that goes on with a letter. The last letter may go on after the last block.
//
//go:noescape
func letters(p *byte, n int) (passed int)

// valid512 is utf8.Valid.
//
//go:noescape
func valid512(p *byte, n int) bool

// valid is utf8.Valid, in a fraction of the time where a long text is not ASCII throughout.
func valid(b []byte) bool {
	if with512 && len(b) > 0 {
		return valid512(&b[0], len(b))
	}
	return valid128(b)
}

func valid128(b []byte) bool {
	for slow := 64; len(b) > slow+64; {
		cut := slow
		for cut > slow-utf8.UTFMax && !utf8.RuneStart(b[cut]) {
			cut--
		}
		if !utf8.Valid(b[:cut]) {
			return false
		}
		n := letters(&b[cut], (len(b)-cut)/64)
		if n == 0 {
			slow = min(2*slow, 4<<10) // letters of four bytes seldom come alone
		} else {
			slow = 64
			for cut += 64*n - 1; !utf8.RuneStart(b[cut]); cut-- { // the last letter is read again, or all of it
			}
		}
		b = b[cut:]
	}
	return utf8.Valid(b)
}
