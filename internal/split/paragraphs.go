package split

// Paragraphs cuts text at its blank lines. Each paragraph includes the blank lines after it (and the first one those before it), so that the spans
// concatenate to the text. A text without blank lines between lines is cut into its lines instead. Empty text has no paragraphs.
func Paragraphs(text string) []Span {
	if spans := paragraphs(text, false); len(spans) > 1 {
		return spans
	}
	return paragraphs(text, true)
}

// paragraphs starts a span at each line that is not blank and follows a blank one, or at each line that is not blank.
func paragraphs(text string, everyLine bool) []Span {
	var spans []Span
	start, seen, gap := 0, false, false
	l := newLines(text)
	for i := 0; i < len(text); {
		end := l.end(i)
		if blank(text[i:end]) {
			gap = true
		} else {
			if seen && (gap || everyLine) {
				spans = append(spans, Span{start, i})
				start = i
			}
			seen, gap = true, false
		}
		i = end
	}
	if len(text) > 0 {
		spans = append(spans, Span{start, len(text)})
	}
	return spans
}
