package split

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// all reads the whole text: a transcript turn by turn, anything else file by file.
func (r *reader) all() {
	r.Kind = r.detect(0, len(r.text))
	r.skim()
	if r.Kind == Chat {
		r.chat(0, len(r.text))
		return
	}
	r.files(0, len(r.text))
}

// read reads text[start:end) as what it is and returns where that ends.
func (r *reader) read(kind Kind, start, end int) int {
	if start == end {
		return end
	}
	if r.inTurn && kind == Chat {
		kind = Markdown
	}
	switch kind {
	case JSON:
		return r.json(start, end)
	case Table:
		return r.table(start, end)
	case Code:
		r.code(start, end)
	case Log:
		r.log(start, end)
	case Diff:
		r.diff(start, end)
	case Chat:
		r.chat(start, end)
	default:
		r.markdown(start, end)
	}
	return end
}

// A marker is a line that says which file the following lines are from.
type marker struct {
	at   int    // where the file begins, its marker included
	body int    // where its content begins
	name string // "": what follows belongs to no file
	diff bool
}

// files reads text[start:end) file by file where it is a concatenation, as one text where it is not.
func (r *reader) files(start, end int) {
	markers := r.markers(start, end)
	if len(markers) == 0 {
		r.mixed(start, end)
		return
	}
	r.mixed(start, markers[0].at)
	for i, m := range markers {
		stop := end
		if i+1 < len(markers) {
			stop = markers[i+1].at
		}
		r.cut(m.at, File, 0)
		// What is read anew at its own beginning would repeat the cut there, or set a worse one beside it.
		n := len(r.Cuts)
		if m.diff {
			r.mark(m.at, levelFile, "")
			r.diff(m.body, stop)
		} else {
			r.mark(m.at, levelFile, m.name)
			r.mixed(r.named(m.name, m.body, stop), stop)
		}
		if n < len(r.Cuts) && r.Cuts[n].Offset == m.body && m.body > m.at {
			r.Cuts[n].Rank, r.Cuts[n].Level = Line, 8
		}
	}
}

// named reads the content of a file whose name says what it is, and returns where that ends.
func (r *reader) named(name string, start, end int) int {
	kind := kindOf(name)
	if kind == JSON || kind == Table {
		l := r.lines(end)
		for start < end && r.text[start] == '<' { // tags around it
			start = l.end(start)
		}
	}
	if kind == Plain {
		return start
	}
	return r.read(kind, start, end)
}

// A file may be announced by more than one line, of so many bytes together.
const announcement = 200

// markers returns the files that begin in text[start:end), outside fences. A fence in which another one opens is taken for two halves of different files.
// Of files with nothing in them only the last is kept.
func (r *reader) markers(start, end int) []marker {
	var found []marker
	l := r.lines(end)
	for _, s := range between(r.signs, start, end, func(s *sign) int32 { return s.start }) {
		line, next := l.line(int(s.start))
		m := marker{at: int(s.start), body: next}
		switch s.kind {
		case diffSign:
			m.body, m.diff = m.at, true
		case endSign:
			for m.body < end && (r.text[m.body] == '\r' || r.text[m.body] == '\n') {
				m.body++
			}
			m.at = m.body
		default:
			if m.name = fileName(line); m.name == "" {
				m.name = source(strings.TrimSpace(line))
			}
		}
		if int(s.rule) >= start && s.kind != endSign {
			m.at = int(s.rule)
		}
		if m.at >= end {
			continue
		}
		if n := len(found); n > 0 {
			last := found[n-1]
			switch empty := last.body >= int(s.start) && !last.diff; {
			case m.diff && last.diff:
				continue // the reader of diffs knows the files of one diff itself
			case last.at >= m.at, empty && last.name == "":
				found = found[:n-1]
			case empty && !m.diff && m.name != "":
				if found = found[:n-1]; m.body-last.at <= announcement {
					m.at = last.at
				}
			}
		}
		found = append(found, m)
	}
	if len(found) == 0 {
		return nil
	}
	fences := r.fences(start, end)
	return slices.DeleteFunc(found, func(m marker) bool { return inFence(fences, m.at) })
}

var announces, beginsFileWord = setOf("/#-*;<!= "), setOf("FfPpDd\t\v\f\r")

// fileName returns the name in a line that announces a file, "" when it does not announce one: "=== a/b.go ===", "==> a.txt <==", "-- a.txt --",
// "--- a.txt ---", "// file: a.go", "# File: a.py", "File: a.md", `<file path="a.go">`, "<!-- file: a.html -->".
func fileName(line string) string {
	s := strings.TrimSpace(line)
	if len(s) > 300 || len(s) < 4 {
		return ""
	}
	switch {
	case strings.HasPrefix(s, "==> ") && strings.HasSuffix(s, " <=="):
		return pathLike(s[4 : len(s)-4])
	case strings.HasPrefix(s, "==="):
		return pathLike(strings.Trim(s, "= "))
	case strings.HasPrefix(s, "-- ") && strings.HasSuffix(s, " --"), strings.HasPrefix(s, "--- ") && strings.HasSuffix(s, " ---"), strings.HasPrefix(s, "*** ") && strings.HasSuffix(s, " ***"):
		if name := pathLike(strings.Trim(s, "-* ")); name != "" {
			return name
		}
	case strings.HasPrefix(s, "<file"), strings.HasPrefix(s, "<document"), strings.HasPrefix(s, "<source"):
		return tagged(s)
	}
	// A comment sign, or none, and the word.
	rest := s[announces.lead(s):]
	if rest == "" || rest[0] < utf8.RuneSelf && !beginsFileWord[rest[0]] {
		return "" // most lines
	}
	word, name, ok := strings.Cut(rest, ":")
	if !ok {
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "file", "filename", "file name", "path", "filepath", "file path", "dosya":
		name = strings.TrimSpace(name)
		for _, end := range []string{"-->", "*/", "===", "---", "###"} {
			name = strings.TrimSpace(strings.TrimSuffix(name, end))
		}
		return pathLike(name)
	}
	return ""
}

// tagged reads the name out of <file path="…">, <file name='…'>, <document title="…">, <source>…</source>.
func tagged(s string) string {
	if name, ok := strings.CutPrefix(s, "<source>"); ok {
		return pathLike(strings.TrimSuffix(name, "</source>"))
	}
	tag, _, ok := strings.Cut(s, ">")
	if !ok {
		return ""
	}
	for _, key := range []string{" path=", " name=", " filename=", " title=", " source=", " src="} {
		if _, value, ok := strings.Cut(tag, key); ok && value != "" {
			if q := value[0]; q == '"' || q == '\'' {
				value, _, _ = strings.Cut(value[1:], string(q))
			} else {
				value, _, _ = strings.Cut(value, " ")
			}
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// pathLike returns s without its quotes if it could be a path: no white space, and a slash, an extension or a well-known name.
func pathLike(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 2 && (s[0] == '"' || s[0] == '`' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = s[1 : len(s)-1]
	}
	if s == "" || len(s) > 250 || strings.ContainsAny(s, " \t\"'`<>|=;,()") || strings.Trim(s, "./-_") == "" {
		return ""
	}
	if dot := strings.LastIndexByte(s, '.'); dot >= 0 && len(s)-dot <= 12 && len(s)-dot > 1 && extension(s[dot+1:]) {
		return s
	}
	if strings.Contains(strings.TrimRight(s, "/"), "/") {
		return s
	}
	switch s {
	case "Makefile", "Dockerfile", "LICENSE", "README", "CHANGELOG", "Jenkinsfile", "Gemfile", "Rakefile", "Procfile":
		return s
	}
	return ""
}

// extension reports whether s could be one: letters and digits, a letter among them.
func extension(s string) bool {
	letter := false
	for i := 0; i < len(s); i++ {
		switch c := s[i] | 0x20; {
		case 'a' <= c && c <= 'z':
			letter = true
		case '0' <= s[i] && s[i] <= '9', s[i] == '_', s[i] == '-':
		default:
			return false
		}
	}
	return letter
}

// kindOf says what a file holds by the extension of its name; Plain when that says nothing.
func kindOf(name string) Kind {
	ext := ""
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		ext = strings.ToLower(name[dot+1:])
	}
	switch ext {
	case "md", "markdown", "mdx", "rst", "adoc", "qmd", "ipynb_md":
		return Markdown
	case "json", "jsonl", "ndjson", "geojson", "ipynb":
		return JSON
	case "csv", "tsv":
		return Table
	case "log":
		return Log
	case "diff", "patch":
		return Diff
	case "go", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "java", "kt", "kts", "scala", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "cs", "rs", "rb", "php", "swift",
		"m", "mm", "pl", "pm", "lua", "r", "jl", "ex", "exs", "erl", "hs", "ml", "fs", "vb", "sql", "sh", "bash", "zsh", "ps1", "yaml", "yml", "toml", "ini", "cfg", "conf",
		"tf", "proto", "graphql", "css", "scss", "less", "vue", "svelte", "dart", "zig", "nim", "mod", "gradle", "cmake", "mk", "html", "xml":
		return Code
	}
	return Plain
}
