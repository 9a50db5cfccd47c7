//go:build !amd64

package wire

func appendSimple(dst, raw []byte) (text, rest []byte) { return dst, raw }
