package tokens

// How many tokens a text has at most can be told in a fraction of the time that counting takes: as many as bytes, less what is known. How many at most is known of rows of
// blanks, characters of three bytes, and neighbours that merge wherever they meet (see joins); and of pieces that were seen before how many they are (see seen).

// blocks is into how many parts at most a text is divided that is counted until enough is known. Each is a number of glances.
const blocks = 64

// bound divides s into blocks and returns their size. Behind a piece that ends in block k, or at its beginning, s has at most w.most[k] tokens.
func (w *worker) bound(s string, low int) (size int) {
	size = ((len(s)-1)/(blocks*glance) + 1) * glance
	last := (len(s) - 1) / size
	for k := range last + 1 {
		w.most[k] = len(s) - k*size
	}
	// A text so long can hardly have so few tokens, or not without learning and counting nearly all of it.
	if len(s)*5/16 <= low {
		w.save(s, size, 2*(len(s)-low))
	}
	return size
}

// save takes what is known of blocks from what s has at most from each block on, until all together save lack, in halves: first what places say, then what was seen
// before, from the last block on. If that does not do, it learns what is new, four times what it takes, and now and then a little where much had to be looked up: so
// that most texts to come need little.
func (w *worker) save(s string, size, lack int) {
	last := (len(s) - 1) / size
	var saved, seen [blocks]int
	sum := 0
	for k := last; k >= 0 && sum < lack; k-- {
		for i := k * size; i < min((k+1)*size, len(s)); i += glance {
			n, wide := w.places(s, i, &w.looks[k])
			if saved[k] += n; wide > glance/16 { // a few quotes and dashes are not worth the time
				saved[k] += 2 * max(w.v.spared(s, i, min(i+glance, len(s))), 0)
			}
		}
		sum += saved[k]
	}
	block := func(k int, learn bool) {
		n := 0
		for i := k * size; i < min((k+1)*size, len(s)); i += glance {
			if size > glance { // what is kept is of the block's last glance
				w.places(s, i, &w.looks[k])
			}
			if learn {
				n += w.study(s, i, &w.looks[k], true)
			} else {
				n += w.saved(s, i, &w.looks[k])
			}
		}
		sum += n - seen[k]
		seen[k] = n
	}
	k := last
	for ; k >= 0 && sum < lack; k-- {
		block(k, false)
	}
	if k < last/2 && sum >= lack {
		if w.turn++; w.turn%16 == 0 {
			block(k+1, true)
		}
	}
	missing := max(lack-sum, 0)
	for k := last; k >= 0 && missing > 0 && sum < lack+3*missing; k-- {
		block(k, true)
		if last-k == blocks/8 && 2*(sum-lack+missing)*last < missing*(last-k) {
			break // the rest would not help either
		}
	}
	sum = 0
	for k := last; k >= 0; k-- {
		sum += saved[k] + seen[k]
		w.most[k] -= sum / 2
	}
}
