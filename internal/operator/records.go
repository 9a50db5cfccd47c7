package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// lists names the properties of the caller's schema, in its order, when it is an object of nothing but lists: then the objects of chunks join by
// concatenation and nothing has to be decided. nil for any other schema: a total or a title is for the final call to word.
func lists(in *Input) []string {
	if in.Format != "json_schema" {
		return nil
	}
	s, err := parseSchema(in.Schema)
	if err != nil || !s.allows("object") || len(s.Properties) == 0 {
		return nil
	}
	for _, p := range s.Properties {
		// A bound on the whole list is not kept by the parts keeping it.
		if !p.allows("array") || p.Items == nil || p.bounded || p.Ref != "" {
			return nil
		}
	}
	return s.order
}

func recordsCall(in *Input, c Chunk, core, reason string) Call {
	f := fields(in)
	f.Place, f.Material, f.Reason, f.Schema = c.Context, core, reason, string(in.Schema)
	if core != "" {
		f.Earlier, f.Later = around(in, c)
	}
	return Call{Role: Fast, System: prompt.Text("records.system", f), User: prompt.Text("records.user", f)}
}

// records joins the objects of all chunks, in source order, and writes the one that the caller's schema asks for. Elements keep their bytes.
func records(ctx context.Context, in *Input, x Exec, names []string) error {
	schema, err := parseSchema(in.Schema)
	if err != nil {
		return fmt.Errorf("response_format.json_schema.schema: %w", err)
	}
	check := func(_ Chunk, text string) error {
		_, err := record(text, schema)
		return err
	}
	r := reading{
		room:  2 * replyLimit(in),
		call:  func(c Chunk, core string) Call { return recordsCall(in, c, core, "") },
		check: check,
		again: func(c Chunk, core, faulty string, reason error) Call {
			return recordsCall(in, c, core, "An earlier reply was refused: "+detail(reason)+".")
		},
		judge: itemsOrNotes(ctx, in, x, func(reply string) bool {
			object, err := record(reply, schema)
			for _, list := range object {
				if len(list) > 0 {
					return false
				}
			}
			return err == nil
		}),
	}
	joined := map[string][]json.RawMessage{}
	err = readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			object, err := record(p.text, schema)
			if err != nil {
				return err
			}
			for _, name := range names {
				joined[name] = append(joined[name], object[name]...)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		b.Write(key)
		b.WriteString(":[")
		for k, e := range joined[name] {
			if k > 0 {
				b.WriteByte(',')
			}
			if err := json.Compact(&b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	text := b.String()
	if n := in.Tokens(text); in.Limits.Answer > 0 && n > in.Limits.Answer {
		// Half a JSON text is none.
		return fmt.Errorf("the JSON answer has %d tokens, max_tokens allows %d: raise it", n, in.Limits.Answer)
	}
	x.Finish("stop")
	return x.Write(text)
}

// record reads the object of a reply and holds it against the schema. A reply that says none is an object of empty lists.
func record(text string, s *schema) (map[string][]json.RawMessage, error) {
	if isNone(text) {
		return nil, nil
	}
	i := strings.IndexByte(text, '{')
	if i < 0 {
		return nil, errShape
	}
	var raw json.RawMessage
	if json.NewDecoder(strings.NewReader(text[i:])).Decode(&raw) != nil {
		return nil, errShape
	}
	var object map[string][]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil, errShape
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil, errShape
	}
	if m, ok := v.(map[string]any); ok {
		for _, name := range s.order { // a list left out is an empty one
			if m[name] == nil {
				m[name] = []any{}
			}
		}
	}
	if err := s.check(v, "", 0); err != nil {
		return nil, &misfit{err.Error()}
	}
	return object, nil
}

// A misfit is a reply that does not validate. What exactly is wrong names the caller's keys: it goes to the model, and into no log.
type misfit struct{ detail string }

func (*misfit) Error() string {
	return "the reply does not fit response_format.json_schema"
}

func detail(err error) string {
	var m *misfit
	if errors.As(err, &m) {
		return m.detail
	}
	return err.Error()
}
