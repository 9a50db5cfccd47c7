package wire

import (
	"bytes"
	"encoding/binary"
)

// skipWindow bounds what skipAny reads at once, and so what is read again when there is something wrong in it.
const skipWindow = 4 << 10

// skipAny passes what most long texts consist of, from b[i] on, which stands inside of a string and not inside of an escape. It stops, at such a place too, before
// what is rare, wrong or the closing quote; how long before is its own affair. high says that there may be a byte above 0x7F in what was passed.
func skipAny(b []byte, i int) (to int, high bool) {
	from, end := i, min(len(b), i+skipWindow)
	text := upToQuote(b[i:end])
	for range skipWindow / 24 { // where escapes are less rare, str is faster
		slash := bytes.IndexByte(text, '\\')
		if slash < 0 {
			i += len(text)
			break
		}
		n := escapeLen(b[i+slash:])
		if n == 0 {
			break
		}
		if i += slash + n; i >= end {
			break
		}
		if slash+n <= len(text) {
			text = text[slash+n:]
		} else { // it was the quote that was escaped
			text = upToQuote(b[i:end])
		}
	}
	seen, ok := printable(b[from:i])
	if !ok {
		return from, false
	}
	return i, seen&highs != 0
}

func upToQuote(b []byte) []byte {
	if quote := bytes.IndexByte(b, '"'); quote >= 0 {
		return b[:quote]
	}
	return b
}

// printable says whether there is no control character in b; seen is its words or-ed together.
func printable(b []byte) (seen uint64, ok bool) {
	var control uint64
	for ; len(b) >= 32; b = b[32:] {
		w0, w1 := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		w2, w3 := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
		seen |= w0 | w1 | w2 | w3
		control |= (w0-ones*0x20)&^w0 | (w1-ones*0x20)&^w1 | (w2-ones*0x20)&^w2 | (w3-ones*0x20)&^w3
	}
	for _, c := range b {
		seen |= uint64(c)
		control |= (uint64(c) - 0x20) & 0x80 &^ uint64(c)
	}
	return seen, control&highs == 0
}
