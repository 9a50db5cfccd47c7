package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var (
	sectionNumber = regexp.MustCompile(`Your section is number (\d+)`)
	sectionWords  = regexp.MustCompile(`about (\d+) words`)
	statement     = regexp.MustCompile(`Statement (\d+) of (\d+) in part (\d+) [a-z ]*\.`)
	lastStatement = regexp.MustCompile(`(?s).*Statement (\d+) of (\d+) in part (\d+) holds good today\.(.*)$`)
)

// state is a sentence of ten words that says where it belongs, so that a repetition or a gap shows.
func state(k, n, part int) string {
	return fmt.Sprintf("Statement %d of %d in part %d holds good today.", k, n, part)
}

// composeLong: a handbook of ten thousand words in twelve sections. The writer of a section sees only its number and length.
func composeLong(words int, given, parallel bool) func(r *rand.Rand, tokens int) task {
	return func(*rand.Rand, int) task {
		var outline []map[string]any
		for i := range 12 {
			outline = append(outline, map[string]any{"title": "On the " + pick2("Keeping Mending Lighting Guarding Measuring Cleaning Loading Naming Painting Sounding Closing Opening", i) + " of Harbours",
				"brief": "What there is to say on it.", "words": words / 12})
		}
		ask := fmt.Sprintf("Write a detailed handbook of %d words on keeping a small harbour.", words)
		advice := map[string]any{"words": words, "parallel": parallel, "dependence": "order"}
		if given {
			advice["sections"] = outline
		}
		return task{
			operator: "compose",
			chat:     map[string]any{"model": "sonnet-4-x", "max_tokens": words * 2, "messages": messages("user", ask)},
			advice:   advice,
			byRules:  !given,
			mind: mind{
				outline: func(sight) []map[string]any { return outline },
				section: func(s sight) string {
					if s.kind == "more" {
						m := lastStatement.FindStringSubmatch(strings.TrimSuffix(s.earlier, "\n"))
						if m == nil {
							return "It broke off too early to go on."
						}
						k, n, part, rest := atoi(m[1]), atoi(m[2]), atoi(m[3]), ""
						for k++; k <= n; k++ {
							rest += " " + state(k, n, part)
						}
						return strings.TrimPrefix(rest, m[4])
					}
					num, len := sectionNumber.FindStringSubmatch(s.task), sectionWords.FindAllStringSubmatch(s.task, -1)
					if num == nil || len == nil {
						return ""
					}
					part, n := atoi(num[1]), (atoi(len[len1(len)][1])+4)/10
					var out []string
					for k := 1; k <= n; k++ {
						out = append(out, state(k, n, part))
					}
					return strings.Join(out, " ")
				},
			},
			score: func(o outcome) (float64, string) { return composed(o.answer, outline, words) },
		}
	}
}

func len1[T any](s []T) int { return len(s) - 1 }

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// composed scores a long text: every heading once and in order, every statement of every part once and in order, and the length within a tenth.
func composed(text string, outline []map[string]any, words int) (float64, string) {
	var wrong []string
	at := 0
	for _, s := range outline {
		title := "## " + s["title"].(string) + "\n"
		i := strings.Index(text[at:], title)
		if i < 0 || strings.Count(text, title) != 1 {
			wrong = append(wrong, fmt.Sprintf("heading %q is missing, doubled or out of place", s["title"]))
			continue
		}
		at += i
	}
	k, n, part, statements := 0, 0, 0, 0
	for _, m := range statement.FindAllStringSubmatch(text, -1) {
		a, b, c := atoi(m[1]), atoi(m[2]), atoi(m[3])
		if k == n && (a != 1 || c != part+1) || k < n && (a != k+1 || b != n || c != part) {
			wrong = append(wrong, fmt.Sprintf("statement %d of %d in part %d follows %d of %d in part %d", a, b, c, k, n, part))
		}
		k, n, part = a, b, c
		statements++
	}
	if k != n {
		wrong = append(wrong, fmt.Sprintf("the text ends at statement %d of %d", k, n))
	}
	if rest := strings.Fields(statement.ReplaceAllString(text, "")); len(rest) > 12*10 {
		wrong = append(wrong, fmt.Sprintf("%d words that belong to no statement and no heading", len(rest)))
	}
	got := len(strings.Fields(text))
	if got < words*9/10 || got > words*11/10 {
		wrong = append(wrong, fmt.Sprintf("%d words, want %d", got, words))
	}
	if len(wrong) == 0 {
		return 1, ""
	}
	return 1 / float64(1+len(wrong)), strings.Join(wrong[:min(3, len(wrong))], "; ")
}

// continueLines: an answer longer than one call of the model can give, without a repeated or a lost line.
func continueLines(*rand.Rand, int) task {
	const n = 1200
	line := func(k int) string { return fmt.Sprintf("Line %d of %d is good.\n", k, n) }
	var want strings.Builder
	for k := 1; k <= n; k++ {
		want.WriteString(line(k))
	}
	last := regexp.MustCompile(`Line (\d+) of \d+ is good\.\n(.*)$`)
	ask := fmt.Sprintf("Print these lines, each with its number: Line 1 of %d is good. And so on up to line %d.", n, n)
	return task{
		operator: "continue",
		chat:     map[string]any{"model": "sonnet-4-x", "max_tokens": 16000, "messages": messages("user", ask)},
		models:   narrow(200_000, 4000),
		mind: mind{final: func(s sight) upstreamReply {
			from := 1
			rest := ""
			if k := len(s.call.Messages); k > 1 && s.call.Messages[k-2].Role == "assistant" {
				written := s.call.Messages[k-2].Text
				m := last.FindStringSubmatch(written)
				if m == nil {
					return says("It broke off too early to go on.")
				}
				from = atoi(m[1]) + 2
				rest = strings.TrimPrefix(line(from-1), m[2])
				if from-1 > n {
					return says("")
				}
			}
			var b strings.Builder
			b.WriteString(rest)
			for k := from; k <= n; k++ {
				b.WriteString(line(k))
			}
			return says(b.String())
		}},
		score: same(want.String()),
	}
}

// condenseAgent: an agent's history with tools that does not fit the window. What was called with which ids stays; of the long results what matters stays.
func condenseAgent(r *rand.Rand, tokens int) task {
	towns := []string{"Sinop", "Kars", "Rize"}
	prices := map[string]int{}
	var turns []map[string]any
	turns = append(turns, map[string]any{"role": "system", "content": "You book rooms with the tools."},
		map[string]any{"role": "user", "content": "Find the room with sea view and its price in Sinop, Kars and Rize."})
	view := spaced(`The room with sea view in (\p{L}+) costs (\d+) lira\.`)
	for i, town := range towns {
		prices[town] = 100 + r.IntN(800)
		id := fmt.Sprintf("call_%d%04d", i, r.IntN(10000))
		turns = append(turns,
			map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{map[string]any{"id": id, "type": "function", "function": map[string]any{"name": "read_page", "arguments": compact(map[string]any{"town": town})}}}},
			map[string]any{"role": "tool", "tool_call_id": id, "content": weave(r, tokens/2, []string{fmt.Sprintf("The room with sea view in %s costs %d lira.", town, prices[town])}, false)})
	}
	best := towns[0]
	for _, t := range towns {
		if prices[t] < prices[best] {
			best = t
		}
	}
	turns = append(turns, map[string]any{"role": "assistant", "content": "I have read the three pages."}, map[string]any{"role": "user", "content": "Book the cheapest room with sea view."})
	tool := func(name, parameter string) map[string]any {
		return map[string]any{"type": "function", "function": map[string]any{"name": name, "parameters": map[string]any{"type": "object", "properties": map[string]any{parameter: map[string]any{"type": "string"}}}}}
	}
	want := compact(map[string]any{"town": best})
	models := narrow(tokens, 2000)
	return task{
		operator: "condense",
		chat:     map[string]any{"model": "sonnet-4-x", "max_tokens": 500, "messages": turns, "tools": []any{tool("read_page", "town"), tool("book", "town")}},
		models:   models,
		finish:   "tool_calls",
		mind: mind{
			spot: func(s sight) []thing {
				var out []thing
				for _, m := range begin(s, view, false) {
					out = append(out, thing{quote: m[0]})
				}
				return out
			},
			final: func(s sight) upstreamReply {
				town, least := "", 0
				for _, m := range s.call.Messages {
					for _, v := range view.FindAllStringSubmatch(m.Text, -1) {
						if p := atoi(v[2]); town == "" || p < least {
							town, least = v[1], p
						}
					}
				}
				call := compact([]any{map[string]any{"index": 0, "id": "call_9", "type": "function", "function": map[string]any{"name": "book", "arguments": compact(map[string]any{"town": town})}}})
				return upstreamReply{ToolCalls: json.RawMessage(call)}
			},
		},
		score: func(o outcome) (float64, string) {
			var calls []struct {
				Function struct{ Name, Arguments string }
			}
			if json.Unmarshal(o.tools, &calls) != nil || len(calls) != 1 || calls[0].Function.Name != "book" || calls[0].Function.Arguments != want {
				return 0, fmt.Sprintf("called %.120s, want book %s", o.tools, want)
			}
			for _, c := range o.calls {
				if see(c).kind == "final" {
					if why := sameHistory(c, turns); why != "" {
						return 0.5, why
					}
				}
			}
			return 1, ""
		},
	}
}

// sameHistory says what of the caller's turns is not in the final call: roles, ids, tool calls and their order.
func sameHistory(c upstreamtest.Call, turns []map[string]any) string {
	type turn struct {
		Role      string `json:"role"`
		ID        string `json:"tool_call_id"`
		ToolCalls any    `json:"tool_calls"`
	}
	var got struct {
		Messages []turn
		Tools    []any
	}
	var want []turn
	if json.Unmarshal(c.Body, &got) != nil || json.Unmarshal([]byte(compact(turns)), &want) != nil {
		return "the final call is not JSON"
	}
	if compact(got.Messages) != compact(want) {
		return "the final call's turns are not the caller's: " + compact(got.Messages)
	}
	if len(got.Tools) != 2 {
		return "the final call has lost its tools"
	}
	return ""
}

// directForced: a small request whose caller insists takes one call, and says so.
func directForced(r *rand.Rand, _ int) task {
	a, b := r.IntN(100), r.IntN(100)
	sum := regexp.MustCompile(`What is (\d+) plus (\d+)\?`)
	return task{
		operator: "direct",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", fmt.Sprintf("What is %d plus %d?", a, b))},
		header:   []string{"x-decompose", "1"},
		mind: mind{final: func(s sight) upstreamReply {
			if m := sum.FindStringSubmatch(s.call.User); m != nil {
				return says(strconv.Itoa(atoi(m[1]) + atoi(m[2])))
			}
			return says("What?")
		}},
		score: number(a + b),
	}
}
