package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// markdown is a text of many kinds of structure.
func markdown(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "# Heading %d\n\nA paragraph about thing %d, with {placeholder} and https://example.org/%d?a=b.\nIts second line.\n\n- item\n  - nested\n\n\n```go\nfunc f%d() { return }\n```\n\n", i, i, i, i)
	}
	return b.String()
}

// shout is a perfect rewriter: everything in upper case but links and code, so that the result is known.
func shout(text string) string {
	return strings.NewReplacer("paragraph", "PARAGRAPH", "line", "LINE", "item", "ITEM", "Heading", "HEADING").Replace(text)
}

func shouter(c Call) Reply { return Reply{Text: shout(material(c.User.String())), Finish: "stop"} }

func TestTransform(t *testing.T) {
	text := "\n" + markdown(40)
	for _, task := range []string{"Rewrite the text with loud nouns.", ""} {
		for _, size := range []int{600, 777, 1500, 1 << 20} {
			in := textInput(task, text, size)
			f := &fake{model: shouter}
			if err := run(t, "transform", in, f); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(shout(text), f.out.String()); d != "" || f.finish != "stop" || len(f.answers) != 0 {
				t.Errorf("chunks of %d (-want +got):\n%.800s", size, d)
			}
			covered(t, in, f)
		}
	}
}

// Where rules left the task in the material, it is not rewritten with it.
func TestTransformLeavesTheTaskOut(t *testing.T) {
	text := markdown(10)
	first, rider := "Translate the text below into loud English.", "Return only the translation."
	in := textInput(first+"\n\n"+rider, first+"\n\n"+rider+"\n\n"+text, 900)
	f := &fake{model: shouter}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(shout(text), f.out.String()); strings.TrimSpace(f.out.String()) != strings.TrimSpace(shout(text)) {
		t.Errorf("(-want +got):\n%.800s", d)
	}
	bytes := 0
	for _, c := range f.read {
		bytes += c.End - c.Start
	}
	if last := in.Chunks[len(in.Chunks)-1]; bytes != last.End {
		t.Errorf("%d bytes booked as read, want %d", bytes, last.End)
	}
	// A heading that the rules took for a task stays in the text.
	in = textInput("Chapter One\n\n"+first, "Chapter One\n\n"+text, 900)
	f = &fake{model: shouter}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(f.out.String(), "Chapter One\n\n# HEADING") {
		t.Errorf("the text's first lines are lost:\n%.200s", f.out.String())
	}
}

func TestTransformMends(t *testing.T) {
	text := markdown(40)
	for name, bad := range map[string]Reply{
		"short":    {Text: "A summary.", Finish: "stop"},
		"long":     {Text: strings.Repeat(text, 3), Finish: "stop"},
		"cut":      {Text: "# HEAD", Finish: "length"},
		"refused":  {Err: ErrRefused},
		"no links": {Text: strings.ReplaceAll(markdown(5), "https://", ""), Finish: "stop"},
		"none":     {Text: "NONE", Finish: "stop"},
	} {
		for times := 1; times <= 2; times++ {
			in := textInput("Rewrite it loudly.", text, 1500)
			left := times
			f := &fake{model: func(c Call) Reply {
				if c.Index == 3 && left > 0 {
					left--
					return bad
				}
				return shouter(c)
			}}
			if err := run(t, "transform", in, f); err != nil {
				t.Fatalf("%s ×%d: %v", name, times, err)
			}
			if name == "no links" && times == 2 {
				continue // asked twice, the reader insists
			}
			if d := cmp.Diff(shout(text), f.out.String()); d != "" {
				t.Errorf("%s ×%d (-want +got):\n%.800s", name, times, d)
			}
		}
	}
	in := textInput("Rewrite it loudly.", text, 1500)
	f := &fake{model: func(c Call) Reply {
		if c.Index == 3 {
			return Reply{Text: "A summary.", Finish: "stop"}
		}
		return shouter(c)
	}}
	if err := run(t, "transform", in, f); err == nil || !strings.Contains(err.Error(), "chunk 3 ") {
		t.Errorf("error %v, want one that names chunk 3", err)
	}
}

// Lines of a text of short lines are counted, those of wrapped prose are not.
func TestImplausibleLines(t *testing.T) {
	var verses, prose []string
	for i := range 20 {
		verses = append(verses, fmt.Sprintf("verse %c of the song", 'a'+i))
		prose = append(prose, fmt.Sprintf("This is line %c of a long paragraph that was wrapped at about eighty columns by", 'a'+i))
	}
	for _, c := range []struct {
		core, text string
		ok         bool
	}{
		{strings.Join(verses, "\n"), strings.Join(verses, "\n\n"), true},
		{strings.Join(verses, "\n"), strings.Join(verses[:15], "\n"), false},
		{strings.Join(verses, "\n"), strings.Join(verses, " "), false},
		{strings.Join(verses, "\r\n"), strings.Join(append(verses, verses[:8]...), "\n"), false},
		{strings.Join(prose, "\n"), strings.Join(prose, " "), true},
	} {
		if err := implausible(c.core, c.text, false, false); (err == nil) != c.ok {
			t.Errorf("%.60q after %.60q: %v", c.text, c.core, err)
		}
	}
}

// A date or a time of day may be written as another language does; other numbers stay as they are.
func TestNumbersOfAnotherLanguage(t *testing.T) {
	for _, c := range []struct {
		core, text string
		ok         bool
	}{
		{"Am 05.03.2024 in Berlin.", "On March 5, 2024 in Berlin.", true},
		{"Am 05.03.24 um 15.30 Uhr.", "On March 5, 2024 at 3:30 pm.", true},
		{"On March 5, 2024 at 9:05.", "Am 05.03.2024 um 09.05 Uhr.", true},
		{"2024.03.05", "5 Mart 2024", true},
		{"05.03.2024", "2024年3月5日", true},
		{"Um 09.05 Uhr", "At 9:05", true},
		{"Preis: 1.234,56", "Price: 1,234.56", true},
		{"Am 05.03.2024 in Berlin.", "On March 5, 2023 in Berlin.", false},
		{"Am 05.03.2024 in Berlin.", "In March 2024 in Berlin.", false},
		{"Preis: 15.30", "Price: 15.40", false},
		{"Version 1.12.2033", "Version 2.0", false},
	} {
		if err := unlike(c.core, c.text); (err == nil) != c.ok {
			t.Errorf("%q for %q: %v", c.text, c.core, err)
		}
	}
}

func TestTransformWrappings(t *testing.T) {
	const core = "\n\nSome text.\nAnd more.  \n\n"
	const want = "\n\nNew text.\nAnd more.  \n\n"
	for _, reply := range []string{
		"New text.\nAnd more.", "\nNew text.\nAnd more.\n\n\n", "```\nNew text.\nAnd more.\n```", "```markdown\nNew text.\nAnd more.\n```\n",
		"<<<BEGIN 0123456789abcdef\nNew text.\nAnd more.\nEND 0123456789abcdef>>>", "New text.\nAnd more.\nEND 0123456789abcdef>>>\n",
	} {
		if got := rewritten(core, reply); got != want {
			t.Errorf("rewritten(%q) = %q, want %q", reply, got, want)
		}
	}
	for _, reply := range []string{"Here is the translation:\n\nNew text.\nAnd more.", "Sure! Here's the rewritten passage:\n```\nNew text.\nAnd more.\n```", "**Çeviri:**\nNew text.\nAnd more.", "İşte metnin çevirisi:\n\nNew text.\nAnd more.\n",
		"Here you go:\nNew text.\nAnd more.", "Certainly. Here is the anonymised version of your document:\nNew text.\nAnd more.", "Translated text:\nNew text.\nAnd more.", "Вот перевод:\n\nNew text.\nAnd more.", "以下は翻訳です：\nNew text.\nAnd more.", "다음은 번역입니다:\nNew text.\nAnd more.", "إليك الترجمة:\nNew text.\nAnd more.", "यहाँ अनुवाद है:\nNew text.\nAnd more.", "Hier is de vertaling:\nNew text.\nAnd more.", "Oto tłumaczenie:\nNew text.\nAnd more.", "Segue a tradução:\nNew text.\nAnd more.", "Hier ist die Übersetzung:\nNew text.\nAnd more.", "Aquí está el texto:\nNew text.\nAnd more."} {
		if got := rewritten(core, reply); got != want {
			t.Errorf("rewritten(%q) = %q, want %q", reply, got, want)
		}
	}
	for core, reply := range map[string]string{
		"This is the list:\none\n":                           "Here is the list:\nun\n",                      // the passage's own announcement
		"a\n```\nb\n```\nc":                                  "A\n```\nb\n```\nC",                            // and its own fence
		"Run it:\nfoo\nDone.":                                "Run it:\n```\nfoo\n```\nDone.",                // a fence within is part of the text
		"Aquí están los resultados de la encuesta:\n\nuno\n": "Here are the results of the survey:\n\none\n", // a translation of it
		"**這是文本：**\n\n一\n":                                   "**Here is the text:**\n\none\n",
		"Results of the survey\n\nuno\n":                     "Here are the results of the survey:\n\none\n", // more than the announcement of a text
		"Das ist alles.\nuno\n":                              "This is what we saw:\none\n",
		"Sure, he said, as follows:\nnothing\nelse\n":        "Certainly, she wrote:\nnothing\nelse\n", // the passage itself talks so
	} {
		if got := rewritten(core, reply); got != reply {
			t.Errorf("rewritten(%q, %q) = %q", core, reply, got)
		}
	}
	const letter = "Lieber Karl,\n\ndie Ware ist da.\n"
	for reply, want := range map[string]string{
		"Dear Karl,\n\nthe goods are here.\n\nLet me know if you need anything else!":               "Dear Karl,\n\nthe goods are here.\n",
		"Dear Karl,\n\nthe goods are here.\n\n*Note: The translation keeps the names as they are.*": "Dear Karl,\n\nthe goods are here.\n",
		"Dear Karl,\n\nthe goods are here.\n\n---\n\n*Note: the translation keeps the name.*":       "Dear Karl,\n\nthe goods are here.\n",
		"Dear Karl,\n\nLet me know if the goods are there.":                                         "Dear Karl,\n\nLet me know if the goods are there.\n", // as many as the passage has
		"Dear Karl,\n\nthe goods\n\nare here.":                                                      "Dear Karl,\n\nthe goods\n\nare here.\n",
		"Dear Karl,\n\nthe goods are here.\n\nNote: they are wet.":                                  "Dear Karl,\n\nthe goods are here.\n\nNote: they are wet.\n",
	} {
		if got := rewritten(letter, reply); got != want {
			t.Errorf("rewritten(%q) = %q, want %q", reply, got, want)
		}
	}
	for reply, want := range map[string]string{
		"Here is the translation:\n\nAnna:\nHallo.": "Anna:\nHallo.\n", // one line of that kind more than in the passage
		"Hier ist die Übersetzung:\nHallo.":         "Hier ist die Übersetzung:\nHallo.\n",
	} {
		if got := rewritten("Ann:\nHello.\n", reply); got != want {
			t.Errorf("rewritten(%q) = %q, want %q", reply, got, want)
		}
	}
	if got := rewritten("```go\nx\n```\ntext", "```markdown\n```go\ny\n```\ntext\n```"); got != "```go\ny\n```\ntext" {
		t.Errorf("an outer fence stays around the text's own: %q", got)
	}
	for core, want := range map[string]string{
		"\ufeffone\r\n\r\ntwo\r\n": "\ufeffun\r\n\r\ndeux\r\n",
		"one\n\ntwo":               "un\n\ndeux",
		"one\r\n\ntwo\n":           "un\n\r\ndeux\n", // no one kind of line ends to follow
	} {
		reply := "\ufeffun\n\r\ndeux\n"
		if got := rewritten(core, reply); got != want {
			t.Errorf("rewritten(%q, %q) = %q, want %q", core, reply, got, want)
		}
	}
	const code = "```go\nx\n```\n"
	if got := rewritten(code, "```go\ny\n```"); got != "```go\ny\n```\n" {
		t.Errorf("a block of the text's own lost its fence: %q", got)
	}
}

// The indent of a chunk's first line is put back where a model took it off, and only there.
func TestRewrittenIndent(t *testing.T) {
	for _, c := range []struct{ core, reply, want string }{
		{"    title: a\n    body: b\n  page2:\n", "title: A\n    body: B\n  page2:", "    title: A\n    body: B\n  page2:\n"},
		{"\n\tone\n\n\t\ttwo\n", "one\n\n\t\tTWO", "\n\tone\n\n\t\tTWO\n"},
		{"  return 1\n\ndef g():\n", "return 2\n\ndef g():", "  return 2\n\ndef g():\n"},
		{"    return 1\n", "return 2", "    return 2\n"},
		{" And so it went on.", "Und so ging es weiter.", " Und so ging es weiter."},
		{"\r\n  a: 1\r\n  b: 2\r\n", "a: 3\n  b: 4", "\r\n  a: 3\r\n  b: 4\r\n"},
		{"  a\n  b\n", "```\n  c\n  d\n```", "  c\n  d\n"},
		{"  a\n  b\n", "```\nc\n  d\n```", "  c\n  d\n"},
		{"    a\n    b\n", "a\nb", "a\nb\n"},                                                 // dedented
		{"    a\n      b\n", "a\n  b", "a\n  b\n"},                                           // all of it
		{"  a: 1\n  b: 2\n", "{\n \"a\": 1,\n \"b\": 2\n}", "{\n \"a\": 1,\n \"b\": 2\n}\n"}, // JSON
		{"  a: 1\n  b: 2\n", "A is 1 and b is 2.", "A is 1 and b is 2.\n"},
		{"  a\n  b\n", "\ta\n  b", "\ta\n  b\n"},
		{"a\n  b\n", "a\n  b", "a\n  b\n"},
		{"", "a", "a"},
	} {
		if got := rewritten(c.core, c.reply); got != c.want {
			t.Errorf("rewritten(%q, %q) = %q, want %q", c.core, c.reply, got, c.want)
		}
	}
	// Through all chunks of a file, with a model that trims.
	var b strings.Builder
	b.WriteString("site:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  page%d:\n    title: \"The paragraph %d is lit\"\n    body: \"The item %d slept well\"\n", i, i, i)
	}
	in := textInput("Rewrite the values loudly.", b.String(), 700)
	f := &fake{model: func(c Call) Reply {
		return Reply{Text: strings.TrimSpace(shout(material(c.User.String()))), Finish: "stop"}
	}}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(shout(b.String()), f.out.String()); d != "" {
		t.Errorf("(-want +got):\n%.800s", d)
	}
}

func TestTransformRedacts(t *testing.T) {
	text := strings.Repeat("Secret line.\n", 100) + "\nPublic line.\n"
	in := textInput("Remove every line that says Secret; write a point where nothing is left.", text, 1000)
	f := &fake{model: func(c Call) Reply {
		out := strings.TrimSpace(strings.ReplaceAll(material(c.User.String()), "Secret line.\n", ""))
		if out == "" {
			out = "."
		}
		return Reply{Text: out, Finish: "stop"}
	}}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if got := f.out.String(); strings.Contains(got, "Secret") || !strings.Contains(got, "Public line.") {
		t.Errorf("secrets left, or too much gone: %q", got)
	}
}

func TestTransformCeiling(t *testing.T) {
	in := textInput("Rewrite it loudly.", markdown(40), 1500)
	in.Limits.Answer = 700
	f := &fake{model: shouter}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if n := in.Tokens(f.out.String()); n > 700 || n < 690 || f.finish != "length" {
		t.Errorf("%d tokens, finish %q", n, f.finish)
	}
}

func TestTransformKeepsBlankChunks(t *testing.T) {
	text := "One thing.\n" + strings.Repeat("\n", 700) + "Another thing.\n"
	in := textInput("Rewrite it.", text, 300)
	f := &fake{model: shouter}
	if err := run(t, "transform", in, f); err != nil {
		t.Fatal(err)
	}
	if f.out.String() != shout(text) || len(f.calls) != 2 || len(f.read) != len(in.Chunks) {
		t.Errorf("%d calls, %d of %d chunks read, %q", len(f.calls), len(f.read), len(in.Chunks), f.out.String())
	}
}

func TestTransformOfAConversationIsRefused(t *testing.T) {
	in := textInput("Translate it.", markdown(4), 300)
	in.Chunks[1].Message = 2
	if err := run(t, "transform", in, &fake{model: shouter}); err == nil || !strings.Contains(err.Error(), "several texts") {
		t.Errorf("error %v", err)
	}
}

// A task that takes things out may leave nothing of a passage, in any language; a reader who says so is asked twice, and one who may not say so is not believed.
func TestTransformLeavesNothing(t *testing.T) {
	text := strings.Repeat("DEBUG the harbour is quiet and nothing happens\n", 40) + strings.Repeat("ERROR a ship is lost\n", 3) + strings.Repeat("DEBUG the harbour is quiet and nothing happens\n", 40)
	for _, task := range []string{"Remove all DEBUG lines.", "Lösche alle DEBUG-Zeilen.", "Supprime toutes les lignes DEBUG.", "Elimina todas las líneas DEBUG.", "Удали все строки DEBUG.", "DEBUG satırlarını sil.", "删除所有DEBUG行", "DEBUGの行をすべて削除して", "Keep only the ERROR lines."} {
		in := textInput(task, text, 200)
		asked := map[string]int{}
		f := &fake{model: func(c Call) Reply {
			passage := material(c.User.String())
			asked[passage]++
			var kept []string
			for _, l := range strings.Split(passage, "\n") {
				if strings.HasPrefix(l, "ERROR") {
					kept = append(kept, l)
				}
			}
			if len(kept) == 0 {
				return Reply{Text: "NONE", Finish: "stop"}
			}
			return Reply{Text: strings.Join(kept, "\n"), Finish: "stop"}
		}}
		if err := run(t, "transform", in, f); err != nil {
			t.Errorf("%s: %v", task, err)
		} else if got := strings.TrimSpace(f.out.String()); got != strings.TrimSpace(strings.Repeat("ERROR a ship is lost\n", 3)) {
			t.Errorf("%s: %q", task, got)
		}
	}
	in := textInput("Translate into German.", strings.Repeat("The harbour is quiet and nothing happens.\n", 40), 200)
	f := &fake{model: func(Call) Reply { return Reply{Text: "NONE", Finish: "stop"} }}
	if err := run(t, "transform", in, f); err == nil {
		t.Errorf("a translation to nothing: %q", f.out.String())
	}
}
