package split

import "strings"

// Kind is a kind of text.
type Kind uint8

const (
	Plain    Kind = iota // nothing in particular
	Prose                // sentences
	Markdown             // reStructuredText too
	Code                 // source text or configuration
	JSON                 // one document, or one a line
	Table                // CSV or TSV
	Log                  // one entry a line, most with a time
	Diff                 // unified
	Chat                 // a transcript: "User: …"; records of "key: value"; a mailbox
)

var kindNames = [...]string{"plain", "prose", "markdown", "code", "json", "table", "log", "diff", "chat"}

func (k Kind) String() string { return kindNames[k] }

// sampleBytes is how much of a text Detect looks at.
const sampleBytes = 16 << 10

// Detect says what kind of text it is, on its first sampleBytes alone: the kind decides where cuts are better, never whether the chunks are whole.
func Detect(text string) Kind { return (&reader{text: text}).detect(0, len(text)) }

// detect is Detect of text[start:end). What is asked twice is answered once: who finds a part of another kind asks, and who reads it.
func (r *reader) detect(start, end int) Kind {
	if span := sampled(start, end); span != r.asked {
		r.asked, r.answer = span, r.kind(span)
	}
	return r.answer
}

// sampled is what of text[start:end) is looked at: a byte more than is read says that there is more.
func sampled(start, end int) Span { return Span{start, min(end, start+sampleBytes+1)} }

func (r *reader) kind(span Span) Kind {
	text := r.text[span.Start:span.End]
	if looksJSON(text) {
		return JSON
	}
	if page(text) {
		return Code
	}
	s := r.sample(span)
	switch {
	case s.lines == 0:
		return Plain
	case s.hunks > 0 && s.diffs > 0, s.commits > 2:
		return Diff
	case s.chat(), mailLine(text):
		return Chat
	case s.log() && !(s.names && s.rows*10 >= s.lines*9):
		return Log
	case s.rows*10 >= s.lines*9 && s.lines > 2, s.rows*4 >= s.lines*3 && s.lines > 4 && s.fields > 2:
		return Table
	case s.headings > 0 && s.code*4 < s.lines, s.markdown*20 >= s.lines && s.markdown > 0 && s.markdown*3 >= s.code*2:
		return Markdown
	case s.code*3 >= s.lines && s.code > 1:
		return Code
	case s.stops*4 >= s.lines:
		return Prose
	}
	return Plain
}

// page reports whether text begins as a document of markup does.
func page(text string) bool {
	s := strings.TrimLeft(text[:min(len(text), 200)], "\ufeff \t\r\n")
	if s == "" || s[0] != '<' {
		return false
	}
	for _, begins := range []string{"<?xml ", "<!DOCTYPE ", "<html", "<rss ", "<feed "} {
		if len(s) >= len(begins) && strings.EqualFold(s[:len(begins)], begins) {
			return true
		}
	}
	return false
}

// looksJSON reports whether text begins as a JSON document does.
func looksJSON(text string) bool {
	s := strings.TrimLeft(text[:min(len(text), sampleBytes)], " \t\r\n\ufeff")
	if len(s) < 2 || s[0] != '{' && s[0] != '[' {
		return false
	}
	rest := strings.TrimLeft(s[1:], " \t\r\n")
	if rest == "" {
		return false
	}
	if s[0] == '{' {
		if rest[0] == '}' {
			return true
		}
		if rest[0] != '"' {
			return false
		}
		// A key and its colon.
		end := stringEnd(rest, 1)
		return strings.HasPrefix(strings.TrimLeft(rest[end:], " \t\r\n"), ":")
	}
	// "[" also begins links, times and sections of INI files: what follows must be a value and then a comma or a bracket.
	switch c := rest[0]; {
	case c == '{':
		return true
	case c == '[':
		s := strings.TrimLeft(rest, "[ \t\r\n") // "[[server]]" is TOML
		return s == "" || s[0]|0x20 < 'a' || 'z' < s[0]|0x20 || strings.HasPrefix(s, "true") || strings.HasPrefix(s, "false") || strings.HasPrefix(s, "null")
	case c == '"':
		end := stringEnd(rest, 1)
		after := strings.TrimLeft(rest[end:], " \t\r\n")
		return after != "" && (after[0] == ',' || after[0] == ']')
	case c == '-' || '0' <= c && c <= '9':
		after := strings.TrimLeft(rest, "-+.eE0123456789 \t\r\n")
		return strings.HasPrefix(after, ",") && strings.Count(rest[:len(rest)-len(after)], ".") < 2 // "[01.03.2026, 10:00] Ann: hi"
	}
	return false
}
