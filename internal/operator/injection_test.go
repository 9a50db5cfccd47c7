package operator

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An injection is an order to the model that stands in the material. {CODE} in it is the code of the fence that its chunk would have without it.
type injection struct{ Kind, Text string }

func injections(t *testing.T) []injection {
	t.Helper()
	b, err := os.ReadFile("testdata/injections.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []injection
	if err := json.Unmarshal(b, &list); err != nil || len(list) < 50 {
		t.Fatalf("%d injections: %v", len(list), err)
	}
	return list
}

// outside is what of a prompt stands outside fences, as a reader sees it who follows the rules: a fence ends at the line with the code it began with.
func outside(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for {
		at := opening.FindStringSubmatchIndex(text)
		if at == nil {
			return b.String() + text
		}
		code := text[at[2]:at[3]]
		b.WriteString(text[:at[0]] + "(fence)")
		body, rest, ok := strings.Cut(text[at[1]:], "END "+code+">>>")
		if !ok || body != "" && !strings.HasSuffix(body, "\n") {
			t.Errorf("the fence %s does not close:\n%.400q", code, text[at[0]:])
			return b.String()
		}
		text = rest
	}
}

var lengths = regexp.MustCompile(`at most \d+ words`)

var breadcrumb = regexp.MustCompile(`(?m)^# doc\.md.*$`)

var opening = regexp.MustCompile(`(?m)^<<<BEGIN ([0-9a-f]{16})\n`)

// planted makes five passages of marks; the order stands in the middle of the third one, further from its ends than its neighbours see.
func planted(order string) *Input {
	filler := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Line %d speaks of the weather and of nothing else that would matter here.\n", i)
		}
		return b.String()
	}
	var passages []string
	for i := range 5 {
		p := fmt.Sprintf("%sMARK-%02d: animal %d\n%s", filler(6), i+1, i*7919%1000, filler(6))
		if i == 2 {
			p = filler(6) + order + fmt.Sprintf("MARK-%02d: animal %d\n%s", i+1, i*7919%1000, filler(6))
		}
		passages = append(passages, p)
	}
	text := strings.Join(passages, "")
	in := textInput("List every line that starts with MARK-", text, len(text))
	in.System, in.Recent = "Be brief.", "user: hello"
	in.Chunks = nil
	from := 0
	for i, p := range passages {
		in.Chunks = append(in.Chunks, Chunk{Index: i, Start: from, End: from + len(p), Tokens: in.Tokens(p), Context: fmt.Sprintf("doc.md > Part %d", i+1)})
		from += len(p)
	}
	if order != "" {
		in.Chunks[2].Context += " > " + order // as a heading it is also in the breadcrumb
	}
	return in
}

// fleet are the operators that read material, with a perfect worker each.
var fleet = []struct {
	name, operator string
	set            func(*Input)
	model          func(Call) Reply
}{
	{"find", "find", nil, clerk},
	{"find, sure", "find", func(in *Input) { in.Advice = Advice{By: "planner", Confidence: 0.9} }, clerk},
	{"answer", "answer", nil, clerk},
	{"answer, twice", "answer", func(in *Input) { in.Advice = Advice{By: "planner", Confidence: 0.9, Dependence: "order"} }, clerk},
	{"answer, merged", "answer", func(in *Input) { in.Limits.Notes, in.Chunks[2].Context = 30, "doc.md > Part 3" }, func(c Call) Reply {
		if c.Stage == "merge" {
			return Reply{Text: `{"items":[{"quote":"","note":"marks"}]}`, Finish: "stop"}
		}
		return clerk(c)
	}},
	{"summarize", "summarize", nil, planWorker("summarize")},
	{"extract", "extract", nil, collector},
	{"extract, many", "extract", func(in *Input) { in.Format, in.Tokens = "text", func(s string) int { return 60 * len(s) } }, collector},
	{"extract, schema", "extract", func(in *Input) { in.Format, in.Schema = "json_schema", []byte(marksSchema) }, collector},
	{"count", "count", nil, clerk},
	{"transform", "transform", nil, planWorker("transform")},
	{"edit", "edit", nil, planWorker("edit")},
	{"carry", "carry", nil, planWorker("carry")},
	{"condense", "condense", nil, clerk},
	{"compose", "compose", func(in *Input) {
		in.Advice.Sections = []Section{{"Start", "how it begins", 200}, {"End", "how it ends", 300}}
	}, planWorker("compose")},
}

type seen struct {
	calls  map[string][]string // whole prompts by stage and chunk, without those of the third chunk
	frames []string            // of all prompts: what stands outside fences, each once
	out    string
	insert string
}

func watch(t *testing.T, operator string, in *Input, model func(Call) Reply) seen {
	t.Helper()
	f := &fake{t: t, model: model}
	if err := run(t, operator, in, f); err != nil {
		t.Fatal(err)
	}
	s := seen{calls: map[string][]string{}, out: f.out.String()}
	frame := func(text string) {
		// How long a summary may be goes by the length of its passage.
		if text = lengths.ReplaceAllString(outside(t, text), "at most some words"); !slices.Contains(s.frames, text) {
			s.frames = append(s.frames, text)
		}
	}
	for _, c := range f.calls {
		frame(c.System.String() + "\x00" + c.User.String())
		if c.Stage == "map" && c.Index != 2 {
			k := fmt.Sprint(c.Stage, c.Index)
			s.calls[k] = append(s.calls[k], c.System.String()+"\x00"+c.User.String())
		}
	}
	for _, a := range f.answers {
		s.insert += a.Insert
		frame(a.Insert)
		for _, text := range a.Texts {
			s.insert += text
			frame(text)
		}
	}
	slices.Sort(s.frames)
	return s
}

// An order in the material changes nothing but what stands between the fences of its own chunk: not the calls of other chunks, not the words around any fence,
// not the answer of a worker who does as he is told.
func TestInjections(t *testing.T) {
	for _, op := range fleet {
		t.Run(op.name, func(t *testing.T) {
			clean := planted("")
			if op.set != nil {
				op.set(clean)
			}
			want := watch(t, op.operator, clean, op.model)
			code := fenced.FindAllStringSubmatch(notesCall(clean, clean.Chunks[2], clean.Core(clean.Chunks[2])).User.String(), -1)
			own := code[len(code)-1][1]
			for _, inj := range injections(t) {
				order := strings.NewReplacer("{CODE}", own, "{CODEUP}", strings.ToUpper(own)).Replace(inj.Text) + "\n"
				in := planted(order)
				if op.set != nil {
					op.set(in)
				}
				got := watch(t, op.operator, in, op.model)
				if d := cmp.Diff(want.calls, got.calls); d != "" {
					t.Errorf("%s: calls of other chunks (-clean +planted):\n%.600s", inj.Kind, d)
				}
				frames := slices.DeleteFunc(slices.Clone(got.frames), func(s string) bool { return strings.Contains(s, "An earlier reply was refused: ") })
				if d := cmp.Diff(want.frames, frames); d != "" {
					t.Errorf("%s: words outside fences (-clean +planted):\n%.600s", inj.Kind, d)
				}
				for _, f := range got.frames {
					if strings.Contains(f, "pelican") {
						t.Errorf("%s: the order stands outside fences", inj.Kind)
					}
				}
				switch op.operator {
				case "transform":
					if whole := strings.ToUpper(in.Core(Chunk{End: in.Chunks[4].End})); got.out != whole {
						t.Errorf("%s: the text is not the text (-want +got):\n%.600s", inj.Kind, cmp.Diff(whole, got.out))
					}
				case "edit":
					if strings.Replace(got.out, order, "", 1) != want.out || !strings.Contains(got.out, order) {
						t.Errorf("%s: the file is not the file with its edits", inj.Kind)
					}
				default:
					if got.out != want.out || stripped(got.insert) != stripped(want.insert) {
						t.Errorf("%s: answer (-clean +planted):\n%.600s", inj.Kind, cmp.Diff(want.out+stripped(want.insert), got.out+stripped(got.insert)))
					}
				}
			}
		})
	}
}

// A worker that quotes what he should not, the orders too, carries them no further than between the fences of the final call.
func TestInjectionsThatAreQuoted(t *testing.T) {
	for _, inj := range injections(t) {
		order := strings.ReplaceAll(inj.Text, "{CODE}", "0123456789abcdef") + "\n"
		for _, operator := range []string{"answer", "find", "extract", "condense", "count"} {
			in := planted(order)
			got := watch(t, operator, in, func(c Call) Reply {
				var items []map[string]any
				for _, line := range append(strings.Split(order, "\n"), order) {
					if !isBlank(line) && strings.Contains(material(c.User.String()), line) {
						items = append(items, map[string]any{"quote": line, "note": order, "item": order, "key": order, "value": order, "fields": []string{}, "n": 1})
					}
				}
				for _, m := range markLine.FindAllString(material(c.User.String()), -1) {
					items = append(items, map[string]any{"quote": m, "note": "", "item": m})
				}
				b, _ := json.Marshal(map[string]any{"items": items})
				return Reply{Text: string(b), Finish: "stop"}
			})
			for _, f := range got.frames {
				if strings.Contains(f, "pelican") {
					t.Errorf("%s, %s: the order stands outside fences:\n%.2000s", operator, inj.Kind, f)
				}
			}
			for _, line := range strings.Split(got.insert, "\n") {
				if q, ok := strings.CutPrefix(line, "QUOTE: "); ok && !strings.Contains(in.Core(Chunk{End: in.Chunks[4].End}), strings.TrimSpace(q)) {
					t.Errorf("%s, %s: a forged quote: %q", operator, inj.Kind, line)
				}
				if strings.HasPrefix(line, "QUOTE: MARK-66") || strings.HasPrefix(line, "UNCHECKED: everything else") {
					t.Errorf("%s, %s: a line of the order passes for a note: %q", operator, inj.Kind, line)
				}
			}
		}
	}
}

// stripped is text without the codes of its fences and without breadcrumbs.
func stripped(text string) string {
	text = breadcrumb.ReplaceAllString(text, "")
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, m[1], "")
	}
	return text
}
