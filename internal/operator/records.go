package operator

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// joinable is the caller's schema when objects under it can be filled passage by passage and joined here: one with lists that grow with the text, and no
// bound on them. nil for any other: a choice, a ranking or a single record is for the final call, which carries the schema itself.
func joinable(in *Input) *schema {
	if in.Format != "json_schema" || in.Advice.Repeats || wantsSome(in.Instruction) {
		return nil
	}
	s, err := parseSchema(in.Schema)
	if err != nil || !s.shape.joins() {
		return nil // one that does not compile is upstream's to judge
	}
	return s
}

func recordsCall(in *Input, c Chunk, core, reason string) Call {
	f := readerFields(in, c, core, reason)
	f.Schema = string(in.Schema)
	return Call{Role: Fast, System: prompt.Pieces("records.system", f), User: prompt.Pieces("records.user", f)}
}

// settleRoom is what the values that passages leave open may take, in tokens.
const settleRoom = 1500

func settleCall(in *Input, open, reason string) Call {
	f := fields(in)
	f.Question, f.Material, f.Reason, f.Schema = "", open, reason, string(in.Schema)
	return Call{Stage: "merge", Role: Final, System: prompt.Pieces("settle.system", f), User: prompt.Pieces("settle.user", f), MaxTokens: settleRoom}
}

// recordStages is what filling and joining objects takes: the values that are not lists may have to be settled by a call, and so may an order that no property names.
func recordStages(in *Input, s *schema, read Stage) []Stage {
	stages := []Stage{read}
	if wantsOrder(in) && !s.shape.orders(in) {
		n := read.Expected / sequenceEach / 4
		c := sequenceCall(in, "", "", n)
		stages = append(stages, Stage{Name: "merge", Role: Final, Calls: 1, Prompt: c.tokens(in) + read.Expected, Expected: sequenceEach * n, Worst: c.MaxTokens})
	}
	if s.shape.leafs() && in.Advice.Conflict != "latest" {
		c := settleCall(in, "", "")
		stages = append(stages, Stage{Name: "merge", Role: Final, Calls: 1, Prompt: c.tokens(in) + min(read.Expected, worded),
			Expected: settleRoom / 5, Worst: settleRoom})
	}
	return stages
}

// records joins the objects of all passages, in source order, and writes the one that the caller's schema asks for. What is written validates; values keep
// their bytes.
func records(ctx context.Context, in *Input, x Exec, s *schema) error {
	r := reading{
		room: 2 * replyLimit(in),
		call: func(c Chunk, core string) Call { return recordsCall(in, c, core, "") },
		check: func(_ Chunk, text string) error {
			_, err := s.part(text)
			return err
		},
		again: func(c Chunk, core, faulty string, reason error) Call {
			return recordsCall(in, c, core, "An earlier reply was refused: "+detail(reason)+".")
		},
		judge: itemsOrNotes(ctx, in, x, func(_ Chunk, reply string) bool {
			v, err := s.part(reply)
			return err == nil && !v.says()
		}),
	}
	var parts []part
	err := readAll(ctx, in, x, r, func(pieces []piece) error {
		for _, p := range pieces {
			v, err := s.part(p.text)
			if err != nil {
				return err
			}
			parts = append(parts, part{p.chunk, v})
		}
		return nil
	})
	if err != nil {
		return err
	}
	j := newJoiner(in)
	whole := j.join(s.shape, parts, "")
	if len(j.open) > 0 {
		if err := settle(ctx, in, x, s, j.open, whole); err != nil {
			return err
		}
	}
	for _, l := range j.unordered() {
		order, ok, err := sequence(ctx, in, x, jsonOf(l.list))
		if err != nil {
			return err
		}
		if ok {
			was := slices.Clone(l.list)
			for i, k := range order {
				l.list[i] = was[k]
			}
		}
	}
	if err := s.check(whole); err != nil {
		if whole, err = repaired(ctx, in, x, s, whole, err); err != nil {
			return err
		}
	}
	text := whole.String()
	if n := in.Tokens(text); in.Limits.Answer > 0 && n > in.Limits.Answer {
		// Half a JSON text is none.
		return fmt.Errorf("the JSON answer has %d tokens, max_tokens allows %d: raise it", n, in.Limits.Answer)
	}
	x.Finish("stop")
	return x.Write(text)
}

// says reports whether v holds anything but empty lists and nulls.
func (v *value) says() bool {
	if v == nil || v.kind == 0 {
		return !v.vague()
	}
	for _, e := range v.list {
		if e != nil {
			return true
		}
	}
	for _, e := range v.object {
		if e.says() {
			return true
		}
	}
	return false
}

// part reads the object of a reply, or the list where the whole is one, and holds what is in it against the schema. A reply that says none is an empty one.
func (s *schema) part(text string) (*value, error) {
	if isNone(text) && s.shape.kind == list {
		return &value{kind: '['}, nil
	}
	if isNone(text) {
		return &value{kind: '{', object: map[string]*value{}}, nil
	}
	v, err := s.valueOf(text)
	if err != nil {
		return nil, err
	}
	v = s.shape.fitted(v)
	return v, s.checkPart(v, s.shape, "")
}

// valueOf finds in a reply what the whole schema is about: an object, or a list.
func (s *schema) valueOf(text string) (*value, error) {
	if s.shape.kind == list {
		return valueIn(text, '[')
	}
	return valueIn(text, '{')
}

// valueIn is the one object, or list, of a reply, or just inside what the reply has around it. Of two of them nobody knows which one is meant.
func valueIn(text string, open byte) (*value, error) {
	all, _ := jsonIn(text)
	other := func(f jsonText) bool { return f.raw[0] != open }
	if len(all) == 1 && other(all[0]) {
		all, _ = jsonIn(all[0].raw[1:])
	}
	raw := ""
	for _, f := range slices.DeleteFunc(all, other) {
		switch {
		case f.raw == raw, len(f.raw) <= 2 && raw != "":
		case len(raw) <= 2:
			raw = f.raw
		default:
			return nil, errShape
		}
	}
	v, err := parseValue([]byte(raw))
	if err != nil {
		return nil, errShape
	}
	return v, nil
}

// settle has one call decide the values that passages give differently, or not at all, and puts them in their places.
func settle(ctx context.Context, in *Input, x Exec, s *schema, open []openLeaf, whole *value) error {
	var b strings.Builder
	for _, o := range open {
		b.WriteString(o.render())
	}
	sizes(whole, "", &b)
	text := b.String()
	if limit := in.Limits.Notes; limit > 0 && in.Tokens(text) > limit {
		return fmt.Errorf("%d values of the JSON answer differ from passage to passage, too many to settle: ask for lists, or for less at a time", len(open))
	}
	reason := ""
	for try := 0; ; try++ {
		reply, err := askOne(ctx, x, settleCall(in, text, reason))
		if err != nil {
			return err
		}
		err = fault(reply)
		if err == nil {
			err = s.settled(reply.Text, open)
		}
		if err == nil {
			return nil
		}
		if try == 1 {
			return fmt.Errorf("settling the values that differ from passage to passage: %w", err)
		}
		reason = "An earlier reply was refused: " + detail(err) + "."
	}
}

func (s *schema) settled(reply string, open []openLeaf) error {
	v, err := valueIn(reply, '{')
	if err != nil {
		return err
	}
	for _, o := range open {
		e := v.get(o.at)
		if e == nil {
			return &misfit{fmt.Sprintf("%q is missing", o.at)}
		}
		if err := s.hold(s.parts[o.shape.at], e, o.at); err != nil {
			return err
		}
	}
	for _, o := range open {
		o.into.set(o.name, v.get(o.at))
	}
	return nil
}

// sizes says how many elements each list of the whole has.
func sizes(v *value, at string, b *strings.Builder) {
	switch v.kind {
	case '[':
		fmt.Fprintf(b, "%s: a list, complete, of %d elements\n", at, len(v.list))
	case '{':
		for _, k := range v.keys {
			sizes(v.object[k], at+"/"+k, b)
		}
	}
}

// repairedWhole is the size in tokens up to which a model is trusted to repeat an object without losing some of it.
const repairedWhole = 6000

// repaired has one call mend an object that does not validate. What comes back validates and has lost no element of a list; else there is no answer.
func repaired(ctx context.Context, in *Input, x Exec, s *schema, whole *value, wrong error) (*value, error) {
	fail := func(err error) (*value, error) {
		return nil, fmt.Errorf("the JSON answer does not fit response_format.json_schema, and could not be repaired: loosen the schema, or ask for less at a time: %w", err)
	}
	text := whole.String()
	n := in.Tokens(text)
	room := n + n/4 + 256
	if n > repairedWhole || in.Limits.OneCall > 0 && room > in.Limits.OneCall {
		return fail(wrong)
	}
	f := fields(in)
	f.Question, f.Material, f.Reason, f.Schema = "", text, detail(wrong), string(in.Schema)
	reply, err := askOne(ctx, x, Call{Stage: "merge", Role: Final, System: prompt.Pieces("repair.system", f), User: prompt.Pieces("repair.user", f), MaxTokens: room})
	if err != nil {
		return nil, err
	}
	if err := fault(reply); err != nil {
		return fail(err)
	}
	v, err := s.valueOf(reply.Text)
	if err == nil {
		err = s.check(v)
	}
	if err == nil && lost(whole, v) {
		err = errLost
	}
	if err != nil {
		return fail(err)
	}
	return v, nil
}

const errLost = constErr("the repaired object lacks elements")

// lost reports whether a list of one object is shorter in the other.
func lost(was, is *value) bool {
	switch was.kind {
	case '[':
		return is == nil || is.kind != '[' || len(is.list) < len(was.list)
	case '{':
		return slices.ContainsFunc(was.keys, func(k string) bool {
			child := was.object[k]
			return child.kind != 0 && lost(child, is.get(k))
		})
	}
	return false
}

// exactSum adds JSON numbers; false where one is none.
func exactSum(numbers []string) (string, bool) {
	sum, scale := new(big.Rat), 0
	for _, s := range numbers {
		n, ok := new(big.Rat).SetString(s)
		if !ok {
			return "", false
		}
		sum.Add(sum, n)
		if _, decimals, ok := strings.Cut(s, "."); ok {
			scale = max(scale, len(decimals))
		}
	}
	return decimal(sum, scale), true
}
