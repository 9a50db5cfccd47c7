//go:build !amd64

package tokens

func planes(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) { return planesAny(s) }

func (t *seen) find(s string, starts, ends uint64) (saved int, missed uint64) {
	return t.findAny(s, starts, ends)
}

func (t *seen) gather(s string, starts, ends uint64, list *sightings, n, from int) int {
	return t.gatherAny(s, starts, ends, list, n, from)
}

func (t *seen) match(list *sightings, n int) (saved, missed int) { return t.matchAny(list, n) }

const (
	with512 = false
	with256 = false
)

type longs struct{}

func (w *worker) places512(string, *looks) (saved, wide int) { panic("not for this processor") }
func (w *worker) places256(string, *looks) (saved, wide int) { panic("not for this processor") }
func (w *worker) saved512(string, *looks) int                { panic("not for this processor") }
