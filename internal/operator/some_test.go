package operator

import (
	"strings"
	"testing"
)

func TestWantsSome(t *testing.T) {
	for want, tasks := range map[bool][]string{
		true: {"List the first ten names.", "List the 3 longest names.", "List the five largest orders.", "List at most 20 names.", "List 5-10 names.", "Name three ships.", "List the five people born first.", "List every second name.", "Top 10 products, as a list.",
			"İlk 10 ismi listele.", "En pahalı beş ürünü listele.", "Nenne die drei größten Schiffe.", "Liste die letzten 5 Fehler auf.", "Liste les dix premières erreurs.", "Lista los cinco pedidos: los 5 más caros.", "Elenca i tre più grandi.",
			"Перечисли первые десять имён.", "列出前十个名字", "最初の5件を列挙",
			"List exactly 12 facts.", "Extract 30 questions from this text.", "Pick a dozen quotes.", "Give me a sample of 10 rows.", "No more than ten items.", "All names, max 10.", "Which ten products sold best?", "A list of at most 20 names.", "en önemli 10 madde", "En fazla on madde listele.", "10 adet örnek ver",
			"Donne 10 exemples.", "au maximum 10 éléments", "Dame diez ejemplos.", "не более 10 пунктов", "列出十个例子", "最贵的10件商品", "10個の例を挙げて", "가장 비싼 10개", "أعلى 10 مبالغ", "सबसे महंगे 10",
			"List the largest invoice of each customer.", "List the last login per user.", "Her müşterinin en yüksek faturasını listele.", "Liste für jeden Kunden die höchste Rechnung auf.", "Liste la dernière connexion de chaque utilisateur.", "列出每个客户最大的发票"},
		false: {"List all names.", "List all names, each in at most three words.", "List all orders of the last 12 months.", "List the names in the first two chapters.", "List all user groups.", "List all errors, newest first.", "Give me a list with two columns.", "Tüm isimleri listele.",
			"Son iki yılın siparişlerini listele.", "Liste alle Kosten auf.", "Liste alle Bestellungen der letzten drei Monate auf.", "Liste toutes les erreurs des trois derniers mois.", "Перечисли все имена.", "列出所有名字", "List all names, first name first.", "List ten-digit numbers.", "Name two-factor methods.", "Enumera los gastos en febrero 2024.",
			"List all invoices of at most 100 EUR.", "List only 2024 invoices.", "List all employees up to 30 years old.", "List all tasks with at most 3 steps.", "List the first and last name of each employee.", "List the errors of each service, newest first.", "For each invoice list the number, date and amount."},
	} {
		for _, task := range tasks {
			if wantsSome(task) != want {
				t.Errorf("%q: %v", task, !want)
			}
		}
	}
}

// A choice out of a long list is for who has it all, under a schema, too; groups of a plain list are, and those that a schema has are made here.
func TestExtractSome(t *testing.T) {
	text, want := marks(3000, 600)
	for _, c := range []struct {
		task, format string
		final        bool
	}{
		{"List the first ten marks.", "text", true},
		{"List the first ten marks.", "json_schema", true},
		{"List all marks grouped by animal.", "text", true},
		{"Group the marks by animal.", "json_schema", false},
		{"İşaretleri hayvana göre gruplandırarak listele.", "text", true},
	} {
		in := textInput(c.task, text, 3000)
		in.Format, in.Schema = c.format, []byte(marksSchema)
		f := &fake{model: collector}
		_ = run(t, "extract", in, f) // the fake's answer is no JSON
		if final := len(f.answers) > 0; final != c.final || final && (!strings.Contains(f.answers[0].Insert, want[0]) || !strings.Contains(f.answers[0].Insert, want[599])) {
			t.Errorf("%s, %s: %d final calls", c.task, c.format, len(f.answers))
		}
	}
}

// What stands between the items of a list is what the task says.
func TestListedBy(t *testing.T) {
	found := []occurrence{{key: "a"}, {key: "b"}}
	for task, want := range map[string]string{
		"List all names.": "- a\n- b", "List all names, separated by commas.": "a, b", "Tüm isimleri virgülle ayırarak listele.": "a, b", "Liste alle Namen auf, durch Kommas getrennt.": "a, b", "Liste os nomes separados por vírgulas.": "a, b", "列出所有名字，用逗号分隔": "a, b",
		"List all names, one per line.": "a\nb", "Her satıra bir isim gelecek şekilde listele.": "a\nb", "Liste les noms, un par ligne.": "a\nb", "List each name on its own line.": "a\nb",
		"Give the names as a numbered list.": "1. a\n2. b", "İsimleri numaralı liste olarak ver.": "1. a\n2. b", "Gib die Namen als nummerierte Liste.": "1. a\n2. b",
		"List the names from the comma-separated file below.": "- a\n- b", "List all names in the numbered list.": "- a\n- b", "Put all names in a comma-separated list.": "a, b",
	} {
		if got := listed(found, Advice{Order: "source"}, task); got != want {
			t.Errorf("%s: %q", task, got)
		}
	}
}

func TestInGroups(t *testing.T) {
	for want, tasks := range map[bool][]string{
		true: {"List all errors by severity.", "List the expenses, organized by department.", "Categorize all complaints into billing and shipping.", "List all risks per category.", "All quotes under headings by theme", "Giderleri kategoriye göre listele.", "Tüm riskleri kategorilere ayır.", "Liste alle Ausgaben nach Kategorie auf.",
			"Liste les dépenses par catégorie.", "Lista los gastos por categoría.", "Перечисли расходы по категориям.", "按类别分组列出", "カテゴリ別に一覧にして", "카테고리별로 나열해"},
		false: {"List all invoices issued by the company.", "A table of all orders, sorted by month, then by status.", "Liste alle Rechnungen auf, sortiert nach Monat.", "Lista ordenada por país.", "List all classes.", "List the split payments.", "List every category.", "List all payments due by 3 May.", "Tüm kategorileri listele.", "Liste alle Kategorien auf.", "Lista todas las categorías.", "列出所有类别"},
	} {
		for _, task := range tasks {
			if wantsGroups(task) != want {
				t.Errorf("%q: %v", task, !want)
			}
		}
	}
}
