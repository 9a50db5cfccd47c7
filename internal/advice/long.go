package advice

import (
	"strconv"
	"strings"
)

// Output is how long an answer an instruction asks for.
type Output struct {
	Words  int  // asked for in numbers ("10.000 kelimelik", "a 20-page report"); 0 when no number is given
	Wanted bool // the instruction itself wants something long
}

// longWords is the length from which one call is doubtful: about 4,000 output tokens.
const longWords = 3000

// wordsPerPage is the usual page of a manuscript.
const wordsPerPage = 300

// maxWords bounds what an instruction can ask for, since it becomes calls and money.
const maxWords = 200_000

// Long reads the length that an instruction asks for. It is meant for instructions, not for material: a text that only mentions a book is not one that wants it.
func Long(instruction string) Output {
	text := fold(cut(instruction, 6000))
	all := clauses(strings.ReplaceAll(text, "-", " "))
	var o Output
	for _, c := range all {
		for i, w := range c {
			n, ok := number(w)
			if !ok || i+1 >= len(c) {
				continue
			}
			if i > 0 && n < 10 { // "on iki", "twenty five"
				if tens, ok := numberWords[c[i-1]]; ok && tens >= 10 && tens < 100 {
					n += tens
				}
			}
			next := c[i+1]
			if (next == "bin" || next == "thousand") && i+2 < len(c) {
				n, next = n*1000, c[i+2]
			}
			switch {
			case hasPrefix(next, "word", "kelime", "sozcuk", "wort", "worter", "mots", "palabra"):
			case hasPrefix(next, "page", "sayfa", "seite", "pagina"):
				n *= wordsPerPage
			case hasPrefix(next, "chapter", "bolum", "kapitel", "capitulo"):
				n *= 1000
			default:
				continue
			}
			o.Words = max(o.Words, min(n, maxWords))
		}
	}
	if o.Words > 0 {
		o.Wanted = o.Words >= longWords
		return o
	}
	o.Wanted = score(instruction)["compose"] >= 7
	return o
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// thousands takes out what stands between groups of digits.
var thousands = strings.NewReplacer(".", "", ",", "")

// number reads "10000", "10.000", "10,000", "5k" and small Turkish and English number words.
func number(w string) (int, bool) {
	if n, ok := numberWords[w]; ok {
		return n, true
	}
	factor := 1
	if t, ok := strings.CutSuffix(w, "k"); ok {
		w, factor = t, 1000
	}
	w = thousands.Replace(w)
	if len(w) == 0 || len(w) > 7 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n * factor, err == nil
}

var numberWords = map[string]int{"bin": 1000, "thousand": 1000, "hundred": 100, "yuz": 100,
	"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
	"iki": 2, "uc": 3, "dort": 4, "bes": 5, "alti": 6, "yedi": 7, "sekiz": 8, "dokuz": 9, "on": 10, "yirmi": 20, "otuz": 30, "kirk": 40, "elli": 50}
