package operator

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDatesInOrder(t *testing.T) {
	for _, c := range []struct {
		name   string
		sorted []string // earliest first; nil: not all are dates
		values []string
	}{
		{name: "one form", sorted: []string{"1999-12-31", "2024-01-02", "2024-03-05", "2024-11-01"}},
		{name: "many forms", sorted: []string{"2015", "March 2015", "3 Mart 2015", "March 4th, 2015", "05.03.2015", "2015-03-06", "the 7th of March 2015", "8 ARALIK 2015", "24. Dezember 2015"}},
		{name: "with times", sorted: []string{"2024-03-05 09:15", "2024-03-05T10:00:01Z", "5 March 2024, 10:00:02", "2024-03-06"}},
		{name: "two-digit years, words between, zones", sorted: []string{"31.12.99", "5.3.24", "6 Mar '24", "07-Mar-24", "8 de marzo de 2024", "le 9 mars 2024", "10:30, 10 Mart 2024", "2024-03-10 12:00:00+01:00",
			"10/Mar/2024:11:30:00 +0000", "2024-03-10T11:30:00.500-05:00", "2024-03-11"}},
		{name: "parts of a second, the last hours of a month, a time with its end", sorted: []string{"2024-01-31", "2024-01-31 09:00-17:00", "2024-01-31 10:00-11:30", "2024-02-01T02:00:00Z", "2024-01-31T23:00:00-05:00",
			"2024-03-05 10:00:00.100", "2024-03-05 10:00:00,5", "2024-03-05 13:00:00.9+03"}},
		{name: "slashes, day first", sorted: []string{"02/01/2024", "01/02/2024", "25/12/2024"}},
		{name: "slashes, month first", sorted: []string{"01/02/2024", "02/01/2024", "12/25/2024"}},
		{name: "slashes that contradict each other", values: []string{"25/12/2024", "12/25/2024"}},
		{name: "no dates", values: []string{"2024-03-05", "soon"}},
		{name: "no such day", values: []string{"2024-02-30"}},
		{name: "numbers", values: []string{"1.234,56", "12"}},
		{name: "amounts with two decimals", values: []string{"1200.10 EUR", "2350.05 EUR"}},
		{name: "points, the year first", sorted: []string{"2024.03.05", "2024.11.01", "2024-11-02"}},
		{name: "names of months in other languages", sorted: []string{"3 мая 2023 г.", "Июнь 2023", "3 luglio 2023", "3 de setembro de 2023", "3 października 2023", "٣ نوفمبر 2023", "3 दिसंबर 2023", "3 janv. 2024", "3 maart 2024", "3 ene 2025"}},
		{name: "years and months with their signs", sorted: []string{"2023年", "2023年9月", "2024年5月3日", "2024年10月3日", "2024년 11월 3일", "2024. 12. 3."}},
		{name: "halves of days", sorted: []string{"5 March 2024 12:05 AM", "2024-03-05 9:00 a.m.", "March 5, 2024 10:00 AM", "5.3.2024 12:30 PM", "2024-03-05 1:00pm", "March 5, 2024, 9:00 PM", "2024-03-05 22:00"}},
		{name: "more than a date", values: []string{"2024-03-05 to 2024-03-07"}},
		{name: "nothing", values: nil},
	} {
		values := slices.Clone(c.sorted)
		slices.Reverse(values)
		if c.sorted == nil {
			values = c.values
		}
		dates, ok := datesOf(values)
		if ok != (c.sorted != nil) {
			t.Errorf("%s: dates %v", c.name, ok)
			continue
		}
		if ok {
			slices.SortFunc(values, func(a, b string) int { return int(min(1, max(-1, dates[a]-dates[b]))) })
			if diff := cmp.Diff(c.sorted, values); diff != "" {
				t.Errorf("%s: -want +got\n%s", c.name, diff)
			}
		}
	}
}

func TestTallyOfDates(t *testing.T) {
	var found []occurrence
	for i, d := range []string{"5 March 2024", "2023-01-31", "1 Nisan 2024"} {
		found = append(found, occurrence{start: i, quote: "entry of " + d, value: d, n: 1})
	}
	text := tallyOf(found, nil).render(textInput("Sort by date.", "text", 100), 0, 4000)
	want := "Occurrences in the whole text: 3\nBy date, earliest first:\n- entry of 2023-01-31\n- entry of 5 March 2024\n- entry of 1 Nisan 2024\n" +
		"First occurrence: entry of 5 March 2024\nLast occurrence: entry of 1 Nisan 2024\nAll occurrences, in the order of the text:\n1. entry of 5 March 2024\n2. entry of 2023-01-31\n3. entry of 1 Nisan 2024\n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
}
