package operator

import (
	"fmt"
	"strings"
	"testing"
)

// haystack is filler with needles at given lines.
func haystack(lines int, needles map[int]string) string {
	var b strings.Builder
	for i := range lines {
		if n, ok := needles[i]; ok {
			b.WriteString(n + "\n")
		}
		fmt.Fprintf(&b, "On day %d the harbour was calm and the ships lay still.\n", i)
	}
	return b.String()
}

// seeker is a perfect worker for one needle: it is sure of what holds it.
func seeker(needle string) func(Call) Reply {
	return func(c Call) Reply {
		for _, line := range strings.Split(material(c.User.String()), "\n") {
			if strings.Contains(line, needle) {
				return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%q,"note":"","sure":true}]}`, line), Finish: "stop"}
			}
		}
		return Reply{Text: "NONE", Finish: "stop"}
	}
}

func TestFindStopsWhereItIsSure(t *testing.T) {
	text := haystack(600, map[int]string{444: "The lighthouse keeper Osman Yıldız kept the vault code 7731."})
	for _, planner := range []bool{true, false} {
		in := textInput("What is the vault code that the lighthouse keeper kept?", text, 2000)
		if planner {
			in.Advice = Advice{By: "planner", Confidence: 0.9}
		}
		f := &fake{model: seeker("vault code")}
		if err := run(t, "find", in, f); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(f.answers[0].Insert, "QUOTE: The lighthouse keeper Osman Yıldız kept the vault code 7731.") {
			t.Errorf("the needle is not in the final call:\n%s", f.answers[0].Insert)
		}
		if planner && (len(f.read) != 1 || len(f.calls) != 1) {
			t.Errorf("%d calls, %d chunks read; want the chunk that speaks like the question first, and a stop", len(f.calls), len(f.read))
		}
		if !planner && len(f.read) != len(in.Chunks) {
			t.Errorf("rules stopped after %d of %d chunks", len(f.read), len(in.Chunks))
		}
	}
}

func TestFindFirstAndLast(t *testing.T) {
	text := haystack(600, map[int]string{50: "Storm Ada came.", 300: "Storm Bora came, storm of storms, a storm indeed.", 580: "Storm Ceyda came."})
	for question, want := range map[string]string{
		"Which storm came first?": "Storm Ada", "Which was the last storm?": "Storm Ceyda",
		"İlk gelen fırtına hangisi? Yani ilk storm": "Storm Ada", "En son gelen storm hangisi?": "Storm Ceyda",
	} {
		in := textInput(question, text, 2000)
		in.Advice = Advice{By: "planner", Confidence: 0.9}
		f := &fake{model: seeker("Storm")}
		if err := run(t, "find", in, f); err != nil {
			t.Fatal(err)
		}
		if got := f.answers[0].Insert; !strings.Contains(got, want) || strings.Contains(got, "Bora") {
			t.Errorf("%s: want %s alone:\n%s", question, want, got)
		}
	}
}

func TestFindNothing(t *testing.T) {
	in := textInput("Who is Zelda?", haystack(300, nil), 2000)
	in.Advice = Advice{By: "planner", Confidence: 0.9}
	f := &fake{model: seeker("Zelda")}
	if err := run(t, "find", in, f); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d of %d passages", len(in.Chunks), len(in.Chunks)); !strings.Contains(f.answers[0].Insert, want) {
		t.Errorf("the final call is not told of %s:\n%s", want, f.answers[0].Insert)
	}
	covered(t, &Input{Chunks: searchOrder(in)}, f)
}

// A reader that is sure of a quote that is not there stops nothing.
func TestFindIsNotStoppedByAnInvention(t *testing.T) {
	text := haystack(600, map[int]string{300: "The code is 7731."})
	in := textInput("What is the code?", text, 2000)
	in.Advice = Advice{By: "planner", Confidence: 0.9}
	f := &fake{model: func(c Call) Reply {
		if r := seeker("The code is")(c); r.Text != "NONE" {
			return r
		}
		return Reply{Text: `{"items":[{"quote":"The code is 0000.","note":"","sure":true}]}`, Finish: "stop"}
	}}
	in.Chunks = in.Chunks[5:]
	if err := run(t, "find", in, f); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.answers[0].Insert, "QUOTE: The code is 7731.") || strings.Contains(f.answers[0].Insert, "QUOTE: The code is 0000") {
		t.Errorf("final call:\n%s", f.answers[0].Insert)
	}
}

// A quote that is not there is asked for once more.
func TestFindAsksAgain(t *testing.T) {
	text := haystack(200, map[int]string{100: "The code is 7731, said the old keeper."})
	in := textInput("What is the code?", text, 2000)
	asked := 0
	f := &fake{model: func(c Call) Reply {
		if strings.Contains(material(c.User.String()), "7731") && !strings.Contains(c.User.String(), "An earlier reply was refused: ") {
			asked++
			return Reply{Text: `{"items":[{"quote":"The code is seven seven three one.","note":"the code","sure":true}]}`, Finish: "stop"}
		}
		return seeker("The code is")(c)
	}}
	if err := run(t, "find", in, f); err != nil {
		t.Fatal(err)
	}
	if got := f.answers[0].Insert; asked != 1 || !strings.Contains(got, "QUOTE: The code is 7731, said the old keeper.") || strings.Contains(got, "seven") || len(f.calls) != len(in.Chunks)+1 {
		t.Errorf("asked %d times for the code, %d calls for %d chunks:\n%s", asked, len(f.calls), len(in.Chunks), got)
	}
}

// The letters of a word stay together in every form of Unicode.
func TestTermsOfMarks(t *testing.T) {
	for text, want := range map[string]string{"Cafe\u0301s": "cafés", "किताब": "किताब"} {
		var got []string
		terms(text, func(w string) { got = append(got, w) })
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What answers for sure may no longer hold where another place speaks of changes: those are read before the search stops.
func TestFindReadsWhatChanges(t *testing.T) {
	for task, needles := range map[string][2]string{
		"When does the lease of the lighthouse end?": {"The lease of the lighthouse ends on 31 May 2024.", "By this amendment the lease runs on to 31 May 2026."},
		"Deniz fenerinin kirası ne zaman bitiyor?":   {"Deniz fenerinin kirası 31 Mayıs 2024'te bitiyor.", "Zeyilname: kira 31 Mayıs 2026'ya uzatılmıştır."},
		"灯塔的租约什么时候到期？":                               {"灯塔的租约到2024年5月31日到期。", "补充协议：租约延长到2026年5月31日。"},
	} {
		in := textInput(task, haystack(600, map[int]string{100: needles[0], 480: needles[1]}), 2000)
		in.Advice = Advice{By: "planner", Confidence: 0.9}
		f := &fake{model: func(c Call) Reply {
			for _, n := range needles {
				if strings.Contains(material(c.User.String()), n) {
					return Reply{Text: fmt.Sprintf(`{"items":[{"quote":%q,"note":"","sure":true}]}`, n), Finish: "stop"}
				}
			}
			return Reply{Text: "NONE", Finish: "stop"}
		}}
		if err := run(t, "find", in, f); err != nil {
			t.Fatal(err)
		}
		if got := f.answers[0].Insert; !strings.Contains(got, needles[1]) {
			t.Errorf("%s: what holds now is not in the final call:\n%s", task, got)
		}
		if len(f.read) == len(in.Chunks) {
			t.Errorf("%s: read to the end", task)
		}
	}
}

func TestSpeaksOfChange(t *testing.T) {
	for _, text := range []string{"AMENDMENT No. 2", "x\n(Amended)", "The term is hereby extended to May.", "it is no longer valid", "Ek protokol: süre", "Zeyilnamede", "Die Sitzung wird verschoben.", "Änderungsvereinbarung", "Avenant n° 1", "Дополнительное соглашение", "встреча перенесена", "根据补充协议，租约", "会議は5時に変更されました", "변경 계약서", "düzeltme", "DÜZELTME", "ПЕРЕНЕСЕНО", "ИСПРАВЛЕНО", "reportée au 5 mai"} {
		if !speaksOfChange("Before it stands a line.\n" + text + " and so on") {
			t.Errorf("%q is not seen", text)
		}
	}
	for _, text := range []string{"", "am", "amenities", "The ships lay still.", "a longer way", "he moved tomorrow", "mandamended", "改革", "an erratic reader", "addends"} {
		if speaksOfChange(text) {
			t.Errorf("%q is seen", text)
		}
	}
}
