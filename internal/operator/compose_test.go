package operator

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// author writes sections that say which they are, with the heading it was told to leave out.
func author(c Call) Reply {
	if c.Stage == "outline" {
		return Reply{Text: `{"sections":[{"title":"Start","brief":"s","words":100},{"title":"Middle","brief":"m","words":100},{"title":"End","brief":"e","words":100}]}`, Finish: "stop"}
	}
	return Reply{Text: fmt.Sprintf("## %d. %s\n\nText of section %d.\n", c.Index+1, []string{"Start", "Middle", "End"}[c.Index%3], c.Index+1), Finish: "stop"}
}

const threeSections = "## Start\n\nText of section 1.\n\n## Middle\n\nText of section 2.\n\n## End\n\nText of section 3."

func TestCompose(t *testing.T) {
	sections := []Section{{"Start", "s", 100}, {"Middle", "m", 100}, {"End", "e", 100}}
	for _, parallel := range []bool{true, false} {
		for _, advised := range [][]Section{nil, sections} {
			in := textInput("Create a REST API.", "", 1)
			in.Advice.Sections, in.Advice.Parallel, in.Limits.Answer = advised, parallel, 20000
			f := &fake{model: author}
			if err := run(t, "compose", in, f); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(threeSections, f.out.String()); d != "" || f.finish != "stop" {
				t.Errorf("parallel %v: finish %q (-want +got):\n%s", parallel, f.finish, d)
			}
			if s := f.stages(); s["section"] != 3 || (s["outline"] == 1) != (advised == nil) || len(f.answers) != 0 {
				t.Errorf("calls %v", s)
			}
			last := f.calls[len(f.calls)-1].User.String()
			if saw := strings.Contains(last, "Text of section 2."); saw == parallel {
				t.Errorf("parallel %v: the last section saw what stands before it: %v", parallel, saw)
			}
		}
	}
}

func TestComposeMends(t *testing.T) {
	for _, parallel := range []bool{true, false} {
		for name, bad := range map[string]Reply{
			"empty":  {Err: ErrEmpty},
			"blank":  {Text: "## Middle\n\n", Finish: "stop"},
			"same":   {Text: "Text of section 1.", Finish: "stop"},
			"intro":  {Text: "Sure! Here is section 2:\n\n## Middle\n\nText of section 2.", Finish: "stop"},
			"length": {Text: "Text of sec", Finish: "length"},
		} {
			in := textInput("Create a REST API.", "", 1)
			in.Advice.Parallel = parallel
			hit := false
			f := &fake{model: func(c Call) Reply {
				if strings.Contains(c.User.String(), "broke off in the middle") {
					return Reply{Text: "tion 2.", Finish: "stop"}
				}
				if c.Stage == "section" && c.Index == 1 && !hit {
					hit = true
					return bad
				}
				return author(c)
			}}
			if err := run(t, "compose", in, f); err != nil {
				t.Fatal(name, err)
			}
			if d := cmp.Diff(threeSections, f.out.String()); d != "" {
				t.Errorf("%s, parallel %v (-want +got):\n%s", name, parallel, d)
			}
		}
		// For good.
		for want, bad := range map[error]Reply{ErrRefused: {Err: ErrRefused}, ErrCut: {Text: "and on it goes, ever different", Finish: "length"}} {
			in := textInput("Create a REST API.", "", 1)
			in.Advice.Parallel = parallel
			f := &fake{model: func(c Call) Reply {
				if c.Stage == "section" && c.Index == 1 {
					return bad
				}
				return author(c)
			}}
			err := run(t, "compose", in, f)
			if !errors.Is(err, want) || !strings.Contains(err.Error(), "section 2 of 3") {
				t.Errorf("parallel %v: error %v, want %v", parallel, err, want)
			}
			if len(f.calls) > 12 {
				t.Errorf("%d calls", len(f.calls))
			}
		}
	}
}

func TestComposeWithoutAnOutlineContinues(t *testing.T) {
	for _, reply := range []Reply{{Text: "I would rather not.", Finish: "stop"}, {Text: `{"sections":[{"title":"A`, Finish: "length"}, {Err: ErrRefused}, {Text: `{"sections":[]}`}} {
		in := textInput("Create a REST API.", "", 1)
		f := &fake{model: func(Call) Reply { return reply }}
		if err := run(t, "compose", in, f); err != nil {
			t.Fatal(err)
		}
		if len(f.answers) != 1 || !f.answers[0].Whole || f.stages()["section"] != 0 {
			t.Errorf("outline %q: answers %+v, calls %v", reply.Text, f.answers, f.stages())
		}
	}
}

// Two sections that come out the same, asked twice, are meant so.
func TestComposeTakesEqualSections(t *testing.T) {
	for _, parallel := range []bool{true, false} {
		in := textInput("Create a REST API.", "", 1)
		in.Advice.Parallel = parallel
		f := &fake{model: func(c Call) Reply {
			if c.Stage == "section" {
				return Reply{Text: "To be written.", Finish: "stop"}
			}
			return author(c)
		}}
		if err := run(t, "compose", in, f); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(f.out.String(), "To be written."); n != 3 {
			t.Errorf("parallel %v, %d times:\n%s", parallel, n, f.out.String())
		}
	}
}

// The ceiling ends the text, also where every call is cut by its own limit.
func TestComposeCeiling(t *testing.T) {
	for i, finish := range []string{"stop", "stop", "length", "length"} {
		parallel := i%2 == 0
		in := textInput("Create a REST API.", "", 1)
		in.Limits.Answer, in.Advice.Parallel = 500, parallel
		var written atomic.Int32
		f := &fake{model: func(c Call) Reply {
			if c.Stage == "outline" {
				return author(c)
			}
			return Reply{Text: strings.Repeat(fmt.Sprintf("Piece %d has ğüş. ", written.Add(1)), 50), Finish: finish}
		}}
		if err := run(t, "compose", in, f); err != nil {
			t.Fatal(err)
		}
		if n := in.Tokens(f.out.String()); n > 500 || n < 495 || f.finish != "length" {
			t.Errorf("parallel %v, calls end with %s: %d tokens, finish %q; want 500 and length", parallel, finish, n, f.finish)
		}
		for _, c := range f.calls {
			if c.Stage == "section" && c.MaxTokens > 500 {
				t.Errorf("a section may have %d tokens where the whole may have 500", c.MaxTokens)
			}
		}
	}
}

func TestComposeOverMaterial(t *testing.T) {
	text, want := marks(300, 9)
	in := textInput("Write a report on the marks.", text, 2500)
	f := &fake{model: func(c Call) Reply {
		if c.Stage == "map" {
			return clerk(c)
		}
		return author(c)
	}}
	if err := run(t, "compose", in, f); err != nil {
		t.Fatal(err)
	}
	covered(t, in, f)
	for _, c := range f.calls {
		if c.Stage == "section" {
			allIn(t, c.User.String(), want)
		}
	}
}

func TestParseOutline(t *testing.T) {
	for reply, want := range map[string][]Section{
		`{"sections":[{"title":"A","brief":"b","words":300},{"title":"A","brief":"again","words":1}]}`: {{"A", "b", 300}},
		"```json\n[{\"title\":\"A\",\"words\":\"200\"}, \"B: rest\"]\n```":                             {{"A", "", 200}, {"B", "rest", 0}},
		"Here is it:\n1. **Start** - how it begins (300 words)\n2. End — how it ends, 200 words":       {{"Start", "how it begins", 300}, {"End", "how it ends", 200}},
		"# Başlangıç\n- nested? no: brief\n":                                                           {{"Başlangıç", "", 0}, {"nested? no", "brief", 0}},
		"1. Only one":                                                                                  nil,
		"Just prose about - well - things":                                                             nil,
		`{"sections":[{"title":"A","brief":"b","wor`:                                                   nil,
		`{"sections":{"title":1e400}}`:                                                                 nil,
	} {
		if d := cmp.Diff(want, parseOutline(reply)); d != "" {
			t.Errorf("parseOutline(%q) (-want +got):\n%s", reply, d)
		}
	}
}

func TestJobs(t *testing.T) {
	l := Limits{Section: 300, MaxSection: 600, Answer: 3000}
	js := jobs([]Section{{"A", "a", 1000}, {"B", "", 0}, {"C", "c", 2000}}, 0, l)
	total, firsts := 0, 0
	for _, j := range js {
		if tokensOf(j.Words) > l.MaxSection {
			t.Errorf("%q is asked to have %d words where a call may write %d tokens", j.Title, j.Words, l.MaxSection)
		}
		total += tokensOf(j.Words)
		if j.part == 0 {
			firsts++
		}
	}
	for wanted, want := range map[int]int{0: 1000, 950: 1000, 10000: 10000, 300: 300} {
		total := 0
		for _, j := range jobs([]Section{{"A", "a", 400}, {"B", "b", 600}}, wanted, Limits{Section: 300, MaxSection: 4000}) {
			total += j.Words
		}
		if total < want*99/100 || total > want {
			t.Errorf("%d words are wanted, %d will be written", wanted, total)
		}
	}
	if total > l.Answer || firsts != 3 || len(js) < 4 {
		t.Errorf("%d calls, %d headings, %d tokens under a ceiling of %d", len(js), firsts, total, l.Answer)
	}
}

// The parts of one long section follow each other, also where sections are written at once: each sees the end of the one before, a cut one gone on with.
func TestComposePartsSeeEachOther(t *testing.T) {
	in := textInput("Write a handbook.", "", 1)
	in.Advice.Parallel = true
	in.Advice.Sections = []Section{{"Birds", "", 900}, {"Fish", "", 100}, {"Trees", "", 900}}
	in.Limits.Section, in.Limits.MaxSection = 300, 600
	part := regexp.MustCompile(`Part (\d) of`)
	f := &fake{model: func(c Call) Reply {
		prompt := c.User.String()
		about := prompt[strings.Index(prompt, "Your section is number"):]
		if strings.Contains(prompt, "broke off in the middle") {
			return Reply{Text: "and so on.", Finish: "stop"}
		}
		if m := part.FindStringSubmatch(about); m != nil {
			title := "Birds"
			if strings.Contains(about, "Trees") {
				title = "Trees"
			}
			if m[1] != "1" && !strings.Contains(prompt, title+" "+string(m[1][0]-1)) {
				t.Errorf("part %s of %s does not see the part before", m[1], title)
			}
			return Reply{Text: title + " " + m[1] + ".", Finish: "stop"}
		}
		return Reply{Text: "They swim.", Finish: "stop"}
	}}
	if err := run(t, "compose", in, f); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("## Birds\n\nBirds 1.\n\nBirds 2.\n\nBirds 3.\n\n## Fish\n\nThey swim.\n\n## Trees\n\nTrees 1.\n\nTrees 2.\n\nTrees 3.", f.out.String()); d != "" {
		t.Error(d)
	}
}
