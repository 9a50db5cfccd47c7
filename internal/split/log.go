package split

import "strings"

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
	switch Detect(r.text[start:end]) {
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
	r.cut(start, Block, 0)
	n := len(r.marks)
	r.mixed(start, stop)
	if stop < end && len(r.marks) > n {
		r.mark(stop, levelHeading, "")
	}
}

var (
	opensEntry, endsLevel = setOf("[(<\""), setOf(" ]:)|>\t")
	beginsEntry           = setOf("IWEDTFNCSJMAOLiwedtfncsjmaol\xc4\xc5") // ı and ſ too, whose capitals are of ASCII
)

// upper is strings.ToUpper for short words; a longer one is no level, no month and no day.
func upper(word string) string {
	if len(word) > 16 {
		return ""
	}
	return strings.ToUpper(word)
}

// logEntry reports whether a line begins an entry of a log.
func logEntry(line string) bool {
	s := line[opensEntry.lead(line):]
	if len(s) < 5 || s[0] == ' ' || s[0] == '\t' {
		return false
	}
	if '0' <= s[0] && s[0] <= '9' {
		// A date, a time, an address: at least two groups of digits with - / : . between, in the first dozen bytes.
		groups, digits := 0, 0
		for i := 0; i < len(s) && i < 26; i++ {
			switch c := s[i]; {
			case '0' <= c && c <= '9':
				if digits++; digits == 1 {
					groups++
				}
			case c == '-' || c == '/' || c == ':' || c == '.' || c == 'T':
				digits = 0
			default:
				return groups >= 3
			}
		}
		return groups >= 3
	}
	if !beginsEntry[s[0]] {
		return false
	}
	word := s[:endsLevel.index(s)]
	capitals := upper(word)
	if level(capitals) {
		return true
	}
	switch capitals {
	case "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN":
		rest := strings.TrimLeft(s[len(word):], " ")
		return rest != "" && ('0' <= rest[0] && rest[0] <= '9' || strings.Contains(s[:min(len(s), 24)], ":"))
	}
	// glog: I0301 12:00:00
	if len(s) > 6 && strings.IndexByte("IWEF", s[0]) >= 0 && strings.Trim(s[1:5], "0123456789") == "" && s[5] == ' ' {
		return true
	}
	return strings.HasPrefix(s, "time=") || strings.HasPrefix(s, "ts=") || strings.HasPrefix(s, "level=")
}

// level reports whether a word in capitals says how grave an entry is.
func level(word string) bool {
	switch word {
	case "INFO", "WARN", "WARNING", "ERROR", "DEBUG", "TRACE", "FATAL", "NOTICE", "CRITICAL", "SEVERE", "CRIT", "ERR":
		return true
	}
	return false
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
