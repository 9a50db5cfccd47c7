package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// spaced takes any white space where a pattern has a space: text that is folded or cut differs in nothing else.
func spaced(pattern string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(pattern, " ", `\s+`))
}

const person = `(\p{L}+ \p{L}+)`

// twoHops: the passage that answers names nobody who is asked about; only who knows the other passage sees that it matters.
func twoHops(r *rand.Rand, tokens int) task {
	who := names(r, 15)
	towns := strings.Split("Sinop Bartın Kars Muğla Rize Tokat Urfa Van Yozgat Zonguldak Niğde Ordu Mardin Kilis Iğdır", " ")
	houses := r.Perm(len(who))
	var items []string
	for i, name := range who {
		items = append(items, fmt.Sprintf("It is known that %s works for the house of %s.", name, pick2("Alder Birch Cedar Dogwood Elder Fir Gorse Hazel Ivy Juniper Larch Maple Oak Pine Rowan", houses[i])),
			fmt.Sprintf("The house of %s keeps its office in %s.", pick2("Alder Birch Cedar Dogwood Elder Fir Gorse Hazel Ivy Juniper Larch Maple Oak Pine Rowan", houses[i]), towns[houses[i]]))
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	ask := "In which town is the office of the employer of " + who[0] + "?"
	asked := spaced(`office of the employer of ` + person + `\?`)
	works := spaced(person + ` works for the house of (\w+)\.`)
	office := spaced(`The house of (\w+) keeps its office in (\p{L}+)\.`)
	wanted := func(s sight, house string) bool { return strings.Contains(s.task, "house of "+house+" ") }
	return task{
		operator: "answer",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"dependence": "order", "question": "For whom does " + who[0] + " work, and where is that employer's office?"},
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				a := asked.FindStringSubmatch(s.task)
				for _, m := range begin(s, works, false) {
					if a != nil && sameWords(a[1], m[1]) {
						out = append(out, thing{quote: m[0]})
					}
				}
				for _, m := range begin(s, office, false) {
					if wanted(s, m[1]) {
						out = append(out, thing{quote: m[0]})
					}
				}
				return out
			},
			look: func(s sight) []string {
				if m := works.FindStringSubmatch(s.text); m != nil && !strings.Contains(s.text, "keeps its office") {
					return []string{"Where does the house of " + m[2] + " keep its office?"}
				}
				return nil
			},
			final: func(s sight) upstreamReply {
				w := works.FindStringSubmatch(s.text)
				for _, o := range office.FindAllStringSubmatch(s.text, -1) {
					if w != nil && o[1] == w[2] {
						return says(o[2])
					}
				}
				return says("The text does not say it.")
			},
		},
		score: holds(towns[houses[0]]),
	}
}

func pick2(list string, i int) string { return strings.Split(list, " ")[i] }

func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// joinByKey: what is asked of each person stands under the room's number, elsewhere.
func joinByKey(r *rand.Rand, tokens int) task {
	who := names(r, 18)
	var items, want []string
	rooms := r.Perm(90)
	for i, name := range who {
		items = append(items, fmt.Sprintf("It is known that %s sits in room %d.", name, rooms[i]+100), fmt.Sprintf("Whoever sits in room %d has the extension %d.", rooms[i]+100, 7000+i*13))
	}
	for i := range 4 {
		want = append(want, fmt.Sprintf("%s: %d", who[i], 7000+i*13))
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	ask := "Compare what the text says on rooms and extensions: which extension does each of these people have: " + strings.Join(who[:4], ", ") + "?"
	sits := spaced(person + ` sits in room (\d+)\.`)
	has := spaced(`Whoever sits in room (\d+) has the extension (\d+)\.`)
	return task{
		operator: "answer",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", weave(r, tokens, items, false)+"\n"+ask)},
		asks:     []string{ask},
		advice:   map[string]any{"dependence": "pairwise", "labels": []string{"person", "room", "extension"}},
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, sits, false) {
					if strings.Contains(s.task, strings.Join(strings.Fields(m[1]), " ")) {
						out = append(out, thing{quote: m[0]})
					}
				}
				for _, m := range begin(s, has, false) {
					out = append(out, thing{quote: m[0]})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				extension := map[string]string{}
				for _, m := range has.FindAllStringSubmatch(s.text, -1) {
					extension[m[1]] = m[2]
				}
				var lines []string
				for _, m := range sits.FindAllStringSubmatch(s.text, -1) {
					lines = append(lines, m[1]+": "+extension[m[2]])
				}
				return says(strings.Join(lines, "\n"))
			},
		},
		score: holds(want...),
	}
}

// superseded: a value that was changed several times; the latest holds.
func superseded(r *rand.Rand, tokens int) task {
	var items []string
	fare := 0
	for i := range 9 {
		fare = 10 + i*7 + r.IntN(5)
		items = append(items, fmt.Sprintf("The council set the ferry fare to %d lira.", fare), fmt.Sprintf("The council set the tram fare to %d lira.", 60+r.IntN(30)))
	}
	ask := "What is the current ferry fare? Later decisions replace earlier ones."
	set := spaced(`The council set the ferry fare to (\d+) lira\.`)
	return task{
		operator: "find",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"conflict": "latest"},
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, set, false) {
					out = append(out, thing{quote: m[0], sure: true})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				all := set.FindAllStringSubmatch(s.text, -1)
				if len(all) == 0 {
					return says("The text does not say it.")
				}
				return says(all[len(all)-1][1])
			},
		},
		score: holds(fmt.Sprint(fare)),
	}
}

// merged: more notes than the final model's window takes; they are made fewer by neighbours, and no quote gets lost.
func merged(r *rand.Rand, tokens int) task {
	var items, want []string
	for i := range tokens / 130 {
		w := fmt.Sprintf("R%03d", i)
		want = append(want, w)
		items = append(items, "Risk "+w+" was raised.")
	}
	ask := "Analyse the risks: name every risk that was raised by its number."
	risk := spaced(`Risk (R\d{3}) was raised\.`)
	return task{
		operator: "answer",
		chat:     map[string]any{"model": "sonnet-4-x", "max_tokens": 900, "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"question": ask},
		models:   narrow(5000, 4000),
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, risk, false) {
					out = append(out, thing{quote: m[0], note: "a risk that somebody raised and that the list of the answer has to name by its number, as was asked"})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				var out []string
				for _, m := range risk.FindAllStringSubmatch(s.text, -1) {
					out = append(out, m[1])
				}
				return says(strings.Join(out, "\n"))
			},
		},
		score: list2(want),
	}
}

func list2(want []string) func(outcome) (float64, string) {
	return func(o outcome) (float64, string) { return listed(strings.Fields(o.answer), want) }
}

// narrow is the default models with a window of the final one that is soon full.
func narrow(window, output int) []upstreamtest.Model {
	models := upstreamtest.DefaultModels()
	models[1].Window, models[1].MaxOutput = window, output
	return models
}

// instruction puts the task at the head or the tail of the text, between two texts, or into a turn before it.
func instruction(where string) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		colours := strings.Split("amber blue crimson green violet", " ")
		wanted := pick(r, colours)
		who := names(r, 40)
		var items, want []string
		for i, name := range who {
			colour := colours[i%len(colours)]
			if colour == wanted {
				want = append(want, name)
			}
			items = append(items, fmt.Sprintf("It is known that %s used the %s seal.", name, colour))
		}
		doc := weave(r, tokens, items, false)
		ask := "List everyone in the text who used the " + wanted + " seal, one name a line."
		t := task{
			operator: "extract",
			asks:     []string{ask},
			advice:   map[string]any{"unit": "people"},
			byRules:  where != "earlier turn",
		}
		var chat []map[string]any
		switch where {
		case "head":
			chat = messages("user", ask+"\n\n"+doc)
		case "tail":
			chat = messages("user", doc+"\n"+ask)
		case "own turn":
			chat = messages("user", doc, "assistant", "I have read it.", "user", ask)
		case "earlier turn":
			chat = messages("user", ask+" I send the text next.", "assistant", "Please do.", "user", doc)
		case "system":
			chat = messages("system", ask, "user", doc)
		}
		t.chat = map[string]any{"model": "sonnet-4-x", "messages": chat}
		asked := spaced(`who used the (\w+) seal, one name a line`)
		used := spaced(person + ` used the (\w+) seal\.`)
		// Whoever was not told the colour says so.
		colour := func(texts ...string) string {
			for _, text := range texts {
				if m := asked.FindStringSubmatch(text); m != nil {
					return m[1]
				}
			}
			return ""
		}
		t.mind = mind{
			spot: func(s sight) []thing {
				told := colour(s.task, s.recent, s.call.System)
				var out []thing
				for _, m := range begin(s, used, false) {
					if m[2] == told {
						out = append(out, thing{quote: m[0], key: strings.Join(strings.Fields(m[1]), " ")})
					}
				}
				return out
			},
			final: func(s sight) upstreamReply {
				var all []string
				for _, m := range s.call.Messages {
					outside, _ := fenced(m.Text)
					all = append(all, outside)
				}
				told := colour(all...)
				var out []string
				for _, m := range used.FindAllStringSubmatch(s.text, -1) {
					if m[2] == told {
						out = append(out, m[1])
					}
				}
				return says(strings.Join(out, "\n"))
			},
		}
		t.score = list1(want)
		return t
	}
}
