package tokens

import (
	"fmt"
	"math/bits"
)

// vocab is a vocabulary ready to count with. Everything in it is read only.
type vocab struct {
	n      int
	merges string        // the halves of every token, 6 bytes each, and more behind them: see gen
	words  string        // the bytes of every token, behind a byte with their number
	single [256]uint32   // ids of the tokens of one byte
	pairs  table[uint64] // (left, right) → id: left<<36 | right<<18 | id
	tiny   table[uint64] // the tokens of at most 7 bytes
	short  table[key]    // those of 8 to 15
	long   table[uint32] // where in words the longer ones are
	maxLen int           // of a token, in bytes
	maxFar int           // bytes of a token that are not ASCII, at most
	chars  *charTable
	ascii  [1 << 14]uint32 // what two characters of ASCII merge to
}

const (
	idBits   = 18
	idMask   = 1<<idBits - 1
	tinyLen  = 7
	shortLen = 15
	noToken  = 1<<32 - 1
)

// key is a piece of at most 15 bytes: its bytes, little endian, and its length in the top byte, so that different pieces have different keys.
type key struct{ lo, hi uint64 }

const lengthShift = 56

func (k key) hash() uint64 { return k.lo*0x9e3779b97f4a7c15 + k.hi*0xd6e8feb86659fd93 }

// tiny is the key of a piece of at most 7 bytes in one word.
func (k key) tiny() uint64 { return k.lo | k.hi }

// tinyHash is the hash of such a one.
func tinyHash(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 }

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

// tables are memory for a vocabulary of n tokens: powers of two above 2n, n and n/2.
type tables struct {
	pairs []uint64
	tiny  []uint64
	short []key
}

// newVocab reads a file written by gen. Both are part of the program, so that wrong ones are a defect and panic.
func newVocab(file string, t tables) *vocab {
	n := int(file[0]) | int(file[1])<<8 | int(file[2])<<16 | int(file[3])<<24
	if n > idMask || len(t.pairs) != 1<<bits.Len(uint(2*n)) || len(t.tiny) != 1<<bits.Len(uint(n)) || len(t.short) != 1<<bits.Len(uint(n/2)) {
		panic(fmt.Sprintf("tokens: embedded vocabulary of %d tokens has %d bytes, and tables of %d, %d and %d: run go generate", n, len(file), len(t.pairs), len(t.tiny), len(t.short)))
	}
	v := &vocab{n: n, merges: file[4:], words: file[4+6*n:], chars: &charTable{},
		pairs: newTable(t.pairs), tiny: newTable(t.tiny), short: newTable(t.short), long: newTable(make([]uint32, 1<<bits.Len(uint(n/16))))}
	pairs, tiny, short, long := filler[uint64]{table: v.pairs}, filler[uint64]{table: v.tiny}, filler[key]{table: v.short}, filler[uint32]{table: v.long}
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
			pairs.add(pairHash(left, right), uint64(left)<<(2*idBits)|uint64(right)<<idBits|uint64(id))
		}
		switch {
		case len(token) <= tinyLen:
			k := keyOf(v.words, start, at).tiny()
			tiny.add(tinyHash(k), k)
		case len(token) <= shortLen:
			k := keyOf(v.words, start, at)
			short.add(k.hash(), k)
		default:
			long.add(hashLong(token), uint32(start))
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
		if left != noToken {
			v.chars.add(id, token, int(lengths[left]))
		}
	}
	pairs.flush()
	tiny.flush()
	short.flush()
	long.flush()
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
	want := uint64(left)<<idBits | uint64(right)
	for i := pairHash(left, right) >> v.pairs.shift; ; i++ {
		p := v.pairs.slots[i&uint64(len(v.pairs.slots)-1)]
		if p == 0 {
			return noToken
		}
		if p>>idBits == want {
			return uint32(p & idMask)
		}
	}
}

// hasShort tells whether a piece of at most 15 bytes is a token.
func (v *vocab) hasShort(k key) bool {
	if k.hi>>lengthShift <= tinyLen {
		return v.hasTiny(k.tiny())
	}
	return v.short.has(k.hash(), k)
}

// hasTiny tells whether a piece of at most 7 bytes is a token.
func (v *vocab) hasTiny(k uint64) bool { return v.tiny.has(tinyHash(k), k) }

// hasLong tells whether a piece of more than 15 bytes is a token.
func (v *vocab) hasLong(piece string) bool {
	if len(piece) > v.maxLen {
		return false
	}
	for i := hashLong(piece) >> v.long.shift; ; i++ {
		at := int(v.long.slots[i&uint64(len(v.long.slots)-1)])
		if at == 0 {
			return false
		}
		if int(v.words[at-1]) == len(piece) && v.words[at:at+len(piece)] == piece {
			return true
		}
	}
}
