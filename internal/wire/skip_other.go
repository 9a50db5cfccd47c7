//go:build !amd64

package wire

func skip(b []byte, i int) (to int, high bool) { return skipAny(b, i) }
