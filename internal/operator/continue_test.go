package operator

import (
	"strings"
	"testing"
)

// scribe writes text in pieces of n bytes, each continuation repeating the last `again` bytes, as models do.
func scribe(text string, n, again int) func(Answer) Reply {
	return func(a Answer) Reply {
		from := 0
		if len(a.Append) > 0 {
			from = len(a.Seam)
		}
		if n == 0 || from+n >= len(text) {
			return Reply{Text: text[max(0, from-again):], Finish: "stop"}
		}
		return Reply{Text: text[max(0, from-again) : from+n], Finish: "length"}
	}
}

func story(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("x", i%7) + " sentence number " + strings.Repeat("i", i%11) + string(rune('a'+i%26)) + " goes here. ")
	}
	return b.String()
}

func TestContinue(t *testing.T) {
	text := story(400)
	for _, again := range []int{0, 30, 100, 900} {
		in := textInput("Write a long story.", "", 1)
		in.Limits.Answer, in.Limits.OneCall = 10000, 500
		f := &fake{final: scribe(text, 2000, again)}
		if err := run(t, "continue", in, f); err != nil {
			t.Fatal(err)
		}
		if f.out.String() != text || f.finish != "stop" {
			t.Errorf("repeating %d bytes: %d bytes written, want %d; finish %q", again, f.out.Len(), len(text), f.finish)
		}
		for i, a := range f.answers {
			if !a.Whole || a.MaxTokens != 500 || (len(a.Append) == 2) != (i > 0) {
				t.Errorf("call %d: %+v", i, a.MaxTokens)
			}
		}
	}
}

func TestContinueCeiling(t *testing.T) {
	in := textInput("Write a long story.", "", 1)
	in.Limits.Answer, in.Limits.OneCall = 1200, 500
	f := &fake{final: func(a Answer) Reply { return Reply{Text: story(400)[len(a.Seam):][:4*a.MaxTokens], Finish: "length"} }}
	if err := run(t, "continue", in, f); err != nil {
		t.Fatal(err)
	}
	if n := in.Tokens(f.out.String()); n > 1200 || n < 1190 || f.finish != "length" {
		t.Errorf("%d tokens, finish %q; want the ceiling of 1200 and length", n, f.finish)
	}
}

func TestContinueEnds(t *testing.T) {
	for name, then := range map[string]Reply{
		"empty": {Err: ErrEmpty}, "tiny": {Text: "…", Finish: "length"}, "refused": {Err: ErrRefused}, "window": {Err: ErrContextWindow},
		"endless": {Text: strings.Repeat("word ", 100), Finish: "length"},
	} {
		in := textInput("Write a long story.", "", 1)
		f := &fake{}
		f.final = func(Answer) Reply {
			if len(f.answers) == 1 {
				return Reply{Text: "A story that is cut", Finish: "length"}
			}
			return then
		}
		if err := run(t, "continue", in, f); err != nil {
			t.Fatal(err)
		}
		want := "length"
		if name == "empty" {
			want = "stop"
		}
		if f.finish != want || len(f.answers) > freeRounds || !strings.HasPrefix(f.out.String(), "A story that is cut") {
			t.Errorf("%s: finish %q after %d calls", name, f.finish, len(f.answers))
		}
	}
	for _, first := range []Reply{{Err: ErrEmpty}, {Err: ErrContextWindow}} {
		in := textInput("Write.", "", 1)
		f := &fake{final: func(Answer) Reply { return first }}
		if err := run(t, "continue", in, f); err == nil {
			t.Error("no error although there is no answer")
		}
	}
}

// A model that only repeats itself is not paid for it again.
func TestContinueStopsWhereNothingIsAdded(t *testing.T) {
	in := textInput("Write.", "", 1)
	f := &fake{final: func(Answer) Reply {
		return Reply{Text: "The same sentence is written again, without an end.\n", Finish: "length", Tokens: 20}
	}}
	if err := run(t, "continue", in, f); err != nil || len(f.answers) != 2 || f.finish != "length" {
		t.Errorf("%d calls, finish %q, %v", len(f.answers), f.finish, err)
	}
}

func TestDirect(t *testing.T) {
	in := textInput("Judge it.", "Some text.\n", 100)
	f := &fake{}
	if err := run(t, "direct", in, f); err != nil {
		t.Fatal(err)
	}
	if len(f.answers) != 1 || !f.answers[0].Whole || len(f.calls) != 0 {
		t.Errorf("answers %+v, %d calls", f.answers, len(f.calls))
	}
	covered(t, in, f)
}

func TestSeam(t *testing.T) {
	const open = "Look:\n```go\nfunc main() {\n"
	for _, c := range []struct{ written, next, want string }{
		{"", "anything", "anything"},
		{"The quick brown fox jumps over", "the lazy dog", "the lazy dog"},
		{"The quick brown fox jumps over", " brown fox jumps over the lazy dog", " the lazy dog"},
		{"The quick brown fox jumps over", "\n\nThe quick brown fox jumps over the", " the"},
		{"The quick brown fox jumps over", "The quick brown fox jumps over", ""},
		{"The quick brown fox jumps over", "over and over", "over and over"}, // too short to be a repetition
		{"a\n" + strings.Repeat("-", 40), strings.Repeat("-", 40), strings.Repeat("-", 40)},
		{open, "```go\n\treturn\n}\n```", "\treturn\n}\n```"},
		{open, "```\nThat was it.", "```\nThat was it."},
		{open, "\treturn", "\treturn"},
		{open + "```\n", "```go\nvar x int", "```go\nvar x int"},
		{open, "```", "```"},
		{"The quick brown fox", "Sure, continuing from where I left off:\n\n jumps over", " jumps over"},
		{"The quick brown fox jumps over", "Here is the rest of the answer:\nThe quick brown fox jumps over the dog", " the dog"},
		{open, "(continued)\n```go\n\treturn\n", "\treturn\n"},
		{open, "continue\n}\n", "continue\n}\n"},
		{"He said: ", "Sure, I do.\nAnd left.", "Sure, I do.\nAnd left."},
		{"Tilki atladı", "Kaldığım yerden devam ediyorum:\nve kaçtı.", "ve kaçtı."},
		{"Fox.\n", "Okay, listen to me, for I say this only once, and here it is:\n\nGo home.", "Okay, listen to me, for I say this only once, and here it is:\n\nGo home."},
		{"Fox.\n", "Here is how the rest of the evening went.\nWe ate.", "Here is how the rest of the evening went.\nWe ate."},
		{"Fox.\n", "Of course, they continued on their way.\nWe ate.", "Of course, they continued on their way.\nWe ate."},
		{"Fox.\n", "Continuing our walk, we saw two things:\nA fox.", "Continuing our walk, we saw two things:\nA fox."},
		{"Fox.\n", "Devam edelim, dedi adam:\nGit.", "Devam edelim, dedi adam:\nGit."},
		{"Fox.\n", "Okay, here's the rest:\nA hen.", "A hen."},
		{"Fox.\n", "Here is the continuation.\nA hen.", "A hen."},
		{"Fox.\n", "Continuing from where it was cut off...\nA hen.", "A hen."},
		{"", "Sure, continuing:\nx", "Sure, continuing:\nx"},
	} {
		for _, step := range []int{1, 3, len(c.next) + 1} {
			s := NewSeam(c.written)
			got := ""
			for i := 0; i < len(c.next); i += step {
				got += s.Push(c.next[i:min(len(c.next), i+step)])
			}
			if got += s.Rest(); got != c.want {
				t.Errorf("%q + %q in steps of %d = %q, want %q", c.written, c.next, step, got, c.want)
			}
		}
	}
}

// A seam drops a start of the continuation at most, whatever its pieces, and only what stands at the end of the text before.
func FuzzSeam(f *testing.F) {
	f.Add("The quick brown fox jumps over", " brown fox jumps over the lazy dog", 3)
	f.Add("```go\nx", "```go\ny", 1)
	f.Add("", "", 1)
	f.Fuzz(func(t *testing.T, written, next string, step int) {
		step = max(1, step)
		s := NewSeam(written)
		got := ""
		for i := 0; i < len(next); {
			j := min(len(next), i+min(step, len(next)))
			got += s.Push(next[i:j])
			i = j
		}
		got += s.Rest()
		if whole := join(written, next); got != whole {
			t.Fatalf("in steps of %d %q, at once %q", step, got, whole)
		}
		if !strings.HasSuffix(next, got) {
			t.Fatalf("%q is no end of %q", got, next)
		}
	})
}
