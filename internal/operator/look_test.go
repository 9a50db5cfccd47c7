package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two facts far apart: only who has read the first knows that the second matters. That it does is seen from the plan, or from a name that leads on.
func TestTwoHops(t *testing.T) {
	const first, second = "The harbour master of Sinop is Defne Arkın.", "Defne Arkın keeps a grey parrot."
	const nobody, plain = "The harbour master of Sinop is a woman from the east.", "The woman from the east keeps a grey parrot."
	const points, pointed = "The harbour master's pet is as described in annex nine.", "In annex nine: a grey parrot."
	for _, tt := range []struct {
		operator, dependence, by string
		first, second            string
		look                     bool
	}{
		{"answer", "order", "planner", first, second, true},
		{"answer", "order", "planner", nobody, plain, true},
		{"answer", "none", "planner", first, second, true},
		{"answer", "none", "planner", nobody, plain, false}, // nothing says that there is more
		{"answer", "none", "planner", points, pointed, true},
		{"answer", "", "rules", first, second, true},
		{"find", "none", "rules", first, second, true},
		{"find", "none", "rules", points, pointed, true},
		{"find", "none", "rules", nobody, plain, false},
	} {
		t.Run(fmt.Sprint(tt.operator, tt.by, tt.dependence, tt.first), func(t *testing.T) {
			in := textInput("Which pet does the harbour master keep?", haystack(600, map[int]string{120: tt.first, 480: tt.second}), 2000)
			in.Advice = Advice{By: tt.by, Confidence: 0.9, Dependence: tt.dependence, Question: "Who is the harbour master?"}
			f := &fake{model: func(c Call) Reply {
				body := material(c.User.String())
				if c.Stage == "look" {
					if strings.Contains(body, tt.first) && !strings.Contains(body, "parrot") {
						return Reply{Text: `{"questions":["Which pet does Defne Arkın, the woman from the east, keep, by annex nine?"]}`, Finish: "stop"}
					}
					return Reply{Text: "NONE", Finish: "stop"}
				}
				// The reader notes what speaks of the harbour master or, told more, of the pet.
				task, _, _ := strings.Cut(c.User.String(), "<<<BEGIN")
				for _, line := range strings.Split(body, "\n") {
					if strings.Contains(line, "harbour master") || strings.Contains(task, "by annex nine") && strings.Contains(line, "parrot") {
						return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%q,"note":""}]}`, line), Finish: "stop"}
					}
				}
				return Reply{Text: `{"items":[]}`, Finish: "stop"}
			}}
			if err := run(t, tt.operator, in, f); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(f.answers[0].Insert, "QUOTE: "+tt.second); got != tt.look {
				t.Errorf("the second fact reached the final call: %v\n%s", got, f.answers[0].Insert)
			}
			if n := strings.Count(f.answers[0].Insert, tt.first); n != 1 {
				t.Errorf("the first fact stands %d times in the final call", n)
			}
			if tt.operator == "answer" {
				covered(t, in, f)
			}
			if most := len(in.Chunks) + 1 + len(in.Chunks)/lookShare; len(f.calls) > most || len(f.read) != len(in.Chunks) {
				t.Errorf("%d calls, want at most %d; %d chunks read", len(f.calls), most, len(f.read))
			}
			if got := f.stages()["look"] == 1; got != tt.look {
				t.Errorf("%d look calls", f.stages()["look"])
			}
		})
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

// What a note may say of another place: what is looked for first must be in all of it.
func TestPointsElsewhere(t *testing.T) {
	for _, s := range []string{"as defined in clause 4", "is described above", "are listed below", "was specified elsewhere", "were set out under 3", "As Laid Down By the board", "is given in Annex B", "defined elsewhere",
		"see also Section 2", "See the table", "see § 4", "see below", "refers to the schedule", "refer to article 7", "according to chapter 3", "pursuant to the clause", "subject to the definition", "the aforementioned fee",
		"HEREINAFTER", "bkz. madde 4", "tanımlanan", "yukarıda anılan", "aşağıda belirtilen", "siehe oben", "voir annexe"} {
		if s = "It is 5 %, " + s + "."; !pointsElsewhere(s) {
			t.Errorf("%q points to no other place", s)
		}
	}
	for _, s := range []string{"The fee is 5 %.", "She was given a book and seen in the hall.", "It referred the matter.", "According to Ann it rained."} {
		if pointsElsewhere(s) {
			t.Errorf("%q points to another place", s)
		}
	}
}
