package tokens

import "math/bits"

// buckets merges a long piece in time linear in its length: pairs wait in a bucket by the id of their union. A union's own pairs have larger ids than it has,
// so buckets empty in ascending order and each is looked at once. A bitmap of three levels finds the next one.
type buckets struct {
	head  []int32 // per id: index+1 of the first entry
	level [3][]uint64
	entry []entry
	id    []uint32 // per position: the token that starts there, noToken inside a token
	union []uint32 // per position: what the token there and the next one merge to
	next  []int32  // per position: the start of the next token, -1 at the end
	prev  []int32
	left  int // tokens left
}

type entry struct{ at, next int32 }

func newBuckets(n int) *buckets {
	b := &buckets{head: make([]int32, n)}
	for l := range b.level {
		n = (n + 63) / 64
		b.level[l] = make([]uint64, n)
	}
	return b
}

// run merges piece and returns the number of tokens; id and next hold them.
func (b *buckets) run(v *vocab, piece string) int {
	n := len(piece)
	if cap(b.id) < n {
		b.id, b.union, b.next, b.prev = make([]uint32, n), make([]uint32, n), make([]int32, n), make([]int32, n)
		b.entry = make([]entry, 0, 3*n)
	}
	b.id, b.union, b.next, b.prev, b.entry = b.id[:n], b.union[:n], b.next[:n], b.prev[:n], b.entry[:0]
	for i := range n {
		b.id[i], b.next[i], b.prev[i] = v.single[piece[i]], int32(i+1), int32(i-1)
	}
	b.next[n-1] = -1
	b.union[n-1] = noToken
	for i := range n - 1 {
		b.push(v, int32(i))
	}
	b.left = n
	for {
		id, ok := b.pop()
		if !ok {
			break
		}
		e := b.head[id]
		b.head[id] = 0
		for e != 0 {
			at := b.entry[e-1].at
			e = b.entry[e-1].next
			if b.id[at] == noToken || b.union[at] != id {
				continue // an earlier merge took one of the two
			}
			left := b.id[at]
			if left != b.id[b.next[at]] {
				b.join(v, at, id)
				continue
			}
			// A run of one token: pairs overlap, the leftmost goes first.
			for p := b.prev[at]; p >= 0 && b.id[p] == left; p = b.prev[p] {
				at = p
			}
			for at >= 0 && b.id[at] == left && b.next[at] >= 0 && b.id[b.next[at]] == left {
				b.join(v, at, id)
				at = b.next[at]
			}
		}
	}
	return b.left
}

// join makes the token at at and the next one the token id.
func (b *buckets) join(v *vocab, at int32, id uint32) {
	gone := b.next[at]
	after := b.next[gone]
	b.id[at], b.id[gone], b.next[at] = id, noToken, after
	if after >= 0 {
		b.prev[after] = at
		b.push(v, at)
	} else {
		b.union[at] = noToken
	}
	if before := b.prev[at]; before >= 0 {
		b.push(v, before)
	}
	b.left--
}

// push enters the pair that starts at at.
func (b *buckets) push(v *vocab, at int32) {
	id := v.merge(b.id[at], b.id[b.next[at]])
	b.union[at] = id
	if id == noToken {
		return
	}
	b.entry = append(b.entry, entry{at, b.head[id]})
	b.head[id] = int32(len(b.entry))
	i := id
	for l := range b.level {
		b.level[l][i>>6] |= 1 << (i & 63)
		i >>= 6
	}
}

// pop takes the smallest id that has a bucket out of the bitmap.
func (b *buckets) pop() (id uint32, ok bool) {
	for w, word := range b.level[2] {
		if word == 0 {
			continue
		}
		i := uint32(w)<<6 | uint32(bits.TrailingZeros64(word))
		i = i<<6 | uint32(bits.TrailingZeros64(b.level[1][i]))
		i = i<<6 | uint32(bits.TrailingZeros64(b.level[0][i]))
		j := i
		for l := range b.level {
			b.level[l][j>>6] &^= 1 << (j & 63)
			if b.level[l][j>>6] != 0 {
				break
			}
			j >>= 6
		}
		return i, true
	}
	return 0, false
}
