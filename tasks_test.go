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

// honest is a reader that reports what a pattern matches in its passage: the first group is the thing, and it is sure of each.
func honest(thing *regexp.Regexp, advice string) func(upstreamtest.Call) upstreamtest.Reply {
	return func(c upstreamtest.Call) upstreamtest.Reply {
		if isPlanner(c) {
			return upstreamtest.Reply{Text: advice}
		}
		if isFinal(c) {
			return upstreamtest.Reply{Text: "FINAL " + c.User}
		}
		_, passage, _ := strings.Cut(c.User[strings.LastIndex(c.User, "<<<BEGIN "):], "\n")
		items := []map[string]any{}
		for _, m := range thing.FindAllStringSubmatch(passage, -1) {
			items = append(items, map[string]any{"quote": m[0], "item": m[1], "note": m[1], "sure": true})
		}
		b, _ := json.Marshal(map[string]any{"items": items})
		return upstreamtest.Reply{Text: string(b)}
	}
}

// What comes out of lists and searches is what the words of the task want: once, in order, some, the most of all.
func TestWhatTasksSay(t *testing.T) {
	var users, contracts strings.Builder
	var all, once []string
	for i := range 700 {
		mail := fmt.Sprintf("user%03d@example.test", i*3%350)
		if all = append(all, mail); i < 350 {
			once = append(once, mail)
		}
		fmt.Fprintf(&users, "{\"id\": %d, \"email\": %q, \"active\": %v}\n", i, mail, i%5 != 0)
	}
	for i := range 120 {
		fmt.Fprintf(&contracts, "Contract C-%d\n\nSigned in the year %d. %s\n\n", i, 1950+i*37%70, strings.Repeat("Each side shall keep its word and its books. ", 12))
	}
	mail, signed := regexp.MustCompile(`"email": "([^"]+)"`), regexp.MustCompile(`Signed in the year (\d+)`)
	sorted := make([]string, len(once))
	for i := range sorted {
		sorted[i] = fmt.Sprintf("user%03d@example.test", i)
	}
	const extract = `{"instruction_paragraphs":[1],"operator":"extract","dependence":"none","confidence":0.95,"question":"Which addresses are there?"}`
	const find = `{"instruction_paragraphs":[1],"operator":"find","dependence":"none","confidence":0.95,"question":"When was it signed?"}`
	for _, c := range []struct {
		task, text, advice string
		thing              *regexp.Regexp
		want               string
	}{
		{"List all email addresses.", users.String(), extract, mail, "- " + strings.Join(all, "\n- ")},
		{"List all distinct email addresses.", users.String(), extract, mail, "- " + strings.Join(once, "\n- ")},
		{"Liste alle E-Mail-Adressen ohne Duplikate auf, durch Kommas getrennt.", users.String(), extract, mail, strings.Join(once, ", ")},
		{"Tüm e-posta adreslerini tekrarsız ve alfabetik sırayla listele.", users.String(), extract, mail, "- " + strings.Join(sorted, "\n- ")},
		{"Which contract is the oldest?", contracts.String(), find, signed, "year 1950"},
		{"Quel est le contrat le plus ancien ?", contracts.String(), find, signed, "year 1950"},
	} {
		for _, rules := range []bool{false, true} {
			var opts []haikuplanner.Option
			if rules {
				opts = append(opts, haikuplanner.WithRules())
			}
			up := upstreamtest.New(honest(c.thing, c.advice))
			a := send(t, newPlanner(t, up, opts...), body("sonnet-4-x", nil, message{"user", c.task + "\n\n" + c.text}))
			switch found := strings.HasPrefix(a.Content, "FINAL"); {
			case a.Status != 200 || a.Header.Get("x-haiku-planner") != "decomposed":
				t.Errorf("%s, rules %v: status %d, %s", c.task, rules, a.Status, a.Header.Get("x-haiku-planner-reason"))
			case found && (!strings.Contains(a.Content, c.want) || a.Planner.Coverage.Skipped > 0):
				t.Errorf("%s, rules %v: %d chunks skipped: %.300s", c.task, rules, a.Planner.Coverage.Skipped, a.Content)
			case !found && a.Content != c.want:
				t.Errorf("%s, rules %v: %d bytes for %d: %.200s", c.task, rules, len(a.Content), len(c.want), a.Content)
			}
		}
	}
}

// A list that a program could write goes to the model where vLLM's fields bind the answer to a form.
func TestGuidedAnswers(t *testing.T) {
	var users strings.Builder
	for i := range 700 {
		fmt.Fprintf(&users, "{\"id\": %d, \"email\": \"user%03d@example.test\", \"active\": %v}\n", i, i, i%5 != 0)
	}
	mail := regexp.MustCompile(`"email": "([^"]+)"`)
	const extract = `{"instruction_paragraphs":[1],"operator":"extract","dependence":"none","confidence":0.95,"question":"Which addresses are there?"}`
	for _, extra := range []string{`"guided_regex":"FINAL.*"`, `"structured_outputs":{"choice":["FINAL"]}`} {
		up := upstreamtest.New(honest(mail, extract))
		b := string(body("sonnet-4-x", nil, message{"user", "List all email addresses.\n\n" + users.String()}))
		a := send(t, newPlanner(t, up), []byte("{"+extra+","+b[1:]))
		if a.Status != 200 || a.Header.Get("x-haiku-planner") != "decomposed" || !strings.HasPrefix(a.Content, "FINAL") {
			t.Errorf("%s: %d, %s: %.100q", extra, a.Status, a.Header.Get("x-haiku-planner-reason"), a.Content)
		}
	}
}
