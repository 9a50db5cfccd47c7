package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A realTask is one that a small model may do at all. Its answer comes in whatever words, so it is scored by what it names.
type realTask struct {
	name  string
	make  func(r *rand.Rand, tokens int) task // nil: that of the family of this name
	share float64                             // of the material that the others have; whoever gives a whole text back writes for long
	score func(t *task, text, answer string) float64
}

var (
	phoneNumber = regexp.MustCompile(`\b0212 555 \d\d \d\d\b`)
	stopCode    = regexp.MustCompile(`\bE-\d{4}\b`)
	orderID     = regexp.MustCompile(`\b[A-F]-\d{3,}\b`)
	keyPoint    = regexp.MustCompile(`\bK\d{3}\b`)
	anyDate     = regexp.MustCompile(`\d{4}-\d\d-\d\d|\d+ [A-Z]\w+ \d{4}|[A-Z]\w+ \d+, \d{4}|\d\d\.\d\d\.\d{4}`)
	inTown      = regexp.MustCompile(`Sinop|Bartın|Kars|Muğla|Rize|Tokat|Urfa|Van|Yozgat|Zonguldak|Niğde|Ordu|Mardin|Kilis|Iğdır`)
	feePaid     = regexp.MustCompile(`Fee paid at the gate: (\d+) (\w+) in coins`)
	booked      = regexp.MustCompile(`Booking: [^.]*\.`)
	figure      = regexp.MustCompile(`-?\d[\d.,]*`)
)

// realTasks stand so that a run which ends early has seen many operators.
var realTasks = []realTask{
	{name: "count/straddled", score: own},
	{name: "find/needle", score: only(phoneNumber)},
	{name: "find/absent", score: own},
	{name: "extract/few", score: inOrder(orderID, slices.Clone[[]string])},
	{name: "answer/two-hops", score: only(inTown)},
	{name: "summarize/key-points", score: inOrder(keyPoint, slices.Clone[[]string])},
	{name: "count/mixed-units", score: sums},
	{name: "carry/balance", score: balance},
	{name: "extract/timeline", score: inOrder(anyDate, byDate)},
	{name: "find/last", score: only(stopCode)},
	{name: "find/superseded", score: own},
	{name: "edit/rename", share: 0.5, score: own},
	{name: "transform/redact", make: redact, share: 0.4, score: own},
	{name: "count/most-frequent", score: own},
}

// own is the task's own score, without the code block that models put around a file.
func own(t *task, _, answer string) float64 {
	if answer = strings.TrimSpace(answer); answer == "" {
		return 0
	}
	if first, rest, ok := strings.Cut(answer, "\n"); ok && strings.HasPrefix(first, "```") && strings.HasSuffix(rest, "```") {
		answer = strings.TrimSuffix(rest, "```")
	}
	score, _ := t.score(outcome{answer: answer})
	return score
}

// only is the task's own score, shared out among all that the answer names: who names everything has found nothing.
func only(re *regexp.Regexp) func(*task, string, string) float64 {
	return func(t *task, text, answer string) float64 {
		return own(t, text, answer) / float64(max(1, len(distinctIn(re, answer))))
	}
}

// inOrder scores a list by the longest part of it that stands in the right order: 2 × part / (what was named + what was to be named). Said twice is named twice.
func inOrder(re *regexp.Regexp, order func([]string) []string) func(*task, string, string) float64 {
	return func(_ *task, text, answer string) float64 {
		want, got := order(distinctIn(re, text)), allIn(re, answer)
		same := make([][]int, len(got)+1)
		same[0] = make([]int, len(want)+1)
		for i, g := range got {
			same[i+1] = make([]int, len(want)+1)
			for k, w := range want {
				same[i+1][k+1] = max(same[i][k+1], same[i+1][k])
				if g == w {
					same[i+1][k+1] = same[i][k] + 1
				}
			}
		}
		return 2 * float64(same[len(got)][len(want)]) / float64(max(1, len(got)+len(want)))
	}
}

// allIn is what a text names, in order; dates in one form.
func allIn(re *regexp.Regexp, text string) []string {
	out := re.FindAllString(text, -1)
	if re == anyDate {
		for i := range out {
			out[i] = isoDate(out[i])
		}
	}
	return out
}

// distinctIn is what a text names, once each.
func distinctIn(re *regexp.Regexp, text string) []string {
	var out []string
	for _, s := range allIn(re, text) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// isoDate is any of the forms of events as 2015-01-31.
func isoDate(s string) string {
	var y, m, d int
	if n, _ := fmt.Sscanf(s, "%2d.%2d.%4d", &d, &m, &y); n == 3 {
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	for i, name := range months {
		at := strings.Index(s, name)
		if at < 0 {
			continue
		}
		rest := strings.ReplaceAll(s[:at]+s[at+len(name):], ",", " ")
		if n, _ := fmt.Sscan(rest, &d, &y); n == 2 {
			return fmt.Sprintf("%04d-%02d-%02d", y, i+1, d)
		}
	}
	return s
}

func byDate(dates []string) []string {
	dates = slices.Clone(dates)
	slices.Sort(dates)
	return dates
}

// figuresIn are the whole numbers of an answer, their marks of thousands and decimals of nought aside.
func figuresIn(answer string) []string {
	var out []string
	for _, s := range figure.FindAllString(answer, -1) {
		s = strings.TrimRight(s, ".,")
		s = strings.TrimSuffix(strings.TrimSuffix(s, ".00"), ",00")
		out = append(out, strings.NewReplacer(".", "", ",", "").Replace(s))
	}
	return out
}

// sums wants both sums of a text with two currencies, half each, and nothing for their sum.
func sums(_ *task, text, answer string) float64 {
	by := map[string]int{}
	for _, m := range feePaid.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		by[m[2]] += n
	}
	said, hits := figuresIn(answer), 0
	for _, n := range by {
		if slices.Contains(said, strconv.Itoa(n)) {
			hits++
		}
	}
	return float64(hits) / float64(max(1, len(by)))
}

// balance takes the last number of an answer: models calculate before they say it.
func balance(_ *task, text, answer string) float64 {
	want := 0
	for _, s := range booked.FindAllString(text, -1) {
		if m := booking.FindStringSubmatch(s); m != nil {
			want = book(want, m)
		}
	}
	if said := figuresIn(answer); len(said) > 0 && said[len(said)-1] == strconv.Itoa(want) {
		return 1
	}
	return 0
}

// redact gives the whole text back but for its phone numbers.
func redact(r *rand.Rand, tokens int) task {
	var items []string
	for _, name := range names(r, max(2, tokens/120)) {
		items = append(items, fmt.Sprintf("%s can be reached at 0212 555 %02d %02d in the morning.", name, r.IntN(100), r.IntN(100)))
	}
	text := weave(r, tokens, items, false)
	ask := "Rewrite the text below with every phone number replaced by [phone]. Keep everything else word for word."
	return task{
		operator: "transform",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+text)},
		asks:     []string{ask},
		score:    same(phoneNumber.ReplaceAllString(text, "[phone]")),
	}
}
