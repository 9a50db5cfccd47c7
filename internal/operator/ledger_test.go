package operator

import "testing"

func TestAmountsOfOneUnit(t *testing.T) {
	for reply, want := range map[string]string{
		"SET: cash | 500\nCHANGE: cash | -12.50 EUR\nCHANGE: cash | +2.50 EUR":                     "cash: 490.00 €\n",
		"CHANGE: cash | +5 EUR\nCHANGE: Cash | +2":                                                 "cash: 7 €\n",
		"SET: cash | 500\nCHANGE: cash | +1 EUR\nCHANGE: cash | +1 USD":                            "cash: 500\ncash: 1 €\ncash: 1 $\n",
		"SET: box | 3\nCHANGE: box | +1 crate\nCHANGE: box | +2 crates":                            "box: 6 crate\n",
		"SET: A+ | 10 bags\nSET: A- | 3 bags\nCHANGE: A+ | -2\nSET: C++ | 1\nCHANGE: C# | +1":      "A-: 3 bags\nA+: 8 bags\nC++: 1\nC#: 1\n",
		"SET: flex | 0:00 h\nCHANGE: flex | +1h 30m\nCHANGE: flex | -45 min\nCHANGE: flex | -2:15": "flex: -1:30:00\n",
		"```text\nSET: cash | 5 EUR\n```":                                                          "cash: 5 €\n",
	} {
		var a amounts
		if record, _ := a.take(reply); record != "" {
			t.Errorf("%q: a record of %q", reply, record)
		}
		if got := a.sofar(); got != want {
			t.Errorf("%q: %q, want %q", reply, got, want)
		}
	}
}
