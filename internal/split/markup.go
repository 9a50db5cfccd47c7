package split

import "strings"

// markup follows the headings of a page: each holds until the next or until the element ends that it stands in.
type markup struct {
	*reader
	page  bool // the text is markup: in source text headings are no more than other tags
	from  int  // where the opening tags directly before began, or -1
	depth int  // of the heading that holds, 0 when there is none
	open  int  // elements that began behind it and did not end
	fresh bool // nothing stands behind it but the end of what is around it alone
}

func (r *reader) newMarkup(start, end int) markup {
	s := strings.TrimLeft(r.text[start:min(end, start+200)], "\ufeff \t\r\n")
	return markup{reader: r, page: strings.HasPrefix(s, "<") && !strings.HasPrefix(s, "<?php"), from: -1}
}

// line reads one that is not blank and returns the depth of the heading in it, 0 when there is none or when the tags before it are to stay with it.
func (m *markup) line(body string, i, next int) int {
	if body[0] != '<' || strings.HasPrefix(body, "<!") {
		m.from = -1
		return 0
	}
	from, fresh := m.from, m.fresh
	m.from, m.fresh = -1, false
	if depth, title := tagHeading(body); depth > 0 {
		m.depth, m.open, m.fresh = depth, 0, true
		if from < 0 {
			m.mark(i, levelHeading+depth, title)
			return depth
		}
		m.mark(from, levelHeading+depth, title)
		return 0
	}
	ends := strings.Count(body, "</")
	opened := strings.Count(body, "<") - 2*ends - strings.Count(body, "/>")
	if m.fresh = fresh && opened < 0; m.fresh {
		return 0
	}
	if m.open += opened; m.depth > 0 && m.open < 0 {
		m.mark(next, levelHeading+m.depth, "")
		m.depth = 0
	}
	if opened > 0 && ends == 0 {
		if m.from = from; from < 0 {
			m.from = i
		}
	}
	return 0
}

// tagHeading reads the first heading in a line, "<h2 class="a">Title</h2>", maybe behind other tags: its depth and title, or 0.
func tagHeading(line string) (depth int, title string) {
	rest := line[:min(len(line), 4*labelBytes)]
	for {
		text, tag, ok := strings.Cut(rest, "<")
		if depth > 0 {
			title += text
		}
		if !ok || depth > 0 && len(tag) > 1 && tag[0] == '/' && tag[1]|0x20 == 'h' {
			break
		}
		if depth == 0 && len(tag) > 2 && tag[0]|0x20 == 'h' && '1' <= tag[1] && tag[1] <= '6' && (tag[2] == '>' || tag[2] == ' ') {
			depth = int(tag[1] - '0')
		}
		_, rest, _ = strings.Cut(tag, ">")
	}
	if title = trimSpace(title); title == "" {
		return 0, ""
	}
	return depth, title
}
