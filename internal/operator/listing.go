package operator

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// asRows is the items with their columns, as CSV has them where that is asked for.
func asRows(found []occurrence, a Advice, instruction string) ([]occurrence, []string) {
	if form, _ := targetForm(instruction); form == "csv" {
		return asCSV(found, a.Labels, instruction)
	}
	return found, a.Labels
}

// isTable reports whether most items have their columns.
func isTable(items []occurrence, columns []string) bool {
	full := 0
	for _, o := range items {
		if len(o.cells(columns)) == len(columns) {
			full++
		}
	}
	return len(columns) >= 2 && 2*full > len(items)
}

// tableOf is the items as rows; in a table, one that came without its columns stands in the first.
func tableOf(items []occurrence, columns []string) [][]string {
	rows := make([][]string, len(items))
	table := isTable(items, columns)
	for i, o := range items {
		if rows[i] = slices.Clone(o.cells(columns)); table {
			rows[i] = append(rows[i], make([]string, len(columns)-len(rows[i]))...)
		}
	}
	return rows
}

// asWanted is the items in the order that the task wants, a list of its own; made is false where that cannot be made here.
func asWanted(items []occurrence, columns []string, a Advice, instruction string) (sorted []occurrence, made bool) {
	made = !asksOrder(instruction)
	if !isTable(items, columns) {
		sorted, by := arranged(items, arrangementOf(instruction), func(o occurrence) string { return strings.Join(o.cells(columns), " ") })
		return slices.Clone(sorted), made || by
	}
	rows := tableOf(items, columns)
	for i := range rows {
		rows[i] = append(rows[i], strconv.Itoa(i)) // which item it is, while rows change their places
	}
	for _, o := range orderings(a, instruction, columns) {
		for i := range rows {
			if o.column >= 0 {
				rows[i][o.column] = sortable(columns[o.column], rows[i][o.column])
			}
		}
		made = sortRows(rows, o) && (made || o.column >= 0)
	}
	for _, r := range rows {
		k, _ := strconv.Atoi(r[len(columns)])
		sorted = append(sorted, items[k])
	}
	return sorted, made
}

// itemsText writes all items: as JSON or CSV where that is asked for, as a table where there are columns, else as a list. One header.
func itemsText(items []occurrence, columns []string, instruction string) string {
	rows, table := tableOf(items, columns), isTable(items, columns)
	form, _ := targetForm(instruction)
	var b strings.Builder
	switch {
	case form == "json":
		return jsonList(items, columns)
	case form == "csv":
		w := csv.NewWriter(&b)
		if table && strings.Join(columns, "") != "" {
			_ = w.Write(columns) // a strings.Builder takes everything
		}
		_ = w.WriteAll(rows)
	case table:
		tableRow(&b, columns)
		b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
		for _, r := range rows {
			tableRow(&b, r)
		}
	default:
		return plainList(rows, listedBy(instruction))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// What stands between the items of a plain list.
type separator uint8

const (
	bullets separator = iota
	commas
	lines
	numbers
)

var (
	byCommas  = lazily(`(?i)(?:separated|delimited|divided) (?:only )?(?:by|with) (?:a )?commas?|comma[- ](?:separated|delimited)|virgülle ay[rı]|(?:durch|mit) kommas? (?:getrennt|separiert)|kommagetrennt|kommasepariert|séparée?s? par (?:des|une) virgules?|separad[oa]s? por (?:comas?|vírgulas?)|separat[ei] da virgole?|через запятую|逗号(?:分隔|隔开)|カンマ区切り|쉼표로`)
	byLines   = lazily(`(?i)\b(?:one|each|every)(?: \p{L}+){0,2} (?:per|on (?:a|its|their|each)(?: \p{L}+)?|in each) line|line by line|her satır(?:a|da) bir|her biri (?:ayrı|yeni) (?:bir )?satır|(?:pro|je) zeile|\bun[e]? par ligne|\bun[oa] por l[íi](?:nea|nha)|\bun[oa] per riga|по одно\p{L}+ (?:на|в) строк|每行一|一行一|1行に`)
	byNumbers = lazily(`(?i)numbered list|list(?:ed)? (?:\p{L}+ ){0,2}with numbers|numaralı (?:bir )?liste|nummerierte? liste|liste numérotée|lista numerada|elenco numerato|lista numerata|нумерованн|编号列表|有序列表|番号付き`)
)

// asGiven is how a task speaks of the form of what it was given.
var asGiven = lazily(`(?i)\b(?:from an?|(?:from|in|of|through) (?:the|this|these)) (?:following |attached |given )?(?:comma[- ](?:separated|delimited)|numbered) `)

func plainList(rows [][]string, by separator) string {
	items := make([]string, len(rows))
	for i, r := range rows {
		item := strings.Join(r, " | ")
		switch by {
		case numbers:
			item = fmt.Sprintf("%d. %s", i+1, strings.ReplaceAll(item, "\n", "\n   "))
		case bullets:
			item = "- " + strings.ReplaceAll(item, "\n", "\n  ")
		}
		items[i] = item
	}
	if by == commas {
		return strings.Join(items, ", ")
	}
	return strings.Join(items, "\n")
}

func listedBy(task string) separator {
	task = asGiven().ReplaceAllString(task, " ")
	switch {
	case byCommas().MatchString(task):
		return commas
	case byNumbers().MatchString(task):
		return numbers
	case byLines().MatchString(task):
		return lines
	}
	return bullets
}

func tableRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + strings.NewReplacer("|", `\|`, "\r\n", " ", "\n", " ").Replace(c) + " ")
	}
	b.WriteString("|\n")
}

// jsonList writes all items as a JSON array: each as the JSON that its reader gave, by its columns, or as a text.
func jsonList(found []occurrence, columns []string) string {
	list := &value{kind: '['}
	for _, o := range found {
		cells := o.cells(columns)
		if v, err := objectOf(o.key); err == nil {
			list.list = append(list.list, v)
			continue
		}
		if len(columns) < 2 || len(cells) != len(columns) {
			list.list = append(list.list, &value{raw: quoted(cells[0])})
			continue
		}
		row := &value{kind: '{', object: map[string]*value{}}
		for i, name := range columns {
			row.set(name, &value{raw: quoted(cells[i])})
		}
		list.list = append(list.list, row)
	}
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(list.String()), "", "  ") // it was put together here
	return b.String()
}
