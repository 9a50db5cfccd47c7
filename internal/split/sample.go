package split

import "strings"

// evidence counts the lines of a sample that look like this or that.
type evidence struct {
	lines    int // not blank
	markdown int // headings, fences, bullets, links
	code     int // declarations, brackets, semicolons
	stops    int // that end a sentence
}

func sample(text string) evidence {
	if len(text) > sampleBytes {
		text = text[:sampleBytes]
	}
	var e evidence
	l := newLines(text)
	for i := 0; i < len(text); {
		next := l.end(i)
		line := chomp(text[i:next])
		i = next
		if blank(line) {
			continue
		}
		e.lines++
		body := strings.TrimSpace(line)
		depth, _ := atx(line)
		_, fence := readFence(line)
		switch {
		case depth > 0, fence, strings.Contains(line, "]("), strings.HasPrefix(body, "- "), strings.HasPrefix(body, "* "), strings.HasPrefix(body, "**"):
			e.markdown++
		case strings.HasSuffix(body, "{"), strings.HasSuffix(body, "}"), strings.HasSuffix(body, ";"), strings.HasSuffix(body, ")"), strings.HasPrefix(body, "//"),
			declaration(body, 0) != "" && line[0] != ' ':
			e.code++
		case endsSentence(line):
			e.stops++
		}
	}
	return e
}
