// Package prompt holds the wordings of our own calls as text files beside this one, and the JSON schemas of their replies. A rendered prompt is a function
// of its fields alone: no clock, no ids, so that a cache in front of the model answers a repeated call.
package prompt

import (
	"embed"
	"path"
	"strings"
)

//go:embed *.txt
var texts embed.FS

//go:embed schema/*.json
var schemas embed.FS

var byName = wordings(texts)

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

// Pieces renders the wording name ("notes.user") with f. An unknown name, which only our own code can give, panics.
func Pieces(name string, f Fields) Words {
	wording, ok := byName[name+".txt"]
	if !ok {
		panic("prompt: no wording " + name)
	}
	return wording.write(make(Words, 0, 32), &f).trim()
}

// Text is Pieces as one text.
func Text(name string, f Fields) string { return Pieces(name, f).String() }

// Schema returns the JSON schema of a map reply by its name ("notes"); nil when there is none of that name.
func Schema(name string) []byte {
	b, err := schemas.ReadFile(path.Join("schema", path.Base(name)+".json"))
	if err != nil {
		return nil
	}
	return b
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
