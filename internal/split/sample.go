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

// sample returns what is counted in a span, which detect and chat ask for.
func (r *reader) sample(span Span) *evidence {
	if span != r.counted {
		r.counted, r.evidence = span, sample(r.text[span.Start:span.End])
	}
	return &r.evidence
}

// sample counts in the first sampleBytes of a text.
func sample(text string) evidence {
	whole := len(text) <= sampleBytes
	if !whole {
		text = text[:sampleBytes]
	}
	s := sampler{evidence: evidence{speakers: map[string]speech{}}, scalar: -1}
	l := newLines(text)
	for i := 0; i < len(text); {
		line, next := l.line(i)
		if next == len(text) && !whole && i > 0 {
			break // half a line
		}
		s.line(line)
		i = next
	}
	for name, said := range s.speakers {
		if roles[strings.ToLower(name)] {
			s.roles += said.turns
		}
	}
	return s.evidence
}

// A sampler is the evidence of the lines that were read, and what they say about the next one.
type sampler struct {
	evidence
	before        string    // the line directly before
	fence         fenceLine // the fence that the next line is in
	scalar        int       // see codeState
	comment, hash bool      // in a comment of C; the line before begins with "#"
	listed        bool      // the line before is a setting, or an item behind one
	behind        int       // lines behind an entry or the last of its indented lines
	trace         bool      // the last entry is one that no speaker begins: "ValueError: x" below it is no turn
	last          int       // the order of the last speaker
	sized         bool      // the first row is known
	delimiter     string    // of the fields of the first row
	quoted        bool      // the last row ended in a quoted field
}

func (s *sampler) line(line string) {
	if blank(line) {
		s.before, s.hash = "", false
		return
	}
	// What stands in a fence says nothing of the text around it.
	if f, ok := readFence(line); ok && (s.fence.length == 0 || f.closes && f.tilde == s.fence.tilde && f.length >= s.fence.length) {
		s.lines++
		s.markdown++
		if s.before = ""; s.fence.length > 0 {
			s.fence = fenceLine{}
		} else {
			s.fence = f
		}
		return
	}
	if s.fence.length > 0 {
		return
	}
	width, _ := indentation(line)
	if s.scalar >= 0 && width > s.scalar {
		return // what a text of YAML holds says no more
	}
	s.lines++
	s.writing(line, width)
	s.entry(line)
	s.row(line)
	s.before = line
}

// writing counts a line as one of running text or one of source text.
func (s *sampler) writing(line string, width int) {
	body := trimSpace(line)
	if s.scalar = -1; endsScalarKey[body[len(body)-1]] {
		s.scalar = scalarKey(body, width)
	}
	sets, item := setting(body, width > 0), strings.HasPrefix(body, "- ")
	depth, _ := atx(line)
	if strings.HasPrefix(body, "/*") {
		s.comment = true
	}
	switch {
	case s.comment, strings.HasPrefix(body, "#!"), strings.HasPrefix(body, "#include"), strings.HasPrefix(body, "#define"), strings.HasPrefix(body, "#if"):
		s.code++
	case depth > 0 && s.hash:
		// Two in a row are comments, the one before was too.
		s.code++
		if s.headings > 0 {
			s.headings--
			s.markdown--
			s.code++
		}
	case depth > 0, len(line) > 3 && underline(line, s.before) > 0, titled(line, s.before):
		s.markdown++
		s.headings++
	case body[0] == '\\' && len(body) > 1 && 'a' <= body[1]|0x20 && body[1]|0x20 <= 'z':
		s.markdown++
	case enumerated(body), subclause(body):
		// It may end like a statement.
		if endsSentence(line) {
			s.stops++
		}
	case s.scalar >= 0:
		s.code++
	case item && (sets || s.listed && width > 0):
		// YAML has such lines, Markdown too.
	case strings.Contains(line, "]("), item, strings.HasPrefix(body, "* "), strings.HasPrefix(body, "**"), strings.HasPrefix(line, ".. "), delimiterRow(line):
		s.markdown++
	case strings.HasSuffix(body, "{"), strings.HasSuffix(body, "}"), strings.HasSuffix(body, ";"), strings.HasSuffix(body, ")") && line[0] <= ' ',
		strings.HasPrefix(body, "//"), strings.HasPrefix(body, "import "), strings.HasPrefix(body, "return "), body[0] == '<' && body[len(body)-1] == '>',
		line[0] != ' ' && declaration(body, 0) != "" && !endsProse(body), sets:
		s.code++
	case endsSentence(line):
		s.stops++
	}
	s.hash, s.listed = depth > 0, sets || s.listed && item
	s.comment = s.comment && !strings.Contains(line, "*/")
}

// entry counts a line as one of a log, of a diff, or of a transcript.
func (s *sampler) entry(line string) {
	name := speaker(line)
	if tells(name) == isLevel {
		name = ""
	}
	entry := logEntry(line)
	if s.trace = s.trace && !entry; s.trace {
		name = ""
	}
	switch {
	case entry:
		s.entries++
		s.headed = s.headed || s.lines == 1 && digits.lead(line) == 0
		s.behind = 0
		timed := clock(line)
		if timed {
			s.clocks++
		}
		if name == "" && inStamp.lead(line) < len(line) {
			s.mute++
			s.trace = timed
		}
	case s.entries == 0:
	case line[0] == ' ' || line[0] == '\t':
		s.traces += s.behind + 1
		s.behind = 0
	default:
		s.behind++
	}
	if strings.HasPrefix(line, "@@ -") {
		s.hunks++
	}
	if commit(line) {
		s.commits++
	}
	if strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "+++ ") {
		s.diffs++
	}
	if name != "" {
		s.turn(name)
	}
}

// turn counts a line that a speaker begins.
func (s *sampler) turn(name string) {
	said, known := s.speakers[name]
	if !known {
		said.order = len(s.speakers)
	}
	if s.turns == 0 {
		s.leader = name
	}
	if said.order != s.last {
		s.changes++
	}
	if said.order < s.last {
		s.restarts++
		if said.order == 0 {
			s.leads++
		}
	}
	s.turns++
	said.turns++
	s.speakers[name], s.last = said, said.order
}

// row counts a line as one of a table when it has as many fields as the first; one that a quoted line end cuts counts with its halves.
func (s *sampler) row(line string) {
	if !s.sized {
		s.sized, s.delimiter = true, delimiterOf(line)
		if s.delimiter != "" {
			s.fields = count(line, s.delimiter)
			s.names = s.entries == 0 && header(line) && !strings.Contains(line, s.delimiter+" ")
		}
	}
	odd := strings.Count(line, `"`)%2 == 1
	if s.fields > 0 && (s.quoted || odd || count(line, s.delimiter) == s.fields) && !(s.delimiter == "," && s.fields < 2 && strings.Contains(line, ", ")) {
		s.rows++
	}
	s.quoted = s.quoted != odd
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
