//go:build !amd64

package wire

import (
	"bytes"
	"unicode/utf8"
)

func skip(b []byte, i int) (to int, high, escaped bool) {
	to, high = skipAny(b, i)
	return to, high, bytes.IndexByte(b[i:to], '\\') >= 0
}

func valid(b []byte) bool { return utf8.Valid(b) }
