package operator

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// A quantity is an exact number with its unit.
type quantity struct {
	amount *big.Rat
	scale  int    // digits after the point as written
	unit   string // "" none
}

// A style says how numbers of a text are written: with a decimal comma (1.234,56) or a decimal point (1,234.56).
type style struct{ comma, sure bool }

var numeral = regexp.MustCompile(`[-+−]?\p{Nd}(?:[\p{Nd}.,'’_\x{a0}\x{202f}]*\p{Nd})?(?: \p{Nd}{3}\b)*`)

// styleOf takes the vote of the numbers that can be read in one way only.
func styleOf(values []string) style {
	comma, point := 0, 0
	for _, v := range values {
		switch decimalMark(numeral.FindString(v)) {
		case ',':
			comma++
		case '.':
			point++
		}
	}
	return style{comma: comma > point, sure: comma != point}
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

// parseQuantity reads the first number of s. guessed says that its form allows another reading and the style of the text does not tell.
func parseQuantity(s string, st style) (q quantity, guessed, ok bool) {
	at := numeral.FindStringIndex(s)
	if at == nil || at[1]-at[0] > maxDigits {
		return quantity{}, false, false
	}
	num := s[at[0]:at[1]]
	if compound.MatchString(s[at[1]:]) {
		return quantity{}, false, false
	}
	var times *big.Rat
	q.unit, times = unitAfter(s[:at[0]], s[at[1]:])
	mark := decimalMark(num)
	if mark == 0 && strings.ContainsAny(num, ".,") {
		mark = '.'
		if st.comma {
			mark = ','
		} else if guessed = !st.sure; guessed {
			switch q.unit {
			case "TL", "€":
				mark = ','
			}
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
	if q.amount, ok = new(big.Rat).SetString(b.String()); ok && times.Num().BitLen() > 1 {
		q.amount.Mul(q.amount, times)
		for q.scale > 0 && new(big.Rat).Mul(q.amount, tenTo(q.scale-1)).IsInt() {
			q.scale--
		}
	}
	if before := strings.TrimSpace(s[:at[0]]); ok && strings.HasSuffix(before, "(") && strings.HasPrefix(strings.TrimSpace(s[at[1]:]), ")") {
		q.amount.Neg(q.amount) // book-keepers' (120)
	}
	return q, guessed, ok
}

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
