package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two facts far apart: only who has read the first knows that the second matters.
func TestAnswerTwoHops(t *testing.T) {
	const first, second = "The harbour master of Sinop is Defne Arkın.", "Defne Arkın keeps a grey parrot."
	text := haystack(600, map[int]string{120: first, 480: second})
	for dependence, want := range map[string]bool{"order": true, "none": false} {
		in := textInput("Which pet does the harbour master keep?", text, 2000)
		in.Advice = Advice{By: "planner", Confidence: 0.9, Dependence: dependence, Question: "Who is the harbour master?"}
		f := &fake{model: func(c Call) Reply {
			body := material(c.User)
			if c.Stage == "look" {
				if strings.Contains(body, "Defne Arkın") && !strings.Contains(body, "parrot") {
					return Reply{Text: `{"questions":["Which pet does Defne Arkın keep?"]}`, Finish: "stop"}
				}
				return Reply{Text: "NONE", Finish: "stop"}
			}
			// The reader notes what speaks of the harbour master or, told so, of Defne.
			task, _, _ := strings.Cut(c.User, "<<<BEGIN")
			for _, line := range strings.Split(body, "\n") {
				if strings.Contains(line, "harbour master") || strings.Contains(task, "Defne Arkın") && strings.Contains(line, "Defne Arkın") {
					return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%q,"note":""}]}`, line), Finish: "stop"}
				}
			}
			return Reply{Text: `{"items":[]}`, Finish: "stop"}
		}}
		if err := run(t, "answer", in, f); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(f.answers[0].Insert, "QUOTE: "+second); got != want {
			t.Errorf("dependence %s: the second fact reached the final call: %v\n%s", dependence, got, f.answers[0].Insert)
		}
		if n := strings.Count(f.answers[0].Insert, first); n != 1 {
			t.Errorf("the first fact stands %d times in the final call", n)
		}
		covered(t, in, f)
		if most := len(in.Chunks) + 1 + len(in.Chunks)/lookShare; len(f.calls) > most {
			t.Errorf("%d calls, want at most %d", len(f.calls), most)
		}
		if got := f.stages()["look"] == 1; got != want {
			t.Errorf("dependence %s: look calls %d", dependence, f.stages()["look"])
		}
	}
}

func TestParseQuestions(t *testing.T) {
	for reply, want := range map[string][]string{
		`{"questions":["a?","b?","c?","d?"]}`: {"a?", "b?", "c?"},
		"1. Who is it?\n- Where?\nThanks.":    {"Who is it?", "Where?"},
		"NONE":                                nil,
		`{"questions":[]}`:                    nil,
		`{"questions":"x"}`:                   nil,
		"Nothing is missing here.":            nil,
	} {
		if d := cmp.Diff(want, parseQuestions(Reply{Text: reply, Finish: "stop"})); d != "" {
			t.Errorf("%q (-want +got):\n%s", reply, d)
		}
	}
}
