package tokens

import "unicode/utf8"

// Stable tells whether s may be cut at byte offset at with exact sums: Count(s[:at]) + Count(s[at:]) == Count(s). It looks at the two characters beside the cut
// only, so that false means "not known". True are, among others: after a line end, before a character that is no white space (and no '/' in o200k_base); after a
// letter or digit, before white space; after a letter, before punctuation (but "'" in o200k_base); after punctuation, before a blank.
//
// Where two cuts of one text are stable, the count of the text between them is the difference of the sums that Walk gives at the cuts, since a stable cut is always
// the end of a piece.
func (e *Encoding) Stable(s string, at int) bool {
	if at <= 0 || at >= len(s) {
		return at == 0 || at == len(s)
	}
	t := classes()
	var left uint8
	if c := s[at-1]; c < utf8.RuneSelf {
		left = t.ascii[c]
	} else {
		r, size := utf8.DecodeLastRuneInString(s[:at])
		if size == 1 {
			return false
		}
		left = t.rune(r)
	}
	right, _, ok := t.at(s, at)
	if !ok {
		return false
	}
	// What comes before the cut reads the same when the text ends there, because no pattern looks ahead but from white space; what comes after
	// always does. So it is enough that a piece must end here, and that a run of white space before the cut ends its line.
	switch left {
	case newline:
		return right&space == 0 && !(e.o200k && s[at] == '/')
	case number:
		return right != number
	case mark, other:
		return right&(number|blank) != 0
	case upper, lower, either:
		if e.o200k {
			return right&(number|space|other) != 0 && s[at] != '\''
		}
		return right&letter == 0
	}
	return false
}
