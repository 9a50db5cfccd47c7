package split

import (
	"slices"
	"strings"
	"testing"
)

// Headings are cut before and lead the breadcrumb, whatever markup they are of.
func TestHeadings(t *testing.T) {
	words := "It was late, and he went home.\nShe stayed, and he did not.\n"
	for _, tt := range []struct{ name, text, want string }{
		{"LaTeX", "\\chapter{Salt}\n\\label{salt}\n" + words + "\n\\subsection*{In {\\em tin}}\n" + words + "\nhere\n", "Salt > In {\\em tin}"},
		{"LaTeX with a short title", "\\section[Salt]{Salt and tin}\n\n" + words + "here\n", "Salt and tin"},
		{"a wiki", words + "\n== Salt ==\n" + words + "\n===In tin===\nhere\n", "Salt > In tin"},
		{"AsciiDoc", "= Salt\n\n" + words + "\n== In tin\n\nhere\n", "Salt > In tin"},
		{"a manual page", ".TH SALT 1\n.SH \"THE NAME\"\nsalt\n.PP\nhere\n", "SALT 1 > THE NAME"},
		{"tests of Go", "=== RUN   TestSalt\n    a_test.go:1: here\n--- PASS: TestSalt (0.00s)\n", "RUN   TestSalt"},
		{"articles", words + "\nMadde 4 – " + words + "(2) here\n", "Madde 4"},
		{"articles without gaps", words + "Article 12a. " + words + "here\n", "Article 12a"},
		{"articles of German laws", words + "\n§ 5 Salz\n" + words + "here\n", "§ 5"},
		{"clauses", words + "3. SALT\n3.1 It was late, and he went home.\n3.1.1 The tin is here.\n", "3. SALT > 3.1 It was late, and he went home."},
		{"clauses with gaps", "3. SALT\n\n   3.1 Salt is salt.\n\n3.2 The tin is here.\n", "3. SALT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := strings.LastIndex(tt.text[:strings.Index(tt.text, "here")], "\n") + 1
			l := Read(tt.text, 0)
			if got := strings.Join(strings.Fields(l.Paths([]int{at})[0]), " "); got != strings.Join(strings.Fields(tt.want), " ") {
				t.Errorf("%q leads there, want %q", got, tt.want)
			}
			if strings.HasPrefix(tt.text, words) && !slices.ContainsFunc(l.Cuts, func(c Cut) bool { return c.Rank == Heading }) {
				t.Error("no cut before it")
			}
		})
	}
}

// What is no heading.
func TestNoHeading(t *testing.T) {
	for name, text := range map[string]string{
		"a row over a rule":       "Ann   12.50\nBob    8.00\n-----------\nSum   20.50\n",
		"a sentence with a sign":  "It is late if x\n== 1 and he went home.\n\n== 1 is late, too.\n",
		"a sentence on a commit":  "It was broken by\ncommit 0123456789abcdef0123456789abcdef01234567. Then he went home.\nShe stayed.\n",
		"a sentence on a section": "It was late, as\nsection 3 of the law says.\n\nsection 3 says so, too.\n",
		"a list":                  "1. Salt\n2. Tin\n3. It was late.\n",
		"numbers":                 "1. 1.1 2.2\n1.1 1.2 2.3\n1.12 2.2\n",
	} {
		for _, c := range Read("Words.\n\n"+text, 0).Cuts {
			if c.Rank <= Heading {
				t.Errorf("%s: a %v cut at %.30q", name, c.Rank, ("Words.\n\n" + text)[c.Offset:])
			}
		}
	}
}

// Of the lines of a paragraph or a list some are better begun with than others.
func TestBetterLines(t *testing.T) {
	for name, text := range map[string]string{ // ‖ is a better place than any other
		"items of a list":            "• Ann was\nwell\n   – with salt\n‖• Bob was\nwell\n",
		"clauses":                    "(a) Ann was\nwell, and\n    (i) with salt;\n‖(b) Bob was\nwell;\n",
		"times over what is said":    "0:05\nwe were late.\nwe went.\n‖0:07\nwe stayed.\n",
		"names over what is said":    "Ann — 03/01/2026 9:05 AM\nwe were late.\n‖Bob — 03/01/2026 9:07 AM\nwe stayed.\n",
		"sequences":                  ">A salt\nwwwwwwww\nwwwwwwww\n‖>B salt\nwwwwwwww\n",
		"wide gaps":                  "Ann was\n\nwell\n\n\n‖Bob was\n\nwell\n",
		"paragraphs of manual pages": "Ann was\nwell.\nwith salt\n‖.PP\nBob\n",
		"what a colon introduces":    "Ann was:\n\n- well\n\n‖Bob was\n",
		"hanging lines":              "ENTRY  Ann was\n       well, and\n       then late\n‖NAME   Bob was\n       late\n",
		"items behind a colon":       "Ann was:\n- well\n‖- late\n",
	} {
		onlyBest(t, name, "Words.\n\n", text)
	}
}

// Of the lines of source text, too.
func TestBetterLinesOfCode(t *testing.T) {
	for name, text := range map[string]string{
		"members, two spaces wide": "class A {\n  int a() {\n    late();\n\n    stay();\n    if (b) {\n      go();\n    }\n  }\n\n‖  int b() {\n    late();\n\n    // So it is.\n    stay();\n  }\n}\n",
		"members of Python":        "class A:\n  def a(self):\n    self.late()\n\n    self.stay()\n\n‖  @property\n  def b(self):\n    self.late()\n\n    self.stay()\n",
		"documentation in Perl":    "use salt;\n\nsub late {\n    my $x = 1;\n}\n\n‖=head2 Ann\n\nShe was late. He went home.\n",
	} {
		onlyBest(t, name, "", text)
	}
}

// onlyBest asserts that ‖ is the best place of a text behind others.
func onlyBest(t *testing.T, name, lead, text string) {
	t.Helper()
	before, after, _ := strings.Cut(lead+text, "‖")
	var best []Cut
	for _, c := range Read(before+after, 0).Cuts {
		if c.Offset > len(lead) && (len(best) == 0 || c.order() <= best[0].order()) {
			if len(best) > 0 && c.order() < best[0].order() {
				best = nil
			}
			best = append(best, c)
		}
	}
	if len(best) != 1 || best[0].Offset != len(before) {
		t.Errorf("%s: the best of %d is a %v cut of level %d before %.20q", name, len(best), best[0].Rank, best[0].Level, (before + after)[best[0].Offset:])
	}
}
