package split

import "strings"

// evidence counts the lines of a sample that look like this or that.
type evidence struct {
	lines    int // not blank
	markdown int // headings, fences, bullets, links
	headings int // of those, "# …"
	code     int // declarations, brackets, semicolons, settings
	stops    int // that end a sentence
	entries  int // of a log
	rows     int // of a table, as many fields as the first
	fields   int // delimiters in the first row
	hunks    int // of a diff
	diffs    int // headers of files in a diff
	turns    int // that a speaker begins
	roles    int // of those, by a well-known role
	speakers map[string]int
}

// chat reports whether the sample is a transcript: several turns of several speakers who come back, not a list of terms with colons.
func (e *evidence) chat() bool {
	if len(e.speakers) < 2 || e.turns < 3 {
		return false
	}
	if e.roles*3 >= e.turns*2 && e.roles >= 3 {
		return true
	}
	return e.turns >= 4 && e.turns*4 >= e.lines && e.turns >= 2*len(e.speakers) && len(e.speakers) <= 16 && e.entries*2 <= e.lines+e.turns
}

func sample(text string) evidence {
	whole := len(text) <= sampleBytes
	if !whole {
		text = text[:sampleBytes]
	}
	e := evidence{speakers: map[string]int{}}
	fields, delimiter, quoted := -1, "", false
	before := "" // the line directly before
	comment, hash := false, false
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
		e.lines++
		body := trimSpace(line)
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
		case depth > 0, len(line) > 3 && underline(line, before) > 0:
			e.markdown++
			e.headings++
		case strings.HasPrefix(body, "- ") && setting(body):
			// YAML has such lines, Markdown too.
		case strings.Contains(line, "]("), strings.HasPrefix(body, "- "), strings.HasPrefix(body, "* "), strings.HasPrefix(body, "**"), strings.HasPrefix(line, ".. "), delimiterRow(line):
			e.markdown++
		case strings.HasSuffix(body, "{"), strings.HasSuffix(body, "}"), strings.HasSuffix(body, ";"), strings.HasSuffix(body, ")") && line[0] <= ' ',
			strings.HasPrefix(body, "//"), strings.HasPrefix(body, "import "), strings.HasPrefix(body, "return "), body[0] == '<' && body[len(body)-1] == '>',
			line[0] != ' ' && declaration(body, 0) != "" && !endsProse(body), setting(body):
			e.code++
		case endsSentence(line):
			e.stops++
		}
		hash = depth > 0
		comment = comment && !strings.Contains(line, "*/")
		before = line
		if logEntry(line) {
			e.entries++
		}
		if strings.HasPrefix(line, "@@ -") {
			e.hunks++
		}
		if strings.HasPrefix(line, "diff --git ") || strings.HasPrefix(line, "+++ ") {
			e.diffs++
		}
		if name := speaker(line); name != "" {
			e.turns++
			e.speakers[name]++
		}
		// A row counts when it has as many fields as the first; one that a quoted line end cuts counts with its halves.
		if fields < 0 {
			delimiter = delimiterOf(line)
			fields = 0
			if delimiter != "" {
				fields = count(line, delimiter)
			}
		}
		odd := strings.Count(line, `"`)%2 == 1
		if fields > 0 && (quoted || odd || count(line, delimiter) == fields) && !(delimiter == "," && fields < 2 && strings.Contains(line, ", ")) {
			e.rows++
		}
		quoted = quoted != odd
	}
	for name, turns := range e.speakers {
		if roles[strings.ToLower(name)] {
			e.roles += turns
		}
	}
	e.fields = max(fields, 0)
	return e
}

// setting reports whether a line is "key: value" or "key = value" of a configuration.
func setting(body string) bool {
	s := strings.TrimPrefix(body, "- ")
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] == '.' || s[n] == '-' || 'a' <= s[n] && s[n] <= 'z' || '0' <= s[n] && s[n] <= '9' || n > 0 && 'A' <= s[n] && s[n] <= 'Z') {
		n++
	}
	rest := strings.TrimLeft(s[n:], " ")
	return n > 0 && (rest == ":" || strings.HasPrefix(s[n:], ": ") || strings.HasPrefix(rest, "= ") || strings.HasPrefix(s[n:], "="))
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
