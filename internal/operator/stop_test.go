package operator

import (
	"context"
	"strings"
	"testing"
)

// Text that is put together here ends before the first of the caller's stop sequences, also where that stands across two pieces of it.
func TestStopSequences(t *testing.T) {
	text, _ := marks(60, 6)
	cut := func(s, stop string) string { head, _, _ := strings.Cut(s, stop); return head }
	loud := strings.ToUpper(text)
	for _, tt := range []struct {
		operator, task, whole string
		set                   func(*Input)
		model                 func(Call) Reply
	}{
		{"transform", "Rewrite it loudly.", loud, nil, planWorker("transform")},
		{"compose", "Create it.", threeSections, func(in *Input) { in.Chunks = nil }, author},
		{"compose", "Create it.", threeSections, func(in *Input) { in.Chunks, in.Advice.Parallel = nil, true }, author},
		{"edit", "Rename it.", strings.Replace(text, "MARK-01: animal 0\n", "MARK\n", 1), func(in *Input) { in.Chunks = in.Chunks[:1] }, nil},
	} {
		if tt.operator == "edit" {
			tt.model = func(c Call) Reply {
				return Reply{Text: `{"edits":[{"search":"` + markLine.FindString(material(c.User.String())) + `","replace":"MARK"}]}`, Finish: "stop"}
			}
		}
		free := func(stop ...string) (string, *fake) {
			in := textInput(tt.task, text, 900)
			in.Stop = stop
			if tt.set != nil {
				tt.set(in)
			}
			f := &fake{model: tt.model}
			if err := run(t, tt.operator, in, f); err != nil {
				t.Fatal(err)
			}
			return f.out.String(), f
		}
		whole, _ := free()
		if tt.operator != "edit" && whole != tt.whole {
			t.Fatalf("%s without stop sequences is %.300q", tt.operator, whole)
		}
		for _, stop := range []string{"LINE 40", "MARK-03", "\n\n## M", "section 1.\n\n## Mid", "matter", "E", whole[:1], whole[len(whole)/2:], "\nLine 5 speaks"} {
			got, f := free("never there", stop, "")
			if want := cut(whole, stop); got != want {
				t.Errorf("%s, stop %.20q: %d bytes ending in %.40q, want %d", tt.operator, stop, len(got), got[max(0, len(got)-40):], len(want))
			}
			if f.finish != "stop" {
				t.Errorf("%s, stop %.20q: finish %q", tt.operator, stop, f.finish)
			}
		}
		if got, _ := free("nowhere in it", whole+"x"); got != whole {
			t.Errorf("%s: a stop sequence that is not met cost text: %d of %d bytes", tt.operator, len(got), len(whole))
		}
	}
}

// A stop sequence ends the calls too.
func TestStopSequenceSavesCalls(t *testing.T) {
	in := textInput("Create it.", "", 1)
	in.Stop = []string{"section 1."}
	f := &fake{model: author}
	if err := run(t, "compose", in, f); err != nil || f.stages()["section"] != 1 {
		t.Errorf("%d sections written, %v", f.stages()["section"], err)
	}
}

func TestContinueStopsAtTheSeam(t *testing.T) {
	in := textInput("Write a lot.", "", 1)
	in.Stop, in.Limits.Answer = []string{"THE END"}, 10000
	f := &fake{final: func(a Answer) Reply {
		if a.Append == nil {
			return Reply{Text: "A long story, and this is THE", Finish: "length"}
		}
		return Reply{Text: " END of it, and more, and more, and more of it.", Finish: "length"}
	}}
	if err := run(t, "continue", in, f); err != nil || len(f.answers) != 2 || f.finish != "stop" {
		t.Errorf("%d calls, finish %q, %v", len(f.answers), f.finish, err)
	}
}

// Under a response_format of JSON nothing is put together that is not JSON.
func TestJSONFormat(t *testing.T) {
	const file = "{\n\"a\": \"one\",\n\"b\": \"two\",\n\"c\": \"three\",\n\"d\": \"four\"\n}\n"
	upper := func(c Call) Reply { return Reply{Text: strings.ToUpper(material(c.User.String())), Finish: "stop"} }
	broken := func(c Call) Reply {
		return Reply{Text: strings.TrimSuffix(strings.TrimSpace(strings.ToUpper(material(c.User.String()))), ","), Finish: "stop"}
	}
	for _, tt := range []struct {
		name, operator, format string
		notes, answer          int
		model                  func(Call) Reply
		out                    string
		answers                int
		to                     string
		fails                  string
	}{
		{name: "a file", operator: "transform", format: "json_object", notes: 9000, model: upper, out: strings.ToUpper(file)},
		{name: "broken, fits", operator: "transform", format: "json_object", notes: 9000, model: broken, out: "the answer", answers: 1, to: "direct"},
		{name: "broken, does not fit", operator: "transform", format: "json_schema", model: broken, fails: "response_format"},
		{name: "too long", operator: "transform", format: "json_object", notes: 1, answer: 5, model: upper, fails: "max_tokens"},
		{name: "sections", operator: "compose", format: "json_schema", notes: 9000, model: author, out: "the answer", answers: 1, to: "direct"},
		{name: "edits that are no file", operator: "edit", format: "json_object", notes: 1, model: func(c Call) Reply {
			return Reply{Text: `{"edits":[{"search":"{\n","replace":"text {\n"}]}`, Finish: "stop"}
		}, fails: "well-formed JSON"},
		{name: "cut", operator: "continue", format: "json_object", notes: 9000, out: `{"a":`, answers: 1},
	} {
		in := textInput("Translate the values.", file, 14)
		in.Advice = Advice{By: "planner", Confidence: 0.9}
		in.Format, in.Schema, in.Limits.Notes, in.Limits.Answer = tt.format, []byte(`{"type":"object","properties":{"x":{"type":"string"}},"required":["x"]}`), tt.notes, tt.answer
		if tt.operator == "edit" {
			in.Chunks = []Chunk{{End: len(file), Tokens: 20}}
		}
		f := &changing{fake: fake{t: t, model: tt.model}}
		if tt.operator == "continue" {
			f.final = func(Answer) Reply { return Reply{Text: `{"a":`, Finish: "length"} }
		}
		op, _ := ByName(tt.operator)
		err := op.Run(context.Background(), in, f)
		if tt.fails != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fails) || f.out.Len() > 0 {
				t.Errorf("%s: error %v, written %q", tt.name, err, f.out.String())
			}
			continue
		}
		if err != nil || f.out.String() != tt.out || len(f.answers) != tt.answers || strings.Join(f.to, "") != tt.to {
			t.Errorf("%s: error %v, %d final calls, changed to %v, written %q", tt.name, err, len(f.answers), f.to, f.out.String())
		}
		if tt.operator != "compose" || len(f.read) > 0 {
			covered(t, in, &f.fake)
		}
		if tt.operator == "compose" && len(f.calls) > 0 {
			t.Errorf("%s: %d calls of sections", tt.name, len(f.calls))
		}
	}
}
