package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDirection(t *testing.T) {
	for down, tasks := range map[bool][]string{
		true: {
			"Sort by amount in descending order.", "sorted by amount, desc", "from highest to lowest amount", "amounts high to low", "large to small", "newest to oldest", "newest first", "highest amount first",
			"with the most recent orders first", "most expensive items first", "from most to least expensive", "starting with the largest", "sorted by highest amount", "in reverse chronological order", "Z-A", "from Z to A",
			"azalan sırada", "tutara göre azalan", "büyükten küçüğe sırala", "BÜYÜKTEN küçüğe", "en yüksek tutar önce gelsin", "en yüksekten en düşüğe", "en yeniden eskiye doğru", "yeniden eskiye", "sondan başa",
			"absteigend nach Betrag", "die höchsten Beträge zuerst", "vom größten zum kleinsten", "par ordre décroissant", "du plus grand au plus petit", "les plus récents d'abord", "en orden descendente", "de mayor a menor",
			"los más recientes primero", "do maior para o menor", "dal più alto al più basso", "по убыванию суммы", "сначала новые", "от больших к меньшим", "按金额降序排列", "由大到小", "金額の高い順", "金額の降順", "금액 내림차순", "malejąco",
		},
		false: {
			"Sort by amount.", "in ascending order", "from lowest to highest", "oldest first", "oldest to newest", "smallest to largest", "the highest amount of each customer, sorted by name", "List the latest orders.",
			"a table of id, desc, amount", "most of the first chapters", "çoktan ödenmiş olanlar", "fazladan ödemeler", "eskiden yeniye", "küçükten büyüğe", "artan", "en yüksek tutarı da yaz", "yeniden yaz", "aufsteigend", "par ordre croissant", "de menor a mayor", "по возрастанию", "升序", "金額の昇順", "오름차순", "describe each", "A to Z", "in chronological order", "",
		},
	} {
		for _, task := range tasks {
			if _, _, got := direction(task, ""); got != down {
				t.Errorf("%q: down %v", task, got)
			}
		}
	}
}

func TestOrderingOf(t *testing.T) {
	columns := []string{"Dept", "Amount", "-x"}
	for _, c := range []struct {
		order, task string
		want        ordering
	}{
		{"source", "", ordering{-1, false}},
		{"source", "sort by amount descending", ordering{1, true}},
		{"source", "sorted by dept", ordering{0, false}},
		{"source", "sorted by amounts", ordering{1, false}},
		{"", "sort by amount descending", ordering{1, true}},
		{"source", "Sortiere die Liste absteigend nach Amount.", ordering{1, true}},
		{"source", "Trie les lignes par amount.", ordering{1, false}},
		{"source", "Amount'a göre sırala", ordering{1, false}},
		{"source", "按amount降序排列", ordering{1, true}},
		{"source", "List all, in alphabetical order.", ordering{0, false}},
		{"source", "List all of them by hand.", ordering{-1, false}},
		{"source", "List the ordinary shares per dept.", ordering{-1, false}},
		{"source", "Liste du trimestre donnée par amount.", ordering{-1, false}},
		{"source", "Elenco ordinato per amount.", ordering{1, false}},
		{"source", "Lignes triées par amount.", ordering{1, false}},
		{"", "", ordering{-1, false}},
		{"amount", "", ordering{1, false}},
		{"amount", "highest first", ordering{1, true}},
		{"amount", "by dept ascending and amount descending", ordering{1, true}},
		{"dept", "by dept ascending and amount descending", ordering{0, false}},
		{"amount", "by dept descending, then by amount ascending", ordering{1, false}},
		{"amount desc", "", ordering{1, true}},
		{"Amount (descending)", "", ordering{1, true}},
		{"amount, highest first", "", ordering{1, true}},
		{"descending by amount", "", ordering{1, true}},
		{"amount asc", "highest first", ordering{1, false}},
		{"-amount", "", ordering{1, true}},
		{"-x", "", ordering{2, false}},
		{"price", "highest first", ordering{-1, false}},
	} {
		if got := orderingOf(Advice{Order: c.order}, c.task, columns); got.column != c.want.column || got.column >= 0 && got != c.want {
			t.Errorf("order %q, task %q: %+v, want %+v", c.order, c.task, got, c.want)
		}
	}
}

func TestColumnIn(t *testing.T) {
	columns := []string{"Unit", "unitPrice", "created_at"}
	for words, want := range map[string]int{"unit price": 1, "unit, then price": 0, "the units": 0, "Created At": 2, "price": -1, "unity": -1, "created at and unit": 2} {
		if got := columnIn(words, columns); got != want {
			t.Errorf("%q: %d, want %d", words, got, want)
		}
	}
}

func TestSortRows(t *testing.T) {
	for _, c := range []struct {
		name, values, up, down string
	}{
		{"numbers with gaps", "10 EUR|-|9 EUR||100 EUR|n/a|9.50 EUR|None", "9 EUR|9.50 EUR|10 EUR|100 EUR|-||n/a|None", "100 EUR|10 EUR|9.50 EUR|9 EUR|-||n/a|None"},
		{"a cell that is no number", "10|unknown|9||2", "2|9|10|unknown|", "10|9|2|unknown|"},
		{"dates", "5 March 2024||2023-12-31|soon|1.4.2024", "2023-12-31|5 March 2024|1.4.2024|soon|", "1.4.2024|5 March 2024|2023-12-31|soon|"},
		{"words", "pear||Apple|10|fig", "10|Apple|fig|pear|", "pear|fig|Apple|10|"},
		{"nothing", "|-|", "|-|", "|-|"},
	} {
		for down, want := range map[bool]string{false: c.up, true: c.down} {
			var rows [][]string
			for _, v := range strings.Split(c.values, "|") {
				rows = append(rows, []string{v})
			}
			sortRows(rows, ordering{0, down})
			var got []string
			for _, r := range rows {
				got = append(got, r[0])
			}
			if d := cmp.Diff(want, strings.Join(got, "|")); d != "" {
				t.Errorf("%s, down %v: %s", c.name, down, d)
			}
		}
	}
}

// The order holds for a table that is written here and for records under a schema.
func TestSortedDownward(t *testing.T) {
	rows := []occurrence{{quote: "a", row: []string{"a", "5"}}, {quote: "b", row: []string{"b", ""}}, {quote: "c", row: []string{"c", "10"}}}
	want := "id,n\nc,10\na,5\nb,"
	if got := listed(rows, Advice{Labels: []string{"id", "n"}, Order: "n"}, "As CSV, largest n first"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	in := textInput("All orders, highest amount first", "text\n", 1000)
	in.Format, in.Advice.Order = "json_schema", "amount"
	in.Schema = []byte(`{"type":"object","properties":{"orders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"amount":{"type":["number","null"]}}}}},"required":["orders"]}`)
	f := &fake{model: func(Call) Reply {
		return Reply{Text: `{"orders":[{"id":"b","amount":20},{"id":"c","amount":null},{"id":"d"},{"id":"a","amount":100}]}`, Finish: "stop"}
	}}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	if got, want := f.out.String(), `{"orders":[{"id":"a","amount":100},{"id":"b","amount":20},{"id":"c","amount":null},{"id":"d","amount":null}]}`; got != want && got != strings.Replace(want, `"d","amount":null`, `"d"`, 1) {
		t.Errorf("%s", got)
	}
}

// Rows that are equal by the first column stand in the order of the second that the task names.
func TestSortedBySeveral(t *testing.T) {
	rows := []occurrence{{row: []string{"b", "X"}}, {row: []string{"c", "W"}}, {row: []string{"a", "X"}}, {row: []string{"d", "W"}}}
	for task, want := range map[string]string{
		"As CSV, sorted by city, then by name.":            "c,W\nd,W\na,X\nb,X",
		"As CSV, sorted by city and then name descending.": "d,W\nc,W\nb,X\na,X",
		"CSV, sortiert nach city, dann nach name":          "c,W\nd,W\na,X\nb,X",
		"As CSV, sorted by city descending, then by name.": "a,X\nb,X\nc,W\nd,W",
		"As CSV, sorted by city.":                          "c,W\nd,W\nb,X\na,X",
	} {
		for _, order := range []string{"city", "source"} {
			if got := listed(rows, Advice{Labels: []string{"name", "city"}, Order: order}, task); got != "name,city\n"+want {
				t.Errorf("%s, order %s: %q", task, order, got)
			}
		}
	}
	if got := orderings(Advice{Order: "source"}, "List all of them, then the city of each.", []string{"name", "city"}); len(got) != 1 || got[0].column >= 0 {
		t.Errorf("what is to be listed then is sorted by: %v", got)
	}
	in := textInput("All people, sorted by city, then by name", "text\n", 1000)
	in.Format, in.Advice.Order = "json_schema", "source"
	in.Schema = []byte(`{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"city":{"type":"string"}}}}`)
	f := &fake{model: func(Call) Reply {
		return Reply{Text: `[{"name":"b","city":"X"},{"name":"c","city":"W"},{"name":"a","city":"X"}]`, Finish: "stop"}
	}}
	if err := run(t, "extract", in, f); err != nil || f.out.String() != `[{"name":"c","city":"W"},{"name":"a","city":"X"},{"name":"b","city":"X"}]` {
		t.Errorf("%v, %s", err, f.out.String())
	}
}

// A list without columns stands in the order that the task wants, too: in what is written here, and under a schema.
func TestPlainListInOrder(t *testing.T) {
	for _, c := range []struct{ task, items, want string }{
		{"List all names.", "b|É|a|C", "b|É|a|C"},
		{"List all names in alphabetical order.", "b|É|a|C", "a|b|C|É"},
		{"List all names in alphabetical order.", "Eva|Élan|Ebro", "Ebro|Élan|Eva"},
		{"List all names in alphabetical order.", "“elan”|élan|elan|Bob", "Bob|elan|élan|“elan”"},
		{"Liste alle Namen alphabetisch auf.", "Zoo|Äpfel|Birne", "Äpfel|Birne|Zoo"},
		{"Tüm isimleri alfabetik sırayla listele.", "Ümit|Ali|Irmak|İpek", "Ali|İpek|Irmak|Ümit"},
		{"List all names from Z to A.", "b|a|C", "C|b|a"},
		{"List all reversed names in alphabetical order.", "b|a", "a|b"},
		{"Tüm isimleri ters alfabetik sırayla listele.", "a|b", "b|a"},
		{"List all names, not alphabetically.", "b|a", "b|a"},
		{"List every descendant in alphabetical order.", "b|a", "a|b"},
		{"List all letters of the Greek alphabet.", "b|a", "b|a"},
		{"Перечисли все буквы алфавита.", "б|а", "б|а"},
		{"列出所有希腊字母。", "b|a", "b|a"},
		{"列出所有下降的股票，按字母顺序。", "b|a", "a|b"},
		{"按字母降序列出所有名字。", "a|b", "b|a"},
		{"Classe les noms par ordre alphabétique inverse, donc en ordre inversé.", "a|b", "b|a"},
		{"List the most recent classified papers.", "2025-03-02 a|2025-03-01 b", "2025-03-02 a|2025-03-01 b"},
		{"Отсортируй установки по цене.", "2025-03-02 a|2025-03-01 b", "2025-03-02 a|2025-03-01 b"},
		{"Отсортируй ошибки, сначала новые.", "2025-03-01 a|2025-03-02 b", "2025-03-02 b|2025-03-01 a"},
		{"Liste des erreurs trié par date.", "2025-03-02 a|2025-03-01 b", "2025-03-01 b|2025-03-02 a"},
		{"List all errors, newest first.", "2025-03-01 10:00 x 7|2025-03-02 09:00 y 8|2025-03-01 11:00 z 9", "2025-03-02 09:00 y 8|2025-03-01 11:00 z 9|2025-03-01 10:00 x 7"},
		{"List all errors in chronological order.", "2025-03-02 a|2025-03-01 b", "2025-03-01 b|2025-03-02 a"},
		{"Liste alle Fehler nach Datum sortiert auf, die ältesten zuerst.", "05.03.2025 a|01.04.2025 b|04.03.2025 c", "04.03.2025 c|05.03.2025 a|01.04.2025 b"},
		{"Tüm hataları tarihe göre sırala ve listele.", "05.03.2025 a|01.04.2025 b|04.03.2025 c", "04.03.2025 c|05.03.2025 a|01.04.2025 b"},
		{"Liste les erreurs, les plus récentes d'abord.", "05.03.2025 a|01.04.2025 b|04.03.2025 c", "01.04.2025 b|05.03.2025 a|04.03.2025 c"},
		{"List all errors, newest first.", "2025-03-01 x|no date", "2025-03-01 x|no date"},
	} {
		var found []occurrence
		items := strings.Split(c.items, "|")
		for _, s := range items {
			found = append(found, occurrence{key: s})
		}
		if d := cmp.Diff("- "+strings.ReplaceAll(c.want, "|", "\n- "), listed(found, Advice{Order: "source"}, c.task)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.task, d)
		}
		in := textInput(c.task, "text\n", 1000)
		in.Format, in.Schema = "json_schema", []byte(`{"type":"array","items":{"type":"string"}}`)
		f := &fake{model: func(Call) Reply {
			return Reply{Text: `["` + strings.Join(items, `","`) + `"]`, Finish: "stop"}
		}}
		if err := run(t, "extract", in, f); err != nil || f.out.String() != `["`+strings.ReplaceAll(c.want, "|", `","`)+`"]` {
			t.Errorf("%s: %v, %s", c.task, err, f.out.String())
		}
	}
}

// An order that cannot be made here is not left out in silence: the final call makes it.
func TestOrderThatCannotBeMade(t *testing.T) {
	for _, c := range []struct {
		task, items, want string // "" is for the final call
	}{
		{"List all names sorted by length, longest first", "Al|Barbara", ""},
		{"List all people alphabetically by last name", "Zoe Adams|Adam Zorn", ""},
		{"List cities sorted by country", "b|a", ""},
		{"列出所有人名，按年龄排序", "b|a", ""},
		{"List all errors in chronological order", "Mon 3 May x|Fri 1 May y", ""},
		{"List all weights from highest to lowest", "5 kg|300 g", ""},
		{"List all people, sorted by name", "Zoe|Adam", "Adam|Zoe"},
		{"İnsanları isme göre sırala", "Zoe|Adam", "Adam|Zoe"},
		{"List all amounts from highest to lowest", "5 €|12 €|7,50 €", "12 €|7,50 €|5 €"},
		{"Tüm tutarları büyükten küçüğe sırala", "5 TL|12 TL", "12 TL|5 TL"},
		{"List all errors in chronological order", "03/05/2024 9:00 PM x|03/05/2024 10:00 AM y", "03/05/2024 10:00 AM y|03/05/2024 9:00 PM x"},
		{"List all errors in chronological order", "3 мая 2024 x|1 мая 2024 y", "1 мая 2024 y|3 мая 2024 x"},
		{"List all sort codes and payment arrangements by rank", "b|a", "b|a"},
		{"Lista todas las ordenes de compra", "b|a", "b|a"},
		{"Maddeleri sırala", "b|a", "b|a"},
		{"List all items ordered by the customer", "b|a", "b|a"},
	} {
		var found []occurrence
		for _, s := range strings.Split(c.items, "|") {
			found = append(found, occurrence{key: s})
		}
		text, ordered := listing(found, Advice{Order: "source"}, c.task)
		if ordered != (c.want != "") || ordered && text != "- "+strings.ReplaceAll(c.want, "|", "\n- ") {
			t.Errorf("%s: ordered %v, %q", c.task, ordered, text)
		}
	}
	for _, c := range []struct {
		task, cells, want string
	}{
		{"sorted by due", "Q2 2024|Q3 2023", ""},
		{"sorted by due", "5 kg|300 g", ""},
		{"largest first", "5|7", ""},
		{"sorted by size", "5|7", ""},
		{"sorted by size, with due", "5|7", ""},
		{"sorted by due", "v1.10|v1.9", "v1.9|v1.10"},
		{"sorted by due", "INV-10|INV-9", "INV-9|INV-10"},
		{"by decreasing due, sorted", "5 €|7 €", ""},
		{"sorted by decreasing due", "5 €|7 €", "7 €|5 €"},
		{"in order of due", "7|5", "5|7"},
		{"sorted on due", "7|5", "5|7"},
		{"sorted by version", "version: 1.10|1.9|v1.2", "v1.2|1.9|1.10"},
		{"sorted by age, oldest first", "age: 3|10|4", "10|4|3"},
		{"sorted by the length of the name", "name: bbb|cc", ""},
		{"sorted by length of stay", "length of stay: 3|1", "1|3"},
	} {
		var found []occurrence
		column, cells, named := strings.Cut(c.cells, ": ")
		if !named {
			column, cells = "due", c.cells
		}
		for _, s := range strings.Split(cells, "|") {
			found = append(found, occurrence{row: []string{"x", s}})
		}
		text, ordered := listing(found, Advice{Order: "source", Labels: []string{"id", column}}, "As a table, "+c.task)
		if want := "| id | " + column + " |\n|---|---|\n| x | " + strings.ReplaceAll(c.want, "|", " |\n| x | ") + " |"; ordered != (c.want != "") || ordered && text != want {
			t.Errorf("%s: ordered %v, %q", c.task, ordered, text)
		}
	}
	text, want := marks(3000, 600)
	for task, final := range map[string]bool{"List all marks, sorted by the weight of the animal.": true, "List all marks.": false, "List all marks in alphabetical order.": false} {
		in := textInput(task, text, 3000)
		in.Format = "text"
		f := &fake{model: collector}
		if err := run(t, "extract", in, f); err != nil {
			t.Fatal(err)
		}
		if (len(f.answers) > 0) != final || final && !strings.Contains(f.answers[0].Insert, want[599]) {
			t.Errorf("%s: %d final calls", task, len(f.answers))
		}
	}
}

// Who ordered is no order.
func TestBoughtBy(t *testing.T) {
	columns := []string{"customer", "amount", "date"}
	for task, want := range map[string]int{
		"List all items ordered by the customer as a table": -1, "List every product ordered by customer Smith.": -1, "List the goods ordered by the customer on 3 May, with amount and date.": -1,
		"List all orders by customers from Berlin": -1, "List all orders, ordered by customer": 0, "List all orders by amount": 1, "Table of the items ordered by each customer, sorted by date": 2,
	} {
		if got := columnSaid(task, columns); got != want {
			t.Errorf("%s: %d, want %d", task, got, want)
		}
	}
}
