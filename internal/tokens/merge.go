package tokens

// Byte-pair merging: a piece begins as its bytes; again and again the pair of neighbours whose union has the smallest id becomes one token, the leftmost first.

// smallPiece is the longest piece that counts in a plain array with a scan for the minimum; longer ones go through buckets.
const smallPiece = 256

// window is how many bytes of a very long piece are merged at once, and overlap how many bytes before the end of a window its tokens are not trusted.
const (
	window  = 16 << 10
	overlap = 1 << 10
)

// scratch is what merging needs; one goroutine at a time.
type scratch struct {
	ids, ranks [smallPiece]uint32
	b          *buckets // made at the first long piece
	repaired   []byte
}

// small counts the tokens of a piece of 2 to smallPiece bytes.
func (sc *scratch) small(v *vocab, piece string) int {
	for i := range len(piece) {
		sc.ids[i] = v.single[piece[i]]
	}
	return sc.merge(v, len(piece))
}

// ascii counts the tokens of a piece of 2 to smallPiece bytes of ASCII.
func (sc *scratch) ascii(v *vocab, piece string) int {
	best, at := uint32(noToken), 0
	last := len(piece) - 1
	for i := range last {
		sc.ids[i] = v.single[piece[i]]
		r := v.ascii[int(piece[i])<<7|int(piece[i+1])]
		sc.ranks[i] = r
		if r < best {
			best, at = r, i
		}
	}
	sc.ids[last], sc.ranks[last] = v.single[piece[last]], noToken
	return sc.finish(v, len(piece), best, at)
}

// merge merges the first n symbols of ids and returns how many are left.
func (sc *scratch) merge(v *vocab, n int) int {
	ids, ranks := sc.ids[:n], sc.ranks[:n]
	best, at := uint32(noToken), 0
	for i := range n - 1 {
		r := v.merge(ids[i], ids[i+1])
		ranks[i] = r
		if r < best {
			best, at = r, i
		}
	}
	ranks[n-1] = noToken
	return sc.finish(v, n, best, at)
}

// finish merges the first n symbols of ids, whose best pair is first at at. What a merge makes can only merge into a token of a larger id, so that all pairs of the
// best id are merged in one pass: a row of one character has many.
func (sc *scratch) finish(v *vocab, n int, best uint32, at int) int {
	for best != noToken {
		ids, ranks := sc.ids[:n], sc.ranks[:n]
		to := at
		for i := at; i < len(ids) && i < len(ranks); to++ {
			if ranks[i] != best {
				ids[to], ranks[to] = ids[i], ranks[i]
				i++
				continue
			}
			ids[to] = best
			if to > 0 {
				ranks[to-1] = v.merge(ids[to-1], best)
			}
			if i += 2; i >= n {
				ranks[to] = noToken
			} else if ranks[i] != best { // or else the next merge knows
				ranks[to] = v.merge(best, ids[i])
			}
		}
		n, best = to, noToken
		for i, r := range ranks[:n] {
			if r < best {
				best, at = r, i
			}
		}
	}
	return n
}

// large counts the tokens of a piece of any length.
//
// A sequence of tokens is what merging makes of its bytes if and only if each pair of neighbours is (see splits), so a piece longer than a window is counted window by
// window: what a window says up to a little before its end stays, the next window starts there, and the two neighbours at the seam are checked.
func (sc *scratch) large(v *vocab, piece string) int {
	if sc.b == nil {
		sc.b = newBuckets(v.n)
	}
	b := sc.b
	if len(piece) <= window {
		return b.run(v, piece)
	}
	total, from, last := 0, 0, uint32(noToken)
	for {
		end := min(from+window, len(piece))
		b.run(v, piece[from:end])
		if last != noToken && !v.splits(last, b.id[0]) {
			return b.run(v, piece) // no seam here: all at once, at the price of memory
		}
		keep := len(piece)
		if end < len(piece) {
			keep = end - overlap
		}
		// Count whole tokens up to keep.
		at := int32(0)
		for at >= 0 && from+int(at) < keep {
			next := b.next[at]
			if next < 0 {
				next = int32(end - from)
			}
			if from+int(next) > keep {
				break
			}
			total++
			last = b.id[at]
			at = next
		}
		from += int(at)
		if end == len(piece) {
			return total
		}
	}
}

// splits tells whether merging the bytes of left and right, one after the other, makes just these two tokens again. Going backwards through the merges that made
// the tokens on both sides of the seam, latest first, it looks for a merge across the seam that would have come earlier.
func (v *vocab) splits(left, right uint32) bool {
	limit := uint32(noToken) // merges across the seam with a smaller id would have been made
	for {
		if m := v.merge(left, right); m < limit {
			return false
		}
		// Undo the later of the two, or the other where that is a single byte. Among equals the left one was made first.
		leftHead, leftTail := v.halves(left)
		rightHead, _ := v.halves(right)
		switch {
		case leftHead == noToken && rightHead == noToken:
			return true
		case rightHead == noToken || leftHead != noToken && left > right:
			limit, left = left, leftTail
		default:
			limit, right = right+1, rightHead
		}
	}
}
