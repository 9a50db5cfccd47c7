package operator

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The forms of dates that people write: 2024-03-05, 5.3.2024, 5 March 2024, 5 Mart 2024, March 5th, 2024, 2024年3月5日, March 2024, 2024; a time of day may follow.
var (
	dateISO    = lazily(`\b(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?|\.\s?(\d{1,2})\.\s?(\d{1,2}))(?:\b|T)`) // 1200.10 is a number
	dateMarks  = lazily(`(\d{4})\s?[年년](?:\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日号號일])?)?`)
	dateDigits = lazily(`\b(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})\b`)
	dateDay    = lazily(`\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s/-]+(?:of\s+|de\s+)?(\p{L}[\p{L}\p{M}]*)\.?,?[\s/-]+(?:de\s+)?(\d{4}|['’]?\d{2})\b`)
	dateMonth  = lazily(`(\p{L}[\p{L}\p{M}]*)\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b`)
	dateYear   = lazily(`^\s*(\d{4})\s*$`)
	// halfDay is what says of a time, before or after it, that it is after noon (one of the two groups), or before.
	halfDay  = lazily(`(?i)(?:(下午|午後|晚上|오후)|上午|午前|오전|ÖÖ|öö)\s*\||\|\s*(?:(p\.?m\b|ÖS\b|ös\b)|a\.?m\b)`)
	dateTime = lazily(`(?:^|[T ,:])\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:\s*Z|\s*UTC|\s*([-+])(\d{2})(?::?(\d{2}))?\b)?`)
)

var monthNames = func() map[string]int {
	m := map[string]int{}
	for _, names := range []string{
		"january february march april may june july august september october november december", "jan feb mar apr may jun jul aug sep oct nov dec",
		"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık", "januar februar märz april mai juni juli august september oktober november dezember",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"januari februari maart april mei juni juli augustus september oktober november december", "januari februari mars april maj juni juli augusti september oktober november december",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia", "ledna února března dubna května června července srpna září října listopadu prosince",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря", "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
		"जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
		"oca şub mar nis may haz tem ağu eyl eki kas ara", "jan feb mär apr mai jun jul aug sep okt nov dez",
		"янв фев мар апр май июн июл авг сен окт ноя дек", "ene feb mar abr may jun jul ago sep oct nov dic", "janv févr mars avr mai juin juil août sept oct nov déc",
	} {
		for i, name := range strings.Fields(names) {
			m[sameKey(name)] = i + 1
		}
	}
	m["sept"] = 9
	return m
}()

// A written date is what stands there; where both orders of day and month are possible, swapped is the other reading.
type written struct{ date, swapped int64 }

// datesOf reads values as dates, if every one of them is a date and nothing else that has digits: value → a number that is the greater the later. 5/3/2024 is read as
// the other such values of the list show, else day first, as most of the world writes it.
func datesOf(values []string) (map[string]int64, bool) {
	read := make(map[string]written, len(values))
	dayFirst, monthFirst := false, false
	for _, v := range values {
		w, digits, ok := dateIn(v)
		if !ok {
			return nil, false
		}
		read[v] = w
		if digits {
			dayFirst = dayFirst || w.swapped == 0
			monthFirst = monthFirst || w.date == 0
		}
	}
	if len(read) == 0 || dayFirst && monthFirst {
		return nil, false
	}
	out := make(map[string]int64, len(read))
	for v, w := range read {
		out[v] = w.date
		if monthFirst && w.swapped != 0 {
			out[v] = w.swapped
		}
	}
	return out, true
}

// dateIn reads the one date of a value. digits says that day and month are both written as numbers with the year last: then date has the day first, swapped the
// month, and either is 0 where it is no date.
func dateIn(v string) (w written, digits, ok bool) {
	rest := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0' + rune(digitValue(r))
		}
		return r
	}, v)
	micros := int64(0)
	if at := dateTime().FindStringSubmatchIndex(rest); at != nil {
		part := func(i int) int64 {
			if at[2*i] < 0 {
				return 0
			}
			n, _ := strconv.ParseInt(rest[at[2*i]:at[2*i+1]], 10, 64) // at most two digits
			return n
		}
		hours := part(1)
		switch m := halfDay().FindStringSubmatch(rest[:at[2]] + "|" + rest[at[1]:]); {
		case m == nil:
		case m[1] != "" || m[2] != "":
			hours = hours%12 + 12
		default:
			hours %= 12
		}
		seconds := hours*3600 + part(2)*60 + part(3)
		if at[10] >= 0 {
			zone := part(6)*3600 + part(7)*60
			switch {
			case rest[at[10]] == '+':
				seconds -= zone
			case at[6] >= 0 || rest[at[0]] == 'T' || zone <= seconds: // and not 9:00-17:00
				seconds += zone
			}
		}
		micros = seconds * 1e6
		if at[8] >= 0 {
			n, _ := strconv.ParseInt((rest[at[8]:at[9]] + "000000")[:6], 10, 64) // digits only
			micros += n
		}
		rest = rest[:at[0]] + " " + rest[at[1]:]
	}
	alone := func(at []int) bool { return !strings.ContainsAny(rest[:at[0]]+rest[at[1]:], "0123456789") }
	part := func(at []int, i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return rest[at[2*i]:at[2*i+1]]
	}
	if at := dateISO().FindStringSubmatchIndex(rest); at != nil && alone(at) {
		w.date = moment(part(at, 1), part(at, 2)+part(at, 4), part(at, 3)+part(at, 5), micros)
		return w, false, w.date != 0
	}
	if at := dateMarks().FindStringSubmatchIndex(rest); at != nil && alone(at) {
		w.date = moment(part(at, 1), part(at, 2), part(at, 3), micros)
		return w, false, w.date != 0
	}
	if at := dateDigits().FindStringSubmatchIndex(rest); at != nil && alone(at) {
		w.date = moment(part(at, 4), part(at, 3), part(at, 1), micros)
		if w.swapped = moment(part(at, 4), part(at, 1), part(at, 3), micros); part(at, 2) == "." {
			w.swapped = 0 // with points the day comes first everywhere
			return w, false, w.date != 0
		}
		return w, true, w.date != 0 || w.swapped != 0
	}
	if at := dateDay().FindStringSubmatchIndex(rest); at != nil && alone(at) {
		if m := monthNames[sameKey(part(at, 2))]; m > 0 {
			w.date = moment(part(at, 3), strconv.Itoa(m), part(at, 1), micros)
			return w, false, w.date != 0
		}
	}
	if at := dateMonth().FindStringSubmatchIndex(rest); at != nil && alone(at) {
		if m := monthNames[sameKey(part(at, 1))]; m > 0 {
			w.date = moment(part(at, 3), strconv.Itoa(m), part(at, 2), micros)
			return w, false, w.date != 0
		}
	}
	if m := dateYear().FindStringSubmatch(rest); m != nil {
		w.date = moment(m[1], "", "", micros)
		return w, false, w.date != 0
	}
	return w, false, false
}

// moment is a number that grows with time; 0 for what is no date. A month or a day that is left out comes before all others.
func moment(year, month, day string, micros int64) int64 {
	number := func(s string) int64 { n, _ := strconv.ParseInt(s, 10, 64); return n } // digits only, at most four
	y, m, d := number(strings.Trim(year, "'’")), number(month), number(day)
	switch { // two digits: as POSIX reads them
	case year == "" || len(year) == 4:
	case y < 69:
		y += 2000
	default:
		y += 1900
	}
	if y == 0 || m > 12 || month != "" && m == 0 || day != "" && d == 0 || d > 0 && d > int64(time.Date(int(y), time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()) {
		return 0
	}
	// A zone may put a moment into another month, so days are those of the calendar. The year 1 is above zero.
	return 1<<56 + time.Date(int(y), time.Month(max(m, 1)), int(max(d, 1)), 0, 0, 0, 1000*int(min(m, 1)+min(d, 1)-2), time.UTC).UnixMicro() + micros
}
