package operator

import (
	"encoding/json"
	"fmt"
	"go/format"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// program is a Go file of n functions that call each other.
func program(n int) string {
	var b strings.Builder
	b.WriteString("package p\n\n")
	for i := range n {
		fmt.Fprintf(&b, "// oldName%d is one of many.\t\nfunc oldName%d(x int) int {\n\tif x > %d {\n\t\treturn oldName%d(x - 1) // oldName\n\t}\n\treturn x\n}\n\n", i, i, i, (i+1)%n)
	}
	return b.String()
}

// renamer is a perfect editor that renames: one edit for each line, widened until it stands once in the passage.
func renamer(c Call) Reply {
	core := strings.TrimSuffix(material(c.User.String()), "\x00")
	lines := strings.SplitAfter(core, "\n")
	edits := []map[string]string{}
	for i := 0; i < len(lines); i++ {
		if !strings.Contains(lines[i], "oldName") {
			continue
		}
		search := lines[i]
		j := i + 1
		for strings.Count(core, search) > 1 && j < len(lines) {
			search += lines[j]
			j++
		}
		edits = append(edits, map[string]string{"search": search, "replace": strings.ReplaceAll(search, "oldName", "newName")})
		i = j - 1
	}
	b, _ := json.Marshal(map[string]any{"edits": edits})
	return Reply{Text: string(b), Finish: "stop"}
}

func TestEditRenamesEverywhere(t *testing.T) {
	file := program(60)
	want := strings.ReplaceAll(file, "oldName", "newName")
	for _, fenced := range []bool{false, true} {
		text, expect := file, want
		if fenced {
			text, expect = "```go\n"+file+"```", "```go\n"+want+"```"
		}
		in := textInput("Rename oldName to newName and return the whole file.", text, 900)
		f := &fake{model: renamer}
		if err := run(t, "edit", in, f); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(expect, f.out.String()); d != "" || f.finish != "stop" {
			t.Errorf("fenced %v (-want +got):\n%.800s", fenced, d)
		}
		covered(t, in, f)
	}
	// The rest keeps its bytes: white space at line ends, which gofmt would drop, is still there.
	if clean, err := format.Source([]byte(want)); err != nil || string(clean) == want {
		t.Fatal("the program must have something that a formatter would change")
	}
}

func TestApplied(t *testing.T) {
	const core = "a := 1\nb := 2  \n\ta := 1\nc := 3\n"
	edits := func(pairs ...string) string {
		var list []map[string]string
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, map[string]string{"search": pairs[i], "replace": pairs[i+1]})
		}
		b, _ := json.Marshal(map[string]any{"edits": list})
		return string(b)
	}
	for name, c := range map[string]struct{ reply, want, err string }{
		"none":             {"NONE", core, ""},
		"empty":            {`{"edits":[]}`, core, ""},
		"one":              {edits("c := 3", "c := 4"), "a := 1\nb := 2  \n\ta := 1\nc := 4\n", ""},
		"two, reversed":    {edits("c := 3", "c := 4", "b := 2", "b := 5"), "a := 1\nb := 5  \n\ta := 1\nc := 4\n", ""},
		"line ends":        {edits("b := 2\n\ta := 1", "b := 9"), "a := 1\nb := 9\nc := 3\n", ""},
		"delete":           {edits("c := 3\n", ""), "a := 1\nb := 2  \n\ta := 1\n", ""},
		"insert":           {edits("c := 3\n", "c := 3\nd := 4\n"), core + "d := 4\n", ""},
		"no change":        {edits("nothing", "nothing"), core, ""},
		"ambiguous":        {edits("a := 1", "a := 2"), "", "more than once"},
		"nowhere":          {edits("z := 1", "z := 2"), "", "does not stand"},
		"no search":        {edits(" ", "x"), "", "is empty"},
		"overlap":          {edits("b := 2  \n\ta", "x", "\ta := 1\nc", "y"), "", "overlap"},
		"a shared line":    {edits("b := 2  \n\ta := 1", "b := 2  \n\ta := 7", "\ta := 1\nc := 3", "\ta := 1\nc := 4"), "a := 1\nb := 2  \n\ta := 7\nc := 4\n", ""},
		"in a context":     {edits("b := 2", "b := 5", "b := 2  \n\ta := 1\nc := 3", "b := 2  \n\ta := 1\nc := 4"), "a := 1\nb := 5  \n\ta := 1\nc := 4\n", ""},
		"said twice":       {edits("b := 2", "b := 5", "b := 2  \n\ta := 1", "b := 5  \n\ta := 1"), "a := 1\nb := 5  \n\ta := 1\nc := 3\n", ""},
		"inserted twice":   {edits("c := 3", "c := 3\nd := 4", "\ta := 1\nc := 3\n", "\ta := 1\nc := 3\nd := 4\n"), core + "d := 4\n", ""},
		"before, after":    {edits("c := 3", "d := 4\nc := 3", "c := 3\n", "c := 3\ne := 5\n"), "a := 1\nb := 2  \n\ta := 1\nd := 4\nc := 3\ne := 5\n", ""},
		"two in one place": {edits("c := 3", "c := 3 // d", "\ta := 1\nc := 3", "\ta := 1\nc := 3 // e"), "", "overlap"},
		"one place, two":   {edits("b := 2", "b := 5", "b := 2  \n\ta := 1", "b := 6  \n\ta := 1"), "", "overlap"},
		"the same twice":   {edits("c := 3", "c := 4", "c := 3", "c := 4"), "a := 1\nb := 2  \n\ta := 1\nc := 4\n", ""},
		"prose":            {"Change c to 4.", "", "not JSON"},
		"conflict marks":   {"<<<<<<< SEARCH\nc := 3\n=======\nc := 4\n>>>>>>> REPLACE\n", "a := 1\nb := 2  \n\ta := 1\nc := 4\n", ""},
		"marks, deletion":  {"<<<<<<< SEARCH\nc := 3\n=======\n>>>>>>> REPLACE\n", "a := 1\nb := 2  \n\ta := 1\n", ""},
		"marks, cut":       {"<<<<<<< SEARCH\nc := 3\n=====", "", "not JSON"},
	} {
		got, err := applied(core, c.reply)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// Models copy a passage with other line ends, another encoding or other quotation marks than it has, and less of it than a line.
func TestAppliedAsModelsCopy(t *testing.T) {
	block := func(search, replace string) string {
		return "<<<<<<< SEARCH\n" + search + "\n=======\n" + replace + "\n>>>>>>> REPLACE\n"
	}
	edit := func(search, replace string) string {
		b, _ := json.Marshal(map[string]any{"edits": []map[string]string{{"search": search, "replace": replace}}})
		return string(b)
	}
	for name, c := range map[string]struct{ core, reply, want, err string }{
		"underlined headings":         {"Title\n=======\nold\n", block("Title\n=======\nold", "Title\n=======\nnew"), "Title\n=======\nnew\n", ""},
		"underlined, one side":        {"Title\n=======\nold", block("Title\n=======\nold", "# Title\nnew"), "# Title\nnew", ""},
		"underlined, the other side":  {"# Title\nold\n", block("# Title", "Title\n======="), "Title\n=======\nold\n", ""},
		"underlined, CRLF":            {"Title\r\n=======\r\nold\r\n", block("Title\n=======\nold", "Title\n=======\nnew"), "Title\r\n=======\r\nnew\r\n", ""},
		"blocks with CRLF":            {"a = 1\nb = 2\n", strings.ReplaceAll(block("b = 2", "b = 3"), "\n", "\r\n"), "a = 1\nb = 3\n", ""},
		"a file with CRLF":            {"a = 1\r\nb = 2\r\n", strings.ReplaceAll(block("b = 2", "b = 3"), "\n", "\r\n"), "a = 1\r\nb = 3\r\n", ""},
		"parts of lines, CRLF":        {"key: one\r\nother: two\r\n", edit("one\nother", "1\nanother"), "key: 1\r\nanother: two\r\n", ""},
		"within a word":               {"max = 1\nother = 2\n", edit("x = 1", "x = 5"), "", "middle of a word"},
		"a word before a part of one": {"max = 1\nx = 1\n", edit("x = 1", "x = 5"), "max = 1\nx = 5\n", ""},
		"a line before a part of one": {"if x = 1 then\n\tx = 1\nx = 12\n", edit("x = 1", "x = 5"), "if x = 1 then\n\tx = 5\nx = 12\n", ""},
		"a line with its end":         {"if x = 1\nx = 1\n", edit("x = 1\n", "x = 5\n"), "if x = 1\nx = 5\n", ""},
		"two words":                   {"if x = 1 then\nx = 1 or\n", edit("x = 1", "x = 5"), "", "more than once"},
		"no words":                    {"我喜欢茶和咖啡。\n", edit("茶", "水"), "我喜欢水和咖啡。\n", ""},
		"part of a letter":            {"cafe\u0301\n", edit("cafe", "tea"), "", "middle of a word"},
		"decomposed":                  {"café = 1\n", edit("cafe\u0301 = 1", "café = 2"), "café = 2\n", ""},
		"composed":                    {"  cafe\u0301 = 1 # cafe\u0301s\n", edit("café = 1", "café = 2"), "  cafe\u0301 = 2 # cafe\u0301s\n", ""},
		"quotation marks":             {"he said “yes” – to it\nall.\n", edit("he said \"yes\" - to it", "he said \"yes\" - to all"), "he said “yes” – to all\nall.\n", ""},
		"quotation marks go":          {"he said “yes” to it\n", edit("he said \"yes\" to it", "he said no to it"), "he said no to it\n", ""},
		"a line goes":                 {"a\r\n  “b”\r\nc\r\n", edit("\"b\"", ""), "a\r\nc\r\n", ""},
		"a line comes":                {"“a”\n  “b”\n", edit("\"a\"\n", "\"a\"\n  new\n"), "“a”\n  new\n  “b”\n", ""},
		"an ellipsis":                 {"wait… for it\n", edit("wait... for it", "wait.. for it"), "wait.. for it\n", ""},
		"nothing visible":             {"a\n", edit("\u200b", "b"), "", "is empty"},
		"white space alone":           {"a “b”\n", edit("a  \"b\"", "a \"b\""), "", "does not stand"},
	} {
		got, err := applied(c.core, c.reply)
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || c.err == "" && (err != nil || got != c.want) {
			t.Errorf("%s: %q, %v; want %q %s", name, got, err, c.want, c.err)
		}
	}
}

// The whole file comes back in the form that was asked for; else in the one in which it came, with its own line ends and without a last one where it has none.
func TestEditForms(t *testing.T) {
	const file, fenced = "{\n  \"a\": 1\n}", "```json\n{\n  \"a\": 1\n}\n```"
	for _, c := range []struct{ task, format, text, want string }{
		{"Set a to 2.", "text", file, "{\n  \"a\": 2\n}"},
		{"Set a to 2.", "text", fenced, "```json\n{\n  \"a\": 2\n}\n```"},
		{"Set a to 2 and return the whole file in a code block.", "text", file, "```json\n{\n  \"a\": 2\n}\n```"},
		{"a 2 olsun, dosyayı kod bloğu içinde ver.", "text", file, "```json\n{\n  \"a\": 2\n}\n```"},
		{"Set a to 2. Change nothing in a code block of the file.", "text", file, "{\n  \"a\": 2\n}"},
		{"Set a to 2. Reply without code fences.", "text", fenced, "{\n  \"a\": 2\n}\n"},
		{"Set a to 2.", "json_object", fenced, "{\n  \"a\": 2\n}\n"},
		{"Set a to 2.", "text", "x\r\na: 1\r\ny", "x\r\na: 2\r\nb: 3\r\ny"},
	} {
		in := textInput(c.task, c.text, 1<<20)
		in.Format = c.format
		f := &fake{model: func(call Call) Reply {
			if strings.Contains(c.text, "\r") {
				return Reply{Text: `{"edits":[{"search":"a: 1\n","replace":"a: 2\nb: 3\n"}]}`, Finish: "stop"}
			}
			return Reply{Text: `{"edits":[{"search":"\"a\": 1","replace":"\"a\": 2"}]}`, Finish: "stop"}
		}}
		if err := run(t, "edit", in, f); err != nil || f.out.String() != c.want {
			t.Errorf("%s of %q: %q, %v; want %q", c.task, c.text, f.out.String(), err, c.want)
		}
	}
}

func TestEditMendsAndRefuses(t *testing.T) {
	file := program(30)
	want := strings.ReplaceAll(file, "oldName", "newName")
	for name, bad := range map[string]Reply{
		"ambiguous": {Text: `{"edits":[{"search":"\treturn x\n","replace":"\treturn y\n"}]}`, Finish: "stop"},
		"nowhere":   {Text: `{"edits":[{"search":"func gone()","replace":"x"}]}`, Finish: "stop"},
		"prose":     {Text: "I would rename it.", Finish: "stop"},
		"cut":       {Text: `{"edits":[`, Finish: "length"},
	} {
		for times := 1; times <= 2; times++ {
			in := textInput("Rename oldName to newName.", file, 1200)
			left := times
			f := &fake{model: func(c Call) Reply {
				if c.Index == 1 && left > 0 {
					left--
					return bad
				}
				return renamer(c)
			}}
			if err := run(t, "edit", in, f); err != nil {
				t.Fatalf("%s ×%d: %v", name, times, err)
			}
			if d := cmp.Diff(want, f.out.String()); d != "" {
				t.Errorf("%s ×%d (-want +got):\n%.600s", name, times, d)
			}
		}
	}
	for name, c := range map[string]struct {
		text  string
		limit int
		model func(Call) Reply
		want  string
	}{
		"nothing changed": {file, 0, func(Call) Reply { return Reply{Text: "NONE", Finish: "stop"} }, "no part of the file was changed"},
		"breaks Go": {file, 0, func(Call) Reply {
			return Reply{Text: `{"edits":[{"search":"package p","replace":"package"}]}`, Finish: "stop"}
		}, "well-formed Go"},
		"breaks JSON": {`{"a": 1}`, 0, func(Call) Reply {
			return Reply{Text: `{"edits":[{"search":"{\"a\": 1}","replace":"{a}"}]}`, Finish: "stop"}
		}, "well-formed JSON"},
		"breaks YAML": {"a: 1\nb: 2\n", 0, func(Call) Reply {
			return Reply{Text: `{"edits":[{"search":"a: 1","replace":"a: [1"}]}`, Finish: "stop"}
		}, "well-formed YAML"},
		"too long": {file, 100, renamer, "max_tokens allows 100"},
		"cannot":   {file, 0, func(Call) Reply { return Reply{Err: ErrRefused} }, "chunk 0 "},
	} {
		in := textInput("Rename oldName to newName.", c.text, 1<<20)
		in.Limits.Answer = c.limit
		f := &fake{model: c.model}
		if err := run(t, "edit", in, f); err == nil || !strings.Contains(err.Error(), c.want) || f.out.Len() > 0 {
			t.Errorf("%s: error %v, want %q; %d bytes written", name, err, c.want, f.out.Len())
		}
	}
}

// What edits do not touch keeps its bytes, whatever the reply.
func FuzzApplied(f *testing.F) {
	f.Add("a\nb\n", `{"edits":[{"search":"a","replace":"c"}]}`)
	f.Add("a\r\nb \n", "<<<<<<< SEARCH\nb\n=======\n>>>>>>> REPLACE")
	f.Add("", "NONE")
	f.Add("he said “yes” to cafe\u0301…\n", `{"edits":[{"search":"he said \"yes\" to café..","replace":"no"}]}`)
	f.Fuzz(func(t *testing.T, core, reply string) {
		got, err := applied(core, reply)
		hunks, _ := parseHunks(core, reply)
		if err == nil && len(hunks) == 0 && got != core {
			t.Errorf("no edits changed %q to %q", core, got)
		}
		if utf8.ValidString(core) && utf8.ValidString(reply) && !utf8.ValidString(got) {
			t.Errorf("%q is cut within a letter", got)
		}
	})
}
