package operator

import (
	"encoding/csv"
	"slices"
	"strings"
)

// A tableHead remembers the heading row of the table that chunks are rewritten into, so that it stands once and all rows have its columns in its order. The zero
// value has seen none.
type tableHead struct {
	commas        bool     // the text becomes CSV
	markdown, csv []string // the cells of the heading row as first written
	source        string   // the first line of the chunk that csv was written for
}

// once is a chunk's new text without the heading rows that the table has already, its columns in the order of the first. What the chunk itself begins with is kept.
func (h *tableHead) once(core, text string) string {
	body := strings.TrimLeft(text, "\r\n")
	lead := text[:len(text)-len(body)]
	was, rest, _ := strings.Cut(strings.TrimLeft(core, "\r\n"), "\n")
	wasSecond, _, _ := strings.Cut(rest, "\n")
	first, rest, _ := strings.Cut(body, "\n")
	if second, rows, _ := strings.Cut(rest, "\n"); isRule(second) && strings.Contains(first, "|") {
		cells := markdownCells(first)
		switch order, same := reorder(h.markdown, cells); {
		case h.markdown == nil:
			h.markdown = cells
		case order != nil && !isRule(wasSecond):
			if !same {
				rows = markdownRows(rows, order)
			}
			return lead + rows
		}
		return text
	}
	if !h.commas || isJSON(strings.TrimSpace(body)) {
		return text
	}
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	head, err := r.Read()
	if err != nil {
		return text
	}
	order, same := reorder(h.csv, head)
	switch {
	case h.csv == nil:
		h.csv, h.source = head, was
		return text
	case order == nil || sameRow(h.source, was):
		return text
	case same:
		return lead + body[r.InputOffset():]
	}
	rows, err := r.ReadAll()
	if err != nil {
		return text
	}
	for i := range rows {
		rows[i] = inOrder(rows[i], order)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = strings.Contains(body, "\r\n")
	_ = w.WriteAll(rows) // a strings.Builder takes everything
	out := b.String()
	if !strings.HasSuffix(body, "\n") {
		out = strings.TrimRight(out, "\r\n")
	}
	return lead + out
}

func sameRow(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

// reorder says in which place of a row each column of the heading `to` stands under the heading `from`; nil when these are not the same columns. same: they also
// stand in the same order.
func reorder(to, from []string) (order []int, same bool) {
	if len(to) != len(from) || len(to) == 0 {
		return nil, false
	}
	same = true
	for i, name := range to {
		k := slices.IndexFunc(from, func(f string) bool { return sameKey(f) == sameKey(name) })
		if k < 0 || slices.Contains(order, k) {
			k = i
			if sameKey(from[i]) != sameKey(name) {
				return nil, false
			}
		}
		order, same = append(order, k), same && k == i
	}
	return order, same
}

// inOrder is a row with its cells in another order; one with other cells stays as it is.
func inOrder(cells []string, order []int) []string {
	if len(cells) != len(order) {
		return cells
	}
	out := make([]string, len(cells))
	for i, k := range order {
		out[i] = cells[k]
	}
	return out
}

// markdownCells are the cells of a row of a Markdown table, as they are written.
func markdownCells(row string) []string {
	row = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(row), "|"), "|")
	var cells []string
	from := 0
	for i := range len(row) {
		if row[i] == '|' && (i == 0 || row[i-1] != '\\') {
			cells, from = append(cells, strings.TrimSpace(row[from:i])), i+1
		}
	}
	return append(cells, strings.TrimSpace(row[from:]))
}

// markdownRows are the rows at the start of text with their cells in another order.
func markdownRows(text string, order []int) string {
	var b strings.Builder
	for text != "" {
		line, rest, more := strings.Cut(text, "\n")
		if !strings.Contains(line, "|") {
			break
		}
		b.WriteString("| " + strings.Join(inOrder(markdownCells(line), order), " | ") + " |")
		if more {
			b.WriteByte('\n')
		}
		text = rest
	}
	return b.String() + text
}

// isRule reports whether a line is the one under the heading of a Markdown table.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return strings.Contains(line, "--") && strings.Contains(line, "|") && strings.Trim(line, "|-: ") == ""
}
