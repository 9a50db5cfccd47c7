package main

import (
	"fmt"
	"math"
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
