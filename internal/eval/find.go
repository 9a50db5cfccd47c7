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
				if strings.Contains(s.call.User, "Nothing relevant was found in") {
					return says("The text holds nothing on this.")
				}
				return says("0212 555 00 00")
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
