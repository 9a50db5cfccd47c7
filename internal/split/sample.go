package split

import (
	"strings"
	"unicode/utf8"
)

// evidence counts the lines of a sample that look like this or that.
type evidence struct {
	lines    int  // not blank
	markdown int  // headings, fences, bullets, links
	headings int  // of those, "# …"
	code     int  // declarations, brackets, semicolons, settings
	stops    int  // that end a sentence
	entries  int  // of a log
	clocks   int  // of those, with a time of day
	mute     int  // entries with words that no speaker begins
	headed   bool // the first line is an entry that begins with a word
	traces   int  // lines behind an entry, up to the last that is indented
	rows     int  // of a table, as many fields as the first
	fields   int  // delimiters in the first row
	names    bool // the first row is of names, and no entry of a log
	hunks    int  // of a diff
	diffs    int  // headers of files in a diff
	commits  int
	turns    int    // that a speaker begins
	roles    int    // of those, by a well-known role
	leader   string // who begins the first turn
	changes  int    // turns of another speaker than the one before
	restarts int    // of those, of one who spoke first before the one before did
	leads    int    // of those, of the leader
	speakers map[string]speech
}

// A speech is what one speaker says.
type speech struct{ order, turns int }

// chat reports whether the sample is a transcript: several turns of several speakers who come back, not a list of terms with colons.
func (e *evidence) chat() bool {
	if len(e.speakers) < 2 || e.turns < 3 {
		return false
	}
	if e.roles*3 >= e.turns*2 && e.roles >= 3 {
		return true
	}
	return e.turns >= 4 && e.turns*4 >= e.lines && e.turns >= 2*len(e.speakers) && len(e.speakers) <= 16 && e.mute*2 < e.turns
}

// log reports whether most lines are entries of a log, or belong to those above them.
func (e *evidence) log() bool {
	if e.entries*2 > e.lines {
		return e.lines > 2
	}
	return e.entries > 2 && (e.entries+e.traces)*2 > e.lines && (e.clocks > 2 || e.headed && e.entries*12 > e.lines)
}

var inStamp = setOf("0123456789[]().,:/->TZ \t") // a line of these is a time and nothing else

func sample(text string) evidence {
	whole := len(text) <= sampleBytes
	if !whole {
		text = text[:sampleBytes]
	}
	e := evidence{speakers: map[string]speech{}}
	fields, delimiter, quoted := -1, "", false
	last, behind := 0, 0 // the order of the last speaker; lines behind an entry or the last of its indented lines
	trace := false       // the line belongs to an entry that no speaker begins: "ValueError: x" is no turn
	before := ""         // the line directly before
	comment, hash := false, false
	scalar, listed := -1, false // see codeLines; the line before is a setting, or an item behind one
	var fence fenceLine
	l := newLines(text)
	for i := 0; i < len(text); {
		line, next := l.line(i)
		if next == len(text) && !whole && i > 0 {
			break // half a line
		}
		i = next
		if blank(line) {
			before, hash = "", false
			continue
		}
		// What stands in a fence says nothing of the text around it.
		if f, ok := readFence(line); ok && (fence.length == 0 || f.closes && f.tilde == fence.tilde && f.length >= fence.length) {
			e.lines++
			e.markdown++
			if before = ""; fence.length > 0 {
				fence = fenceLine{}
			} else {
				fence = f
			}
			continue
		}
		if fence.length > 0 {
			continue
		}
		body := trimSpace(line)
		width, _ := indentation(line)
		if scalar >= 0 && width > scalar {
			continue // what a text of YAML holds says no more
		}
		if scalar = -1; endsScalarKey[body[len(body)-1]] {
			scalar = scalarKey(body, width)
		}
		e.lines++
		sets, item := setting(body, width > 0), strings.HasPrefix(body, "- ")
		depth, _ := atx(line)
		if strings.HasPrefix(body, "/*") {
			comment = true
		}
		switch {
		case comment, strings.HasPrefix(body, "#!"), strings.HasPrefix(body, "#include"), strings.HasPrefix(body, "#define"), strings.HasPrefix(body, "#if"):
			e.code++
		case depth > 0 && hash:
			// Two in a row are comments, the one before was too.
			e.code++
			if hash && e.headings > 0 {
				e.headings--
				e.markdown--
				e.code++
			}
		case depth > 0, len(line) > 3 && underline(line, before) > 0, titled(line, before):
			e.markdown++
			e.headings++
		case body[0] == '\\' && len(body) > 1 && 'a' <= body[1]|0x20 && body[1]|0x20 <= 'z':
			e.markdown++
		case enumerated(body), subclause(body):
			// It may end like a statement.
			if endsSentence(line) {
				e.stops++
			}
		case scalar >= 0:
			e.code++
		case item && (sets || listed && width > 0):
			// YAML has such lines, Markdown too.
		case strings.Contains(line, "]("), item, strings.HasPrefix(body, "* "), strings.HasPrefix(body, "**"), strings.HasPrefix(line, ".. "), delimiterRow(line):
			e.markdown++
		case strings.HasSuffix(body, "{"), strings.HasSuffix(body, "}"), strings.HasSuffix(body, ";"), strings.HasSuffix(body, ")") && line[0] <= ' ',
			strings.HasPrefix(body, "//"), strings.HasPrefix(body, "import "), strings.HasPrefix(body, "return "), body[0] == '<' && body[len(body)-1] == '>',
			line[0] != ' ' && declaration(body, 0) != "" && !endsProse(body), sets:
			e.code++
		case endsSentence(line):
			e.stops++
		}
		hash, listed = depth > 0, sets || listed && item
		comment = comment && !strings.Contains(line, "*/")
		before = line
		name := speaker(line)
		if name != "" && level(upper(name)) {
			name = ""
		}
		entry := logEntry(line)
		if trace = trace && !entry; trace {
			name = ""
		}
		switch {
		case entry:
			e.entries++
			e.headed = e.headed || e.lines == 1 && digits.lead(line) == 0
			behind = 0
			timed := clock(line)
			if timed {
				e.clocks++
			}
			if name == "" && inStamp.lead(line) < len(line) {
				e.mute++
				trace = timed
			}
		case e.entries == 0:
		case line[0] == ' ' || line[0] == '\t':
			e.traces += behind + 1
			behind = 0
		default:
			behind++
		}
		if strings.HasPrefix(line, "@@ -") {
			e.hunks++
		}
		if commit(line) {
			e.commits++
		}
		if strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "+++ ") {
			e.diffs++
		}
		if name != "" {
			said, known := e.speakers[name]
			if !known {
				said.order = len(e.speakers)
			}
			if e.turns == 0 {
				e.leader = name
			}
			if said.order != last {
				e.changes++
			}
			if said.order < last {
				e.restarts++
				if said.order == 0 {
					e.leads++
				}
			}
			e.turns++
			said.turns++
			e.speakers[name], last = said, said.order
		}
		// A row counts when it has as many fields as the first; one that a quoted line end cuts counts with its halves.
		if fields < 0 {
			delimiter = delimiterOf(line)
			fields = 0
			if delimiter != "" {
				fields = count(line, delimiter)
				e.names = !entry && header(line) && !strings.Contains(line, delimiter+" ")
			}
		}
		odd := strings.Count(line, `"`)%2 == 1
		if fields > 0 && (quoted || odd || count(line, delimiter) == fields) && !(delimiter == "," && fields < 2 && strings.Contains(line, ", ")) {
			e.rows++
		}
		quoted = quoted != odd
	}
	for name, said := range e.speakers {
		if roles[strings.ToLower(name)] {
			e.roles += said.turns
		}
	}
	e.fields = max(fields, 0)
	return e
}

// setting reports whether a line is "key: value" or "key = value" of a configuration. Behind a capital a colon says so only where the line is indented.
func setting(body string, indented bool) bool {
	s := strings.TrimPrefix(body, "- ")
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] == '.' || s[n] == '-' || 'a' <= s[n] && s[n] <= 'z' || '0' <= s[n] && s[n] <= '9' || 'A' <= s[n] && s[n] <= 'Z' || n > 0 && s[n] >= utf8.RuneSelf) {
		n++
	}
	if n == 0 {
		return false
	}
	rest := strings.TrimLeft(s[n:], " ")
	if strings.HasPrefix(rest, "= ") || strings.HasPrefix(s[n:], "=") {
		return true
	}
	return (rest == ":" || strings.HasPrefix(s[n:], ": ")) && (indented || s[0] < 'A' || 'Z' < s[0])
}

// endsProse reports whether what looks like a declaration is a sentence with a colon at its end, or one that begins with a word like "use".
func endsProse(body string) bool {
	last := body[len(body)-1]
	return (last == ':' || last == '.') && strings.Count(body, " ") > 3 && !strings.ContainsAny(body, "()=[]")
}

// count counts the delimiters of a row outside quotes.
func count(line, delimiter string) int {
	if strings.IndexByte(line, '"') < 0 {
		return strings.Count(line, delimiter)
	}
	n, quoted := 0, false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case delimiter[0]:
			if !quoted {
				n++
			}
		}
	}
	return n
}
