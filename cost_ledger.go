package haikuplanner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// errOverBudget is what errors.Is finds in a reservation that the cap does not allow. The error itself is a *budgetError.
var errOverBudget = errors.New("over budget")

// errNotHeld is what launch says of a reservation that is no hold, or no longer one.
var errNotHeld = errors.New("only a hold can be launched, and only once")

// budgetError says by how much a reservation missed.
type budgetError struct {
	Cap, Spent, Reserved, Need Money // Reserved: worst cases still outstanding; Need: the worst case that did not fit
}

func (e *budgetError) Error() string {
	return fmt.Sprintf("over budget: spent %s and reserved %s of %s dollars, the next call may cost %s", e.Spent, e.Reserved, e.Cap, e.Need)
}

func (e *budgetError) Is(target error) bool { return target == errOverBudget }

// unpriced, as a worst case, is that of a call whose price is not known: it reserves nothing and passes until the cap is spent.
const unpriced Money = -1

// ledger keeps a request's spending under its cap. No call starts before its worst case is reserved, so at every moment spent + outstanding worst cases
// ≤ cap, as long as no call costs more than its worst case. It is safe for concurrent use.
//
// Outstanding reservations are launches, which settle by themselves when their call returns, and holds, which do not: a hold is set aside for a call that
// comes later. Only launches are worth waiting for.
type ledger struct {
	limit  Money
	capped bool

	mu       sync.Mutex
	paid     Money
	launched Money
	held     Money
	queue    []*waiter // first come, first served, so that small calls cannot starve a big one
}

type waiter struct {
	need Money
	r    *reservation
	from reservationState // waiting or onHold
	done chan error       // buffered: whoever serves the queue never waits
}

// reservation is money set aside for one call. Its methods are safe for concurrent use.
type reservation struct {
	l      *ledger
	worst  Money // this and what follows is guarded by l.mu
	before Money // worst while it was a hold
	state  reservationState
}

type reservationState uint8

const (
	waiting reservationState = iota
	onHold
	inFlight
	settled
)

// newLedger starts a ledger with nothing spent. Without capped everything passes and is added up.
func newLedger(limit Money, capped bool) *ledger { return &ledger{limit: limit, capped: capped} }

// bound sets another limit from now on.
func (l *ledger) bound(limit Money, capped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit, l.capped = limit, capped
}

// reserve sets worst aside for a call that starts now. When it does not fit it waits for launches to settle, and fails with errOverBudget as soon as
// even their costing nothing would not make room. A caller that holds a launch of its own settles it before it reserves again.
func (l *ledger) reserve(ctx context.Context, worst Money) (*reservation, error) {
	r := &reservation{l: l}
	l.mu.Lock()
	if worst < 0 {
		worst = 0
		// What such calls turned out to cost is known once they return.
		if l.capped && l.paid > 0 && l.paid >= l.limit {
			defer l.mu.Unlock()
			return nil, l.refusal(0)
		}
	}
	if err := l.admit(ctx, r, worst); err != nil { // unlocks
		return nil, err
	}
	return r, nil
}

// hold sets worst aside for a call that starts later, through launch. It never waits.
func (l *ledger) hold(worst Money) (*reservation, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	worst = max(worst, 0)
	if !l.fits(worst) {
		return nil, l.refusal(worst)
	}
	worst = min(worst, maxMoney-l.launched-l.held)
	l.held += worst
	return &reservation{l: l, worst: worst, before: worst, state: onHold}, nil
}

// launch turns a hold into the reservation of a call that starts now, whose worst case is by now known to be worst. What the hold has too much is
// given back; what it lacks is reserved, waiting like reserve. After an error the hold still stands.
func (r *reservation) launch(ctx context.Context, worst Money) error {
	l := r.l
	l.mu.Lock()
	if r.state != onHold {
		defer l.mu.Unlock()
		return errNotHeld
	}
	worst = max(worst, 0)
	if l.capped && !l.below(worst, l.paid) { // other calls cost more than their worst case, and so took what was held
		defer l.mu.Unlock()
		return l.refusal(worst)
	}
	return l.admit(ctx, r, worst-r.worst) // unlocks
}

// admit lets r take need more than it has and fly, waiting its turn. It is called with l.mu held and returns without it.
func (l *ledger) admit(ctx context.Context, r *reservation, need Money) error {
	if need <= 0 || len(l.queue) == 0 && l.fits(need) {
		l.fly(r, need)
		l.serve()
		l.mu.Unlock()
		return nil
	}
	if !l.couldFit(need) {
		defer l.mu.Unlock()
		return l.refusal(need)
	}
	w := &waiter{need: need, r: r, from: r.state, done: make(chan error, 1)}
	l.queue = append(l.queue, w)
	l.serve()
	l.mu.Unlock()

	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.queue, w); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		l.serve() // those behind it may fit
		return context.Cause(ctx)
	}
	// Served in the same moment: what was granted is given back.
	if err := <-w.done; err != nil {
		return err
	}
	l.land(w)
	return context.Cause(ctx)
}

// fly books need more for r, which is in flight from now on.
func (l *ledger) fly(r *reservation, need Money) {
	if r.state == onHold {
		l.held -= r.worst
	}
	r.worst = min(r.worst+need, maxMoney-l.launched-l.held) // without a cap worst cases may be of any size
	r.state = inFlight
	l.launched += r.worst
}

// land takes back what fly booked for a call that did not start.
func (l *ledger) land(w *waiter) {
	if w.r.state != inFlight {
		return
	}
	l.launched -= w.r.worst
	w.r.worst, w.r.state = w.r.before, w.from
	if w.from == onHold {
		l.held += w.r.worst
	}
	l.serve()
}

// serve grants the queue's head as often as it fits and refuses it when nothing in flight can make room for it.
func (l *ledger) serve() {
	for len(l.queue) > 0 {
		w := l.queue[0]
		switch {
		case w.r.state != w.from: // launched twice, or settled meanwhile
			w.done <- errNotHeld
		case l.fits(w.need):
			l.fly(w.r, w.need)
			w.done <- nil
		case !l.couldFit(w.need):
			w.done <- l.refusal(w.need)
		default:
			return
		}
		l.queue = l.queue[1:]
	}
}

func (l *ledger) fits(need Money) bool {
	return !l.capped || need <= 0 || l.below(need, l.paid.Add(l.launched).Add(l.held))
}

// couldFit says whether need fits if all that is in flight costs nothing.
func (l *ledger) couldFit(need Money) bool { return l.below(need, l.paid.Add(l.held)) }

// below says whether taken + need ≤ limit, without overflow.
func (l *ledger) below(need, taken Money) bool { return need <= l.limit && taken <= l.limit-need }

func (l *ledger) refusal(need Money) error {
	return &budgetError{Cap: l.limit, Spent: l.paid, Reserved: l.launched.Add(l.held), Need: need}
}

// settle books what the call really cost in place of its worst case: zero for one that failed or never started. Only the first call counts.
func (r *reservation) settle(actual Money) {
	l := r.l
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.state {
	case onHold:
		l.held -= r.worst
	case inFlight:
		l.launched -= r.worst
	default:
		return
	}
	r.state = settled
	l.paid = l.paid.Add(max(actual, 0))
	l.serve()
}

// drop gives a reservation back that nothing came of. Of none there is nothing to give back.
func (r *reservation) drop() {
	if r != nil {
		r.settle(0)
	}
}

// spent is what settled calls cost.
func (l *ledger) spent() Money {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paid
}

// reserved is the sum of outstanding worst cases, holds included.
func (l *ledger) reserved() Money {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.launched.Add(l.held)
}
