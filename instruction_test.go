package haikuplanner_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var shownParagraph = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)`)

// knowing is the advice of a planner that knows the instruction when it sees it.
func knowing(c upstreamtest.Call, instruction func(shown string) bool) string {
	numbers := []int{}
	for _, m := range shownParagraph.FindAllStringSubmatch(c.User, -1) {
		var n int
		fmt.Sscan(m[1], &n)
		if instruction(m[2]) {
			numbers = append(numbers, n)
		}
	}
	text, _ := json.Marshal(map[string]any{"instruction_paragraphs": numbers, "operator": "answer", "dependence": "none", "confidence": 0.95, "question": "What does the instruction ask for?"})
	return string(text)
}

// However long the instruction is, and wherever people put it, all of it reaches the final call and the map calls: with a planner, and under rules.
func TestInstructionIsWhole(t *testing.T) {
	doc := document(20_000)
	list := func(n int, between string) string {
		b := "You are a claims analyst. Follow all of these rules when you answer."
		for i := range n {
			b += fmt.Sprintf("%sRULE-%02d: when case type %d is mentioned, always give its reference number, its date and the amount in euros; never guess.", between, i, i)
		}
		return b
	}
	line := "RULE-00 " + strings.Repeat("and name every ship that left with more than 500 barrels of salt, ", 16) + "RULE-01"
	thai := "RULE-00 " + strings.Repeat("กรุณาอ่านเอกสารนี้อย่างละเอียดและบอกชื่อเรือทุกลำ", 9) + "RULE-01"
	two := func(a, b string) []map[string]any {
		return []map[string]any{{"type": "text", "text": a}, {"type": "text", "text": b}}
	}
	for _, c := range []struct {
		name    string
		n       int // rules
		turns   []message
		planner bool // only a planner can know
	}{
		{"paragraphs at the top", 50, []message{{"user", list(50, "\n\n") + "\n\n" + doc}}, false},
		{"lines at the top", 50, []message{{"user", list(50, "\n") + "\n\n" + doc}}, false},
		{"paragraphs at the end", 50, []message{{"user", doc + "\n\n" + list(50, "\n\n")}}, false},
		{"own message", 60, []message{{"user", doc}, {"assistant", "Read."}, {"user", list(60, "\n")}}, false},
		{"own last part", 40, []message{{"user", two(doc, list(40, "\n"))}}, false},
		{"own first part", 40, []message{{"user", two(list(40, "\n"), doc)}}, false},
		{"one line at the top", 2, []message{{"user", line + "\n\n" + doc}}, true},
		{"one line at the end", 2, []message{{"user", doc + "\n\n" + line}}, false},
		{"a line without spaces", 2, []message{{"user", doc + "\n\n" + thai}}, false},
		{"white space behind", 1, []message{{"user", doc + "\n\n" + list(1, " ") + strings.Repeat(" \n", 2000)}}, false},
		{"in tags", 1, []message{{"user", "Below is a ledger:\n\n<document>\n" + doc + "\n</document>\n\n<question>\nWhat does RULE-00 say of ships?\n</question>"}}, false},
		{"between two documents in tags", 1, []message{{"user", "<document>\n" + doc + "\n</document>\n\nWhat does RULE-00 say of ships?\n\n<document>\n" + doc + "\n</document>"}}, false},
		{"between two texts", 1, []message{{"user", doc + "\n\nCompare the ledger above with the one below, as RULE-00 wants.\n\n" + doc}}, false},
		{"in Turkish, between two texts", 1, []message{{"user", doc + "\n\nYukarıdaki defteri aşağıdakiyle RULE-00 kuralına göre karşılaştır.\n\n" + doc}}, false},
		{"between two fences", 1, []message{{"user", "```\n" + doc + "\n```\nWhich ships does RULE-00 name?\n```\n" + doc + "\n```"}}, false},
		{"after a label, between two texts", 1, []message{{"user", doc + "\n\nTask: list the ships, by RULE-00.\n\n" + doc}}, false},
		{"among ten documents", 1, []message{{"user", append(append(two(doc, doc), two(doc, doc)...), map[string]any{"type": "text", "text": doc + "\n\nWhat does RULE-00 say of ships?"})}}, false},
	} {
		for _, planner := range []bool{true, false} {
			if c.planner && !planner {
				continue
			}
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				switch {
				case isPlanner(call) && planner:
					return upstreamtest.Reply{Text: knowing(call, func(s string) bool {
						return strings.Contains(s, "RULE-") || strings.Contains(s, "claims") || strings.Contains(s, "name every ship")
					})}
				case isPlanner(call):
					return upstreamtest.Reply{Text: "I would rather not."}
				}
				return marks().Script(call)
			})
			a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, c.turns...), "x-decompose", "1")
			if a.Status != 200 {
				t.Fatalf("%s: status %d", c.name, a.Status)
			}
			calls := 0
			for _, call := range up.Calls() {
				if !isMap(call) && !isFinal(call) {
					continue
				}
				calls++
				for i := range c.n {
					if rule := fmt.Sprintf("RULE-%02d", i); !strings.Contains(string(call.Body), rule) {
						t.Errorf("%s, planner %v: a %s call of %d bytes lacks %s", c.name, planner, call.Model, len(call.Body), rule)
						break
					}
				}
			}
			if calls < 10 {
				t.Errorf("%s: only %d calls", c.name, calls)
			}
		}
	}
}

// What is asked stays in the text under rules, and is counted no more than under a planner.
func TestTheQuestionIsNotCounted(t *testing.T) {
	log := strings.Repeat("2026-11-29 10:00:01 INFO pump 3 is on\n", 30)
	text := strings.Repeat(log+"2026-11-29 10:00:02 ERROR pump 3 is off\n", 25)
	const question = "How many ERROR lines are in this log?"
	for name, turn := range map[string]string{"first": question + "\n\n" + text, "last": text + "\n\n" + question} {
		inserted := ""
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isMap(c) {
				_, passage, _ := strings.Cut(c.User, "<<<")
				items := []string{}
				for _, line := range strings.Split(passage, "\n") {
					if strings.Contains(line, "ERROR") {
						items = append(items, fmt.Sprintf(`{"quote":%q,"n":1}`, line))
					}
				}
				return upstreamtest.Reply{Text: `{"items":[` + strings.Join(items, ",") + `]}`}
			}
			inserted = string(c.Body)
			return upstreamtest.Reply{Text: "25"}
		})
		a := send(t, newPlanner(t, up, haikuplanner.WithRules()), body("sonnet-4-x", nil, message{"user", turn}), "x-decompose", "1")
		if a.Status != 200 || !strings.Contains(inserted, "whole text: 25") {
			i := strings.Index(inserted, "whole text")
			t.Errorf("%s: status %d, %.60q", name, a.Status, inserted[max(i, 0):])
		}
	}
}

// Two orders at the two ends of a text are what is asked: in every map call, and in none as text to work on. A planner may have seen only the first.
func TestOrdersAtBothEnds(t *testing.T) {
	var b strings.Builder
	for i := range 420 {
		fmt.Fprintf(&b, "Anna Weber walked along the quay in year %d and counted %d gulls over the water. ", 1500+i, i*31%97)
		if i%5 == 4 {
			b.WriteString("\n\n")
		}
	}
	text := strings.TrimSpace(b.String())
	next := func(r rune) rune {
		if 'a' <= r && r < 'z' {
			return r + 1
		}
		return r
	}
	for _, c := range [][2]string{
		{"Translate the following to French:", "Keep the names as they are."},
		{"Rewrite this in the present tense.", "Don't change the line breaks."},
		{"Aşağıdaki metni Fransızcaya çevir:", "Özel isimler değişmesin."},
		{"Übersetze den folgenden Text ins Französische:", "Die Namen bleiben, wie sie sind."},
		{"Traduce el siguiente texto al francés:", "Mantén los nombres como están."},
		{"Переведи следующий текст на французский:", "Имена оставь как есть."},
		{"次の文章をフランス語に翻訳してください：", "名前はそのままにしてください。"},
		{"You must not change the names.", "Now translate all of it to French, please."},
	} {
		for _, planner := range []bool{true, false} {
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if isPlanner(call) && planner {
					return upstreamtest.Reply{Text: strings.Replace(knowing(call, func(s string) bool {
						return s == c[0] && !strings.HasPrefix(s, "You") || s == c[1] && strings.HasPrefix(s, "Now")
					}), `"answer"`, `"transform"`, 1)}
				}
				_, passage, _ := strings.Cut(call.User, "<<<")
				_, passage, _ = strings.Cut(passage, "\n")
				if k := strings.LastIndex(passage, "\nEND "); k > 0 {
					return upstreamtest.Reply{Text: strings.Map(next, passage[:k])}
				}
				return upstreamtest.Reply{Text: "I would rather not."}
			})
			a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", c[0] + "\n\n" + text + "\n\n" + c[1]}), "x-decompose", "1")
			if want := strings.Map(next, text); a.Status != 200 || strings.TrimSpace(a.Content) != want {
				t.Errorf("%s: status %d, %d bytes for %d that end with %q", c[0], a.Status, len(a.Content), len(want), a.Content[max(0, len(a.Content)-80):])
			}
			for _, call := range up.Calls() {
				task, _, _ := strings.Cut(call.User, "<<<")
				if isMap(call) && (!strings.Contains(task, c[0]) || !strings.Contains(task, c[1])) {
					t.Errorf("%s, planner %v: a call lacks a part of what is asked: %q", c[0], planner, task)
				}
			}
		}
	}
}
