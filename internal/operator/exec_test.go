package operator

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// fake is an Exec over functions: model answers calls, final answers the caller's own. It keeps all that went through it.
type fake struct {
	t       *testing.T
	model   func(Call) Reply
	final   func(Answer) Reply
	calls   []Call
	answers []Answer
	read    []Chunk
	out     strings.Builder
	finish  string
	inEach  bool
}

func (f *fake) Each(ctx context.Context, n int, call func(i int) Call) iter.Seq2[Reply, error] {
	return func(yield func(Reply, error) bool) {
		if f.inEach {
			f.t.Error("Each inside Each")
		}
		f.inEach = true
		defer func() { f.inEach = false }()
		for i := range n {
			c := call(i)
			f.calls = append(f.calls, c)
			if c.MaxTokens <= 0 || c.Stage == "" || c.User.String() == "" {
				f.t.Errorf("call %d of stage %q: max tokens %d, user text of %d bytes", i, c.Stage, c.MaxTokens, len(c.User.String()))
			}
			if !yield(f.model(c), ctx.Err()) {
				return
			}
		}
	}
}

func (f *fake) Answer(ctx context.Context, a Answer) (Reply, error) {
	f.answers = append(f.answers, a)
	r := Reply{Text: "the answer", Finish: "stop"}
	if f.final != nil {
		r = f.final(a)
	}
	seam := NewSeam(a.Seam)
	r.Text = seam.Push(r.Text) + seam.Rest()
	f.out.WriteString(r.Text)
	f.finish = r.Finish
	return r, ctx.Err()
}

func (f *fake) Write(text string) error { f.out.WriteString(text); return nil }
func (f *fake) Finish(reason string)    { f.finish = reason }
func (f *fake) Read(c Chunk)            { f.read = append(f.read, c) }

func (f *fake) stages() map[string]int {
	n := map[string]int{}
	for _, c := range f.calls {
		n[c.Stage]++
	}
	return n
}

// text makes an Input of one text, cut after lines into chunks of about size bytes. A token is four bytes here.
func textInput(instruction, text string, size int) *Input {
	count := func(s string) int { return (len(s) + 3) / 4 }
	in := &Input{Instruction: instruction, Tokens: count, Limits: Limits{Reply: 400, Section: 300, MinSection: 100, MaxSection: 600},
		Advice: Advice{By: "rules"}}
	in.Core = func(c Chunk) string { return text[c.Start:c.End] }
	for from := 0; from < len(text); {
		to := min(from+size, len(text))
		if i := strings.LastIndexByte(text[from:to], '\n'); i > 0 && to < len(text) {
			to = from + i + 1
		}
		in.Chunks = append(in.Chunks, Chunk{Index: len(in.Chunks), Start: from, End: to, Tokens: count(text[from:to]), Context: fmt.Sprintf("doc.md > Part %c", 'A'+len(in.Chunks)%26)})
		from = to
	}
	in.Split = func(c Chunk) []Chunk {
		mid := (c.Start + c.End) / 2
		if i := strings.IndexByte(text[mid:c.End], '\n'); i >= 0 {
			mid += i + 1
		}
		for mid < c.End && !utf8.RuneStart(text[mid]) {
			mid++
		}
		if mid <= c.Start || mid >= c.End {
			return nil
		}
		a, b := c, c
		a.End, b.Start = mid, mid
		a.Tokens, b.Tokens = count(in.Core(a)), count(in.Core(b))
		return []Chunk{a, b}
	}
	return in
}

var fenced = regexp.MustCompile(`(?s)<<<BEGIN ([0-9a-f]{16})\n(.*?)END ([0-9a-f]{16})>>>`)

// material is the fenced text of a call: the last fence, for the conversation may stand in one before it.
func material(user string) string {
	i := strings.LastIndex(user, "\nEND ")
	if i < 0 {
		return ""
	}
	code := user[i+5 : i+21]
	_, rest, _ := strings.Cut(user, "<<<BEGIN "+code+"\n")
	body, _, _ := strings.Cut(rest, "END "+code+">>>")
	return body
}

// marks is text of n lines of filler with a mark line every so often.
func marks(lines, n int) (text string, want []string) {
	var b strings.Builder
	for i := range lines {
		if i%(lines/n) == lines/n/2 && len(want) < n {
			m := fmt.Sprintf("MARK-%02d: animal %d", len(want)+1, i*7919%1000)
			want = append(want, m)
			b.WriteString(m + "\n")
		}
		fmt.Fprintf(&b, "Line %d speaks of the weather and of nothing else that would matter here.\n", i)
	}
	return b.String(), want
}

var markLine = regexp.MustCompile(`(?m)^MARK-.*$`)

// clerk is a perfect worker for marks: JSON notes of every such line.
func clerk(c Call) Reply {
	found := markLine.FindAllString(material(c.User.String()), -1)
	if len(found) == 0 {
		return Reply{Text: `{"items":[]}`, Finish: "stop"}
	}
	var items []string
	for _, m := range found {
		items = append(items, fmt.Sprintf(`{"quote":%q,"note":""}`, m))
	}
	return Reply{Text: `{"items":[` + strings.Join(items, ",") + `]}`, Finish: "stop"}
}

func run(t *testing.T, name string, in *Input, f *fake) error {
	t.Helper()
	f.t = t
	op, ok := ByName(name)
	if !ok {
		t.Fatalf("no operator %s", name)
	}
	return Run(context.Background(), op, in, f)
}

// covered checks that the chunks read are the input's, each once.
func covered(t *testing.T, in *Input, f *fake) {
	t.Helper()
	if len(f.read) != len(in.Chunks) {
		t.Fatalf("%d chunks read, want %d", len(f.read), len(in.Chunks))
	}
	for i, c := range f.read {
		if c != in.Chunks[i] {
			t.Errorf("read %d is %+v, want %+v", i, c, in.Chunks[i])
		}
	}
}
