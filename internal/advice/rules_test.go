package advice

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
)

type labelled struct {
	half, language, material string
	right                    []string
	instruction              string
}

func (l labelled) question() Question {
	q := Question{Instruction: l.instruction, PromptTokens: 20_000, HasMaterial: l.material != "none", History: l.material == "chat", Operators: allOperators()}
	if !q.HasMaterial {
		q.PromptTokens = 40
	}
	if l.instruction == "-" {
		q.Instruction = ""
	}
	return q
}

func allOperators() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// today are the operators of the first version.
var today = []string{"answer", "summarize", "compose", "continue", "direct"}

func readInstructions(t *testing.T) []labelled {
	t.Helper()
	f, err := os.Open("testdata/instructions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelled
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") || s.Text() == "" {
			continue
		}
		c := strings.Split(s.Text(), "\t")
		if len(c) != 5 {
			t.Fatalf("%d columns: %s", len(c), s.Text())
		}
		for _, op := range strings.Split(c[3], "|") {
			if row(op) == nil {
				t.Fatalf("no operator %q: %s", op, s.Text())
			}
		}
		all = append(all, labelled{c[0], c[1], c[2], strings.Split(c[3], "|"), c[4]})
	}
	return all
}

// The labelled set: "tune" was seen while the rules were written, "held" was written after they were fixed and never used to change them.
func TestRulesOnLabelledInstructions(t *testing.T) {
	type tally struct{ right, n int }
	sums := map[string]*tally{}
	for _, l := range readInstructions(t) {
		got := Rules(l.question()).Wanted
		ok := slices.Contains(l.right, got)
		for _, key := range []string{l.half, l.half + " " + l.language} {
			if sums[key] == nil {
				sums[key] = &tally{}
			}
			sums[key].n++
			if ok {
				sums[key].right++
			}
		}
		if !ok {
			t.Logf("%s %s: %s instead of %v: %s  %v", l.half, l.material, got, l.right, l.instruction, score(l.instruction))
		}
	}
	var keys []string
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		t.Logf("%-10s %3d of %3d right (%.1f %%)", k, sums[k].right, sums[k].n, 100*float64(sums[k].right)/float64(sums[k].n))
	}
	for _, half := range []string{"tune", "held"} {
		s := sums[half]
		if s == nil || s.n < 100 {
			t.Errorf("%s: fewer than 100 instructions", half)
		} else if s.right*100 < s.n*80 {
			t.Errorf("%s: %d of %d right, under 80 %%", half, s.right, s.n)
		}
	}
}
