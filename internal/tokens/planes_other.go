//go:build !amd64

package tokens

func planes(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) { return planesAny(s) }

func (t *seen) find(s string, starts, ends uint64) (units int, missed uint64) {
	return t.findAny(s, starts, ends)
}
