package advice

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"unicode"
)

// A Text is one text of the material, for Outline.
type Text struct {
	Role string // the turn's role
	Body string
}

const (
	outlineMax   = outlineShown
	outlineTexts = 16 // texts shown
	headingMax   = 90 // bytes of one heading
	scanMax      = 4 << 20
)

// Outline describes material by what can be seen at a glance: role and size of each text, headings, file names, columns, keys. Sizes are rounded down to
// powers of two, so that an inserted line leaves the outline as it was. It has at most about 1,600 bytes; where there are too many headings it shows some
// of them, evenly spread. Linear in the material; of a text above 4 MiB the rest is not read.
func Outline(texts []Text) string {
	if len(texts) == 0 {
		return ""
	}
	shown := spread(len(texts), outlineTexts)
	each := outlineMax/len(shown) - 40
	var b strings.Builder
	if len(shown) < len(texts) {
		fmt.Fprintf(&b, "about %d texts, some of them:\n", powerOfTwo(len(texts)))
	}
	for _, i := range shown {
		t := texts[i]
		v := look(t.Body)
		fmt.Fprintf(&b, "- %s, %s%s\n", word(t.Role), size(len(t.Body)), v.describe(each))
	}
	return strings.TrimSuffix(cut(b.String(), outlineMax), "\n")
}

func word(role string) string {
	if role = oneLine(clean(role, 20)); role == "" {
		return "text"
	}
	return role
}

func size(n int) string {
	n = powerOfTwo(n)
	if n >= 1024 {
		return fmt.Sprintf("~%d KB", n/1024)
	}
	return fmt.Sprintf("~%d B", n)
}

// spread gives up to k indices of 0..n-1, first and last among them.
func spread(n, k int) []int {
	out := make([]int, min(n, k))
	for i := range out {
		out[i] = i * (n - 1) / max(1, len(out)-1)
	}
	return out
}

// A view is what was seen in one text.
type view struct {
	headings []string
	files    []string
	columns  string
	keys     string
	logs     bool
}

// look reads a text once, line by line.
func look(body string) view {
	body = body[:min(len(body), scanMax)]
	var v view
	if t := strings.TrimSpace(body[:min(len(body), 4096)]); t != "" && (t[0] == '{' || t[0] == '[') {
		v.keys = jsonKeys(t)
	}
	v.columns = csvColumns(body)
	fence := ""
	stamped, lines := 0, 0
	previous := ""
	for rest := body; rest != ""; {
		line, next, _ := strings.Cut(rest, "\n")
		rest = next
		line = strings.TrimRight(line[:min(len(line), 400)], " \t\r")
		if line == "" {
			previous = ""
			continue
		}
		lines++
		if lines <= 200 && timestamped(line) {
			stamped++
		}
		t := strings.TrimLeft(line, " \t")
		if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
			if fence == "" {
				fence = t[:3]
				v.file(strings.TrimLeft(t, "`~"))
			} else if strings.HasPrefix(t, fence) {
				fence = ""
			}
			previous = ""
			continue
		}
		switch {
		case v.file(line):
		case fence != "":
		case len(line) <= 200 && heading(line):
			v.headings = append(v.headings, strings.TrimRight(line, "# "))
		case previous != "" && underline(line) && len(previous) <= headingMax:
			v.headings = append(v.headings, previous)
		}
		previous = line
		if fence != "" {
			previous = ""
		}
	}
	v.logs = lines >= 5 && stamped*2 > min(lines, 200)
	return v
}

// file notes the file name that a line announces: a diff's, a separator's, a tag's, a comment's with nothing but a path.
func (v *view) file(line string) bool {
	if len(line) > 300 {
		return false
	}
	t := strings.TrimSpace(line)
	name := trimmed(t, &framesName)
	named := hasPrefixFold(name, "file") || hasPrefixFold(name, "dosya")
	bare := !named && name == t && !strings.HasSuffix(t, ":") // text unless something marks it
	if bare && !strings.HasPrefix(t, "+") && !strings.HasPrefix(t, "d") {
		return false // most lines
	}
	for _, p := range []string{"diff --git a/", "+++ b/", "--- a/"} {
		if strings.HasPrefix(t, p) {
			name, _, _ := strings.Cut(t[len(p):], " ")
			v.add(name)
			return true
		}
	}
	if strings.HasPrefix(t, "<") {
		for _, attr := range []string{`path="`, `name="`, `file="`, `filename="`} {
			if i := strings.Index(t, attr); i > 0 {
				name, _, ok := strings.Cut(t[i+len(attr):], `"`)
				if ok && isPath(name) {
					v.add(name)
					return true
				}
			}
		}
	}
	if named {
		if _, after, ok := strings.Cut(name, ":"); ok {
			name = strings.TrimSpace(after)
		}
	}
	if bare || !isPath(name) {
		return false
	}
	v.add(name)
	return true
}

// hasPrefixFold is strings.HasPrefix for ASCII in any case, without a copy of every line.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func (v *view) add(name string) {
	if n := len(v.files); n == 0 || v.files[n-1] != name {
		v.files = append(v.files, name)
	}
}

func isPath(s string) bool {
	if len(s) == 0 || len(s) > 160 || strings.ContainsAny(s, " \t<>\"'(){}|,") {
		return false
	}
	ext := path.Ext(s)
	if len(ext) < 2 || len(ext) > 8 {
		return false
	}
	letters := false
	for _, c := range ext[1:] {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
		letters = letters || unicode.IsLetter(c)
	}
	return letters && len(s) > len(ext)
}

// heading knows Markdown's, AsciiDoc's, numbered ones, and the chapter lines of books and statutes.
func heading(line string) bool {
	level := 0
	for level < len(line) && line[level] == '#' {
		level++
	}
	if level > 0 {
		return level <= 6 && len(line) > level+1 && line[level] == ' '
	}
	if strings.HasPrefix(line, "== ") || strings.HasPrefix(line, "=== ") {
		return true
	}
	if len(line) > headingMax || strings.HasSuffix(line, ".") || strings.HasSuffix(line, ",") {
		return false
	}
	first, rest, _ := strings.Cut(line, " ")
	if len(rest) >= 4 && !beginsNumeral[rest[0]] {
		return false // most lines
	}
	second, _, _ := strings.Cut(rest, " ")
	if second == "" || !isNumeral(trimmed(second, &besideNumeral)) && len(rest) >= 4 {
		return false
	}
	switch fold(strings.Trim(first, ":.")) {
	case "chapter", "part", "book", "section", "appendix", "article", "bolum", "kisim", "madde", "ek", "kapitel", "teil", "chapitre", "capitulo", "act", "scene":
		return true
	}
	return false
}

// isNumeral knows 12, 3.1 and Roman numbers.
func isNumeral(s string) bool {
	digits, romans := s != "", s != ""
	for i := range len(s) {
		digits = digits && inNumber[s[i]]
		romans = romans && inRoman[s[i]]
	}
	return digits || romans
}

// byteSet has the bytes of a few characters, for what is asked of every line of a megabyte.
type byteSet [256]bool

func bytesOf(chars string) (s byteSet) {
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return s
}

var (
	framesName, besideNumeral = bytesOf("=-#/*<>!;: \t`"), bytesOf(":.-)")
	inNumber, inRoman         = bytesOf("0123456789."), bytesOf("IVXLCDMivxlcdmı")
	beginsNumeral             = bytesOf("0123456789.IVXLCDMivxlcdmı:-)")
)

// trimmed is s without the bytes of a set at both ends.
func trimmed(s string, set *byteSet) string {
	for s != "" && set[s[0]] {
		s = s[1:]
	}
	for s != "" && set[s[len(s)-1]] {
		s = s[:len(s)-1]
	}
	return s
}

func underline(line string) bool {
	return len(line) >= 3 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

// timestamped wants a date or a time among the first characters of a line.
func timestamped(line string) bool {
	digits, marks := 0, 0
	for _, c := range line[:min(len(line), 24)] {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case c == ':' || c == '-' || c == '/' || c == '.':
			marks++
		}
	}
	return digits >= 6 && marks >= 2
}

// csvColumns gives the first line where the first lines have one separator equally often.
func csvColumns(body string) string {
	lines := strings.SplitN(body[:min(len(body), 8192)], "\n", 6)
	if len(lines) < 4 {
		return ""
	}
	for _, sep := range []string{",", ";", "\t", "|"} {
		n := strings.Count(lines[0], sep)
		if n < 1 || len(lines[0]) > 600 {
			continue
		}
		same := 0
		for _, l := range lines[1 : len(lines)-1] {
			if strings.Count(l, sep) == n {
				same++
			}
		}
		if same >= 2 && same == len(lines)-2 {
			return oneLine(lines[0])
		}
	}
	return ""
}

// jsonKeys gives the first keys in the first bytes of a JSON text.
func jsonKeys(s string) string {
	type level struct{ object, key bool } // key: a key is due
	var stack []level
	var keys []string
	seen := map[string]bool{}
	dec := json.NewDecoder(strings.NewReader(s))
	for len(keys) < 16 {
		t, err := dec.Token()
		if err != nil {
			break
		}
		top := len(stack) - 1
		if name, ok := t.(string); ok && top >= 0 && stack[top].object && stack[top].key {
			stack[top].key = false
			if !seen[name] {
				seen[name] = true
				keys = append(keys, clean(name, 40))
			}
			continue
		}
		if d, ok := t.(json.Delim); ok && (d == '{' || d == '[') {
			if top >= 0 {
				stack[top].key = true // due again once this value has ended
			}
			stack = append(stack, level{d == '{', true})
			continue
		} else if ok {
			stack = stack[:top]
			continue
		}
		if top >= 0 {
			stack[top].key = true
		}
	}
	return strings.Join(keys, ", ")
}

func (v view) describe(limit int) string {
	var parts []string
	if v.logs {
		parts = append(parts, "log lines")
	}
	if v.columns != "" {
		parts = append(parts, "columns: "+clean(v.columns, limit/2))
	}
	if v.keys != "" {
		parts = append(parts, "JSON keys: "+clean(v.keys, limit/2))
	}
	for _, l := range []struct {
		name string
		list []string
	}{{"files", v.files}, {"headings", v.headings}} {
		if len(l.list) == 0 {
			continue
		}
		k := max(1, min(len(l.list), limit/(2*30)))
		var some []string
		for _, i := range spread(len(l.list), k) {
			some = append(some, oneLine(clean(l.list[i], min(headingMax, max(20, limit/2)))))
		}
		parts = append(parts, l.name+": "+clean(strings.Join(some, " | "), max(40, limit/2)))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}
