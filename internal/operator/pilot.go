package operator

import (
	"context"
	"errors"
	"slices"
)

const (
	// pilotConfidence is the confidence below which a plan, like every plan of the rules, is tried on pilots first.
	pilotConfidence = 0.6
	// pilotsFrom is the number of chunks from which trying two of them first is cheaper than being wrong on all.
	pilotsFrom = 4
)

// A pilot is what came of a chunk that was asked before the others.
type pilot struct {
	chunk  Chunk
	text   string
	reason error // why text is no good, asked twice; nil when it is
	ask    ask   // the call that failed last, with reason
	cut    bool  // the first reply was cut by its length limit
}

// A Changer is an Exec that wants to know when pilots changed the plan: the work goes on under another operator. Called before anything was read or written.
type Changer interface {
	Changed(operator string)
}

// A Prober is an Exec that wants to know, when the pilots are back and the plan stands, what their replies came to (see Input.Seen) and how many there were. An
// error ends the request before the others are asked.
type Prober interface {
	Probed(seen float64, pilots int) error
}

func probed(x Exec, seen float64, pilots int) error {
	if p, ok := x.(Prober); ok && seen > 0 {
		return p.Probed(seen, pilots)
	}
	return nil
}

// A contradiction is an error of a reading: its pilots say that the task is another one than was planned.
type contradiction struct {
	reason  error
	instead Operator
}

func (c *contradiction) Error() string {
	return "the plan does not fit the material: " + c.reason.Error()
}
func (c *contradiction) Unwrap() error { return c.reason }

// orInstead goes on under the operator that a contradiction names; any other err is returned. The plan is changed once: who stands in is tried on no pilots.
func orInstead(ctx context.Context, in *Input, x Exec, err error) error {
	var c *contradiction
	if !errors.As(err, &c) || c.instead == nil {
		return err
	}
	changed(x, c.instead.Name())
	next := *in
	next.Advice.Operator = c.instead.Name()
	return c.instead.Run(ctx, &next, x)
}

// pilots are the chunks to ask first: two, apart from each other, and not the first one unless its text goes out live, for a text's beginning is often unlike
// the rest. None where the plan comes from a planner that was sure of it.
func (rd *reader) pilots() []int {
	n, a := len(rd.in.Chunks), rd.in.Advice
	switch {
	case n < pilotsFrom || a.By == "planner" && a.Confidence >= pilotConfidence:
		return nil
	case rd.live:
		return []int{0, n / 2}
	}
	return []int{n / 3, 2 * n / 3}
}

// pilot asks the pilots, twice where need be, has them judged, and returns what is left to ask. What they brought is kept.
func (rd *reader) pilot(ctx context.Context, todo []ask) ([]ask, error) {
	slots := rd.pilots()
	if len(slots) == 0 {
		return todo, nil
	}
	tried := map[int]*pilot{}
	var first []ask
	for _, slot := range slots {
		tried[slot] = &pilot{chunk: todo[slot].chunk}
		first = append(first, todo[slot])
	}
	fail := func(a ask, reason error) ([]ask, error) {
		p := tried[a.slot]
		if errors.Is(reason, ErrCut) && !a.grown {
			p.cut = true
			return rd.mend(a, reason)
		}
		p.reason, p.ask = reason, a
		return nil, nil
	}
	for len(first) > 0 {
		var err error
		if first, err = rd.round(ctx, first, fail, func() error { return nil }); err != nil {
			return nil, err
		}
	}
	var judged []pilot
	allCut := true
	replies, texts := 0, 0
	for _, slot := range slots {
		p := tried[slot]
		if p.reason == nil {
			got := rd.got[slot][0]
			p.text = got.text
			if got.tokens == 0 {
				got.tokens = rd.in.Tokens(got.text)
			}
			replies, texts = replies+got.tokens, texts+got.chunk.Tokens
		}
		judged, allCut = append(judged, *p), allCut && p.cut
	}
	if err := rd.judge(judged); err != nil {
		return nil, err
	}
	if err := probed(rd.x, float64(replies)/float64(max(1, texts)), len(slots)); err != nil {
		return nil, err
	}
	var rest []ask
	for _, a := range todo {
		p := tried[a.slot]
		if p == nil {
			if allCut { // the room is too small for this material: the others need not find that out
				a.room, a.grown = 2*a.room, true
			}
			rest = append(rest, a)
			continue
		}
		if p.reason != nil {
			parts, err := rd.mend(p.ask, p.reason)
			if err != nil {
				return nil, err
			}
			rest = append(rest, parts...)
		}
	}
	return rest, rd.flush()
}

// allFail reports whether every pilot failed for a reason of the kind.
func allFail(pilots []pilot, kind func(error) bool) bool {
	return !slices.ContainsFunc(pilots, func(p pilot) bool { return p.reason == nil || !kind(p.reason) })
}

// wrongShape is a reply that is not what was asked for, whatever it says.
func wrongShape(err error) bool {
	var m *misfit
	return errors.Is(err, errShape) || errors.As(err, &m)
}

const (
	errNotItems  = constErr("readers give no items")
	errOnlyNotes = constErr("readers find nothing of the kind, but what matters for the task")
)

// itemsOrNotes judges pilots that were to report items; empty reports whether a reply holds none. Pilots without any item prove nothing by themselves, since
// what is looked for may be rare. So the same chunks are asked for notes, as they would be under the other plan: it is the right one if all of them hold
// something that matters all the same.
func itemsOrNotes(ctx context.Context, in *Input, x Exec, empty func(c Chunk, reply string) bool) func([]pilot) error {
	return func(pilots []pilot) error {
		if allFail(pilots, wrongShape) {
			return &contradiction{errNotItems, answer{}}
		}
		for _, p := range pilots {
			if p.reason != nil || !empty(p.chunk, p.text) {
				return nil
			}
		}
		i, matter := 0, 0
		for reply, err := range x.Each(ctx, len(pilots), func(i int) Call { return mapNotes(in, pilots[i].chunk) }) {
			if err != nil {
				return err
			}
			c := pilots[i].chunk
			i++
			if fault(reply) != nil {
				continue
			}
			notes, _ := checkItems(piece{chunk: c, text: reply.Text}, in.Core(c), parseItems(reply.Text))
			if slices.ContainsFunc(notes, func(n note) bool { return n.quote != "" }) {
				matter++
			}
		}
		if matter < len(pilots) {
			return nil
		}
		return &contradiction{errOnlyNotes, answer{}}
	}
}

// mapNotes is the call that reads a chunk for notes, as readAll makes it.
func mapNotes(in *Input, c Chunk) Call {
	call := notesCall(in, c, in.Core(c))
	call.Stage, call.Index, call.MaxTokens = "map", c.Index, replyLimit(in)
	return call
}

// directly is the final model in one piece, where an answer of that many tokens fits; else nil.
func directly(in *Input, answer int) Operator {
	if fitsWhole(in, answer) {
		return direct{}
	}
	return nil
}

// fitsWhole reports whether the request fits the final model's window in one piece, with an answer of that many tokens.
func fitsWhole(in *Input, answer int) bool {
	l := in.Limits
	return l.Notes > 0 && askedTokens(in)+chunkTokens(in)+answer <= 2*l.Notes && (l.OneCall <= 0 || answer <= l.OneCall)
}
