package operator

import (
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A quantity is an exact number with its unit.
type quantity struct {
	amount *big.Rat
	scale  int    // digits after the point as written
	unit   string // "" none
}

// A style says how numbers of a text are written: with a decimal comma (1.234,56) or a decimal point (1,234.56), and what letters behind them are.
type style struct {
	comma, sure bool
	times       map[string]quantity // the values that are times
	ratings     map[string]quantity // and those that are so many of so many
	days        bool                // all are days of a month without the year: 5.3.
	sizes       bool                // letters are of bytes: 4.0K, 1.5G
	millions    bool                // m is a million and b a billion: 950k, 1.2m
}

// Arabic has marks of its own, for decimals and between thousands.
var numeral = lazily(`[-+−]?\p{Nd}(?:[\p{Nd}.,'’_\x{a0}\x{202f}\x{2009}٫٬]*\p{Nd})?(?:(?: \p{Nd}{3})+(?:[.,]\p{Nd}+)?\b)?`)

var (
	// exponent is what multiplies a number as programs write it.
	exponent = lazily(`^[eE][-+]?\p{Nd}{1,2}\b`)
	// thousands is what a number looks like whose marks stand between thousands (or, as in India, between lakhs too).
	thousands = lazily(`^\p{Nd}{1,3}(?:\.\p{Nd}{3})+$|^\p{Nd}{1,3}(?:,\p{Nd}{2,3})*,\p{Nd}{3}$|^\p{Nd}+$`)
	// ordinal is what makes a number that of a place; it is no unit.
	ordinal = lazily(`^(?:st|nd|rd|th|º|ª)\b`)
	// noCents stands where the decimals of a price would; in India behind a stroke.
	noCents = lazily(`^[.,/][-–—=]+`)
	// minutesMark is what between thousands would have three digits behind it: 5'30 are minutes and seconds, or feet and inches.
	minutesMark = lazily(`['’]\p{Nd}{1,2}(?:\P{Nd}|$)`)
	// inexact is what a value says that is a bound, or a guess.
	inexact = lazily(`(?i)^[^\p{Nd}]*(?:[<>≤≥~≈±]|(?:^|\P{L})(?:over|under|above|below|about|around|approx\p{L}*|circa|ca|roughly|nearly|almost|some|(?:more|less|fewer) than|at (?:least|most)|up to|minimum|maximum|max|min|yaklaşık|takriben|en az|en fazla|en çok|über|unter|etwa|rund|ungefähr|mindestens|höchstens|bis zu|environ|plus de|moins de|au moins|jusqu['’]à|unos|unas|alrededor de|más de|menos de|al menos|hasta|cerca de|mais de|pelo menos|circa|oltre|almeno|более|менее|около|примерно|свыше|до|не менее)(?:\P{L}|$)[^\p{Nd}]*|約|约|大约|超过|不到|至少|약)[^\p{Nd}]*\p{Nd}|^[^\p{Nd}]*\p{Nd}[\p{Nd}.,]*[kKMB]?\+`)
	// minus is what makes the number after it negative, with at most a sign of money or per cent between them.
	// Behind a word, a dash with space on both sides stands between a name and its price: Tea - 5 €.
	minus = lazily(`(?i)(?:(?:^|[:=(]|[$€₺£¥₽₹%])\s*[-−–]\s?(?:[$€₺£¥₽₹%]\s?)?|\s[-−–](?:[$€₺£¥₽₹%]\s?)?|(?:^|[\s:=(])(?:minus|eksi)\s+[$€₺£¥₽₹%]?)$|^[-−–]\s?\p{L}{0,3}[$€₺£¥₽₹%]?\s?$`)
	// minusAfter is the sign of book-keeping programs, behind the number. A word that hangs on it is another: a 5-year term.
	minusAfter = lazily(`^[-−–](?:\s*[$€₺£¥₽₹%]|\s*(?:\p{Lu}{2,3})|\s+\p{L}{1,4})?$`)
	// openParen and closeParen stand around an amount of money in parentheses, which is negative.
	openParen  = lazily(`(?i)^\s*(?:\p{Lu}{2,3}\s*|[$€₺£¥₽₹]\s*)?\(\s*(?:\p{Lu}{2,3}|[$€₺£¥₽₹])?\s*$`)
	closeParen = lazily(`^\s*(?:\p{Lu}{2,3}|[$€₺£¥₽₹%])?\s*\)`)
)

var (
	inBytes    = lazily(`\p{Nd}\s?(?:[KMGT]i?B\b|Gi?\b)`)
	inThousand = lazily(`\p{Nd}[kK]\b|\p{Nd}M\b|\p{Nd}\s?(?i:thousand|million|bn|billion)\b`)
	inMillions = lazily(`\p{Nd}[.,]\p{Nd}[mb]\b|\p{Nd}[.,]\p{Nd}B\b`)
)

// styleOf takes the vote of the numbers that can be read in one way only.
func styleOf(values []string) style {
	comma, point := 0, 0
	var st style
	thousands, millions := false, false
	st.days = len(values) > 1 && !slices.ContainsFunc(values, func(v string) bool { return v != "" && (!dayAndMonth().MatchString(v) || dayOfYear(v) == 0) })
	for _, v := range values {
		st.sizes = st.sizes || inBytes().MatchString(v)
		thousands = thousands || inThousand().MatchString(v)
		millions = millions || inMillions().MatchString(v)
		switch decimalMark(numeral().FindString(v)) {
		case ',':
			comma++
		case '.':
			point++
		}
	}
	st.ratings = ratingsOf(values)
	st.comma, st.sure, st.millions = comma > point, comma != point, thousands && millions
	return st
}

// decimalMark is what a numeral's own form shows to be the decimal mark of its text; 0 where it shows nothing.
func decimalMark(num string) byte {
	dots, commas := strings.Count(num, "."), strings.Count(num, ",")
	switch {
	case dots == 0 && commas == 0:
		return 0
	case dots > 0 && commas > 0:
		if strings.LastIndexByte(num, '.') > strings.LastIndexByte(num, ',') {
			return '.'
		}
		return ','
	case dots > 1:
		return ','
	case commas > 1:
		return '.'
	}
	i := strings.IndexAny(num, ".,")
	head := strings.TrimLeft(num[:i], "-+−")
	if len(num)-i-1 != 3 || head == "0" || len(head) > 3 {
		return num[i]
	}
	return 0 // 1.234 and 1,234: could be either
}

// maxDigits bounds a number; a longer run of digits is no quantity.
const maxDigits = 40

// parseQuantity reads the number of s, which is one alone: 2 hours 30 minutes, 3 of 10 and invoice 4711: 12 € are not. guessed says that its form allows another reading and the style of the text does not tell.
func parseQuantity(s string, st style) (q quantity, guessed, ok bool) {
	if q, ok := st.times[s]; ok {
		return q, false, true
	}
	if q, ok := st.ratings[s]; ok {
		return q, false, true
	}
	at := numeral().FindStringIndex(s)
	if at == nil {
		return wordQuantity(s)
	}
	if at[1]-at[0] > maxDigits || minutesMark().MatchString(s[at[0]:at[1]]) {
		return quantity{}, false, false
	}
	num, before, after := s[at[0]:at[1]], s[:at[0]], s[at[1]:]
	if m := named().FindStringSubmatch(before); m != nil && !isCurrency(m[1]) && !strings.EqualFold(m[1], "x") && (num[0] == '-' || !isCode3(m[1]) && units[strings.ToLower(m[1])] == "") {
		return quantity{}, false, false // v1.10, INV-10
	}
	if r, _ := utf8.DecodeRuneInString(after); compound().MatchString(after) || unicode.Is(unicode.No, r) {
		return quantity{}, false, false
	}
	if st.days || dayOfYear(s) > 0 && !dayAndMonth().MatchString(s) {
		return quantity{}, false, false // Feb 2, 5. März
	}
	after = noCents().ReplaceAllString(ordinal().ReplaceAllString(after, ""), "")
	power := exponent().FindString(after)
	after = after[len(power):]
	if fraction().MatchString(before) { // .5
		num, before = "0"+before[len(before)-1:]+num, before[:len(before)-1]
	}
	var times *big.Rat
	if q.unit, times, after = unitAfter(before, after, st); strings.EqualFold(first(wordOf(after)), "mil") && strings.ContainsAny(q.unit, moneySigns) {
		return quantity{}, false, false // a thousand pesos, or a million dollars
	}
	mark := decimalMark(num)
	if strings.Contains(num, "٫") {
		num, mark = strings.Replace(strings.NewReplacer(".", "", ",", "", "٬", "").Replace(num), "٫", ".", 1), '.'
	}
	if whole, _, _ := strings.Cut(num, string(rune(mark))); mark != 0 && !thousands().MatchString(spaces.Replace(strings.TrimLeft(whole, "-+−"))) {
		return quantity{}, false, false // 192.168.1.1, 12.5.2024
	}
	if mark == 0 && strings.ContainsAny(num, ".,") {
		mark = '.'
		if st.comma {
			mark = ','
		} else if guessed = !st.sure; guessed && currencies[q.unit] {
			mark = 0 // money has two decimals, or none
			guessed = !wholeMoney[q.unit]
		}
	}
	var b strings.Builder
	for _, r := range num {
		switch {
		case r == '-' || r == '−':
			b.WriteByte('-')
		case unicode.IsDigit(r):
			b.WriteByte('0' + byte(digitValue(r)))
			if strings.ContainsRune(b.String(), '.') {
				q.scale++
			}
		case mark != 0 && r == rune(mark) && !strings.ContainsRune(b.String(), '.'):
			b.WriteByte('.')
		}
	}
	if q.amount, ok = new(big.Rat).SetString(b.String() + power); !ok {
		return quantity{}, false, false
	}
	if power != "" || times.Num().BitLen() > 1 {
		q.amount.Mul(q.amount, times)
		for q.scale > 0 && new(big.Rat).Mul(q.amount, tenTo(q.scale-1)).IsInt() {
			q.scale--
		}
		for q.scale < maxDigits && !new(big.Rat).Mul(q.amount, tenTo(q.scale)).IsInt() {
			q.scale++
		}
	}
	if more := strings.TrimSpace(after); times.Num().BitLen() > 1 && more != "" && unicode.IsDigit([]rune(more)[0]) { // 2 bin 500, 1 million 250 thousand
		rest, unsure, read := parseQuantity(more, st)
		if !read || rest.amount.Cmp(times) >= 0 {
			return quantity{}, false, false
		}
		after = ""
		q.amount.Add(q.amount, rest.amount)
		q.scale, guessed = max(q.scale, rest.scale), guessed || unsure
		if !currencies[q.unit] {
			q.unit = rest.unit
		}
	}
	if others().MatchString(inParens().ReplaceAllString(after, "")) {
		return quantity{}, false, false
	}
	if q.amount.Sign() > 0 && (negative(before) || minusAfter().MatchString(s[at[1]:]) || openParen().MatchString(before) && closeParen().MatchString(s[at[1]:])) {
		q.amount.Neg(q.amount)
	}
	return q, guessed, true
}

// negative says whether what stands before a number makes it so.
func negative(before string) bool {
	money := strings.TrimRight(before, "-−– ")
	return minus().MatchString(before) || money != strings.TrimSpace(before) && isCurrency(money) // EUR - 5,00
}

// wordQuantity reads a number that is one word, alone or with a unit that is known: twelve, üç saat.
func wordQuantity(s string) (q quantity, guessed, ok bool) {
	w, rest := wordOf(s)
	n, ok := numberWord(w)
	if rest = strings.ToLower(strings.Trim(rest, " .")); !ok || rest != "" && units[rest] == "" {
		return quantity{}, false, false
	}
	return quantity{amount: big.NewRat(int64(n), 1), unit: units[rest]}, false, true
}

// named is the word that a number hangs on.
var named = lazily(`([\p{Latin}\p{Cyrillic}\p{Greek}]+)[-_/#]?$`)

// fraction is what stands before a number without the zero: a mark, with nothing but a sign in front.
var fraction = lazily(`^[-+−$€₺£¥₽₹%\s]*[.,]$`)

var (
	// others is another number in what follows one; the 2 of m2 is none. What stands in parentheses is a remark.
	others   = lazily(`(?:^|[^\p{L}\p{Nd}])\p{Nd}`)
	inParens = lazily(`\([^()]*\)`)
)

// spaces takes the marks out of a number that can only stand between thousands.
var spaces = strings.NewReplacer(" ", "", "٬", "", "'", "", "’", "", "_", "", "\u00a0", "", "\u202f", "", "\u2009", "")

func tenTo(n int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// digitValue is a decimal digit's value in any script: Unicode puts ten of them in a row, the zero first.
func digitValue(r rune) int {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}

// decimal writes an exact number with at least `scale` digits after the point, or rounded to four more where it does not end.
func decimal(r *big.Rat, scale int) string {
	s := r.FloatString(scale)
	if back, _ := new(big.Rat).SetString(s); back.Cmp(r) == 0 {
		return s
	}
	s = strings.TrimRight(r.FloatString(scale+4), "0")
	return strings.TrimSuffix(s, ".")
}
