package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// An order is what the listing tasks look for.
type order struct {
	ID       string  `json:"id"`
	Customer string  `json:"customer"`
	Items    int     `json:"items"`
	Total    float64 `json:"total"`
	Gift     bool    `json:"gift"`
}

func (o order) sentence() string {
	gift := ""
	if o.Gift {
		gift = " as a gift"
	}
	return fmt.Sprintf("Order %s came from %s for %s at %.2f in all%s.", o.ID, o.Customer, plural(o.Items, "item"), o.Total, gift)
}

var orderSentence = regexp.MustCompile(`Order ([A-Z]-\d+) came from (\p{L}+\s\p{L}+) for (\d+) items? at (\d+\.\d\d) in all( as a gift)?\.`)

func orderOf(m []string) order {
	var o order
	o.ID, o.Customer, o.Gift = m[1], strings.Join(strings.Fields(m[2]), " "), m[5] != ""
	_ = json.Unmarshal([]byte(m[3]), &o.Items) // the pattern takes digits only
	_ = json.Unmarshal([]byte(strings.TrimLeft(m[4], "0")), &o.Total)
	return o
}

func orders(r *rand.Rand, n int) (list []order, items []string) {
	who := names(r, 25)
	for i := range n {
		o := order{fmt.Sprintf("%c-%d", 'A'+r.IntN(6), 300+i), pick(r, who), 1 + r.IntN(9), float64(r.IntN(90_000)+1000) / 100, r.IntN(3) == 0}
		list, items = append(list, o), append(items, o.sentence())
	}
	return list, items
}

func spotOrders(s sight) []thing {
	var out []thing
	for _, m := range begin(s, orderSentence, false) {
		o := orderOf(m)
		out = append(out, thing{quote: m[0], key: o.ID + " " + o.Customer, row: []string{o.ID, o.Customer, m[4]}, note: o.ID})
	}
	return out
}

// noted are the orders in the quotes of a final call.
func noted(s sight) []order {
	out := []order{}
	for _, q := range quoted(s.text) {
		if m := orderSentence.FindStringSubmatch(q); m != nil {
			out = append(out, orderOf(m))
		}
	}
	return out
}

// listAll: every order with its customer, in the order of the text. Few are given their form by the final call, many by the program.
func listAll(each int) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		list, items := orders(r, tokens/each)
		var want []string
		for _, o := range list {
			want = append(want, o.ID+" "+o.Customer)
		}
		ask := "List all orders that the text mentions, in the order of the text, each with its number and its customer."
		return task{
			operator: "extract",
			chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			advice:   map[string]any{"unit": "orders"},
			byRules:  true,
			mind: mind{
				spot: spotOrders,
				final: func(s sight) upstreamReply {
					var lines []string
					for _, o := range noted(s) {
						lines = append(lines, "- "+o.ID+" "+o.Customer)
					}
					return says(strings.Join(lines, "\n"))
				},
			},
			score: list1(want),
		}
	}
}

// list1 scores a list with one item a line: the part of the items that is there, less what is there too much; 1 only for the very list.
func list1(want []string) func(outcome) (float64, string) {
	return func(o outcome) (float64, string) {
		var got []string
		for _, l := range strings.Split(o.answer, "\n") {
			if l = strings.TrimSpace(strings.TrimLeft(l, "-*• 0123456789.)")); l != "" {
				got = append(got, l)
			}
		}
		return listed(got, want)
	}
}

func listed(got, want []string) (float64, string) {
	if slices.Equal(got, want) {
		return 1, ""
	}
	open := map[string]int{}
	for _, w := range want {
		open[w]++
	}
	hits, extra := 0, 0
	for _, g := range got {
		if open[g] > 0 {
			open[g]--
			hits++
		} else {
			extra++
		}
	}
	why := fmt.Sprintf("%d of %d items, %d that do not belong there", hits, len(want), extra)
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			why += fmt.Sprintf("; item %d is %q, want %q", i+1, got[i], want[i])
			break
		}
	}
	// Precision and recall in one; out of order costs a little.
	return 0.99 * 2 * float64(hits) / float64(len(got)+len(want)), why
}

// listCSV: a table with one header, from the program's hand.
func listCSV(r *rand.Rand, tokens int) task {
	list, items := orders(r, tokens/100)
	want := []string{"id,customer,total"}
	for _, o := range list {
		want = append(want, fmt.Sprintf("%s,%s,%.2f", o.ID, o.Customer, o.Total))
	}
	ask := "Extract all orders as CSV with the columns id, customer, total."
	return task{
		operator: "extract",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "orders", "labels": []string{"id", "customer", "total"}},
		mind: mind{
			spot: spotOrders,
			final: func(s sight) upstreamReply {
				lines := []string{"id,customer,total"}
				for _, o := range noted(s) {
					lines = append(lines, fmt.Sprintf("%s,%s,%.2f", o.ID, o.Customer, o.Total))
				}
				return says(strings.Join(lines, "\n"))
			},
		},
		score: func(o outcome) (float64, string) {
			return listed(strings.Split(strings.TrimSpace(o.answer), "\n"), want)
		},
	}
}

func schemaOf(properties string, required ...string) map[string]any {
	return map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "report", "strict": true, "schema": json.RawMessage(
		`{"type":"object","properties":{` + properties + `"orders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"customer":{"type":"string"},"items":{"type":"integer"},"total":{"type":"number"},"gift":{"type":"boolean"}},` +
			`"required":["id","customer","items","total","gift"],"additionalProperties":false}}},"required":` + compact(append(required, "orders")) + `,"additionalProperties":false}`)}}
}

// listJSON: records under the caller's schema. Of lists alone the program joins the object; where there is a title too, a final call makes it.
func listJSON(title bool) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		list, items := orders(r, tokens/180)
		ask := "Extract all orders from the text as JSON."
		format := schemaOf("")
		var want any = map[string]any{"orders": list}
		if title {
			ask += " The title is the word Orders."
			format = schemaOf(`"title":{"type":"string"},`, "title")
			want = map[string]any{"title": "Orders", "orders": list}
		}
		return task{
			operator: "extract",
			chat:     map[string]any{"model": "sonnet-4-x", "response_format": format, "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			advice:   map[string]any{"unit": "orders"},
			byRules:  true,
			mind: mind{
				spot: spotOrders,
				fill: func(s sight) any {
					list := []order{}
					for _, m := range begin(s, orderSentence, false) {
						list = append(list, orderOf(m))
					}
					if title {
						return map[string]any{"title": "Orders", "orders": list}
					}
					return map[string]any{"orders": list}
				},
				final: func(s sight) upstreamReply {
					if s.call.Format != "json_schema" {
						return says("I was not told in which form.")
					}
					return says(compact(map[string]any{"title": "Orders", "orders": noted(s)}))
				},
			},
			score: func(o outcome) (float64, string) {
				var got struct {
					Title  string
					Orders []order
				}
				if err := json.Unmarshal([]byte(o.answer), &got); err != nil {
					return 0, fmt.Sprintf("not JSON: %v in %.80q", err, o.answer)
				}
				if compact(json.RawMessage(o.answer)) == compact(want) || !title && slices.Equal(got.Orders, list) || title && got.Title == "Orders" && slices.Equal(got.Orders, list) {
					return 1, ""
				}
				return listed(lines(got.Orders), lines(list))
			},
		}
	}
}

func lines(list []order) []string {
	var out []string
	for _, o := range list {
		out = append(out, compact(o))
	}
	return out
}

// A dated event is written in one of the forms that people use.
type event struct {
	iso, written, what string
}

var months = strings.Split("January February March April May June July August September October November December", " ")

func events(r *rand.Rand, n int, mixed bool) []event {
	var out []event
	seen := map[string]bool{}
	for len(out) < n {
		y, m, d := 2015+r.IntN(9), 1+r.IntN(12), 1+r.IntN(28)
		e := event{iso: fmt.Sprintf("%04d-%02d-%02d", y, m, d)}
		if seen[e.iso] {
			continue
		}
		seen[e.iso] = true
		e.written = e.iso
		if mixed {
			e.written = pick(r, []string{e.iso, fmt.Sprintf("%d %s %d", d, months[m-1], y), fmt.Sprintf("%s %d, %d", months[m-1], d, y), fmt.Sprintf("%02d.%02d.%d", d, m, y)})
		}
		e.what = pick(r, subjects) + " " + pick(r, verbs) + " " + pick(r, objects)
		out = append(out, e)
	}
	return out
}

var dated = regexp.MustCompile(`On (\d{4}-\d\d-\d\d|\d+ \w+ \d{4}|\w+ \d+, \d{4}|\d\d\.\d\d\.\d{4}), as the file says, (.*?)\. End of entry\.`)

// timeline: events stand in any order and are to be listed by date.
func timeline(each int, mixed bool) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		list := events(r, tokens/each, mixed)
		var items []string
		for _, e := range list {
			items = append(items, "On "+e.written+", as the file says, "+e.what+". End of entry.")
		}
		slices.SortFunc(list, func(a, b event) int { return strings.Compare(a.iso, b.iso) })
		var want []string
		for _, e := range list {
			want = append(want, e.written)
		}
		ask := "Make a timeline: list all dated entries of the file in chronological order, each with its date and what happened."
		dates := regexp.MustCompile(`\d{4}-\d\d-\d\d|\d+ [A-Z]\w+ \d{4}|[A-Z]\w+ \d+, \d{4}|\d\d\.\d\d\.\d{4}`)
		return task{
			operator: "extract",
			chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			advice:   map[string]any{"unit": "dated entries", "labels": []string{"date", "event"}, "order": "date"},
			mind: mind{
				spot: func(s sight) []thing {
					var out []thing
					for _, m := range begin(s, dated, false) {
						what := strings.Join(strings.Fields(m[2]), " ")
						out = append(out, thing{quote: m[0], key: m[1] + ": " + what, row: []string{m[1], what}})
					}
					return out
				},
				final: func(s sight) upstreamReply {
					var found []event
					for _, q := range quoted(s.text) {
						if m := dated.FindStringSubmatch(q); m != nil {
							found = append(found, event{isoOf(m[1]), m[1], m[2]})
						}
					}
					slices.SortStableFunc(found, func(a, b event) int { return strings.Compare(a.iso, b.iso) })
					var lines []string
					for _, e := range found {
						lines = append(lines, "- "+e.written+": "+e.what)
					}
					return says(strings.Join(lines, "\n"))
				},
			},
			score: func(o outcome) (float64, string) { return listed(dates.FindAllString(o.answer, -1), want) },
		}
	}
}

// isoOf reads a date in any of the forms that events writes.
func isoOf(s string) string {
	var y, m, d int
	if n, _ := fmt.Sscanf(s, "%4d-%2d-%2d", &y, &m, &d); n == 3 {
		return s
	}
	if n, _ := fmt.Sscanf(s, "%2d.%2d.%4d", &d, &m, &y); n != 3 {
		for i, name := range months {
			if !strings.Contains(s, name) {
				continue
			}
			m = i + 1
			if n, _ := fmt.Sscanf(s, "%d "+name+" %d", &d, &y); n != 2 {
				_, _ = fmt.Sscanf(s, name+" %d, %d", &d, &y)
			}
		}
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}
