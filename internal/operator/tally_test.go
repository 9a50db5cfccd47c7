package operator

import (
	"fmt"
	"strings"
	"testing"
)

// All of what is to be sorted goes to who words it, sorted, whatever the language and whether it has numbers or letters.
func TestTallyInOrder(t *testing.T) {
	var found []occurrence
	for i := range 80 {
		name := fmt.Sprintf("%c%c", 'a'+i*7%26, 'z'-i%26)
		found = append(found, occurrence{quote: name, key: name, value: fmt.Sprintf("%d km", i*37%80), n: 1, start: i})
	}
	for task, want := range map[string][]string{
		"Sortiere die Wege nach Länge.":               {"- 79: ", "- 40: ", "- 0: "},
		"Trie les chemins par longueur.":              {"- 79: ", "- 40: ", "- 0: "},
		"Отсортируй маршруты по длине.":               {"- 79: ", "- 40: ", "- 0: "},
		"按长度排序":                                       {"- 79: ", "- 40: ", "- 0: "},
		"Put the paths in alphabetical order.":        {"In alphabetical order:\n- az", "\n- ij", "\n- zo"},
		"Yolları alfabetik sırayla yaz.":              {"In alphabetical order:\n- az", "\n- ij", "\n- zo"},
		"Put the paths in reverse alphabetical order": {"from the end:\n- zo", "\n- ij", "\n- az"},
	} {
		in := textInput(task, "", 1000)
		got, at := tallyOf(found, nil).render(in, 0, 8000), 0
		if i := strings.Index(got, "In alphabetical"); i > 0 {
			got = got[i:]
		}
		for _, w := range want {
			i := strings.Index(got[at:], w)
			if i < 0 {
				t.Errorf("%s: %q is not there, or not in its place:\n%.900s", task, w, got)
				break
			}
			at += i
		}
	}
}

func TestSameKey(t *testing.T) {
	for _, same := range [][]string{
		{"İstanbul", "ISTANBUL", " istanbul ", "**İstanbul**:", "“İstanbul”", "(İstanbul),", "_istanbul_", "「İstanbul」", "ıstanbul."},
		{"C", "c.", "[C]"}, {"C++", "c++,"}, {"C#", "`C#`"}, {"A+", "(a+)"}, {"A-", "A–"}, {"+1", "+1."}, {"-1"}, {"1"}, {"★", "「★」"}, {"★★★"}, {"👍", "👍 "}, {"👎"}, {"%5"}, {"5 $"}, {"5 €"}, {"!"}, {"?"}, {"#"},
		{"*", " * "}, {"**"}, {"..."}, {""},
	} {
		for _, k := range same {
			if got := sameKey(k); got != sameKey(same[0]) {
				t.Errorf("%q is %q, %q is %q", k, got, same[0], sameKey(same[0]))
			}
		}
	}
	seen := map[string]string{}
	for _, k := range []string{"C", "C++", "C#", "A", "A+", "A-", "+1", "-1", "1", "★", "★★", "★★★", "👍", "👎", "👍🏽", "*", "**", "5 $", "5 €", ""} {
		if other, ok := seen[sameKey(k)]; ok {
			t.Errorf("%q and %q are one key", other, k)
		}
		seen[sameKey(k)] = k
	}
}

// Readers of several passages write one month or day in several ways: it is one group.
func TestTallyOfDateKeys(t *testing.T) {
	for want, keys := range map[string][]string{
		"Different keys that occur: 2\n":  {"March 2024", "2024-03", "Mar 2024", "mars 2024", "2024年3月", "Mart 2024", "April 2024", "2024-04"},
		"Different keys that occur: 2\nB": {"March", "Mar", "mart", "März", "April", "Nisan"},
		"Different keys that occur: 3\n":  {"2024-03-05", "5 March 2024", "5.3.2024", "6 March 2024", "05/03/2024"},
		"Different keys that occur: 4\n":  {"v1.2", "v1.3", "2024", "2023"},
		"Different keys that occur: 5\n":  {"rent March 2024", "food March 2024", "March 2024", "Q1 2024", "May Smith"},
	} {
		var found []occurrence
		for i, k := range keys {
			found = append(found, occurrence{start: i, quote: k, key: k, n: 1})
		}
		if got := tallyOf(found, nil).render(textInput("How many each?", "text", 100), 0, 4000); !strings.Contains(got, want) {
			t.Errorf("%v: %s", keys, got)
		}
	}
}
