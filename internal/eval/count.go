package main

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

var (
	total    = regexp.MustCompile(`(?m)^Occurrences in the whole text: (\d+)`)
	incident = regexp.MustCompile(`Incident (\d+) at the ([a-z]+) gate\n  severity: (high|low|medium)\n  closed by: (\w+)`)
)

// countStraddled: each item takes three lines and nothing but line ends tells where to cut, so chunks end inside items.
func countStraddled(r *rand.Rand, tokens int) task {
	want := 0
	var items []string
	for i := range tokens / 150 {
		severity := pick(r, []string{"high", "low", "medium"})
		if severity == "high" {
			want++
		}
		items = append(items, fmt.Sprintf("Incident %d at the %s gate\n  severity: %s\n  closed by: %s", 100+i, pick(r, []string{"east", "west", "north"}), severity, pick(r, []string{"guard", "clerk", "nobody"})))
	}
	ask := "How many incidents of severity high are there in this log? Answer with the number."
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("system", "You are exact.", "user", ask+"\n\n"+weave(r, tokens, items, true))},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "incidents of severity high", "question": "Which incidents of severity high begin in the passage?"},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				if !strings.Contains(s.task, "severity high") {
					return nil
				}
				var out []thing
				for _, m := range begin(s, incident, false) {
					if m[3] == "high" {
						out = append(out, thing{quote: m[0]})
					}
				}
				return out
			},
			final: first(total),
		},
		score: number(want),
	}
}

// countMostFrequent: the winner is ahead by a few, and no chunk alone shows it.
func countMostFrequent(r *rand.Rand, tokens int) task {
	who := names(r, 30)
	counts := map[string]int{}
	var items []string
	n := tokens / 60
	add := func(name string) {
		counts[name]++
		items = append(items, "That day "+name+" signed the visitors' book.")
	}
	for range n {
		add(pick(r, who[1:]))
	}
	most := 0
	for _, c := range counts {
		most = max(most, c)
	}
	for range most + 2 {
		add(who[0])
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	ask := "Who signed the visitors' book most often? Answer with the name and the number of times."
	signed := regexp.MustCompile(`That day (\p{L}+\s\p{L}+) signed the visitors' book\.`)
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "signatures"},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, signed, false) {
					out = append(out, thing{quote: m[0], key: strings.Join(strings.Fields(m[1]), " ")})
				}
				return out
			},
			final: first(regexp.MustCompile(`(?m)^By key, most frequent first:\n- (.*?: \d+)`)),
		},
		score: holds(who[0], strconv.Itoa(counts[who[0]])),
	}
}

// first answers with what the pattern's group finds in the final call's notes.
func first(re *regexp.Regexp) func(sight) upstreamReply {
	return func(s sight) upstreamReply {
		if m := re.FindStringSubmatch(s.text); m != nil {
			return says(m[1])
		}
		return says("I do not know.")
	}
}

var wholeNumber = regexp.MustCompile(`\d+`)

// number scores an answer whose first number must be want; one that is near is worth a part, except to who demands all.
func number(want int) func(outcome) (float64, string) {
	return func(o outcome) (float64, string) {
		got, err := strconv.Atoi(wholeNumber.FindString(o.answer))
		if err != nil {
			return 0, fmt.Sprintf("no number in %.80q, want %d", o.answer, want)
		}
		if got == want {
			return 1, ""
		}
		return math.Max(0, 0.9-math.Abs(float64(got-want))/math.Max(1, float64(want))), fmt.Sprintf("answered %d, want %d", got, want)
	}
}

// holds scores by the part of the words that the answer holds.
func holds(want ...string) func(outcome) (float64, string) {
	return func(o outcome) (float64, string) {
		n, missing := 0, []string{}
		for _, w := range want {
			if strings.Contains(o.answer, w) {
				n++
			} else {
				missing = append(missing, w)
			}
		}
		if n == len(want) {
			return 1, ""
		}
		return float64(n) / float64(len(want)), fmt.Sprintf("%d of %d missing, such as %q, in %.120q", len(missing), len(want), missing[0], o.answer)
	}
}

// countAmounts has amounts of money in a language's own form, whose sum or average no binary fraction holds.
func countAmounts(ask, operation string, amount func(cents int) string, result *regexp.Regexp) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		who := names(r, 20)
		var items []string
		n, sum := tokens/150, 0
		if operation == "average" {
			n = n / 4 * 4 // so that the mean ends after two more digits
		}
		for range n {
			cents := r.IntN(900_000) + 1000
			sum += cents
			items = append(items, "Invoice to "+pick(r, who)+", amount due "+amount(cents)+", sent by post.")
		}
		want := fmt.Sprintf("%d.%02d", sum/100, sum%100)
		if operation == "average" {
			mean := new(big.Rat).SetFrac64(int64(sum), int64(n*100))
			want = strings.TrimRight(strings.TrimRight(mean.FloatString(6), "0"), ".")
		}
		due := regexp.MustCompile(`amount due (\S+ ?[^\s,]*), sent by post`)
		return task{
			operator: "count",
			chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			advice:   map[string]any{"unit": "invoices"},
			byRules:  true,
			mind: mind{
				spot: func(s sight) []thing {
					var out []thing
					for _, m := range begin(s, due, false) {
						out = append(out, thing{quote: m[0], value: m[1]})
					}
					return out
				},
				final: first(result),
			},
			score: func(o outcome) (float64, string) {
				got, ok := new(big.Rat).SetString(decimalNumber.FindString(o.answer))
				exact, _ := new(big.Rat).SetString(want)
				if !ok {
					return 0, fmt.Sprintf("no number in %.80q, want %s", o.answer, want)
				}
				off := new(big.Rat).Sub(got, exact)
				if operation == "average" && off.Abs(off).Cmp(big.NewRat(1, 1_000_000)) < 0 || off.Sign() == 0 {
					return 1, ""
				}
				part, _ := off.Quo(off, exact).Float64()
				return math.Max(0, 0.9-math.Abs(part)), fmt.Sprintf("answered %.40q, want %s", o.answer, want)
			},
		}
	}
}

var decimalNumber = regexp.MustCompile(`-?\d+(\.\d+)?`)

// turkish writes 1234567 as 12.345,67 TL; english as $12,345.67.
func turkish(cents int) string { return grouped(cents/100, ".") + fmt.Sprintf(",%02d TL", cents%100) }
func english(cents int) string {
	return "$" + grouped(cents/100, ",") + fmt.Sprintf(".%02d", cents%100)
}

func grouped(n int, mark string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// countMixed has two currencies, which may not be added to each other, and the answer must say so.
func countMixed(r *rand.Rand, tokens int) task {
	var items []string
	lira, euro := 0, 0
	for i := range tokens / 150 {
		n := r.IntN(900) + 10
		if i%3 == 0 {
			euro += n
			items = append(items, fmt.Sprintf("Fee paid at the gate: %d EUR in coins.", n))
		} else {
			lira += n
			items = append(items, fmt.Sprintf("Fee paid at the gate: %d TL in coins.", n))
		}
	}
	ask := "What is the total of all fees paid at the gate?"
	fee := regexp.MustCompile(`Fee paid at the gate: (\d+ \w+) in coins\.`)
	sums := regexp.MustCompile(`(?m)^All, numbers (\S+): \d+; sum (\d+)`)
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, true))},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "fees"},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, fee, false) {
					out = append(out, thing{quote: m[0], value: m[1]})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				var parts []string
				for _, m := range sums.FindAllStringSubmatch(s.text, -1) {
					parts = append(parts, m[2]+" "+m[1])
				}
				if strings.Contains(s.text, "different units") {
					parts = append(parts, "which cannot be added")
				}
				return says(strings.Join(parts, ", "))
			},
		},
		score: holds(fmt.Sprintf("%d TL", lira), fmt.Sprintf("%d €", euro), "cannot be added"),
	}
}

// A marker is letters alone, so that nothing in it is a better place to cut than anything in the letters around it.
var marker = regexp.MustCompile(`Q[a-z]{9}Z`)

// countEveryByte is one line of letters without a space: chunks end inside markers, at any of their bytes.
func countEveryByte(r *rand.Rand, tokens int) task {
	letters := func(b *strings.Builder, n int) {
		for range n {
			b.WriteByte(byte('a' + r.IntN(26)))
		}
	}
	var b strings.Builder
	want := 0
	for b.Len() < tokens*2 {
		letters(&b, 5+r.IntN(20))
		b.WriteByte('Q')
		letters(&b, 9)
		b.WriteByte('Z')
		want++
	}
	letters(&b, 12)
	ask := "How many markers are there in the string below? A marker is a Q, nine small letters and a Z. Answer with the number."
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask, "assistant", "Send me the string.", "user", b.String(), "assistant", "I have it.", "user", ask)},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "markers"},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, marker, true) {
					out = append(out, thing{quote: m[0]})
				}
				return out
			},
			final: first(total),
		},
		score: number(want),
	}
}

// countDates asks for the earliest and the latest of dates that are written in four ways.
func countDates(r *rand.Rand, tokens int) task {
	list := events(r, tokens/150, true)
	var items []string
	earliest, latest := list[0], list[0]
	for _, e := range list {
		items = append(items, "On "+e.written+", as the file says, "+e.what+". End of entry.")
		if e.iso < earliest.iso {
			earliest = e
		}
		if e.iso > latest.iso {
			latest = e
		}
	}
	ask := "Sort the dated entries: which date is the earliest and which is the latest?"
	sorted := regexp.MustCompile(`(?s)By date, earliest first:\n(.*?)\nFirst occurrence`)
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "dated entries"},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, dated, false) {
					out = append(out, thing{quote: "On " + m[1], value: m[1]})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				m := sorted.FindStringSubmatch(s.text)
				if m == nil {
					return says("I do not know.")
				}
				lines := strings.Split(m[1], "\n")
				return says(lines[0] + " to " + lines[len(lines)-1])
			},
		},
		score: holds(earliest.written+" to", "On "+latest.written),
	}
}
