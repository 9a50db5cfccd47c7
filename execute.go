package haikuplanner

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/prompt"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// A run is one decomposed request while it runs. It implements operator.Exec.
type run struct {
	p        *Planner
	cfg      *Config
	look     *look
	next     http.RoundTripper
	reason   string
	rules    bool
	id       string
	began    time.Time
	deadline time.Time
	ctx      context.Context
	cancel   context.CancelCauseFunc

	cap     Money
	money   *ledger
	plan    *Plan
	advised *advice.Decided        // by the planner or by rules
	chosen  atomic.Pointer[string] // the operator, for headers that go out while the run goes on
	out     *output
	window  chan struct{} // max_chunks
	pause   pause

	mu      sync.Mutex
	hold    *reservation // for the final model
	calls   []callRecord
	flights map[[sha256.Size]byte]*flight
	read    map[int]int // bytes read of each chunk of the plan
	events  sync.Mutex  // the observer hears one event at a time
	done    int         // calls of the stage that are done, for the observer
	left    sync.Once   // no longer in flight
	origins http.Header // what lets pages of other origins read upstream's answers
	denial  *denial     // of a call for the model that the request names
	came    bool        // the request was sent as it came: that is not done again
}

var errTotalTimeout = errors.New("total_timeout has passed")

// newRun starts the clock of total_timeout.
func (p *Planner) newRun(l *look, reason string, next http.RoundTripper) *run {
	r := &run{p: p, cfg: l.cfg, look: l, next: next, reason: reason, rules: p.rules, id: randomHex(12), began: time.Now(),
		window: make(chan struct{}, l.cfg.MaxChunks), flights: map[[sha256.Size]byte]*flight{}, read: map[int]int{}}
	if b := l.before; b != nil { // one request: its name, its time, its calls, its money
		r.id, r.began, r.calls, r.advised = b.id, b.began, b.records(), b.advised
		p.stats.by.add(b.totalCost()) // booked again at the end
	}
	r.deadline = r.began.Add(l.cfg.TotalTimeout + l.forwarded)
	ctx, cancel := context.WithCancelCause(ofOurs(l.http.Context())) // clients leave one by one: see shared
	ctx, stop := context.WithDeadlineCause(ctx, r.deadline, errTotalTimeout)
	r.ctx, r.cancel = ctx, func(cause error) { cancel(cause); stop() }
	l.reader = nil
	reader := l.fast()
	l.reader, r.cap = &reader, l.cap()
	capped := l.ctl.capped || r.priced()
	r.money = newLedger(r.cap, capped)
	if l.before != nil {
		r.money.paid = l.before.money.spent()
	}
	return r
}

// priced says whether the prices of every model that this run may use are known.
func (r *run) priced() bool {
	return r.look.fast().known && r.look.final().known && (r.rules || r.p.models.facts(r.cfg.PlannerModel).known)
}

func (r *run) forced() bool { return r.reason == "header" }

// stop ends everything that still runs for the request.
func (r *run) stop(cause error) { r.cancel(cause) }

// execute is the whole of a decomposed request: plan, calls, answer. The answer is in r.out.
func (r *run) execute() (err error) {
	defer r.p.caught(&err)
	if err := r.prepare(); err != nil {
		return err
	}
	r.note()
	r.Changed(r.plan.Operator)
	worst := unpriced
	if f := r.look.final(); f.known {
		worst = r.plan.hold
	}
	if r.plan.Calls.Final > 0 {
		if r.hold, err = r.money.hold(worst); err != nil {
			return r.overBudget("plan", err)
		}
		defer func() { r.setAside().drop() }()
	}
	return operator.Run(r.ctx, r.plan.op, &r.plan.input, r)
}

// setAside takes what is held for the final model. Its first call has it, whichever that is; nil: another one had it.
func (r *run) setAside() *reservation {
	r.mu.Lock()
	defer r.mu.Unlock()
	hold := r.hold
	r.hold = nil
	return hold
}

// caught turns a panic of ours into an error, so that a fault of ours ends in the direct call and not in the end of the process. The log gets the place, never a
// value: that might hold text of a prompt.
func (p *Planner) caught(err *error) {
	fault := recover()
	if fault == nil {
		return
	}
	what := fmt.Sprintf("%T", fault)
	if e, ok := fault.(runtime.Error); ok {
		what = e.Error()
	}
	*err = failed("internal", nil, "an internal fault (%T); please report it with the stack in the log", fault)
	p.log.LogAttrs(context.Background(), slog.LevelError, "haiku-planner: internal fault", slog.String("fault", what), slog.String("stack", string(debug.Stack())))
}

// cutAhead cuts the material while the planner thinks, dividing the request as the rules do: mostly the planner sees it the same way. What it sees in another way is
// cut again. The chunks are there after wait.
func (r *run) cutAhead(rd *reading, kept []int) (wait func()) {
	l, guess, sizes := r.look, *rd, r.sizes()
	guess.texts = slices.Clone(rd.texts)
	guess.adopt(kept, true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var err error
		defer r.p.caught(&err) // then fill meets the same fault again
		err = r.p.gate.think(r.ctx, len(l.body), func() {
			cut := map[Span][]Chunk{}
			for _, s := range guess.material() {
				cut[s] = l.pack(s, sizes)
			}
			l.cut, l.cutSizes = cut, sizes
		})
	}()
	return func() { <-done }
}

// Each runs n calls through the window, in the order of their numbers, and yields the replies in that order.
func (r *run) Each(ctx context.Context, n int, call func(i int) operator.Call) iter.Seq2[operator.Reply, error] {
	type result struct {
		reply operator.Reply
		err   error
	}
	return func(yield func(operator.Reply, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		var workers sync.WaitGroup
		defer workers.Wait()
		defer cancel(errStopped)
		var mu sync.Mutex
		landed := sync.NewCond(&mu)
		results := make([]*result, n) // those that landed and are not taken yet
		next := 0
		r.progress()
		for range min(n, cap(r.window)) {
			workers.Add(1)
			go func() {
				defer workers.Done()
				for {
					mu.Lock()
					i := next
					next++
					mu.Unlock()
					if i >= n {
						return
					}
					var res result
					func() {
						defer r.p.caught(&res.err)
						if res.err = ctx.Err(); res.err == nil {
							res.reply, res.err = r.once(ctx, call(i), n)
						}
					}()
					mu.Lock()
					results[i] = &res
					mu.Unlock()
					landed.Signal()
					if res.err != nil {
						cancel(res.err)
					}
				}
			}()
		}
		for i := range results {
			mu.Lock()
			for results[i] == nil {
				landed.Wait()
			}
			res := *results[i] // whoever made it may still look at it
			results[i] = nil
			mu.Unlock()
			if res.err != nil {
				// A call that was cancelled because another failed says so through the cause.
				if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errStopped) {
					res.err = cause
				}
				yield(res.reply, res.err)
				return
			}
			if !yield(res.reply, nil) {
				return
			}
		}
	}
}

var errStopped = errors.New("no longer needed")

// A flight is a call that other identical ones of the same request wait for.
type flight struct {
	done  chan struct{}
	reply operator.Reply
	err   error
}

// once makes a call of ours, or waits for the identical one that is under way or done.
func (r *run) once(ctx context.Context, call operator.Call, total int) (operator.Reply, error) {
	c := r.ours(call)
	key := callKey(call, c.model.name)
	r.mu.Lock()
	if f, ok := r.flights[key]; ok {
		r.mu.Unlock()
		select {
		case <-f.done:
			r.observe(call.Stage, call.Index, total, f.err)
			return f.reply, f.err
		case <-ctx.Done():
			return operator.Reply{}, context.Cause(ctx)
		}
	}
	f := &flight{done: make(chan struct{}), err: errStopped} // until it is known better
	r.flights[key] = f
	r.mu.Unlock()
	defer close(f.done)
	again := func() { // asking again shall ask again
		r.mu.Lock()
		delete(r.flights, key)
		r.mu.Unlock()
	}

	select {
	case r.window <- struct{}{}:
		defer func() { <-r.window }()
	case <-ctx.Done():
		f.err = context.Cause(ctx)
		again()
		return f.reply, f.err
	}
	if call.Role == operator.Final {
		c.hold = r.setAside()
	}
	reply, mend, err := r.do(ctx, c)
	f.reply, f.err = operator.Reply{Text: strings.Clone(reply.Text), Finish: strings.Clone(reply.Finish), Tokens: reply.Usage.Completion, Err: mend}, err // without the rest of the answer
	if mend != nil || err != nil {
		again()
	}
	r.observe(call.Stage, call.Index, total, err)
	return f.reply, f.err
}

// callKey is the same for calls of the same words to the same model only.
func callKey(c operator.Call, model string) (key [sha256.Size]byte) {
	h := sha256.New()
	for _, words := range [...]prompt.Words{{model}, c.System, c.User, {c.Schema}, {strconv.Itoa(c.MaxTokens)}} {
		h.Write(append(strconv.AppendInt(nil, int64(words.Len()), 10), ':'))
		for _, s := range words {
			h.Write(unsafe.Slice(unsafe.StringData(s), len(s))) // a hash reads it only
		}
	}
	h.Sum(key[:0])
	return key
}

// ours makes an upstream call of an operator's call.
func (r *run) ours(call operator.Call) *upstreamCall {
	c := &upstreamCall{stage: call.Stage, index: call.Index, text: true, output: call.MaxTokens, timeout: r.cfg.ChunkTimeout}
	switch {
	case call.Role == operator.Final || r.look.ctl.quality == "deep":
		c.model, c.key = r.look.final(), r.look.finalKey()
	default:
		c.model, c.key = r.look.fast(), "fast_execution_model"
	}
	c.raw = r.promptTokens(call)
	wc := wire.Call{Model: c.model.name, System: call.System, User: call.User, MaxTokens: call.MaxTokens}
	if call.Schema != "" {
		wc.Schema = &wire.Schema{Name: call.Schema, JSON: prompt.Schema(call.Schema)}
	}
	c.render = func(drop []string) *buffer {
		wc.Drop = drop
		return r.look.call(wc)
	}
	return c
}

// promptTokens counts a call's prompt. What stands around a chunk is the same in many calls, and the chunk was counted when it was cut; at the two seams the sum
// may be a token or two off.
func (r *run) promptTokens(call operator.Call) int {
	enc := r.look.model.enc
	n := r.p.counts.words(enc, call.System)
	if i := call.Index; call.Stage == "map" && 0 <= i && i < len(r.plan.input.Chunks) && r.plan.input.Chunks[i].Message != groupOf {
		c := r.plan.input.Chunks[i]
		if at := slices.Index(call.User, r.core(c)); at >= 0 {
			return n + enc.Count(call.User[:at].String()) + c.Tokens + enc.Count(call.User[at+1:].String())
		}
	}
	return n + enc.Count(call.User.String())
}

// Answer makes a call whose reply is the caller's answer, or a part of it.
func (r *run) Answer(ctx context.Context, a operator.Answer) (operator.Reply, error) {
	l := r.look
	final := l.final()
	c := &upstreamCall{stage: "final", model: final, key: l.finalKey(), text: l.otherParts() == 0, hold: r.setAside(), answers: true, asked: (a.Whole || a.Texts != nil) && len(a.Append) == 0, several: l.several(), added: l.req.MaxTokens == 0}
	edit := wire.Edit{}
	switch {
	case a.Whole:
		c.raw = l.countAll()
	case a.Texts != nil:
		edit = r.plan.read.replacement(a.Texts)
		c.raw = r.plan.read.tokensWith(edit, l)
	default:
		edit = r.plan.read.insertion(a.Insert)
		c.raw = r.plan.read.tokensWith(edit, l)
	}
	c.raw += l.beside()
	for _, t := range a.Append {
		edit.Append = append(edit.Append, wire.Turn(t))
		c.raw += l.model.enc.Count(t.Text)
	}
	edit.Model = final.name
	stream := l.req.Stream
	edit.Stream = &stream
	want := a.MaxTokens
	if want == 0 {
		want = l.req.MaxTokens
	}
	c.output = r.affordableOutput(c, want)
	c.render = func(drop []string) *buffer {
		e := edit
		e.Without, e.MaxTokens = drop, c.output
		return lent(l.dialect.Edit(l.req, e))
	}
	c.timeout = r.cfg.ChunkTimeout
	thinking := time.Duration(c.output) * slowestToken
	if c.first = c.timeout + min(thinking, time.Until(r.deadline)/2); !stream {
		c.timeout += thinking
	}
	r.progress()
	reply, err := r.out.answer(ctx, r, c, a)
	r.observe("final", 0, 1, err)
	return reply, err
}

// asItCame makes the direct call within the run, for a stream whose headers are out or for several clients: as forwarding would, for the model that the request names and by the caller's limits alone. Only
// after a failure, why, it has to fit the cap.
func (r *run) asItCame(why error) error {
	l, stream := r.look, r.look.req.Stream
	r.came = true
	r.out.restart()
	if f, ok := why.(*instead); ok && f.cause == nil {
		r.money.bound(l.ctl.maxCost, l.ctl.capped)
	}
	c := &upstreamCall{stage: "final", model: l.model, text: l.otherParts() == 0, raw: l.countAll() + l.beside(), output: l.req.MaxTokens, answers: true, asked: true, several: l.several()}
	c.render = func(drop []string) *buffer {
		return lent(l.dialect.Edit(l.req, wire.Edit{Stream: &stream, Without: drop}))
	}
	r.pause.end()
	r.progress()
	reply, err := r.out.answer(r.ctx, r, c, operator.Answer{})
	if err == nil {
		err = reply.Err
	}
	if err == nil && r.plan != nil {
		for _, chunk := range r.plan.input.Chunks {
			r.Read(chunk)
		}
	}
	r.observe("final", 0, 1, err)
	return err
}

// Changed says which operator does the work, at first and when pilots showed that the plan was wrong.
func (r *run) Changed(name string) {
	r.plan.Operator = name
	r.chosen.Store(&name)
}

// Write gives text of the answer to the caller.
func (r *run) Write(text string) error { return r.out.write(text) }

// Finish sets the answer's finish reason.
func (r *run) Finish(reason string) { r.out.finish = reason }

// StoppedAt says which of the caller's stop sequences ended the text.
func (r *run) StoppedAt(sequence string) { r.out.stopped = sequence }

// Read books the bytes of a unit, or of a piece of one, as read.
func (r *run) Read(c operator.Chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Message != groupOf {
		for i, part := range r.plan.Chunks {
			if part.Message == c.Message && part.Part == c.Part && part.Start <= c.Start && c.End <= part.End {
				r.read[i] += c.End - c.Start
				return
			}
		}
		return
	}
	for i := c.Start; i < c.End; i++ {
		r.read[i] = r.plan.Chunks[i].End - r.plan.Chunks[i].Start
	}
}

// slowestToken is what a token of an answer that comes as a whole may take, beyond chunk_timeout: 20 tokens a second are fewer than hosted models write.
const slowestToken = 50 * time.Millisecond

// defaultAnswer is how many tokens the answer may have when the caller does not say: what most models can give.
const defaultAnswer = 16_384

// ceiling is what one final call may be asked for, as far as the model allows.
func (f facts) ceiling(want int) int {
	if want <= 0 {
		want = defaultAnswer
	}
	if f.maxOutput > 0 {
		want = min(want, f.maxOutput)
	}
	return want
}

// affordableOutput is the ceiling of a final call that starts now.
func (r *run) affordableOutput(c *upstreamCall, want int) int {
	f := c.model
	want = f.ceiling(want)
	if room := f.window - c.prompt(); c.added && f.window > 0 && room >= leastAnswer {
		want = min(want, room*7/8) // the prompt is an estimate
	}
	if f.known && f.price.Output > 0 && r.money.capped {
		free := r.cap - r.money.spent() - r.money.reserved()
		if c.hold != nil {
			free += r.plan.hold
		}
		free -= f.price.Cost(c.prompt(), 0)
		most := int(max(free, 0)/f.price.Output) / c.several
		want = min(want, max(most, leastAnswer)) // what that does not pay for, the ledger refuses: a stub is no answer
	}
	return want
}

// tokensWith counts the request's texts as an edit leaves them.
func (rd *reading) tokensWith(e wire.Edit, l *look) int {
	n := 0
	for _, t := range rd.texts {
		if text, ok := e.Texts[t.at]; ok {
			n += l.model.enc.Count(text)
		} else if !e.Drop[t.at.Message] {
			n += t.tokens
		}
	}
	return n
}

func (r *run) record(c callRecord) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
	r.p.stats.call(c)
}

// records are those of the calls until now. Nobody writes to one that is there.
func (r *run) records() []callRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clip(r.calls)
}

// progress starts a new stage for the observer.
func (r *run) progress() {
	r.events.Lock()
	r.done = 0
	r.events.Unlock()
}

// observe tells the observer that a call is done.
func (r *run) observe(stage string, index, total int, err error) {
	if r.p.observer == nil {
		return
	}
	r.events.Lock()
	defer r.events.Unlock()
	r.done++
	r.p.observer(Event{ID: r.id, Stage: stage, Index: index, Done: r.done, Total: total, Cost: r.money.spent(), Err: err})
}

// start runs the request on goroutines of its own: one for the run, and while it streams one for the keep-alives. They end with the run's context.
func (s *shared) start() {
	r := s.run
	if r.out.stream != nil {
		go r.out.keepAlive(r.ctx)
	}
	go func() {
		defer r.p.copies.remove(s)
		err := s.together(r.execute())
		if r.out.open(err) { // headers are out: whatever comes is the stream's to tell
			err = r.end(err)
			s.linger()
			s.over(err)
			s.feed.close(err)
			return
		}
		s.settle(err)
		s.linger()
		s.over(err)
		close(s.settled)
	}()
}

// together makes the direct call where several clients wait: each of them would pay for one of its own.
func (s *shared) together(err error) (end error) {
	r := s.run
	defer r.p.caught(&end)
	s.feed.mu.Lock()
	several := s.feed.clients > 1
	s.feed.mu.Unlock()
	if err == nil || !several || r.out.streams() || r.look.refused != nil || r.mayForward(err) != nil {
		return err
	}
	r.fellBack(err)
	return r.asItCame(err)
}

// ask starts a look-up on a goroutine of its own, which ends with its time-out.
func (m *models) ask(ctx context.Context) *lookUp {
	asked := &lookUp{time.Now(), make(chan struct{})}
	go func() {
		live, err := m.fetch(ctx)
		m.learn(asked, live, err)
	}()
	return asked
}

// end and settle are the two ways for a run to end, safe from faults of ours.
func (r *run) end(err error) (end error) {
	defer r.p.caught(&end)
	return r.out.end(r, err)
}

func (s *shared) settle(err error) {
	var fault error
	defer func() {
		if fault != nil {
			s.forward = "fallback"
		}
	}()
	defer s.run.p.caught(&fault)
	s.whole(err)
}

// A pause is how long upstream asked us to wait; all calls of the request obey it. The zero value waits for nothing.
type pause struct {
	mu   sync.Mutex
	over time.Time
	why  error // what upstream said
}

func (p *pause) until(t time.Time, why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.After(p.over) {
		p.over, p.why = t, why
	}
}

// wait waits, unless that leaves less than a call takes of the time that there is.
func (p *pause) wait(ctx context.Context, call time.Duration) error {
	p.mu.Lock()
	d, why := time.Until(p.over), p.why
	p.mu.Unlock()
	if d <= 0 {
		return nil
	}
	if end, ok := ctx.Deadline(); ok && d+call > time.Until(end) {
		return why
	}
	return sleep(ctx, d)
}

// end is for the request as it came, which waits for nobody.
func (p *pause) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = time.Time{}
}

// A pace remembers how long calls to each model took lately, without what they waited for. The zero value knows none.
type pace struct {
	mu   sync.Mutex
	mean map[string]latency
}

// latency is a running mean and when it was last added to.
type latency struct {
	mean time.Duration
	at   time.Time
}

// paceLasts is how long a pace is believed: a plan that it calls too slow makes no calls, and so would never show that they are fast again.
const paceLasts = 5 * time.Minute

func (p *pace) add(model string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == nil || len(p.mean) > 1000 {
		p.mean = map[string]latency{}
	}
	if old := p.of(model); old > 0 {
		d = old + (d-old)/8
	}
	p.mean[model] = latency{d, time.Now()}
}

func (p *pace) now(model string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of(model)
}

// of is called with the lock held.
func (p *pace) of(model string) time.Duration {
	if l := p.mean[model]; time.Since(l.at) < paceLasts {
		return l.mean
	}
	return 0
}
