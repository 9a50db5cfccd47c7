package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// revised is a file with the changes to its passages.
type revised struct {
	parts []revision
	end   string // what stands behind the last passage
}

// A revision is a passage before and after.
type revision struct {
	chunk   Chunk
	before  string // what stands between the passage before and this one
	was, is string
}

// text is the file with the changes to its first n passages.
func (f *revised) text(n int) string {
	var b strings.Builder
	for i, p := range f.parts {
		b.WriteString(p.before)
		if i < n {
			b.WriteString(p.is)
		} else {
			b.WriteString(p.was)
		}
	}
	b.WriteString(f.end)
	return b.String()
}

// mostMended is how many passages of a file are asked for again because of their form: where there are more, the model is not up to the task.
const mostMended = 3

// mended is the file with all changes. Where it was well-formed and would not be any more, the passage whose changes, after those before it, break it is asked for
// once more. It is found by halving.
func (f *revised) mended(ctx context.Context, in *Input, x Exec, r reading) (string, error) {
	was := fileIn(f.text(0))
	var asked []int
	for {
		text := f.text(len(f.parts))
		broken := stillParses(was, fileIn(text))
		if broken == nil {
			return text, nil
		}
		at := sort.Search(len(f.parts)-1, func(i int) bool { return stillParses(was, fileIn(f.text(i+1))) != nil })
		if slices.Contains(asked, at) || len(asked) == mostMended {
			return "", broken
		}
		asked = append(asked, at)
		p := &f.parts[at]
		again := ask{chunk: p.chunk, room: r.space(p.chunk), reason: broken}
		for reply, err := range x.Each(ctx, 1, func(int) Call { return r.ask(in, again) }) {
			if err == nil {
				err = fault(reply)
			}
			if err == nil {
				p.is, err = applied(p.was, reply.Text)
			}
			if err != nil {
				return "", fmt.Errorf("%w, and asked again: chunk %d: %w", broken, p.chunk.Index, err)
			}
		}
	}
}

// stillParses checks a changed file in the languages that can be checked here: what was well-formed must be so afterwards.
func stillParses(was, is string) error {
	for _, l := range languages {
		if l.is(was) {
			if !l.ok(is) {
				return errors.New("the file was well-formed " + l.name + " and would not be after the changes")
			}
			return nil
		}
	}
	return nil
}

// languages are those that can be checked here: is says that a text is written in one, ok that it is well-formed.
var languages = []struct {
	name   string
	is, ok func(string) bool
}{
	{"JSON", isJSON, isJSON},
	{"Go", isGo, isGo},
	{"YAML", func(s string) bool { n, ok := yamlOf(s); return ok && slices.ContainsFunc(n, looksYAML) }, func(s string) bool { _, ok := yamlOf(s); return ok }},
}

func isJSON(s string) bool { return json.Valid([]byte(s)) }

func isGo(s string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", s, parser.SkipObjectResolution)
	return err == nil
}

// languageOf names the language of a file for its code block; "" where it is not one of those.
func languageOf(text string) string {
	for _, l := range languages {
		if l.is(text) {
			return strings.ToLower(l.name)
		}
	}
	return ""
}

// yamlOf is the documents of a text that is YAML.
func yamlOf(s string) (docs []*yaml.Node, ok bool) {
	for d := yaml.NewDecoder(strings.NewReader(s)); ; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return docs, len(docs) > 0
		case err != nil:
			return nil, false
		case len(n.Content) > 0:
			docs = append(docs, n.Content[0])
		}
	}
}

var yamlKey = lazily(`^[a-z][\w./-]*$`)

// looksYAML reports whether a document that can be read as YAML was meant as that, for so can a line of prose, a Markdown list, and a transcript of "Name: words":
// it has mappings within, or its keys, at least two, are names that programs use, each of them once.
func looksYAML(n *yaml.Node) bool {
	names := map[string]bool{}
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			if c.Kind == yaml.MappingNode && len(c.Content) == 2 { // "- Note: words"
				c = c.Content[1]
			}
			if c.Kind == yaml.MappingNode || looksYAML(c) {
				return true
			}
		case i%2 == 1:
			if c.Kind == yaml.MappingNode || looksYAML(c) {
				return true
			}
		case yamlKey().MatchString(c.Value):
			names[c.Value] = true
		}
	}
	return n.Kind == yaml.MappingNode && len(names) > 1 && 2*len(names) == len(n.Content)
}
