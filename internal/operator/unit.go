package operator

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// units are the ways in which one unit is written, the first one being how it is shown. Different units are never converted into each other.
var units = unitTable(
	"$ usd dollar dollars us$", "€ eur euro euros", "TL ₺ try lira liras", "£ gbp pound pounds", "¥ jpy yen", "₽ rub ruble rubles", "₹ inr rs rupee rupees", "CHF", "zł pln zloty", "kr", "SEK", "NOK", "DKK",
	"% percent pct per-cent yüzde prozent", "kg kgs kilo kilos kilogram kilograms kilogramm", "g gr gram grams gramm", "t ton tons tonne tonnes tonnen",
	"km kilometer kilometers kilometre kilometres", "m meter meters metre metres", "cm centimeter centimeters santim", "l liter liters litre litres",
	"h hr hrs hour hours saat stunde stunden", "min mins minute minutes dakika dk minuten", "s sec secs second seconds saniye sn", "day days gün tag tage", "week weeks hafta", "month months ay", "year years yıl jahr jahre",
)

func unitTable(rows ...string) map[string]string {
	m := map[string]string{}
	for _, row := range rows {
		names := strings.Fields(row)
		for _, n := range names {
			m[strings.ToLower(n)] = names[0]
		}
	}
	return m
}

// currencies are the units that are money.
var currencies = map[string]bool{"$": true, "€": true, "TL": true, "£": true, "¥": true, "₽": true, "₹": true, "CHF": true, "zł": true, "kr": true, "SEK": true, "NOK": true, "DKK": true}

// scales are words that multiply the number before them. A bare letter does so only beside a currency.
var scales = map[string]int64{
	"thousand": 1e3, "bin": 1e3, "tausend": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "mio": 1e6, "milyon": 1e6, "millionen": 1e6,
	"billion": 1e9, "billions": 1e9, "bn": 1e9, "milyar": 1e9, "milliarden": 1e9, "mrd": 1e9, "trillion": 1e12, "trilyon": 1e12,
}

var letterScales = map[string]int64{"k": 1e3, "m": 1e6, "b": 1e9}

// compound is what stands after a number that is only the first part of a range, a fraction, a time of day or a product.
var compound = regexp.MustCompile(`^\s?(?:[-–—/:×^]|x\b|to\b|ila\b)\s?\p{Nd}`)

// unitAfter reads what stands beside a number: words that multiply it, then a unit after it, or else a sign or word before it that is known as one. rest is what
// follows the number and the words that multiply it.
func unitAfter(before, after string) (unit string, times *big.Rat, rest string) {
	times, rest = big.NewRat(1, 1), after
	word := func() string {
		after = strings.TrimSpace(after)
		// The apostrophe is what Turkish hangs an ending on: 500 TL'dir.
		end := strings.IndexFunc(after, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;)'’", r) })
		if end < 0 {
			end = len(after)
		}
		w := strings.Trim(after[:end], ".,;:()[]\"-−–")
		if r := []rune(w); len(r) > 0 && unicode.IsDigit(r[0]) {
			return ""
		}
		return w
	}
	sign := ""
	if f := strings.Fields(strings.TrimRight(before, " ([-+−–")); len(f) > 0 {
		sign = strings.Trim(f[len(f)-1], ".,;:()[]\"'=-+−–")
	}
	money := strings.ContainsAny(sign, "$€₺£¥₽₹")
	w := word()
	n := scales[strings.ToLower(w)]
	if n == 0 && money {
		n = letterScales[strings.ToLower(w)]
	}
	if n > 0 {
		times.SetInt64(n)
		after = strings.TrimLeft(strings.TrimSpace(after)[len(w):], ".,;:()[]\"'")
		rest = after
		if w = word(); strings.EqualFold(w, "of") {
			w = ""
		}
	}
	per := ""
	if money && strings.HasPrefix(w, "/") {
		per = strings.ToLower(w) // a price is no amount of money
	}
	if w == "" || money {
		w = sign
		if u := units[strings.ToLower(w)]; u == "" && !money && !isCode3(w) {
			w = "" // any word that happens to stand there is no unit
		}
	}
	w = strings.ToLower(w)
	if u := units[w]; u != "" {
		w = u
	}
	return w + per, times, rest
}

// isCode3 reports whether a word is written like the code of a currency.
func isCode3(w string) bool {
	return len(w) == 3 && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// sameUnit reports whether two units are one, in the singular and in the plural.
func sameUnit(a, b string) bool {
	return a == b || len(a) > 3 && a+"s" == b || len(b) > 3 && b+"s" == a
}
