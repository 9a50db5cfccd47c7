package wire

import (
	"slices"
	"unsafe"
)

// unescape turns the first n bytes from src on, of the inside of a JSON string, into text at dst, where there must be room for as many and which must be elsewhere. It
// stops, at to and from, before an escape that is not of two bytes, and where less than 130 bytes are left.
//
//go:noescape
func unescape(dst, src *byte, n int) (to, from int)

// unescape512 is unescape up to a surrogate, or to the end. Other escapes of six bytes it reads too.
//
//go:noescape
func unescape512(dst, src *byte, n int) (to, from int)

// appendSimple is AppendText for the beginning of raw, and returns the rest. Code has an escape every 16 bytes or so, and here none costs a branch that cannot be foreseen.
func appendSimple(dst, raw []byte) (text, rest []byte) {
	if len(raw) < 130 {
		return dst, raw
	}
	dst = slices.Grow(dst, len(raw))
	unescape := unescape
	if with512 {
		unescape = unescape512
	}
	to, from := unescape(unsafe.SliceData(dst[len(dst):cap(dst)]), &raw[0], len(raw))
	return dst[:len(dst)+to], raw[from:]
}
