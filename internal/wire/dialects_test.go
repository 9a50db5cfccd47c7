package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// sdkFields reads a list of an SDK's request fields from testdata: lines with one name each, "#" before remarks.
func sdkFields(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			names = append(names, line)
		}
	}
	return names
}

// checkTable checks what must be true of every table that a bodyReader reads by.
func checkTable(t *testing.T, table *table, sdk []string) {
	t.Helper()
	if most := len(rowSet{}) * 64; len(table.fields) > most {
		t.Fatalf("%d rows do not fit a rowSet of %d", len(table.fields), most)
	}
	for i, f := range table.fields {
		if row, ok := table.row(f.name); row != i || !ok {
			t.Errorf("%s is found in row %d (%v), and stands in %d", f.name, row, ok, i)
		}
		for _, other := range []string{"", f.name + "s", f.name[1:], f.name[:1] + strings.Repeat("x", max(0, len(f.name)-2)) + f.name[len(f.name)-1:]} {
			if row, ok := table.row(other); ok && table.fields[row].name != other {
				t.Errorf("%q is taken for %s", other, table.fields[row].name)
			}
		}
		if (f.place == forward) != (f.binds != nil) {
			t.Errorf("%s: binds belongs to forward, and only there", f.name)
		}
		if f.why == "" {
			t.Errorf("%s: no reason", f.name)
		}
		if f.binds != nil && f.binds([]byte("null")) && f.name != "prompt" {
			t.Errorf("%s: null binds", f.name)
		}
	}
	for _, name := range sdk {
		if _, ok := table.row(name); !ok {
			t.Errorf("%s has no row: decide where it goes when a request is decomposed", name)
		}
	}
}

// checkReach checks that a field is in a call of ours if and only if its row says all, and in the final call in every case. body has a %s.
func checkReach(t *testing.T, d Dialect, table *table, before, after string) {
	t.Helper()
	for _, f := range table.fields {
		if f.place == combined || f.place == forward {
			continue
		}
		member := `"` + f.name + `":{"k" : 1.0}`
		r, err := d.Parse([]byte(before + member + after))
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		call := string(d.Call(nil, r, Call{Model: "a", User: []string{"q"}, MaxTokens: 1}))
		if got, want := strings.Contains(call, member), f.place == all; got != want {
			t.Errorf("%s in a call of ours: %v, want %v: %s", f.name, got, want, call)
		}
		edited := string(d.Edit(r, Edit{Texts: map[At]string{{len(r.Messages) - 1, 0}: "y"}}))
		if !strings.Contains(edited, member) || !strings.Contains(edited, `"y"`) {
			t.Errorf("%s is lost in the final call: %s", f.name, edited)
		}
	}
}

// fuzzParse is what any bytes must stand for.
func fuzzParse(t *testing.T, d Dialect, in []byte, text string, what uint8) {
	kept := string(in)
	r, err := d.Parse(in)
	if string(in) != kept {
		t.Fatal("Parse changed the body")
	}
	if err != nil {
		if !errors.Is(err, ErrNotUnderstood) || r != nil {
			t.Fatalf("%v, %v", r, err)
		}
		return
	}
	if !json.Valid(in) || !utf8.Valid(in) {
		t.Fatalf("accepted %q", in)
	}
	if got := d.Edit(r, Edit{}); !bytes.Equal(got, in) {
		t.Fatalf("nothing edited: %q from %q", got, in)
	}
	for i, m := range r.Messages {
		if !json.Valid(in[m.Start:m.End]) && !strings.Contains(string(in[m.Start:m.End]), ",") {
			t.Errorf("message %d is at %q", i, in[m.Start:m.End])
		}
		for _, p := range m.Parts {
			if !json.Valid(in[p.Start:p.End]) || p.Type == "text" && decodedJSON(in[p.Start:p.End]) != decoded(p.Text) {
				t.Errorf("part %+v is at %q", p, in[p.Start:p.End])
			}
		}
	}
	e := editOf(r, text, what)
	sameInPlace(t, d, in, r, e)
	out := d.Edit(r, e)
	if !json.Valid(out) {
		t.Fatalf("edit %+v of %q made %q", e, in, out)
	}
	again, err := d.Parse(out)
	if err != nil {
		if len(e.Drop) > 0 {
			return // nothing may be left
		}
		t.Fatalf("%v in the edited body %q", err, out)
	}
	if e.Model != "" && again.Model != decodedWTF(e.Model) || e.Model == "" && again.Model != r.Model {
		t.Errorf("model %q after %+v", again.Model, e)
	}
	if e.MaxTokens != 0 && again.MaxTokens != e.MaxTokens || e.Stream != nil && again.Stream != *e.Stream {
		t.Errorf("%+v after %+v", again, e)
	}
	for i, m := range again.Messages {
		for k, p := range m.Parts {
			want, edited := e.Texts[At{i, k}]
			if len(e.Drop) == 0 && len(e.Append) == 0 && edited && p.Type == "text" && p.Text != decodedWTF(want) {
				t.Errorf("part %d.%d is %q, want %q", i, k, p.Text, want)
			}
		}
	}
	c := Call{Model: text, System: []string{text}, User: []string{text}, MaxTokens: 1, Stream: what&1 != 0, Schema: &Schema{"s", []byte(`{}`)}}
	call := d.Call(nil, r, c)
	if !json.Valid(call) || !utf8.Valid(call) || !bytes.Equal(call, d.Call(nil, r, c)) {
		t.Fatalf("call %q", call)
	}
	if _, err := d.Parse(call); err != nil && text != "" {
		t.Fatalf("%v in our own call %q", err, call)
	}
}

func decodedJSON(raw []byte) string {
	var v string
	if json.Unmarshal(raw, &v) != nil {
		return "\x00"
	}
	return v
}

// fuzzAnswer: nothing that upstream sends may panic, and what we make of it must be readable. frame is an event as upstream writes one.
func fuzzAnswer(t *testing.T, d Dialect, in []byte, text string) {
	head := Head{ID: AnswerID(d, "i"), Model: "m", Created: 1}
	reply, err := d.Reply(in)
	if err == nil {
		wholeReply(t, d, reply)
	}
	out := d.Answer(Answer{Head: head, Base: in, Text: text, SetText: true, Finish: "length", Usage: Usage{5, 2, 3, 0, 4}, Planner: []byte(`{}`)})
	if !json.Valid(out) {
		t.Fatalf("answer %q from %q", out, in)
	}
	if err == nil {
		again, err := d.Reply(out)
		if err != nil || again.Text != decodedWTF(text) || again.Finish != "length" || again.Usage != (Usage{5, 2, 3, 0, 4}) || again.Model != "m" {
			t.Errorf("%+v, %v from %q of %q", again, err, out, in)
		}
	}
	var e *Error
	if errors.As(err, &e) && !json.Valid(d.ErrorBody(e)) {
		t.Errorf("error body of %+v", e)
	}
	var w bytes.Buffer
	s := d.Stream(&w, head)
	said := ""
	for delta, err := range d.Deltas(bytes.NewReader(in)) {
		if err != nil {
			break
		}
		said += delta.Text
		if err := s.Pass(delta); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.KeepAlive(), s.Text(text), s.Finish("stop", true, Usage{5, 2, 3, 0, 4}, []byte(`{}`))); err != nil {
		t.Fatal(err)
	}
	if s.KeepAlive() == nil || s.Text("x") == nil || s.Pass(Delta{Text: "x"}) == nil || s.Finish("", false, Usage{}, nil) == nil || s.Fail(&Error{}) == nil {
		t.Error("an ended stream goes on")
	}
	got, usage := "", Usage{}
	for delta, err := range d.Deltas(&w) {
		if err != nil {
			t.Fatalf("our own stream: %v", err)
		}
		if got += delta.Text; delta.Usage != nil {
			usage = *delta.Usage
		}
	}
	if got != decodedWTF(said+text) || usage != (Usage{5, 2, 3, 0, 4}) {
		t.Errorf("our own stream says %q, want %q; usage %+v", got, said+text, usage)
	}
}

// wholeReply: what a reply says, its deltas say.
func wholeReply(t *testing.T, d Dialect, reply Reply) {
	t.Helper()
	var w bytes.Buffer
	s := d.Stream(&w, Head{ID: AnswerID(d, "i"), Model: "m", Created: 1})
	var said Delta
	for _, delta := range d.Whole(reply) {
		said.Text += delta.Text
		said.Answers = said.Answers || delta.Answers
		said.Refuses = said.Refuses || delta.Refuses || delta.Finish == "content_filter"
		if delta.Finish != "" {
			said.Finish = delta.Finish
		}
		if err := s.Pass(delta); err != nil {
			t.Fatal(err)
		}
	}
	if said.Text != reply.Text || said.Answers != reply.Says || said.Finish != reply.Finish && !reply.Refusal || reply.Refusal && !said.Refuses {
		t.Errorf("%s becomes %+v", reply.Raw, said)
	}
	if err := s.Finish(reply.Finish, true, Usage{}, nil); err != nil {
		t.Fatal(err)
	}
	text := ""
	for delta, err := range d.Deltas(&w) {
		if err != nil {
			t.Fatalf("%s: its stream: %v", reply.Raw, err)
		}
		text += delta.Text
	}
	if text != decodedWTF(reply.Text) {
		t.Errorf("%s streams %q", reply.Raw, text)
	}
}

// oneByte gives a stream in reads of one byte.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return o.r.Read(p)
}
