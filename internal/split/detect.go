package split

// Kind is a kind of text.
type Kind uint8

const (
	Plain Kind = iota
	Prose
	Markdown
	Code
	JSON  // one document, or one a line
	Table // CSV or TSV
	Log
	Diff
	Chat // a transcript: "User: …"
)

var kindNames = [...]string{"plain", "prose", "markdown", "code", "json", "table", "log", "diff", "chat"}

func (k Kind) String() string { return kindNames[k] }

// sampleBytes is how much of a text Detect looks at.
const sampleBytes = 16 << 10

// Detect says what kind of text it is, on its first sampleBytes.
func Detect(text string) Kind {
	s := sample(text)
	switch {
	case s.markdown*20 >= s.lines && s.markdown > 0 && s.markdown*3 >= s.code:
		return Markdown
	case s.code*3 >= s.lines && s.code > 1:
		return Code
	case s.stops*4 >= s.lines:
		return Prose
	}
	return Plain
}
