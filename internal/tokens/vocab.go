package tokens

import (
	"fmt"
	"math/bits"
)

// vocab is a vocabulary ready to count with. Everything in it is read only.
type vocab struct {
	n      int
	merges string      // the halves of every token, 6 bytes each, and more behind them: see gen
	words  string      // the bytes of every token, behind a byte with their number
	single [256]uint32 // ids of the tokens of one byte
	pairs  table       // of ids by their halves
	short  table       // of places in words: the tokens of at most 15 bytes by their keys
	long   table       // the longer ones
	maxLen int         // of a token, in bytes
	maxFar int         // bytes of a token that are not ASCII, at most
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

// newVocab reads a file written by gen. It is part of the program, so that a wrong one is a defect and panics. The slots of pairs and short are all 0 and a power of
// two, above two and five quarters of the number of tokens.
func newVocab(file string, pairs, short []uint32) *vocab {
	n := int(file[0]) | int(file[1])<<8 | int(file[2])<<16 | int(file[3])<<24
	if n > idMask || len(file)-4-6*n > numberMask || len(pairs) != 1<<bits.Len(uint(2*n)) || len(short) != 1<<bits.Len(uint(n+n/4)) {
		panic(fmt.Sprintf("tokens: embedded vocabulary of %d tokens has %d bytes, and tables of %d and %d: run go generate", n, len(file), len(pairs), len(short)))
	}
	v := &vocab{n: n, merges: file[4:], words: file[4+6*n:]}
	v.pairs, v.short, v.long = newTable(pairs), newTable(short), newTable(make([]uint32, 1<<bits.Len(uint(n/4))))
	fillers := [...]filler{{table: v.pairs}, {table: v.short}, {table: v.long}}
	byPair, byKey, byHash := &fillers[0], &fillers[1], &fillers[2]
	v.chars = &charTable{}
	lengths := make([]uint8, n)
	at := 0
	for id := range uint32(n) {
		start := at + 1
		at = start + int(v.words[at])
		token := v.words[start:at]
		lengths[id] = uint8(len(token))
		v.maxLen = max(v.maxLen, len(token))
		left, right := v.halves(id)
		if left == noToken {
			v.single[token[0]] = id
		} else {
			byPair.add(pairHash(left, right), id)
		}
		if len(token) <= shortLen {
			byKey.add(keyOf(v.words, start, at).hash(), uint32(start))
		} else {
			byHash.add(hashLong(token), uint32(start))
		}
		if isASCII(token) {
			v.chars.addASCII(id, token)
			continue
		}
		far := 0
		for i := range len(token) {
			far += int(token[i] >> 7)
		}
		v.maxFar = max(v.maxFar, far)
		if left == noToken {
			continue
		}
		v.chars.add(id, token, int(lengths[left]))
	}
	for i := range fillers {
		fillers[i].flush()
	}
	v.chars.finish()
	for i := range v.ascii {
		v.ascii[i] = v.merge(v.single[i>>7], v.single[i&127])
	}
	return v
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

func pairHash(left, right uint32) uint64 {
	return (uint64(left)<<idBits | uint64(right)) * 0x9e3779b97f4a7c15
}

// merge returns the token that left and right merge to, or noToken. Smaller ids merge first.
func (v *vocab) merge(left, right uint32) uint32 {
	want := uint64(left) | uint64(right)<<24
	h := pairHash(left, right)
	tag := v.pairs.tag(h)
	for i := h >> v.pairs.shift; ; i++ {
		e := v.pairs.slots[i&uint64(len(v.pairs.slots)-1)]
		if e == 0 {
			return noToken
		}
		if e&^numberMask == tag {
			if id := e & numberMask; load8(v.merges, int(6*id))&(1<<48-1) == want {
				return id
			}
		}
	}
}

// hasShort tells whether a piece of at most 15 bytes is a token.
func (v *vocab) hasShort(k key) bool {
	h := k.hash()
	tag := v.short.tag(h)
	for i := h >> v.short.shift; ; i++ {
		e := v.short.slots[i&uint64(len(v.short.slots)-1)]
		if e == 0 {
			return false
		}
		if e&^numberMask == tag {
			if at := int(e & numberMask); keyOf(v.words, at, at+int(v.words[at-1])) == k {
				return true
			}
		}
	}
}

// hasLong tells whether a piece of more than 15 bytes is a token.
func (v *vocab) hasLong(piece string) bool {
	if len(piece) > v.maxLen {
		return false
	}
	h := hashLong(piece)
	tag := v.long.tag(h)
	for i := h >> v.long.shift; ; i++ {
		e := v.long.slots[i&uint64(len(v.long.slots)-1)]
		if e == 0 {
			return false
		}
		if e&^numberMask == tag {
			if at := int(e & numberMask); int(v.words[at-1]) == len(piece) && v.words[at:at+len(piece)] == piece {
				return true
			}
		}
	}
}
