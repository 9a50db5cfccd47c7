package operator

import "strings"

// A tableHead remembers the heading rows of the table that chunks are rewritten into, so that it stands once. The zero value has seen none.
type tableHead struct {
	commas        bool   // the text becomes CSV
	markdown, csv string // heading rows as first written
	source        string // the first line of the chunk that csv was written for
}

// once is a chunk's new text without the heading rows that the table has already. What the chunk itself begins with is kept.
func (h *tableHead) once(core, text string) string {
	body := strings.TrimLeft(text, "\r\n")
	first, rest, _ := strings.Cut(body, "\n")
	second, _, _ := strings.Cut(rest, "\n")
	was, rest, _ := strings.Cut(strings.TrimLeft(core, "\r\n"), "\n")
	wasSecond, _, _ := strings.Cut(rest, "\n")
	head := first
	switch {
	case isRule(second) && strings.Contains(first, "|"):
		if h.markdown == "" {
			h.markdown = first
		} else if sameRow(h.markdown, first) && !isRule(wasSecond) {
			head += "\n" + second
			break
		}
		return text
	case !h.commas:
		return text
	case h.csv == "":
		h.csv, h.source = first, was
		return text
	case !sameRow(h.csv, first) || sameRow(h.source, was):
		return text
	}
	return text[:len(text)-len(body)] + strings.TrimPrefix(strings.TrimPrefix(body[len(head):], "\r"), "\n")
}

func sameRow(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

// isRule reports whether a line is the one under the heading of a Markdown table.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return strings.Contains(line, "--") && strings.Contains(line, "|") && strings.Trim(line, "|-: ") == ""
}
