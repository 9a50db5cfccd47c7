package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file that the changes would leave malformed: the passages to blame are asked again, and no others, each once.
func TestEditAsksAgainForWhatDoesNotParse(t *testing.T) {
	file := program(60)
	want := strings.ReplaceAll(file, "oldName", "newName")
	for _, tt := range []struct {
		name      string
		bad       []int // chunks whose first edit breaks the file
		stubborn  bool  // the second one, too
		asked     int
		wantError string
	}{
		{name: "one", bad: []int{2}, asked: 1},
		{name: "the first", bad: []int{0}, asked: 1},
		{name: "three", bad: []int{0, 1, 3}, asked: 3},
		{name: "more than may be", bad: []int{0, 1, 2, 3}, asked: mostMended, wantError: "well-formed Go"},
		{name: "twice", bad: []int{1}, stubborn: true, asked: 1, wantError: "well-formed Go"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := textInput("Rename oldName to newName and return the whole file.", file, 900)
			if len(in.Chunks) < 5 {
				t.Fatalf("%d chunks are too few", len(in.Chunks))
			}
			asked := 0
			f := &fake{model: func(c Call) Reply {
				again := strings.Contains(c.User.String(), "would not be after the changes")
				if again {
					asked++
				}
				r := renamer(c)
				for _, i := range tt.bad {
					if c.Index == i && (tt.stubborn || !again) {
						r.Text = strings.Replace(r.Text, `(x int) int {`, `(x int int {`, 1)
					}
				}
				return r
			}}
			err := run(t, "edit", in, f)
			if asked != tt.asked {
				t.Errorf("asked again %d times, want %d", asked, tt.asked)
			}
			if tt.wantError != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantError) || f.out.Len() > 0 {
					t.Errorf("error %v, want %q; %d bytes written", err, tt.wantError, f.out.Len())
				}
				return
			}
			if d := cmp.Diff(want, f.out.String()); err != nil || d != "" {
				t.Errorf("%v (-want +got):\n%.600s", err, d)
			}
		})
	}
}

// Prose can be read as YAML in many forms. It is not held to that; what was written as YAML is.
func TestLooksYAML(t *testing.T) {
	for text, want := range map[string]bool{
		"a: 1\nb: two words\n":                                true,
		"---\nResources:\n  Bucket:\n    Type: S3\n":          true,
		"- name: build\n  run: make\n- name: test\n":          true,
		"on:\n  - push\njobs: {}\n":                           true,
		"- a point\n- another: with words\n  - and one below": false,
		"- a point\n- another\n":                              false,
		"- a point\n- note: with words\n":                     false,
		"psst: be quiet\n":                                    false,
		"- a point\n- Note: with words\n":                     false,
		"Alice: I say so\nBob: and I say no\nAlice: I do\n":   false,
		"note: a\nnote: b\n":                                  false,
		"Shopping list:\n- milk\n- eggs\n":                    false,
		"A line of prose.\n":                                  false,
		"a: 1\nc: 2\n---\nb: [\n":                             false, // not well-formed
		"a: 1\nc: 2\n---\nb: 2\n":                             true,
	} {
		if got := languageOf(text) == "yaml"; got != want {
			t.Errorf("%q: YAML %v, want %v", text, got, want)
		}
	}
}
