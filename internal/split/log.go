package split

import (
	"strings"
	"unicode/utf8"
)

// A trace has no more lines: what follows them without a time of day is more likely another entry than a part of it.
const maxTrace = 64

// log reads entries: a line that begins with a time, a level or an address, and the lines after it that do not (a stack trace, say). Where entries have a
// time of day, no line without one begins one: "Error: no stock" is the head of a trace. What is too long for a trace is read as what it is.
func (r *reader) log(start, end int) {
	l := r.lines(end)
	fences, fenced := r.fences(start, end), 0
	entry, lines, clocked := start, 0, false
	body := -1  // where what is no trace would begin: the first line of the entry behind a blank one or a colon, or JSON
	led := true // the line before is such a one
	ends := func(at int) {
		if body >= 0 && at-body >= leastInset && r.foreign(body, at, lines > maxTrace || body == start) {
			r.block(entry, body)
			r.inset(body, at, end)
		} else if lines > 1 {
			r.block(entry, at)
		}
	}
	for i := start; i < end; {
		line, next := l.line(i)
		inside := i < fenced
		fences, fenced = quoted(fences, i, fenced)
		isEntry, timed := !inside && logEntry(line), false
		if isEntry {
			timed = clock(line)
			isEntry = timed || !clocked || lines > maxTrace
		}
		switch {
		case isEntry:
			ends(i)
			if i > start {
				r.cut(i, Record, 0)
			}
			entry, lines, clocked, body = i, 0, timed, -1
		case !blank(line):
			if body < 0 && !inside && (led && line[0] > ' ' || line[0] == '{' || line[0] == '[') {
				body = i
			}
			r.cut(i, Line, 6)
		}
		lines++
		led = line == "" || line[len(line)-1] == ':'
		i = next
	}
	ends(end)
}

// quoted returns the fences that begin behind a line, and where that ends which the line is in or opens: longer ones more likely were left open in one
// entry and closed in another.
func quoted(fences []fence, line, end int) ([]fence, int) {
	for len(fences) > 0 && int(fences[0].start) <= line {
		if f := fences[0]; int(f.start) == line && int(f.end)-line <= maxQuotedTurn {
			end = int(f.end)
		}
		fences = fences[1:]
	}
	return fences, end
}

// foreign reports whether text[start:end), in which no entry begins, is no part of one; long says that it cannot be a trace.
func (r *reader) foreign(start, end int, long bool) bool {
	switch r.detect(start, end) {
	case Log:
		return false
	case JSON, Table, Markdown, Diff:
		return true
	}
	return long
}

// inset reads text[start:stop), which is of another kind than the text around it that goes on to end.
func (r *reader) inset(start, stop, end int) {
	r.dropAfter(start)
	rank, level := Line, 6 // what follows an entry or a colon at once belongs to it
	if start == 0 || afterBreak(r.text, start-1, 0) {
		rank, level = Block, 0
	}
	marks := len(r.marks)
	r.part(start, rank, level, func() { r.mixed(start, stop) })
	if stop < end && len(r.marks) > marks {
		r.mark(stop, levelHeading, "")
	}
}

var (
	opensEntry, endsLevel = setOf("[(<\""), setOf(" ]:)|>\t")
	beginsEntry           = setOf("IWEDTFNCSJMAOLiwedtfncsjmaol\xc4\xc5") // ı and ſ too, whose capitals are of ASCII
)

// Words that tell of an entry of a log.
const (
	isLevel = 1 + iota // how grave it is
	isMonth
	isWeekday
)

var tellingWords = map[string]uint8{
	"INFO": isLevel, "WARN": isLevel, "WARNING": isLevel, "ERROR": isLevel, "DEBUG": isLevel, "TRACE": isLevel, "FATAL": isLevel, "NOTICE": isLevel,
	"CRITICAL": isLevel, "SEVERE": isLevel, "CRIT": isLevel, "ERR": isLevel,
	"JAN": isMonth, "FEB": isMonth, "MAR": isMonth, "APR": isMonth, "MAY": isMonth, "JUN": isMonth, "JUL": isMonth, "AUG": isMonth, "SEP": isMonth, "OCT": isMonth,
	"NOV": isMonth, "DEC": isMonth,
	"MON": isWeekday, "TUE": isWeekday, "WED": isWeekday, "THU": isWeekday, "FRI": isWeekday, "SAT": isWeekday, "SUN": isWeekday,
}

// tells returns which of them a word is, whatever its case; 0 for any other.
func tells(word string) uint8 {
	var capitals [len("CRITICAL")]byte
	if len(word) < 3 || len(word) > 2*len(capitals) {
		return 0
	}
	for i := range len(word) {
		switch c := word[i]; {
		case c >= utf8.RuneSelf:
			return tellingWords[strings.ToUpper(word)]
		case i == len(capitals):
			return 0
		case 'a' <= c && c <= 'z':
			capitals[i] = c - 'a' + 'A'
		default:
			capitals[i] = c
		}
	}
	return tellingWords[string(capitals[:len(word)])]
}

// logEntry reports whether a line begins an entry of a log.
func logEntry(line string) bool {
	s := line[opensEntry.lead(line):]
	if len(s) < 5 || s[0] == ' ' || s[0] == '\t' {
		return false
	}
	if '0' <= s[0] && s[0] <= '9' {
		return stamp(s)
	}
	if !beginsEntry[s[0]] {
		return false
	}
	word := s[:endsLevel.index(s)]
	switch tells(word) {
	case isLevel:
		return true
	case isMonth, isWeekday:
		rest := strings.TrimLeft(s[len(word):], " ")
		return rest != "" && ('0' <= rest[0] && rest[0] <= '9' || strings.Contains(s[:min(len(s), 24)], ":"))
	}
	// glog: I0301 12:00:00
	if len(s) > 6 && strings.IndexByte("IWEF", s[0]) >= 0 && strings.Trim(s[1:5], "0123456789") == "" && s[5] == ' ' {
		return true
	}
	return strings.HasPrefix(s, "time=") || strings.HasPrefix(s, "ts=") || strings.HasPrefix(s, "level=")
}

// stamp reports whether s begins with a date, a time or an address: groups of digits with - / : . between. Numbers with nothing but dots between are more
// often those of clauses and versions: a year must be among them, or a time of day behind them.
func stamp(s string) bool {
	groups, digits, year, dots := 0, 0, false, true
	i := 0
	for ; i < len(s) && i < 26; i++ {
		if c := s[i]; '0' <= c && c <= '9' {
			if digits++; digits == 1 {
				groups++
			}
			year = year || digits == 4
			continue
		} else if c != '.' {
			if c != '-' && c != '/' && c != ':' && c != 'T' {
				break
			}
			dots = false
		}
		digits = 0
	}
	switch {
	case groups >= 3:
		return !dots || year || clock(s)
	case groups == 2 && s[i-1] != ':' && strings.HasPrefix(s[i:], " "): // the day without a year
		return timeOfDay(s[i+1:])
	case groups == 1 && i > 1 && i+4 < len(s) && tells(s[i:i+3]) == isMonth: // 01/Mar/2026
		return s[i-1] == s[i+3] && '0' <= s[i+4] && s[i+4] <= '9'
	}
	return false
}

// timeOfDay reports whether s begins with one.
func timeOfDay(s string) bool {
	n := digits.lead(s)
	return 0 < n && n < 3 && len(s) > n+2 && s[n] == ':' && digits.lead(s[n+1:]) == 2
}

// clock reports whether there is a time of day at the beginning of an entry.
func clock(line string) bool {
	digit := func(i int) bool { return '0' <= line[i] && line[i] <= '9' }
	for i, end := 0, min(len(line), 48); i < end; i++ {
		if i = indexFrom(line[:end], i, ':'); i > 0 && i+2 < len(line) && digit(i-1) && digit(i+1) && digit(i+2) {
			return true
		}
	}
	return false
}
