package split

// Fine returns the cuts of text[start:end) that are finer than lines, so that no two neighbours, the ends included, are more than gap bytes apart where
// the text allows it: elements first, sentences where these are too far apart, then words, then characters, at last code points. A byte that is no UTF-8
// stands for itself. Of cuts nearer than grain bytes the best is kept.
func Fine(text string, start, end, grain, gap int) []Cut {
	cuts := elements(nil, text, start, end, grain)
	cuts = Fill(cuts, start, end, gap, func(lo, hi int) []Cut { return sentences(nil, text, lo, hi, grain) })
	cuts = Fill(cuts, start, end, gap, func(lo, hi int) []Cut { return words(nil, text, lo, hi, grain) })
	cuts = Fill(cuts, start, end, gap, func(lo, hi int) []Cut { return graphemes(nil, text, lo, hi, grain) })
	return Fill(cuts, start, end, gap, func(lo, hi int) []Cut { return runes(nil, text, lo, hi, grain) })
}

// Fill returns cuts, which are those between start and end, with finer ones wherever two neighbours, the ends included, are more than gap bytes apart.
func Fill(cuts []Cut, start, end, gap int, finer func(lo, hi int) []Cut) []Cut {
	var all []Cut
	from := start
	for i := 0; i <= len(cuts); i++ {
		to := end
		if i < len(cuts) {
			to = cuts[i].Offset
		}
		if to-from > gap {
			if all == nil {
				all = append(make([]Cut, 0, len(cuts)+(end-start)/gap), cuts[:i]...)
			}
			all = append(all, finer(from, to)...)
		}
		if i < len(cuts) {
			if all != nil {
				all = append(all, cuts[i])
			}
			from = to
		}
	}
	if all == nil {
		return cuts
	}
	return all
}
