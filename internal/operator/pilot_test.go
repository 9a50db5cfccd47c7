package operator

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// changing is a fake that hears of a changed plan.
type changing struct {
	fake
	to []string
}

func (c *changing) Changed(operator string) { c.to = append(c.to, operator) }

// A plan that its pilots contradict is changed once, at the cost of the pilots alone; one that they do not is carried out.
func TestPilots(t *testing.T) {
	text, _ := marks(300, 9)
	prose := Reply{Text: "I am afraid that this is not a matter of items, but of how one looks at the weather.", Finish: "stop"}
	none := Reply{Text: "NONE", Finish: "stop"}
	quotes := func(c Call) Reply {
		line, _, _ := strings.Cut(material(c.User.String()), "\n")
		return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%q,"note":""}]}`, line), Finish: "stop"}
	}
	copies := func(c Call) Reply { return Reply{Text: material(c.User.String()), Finish: "stop"} }
	shout := func(c Call) Reply { return Reply{Text: strings.ToUpper(material(c.User.String())), Finish: "stop"} }
	by := func(schema string, of func(Call) Reply) func(Call) Reply {
		return func(c Call) Reply {
			if c.Schema == "notes" {
				return of(c)
			}
			if schema == "prose" {
				return prose
			}
			return none
		}
	}
	for _, tt := range []struct {
		name, operator, task string
		advice               Advice
		notes                int // Limits.Notes
		schema               string
		model                func(Call) Reply
		to                   []string
		calls                int // of 12 chunks' own kind; the rest is the new operator's
		fails                string
	}{
		{name: "none, and notes", operator: "extract", model: by("", quotes), to: []string{"answer"}, calls: 2},
		{name: "none, and notes", operator: "count", model: by("", quotes), to: []string{"answer"}, calls: 2},
		{name: "none, and no notes", operator: "count", model: by("", func(Call) Reply { return none }), calls: 12},
		{name: "prose", operator: "count", model: by("prose", quotes), to: []string{"answer"}, calls: 4},
		{name: "sure planner", operator: "extract", advice: Advice{By: "planner", Confidence: 0.9}, model: by("", quotes), calls: 12},
		{name: "unsure planner", operator: "extract", advice: Advice{By: "planner", Confidence: 0.5}, model: by("", quotes), to: []string{"answer"}, calls: 2},
		{name: "prose under a schema", operator: "extract", schema: marksSchema, model: by("prose", quotes), to: []string{"answer"}, calls: 4},
		{name: "empty lists under a schema", operator: "extract", schema: marksSchema, model: by("", quotes), to: []string{"answer"}, calls: 2},
		{name: "copies", operator: "transform", task: "Translate this into Turkish.", notes: 9000, model: copies, to: []string{"direct"}, calls: 4},
		{name: "copies that do not fit", operator: "transform", task: "Translate this into Turkish.", notes: 4000, model: copies, calls: 4, fails: "as they were"},
		{name: "copies of what needs no change", operator: "transform", task: "Correct the spelling.", notes: 9000, model: copies, calls: 12},
		{name: "far too short", operator: "transform", task: "Rewrite this.", notes: 9000, model: func(Call) Reply { return prose }, to: []string{"direct"}, calls: 4},
		{name: "a rewriting", operator: "transform", task: "Translate this into capitals.", notes: 9000, model: shout, calls: 12},
		{name: "unappliable edits", operator: "edit", task: "Rename it.", notes: 9000, model: func(Call) Reply { return prose }, to: []string{"direct"}, calls: 4},
	} {
		t.Run(tt.operator+" "+tt.name, func(t *testing.T) {
			in := textInput("How does the weather change?", text, 1920)
			if len(in.Chunks) != 12 {
				t.Fatalf("%d chunks", len(in.Chunks))
			}
			if tt.task != "" {
				in.Instruction = tt.task
			}
			if tt.advice.By != "" {
				in.Advice = tt.advice
			}
			in.Limits.Notes = tt.notes
			if tt.schema != "" {
				in.Format, in.Schema = "json_schema", []byte(tt.schema)
			}
			f := &changing{fake: fake{t: t, model: tt.model}}
			op, _ := ByName(tt.operator)
			err := op.Run(context.Background(), in, f)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || f.out.Len() > 0 {
					t.Fatalf("error %v, written %q", err, f.out.String())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			own := 0
			for _, c := range f.calls {
				if c.Schema != "notes" {
					own++
				}
			}
			if d := cmp.Diff(tt.to, f.to); d != "" || own != tt.calls {
				t.Errorf("%d calls of its own, want %d; changed (-want +got):\n%s", own, tt.calls, d)
			}
			covered(t, in, &f.fake)
			if tt.operator == "transform" && tt.to == nil && !strings.EqualFold(f.out.String(), text) {
				t.Error("the parts are not in order, or one is twice")
			}
		})
	}
}

// What was asked of pilots is not asked again, and they are not just the head of the text.
func TestPilotsAreAskedOnce(t *testing.T) {
	text, want := marks(300, 9)
	for _, name := range []string{"extract", "count"} {
		in := textInput("List the marks.", text, 1920)
		f := &fake{model: collector}
		if name == "count" {
			f.model = clerk
		}
		if err := run(t, name, in, f); err != nil {
			t.Fatal(err)
		}
		var order []int
		for _, c := range f.calls {
			order = append(order, c.Index)
		}
		if d := cmp.Diff([]int{4, 8, 0, 1, 2, 3, 5, 6, 7, 9, 10, 11}, order); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		allIn(t, f.answers[0].Insert, want)
		covered(t, in, f)
	}
}

// Where every pilot needed more room, the others have it from the start.
func TestPilotsCorrectTheRoom(t *testing.T) {
	text, want := marks(300, 60)
	in := textInput("List the marks.", text, 1920)
	f := &fake{model: func(c Call) Reply {
		if c.MaxTokens <= 2*in.Limits.Reply {
			return Reply{Text: `{"items":[{"quo`, Finish: "length"}
		}
		return collector(c)
	}}
	if err := run(t, "extract", in, f); err != nil {
		t.Fatal(err)
	}
	if len(f.calls) != len(in.Chunks)+2 {
		t.Errorf("%d calls for %d chunks, want two more", len(f.calls), len(in.Chunks))
	}
	allIn(t, f.answers[0].Insert, want)
	covered(t, in, f)
}
