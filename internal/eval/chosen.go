package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/advice"
)

// A labelled is an instruction with every operator that would be right for it.
type labelled struct {
	right    []string
	question advice.Question
}

// choices are what a model as planner chose for labelled instructions, beside the rules.
type choices struct {
	n, all          int
	rules, model    int // right
	repaired, wrong int // replies that were asked again; that were of no use, so that rules decide
	missed          map[string]int
	spent           spent
}

// readLabelled reads the labelled set that was never used to change a rule or the planner's prompt.
func readLabelled() ([]labelled, error) {
	text, err := os.ReadFile(filepath.Join("internal", "advice", "testdata", "held2.tsv"))
	if err != nil {
		return nil, err
	}
	var all []labelled
	for _, line := range strings.Split(string(text), "\n") {
		c := strings.Split(line, "\t")
		if len(c) != 5 || c[0] != "held2" {
			continue
		}
		all = append(all, labelled{strings.Split(c[3], "|"), asked(c[4], c[2])})
	}
	return all, nil
}

// byRules is what rules choose for a task's instruction alone, where it was not run by rules.
func byRules(rt realTask) string {
	t := rt.make(rand.New(rand.NewPCG(1, 1)), 600)
	return advice.Rules(asked(strings.Join(t.asks, "\n\n"), "doc")).Wanted
}

// asked is a question about an instruction and material of a kind: doc, chat or none.
func asked(instruction, material string) advice.Question {
	q := advice.Question{Instruction: instruction, PromptTokens: 20_000, HasMaterial: material != "none", History: material == "chat"}
	if !q.HasMaterial {
		q.PromptTokens = 40
	}
	if instruction == "-" {
		q.Instruction = ""
	}
	return q
}

// choose has the model choose operators for a part of the labelled set, spread over all of it.
func (m *real) choose(c *choices) error {
	if *m.advised <= 0 {
		return nil
	}
	all, err := readLabelled()
	if err != nil {
		return err
	}
	n := min(*m.advised, len(all))
	*c = choices{all: len(all), missed: map[string]int{}}
	for i := range n {
		l := all[i*len(all)/n]
		c.n++
		if slices.Contains(l.right, advice.Rules(l.question).Wanted) {
			c.rules++
		}
		wanted := m.wanted(c, l.question)
		if slices.Contains(l.right, wanted) {
			c.model++
		} else {
			c.missed[strings.Join(l.right, " or ")+" → "+wanted]++
		}
		fmt.Fprintf(os.Stderr, "%d of %d: %s for %v: %.80q\n", c.n, n, wanted, l.right, l.question.Instruction)
	}
	c.spent = m.relay.take()
	return nil
}

// wanted asks as the line does: once, once more to repair, else rules.
func (m *real) wanted(c *choices, q advice.Question) string {
	system, user := advice.Prompt(q)
	for try := range 2 {
		reply := m.direct(&task{chat: map[string]any{"model": "autox", "temperature": 0, "max_tokens": advice.ReplyTokens(q), "messages": messages("system", system, "user", user),
			"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "advice", "strict": true, "schema": json.RawMessage(advice.Schema())}}}})
		if reply.status != http.StatusOK || reply.failure != "" {
			break
		}
		d, err := advice.Parse(reply.answer, q)
		if err == nil {
			return d.Wanted
		}
		if try == 0 {
			c.repaired++
		}
		system, user = advice.Repair(q, reply.answer, err)
	}
	c.wrong++
	return advice.Rules(q).Wanted
}

func (c *choices) render(w io.Writer) {
	if c.n == 0 {
		return
	}
	percent := func(n int) float64 { return 100 * float64(n) / float64(c.n) }
	fmt.Fprintf(w, "\n## This model as planner\n\nn = %d of the %d held-out labelled instructions, spread evenly. The operator is right: by the model %d (%.0f %%), by rules %d (%.0f %%). ", c.n, c.all, c.model, percent(c.model), c.rules, percent(c.rules))
	fmt.Fprintf(w, "Asked again: %d; of no use, so that rules decided: %d. A question took %.1f seconds, %.0f prompt and %.0f written tokens.\n\n| right → chosen | times |\n|---|---:|\n",
		c.repaired, c.wrong, c.spent.ms/1000/float64(c.n), float64(c.spent.prompt)/float64(c.n), float64(c.spent.written)/float64(c.n))
	var kinds []string
	for k := range c.missed {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if c.missed[a] != c.missed[b] {
			return c.missed[b] - c.missed[a]
		}
		return strings.Compare(a, b)
	})
	for _, k := range kinds {
		fmt.Fprintf(w, "| %s | %d |\n", k, c.missed[k])
	}
}
