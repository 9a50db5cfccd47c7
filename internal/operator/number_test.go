package operator

import (
	"math/big"
	"strings"
	"testing"
)

func TestParseQuantity(t *testing.T) {
	comma, point, none := style{comma: true, sure: true}, style{sure: true}, style{}
	for _, c := range []struct {
		in      string
		st      style
		want    string
		unit    string
		guessed bool
	}{
		{"1.234,56 TL", none, "1234.56", "TL", false},
		{"$1,234.56", none, "1234.56", "$", false},
		{"1,234", point, "1234", "", false},
		{"1,234", comma, "1.234", "", false},
		{"1.234", comma, "1234", "", false},
		{"1.234 TL", none, "1234", "TL", true},
		{"1,234 kg", none, "1234", "kg", true},
		{"0.125", none, "0.125", "", false},
		{"3,5 km", none, "3.5", "km", false},
		{"12.345.678", none, "12345678", "", false},
		{"1 234 567 items", none, "1234567", "items", false},
		{"−7", none, "-7", "", false},
		{"(120)", none, "-120", "", false},
		{"50 %", none, "50", "%", false},
		{"total: 42 pcs.", none, "42", "pcs", false},
		{"٣٤", none, "34", "", false},
		{"1'000.50", none, "1000.50", "", false},
		{"$1.25 million", none, "1250000", "$", false},
		{"1,5 milyon TL", none, "1500000", "TL", false},
		{"₺3 bin", none, "3000", "TL", false},
		{"€2.5M", none, "2500000", "€", false},
		{"2 Mrd. Euro", none, "2000000000", "€", false},
		{"USD 12.50", none, "12.50", "$", false},
		{"5 m", none, "5", "m", false},
		{"2 hours", none, "2", "h", false},
		{"3 saat", none, "3", "h", false},
		{"%12,5", none, "12.5", "%", false},
		{"12.5 percent", none, "12.5", "%", false},
		{"1 million of them", none, "1000000", "", false},
		{"4 barrels of salt", none, "4", "barrels", false},
		{"-$50", none, "-50", "$", false},
		{"- 50 TL", none, "-50", "TL", false},
		{"Tea - 3.50 €", none, "3.50", "€", false},
		{"Tea -3.50 €", none, "-3.50", "€", false},
		{"Tea: - 3.50 €", none, "-3.50", "€", false},
		{"EUR - 3,50", none, "-3.50", "€", false},
		{"Rs 1,00,000/-", none, "100000", "₹", false},
		{"−€1.234,56", none, "-1234.56", "€", false},
		{"($1,234.56)", none, "-1234.56", "$", false},
		{"(1.234,56 TL)", none, "-1234.56", "TL", false},
		{"USD (1,000.50)", none, "-1000.50", "$", false},
		{"(5 kg)", none, "5", "kg", false},
		{"50,00-", none, "-50", "", false},
		{"eksi 5", none, "-5", "", false},
		{"–12", none, "-12", "", false},
		{"$1.234", none, "1234", "$", true},
		{"€1,234", none, "1234", "€", true},
		{"1 234,56 €", none, "1234.56", "€", false},
		{"1\u202f234,5", none, "1234.5", "", false},
		{"2 bin 500 TL", none, "2500", "TL", false},
		{"1 million 250 thousand dollars", none, "1250000", "$", false},
		{".5 kg", none, "0.5", "kg", false},
		{"-,25", none, "-0.25", "", false},
		{"1.5e3", none, "1500", "", false},
		{"2E-2", none, "0.02", "", false},
		{"12,34,567", none, "1234567", "", false},
		{"500 TL'dir", none, "500", "TL", false},
		{"10 TL’lik", none, "10", "TL", false},
		{"$1.50/kg", none, "1.50", "$/kg", false},
		{"CHF 1'234.50", none, "1234.50", "CHF", false},
		{"42 pcs (10 boxes of 4)", none, "42", "pcs", false},
		{"120 m2", none, "120", "m2", false},
		{"1.500 SEK", none, "1500", "SEK", true},
		{"NOK 3,5", none, "3.5", "NOK", false},
		{"Temperature 25", none, "25", "", false},
		{"2.5M USD", none, "2500000", "$", false},
		{"10k EUR", none, "10000", "€", false},
		{"5M TL", none, "5000000", "TL", false},
		{"EUR 2.5M", none, "2500000", "€", false},
		{"USD 1.2bn", none, "1200000000", "$", false},
		{"2,5 M€", none, "2500000", "€", false},
		{"120 k$", none, "120000", "$", false},
		{"7 B dollars", none, "7000000000", "$", false},
		{"10k users", none, "10000", "users", false},
		{"1.2K", none, "1200", "", false},
		{"5 k people", none, "5000", "people", false},
		{"300 K", none, "300", "k", false},
		{"5K/day", none, "5000", "/day", false},
		{"3.4M downloads", none, "3400000", "downloads", false},
		{"10M+", none, "10000000", "", false},
		{"100+ users", none, "100", "users", false},
		{"2m", none, "2", "m", false},
		{"2.5m", style{millions: true}, "2500000", "", false},
		{"1.1b", style{millions: true}, "1100000000", "", false},
		{"4.0K", style{sizes: true}, "4.0", "k", false},
		{"512B", none, "512", "b", false},
		{"64kB", none, "64", "kb", false},
		{"5 лакх", none, "500000", "", false},
		{"4 Tsd. €", none, "4000", "€", false},
		{"€7tn", none, "7000000000000", "€", false},
		{"$5mm", none, "5000000", "$", false},
		{"₹5 cr", none, "50000000", "₹", false},
		{"1.5L INR", none, "150000", "₹", false},
		{"2 Billionen Euro", none, "2000000000000", "€", false},
		{"1,5 мільйона", none, "1500000", "", false},
		{"3 ล้าน", none, "3000000", "", false},
		{"10 mil euros", none, "10000", "€", false},
		{"5 m USD-bond", none, "5", "m", false},
		{"5 万", none, "50000", "", false},
		{"3億円", none, "300000000", "円", false},
		{"3億5000万円", none, "350000000", "円", false},
		{"2.5百万元", none, "2500000", "元", false},
		{"5만원", none, "50000", "원", false},
		{"3 mil millones de euros", none, "3000000000", "€", false},
		{"2 millions d'euros", none, "2000000", "€", false},
		{"1,5 млн руб", none, "1500000", "руб", false},
		{"3 lakh rupees", none, "300000", "₹", false},
		{"5 mil", none, "5", "mil", false},
		{"500 Cr", none, "500", "cr", false},
		{"12 crore", none, "120000000", "", false},
		{"١٢٣٫٥٠ ريال", none, "123.50", "ريال", false},
		{"١٬٢٣٤٬٥٦٧٫٢٥", none, "1234567.25", "", false},
		{"١٬٢٣٤", none, "1234", "", false},
		{"١٫٢٣٤", comma, "1.234", "", false},
		{"-٠٫٥", none, "-0.5", "", false},
		{"合計3,000円", none, "3000", "円", false},
		{"AED500", none, "500", "aed", false},
		{"TL-500", none, "-500", "TL", false},
		{"x5", none, "5", "", false},
		{"5-year", none, "5", "year", false},
		{"30-day", none, "30", "day", false},
		{"100,00- EUR", none, "-100", "€", false},
		{"100-TL", none, "-100", "TL", false},
		{"5- kg", none, "-5", "kg", false},
		{"15 (fifteen) EUR", none, "15", "€", false},
		{"15 (fifteen)", none, "15", "", false},
		{"10 (on) TL", none, "10", "TL", false},
		{"EUR 15 (approx. 16 USD)", none, "15", "€", false},
		{"15 (kg)", none, "15", "kg", false},
		{"500 рублей", none, "500", "руб", false},
		{"March: 1,200 EUR", none, "1200", "€", true},
		{"2nd", none, "2", "", false},
		{"twelve", none, "12", "", false},
		{"Üç saat", none, "3", "h", false},
		{"Two hours.", none, "2", "h", false},
		{"zehn Euro", none, "10", "€", false},
		{"49,- €", none, "49", "€", false},
		{"CHF 1'250.-", none, "1250", "CHF", false},
		{"1.500,— TL", none, "1500", "TL", true},
		{"12.000원", none, "12000", "원", false},
	} {
		q, guessed, ok := parseQuantity(c.in, c.st)
		if !ok {
			t.Errorf("%q: no number", c.in)
			continue
		}
		want, _ := new(big.Rat).SetString(c.want)
		if q.unit != c.unit || guessed != c.guessed {
			t.Errorf("%q: unit %q, guessed %v; want %q, %v", c.in, q.unit, guessed, c.unit, c.guessed)
		}
		if q.amount.Cmp(want) != 0 {
			t.Errorf("%q in %+v = %s, want %s", c.in, c.st, q.amount.FloatString(6), c.want)
		}
	}
	for _, in := range []string{"", "none", "TL", "1234567890123456789012345678901234567890123456", "10-15 kg", "10 – 15", "3/4", "1:45", "2 x 3 m", "5 to 7", "5 ila 7", "2 hours 30 minutes", "3 of 10", "invoice 4711: 12.50 €", "100 g / 3.5 oz", "5 kg 300 g", "3½", "5'30", `6’2"`, "192.168.1.1", "12.5.2024", "1.2.3", "2 bin 5000", "INV-10", "v1.10", "C4", "Q3", "$10 mil", "R$ 10 mil", "on hold", "on", "one apple", "twenty five", "twenty-five", "two hundred", "ten to twelve", "Feb 2", "5. März", "7 de enero"} {
		if q, _, ok := parseQuantity(in, none); ok {
			t.Errorf("%q is read as %s", in, q.amount)
		}
	}
}

func TestStyleOf(t *testing.T) {
	if st := styleOf([]string{"1.234", "12,50", "7"}); !st.comma || !st.sure {
		t.Errorf("Turkish numbers: %+v", st)
	}
	if st := styleOf([]string{"1,234", "12.50"}); st.comma || !st.sure {
		t.Errorf("English numbers: %+v", st)
	}
	if st := styleOf([]string{"1,234", "7"}); st.sure {
		t.Errorf("numbers that tell nothing: %+v", st)
	}
}

// Who words a sum is told that some of it are bounds.
func TestInexact(t *testing.T) {
	for value, want := range map[string]bool{"<5": true, "> 10 kg": true, "about 10k": true, "more than 300": true, "ca. 12 €": true, "at least 3": true, "en az 5": true, "yaklaşık 100 TL": true, "约30人": true, "100+ users": true, "10k+": true, "rund 5 Mio.": true,
		"5": false, "$5": false, "C$ 3": false, "-5": false, "minus 5": false, "EUR 15 (approx. 16 USD)": false, "+5": false, "overtime 5": false, "5 > 3": false} {
		if inexact().MatchString(value) != want {
			t.Errorf("%q: inexact is %v", value, !want)
		}
	}
	found := []occurrence{{quote: "a", value: "over 5 kg", n: 1}, {quote: "b", value: "3 kg", n: 1}}
	if got := tallyOf(found, nil).render(textInput("Total?", "text", 100), 0, 4000); !strings.Contains(got, `Unclear: 1 values such as "over 5 kg" are bounds`) || !strings.Contains(got, "sum 8 kg") {
		t.Error(got)
	}
}

// Letters behind numbers are read as the other numbers of the text show.
func TestStyleOfLetters(t *testing.T) {
	for _, c := range []struct {
		values, want []string
	}{
		{[]string{"950k", "1.2m", "2m"}, []string{"950000", "1200000", "2000000"}},
		{[]string{"800M", "2.5B"}, []string{"800000000", "2500000000"}},
		{[]string{"1.2m", "2m"}, []string{"1.2 m", "2 m"}},
		{[]string{"4.0K", "12M", "1.5G"}, []string{"4.0 k", "12 m", "1.5 g"}},
		{[]string{"4K", "512B"}, []string{"4000", "512 b"}},
		{[]string{"10k users", "500 users", "1.5 million users"}, []string{"10000 users", "500 users", "1500000 users"}},
	} {
		st := styleOf(c.values)
		for i, v := range c.values {
			if q, _, ok := parseQuantity(v, st); !ok || q.shown() != c.want[i] {
				t.Errorf("%q of %q is %s", v, c.values, q.shown())
			}
		}
	}
}

func FuzzParseQuantity(f *testing.F) {
	f.Add("1.234,56 TL", true, true)
	f.Add("-.,5", false, false)
	f.Add("٣٫٤", false, true)
	f.Fuzz(func(t *testing.T, s string, comma, sure bool) {
		q, _, ok := parseQuantity(s, style{comma: comma, sure: sure})
		if ok && (q.amount == nil || q.scale < 0 || decimal(q.amount, q.scale) == "") {
			t.Errorf("%q: %+v", s, q)
		}
	})
}
