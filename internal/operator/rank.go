package operator

import (
	"strconv"
	"strings"
	"unicode"
)

// A ranking is words in an order of their own, from the least to the most, each with the others for the same.
type ranking struct {
	ranks map[string]int
	by    custom
}

// How words of a ranking are listed.
type custom uint8

const (
	fromFirst custom = iota // as everybody does
	asTold                  // the most serious first, or the least, if the task says so
	grades                  // "descending" is both; letters without a sign are letters
)

var rankings = []ranking{
	{ranksOf("monday mon pazartesi montag mo lundi lun lunes lunedi lunedì понедельник пн 月曜日 星期一 周一 월요일", "tuesday tue tues salı dienstag di mardi martes martedì вторник вт 火曜日 星期二 周二 화요일",
		"wednesday wed çarşamba mittwoch mi mercredi miércoles mercoledì среда ср 水曜日 星期三 周三 수요일", "thursday thu thur thurs perşembe donnerstag do jeudi jueves giovedì четверг чт 木曜日 星期四 周四 목요일",
		"friday fri cuma freitag fr vendredi viernes venerdì пятница пт 金曜日 星期五 周五 금요일", "saturday sat cumartesi samstag sonnabend sa samedi sábado sabato суббота сб 土曜日 星期六 周六 토요일",
		"sunday sun pazar sonntag so dimanche domingo domenica воскресенье вс 日曜日 星期日 星期天 周日 일요일"), fromFirst},
	{ranksOf("none", "info informational information trivial negligible cosmetic", "very_low lowest", "low minor small düşük niedrig gering faible bajo baja basso baixo низкий 低 낮음", "medium moderate normal mid average orta mittel moyen medio médio средний 中 보통",
		"high major serious important yüksek hoch élevé alto alta высокий 高 높음", "very_high severe urgent", "critical highest blocker fatal extreme showstopper emergency kritik kritisch critique crítico critico критический 致命 심각"), asTold},
	{ranksOf("debug trace", "info", "notice", "warn warning", "error err", "critical crit", "alert", "fatal emergency emerg panic"), asTold},
	{ranksOf("xxs", "xs", "s small", "m medium", "l large big", "xl", "xxl 2xl", "xxxl 3xl", "4xl"), fromFirst},
	{ranksOf("a+", "a", "a-", "b+", "b", "b-", "c+", "c", "c-", "d+", "d", "d-", "e", "f"), grades},
	{ranksOf("terrible awful very_bad", "bad poor kötü schlecht mauvais malo", "fair mediocre acceptable adequate satisfactory", "average neutral ok okay orta", "good iyi gut bon bueno", "very_good sehr_gut çok_iyi", "excellent outstanding mükemmel ausgezeichnet excelente"), asTold},
	numberWords,
	{ranksOf("first birinci erste premier primero первый", "second ikinci zweite deuxième segundo второй", "third üçüncü dritte troisième tercero третий", "fourth dördüncü vierte", "fifth beşinci fünfte", "sixth", "seventh", "eighth", "ninth", "tenth"), fromFirst},
}

var numberWords = ranking{ranksOf("zero sıfır null zéro cero ноль", "one bir eins un uno один", "two iki zwei deux dos due два", "three üç drei trois tres tre три", "four dört vier quatre cuatro quattro четыре", "five beş fünf cinq cinco cinque пять",
	"six altı sechs seis sei шесть", "seven yedi sieben sept siete sette семь", "eight sekiz acht huit ocho otto восемь", "nine dokuz neun neuf nueve nove девять", "ten on zehn dix diez dieci десять",
	"eleven elf onze once undici", "twelve zwölf douze doce dodici", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty yirmi zwanzig vingt veinte venti двадцать"), fromFirst}

// numberWord is the number that a word is; ok is false for what is also a common word of another kind.
func numberWord(word string) (n int, ok bool) {
	w := sameKey(word)
	switch w {
	case "on", "bir", "un", "uno", "due", "null", "once", "sei", "sept", "elf", "neuf":
		return 0, false
	}
	n = numberWords.ranks[w]
	return n - 1, n > 0
}

func ranksOf(words ...string) map[string]int {
	m := map[string]int{}
	for i, same := range words {
		for _, w := range strings.Fields(same) {
			m[strings.ReplaceAll(sameKey(w), "_", " ")] = i + 1
		}
	}
	return m
}

// ranked reads values as words of one ranking, or as days of a year: value → rank. sure: that is what they are to be sorted by, from the last where down. None are there
// where few values are such words, and letters will do.
func ranked(values []string, down bool) (ranks map[string]int, sure bool) {
	ranks = map[string]int{}
	for _, v := range values {
		if d := dayOfYear(v); d > 0 {
			ranks[v] = d
		}
	}
	if n := countIn(ranks, values); 2*n > len(values) {
		return ranks, n == len(values)
	}
	most := len(values) / 2
	for _, r := range rankings {
		is, signs := map[string]int{}, ""
		for _, v := range values {
			if k := r.ranks[rankWord(v)]; k > 0 {
				is[v] = k
				signs += strings.Trim(v, "abcdefABCDEF")
			}
		}
		if n := countIn(is, values); n > most && (r.by != grades || signs != "") {
			most, ranks = n, is
			sure = n == len(values) && (r.by == fromFirst || r.by == asTold && down)
		}
	}
	if most == len(values)/2 {
		return nil, false
	}
	return ranks, sure
}

func countIn(ranks map[string]int, values []string) (n int) {
	for _, v := range values {
		if ranks[v] > 0 {
			n++
		}
	}
	return n
}

func rankWord(v string) string { return strings.ReplaceAll(sameKey(v), "-priority", "") }

var dayAndMonth = lazily(`^\s*(\d{1,2})\.\s?(\d{1,2})\.\s*$`)

// dayOfYear is the place in a year of a month, alone or with a day; 0 for anything else.
func dayOfYear(v string) int {
	month, day := 0, 0
	if m := dayAndMonth().FindStringSubmatch(v); m != nil {
		day, _ = strconv.Atoi(m[1]) // two digits at most
		month, _ = strconv.Atoi(m[2])
		v = ""
	}
	for _, w := range strings.FieldsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }) {
		digits := digitsOf(w)
		switch m := monthNames[sameKey(w)]; {
		case m > 0 && month == 0:
			month = m
		case digits != "" && len(digits) <= 2 && day == 0:
			day = int(digits[0] - '0')
			if len(digits) == 2 {
				day = 10*day + int(digits[1]-'0')
			}
		case !dateWords[strings.ToLower(w)]:
			return 0
		}
	}
	if month == 0 || month > 12 || day > 31 {
		return 0
	}
	return 32*month + day
}
