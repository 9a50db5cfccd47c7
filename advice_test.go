package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// plan is a planner's answer; set changes members of it.
func plan(set map[string]any) string {
	m := map[string]any{"instruction_paragraphs": []int{1}, "operator": "answer", "dependence": "none", "confidence": 0.9, "question": "Which lines start with MARK-?",
		"unit": "", "labels": []string{}, "order": "source", "conflict": "both", "language": "", "words": 0, "sections": []any{}, "parallel": false, "digest": ""}
	for k, v := range set {
		m[k] = v
	}
	b, _ := json.Marshal(m)
	return string(b)
}

// The planner says by number which paragraph is the instruction: that one is no material any more, and its question goes to every chunk.
func TestAdviceIsTaken(t *testing.T) {
	w := marks()
	w.Plan = plan(nil)
	up := upstreamtest.New(w.Script)
	p := newPlanner(t, up)
	b := body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)})
	r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
	got, err := p.Plan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got.AdvisedBy != "planner" || got.Operator != "answer" || len(got.Kept) != 1 || got.Kept[0].Start != 0 || got.Chunks[0].Start != got.Kept[0].End {
		t.Errorf("by %s, operator %s, kept %v, first chunk %+v", got.AdvisedBy, got.Operator, got.Kept, got.Chunks[0])
	}
	if got.Spent <= 0 || got.Calls.Planner != 1 {
		t.Errorf("spent %s in %d planner calls", got.Spent, got.Calls.Planner)
	}
	a := send(t, p, b)
	allMarks(t, a.Content)
	for _, c := range up.Calls() {
		if isMapCall(c) && !strings.Contains(c.User, "Which lines start with MARK-?") {
			t.Errorf("call %d was not asked the question", c.N)
		}
	}
}

func isMapCall(c upstreamtest.Call) bool { return c.Model == "autox" && c.Schema != "advice" }

// A bad plan is asked for once more; the second try counts.
func TestAdviceIsRepaired(t *testing.T) {
	asked := 0
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if c.Schema == "advice" {
			if asked++; asked == 1 {
				return upstreamtest.Reply{Text: `{"operator": 7}`}
			}
			return upstreamtest.Reply{Text: plan(nil)}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up)
	a := send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}))
	if asked != 2 || !bytes.Contains(a.Body, []byte(`"advised_by":"planner"`)) {
		t.Errorf("asked %d times: %.300s", asked, a.Body)
	}
}

// What the planner calls one piece is forwarded when it fits, and read in pieces when it does not, or when the caller forces it.
func TestNotDecomposable(t *testing.T) {
	for _, set := range []map[string]any{{"dependence": "global"}, {"dependence": "pairwise"}, {"confidence": 0.1}} {
		w := marks()
		w.Plan = plan(set)
		for _, c := range []struct {
			model, force, did, reason string
		}{
			{"sonnet-4-x", "", "forwarded", "not-decomposable"},
			{"sonnet-4-x", "1", "decomposed", "header"},
			{"short", "", "decomposed", "large"},
		} {
			up := upstreamtest.New(w.Script)
			up.SetModels(append(upstreamtest.DefaultModels(), upstreamtest.Model{Name: "short", Input: "3e-06", Output: "1.5e-05", Window: 8192})...)
			p := newPlanner(t, up)
			header := []string{}
			if c.force != "" {
				header = []string{"x-decompose", c.force}
			}
			a := send(t, p, body(c.model, nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), header...)
			if a.Status != 200 || a.Header.Get("X-Haiku-Planner") != c.did || a.Header.Get("X-Haiku-Planner-Reason") != c.reason {
				t.Errorf("%v %+v: %d %v %.200s", set, c, a.Status, a.Header, a.Body)
			}
		}
	}
}

// What the planner would rather have judged over the whole, but must be read in pieces, stays the list that it is; of what it was not sure becomes a question.
func TestStandInKeepsTheOperator(t *testing.T) {
	for confidence, want := range map[float64]string{0.9: `"operator":"extract"`, 0.1: `"operator":"answer"`} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if c.Schema == "advice" {
				return upstreamtest.Reply{Text: plan(map[string]any{"operator": "extract", "dependence": "global", "confidence": confidence})}
			}
			return upstreamtest.Reply{Text: "NONE"}
		})
		a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}), "x-decompose", "1")
		if a.Status != 200 || !bytes.Contains(a.Body, []byte(want)) {
			t.Errorf("confidence %v: %d, no %s in %.300s", confidence, a.Status, want, a.Body)
		}
	}
}

// Images stay in place for the final call; a request that is mostly images is forwarded.
func TestImages(t *testing.T) {
	image := map[string]any{"type": "image_url", "image_url": map[string]any{"url": "data:image/png;base64,iVBORw0KGgo="}}
	text := map[string]any{"type": "text", "text": "List every line that starts with MARK-.\n\n" + document(9500)}
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	a := send(t, p, body("sonnet-4-x", nil, message{"user", []any{text, image}}))
	calls := up.Calls()
	if final := calls[len(calls)-1]; a.Header.Get("X-Haiku-Planner") != "decomposed" || !bytes.Contains(final.Body, []byte("iVBORw0KGgo=")) || len(final.Body) > 20_000 {
		t.Errorf("%v, final call of %d bytes", a.Header, len(final.Body))
	}
	parts := []any{text}
	for range 8 {
		parts = append(parts, image)
	}
	if a := send(t, p, body("sonnet-4-x", nil, message{"user", parts})); a.Header.Get("X-Haiku-Planner-Reason") != "non-text" {
		t.Errorf("mostly images: %v", a.Header)
	}
	up.Reset()
	question := []any{map[string]any{"type": "text", "text": "What is this?"}, image}
	a = send(t, p, body("sonnet-4-x", nil, message{"user", question}), "x-decompose", "1")
	if calls := up.Calls(); a.Status != 200 || a.Planner.Operator != "direct" || len(calls) != 1 || !bytes.Contains(calls[0].Body, []byte("iVBORw0KGgo=")) {
		t.Errorf("a forced image: status %d, %+v, %d calls", a.Status, a.Error, len(up.Calls()))
	}
}

// With a window of nothing known the last resort is still the caller's: fields that nobody here knows survive into the final call.
func TestUnknownFieldsSurvive(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	send(t, p, body("sonnet-4-x", map[string]any{"x_vendor": map[string]any{"deep": []int{1, 2}}, "temperature": 0.3, "user": "u-1"}, message{"user", "List every line that starts with MARK-.\n\n" + document(9500)}))
	for _, c := range up.Calls() {
		if c.Model == "sonnet-4-x" && (!bytes.Contains(c.Body, []byte(`"x_vendor":{"deep":[1,2]}`)) || !bytes.Contains(c.Body, []byte(`"temperature":0.3`))) {
			t.Errorf("the final call lost fields: %.300s", c.Body)
		}
		if !bytes.Contains(c.Body, []byte(`"user":"u-1"`)) {
			t.Errorf("call %d has no user", c.N)
		}
		if isMapCall(c) && bytes.Contains(c.Body, []byte("x_vendor")) {
			t.Errorf("call %d has the vendor's field", c.N)
		}
	}
}

// What an edited document costs again: only the calls of the chunks that changed, since the bodies of the others are the same bytes.
func TestMapBodiesAreStable(t *testing.T) {
	bodies := func(doc string) map[string]bool {
		w := marks()
		w.Plan = plan(nil)
		up := upstreamtest.New(w.Script)
		p := newPlanner(t, up)
		send(t, p, body("sonnet-4-x", nil, message{"user", "List every line that starts with MARK-.\n\n" + doc}))
		out := map[string]bool{}
		for _, c := range up.Calls() {
			if isMapCall(c) {
				out[string(c.Body)] = true
			}
		}
		return out
	}
	doc := document(60_000)
	lines := strings.SplitAfter(doc, "\n")
	before := bodies(doc)
	same, all := 0, 0
	for _, at := range []int{3, len(lines) / 3, len(lines) / 2, len(lines) - 40} {
		changed := append(append(append([]string(nil), lines[:at]...), "One more line that was not there before.\n"), lines[at:]...)
		for b := range bodies(strings.Join(changed, "")) {
			if all++; before[b] {
				same++
			}
		}
	}
	if float64(same) < 0.93*float64(all) { // 40 chunks: one changed chunk and one changed neighbour are 5 %
		t.Errorf("%d of %d map bodies are the same after one inserted line", same, all)
	}
}
