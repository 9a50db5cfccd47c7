package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxSplits bounds how often a chunk is split again: sixteen pieces at two halves a time.
const maxSplits = 4

// A piece is what was made of a chunk, or of a part of one where it had to be split.
type piece struct {
	chunk  Chunk
	text   string
	tokens int // completion tokens that it took; 0 unknown
}

// An ask is a call that is still owed for a chunk of the plan or a part of it.
type ask struct {
	slot   int // index into Input.Chunks
	chunk  Chunk
	room   int // max tokens of the reply
	depth  int
	grown  bool
	faulty string // the reply that a check refused
	reason error  // why it did
}

// A reading is how an operator asks chunks and looks at their replies.
type reading struct {
	room    int               // max tokens of a reply at first
	roomFor func(c Chunk) int // instead of room, where it depends on the chunk
	call    func(c Chunk, core string) Call
	check   func(c Chunk, text string) error                      // nil: every reply will do
	again   func(c Chunk, core, faulty string, reason error) Call // asks once more after check refused; nil: not asked again
	judge   func([]pilot) error                                   // says whether pilots speak against the plan; nil: no pilots
	instead func() Operator                                       // goes on where check refused every reply; nil: nobody
	live    bool                                                  // what is taken goes to the caller at once: the first chunk is a pilot
}

// A reader is a reading under way.
type reader struct {
	reading
	in   *Input
	x    Exec
	take func([]piece) error
	open []int     // calls still owed, for each chunk of the plan
	got  [][]piece // what came back, for each chunk of the plan
	next int       // the first chunk that was not taken
	any  bool      // some reply was usable
	odd  bool      // check refused the last one that was not
}

// readAll asks every chunk and gives the pieces to take in source order, each chunk's as soon as those before it are complete. A reply that is cut gets twice
// the room once, one that the check refuses is asked for again once; then, like one that is empty, refused or too big for the window, its chunk is split
// and the parts are asked. A chunk that cannot be read ends it: there are no holes. Where the plan is in doubt, pilots go first.
func readAll(ctx context.Context, in *Input, x Exec, r reading, take func([]piece) error) error {
	rd := &reader{reading: r, in: in, x: x, take: take, open: make([]int, len(in.Chunks)), got: make([][]piece, len(in.Chunks))}
	todo := make([]ask, len(in.Chunks))
	for i, c := range in.Chunks {
		todo[i], rd.open[i] = ask{slot: i, chunk: c, room: r.space(c)}, 1
	}
	if r.judge != nil {
		var err error
		if todo, err = rd.pilot(ctx, todo); err != nil {
			return err
		}
	}
	for len(todo) > 0 {
		var err error
		todo, err = rd.round(ctx, todo, rd.mend, rd.flush)
		if err != nil && !rd.any && rd.odd && r.instead != nil {
			if op := r.instead(); op != nil {
				return &contradiction{err, op}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inVain is how many calls of a round must all be asked again without use, when no call before them was of any, to give up: the model is then not up to the
// task, and to split on would double with every level what is spent for nothing.
const inVain = 4

// round asks once and returns what has to be asked next. fail says what to ask instead of a call that brought nothing usable; landed is called after each reply.
func (rd *reader) round(ctx context.Context, todo []ask, fail func(ask, error) ([]ask, error), landed func() error) (again []ask, err error) {
	i, vain := 0, 0
	for reply, err := range rd.x.Each(ctx, len(todo), func(i int) Call { return rd.ask(rd.in, todo[i]) }) {
		if err != nil {
			return nil, fmt.Errorf("reading the material: %w", err)
		}
		a := todo[i]
		i++
		reason := fault(reply)
		rd.odd = false
		if reason == nil && rd.check != nil {
			reason = rd.check(a.chunk, reply.Text)
			rd.odd = reason != nil
			if reason != nil && rd.again != nil && a.reason == nil {
				a.faulty, a.reason = reply.Text, reason
				again = append(again, a)
				continue
			}
			if errors.Is(reason, errDoubt) {
				reason = nil // asked twice; what is doubtful in it is left out by who takes it
			}
		}
		if reason != nil && (a.depth > 0 || a.reason != nil) && !errors.Is(reason, ErrCut) && !errors.Is(reason, ErrContextWindow) {
			if vain++; vain >= inVain && vain == i && i == len(todo) && !rd.any {
				return nil, fmt.Errorf("chunk %d and every other one asked: %w", a.chunk.Index, reason)
			}
		}
		if reason == nil {
			rd.any = true
			rd.got[a.slot] = append(rd.got[a.slot], piece{a.chunk, reply.Text, reply.Tokens})
			rd.open[a.slot]--
		} else {
			parts, err := fail(a, reason)
			if err != nil {
				return nil, err
			}
			again = append(again, parts...)
		}
		if err := landed(); err != nil {
			return nil, err
		}
	}
	if i < len(todo) {
		return nil, fmt.Errorf("reading the material: %d of %d calls came back: %w", i, len(todo), errNoReply)
	}
	return again, nil
}

func (rd *reader) mend(a ask, reason error) ([]ask, error) {
	parts, err := mend(rd.in, a, reason)
	rd.open[a.slot] += len(parts) - 1
	return parts, err
}

// flush gives the chunks that are complete to take, in order.
func (rd *reader) flush() error {
	for rd.next < len(rd.open) && rd.open[rd.next] == 0 {
		slices.SortFunc(rd.got[rd.next], func(a, b piece) int { return a.chunk.Start - b.chunk.Start })
		rd.x.Read(rd.in.Chunks[rd.next])
		if err := rd.take(rd.got[rd.next]); err != nil {
			return err
		}
		rd.got[rd.next] = nil
		rd.next++
	}
	return nil
}

func (r reading) space(c Chunk) int {
	if r.roomFor != nil {
		return r.roomFor(c)
	}
	return r.room
}

func (r reading) ask(in *Input, a ask) Call {
	core := in.Core(a.chunk)
	c := r.call(a.chunk, core)
	if a.reason != nil {
		c = r.again(a.chunk, core, a.faulty, a.reason)
	}
	c.Stage, c.Index, c.MaxTokens = "map", a.chunk.Index, a.room
	return c
}

// errDoubt is wrapped by a check's error when the reply can be used if asking once more does not make it better.
const errDoubt = constErr("parts of the reply are in doubt")

const errNoReply = constErr("no reply came back")

// fault says why a reply is no good; nil when it is.
func fault(r Reply) error {
	switch {
	case r.Err != nil:
		return r.Err
	case r.Finish == "length":
		return ErrCut
	case isBlank(r.Text):
		return ErrEmpty
	case len(r.Text) <= longestRefusal && refuses().MatchString(strings.TrimSpace(r.Text)):
		return ErrRefused
	}
	return nil
}

// refuses is how models decline in words where their provider marks no refusal: nothing else is in the reply. That the passage says nothing is no refusal.
var refuses = lazily(`(?i)^(?:(?:(?:(?:i'm|i’m|i am|we're) )?(?:very |truly |so )?sorry|i(?:'m|’m| am) afraid|i apologi[sz]e|unfortunately|as an ai)\b[^\n"“]{0,60}?)?(?:i (?:can't|can’t|cannot|can not|won't|won’t|am unable to|am not able to)|i'm unable to|i’m unable to|i'm not able to|i’m not able to) ` +
	`(?:assist|help|comply|fulfil|fulfill|engage|do that)\b[^\n]*(?:\n[^\n]*){0,2}$|^(?:üzgünüm|maalesef|özür dilerim)[^\n]{0,100}(?:yardımcı olam|yerine getirem)[^\n]*$`)

const longestRefusal = 400 // bytes

// mend says what to ask instead of a call that brought nothing usable.
func mend(in *Input, a ask, reason error) ([]ask, error) {
	if errors.Is(reason, ErrCut) && !a.grown {
		a.room, a.grown = 2*a.room, true
		return []ask{a}, nil
	}
	if a.depth < maxSplits {
		if parts := in.Split(a.chunk); len(parts) > 1 {
			asks := make([]ask, len(parts))
			for i, p := range parts {
				asks[i] = ask{slot: a.slot, chunk: p, room: a.room, depth: a.depth + 1, grown: a.grown}
			}
			return asks, nil
		}
	}
	return nil, fmt.Errorf("chunk %d (message %d, bytes %d to %d, split %d times): %w",
		a.chunk.Index, a.chunk.Message, a.chunk.Start, a.chunk.End, a.depth, reason)
}

// askOne makes a single call.
func askOne(ctx context.Context, x Exec, c Call) (Reply, error) {
	for reply, err := range x.Each(ctx, 1, func(int) Call { return c }) {
		if err != nil {
			return reply, fmt.Errorf("%s call: %w", c.Stage, err)
		}
		return reply, nil
	}
	return Reply{}, fmt.Errorf("%s call: %w", c.Stage, errNoReply)
}

// surely is how often a call is made of which there is only one, and which cannot be made smaller.
const surely = 3

// askSurely makes a single call again when it brought nothing usable, with more room each time: the last reply may still be no good.
func askSurely(ctx context.Context, x Exec, c Call) (reply Reply, err error) {
	for range surely {
		if reply, err = askOne(ctx, x, c); err != nil || fault(reply) == nil || errors.Is(reply.Err, ErrContextWindow) {
			return reply, err
		}
		c.MaxTokens *= 2
	}
	return reply, nil
}
