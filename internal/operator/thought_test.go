package operator

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

func TestThoughtless(t *testing.T) {
	for _, c := range []struct{ asked, text, finish, want string }{
		{"", "<think>\nHm. {\n</think>\n\n    {\"a\": 1}", "stop", "    {\"a\": 1}"},
		{"", " <Thinking>Hm.</Thinking> <reasoning>So.</reasoning>\r\n\r\nText.", "stop", "Text."},
		{"", "Hm, a hen.\n</think>\nText.", "stop", "Text."},
		{"", "<think>So long that nothing", "length", ""},
		{"", "Text of <think>his</think>.", "stop", "Text of <think>his</think>."},
		{"A log:\n<think>a</think>\nb", "<think>A</think>\nB", "stop", "<think>A</think>\nB"},
		{"ends a</think>", "ends A</think>", "stop", "ends A</think>"},
		{"", "```json\n{\"quote\":\"it ends with </think>\"}\n```", "stop", "```json\n{\"quote\":\"it ends with </think>\"}\n```"},
		{"", "<scratchpad>a</scratchpad> b", "stop", "b"},
		{"", "<thinker>Rodin</thinker>", "stop", "<thinker>Rodin</thinker>"},
	} {
		got := thoughtless(Reply{Text: c.text, Finish: c.finish}, func() Call { return Call{User: prompt.Words{c.asked}} })
		if got.Text != c.want || got.Err != nil {
			t.Errorf("%q: %q, %v; want %q", c.text, got.Text, got.Err, c.want)
		}
	}
}

// Thoughts before a passage's new text are no part of the answer, and those that are nothing but thoughts are asked for again.
func TestTransformOfAModelThatThinks(t *testing.T) {
	text := markdown(12)
	in := textInput("Rewrite the text with loud nouns.", text, 900)
	lost := false
	f := &fake{model: func(c Call) Reply {
		r := shouter(c)
		if c.Index == 2 && !lost {
			lost, r.Text = true, ""
		}
		r.Text = "<think>\nLouder: PARAGRAPH.\n</think>\n\n" + r.Text
		return r
	}}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(shout(text), f.out.String()); d != "" {
		t.Errorf("(-want +got):\n%.800s", d)
	}
}

// The same before a final answer that must be JSON, which is held back until it is whole.
func TestJSONAnswerOfAModelThatThinks(t *testing.T) {
	f := &fake{final: func(a Answer) Reply {
		text := "<think>" + strings.Repeat("It must be JSON. ", 20) + "</think>\n{\"a\": 1}"
		return Reply{Text: text, Finish: "stop", Err: a.Check(text)}
	}}
	reply, err := (&former{f, &Input{Format: "json_object"}}).Answer(context.Background(), Answer{Whole: true})
	if err != nil || reply.Err != nil || reply.Text != `{"a": 1}` || len(f.answers) != 1 {
		t.Errorf("%+v, %v after %d calls", reply, err, len(f.answers))
	}
}
