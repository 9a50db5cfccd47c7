// Package prompt holds the wordings of our own calls as text files beside this one, and the JSON schemas of their replies. A rendered prompt is a function
// of its fields alone: no clock, no ids, so that a cache in front of the model answers a repeated call.
package prompt

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"strings"
	"text/template"
	"unsafe"
)

//go:embed *.txt
var texts embed.FS

//go:embed schema/*.json
var schemas embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"fence": Fence,
	"line":  Line,
}).ParseFS(texts, "*.txt"))

// Fields are what the wordings may speak of; each uses a few. The zero value of a field leaves out the passage that needs it. Caller's text is inserted, never
// read as a template.
type Fields struct {
	Instruction string // what the caller asks
	System      string // the caller's system text
	Recent      string // the conversation's latest turns
	Question    string // the planner's wording for one chunk
	Place       string // breadcrumb
	Material    string // text to read; goes between fences
	Earlier     string // text that came before; goes between fences
	Amounts     string // what amounts have come to; goes between fences
	Later       string // text that comes after; goes between fences
	Faulty      string // what was wrong with an earlier reply; goes between fences
	Reason      string // why an earlier reply is not accepted, in our own words
	Unit        string // unit of counting or extraction
	Labels      string // keys, comma-separated
	Language    string // language of the answer
	Glossary    string // names and how they read in the new text, one a line; goes between fences
	Outline     string // numbered section titles
	Title       string // of the section to write
	Brief       string // of the section to write
	Number      int    // of the section to write
	Words       int    // length aimed at
	Parts       int    // how many parts were read
	Schema      string // the caller's own JSON schema
}

// Text renders the wording name ("notes.user") with f. An unknown name, which only our own code can give, panics.
func Text(name string, f Fields) string {
	var b strings.Builder
	b.Grow(2<<10 + len(f.Instruction) + len(f.System) + len(f.Recent) + len(f.Material) + len(f.Earlier) + len(f.Later)) // the long ones
	if err := templates.ExecuteTemplate(&b, name+".txt", f); err != nil {
		panic("prompt: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}

// Schema returns the JSON schema of a map reply by its name ("notes"); nil when there is none of that name.
func Schema(name string) []byte {
	b, err := schemas.ReadFile(path.Join("schema", path.Base(name)+".json"))
	if err != nil {
		return nil
	}
	return b
}

// Fence puts text between two lines that carry a hash of it, so that nothing in the text can close them: who writes the text would need to know
// a hash that his own closing line changes. The bytes of text are unchanged; a line end is added only where its last line has none.
func Fence(text string) string {
	sum := sha256.Sum256(unsafe.Slice(unsafe.StringData(text), len(text))) // which reads it only
	code := hex.EncodeToString(sum[:8])
	for strings.Contains(text, code) {
		sum = sha256.Sum256(append(sum[:], text...))
		code = hex.EncodeToString(sum[:8])
	}
	end := "\n"
	if strings.HasSuffix(text, "\n") || text == "" {
		end = ""
	}
	return "<<<BEGIN " + code + "\n" + text + end + "END " + code + ">>>"
}

// maxLine bounds a breadcrumb in bytes; headings of real documents stay far below it.
const maxLine = 300

// Line makes a breadcrumb, which comes from the material, one harmless line.
func Line(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + "…"
	}
	return s
}
