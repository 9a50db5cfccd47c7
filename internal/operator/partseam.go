package operator

import (
	"encoding/csv"
	"strconv"
	"strings"
)

// A partSeam joins texts between which no heading stands, each written as if it were the only one: a table that goes on stays one table with its heading row once, a
// code block one block, CSV has no blank lines. All else is set off by a blank line.
type partSeam struct {
	rows  tableHead // of CSV, where the task names it
	n     int       // texts since the last heading
	table []string  // the heading row of the Markdown table that the last text ends with
	info  string    // how the code block begins that the last text ends with
	held  string    // that block's end, until it is known whether the next text goes on with it
}

// next is what to write for a text. headed: a heading stands before it, so that all begins anew; goesOn: none will stand before the text that follows.
func (s *partSeam) next(text string, headed, goesOn bool) string {
	if headed {
		*s = partSeam{rows: tableHead{commas: s.rows.commas}}
	}
	gap := ""
	if s.n > 0 {
		gap = s.held + "\n\n"
	}
	before := s.table
	opening, inside, _ := strings.Cut(text, "\n")
	switch {
	case s.held != "" && opening == s.info:
		body, end := inside, ""
		if b, ok := strings.CutSuffix(body, blockEnd); ok {
			body, end = b, blockEnd
		}
		gap, text = "\n", s.csv(body)+end
		opening = s.info
	case s.table != nil:
		if rest, ok := s.moreRows(text); ok {
			gap, text = "\n", rest
		} else {
			before = nil
		}
		opening = ""
	case s.n > 0 && s.isCSV(text):
		gap, text, opening = "\n", s.csv(text), ""
	default:
		s.csv(strings.TrimSuffix(strings.TrimPrefix(text, codeOpening(text)), blockEnd))
		opening = ""
	}
	s.n++
	s.table, s.held = tableAtEnd(text, before), ""
	if s.info = blockAtEnd(text, opening); s.info != "" && goesOn {
		s.held = blockEnd
		text = strings.TrimSuffix(text, blockEnd)
	}
	return gap + text
}

const blockEnd = "\n```"

// csv is a text without the heading row of CSV that stands already.
func (s *partSeam) csv(text string) string {
	if !s.isCSV(text) {
		return text
	}
	return s.rows.once("text "+strconv.Itoa(s.n), text) // no two of our texts begin with the same line of a source
}

// isCSV says whether all lines of a text are rows of as many cells as the CSV that stands already, if there is one.
func (s *partSeam) isCSV(text string) bool {
	if !s.rows.commas {
		return false
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = len(s.rows.csv), true // none yet: those of the first row
	rows, err := r.ReadAll()
	return err == nil && len(rows) > 0 && len(rows[0]) > 1
}

// moreRows is a text that goes on with the table, without the table's heading.
func (s *partSeam) moreRows(text string) (string, bool) {
	first, rest, _ := strings.Cut(text, "\n")
	cells := markdownCells(first)
	if second, rows, _ := strings.Cut(rest, "\n"); isRule(second) {
		order, same := reorder(s.table, cells)
		if order != nil && !same {
			rows = markdownRows(rows, order)
		}
		return rows, order != nil
	}
	return text, strings.HasPrefix(first, "|") && len(cells) == len(s.table)
}

// tableAtEnd is the heading row of the Markdown table that text ends with; before is that of the one which the text goes on with.
func tableAtEnd(text string, before []string) []string {
	head, above := before, ""
	for rest := text; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		switch {
		case !strings.Contains(line, "|"):
			head = nil
		case head == nil && isRule(line) && strings.Contains(above, "|"):
			head = markdownCells(above)
		}
		above = line
	}
	return head
}

// codeOpening is a text's first line, with its end, if a code block begins there.
func codeOpening(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && strings.HasPrefix(text, "```") {
		return text[:i+1]
	}
	return ""
}

// blockAtEnd is the first line of the code block that text ends with; "" it ends with none. within is that of the block in which text begins.
func blockAtEnd(text, within string) string {
	ended := ""
	for rest := text; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		switch {
		case !strings.HasPrefix(line, "```"):
			ended = ""
		case within == "":
			ended, within = "", line
		case line == "```":
			ended, within = within, ""
		}
	}
	return ended
}
