package operator

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// Run carries a plan out: op makes its calls through x, and no final call's answer reaches the caller that is not the JSON which response_format demands.
func Run(ctx context.Context, op Operator, in *Input, x Exec) error {
	return op.Run(ctx, in, &former{x, in})
}

// A former is an Exec that holds final answers against the caller's response_format: one that does not fit is asked for once more, with what is wrong with it. Of
// replies to operators it leaves the thoughts out.
type former struct {
	Exec
	in *Input
}

const (
	errUnfit   = constErr("the answer is not the JSON that response_format demands, and could not be repaired: loosen the schema, or ask for less at a time")
	errCutForm = constErr("the JSON answer was cut by its length limit: raise max_tokens, or ask for less at a time")
)

func (f *former) Answer(ctx context.Context, a Answer) (Reply, error) {
	if !wantsJSON(f.in) {
		return f.Exec.Answer(ctx, a)
	}
	a.Check = func(text string) error { return unfit(f.in, text) }
	asked := a.Append
	for try := 0; ; try++ {
		reply, err := f.Exec.Answer(ctx, a)
		var wrong *misfit
		if err != nil || !errors.As(reply.Err, &wrong) {
			return reply, err
		}
		if bare, ok := bareJSON(f.in, reply.Text); ok {
			f.Finish("stop")
			return Reply{Text: bare, Finish: "stop"}, f.Write(bare)
		}
		switch {
		case reply.Finish == "length": // what is left out to make it shorter would be lost
			return Reply{Err: errCutForm}, nil
		case try == 1:
			return Reply{Err: errUnfit}, nil
		}
		a.Append = append(asked[:len(asked):len(asked)], Turn{"assistant", ends(reply.Text)}, Turn{"user", prompt.Text("form.user", prompt.Fields{Reason: detail(wrong)})})
	}
}

// Each is the Exec's own, but for thoughts.
func (f *former) Each(ctx context.Context, n int, call func(i int) Call) iter.Seq2[Reply, error] {
	return func(yield func(Reply, error) bool) {
		i := 0
		for reply, err := range f.Exec.Each(ctx, n, call) {
			if !yield(thoughtless(reply, func() Call { return call(i) }), err) {
				return
			}
			i++
		}
	}
}

// Changed is the Exec's own, where it has one.
func (f *former) Changed(operator string) { changed(f.Exec, operator) }

// StoppedAt is the Exec's own, where it has one.
func (f *former) StoppedAt(sequence string) { stoppedAt(f.Exec, sequence) }

// Probed is the Exec's own, where it has one.
func (f *former) Probed(seen float64, pilots int) error { return probed(f.Exec, seen, pilots) }

// bareJSON is the one JSON text in a reply that is what was demanded, whatever is around it: a code fence, a thought, a few words.
func bareJSON(in *Input, reply string) (bare string, ok bool) {
	all, _ := jsonIn(spoken(reply, func() string { return "" }))
	for _, f := range all {
		if in.Format == "json_object" && f.raw[0] != '{' || unfit(in, f.raw) != nil || f.raw == bare {
			continue
		}
		if ok {
			return "", false
		}
		bare, ok = f.raw, true
	}
	return bare, ok
}

// wantsJSON reports whether the caller's request demands JSON.
func wantsJSON(in *Input) bool { return in.Format == "json_object" || in.Format == "json_schema" }

// inOnePiece reports whether the form that the caller's request demands is one of the whole answer, which no sections or passages one after the other have.
func inOnePiece(in *Input) bool { return wantsJSON(in) || in.Format == "guided" }

// wholly has the model give the answer in one piece, whatever was planned.
func wholly(ctx context.Context, in *Input, x Exec) error {
	changed(x, direct{}.Name())
	return direct{}.Run(ctx, in, x)
}

// unfit says what of a text is not as the caller's response_format demands, for a model to read. A schema that does not compile is upstream's to judge.
func unfit(in *Input, text string) error {
	if !wantsJSON(in) {
		return nil
	}
	if !json.Valid([]byte(text)) {
		return &misfit{"it is not one JSON text and nothing else"}
	}
	if in.Format == "json_object" {
		return nil
	}
	s, err := parseSchema(in.Schema)
	if err != nil {
		return nil
	}
	v, err := parseValue([]byte(text))
	if err != nil {
		return &misfit{err.Error()}
	}
	return s.check(v)
}

const errNotJSON = constErr("the parts do not come together as the JSON that response_format demands: leave response_format out, or send less text at a time")

// fitsFormat says whether a text that was put together here is what the caller's response_format demands.
func fitsFormat(in *Input, text string) error {
	if unfit(in, text) != nil {
		return errNotJSON
	}
	return nil
}
