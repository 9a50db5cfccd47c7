package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// findAbsent: the text names phone numbers of others, and this person in other matters; the right answer is that it is not there.
func findAbsent(r *rand.Rand, tokens int) task {
	who := names(r, 12)
	wanted := who[0]
	var items []string
	for i, name := range who[1:] {
		items = append(items, fmt.Sprintf("The phone number of %s is 0212 555 %02d %02d.", name, i+10, r.IntN(90)+10))
	}
	items = append(items, "The postal address of "+wanted+" is kept at the town hall.", "Nobody has written down when "+wanted+" last phoned.")
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	ask := "What is the phone number of " + wanted + "?"
	phone := regexp.MustCompile(`The phone number of (\p{L}+\s\p{L}+) is ([\d ]+)\.`)
	question := regexp.MustCompile(`What is the phone number of (\p{L}+ \p{L}+)\?`)
	return task{
		operator: "find",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", weave(r, tokens, items, false)+"\n"+ask)},
		asks:     []string{ask},
		advice:   map[string]any{"question": ask},
		byRules:  true,
		mind: mind{
			spot: func(s sight) []thing {
				asked := question.FindStringSubmatch(s.task)
				for _, m := range begin(s, phone, false) {
					if asked != nil && asked[1] == strings.Join(strings.Fields(m[1]), " ") {
						return []thing{{quote: m[0], sure: true}}
					}
				}
				return nil
			},
			final: func(s sight) upstreamReply {
				if m := phone.FindStringSubmatch(s.text); m != nil {
					return says(m[2])
				}
				if s.text == "" && !strings.Contains(s.call.User, "Nothing relevant was found in") {
					return says("0212 555 00 00") // neither notes nor a word that there are none: an invitation to guess
				}
				return says("The text holds nothing on this.")
			},
		},
		score: func(o outcome) (float64, string) {
			if wholeNumber.MatchString(o.answer) {
				return 0, fmt.Sprintf("a number that nobody gave: %.80q", o.answer)
			}
			return 1, ""
		},
	}
}

// quoted are the checked quotes of a final call's notes, in their order.
func quoted(notes string) []string {
	var out []string
	for _, line := range strings.Split(notes, "\n") {
		if q, ok := strings.CutPrefix(line, "QUOTE: "); ok {
			out = append(out, q)
		}
	}
	return out
}

// findNeedle: one sentence answers, and reading may stop there.
func findNeedle(r *rand.Rand, tokens int) task {
	who := names(r, 12)
	var items []string
	want := ""
	for i, name := range who {
		phone := fmt.Sprintf("0212 555 %02d %02d", i+10, r.IntN(90)+10)
		if i == 0 {
			want = phone
		}
		items = append(items, "The phone number of "+name+" is "+phone+".")
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	t := findAbsent(r, 100)
	ask := "What is the phone number of " + who[0] + "?"
	t.chat = map[string]any{"model": "sonnet-4-x", "messages": messages("user", weave(r, tokens, items, false)+"\n"+ask)}
	t.asks, t.advice, t.early = []string{ask}, map[string]any{"question": ask}, true
	t.score = holds(want)
	return t
}

// findEnd asks for the first or the last of many.
func findEnd(last bool) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		var items, codes []string
		for range 20 {
			code := fmt.Sprintf("E-%04d", 1000+r.IntN(9000))
			codes = append(codes, code)
			items = append(items, "The machine stopped with error code "+code+" again.")
		}
		ask, want := "What is the first error code that the text mentions?", codes[0]
		if last {
			ask, want = "What is the last error code that the text mentions?", codes[len(codes)-1]
		}
		stopped := regexp.MustCompile(`error code (E-\d{4})`)
		return task{
			operator: "find",
			chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			advice:   map[string]any{"question": ask},
			byRules:  true,
			early:    true,
			mind: mind{
				spot: func(s sight) []thing {
					var out []thing
					for _, m := range begin(s, stopped, false) {
						out = append(out, thing{quote: m[0], sure: true})
					}
					return out
				},
				final: func(s sight) upstreamReply {
					quotes := quoted(s.text)
					if len(quotes) == 0 {
						return says("None is mentioned.")
					}
					if strings.Contains(s.task, "last error") {
						return says(quotes[len(quotes)-1])
					}
					return says(quotes[0])
				},
			},
			score: holds(want),
		}
	}
}
