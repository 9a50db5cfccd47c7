package operator

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// The units of times, whose amounts are seconds.
const (
	spanUnit  = "h:mm:ss" // how long something took
	clockUnit = "time of day"
)

// timeWords are the units in which people write how long something took, in milliseconds.
var timeWords = scaleTable(
	"1 ms msec millisecond milliseconds milisaniye millisekunden millisecondes milisegundos",
	"1000 s sec secs second seconds sn saniye sek sekunde sekunden seconde secondes segundo segundos secondo secondi сек секунда секунды секунд ثانية ثوان 秒 초",
	"60000 m min mins minute minutes dk dakika minuten minuto minutos minuti мин минута минуты минут دقيقة دقائق 分 分钟 分鐘 분",
	"3600000 h hr hrs hour hours saat std stunde stunden heure heures hora horas ora ore uur uren ч час часа часов ساعة ساعات 小时 小時 時間 시간",
	"86400000 d day days gün tag tage tagen jour jours día días dia dias giorno giorni день дня дней 天",
)

var (
	colonTime = lazily(`^(\P{Nd}*?)(\p{Nd}{1,4})(?:[:：]|\s?[hH]\s?)(\p{Nd}{2})(?:[:：](\p{Nd}{2})(?:[.,](\p{Nd}{1,6}))?)?(\P{Nd}*)$`)
	pointTime = lazily(`(?i)\b(\d{1,2})\.(\d{2})(\s?Uhr\b)`)
	wordTime  = lazily(`(\p{Nd}{1,9}(?:[.,]\p{Nd}{1,2})?)[\s-]?(\p{L}+)\.?`)
	// betweenTimes is what stands between the parts of one time.
	betweenTimes = lazily(`^[\s,]*(?:(?:and|ve|und|et|y|e|и|en|och|و)\s*)?$`)
	morning      = lazily(`(?i)^\s*(a\.?m\b|p\.?m\b|uhr\b|o['’]clock)`)
)

// A timed is a value as a time: of parts between colons, the first of them hours, or of parts with their units.
type timed struct {
	seconds *big.Rat
	scale   int // digits after the point of the seconds
	parts   int
	words   bool
	clock   bool // it can only be a time of day
	span    bool // it can only be how long something took
}

// timeIn reads the one time of a value.
func timeIn(v string) (t timed, ok bool) {
	words, ok := timeInWords(v)
	v = pointTime().ReplaceAllString(v, "$1:$2$3")
	m := colonTime().FindStringSubmatch(v)
	if m == nil || ok && words.parts > 1 {
		return words, ok
	}
	number := func(s string) int64 { n, _ := strconv.ParseInt(digitsOf(s), 10, 64); return n } // at most six digits
	hours, minutes, seconds := number(m[2]), number(m[3]), number(m[4])
	t = timed{parts: 2, scale: len([]rune(m[5])), clock: morning().MatchString(m[6]) && hours < 24}
	if m[4] != "" {
		t.parts = 3
	}
	if half := strings.ToLower(strings.TrimSpace(m[6])); t.clock && half[0] == 'p' && hours < 12 {
		hours += 12
	} else if t.clock && half[0] == 'a' && hours == 12 {
		hours = 0
	}
	t.seconds = big.NewRat(number(m[5]), 1)
	t.seconds.Quo(t.seconds, tenTo(t.scale)).Add(t.seconds, big.NewRat(hours*3600+minutes*60+seconds, 1))
	unit := timeWords[strings.ToLower(first(wordOf(m[6])))]
	if negative(m[1]) {
		t.seconds.Neg(t.seconds)
	}
	if t.span = unit > 0 || strings.TrimSpace(m[1]) == "+" || t.seconds.Sign() < 0 || hours > 23 || t.parts == 3 && !t.clock; unit == timeWords["min"] && t.parts == 2 {
		t.seconds.Quo(t.seconds, big.NewRat(60, 1))
		t.parts = 3
	}
	return t, minutes < 60 && seconds < 60
}

// timeInWords reads a time of numbers with their units.
func timeInWords(v string) (t timed, ok bool) {
	t = timed{seconds: new(big.Rat), words: true}
	end, last := 0, int64(0)
	for i, at := range wordTime().FindAllStringSubmatchIndex(v, -1) {
		factor := timeWords[strings.ToLower(v[at[4]:at[5]])]
		if gap := v[end:at[0]]; factor == 0 || i == 0 && figures().MatchString(gap) || i > 0 && (factor >= last || !betweenTimes().MatchString(gap)) {
			return t, false
		}
		number := v[at[2]:at[3]]
		n, _ := new(big.Rat).SetString(digitsOf(number))
		if mark := strings.IndexAny(number, ".,"); mark >= 0 {
			n.Quo(n, tenTo(len([]rune(number[mark+1:]))))
		}
		t.seconds.Add(t.seconds, n.Mul(n, big.NewRat(factor, 1000)))
		t.parts, end, last = i+1, at[1], factor
	}
	if t.span = t.parts > 1; t.parts > 0 && negative(v[:wordTime().FindStringIndex(v)[0]]) {
		t.seconds.Neg(t.seconds)
	}
	return t, t.parts > 0 && !figures().MatchString(v[end:])
}

// timesOf reads the times among values as numbers of seconds. What may be a time of day or how long something took, such as 12:07, is the latter where seconds, more
// than 23 hours or words for units show that some of them are. Amounts of one unit alone, 90 min, are numbers like others where there are no other times.
func timesOf(values []string) (times map[string]quantity, guessed bool) {
	read := map[string]timed{}
	spans, clocks, colons, seconds := false, false, false, false
	for _, v := range values {
		t, ok := timeIn(v)
		if !ok {
			continue
		}
		read[v] = t
		spans, clocks, colons, seconds = spans || t.span, clocks || t.clock, colons || !t.words, seconds || t.parts == 3 && !t.words
	}
	if !spans && !colons {
		return nil, false
	}
	times = map[string]quantity{}
	for v, t := range read {
		switch {
		case t.clock || !spans && !t.words:
			times[v] = quantity{t.seconds, t.scale, clockUnit}
			guessed = guessed || !clocks
		case spans && seconds && t.parts == 2 && !t.words: // minutes and seconds
			times[v] = quantity{t.seconds.Quo(t.seconds, big.NewRat(60, 1)), t.scale, spanUnit}
		case spans:
			times[v] = quantity{t.seconds, t.scale, spanUnit}
		}
	}
	return times, guessed
}

// shown is a quantity's amount, or one of its unit, as people write it, with its unit where that is not how it is written.
func (q quantity) shown() string {
	if q.unit != spanUnit && q.unit != clockUnit {
		return decimal(q.amount, q.scale) + unitOf(q.unit)
	}
	text := decimal(new(big.Rat).Abs(q.amount), q.scale)
	if q.unit == clockUnit {
		text = q.amount.FloatString(0)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, _ := new(big.Int).SetString(whole, 10)
	n, seconds := n.QuoRem(n, big.NewInt(60), new(big.Int))
	n, minutes := n.QuoRem(n, big.NewInt(60), new(big.Int))
	if q.unit == clockUnit {
		text = fmt.Sprintf("%02d:%02d", n, minutes)
		if seconds.Sign() != 0 {
			text += fmt.Sprintf(":%02d", seconds)
		}
		return text
	}
	text = fmt.Sprintf("%d:%02d:%02d", n, minutes, seconds)
	if fraction != "" {
		text += "." + fraction
	}
	if q.amount.Sign() < 0 {
		text = "-" + text
	}
	return text
}
