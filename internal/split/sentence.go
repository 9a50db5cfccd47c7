package split

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentences appends the places after the sentences of text[start:end), trailing spaces included. Ends of lines are not among them.
//
// A stop of another script ends a sentence where it stands; a Latin one where white space follows and what comes next does not go on in lower case, and where it belongs neither to an abbreviation, nor to an initial, nor to an ordinal ("3. madde").
func sentences(to []Cut, text string, start, end, grain int) []Cut {
	for i := start; i < end; {
		if i += beginsStop.index(text[i:end]); i == end {
			break
		}
		width, wide := stop(text[i:end])
		if width == 0 {
			i++
			continue
		}
		dot := text[i] == '.'
		if wide && strings.HasPrefix(text[i:], "．") && numeral(text[i+width:end]) {
			i += width
			continue
		}
		at := i
		i += width
		for i < end { // more stops, closing quotes and brackets
			if n, w := stop(text[i:end]); n > 0 {
				i, wide, dot = i+n, wide || w, false
			} else if n := closing(text[i:end]); n > 0 {
				i += n
			} else {
				break
			}
		}
		quoted := i > at+width
		next := i
		for next < end {
			r, n := utf8.DecodeRuneInString(text[next:end])
			if r == '\n' || r == '\r' || !unicode.IsSpace(r) {
				break
			}
			next += n
		}
		if next >= end || text[next] == '\n' || text[next] == '\r' || next == i && !wide || !wide && continues(text[next:end]) || wide && quoted && strings.HasPrefix(text[next:end], "と") || dot && abbreviated(text[start:at]) || !isBreak(text, next) {
			continue
		}
		addCut(&to, text, grain, next, Sentence, 0)
		i = next
	}
	return to
}

// numeral reports whether s begins with a digit, wide or Chinese ones too: "．" is a decimal point before it.
func numeral(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r) || strings.ContainsRune("〇零一二三四五六七八九", r)
}

// beginsStop has the first bytes of stops, stopPairs the first two, of which no more than the low bits are looked at.
var beginsStop, stopPairs = stops()

func stops() (first *set, pairs [64][64]bool) {
	first = setOf(".!?")
	add := func(r rune) {
		if s := string(r); len(s) > 1 {
			first[s[0]], pairs[s[0]&63][s[1]&63] = true, true
		}
	}
	for _, ranges := range unicode.STerm.R16 {
		for r := rune(ranges.Lo); r <= rune(ranges.Hi); r += rune(ranges.Stride) {
			add(r)
		}
	}
	for _, r := range moreStops {
		add(r)
	}
	return first, pairs
}

// stop returns the width of a full stop at the beginning of s, 0 when there is none; wide says that no white space need follow.
func stop(s string) (width int, wide bool) {
	if s[0] < utf8.RuneSelf {
		if s[0] == '.' || s[0] == '!' || s[0] == '?' {
			return 1, false
		}
		return 0, false
	}
	if len(s) > 1 && stopPairs[s[0]&63][s[1]&63] {
		if r, n := utf8.DecodeRuneInString(s); terminal(r) {
			return n, r != '…'
		}
	}
	return 0, false
}

// moreStops are not in Unicode's table.
const moreStops = "…།។"

// terminal reports whether a character ends a sentence in some script.
func terminal(r rune) bool {
	return unicode.Is(unicode.STerm, r) || strings.ContainsRune(moreStops, r)
}

const closers = "\"')]}”’»」』”’）】》〉］｝*_"

// closing returns the width of a closing quote or bracket at the beginning of s.
func closing(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError && strings.ContainsRune(closers, r) {
		return n
	}
	return 0
}

// continues reports whether s, after its opening quotes, goes on in lower case. Georgian letters are of lower case, but no sentence begins with others.
func continues(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[:min(len(s), 16)], "\"'([{“‘«*_"))
	return unicode.IsLower(r) && unicode.ToTitle(r) != r
}

// abbreviations, English and Turkish first, without their last stop.
var abbreviations = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`mr mrs ms dr prof rev hon st jr sr gen col sgt capt lt cpl gov sen rep pres no nos vol vols ch art sec fig figs eq eqs ed eds
		pp ca cf al etc vs viz approx dept est inc ltd co corp bros e.g i.e a.m p.m u.s u.k ph.d jan feb mar apr jun jul aug sep sept oct nov dec mt ave blvd
		doç yrd arş gör öğr av alb yzb bnb org tic san şti a.ş sn say bkz krş örn vb vd yy yay çev haz der sf mad md fık cad sok mah apt blok tel faks
		nr bzw usw z.b d.h u.a m mme mlle sra srta ud uds pág núm art`) {
		abbreviations[w] = true
	}
}

// abbreviated reports whether the stop after s belongs to its last word: an abbreviation, an initial, or a number of one or two digits.
func abbreviated(s string) bool {
	from := len(s)
	for from > 0 && len(s)-from < 24 {
		r, n := utf8.DecodeLastRuneInString(s[:from])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' {
			break
		}
		from -= n
	}
	word := s[from:]
	if word == "" {
		return false
	}
	if strings.Trim(word, "0123456789") == "" {
		return len(word) <= 2
	}
	first, n := utf8.DecodeRuneInString(word)
	if n == len(word) && unicode.IsUpper(first) {
		return true
	}
	// An initial behind another: "J.R".
	if last, n := utf8.DecodeLastRuneInString(word); n < len(word) && word[len(word)-n-1] == '.' && unicode.IsUpper(last) {
		return true
	}
	return abbreviations[strings.ToLower(word)]
}

// endsSentence reports whether a line ends with a full stop of some script, closing quotes aside.
func endsSentence(line string) bool {
	// Ordinary letters first: most lines end with one.
	if n := len(line); n > 0 && (line[n-1]|0x20 >= 'a' && line[n-1]|0x20 <= 'z' || line[n-1] == ',') {
		return false
	}
	for s := line; ; {
		r, n := utf8.DecodeLastRuneInString(s)
		switch {
		case r == ':' || terminal(r):
			return true
		case strings.ContainsRune(" \t\"'”’»)]』」）】*_", r):
			s = s[:len(s)-n]
		default:
			return false
		}
	}
}
