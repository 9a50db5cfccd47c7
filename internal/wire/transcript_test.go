package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the outputs (the sections called want.*) of testdata/<dialect>")

// A section of an archive in the txtar format: a line "-- name --" and what follows it.
type section struct{ name, data string }

func archive(text string) (comment string, list []section) {
	for _, line := range strings.SplitAfter(text, "\n") {
		trimmed := strings.TrimRight(line, "\n")
		switch name, ok := strings.CutPrefix(trimmed, "-- "); {
		case ok && strings.HasSuffix(name, " --"):
			list = append(list, section{name: strings.TrimSuffix(name, " --")})
		case len(list) == 0:
			comment += line
		default:
			list[len(list)-1].data += line
		}
	}
	return comment, list
}

// Each transcript is one exchange: the caller's request, what we make of it, what upstream answers and what the caller gets.
//
//	request      the caller's body
//	want.texts   its texts, one a line
//	edit         an Edit, its Texts keyed "message.part" → want.edited
//	call         a Call → want.call
//	upstream     upstream's answer → want.reply, and want.answer, to which we add usage and planner object; or want.whole, the stream of a caller who
//	             asked for one
//	upstream.sse upstream's stream → want.stream, passed on delta by delta
func TestTranscripts(t *testing.T) {
	for _, d := range []Dialect{Chat(), Messages(), Completions(), Responses()} {
		t.Run(d.Name(), func(t *testing.T) { transcripts(t, d) })
	}
}

func transcripts(t *testing.T, d Dialect) {
	files, err := filepath.Glob("testdata/" + d.Name() + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			comment, list := archive(string(text))
			in := map[string]string{}
			for _, s := range list {
				in[s.name] = strings.TrimSuffix(s.data, "\n")
			}
			got := replay(t, d, in)
			out := comment
			for _, s := range list {
				if strings.HasPrefix(s.name, "want.") {
					data, ok := got[s.name]
					if !ok {
						t.Errorf("%s: no input for it", s.name)
					}
					if data != in[s.name] && !*update {
						t.Errorf("%s:\n got %s\nwant %s", s.name, data, in[s.name])
					}
					s.data = data + "\n"
				}
				out += "-- " + s.name + " --\n" + s.data
			}
			if *update {
				if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func replay(t *testing.T, dialect Dialect, in map[string]string) map[string]string {
	t.Helper()
	got := map[string]string{}
	usage := Usage{100, 20, 3, 0, 4}
	planner := []byte(`{"decomposed":true}`)
	r, err := dialect.Parse([]byte(in["request"]))
	if err != nil {
		got["want.error"] = err.Error()
		return got
	}
	var texts []string
	for i, m := range r.Messages {
		for k, p := range m.Parts {
			texts = append(texts, fmt.Sprintf("%d.%d %s %s %q", i, k, m.Role, p.Type, p.Text))
		}
	}
	for _, name := range r.OneCall {
		texts = append(texts, "one call: "+name)
	}
	got["want.texts"] = strings.Join(texts, "\n")
	if s, ok := in["edit"]; ok {
		got["want.edited"] = string(dialect.Edit(r, readEdit(t, s)))
		sameInPlace(t, dialect, []byte(in["request"]), r, readEdit(t, s))
	}
	if s, ok := in["call"]; ok {
		var in struct {
			Model, System, User string
			MaxTokens           int
			Schema              *Schema
			Stream              bool
			Drop                []string
		}
		if err := json.Unmarshal([]byte(s), &in); err != nil {
			t.Fatal(err)
		}
		c := Call{Model: in.Model, MaxTokens: in.MaxTokens, Schema: in.Schema, Stream: in.Stream, Drop: in.Drop}
		for _, p := range []struct {
			to   *[]string
			text string
		}{{&c.System, in.System}, {&c.User, in.User}} {
			if p.text != "" {
				*p.to = strings.SplitAfter(p.text, " ") // the pieces are of no meaning
			}
		}
		got["want.call"] = string(dialect.Call(nil, r, c))
	}
	if s, ok := in["upstream"]; ok {
		reply, err := dialect.Reply([]byte(s))
		got["want.reply"] = fmt.Sprintf("%q %s refusal=%v %+v %v cost=%s %s", reply.Text, reply.Finish, reply.Refusal, reply.Usage, reply.HasUsage, reply.Cost, reply.Model)
		if err != nil {
			got["want.reply"] = "error: " + err.Error()
		} else {
			var w bytes.Buffer
			out := dialect.Stream(&w, Head{ID: AnswerID(dialect, "1"), Model: r.Model, Created: 1700000000})
			for _, d := range dialect.Whole(reply) {
				if err := out.Pass(d); err != nil {
					t.Fatal(err)
				}
			}
			if err := out.Finish(reply.Finish, r.WantUsage, usage, planner); err != nil {
				t.Fatal(err)
			}
			got["want.whole"] = strings.TrimSuffix(w.String(), "\n\n")
			got["want.answer"] = string(dialect.Answer(Answer{Head: Head{ID: AnswerID(dialect, "1"), Model: r.Model, Created: 1700000000}, Base: []byte(s), Usage: usage, Planner: planner}))
		}
	}
	if s, ok := in["upstream.sse"]; ok {
		var w bytes.Buffer
		out := dialect.Stream(&w, Head{ID: AnswerID(dialect, "1"), Model: r.Model, Created: 1700000000})
		finish, failed := "", false
		for d, err := range dialect.Deltas(strings.NewReader(s + "\n\n")) {
			if err != nil {
				e := &Error{Status: 502, Message: err.Error(), Type: "decomposition_failed"}
				errors.As(err, &e)
				if err := out.Fail(e); err != nil {
					t.Fatal(err)
				}
				failed = true
				break
			}
			if d.Finish != "" {
				finish = d.Finish
			}
			if err := out.Pass(d); err != nil {
				t.Fatal(err)
			}
		}
		if !failed {
			if err := out.Finish(finish, r.WantUsage, usage, planner); err != nil {
				t.Fatal(err)
			}
		}
		got["want.stream"] = strings.TrimSuffix(w.String(), "\n\n")
	}
	return got
}

func readEdit(t *testing.T, s string) Edit {
	t.Helper()
	var v struct {
		Model     string
		Texts     map[string]string
		Drop      []int
		Append    []Turn
		Stream    *bool
		MaxTokens int
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	e := Edit{Model: v.Model, Append: v.Append, Stream: v.Stream, MaxTokens: v.MaxTokens, Texts: map[At]string{}, Drop: map[int]bool{}}
	for key, text := range v.Texts {
		var at At
		if _, err := fmt.Sscanf(key, "%d.%d", &at.Message, &at.Part); err != nil {
			t.Fatal(err)
		}
		e.Texts[at] = text
	}
	for _, i := range v.Drop {
		e.Drop[i] = true
	}
	return e
}
