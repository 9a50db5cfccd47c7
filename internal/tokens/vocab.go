package tokens

import (
	"fmt"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// vocab is a vocabulary ready to count with. Everything in it is read only.
type vocab struct {
	n      int
	merges string      // the halves of every token, 6 bytes each: see gen
	single [256]uint32 // ids of the tokens of one byte
	pairs  []uint64    // (left, right) → id, open addressing: left<<36 | right<<18 | id, 0 where empty
	pshift uint
	short  []key // the tokens of at most 15 bytes, open addressing, zero where empty
	sshift uint
	long   []uint32 // ids of the longer ones, open addressing, 0 where empty
	lmask  uint64
	off    []uint32 // where the bytes of token id start
	blob   string   // the bytes of all tokens, one after the other
	maxLen int      // of a token, in bytes
	maxFar int      // bytes of a token that are not ASCII, at most
	chars  *charTable
	ascii  [1 << 14]uint32 // what two characters of ASCII merge to
}

const (
	idBits   = 18
	idMask   = 1<<idBits - 1
	shortLen = 15
	noToken  = 1<<32 - 1
)

// key is a piece of at most 15 bytes: its bytes, little endian, and its length in the top byte, so that different pieces have different keys.
type key struct{ lo, hi uint64 }

const lengthShift = 56

func (k key) hash() uint64 { return k.lo*0x9e3779b97f4a7c15 + k.hi*0xd6e8feb86659fd93 }

// keyOf returns the key of s[i:j], at most 15 bytes.
func keyOf(s string, i, j int) key {
	n := j - i
	if i+16 <= len(s) {
		if n <= 8 {
			return key{load8(s, i) & (^uint64(0) >> (64 - 8*uint(n))), uint64(n) << 56}
		}
		return key{load8(s, i), load8(s, i+8)&(^uint64(0)>>(128-8*uint(n))) | uint64(n)<<56}
	}
	var k key
	for x := j - 1; x >= i; x-- {
		k.hi = k.hi<<8 | k.lo>>56
		k.lo = k.lo<<8 | uint64(s[x])
	}
	k.hi |= uint64(n) << 56
	return k
}

// load8 reads eight bytes, little endian; the compiler makes it one load.
func load8(s string, i int) uint64 {
	b := s[i : i+8] // of a length that the compiler knows
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

func hashLong(s string) uint64 {
	h := uint64(len(s)) * 0x9e3779b97f4a7c15
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = (h ^ load8(s, i)) * 0xd6e8feb86659fd93
		h ^= h >> 32
	}
	h = (h ^ load8(s, len(s)-8)) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

// tables are the memory of a vocabulary of n tokens, all zero: for pairs and short the powers of two above 2n and 5n/4, n + 1 offsets, room for all bytes.
type tables struct {
	pairs []uint64
	short []key
	off   []uint32
	blob  []byte
}

// newVocab reads a file written by gen into tables. Both are part of the program, so that wrong ones are a defect and panic.
func newVocab(file string, t tables) *vocab {
	n := int(file[0]) | int(file[1])<<8 | int(file[2])<<16 | int(file[3])<<24
	v := &vocab{n: n, merges: file[4:]}
	if len(v.merges) != 6*n || n > idMask {
		panic(fmt.Sprintf("tokens: embedded vocabulary of %d tokens has %d bytes: run go generate", n, len(file)))
	}
	if len(t.pairs) != 1<<bits.Len(uint(2*n)) || len(t.short) != 1<<bits.Len(uint(n+n/4)) || len(t.off) != n+1 {
		panic(fmt.Sprintf("tokens: tables of %d, %d and %d entries for %d tokens", len(t.pairs), len(t.short), len(t.off), n))
	}
	v.pairs, v.pshift = t.pairs, uint(65-bits.Len(uint(len(t.pairs))))
	v.short, v.sshift = t.short, uint(65-bits.Len(uint(len(t.short))))
	v.off = t.off
	blob := t.blob
	longs := 0
	whole := make([]bool, n) // is UTF-8
	far := make([]uint8, n)  // bytes that are not ASCII
	for id := range n {
		v.off[id] = uint32(len(blob))
		left, right := v.halves(uint32(id))
		if left == noToken {
			v.single[right] = uint32(id)
			blob = append(blob, byte(right))
			whole[id] = right < utf8.RuneSelf
			far[id] = uint8(right >> 7)
		} else {
			blob = append(blob, blob[v.off[left]:v.off[left+1]]...)
			blob = append(blob, blob[v.off[right]:v.off[right+1]]...)
			whole[id] = whole[left] && whole[right] || utf8.Valid(blob[v.off[id]:])
			far[id] = far[left] + far[right]
		}
		v.off[id+1] = uint32(len(blob))
		l := len(blob) - int(v.off[id])
		v.maxLen, v.maxFar = max(v.maxLen, l), max(v.maxFar, int(far[id]))
		if l > shortLen {
			longs++
		}
	}
	// A loop of its own, in which the processor waits for many places of memory at once.
	for id := range n {
		left, right := v.halves(uint32(id))
		if left == noToken {
			continue
		}
		for h := pairHash(left, right) >> v.pshift; ; h++ {
			if slot := &v.pairs[h&uint64(len(v.pairs)-1)]; *slot == 0 {
				*slot = uint64(left)<<(2*idBits) | uint64(right)<<idBits | uint64(id)
				break
			}
		}
	}
	if cap(blob) != cap(t.blob) {
		panic(fmt.Sprintf("tokens: %d bytes of tokens, room for %d", len(blob), cap(t.blob)))
	}
	v.blob = unsafe.String(unsafe.SliceData(blob), len(blob)) // nobody writes to it any more
	v.long = make([]uint32, 1<<bits.Len(uint(2*longs)))
	v.lmask = uint64(len(v.long) - 1)
	// Keys are made some at a time, before their places are looked for, for the same reason.
	var keys [64]key
	some := keys[:0]
	for id := range n {
		i, j := int(v.off[id]), int(v.off[id+1])
		if j-i > shortLen {
			for h := hashLong(v.blob[i:j]); ; h++ {
				if slot := &v.long[h&v.lmask]; *slot == 0 {
					*slot = uint32(id)
					break
				}
			}
			continue
		}
		if some = append(some, keyOf(v.blob, i, j)); len(some) == len(keys) {
			v.addShort(some)
			some = some[:0]
		}
	}
	v.addShort(some)
	v.chars = newCharTable(v, whole)
	for i := range v.ascii {
		v.ascii[i] = v.merge(v.single[i>>7], v.single[i&127])
	}
	return v
}

func (v *vocab) addShort(keys []key) {
	mask := uint64(len(v.short) - 1)
	for _, k := range keys {
		for h := k.hash() >> v.sshift; ; h++ {
			if slot := &v.short[h&mask]; slot.hi == 0 {
				*slot = k
				break
			}
		}
	}
}

// halves returns the two tokens that merge to id, or noToken and the byte of a token of one byte.
func (v *vocab) halves(id uint32) (left, right uint32) {
	m := v.merges[6*id : 6*id+6]
	left = uint32(m[0]) | uint32(m[1])<<8 | uint32(m[2])<<16
	right = uint32(m[3]) | uint32(m[4])<<8 | uint32(m[5])<<16
	if left == 1<<24-1 {
		return noToken, right
	}
	return left, right
}

func (v *vocab) bytes(id uint32) string { return v.blob[v.off[id]:v.off[id+1]] }

func pairHash(left, right uint32) uint64 {
	return (uint64(left)<<idBits | uint64(right)) * 0x9e3779b97f4a7c15
}

// merge returns the token that left and right merge to, or noToken. Smaller ids merge first.
func (v *vocab) merge(left, right uint32) uint32 {
	want := uint64(left)<<idBits | uint64(right)
	mask := uint64(len(v.pairs) - 1)
	for h := pairHash(left, right) >> v.pshift; ; h++ {
		p := v.pairs[h&mask]
		if p>>idBits == want {
			if p == 0 {
				return noToken
			}
			return uint32(p & idMask)
		}
		if p == 0 {
			return noToken
		}
	}
}

// hasShort tells whether a piece of at most 15 bytes is a token.
func (v *vocab) hasShort(k key) bool {
	mask := uint64(len(v.short) - 1)
	for h := k.hash() >> v.sshift; ; h++ {
		slot := &v.short[h&mask]
		if *slot == k {
			return true
		}
		if slot.hi == 0 {
			return false
		}
	}
}

// hasLong tells whether a piece of more than 15 bytes is a token.
func (v *vocab) hasLong(piece string) bool {
	if len(piece) > v.maxLen {
		return false
	}
	for h := hashLong(piece); ; h++ {
		id := v.long[h&v.lmask]
		if id == 0 {
			return false
		}
		if v.bytes(id) == piece {
			return true
		}
	}
}
