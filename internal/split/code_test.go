package split

import (
	"strings"
	"testing"
)

// The best places of settings, YAML, markup and source text are where something of the outermost kind begins, and they are under its name.
func TestCode(t *testing.T) {
	for _, tt := range []struct {
		name, one  string // which comes again and again
		path       string // of its last line
		open, shut string // what is around all of them
	}{
		{name: "sections", one: "[server]\nhost = 10.0.0.1\ntype = x\nuser = ann\n", path: "server"},
		{name: "sections below comments", one: "; the server\n; of Ann\n[server] ; here\nHost=a\nPort=b\n", path: "server"},
		{name: "sections with names in them", one: "[remote \"origin\"]\n\turl = a\n\tfetch = b\n", path: "remote \"origin\""},
		{name: "TOML", one: "[[server]]\nports = [\n  1,\n]\ntype = \"x\"\n", path: "server"},
		{name: "attributes", one: "[Serializable]\npublic class A {\n}\n\n", path: "public class A"},
		{name: "items", one: "- id: 1\n  note: |\n    It was late.\n\n    def f(x):\n  name: Ann\n", path: ""},
		{name: "items below a key", open: "items:\n", one: "  - Id: 1\n    Tags:\n      - a\n      - b\n    Note: >-\n      It was late.\n\n      He went home.\n", path: "items"},
		{name: "items of letters that are no ASCII", one: "- müşteri: Firma\n  adı: Ann\n  not: |\n    geç\n\n    oldu\n", path: ""},
		{name: "items that are texts", open: "notes:\n", one: "- |\n  It was late.\n\n  He went home.\n", path: "notes"},
		{name: "keys", one: "web:\n  image: a\n  ports:\n  - a: 1\n    b: 2\n  note: |\n    x\n\n    y\n", path: "web"},
		{name: "keys below a key", open: "services:\n", one: "  web:\n    image: a\n    env:\n      A: x\n", path: "services"},
		{name: "comments of methods", open: "class A {\n", one: "    /**\n     * It was late.\n     */\n    @Override\n    public int f() {\n        return y;\n    }\n\n", path: "class A > public int f()", shut: "}\n"},
		{name: "methods without gaps", open: "class A {\n", one: "    /** It was late. */\n    public int f() {\n        return y;\n    }\n", path: "class A > public int f()", shut: "}\n"},
		{name: "a page", open: "<html>\n<body>\n", one: "<hr><h2 class=\"a\"><a id=\"b\"></a>The <b>end</b></h2><p>x</p>\n<p>variable: a,\nfunction (b)</p>\n<p>It was late.</p>\n<p>He went<br>home.</p>\n", path: "The end", shut: "</body>\n</html>\n"},
		{name: "articles", open: "<main>\n<h1>Tales</h1>\n", one: "<article>\n  <header>\n    <h2>Salt</h2>\n  </header>\n  <p>x</p>\n</article>\n", path: "Tales > Salt", shut: "</main>\n"},
		{name: "markup", open: "<html>\n", one: "<div>\n  <h2>T</h2>\n  <ul>\n    <li>x</li>\n  </ul>\n</div>\n", path: "T", shut: "</html>\n"},
		{name: "markup deeper", open: "<r>\n  <all>\n", one: "    <rec id=\"1\">\n      <n>a</n>\n      <sub>\n        <v>1</v>\n      </sub>\n    </rec>\n", shut: "  </all>\n</r>\n"},
		{name: "flat markup", open: "<html>\n<body>\n", one: "<div>\n<p>It was late.</p>\n<ul>\n<li>x</li>\n</ul>\n</div>\n", shut: "</body>\n</html>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const n = 8
			text := tt.open + strings.Repeat(tt.one, n) + tt.shut
			l := Read(text, 0)
			if l.Kind != Code {
				t.Fatalf("it is %v; evidence %+v", l.Kind, sample(text))
			}
			borders, inside := 0, Cut{Rank: Grapheme} // the best of all cuts inside one
			var worst Cut
			for _, c := range l.Cuts {
				switch at := c.Offset - len(tt.open); {
				case at < len(tt.one) || at >= n*len(tt.one):
				case at%len(tt.one) != 0:
					if c.order() < inside.order() {
						inside = c
					}
				default:
					if borders++; c.order() > worst.order() {
						worst = c
					}
				}
			}
			if borders != n-1 || worst.order() >= inside.order() {
				t.Errorf("%d of %d borders, the worst a %v %d; a %v %d before %.20q", borders, n-1, worst.Rank, worst.Level, inside.Rank, inside.Level, text[inside.Offset:])
			}
			end := len(tt.open) + 2*len(tt.one) - 1
			if got := l.Paths([]int{end})[0]; got != tt.path {
				t.Errorf("it is under %q, want %q", got, tt.path)
			}
		})
	}
}

// A cut between a comment and what it is about is worse than any in the lines below them.
func TestCommentsStay(t *testing.T) {
	text := "class A {\n    int x;\n\n    /**\n     * It was late.\n     */\n    @Override\n    public int f() {\n        x = 1;\n        y = 2;\n    }\n}\n"
	levels := map[string]uint8{}
	for _, c := range Read(text, 0).Cuts {
		if c.Rank == Line {
			levels[strings.TrimSpace(text[c.Offset:c.Offset+strings.IndexByte(text[c.Offset:], '\n')])] = c.Level
		}
	}
	for _, line := range []string{"* It was late.", "*/", "@Override", "public int f() {"} {
		if levels[line] <= levels["y = 2;"] {
			t.Errorf("level %d before %q, %d before another", levels[line], line, levels["y = 2;"])
		}
	}
}

// An item of a list is a much better place than one of a list in it, else as many items are cut in two as are kept whole.
func TestNestedItems(t *testing.T) {
	text := "items:\n" + strings.Repeat("  - name: a\n    env:\n      - name: X\n        value: 1\n      - name: Y\n        of:\n          - name: Z\n            value: 2\n", 8)
	for _, c := range Read(text, 0).Cuts {
		width, _ := indentation(text[c.Offset:])
		if item := strings.HasPrefix(text[c.Offset+width:], "- "); item && (c.Rank != Block || int(c.Level) != min(width, 7)) {
			t.Errorf("a %v cut of level %d before an item %d wide", c.Rank, c.Level, width)
		}
	}
}
