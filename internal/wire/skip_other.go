//go:build !amd64

package wire

import "unicode/utf8"

func skip(b []byte, i int) (to int, high bool) { return skipAny(b, i) }

func valid(b []byte) bool { return utf8.Valid(b) }
