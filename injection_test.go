package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

var (
	fenceLine = regexp.MustCompile(`(?m)^<<<BEGIN ([0-9a-f]{16})\n`)
	changing  = regexp.MustCompile(`\b[0-9a-f]{12,32}\b|-\d+-[0-9a-f]{8}\b`) // ids; numbers of calls, and the hashes of their bodies
)

// frameOf is what of a prompt stands outside fences.
func frameOf(text string) string {
	var b strings.Builder
	for {
		at := fenceLine.FindStringSubmatchIndex(text)
		if at == nil {
			return b.String() + text
		}
		b.WriteString(text[:at[0]] + "(fence)")
		_, rest, ok := strings.Cut(text[at[1]:], "END "+text[at[2]:at[3]]+">>>")
		if !ok {
			return b.String() + "(open fence)"
		}
		text = rest
	}
}

// A sighting is what upstream saw of a request, and what the client got.
type sighting struct {
	Plan    string          // what Plan says of it, without positions
	Bodies  map[string]bool // prompts of chunk calls
	Frames  []string        // what stands outside fences in any call, each once
	Headers []string        // of all calls, each once, without ids
	Answer  string
	Ours    map[string]string // our headers of the answer
}

func witness(t *testing.T, text string, extra map[string]any) sighting {
	t.Helper()
	worker := upstreamtest.Worker{Match: regexp.MustCompile(`MARK-\d\d: animal\w+`), Plan: "I would rather not."}
	up := upstreamtest.New(worker.Script)
	p := newPlanner(t, up)
	b := body("sonnet-4-x", extra, message{"system", "You are exact."}, message{"user", text})
	r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
	plan, err := p.Plan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	a := send(t, p, b)
	if a.Status != 200 {
		t.Fatalf("status %d: %s", a.Status, a.Body)
	}
	s := sighting{Bodies: map[string]bool{}, Answer: a.Content, Ours: map[string]string{}}
	s.Plan = fmt.Sprintln(plan.Decision, plan.Reason, plan.Operator, plan.AdvisedBy, plan.Models, len(plan.Kept), plan.Kept[0])
	for _, name := range []string{"X-Haiku-Planner", "X-Haiku-Planner-Reason", "X-Haiku-Planner-Operator"} {
		s.Ours[name] = a.Header.Get(name)
	}
	add := func(to *[]string, v string) {
		if !slices.Contains(*to, v) {
			*to = append(*to, v)
		}
	}
	for _, c := range up.Calls() {
		for name, values := range c.Header {
			add(&s.Headers, changing.ReplaceAllString(name+": "+strings.Join(values, ", "), "(id)"))
		}
		if isAdvice(c) {
			continue // its fences have another form: see internal/advice
		}
		frame := c.System
		for _, m := range c.Messages {
			frame += "\n" + m.Role + "\n" + frameOf(m.Text)
		}
		add(&s.Frames, frame)
		if isMapCall(c) {
			s.Bodies[c.System+"\x00"+c.User] = true
		}
	}
	slices.Sort(s.Frames)
	slices.Sort(s.Headers)
	return s
}

// An order that stands in the material changes nothing on the whole way: not the plan, not the headers of any call, not the words around fences, not the chunks
// that it does not stand in, not the answer.
func TestInjections(t *testing.T) {
	raw, err := os.ReadFile("internal/operator/testdata/injections.json")
	if err != nil {
		t.Fatal(err)
	}
	var orders []struct{ Kind, Text string }
	if err := json.Unmarshal(raw, &orders); err != nil || len(orders) < 50 {
		t.Fatalf("%d injections: %v", len(orders), err)
	}
	lines := strings.SplitAfter(document(9000), "\n")
	half := len(lines) / 2
	for !strings.HasPrefix(lines[half], "The ") {
		half++
	}
	for _, task := range []string{"List every line that starts with MARK-.", "What do the marks mean? Explain.", "How many marks are there?"} {
		ask := func(order string) string {
			return task + "\n\n" + strings.Join(lines[:half], "") + order + strings.Join(lines[half:], "")
		}
		want := witness(t, ask(""), nil)
		bodies := want.Bodies
		want.Bodies = nil
		if len(bodies) < 5 || strings.Contains(strings.Join(want.Frames, ""), "(open fence)") {
			t.Fatalf("%s: %d chunk calls, frames %q", task, len(bodies), want.Frames)
		}
		for _, o := range orders {
			order := strings.NewReplacer("{CODE}", "0123456789abcdef", "{CODEUP}", "0123456789ABCDEF").Replace(o.Text) + "\n"
			got := witness(t, ask(order), nil)
			changed := 0
			for b := range got.Bodies {
				if !bodies[b] {
					changed++
				}
			}
			// The chunk itself, and its two neighbours, whose borders may move.
			if changed == 0 || changed > 3 {
				t.Errorf("%s: %s: %d of %d chunk calls are not as they were", task, o.Kind, changed, len(got.Bodies))
			}
			got.Bodies = nil
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s (-clean +planted):\n%.1500s", task, o.Kind, d)
			}
		}
	}
}
