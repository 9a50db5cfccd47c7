package tokens

//go:generate go run ./gen/lanes

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// with512 says that the processor has what look512 and find512 are made of: those of servers from Ice Lake and Zen 4 on.
var with512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512CD && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2 &&
	cpu.X86.HasAVX512GFNI && cpu.X86.HasAVX512VPOPCNTDQ && cpu.X86.HasPOPCNT

// with256 says that it has what look256 is made of: nearly all since 2013.
var with256 = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT

// longs is where find512 keeps pieces of more than 8 bytes.
type longs [3][64]uint64

// places512 and places256 are places for the glance that s begins with.
func (w *worker) places512(s string, to *looks) (saved, wide int) {
	return look512(unsafe.StringData(s[:glance+sight]), w.camel, to)
}

func (w *worker) places256(s string, to *looks) (saved, wide int) {
	return look256(unsafe.StringData(s[:glance+sight]), w.camel, to)
}

// saved512 is saved for the glance that s begins with, of which l has pieces of at most 24 bytes only.
func (w *worker) saved512(s string, l *looks) int {
	return find512(&w.seen, unsafe.StringData(s[:glance+sight]), l, &w.longs)
}

// look512 returns what places save, in halves, and how many characters of three bytes there are.
//
//go:noescape
func look512(p *byte, camel uint64, to *looks) (saved, wide int)

// look256 is look512 for other processors.
//
//go:noescape
func look256(p *byte, camel uint64, to *looks) (saved, wide int)

// find512 returns what pieces save beyond that.
//
//go:noescape
func find512(t *seen, p *byte, l *looks, long *longs) (saved int)

// planes returns the lowest bits of s[:64] in one word, and so on.
func planes(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) {
	if with256 {
		return planes256(unsafe.StringData(s[:sight]))
	}
	return planes64(unsafe.StringData(s[:sight]))
}

//go:noescape
func planes256(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)

// planes64 is SSE2, as find64 and the others are, which every amd64 has.

//go:noescape
func planes64(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)

// find returns what those pieces of s save that are in the table, and where the others start: they start in s[:64] where starts has a bit, and end within 8 bytes
// where ends has its next one.
func (t *seen) find(s string, starts, ends uint64) (saved int, missed uint64) {
	if starts == 0 {
		return 0, 0
	}
	return find64(&t.short, &prefixes, unsafe.StringData(s[:sight+shortSeen]), starts, ends>>1)
}

//go:noescape
func find64(t *[1 << shortBits]uint64, prefixes *[longSeen][3]uint64, p *byte, starts, ends uint64) (saved int, missed uint64)

// gather writes the pieces of s that start in s[:64] where starts has a bit, and end after 9 to 24 bytes where ends has its next one, into list from n on, and returns how
// many there are now. They start at from in the text.
func (t *seen) gather(s string, starts, ends uint64, list *sightings, n, from int) int {
	if starts == 0 {
		return n
	}
	gather64(&t.long, &prefixes, unsafe.StringData(s[:sight+longSeen]), starts, ends>>1, (*sighting)(unsafe.Pointer(&list[:n+bits.OnesCount64(starts)][n])), from)
	return n + bits.OnesCount64(starts)
}

//go:noescape
func gather64(t *[1 << longBits]longPiece, prefixes *[longSeen][3]uint64, p *byte, starts, ends uint64, list *sighting, from int)

// match returns what those of the first n sightings save that are in the table, and leaves the others at the front of the list.
func (t *seen) match(list *sightings, n int) (saved, missed int) {
	if n == 0 {
		return 0, 0
	}
	return match64(&t.long, list, len(list[:n]))
}

//go:noescape
func match64(t *[1 << longBits]longPiece, list *sightings, n int) (saved, missed int)
