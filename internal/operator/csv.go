package operator

import (
	"encoding/csv"
	"slices"
	"strings"
)

// asCSV gives items their columns where readers, who were not told of any, wrote each item as the line of CSV that the task asks for, or as a JSON object. The
// columns have the names that the objects or the task give them; else "" each.
func asCSV(found []occurrence, columns []string, instruction string) ([]occurrence, []string) {
	found = slices.Clone(found)
	lines := make([][]string, len(found))
	widths := map[int]int{}
	var keys []string
	for i, o := range found {
		if v, err := objectOf(o.key); err == nil {
			if keys == nil {
				keys = v.keys
			}
			widths[len(v.keys)]++
			continue
		}
		if lines[i] = o.row; len(o.row) == 0 {
			lines[i] = lineOfCSV(o.key)
		}
		widths[len(lines[i])]++
	}
	width := len(columns)
	if width < 2 {
		columns = nil
		for n, times := range widths {
			if n >= 2 && 2*times > len(found) {
				width = n
			}
		}
		if width < 2 {
			return found, nil
		}
		if columns = keys; len(keys) != width {
			columns = columnsOf(instruction, width)
		}
	}
	for i := range found {
		if len(found[i].row) == 0 && len(lines[i]) == width {
			found[i].row = lines[i]
		}
	}
	if columns == nil {
		return found, make([]string, width)
	}
	// Readers of several passages give the heading several times.
	return slices.DeleteFunc(found, func(o occurrence) bool {
		return slices.EqualFunc(o.row, columns, func(a, b string) bool { return sameKey(a) == sameKey(b) })
	}), columns
}

// lineOfCSV is the cells of a text that is one line of CSV; nil where it has less than two.
func lineOfCSV(text string) []string {
	r := csv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace = true
	row, err := r.Read()
	if err != nil || len(row) < 2 || strings.TrimSpace(text[r.InputOffset():]) != "" {
		return nil
	}
	return row
}

var (
	// namesColumns is what a task says before it names its columns.
	namesColumns = lazily(`(?i)(?:columns?|fields?|headers?|headings?|s[üu]tun|kolon|spalten?|colonnes?|columnas?|colunas?|столб|列|カラム|컬럼)[\p{L}'’]*\s*(?:(?:names?|are|is|be|named|called|of|in this order|şunlar|olsun|son|sind)\b\s*)*[:=(\-–]?\s*([^\n;:]+)`)
	betweenNames = lazily(`\s*(?:[,|、，]|\s(?:and|ve|und|et|y|e|и|i|en|och)\s)+\s*`)
)

const longName = 40 // bytes

// columnsOf is the names that a task gives to n columns; nil where it names not just as many.
func columnsOf(instruction string, n int) []string {
	for _, m := range namesColumns().FindAllStringSubmatch(instruction, -1) {
		said, _, _ := strings.Cut(m[1], ". ")
		names := betweenNames().Split(strings.TrimRight(said, " .)\r"), -1)
		for i := range names {
			names[i] = strings.Trim(names[i], " \"'`“”‘’«»()[]*")
		}
		if len(names) == n && !slices.ContainsFunc(names, func(s string) bool { return s == "" || len(s) > longName }) {
			return names
		}
	}
	return nil
}
