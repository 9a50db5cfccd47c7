package operator

import (
	"strings"
	"testing"
)

func TestSummarize(t *testing.T) {
	text, want := marks(600, 21)
	in := textInput("Summarise this.", text, 2000)
	f := &fake{model: func(c Call) Reply {
		if c.Schema != "" {
			t.Error("a summary was asked for as JSON")
		}
		if c.Index == 2 {
			return Reply{Text: "NONE", Finish: "stop"}
		}
		return Reply{Text: "Weather; " + strings.Join(markLine.FindAllString(material(c.User.String()), -1), "; "), Finish: "stop"}
	}}
	if err := run(t, "summarize", in, f); err != nil {
		t.Fatal(err)
	}
	insert := f.answers[0].Insert
	var kept []string
	for _, w := range want {
		if !strings.Contains(in.Core(in.Chunks[2]), w) {
			kept = append(kept, w)
		}
	}
	allIn(t, insert, kept)
	if strings.Contains(insert, "NONE") {
		t.Error("an empty summary was shown")
	}
	covered(t, in, f)
}

func TestSummarizeMergesByNeighbours(t *testing.T) {
	text, _ := marks(2000, 20)
	in := textInput("Summarise this.", text, 4000)
	in.Limits.Notes = 600
	f := &fake{model: func(c Call) Reply {
		if c.Stage == "merge" {
			first, rest, _ := strings.Cut(material(c.User.String()), "starts at ")
			_ = first
			return Reply{Text: "merged, starts at " + rest[:strings.IndexByte(rest, '.')] + ".", Finish: "stop"}
		}
		line, _, _ := strings.Cut(material(c.User.String()), "\n")
		return Reply{Text: "This starts at " + line + " " + strings.Repeat("It goes on about the weather. ", 12), Finish: "stop"}
	}}
	if err := run(t, "summarize", in, f); err != nil {
		t.Fatal(err)
	}
	insert := f.answers[0].Insert
	if n := in.Tokens(material(insert)); n > 600 {
		t.Errorf("%d tokens in the final call", n)
	}
	if !strings.Contains(insert, "starts at Line 0 ") {
		t.Errorf("the first summary is not first:\n%s", insert)
	}
	if f.stages()["merge"] == 0 {
		t.Error("no merge call was made")
	}
}
