package operator

import (
	"fmt"
	"strings"
	"testing"
)

func TestCondense(t *testing.T) {
	first, want := marks(300, 9)
	dull := haystack(100, nil)
	text := first + dull
	in := textInput("Which marks are there? Call the tool with them.", text, 2500)
	// Two texts: the marks are a tool's result in message 2, the dull one in message 5.
	var chunks []Chunk
	for _, c := range in.Chunks {
		c.Message = 2
		if c.Start >= len(first) {
			c.Message = 5
		} else if c.End > len(first) {
			rest := c
			c.End, rest.Start, rest.Message = len(first), len(first), 5
			chunks = append(chunks, c)
			c = rest
		}
		chunks = append(chunks, c)
	}
	for i := range chunks {
		chunks[i].Index = i
	}
	in.Chunks = chunks
	f := &fake{model: clerk}
	if err := run(t, "condense", in, f); err != nil {
		t.Fatal(err)
	}
	covered(t, in, f)
	if len(f.answers) != 1 || len(f.answers[0].Texts) != 2 || f.answers[0].Insert != "" || f.answers[0].Whole {
		t.Fatalf("final calls: %+v", f.answers)
	}
	allIn(t, f.answers[0].Texts[At{2, 0}], want)
	if got := f.answers[0].Texts[At{5, 0}]; strings.Contains(got, "MARK") || !strings.Contains(got, "Nothing in it matters") {
		t.Errorf("the dull text became\n%s", got)
	}

	f = &fake{model: func(c Call) Reply {
		if c.Stage == "merge" {
			return Reply{Text: `{"items":[{"quote":"MARK-01","note":"nine of them"}]}`, Finish: "stop"}
		}
		return clerk(c)
	}}
	in.Limits.Notes = 40
	if err := run(t, "condense", in, f); err != nil {
		t.Fatal(err)
	}
	if n := in.Tokens(material(f.answers[0].Texts[At{2, 0}])); n > leastShare {
		t.Errorf("%d tokens of extracts, want at most %d", n, leastShare)
	}

	// Texts share the room by their lengths.
	many, _ := marks(300, 60)
	in = textInput("Which marks are there? Call the tool with them.", many+many, len(many))
	for i := range in.Chunks {
		in.Chunks[i].Message = i
	}
	in.Limits.Notes = 400
	f = &fake{model: func(c Call) Reply {
		if c.Stage != "merge" {
			return clerk(c)
		}
		var quotes []string
		for _, line := range strings.Split(material(c.User.String()), "\n") {
			if q, ok := strings.CutPrefix(line, "QUOTE: "); ok {
				quotes = append(quotes, fmt.Sprintf(`{"quote":%q,"note":""}`, q))
			}
		}
		return Reply{Text: `{"items":[` + strings.Join(quotes[:(len(quotes)+1)/2], ",") + `]}`, Finish: "stop"}
	}}
	if err := run(t, "condense", in, f); err != nil || len(f.answers[0].Texts) < 2 {
		t.Fatal(err, f.answers)
	}
	all := 0
	for _, text := range f.answers[0].Texts {
		all += in.Tokens(material(text))
	}
	if all == 0 || all > in.Limits.Notes {
		t.Errorf("%d tokens of extracts of %d texts, want at most %d", all, len(f.answers[0].Texts), in.Limits.Notes)
	}

	in.Chunks[0].Message = -1
	if err := run(t, "condense", in, &fake{model: clerk}); err == nil {
		t.Error("a group of texts was condensed as one")
	}
}
