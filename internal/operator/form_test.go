package operator

import (
	"errors"
	"strings"
	"testing"
)

// A choice, a grammar or a regular expression binds the whole answer, and only the model that writes it keeps to it: nothing is stitched.
func TestGuided(t *testing.T) {
	for _, name := range []string{"extract", "transform", "edit", "compose", "continue"} {
		var text strings.Builder
		for i := range 400 {
			text.WriteString("MARK-" + strings.Repeat("x", i%7) + ": an animal of the woods and of the fields\n")
		}
		in := textInput("List or rewrite all of it, or write a long text on it.", text.String(), 2000)
		in.Format, in.Advice.Sections = "guided", []Section{{Title: "One"}, {Title: "Two"}}
		f := &fake{model: clerk, final: func(Answer) Reply { return Reply{Text: "yes", Finish: "length"} }}
		if err := run(t, name, in, f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(f.answers) != 1 || f.out.String() != "yes" {
			t.Errorf("%s: %d calls for the answer %.100q", name, len(f.answers), f.out.String())
		}
		op, _ := ByName(name)
		if stages := op.Stages(in); stages[len(stages)-1].Name != "final" {
			t.Errorf("%s: %+v", name, stages)
		}
	}
}

// A cut answer is not asked for again: what would be left out to make it shorter would be lost.
func TestCutFormIsNotRepaired(t *testing.T) {
	in := textInput("Give me all of it as JSON.", "MARK-1: an animal of the woods\n", 2000)
	in.Format = "json_object"
	f := &fake{model: clerk, final: func(a Answer) Reply {
		return Reply{Text: `{"a":`, Finish: "length", Err: a.Check(`{"a":`)}
	}}
	if err := run(t, "direct", in, f); !errors.Is(err, errCutForm) || len(f.answers) != 1 {
		t.Errorf("%v after %d calls", err, len(f.answers))
	}
}
