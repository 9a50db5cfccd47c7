package operator

import "testing"

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
