package operator

import "testing"

func TestIsNone(t *testing.T) {
	for _, text := range []string{"NONE", "None.", "**none**", "Yok.", "YOKTUR", "該当なし。", "없습니다.", "कुछ नहीं।", "لا يوجد", "Ничего не найдено.", "Keine Treffer", "Aucun résultat.", "[none]", "There are no invoices in the passage."} {
		if !isNone(text) {
			t.Errorf("%q is not none", text)
		}
	}
	for _, text := range []string{"", "no", "Nein", "None of them paid.", "該当なしの項目は3件", "0", "nickel", "Hay tres."} {
		if isNone(text) {
			t.Errorf("%q is none", text)
		}
	}
}
