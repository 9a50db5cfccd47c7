package operator

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// units are the ways in which one unit is written, the first one being how it is shown. Different units are never converted into each other.
var units = unitTable(
	"$ usd dollar dollars us$", "€ eur euro euros", "TL ₺ try lira liras", "£ gbp pound pounds", "¥ jpy yen", "₽ rub ruble rubles", "₹ inr rs rupee rupees", "CHF", "zł pln zloty", "kr", "SEK", "NOK", "DKK",
	"руб рублей рубля рубль рублями р", "円 日元", "元 人民币 人民幣", "원",
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
var currencies = map[string]bool{"$": true, "€": true, "TL": true, "£": true, "¥": true, "₽": true, "₹": true, "CHF": true, "zł": true, "kr": true, "SEK": true, "NOK": true, "DKK": true,
	"руб": true, "円": true, "元": true, "원": true}

// wholeMoney has no decimals.
var wholeMoney = map[string]bool{"¥": true, "円": true, "원": true}

// scales are words that multiply the number before them.
var scales = scaleTable(
	"100 hundred hundert yüz",
	"1000 thousand thousands thsd bin tausend tsd mille mila duizend tusen tusind тыс тысяч тысячи тысяча тисяч тисячі tys tysięcy tysiące tisíc tisíce ezer ribu nghìn พัน ألف آلاف هزار हजार हज़ार",
	"10000 หมื่น", "100000 lakh lakhs lac lacs лакх лакхов लाख แสน", "1000000 million millions mn mio milyon millionen millón millones millions milione milioni milhão milhões miljoen miljon miljoner millioner млн миллион миллиона миллионов мільйон мільйона мільйонів mln milion miliony milionu milionů milionów millió juta triệu ล้าน مليون ملايين میلیون",
	"10000000 crore crores крор करोड़",
	"1000000000 billion billions bn milyar milliarden milliarde mrd mld milliard milliards miliardo miliardi bilhão bilhões miljard miljarder milliarder млрд миллиард миллиарда миллиардов мільярд мільярдів miliard miliarda miliardy miliardów milliárd miliar tỷ مليار مليارات میلیارد अरब",
	"1000000000000 trillion trillions trilyon trn трлн триллион триллиона триллионов billionen billón billones trilhão trilhões bilion biliony bilionów",
)

// moneyScales multiply an amount of money, rupeeScales one of rupees; beside other things they are units: metres, litres, credits.
var (
	moneyScales = scaleTable("1000 k", "1000000 m mm", "1000000000 b md mds", "1000000000000 t tn bio")
	rupeeScales = scaleTable("100000 l", "10000000 cr crs")
)

// marksOfScale stand right behind a number, one after the other (百万), and right before its unit (3億円).
var marksOfScale = map[rune]int64{'百': 1e2, '千': 1e3, '万': 1e4, '萬': 1e4, '億': 1e8, '亿': 1e8, '兆': 1e12, '천': 1e3, '만': 1e4, '억': 1e8, '조': 1e12}

func scaleTable(rows ...string) map[string]int64 {
	m := map[string]int64{}
	for _, row := range rows {
		names := strings.Fields(row)
		n, _ := strconv.ParseInt(names[0], 10, 64) // of the table above
		for _, name := range names[1:] {
			m[name] = n
		}
	}
	return m
}

// compound is what stands after a number that is only the first part of a range, a fraction, a time of day or a product.
var compound = lazily(`^\s?(?:[-–—/:×^]|x\b|to\b|ila\b)\s?\p{Nd}`)

// unitAfter reads what stands beside a number: words that multiply it, then a unit after it, or else a sign or word before it that is known as one. rest is what
// follows the number and the words that multiply it.
func unitAfter(before, after string, st style) (unit string, times *big.Rat, rest string) {
	times = big.NewRat(1, 1)
	sign := ""
	if f := strings.Fields(strings.TrimRight(before, " ([-+−–")); len(f) > 0 {
		sign = strings.Trim(f[len(f)-1], ".,;:()[]\"'=-+−–")
	}
	money := strings.ContainsAny(sign, moneySigns)
	var w, next string
	if m := besideNumber().FindStringSubmatch(after); m != nil && !isUnitAlone(m[1]) { // 15 (fifteen) EUR, EUR 15 (about 16 USD)
		after = after[len(m[0]):]
	}
	after = strings.TrimLeft(after, "-−–+") // 100,00- EUR, 100+ users
	for {
		text := strings.TrimSpace(after)
		if r, size := utf8.DecodeRuneInString(text); marksOfScale[r] > 0 {
			times.Mul(times, big.NewRat(marksOfScale[r], 1))
			after = text[size:]
			continue
		}
		w, next = wordOf(after)
		many := first(wordOf(next))
		n, left := scaleOf(w, cmp.Or(currencyIn(sign), currencyIn(many)))
		if letter, end := st.letterScale(after, next); n == 0 && letter > 0 {
			n, left = letter, end
		}
		if strings.EqualFold(w, "mil") && (scales[strings.ToLower(many)] == 1e6 || cmp.Or(currencyIn(sign), currencyIn(many)) == "€") {
			n = 1000 // alone it is a million to some
		}
		if n == 0 {
			break
		}
		times.Mul(times, big.NewRat(n, 1))
		if after = next; left != "" {
			w = left
			break
		}
	}
	rest = after
	if times.Num().BitLen() > 1 && slices.Contains([]string{"of", "de", "di", "d"}, strings.ToLower(w)) {
		if w = first(wordOf(next)); units[strings.ToLower(w)] == "" {
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

// besideNumber is what stands in parentheses right behind a number.
var besideNumber = lazily(`^\s*\(([^()]*)\)`)

// isUnitAlone says whether a text is a unit: a word that is known as one, or one as short as units are.
func isUnitAlone(text string) bool {
	w := strings.ToLower(strings.Trim(text, " ."))
	n, _ := scaleOf(w, "$")
	return w != "" && (units[w] != "" || n > 0 || utf8.RuneCountInString(w) <= 3 && !digitNames[w] && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
}

// digitNames are numbers in words that are as short as units.
var digitNames = map[string]bool{"one": true, "two": true, "six": true, "ten": true, "bir": true, "iki": true, "üç": true, "beş": true, "on": true, "elf": true, "un": true, "uno": true, "due": true, "dos": true, "tre": true, "sei": true, "dix": true, "два": true, "три": true}

// wordOf is the word at the start of a text, without the marks around it, and what follows; "" where a number stands there.
func wordOf(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	// The apostrophe is what Turkish hangs an ending on: 500 TL'dir.
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;)'’", r) })
	if end < 0 {
		end = len(text)
	}
	word = strings.Trim(text[:end], ".,;:()[]\"-−–")
	if r, _ := utf8.DecodeRuneInString(word); unicode.IsDigit(r) {
		return "", text
	}
	return word, strings.TrimLeft(text[end:], ",;)'’ ")
}

func first(word, _ string) string { return word }

func isCurrency(word string) bool { return currencies[units[strings.ToLower(word)]] }

// currencyIn is the money that a word is, or that its sign shows; "" none.
func currencyIn(word string) string {
	if u := units[strings.ToLower(word)]; currencies[u] {
		return u
	}
	if i := strings.IndexAny(word, moneySigns); i >= 0 {
		r, _ := utf8.DecodeRuneInString(word[i:])
		return units[string(r)]
	}
	return ""
}

const moneySigns = "$€₺£¥₽₹"

// scaleOf is what a word multiplies the number before it by, and what of the word is left; 0 where it does not. money is the currency beside them.
func scaleOf(word, money string) (n int64, left string) {
	w := strings.ToLower(strings.TrimSuffix(word, "+"))
	if n = scales[w]; n == 0 && money != "" {
		n = moneyScales[w]
	}
	if money == "₹" && n == 0 {
		n = rupeeScales[w]
	}
	if n > 0 {
		return n, ""
	}
	if i := strings.IndexAny(w, moneySigns); i > 0 && isCurrency(w[i:]) { // 2,5 M€
		n, _ = scaleOf(w[:i], currencyIn(w[i:]))
		return n, w[i:]
	}
	return 0, ""
}

// letterScale is what a letter that stands right behind a number that is no money multiplies it by, and what of its word is left: 10k users, 1.2M, 5K/day. A small m is
// metres or minutes and b bytes, unless numbers of the same text say otherwise; in a text of sizes (4.0K, 1.5G) letters multiply bytes, and not by thousands.
func (st style) letterScale(after, next string) (n int64, left string) {
	m := scaleLetter().FindStringSubmatch(after)
	if m == nil || st.sizes {
		return 0, ""
	}
	near := m[1] == ""
	switch m[2] {
	case "k":
		n = 1e3
	case "K": // and not 300 K, a temperature
		if r, _ := utf8.DecodeRuneInString(next); near || unicode.IsLetter(r) {
			n = 1e3
		}
	case "M":
		if near {
			n = 1e6
		}
	case "m":
		if near && st.millions {
			n = 1e6
		}
	case "B", "b":
		if near && st.millions {
			n = 1e9
		}
	}
	return n, m[3]
}

var scaleLetter = lazily(`^(\s?)([kKmMbB])\+?(/\p{L}+)?(?:$|[\s,;.)'’])`)

// isCode3 reports whether a word is written like the code of a currency.
func isCode3(w string) bool {
	return len(w) == 3 && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// sameUnit reports whether two units are one, in the singular and in the plural.
func sameUnit(a, b string) bool {
	return a == b || len(a) > 3 && a+"s" == b || len(b) > 3 && b+"s" == a
}
