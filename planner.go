package haikuplanner

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// A Planner decomposes requests that are too big for comfort. Make one with New; its methods are safe for concurrent use. It keeps nothing between requests but
// counters, token counts by hash, LiteLLM's answer about its models, and what upstream's answers taught about token counts and refused parameters.
type Planner struct {
	cfg      Config
	base     http.RoundTripper
	models   *models
	rules    bool
	prefix   string // path of LiteLLM's base URL
	log      *slog.Logger
	observer func(Event)
	made     *builder // what it was made of, for With
	*memory
}

// memory is what outlives a change of settings: planners that came of each other by With share it.
type memory struct {
	gate    *gate // one limit for the requests of all of them
	stats   counters
	counts  counts
	copies  copies
	calib   tokens.Calibration
	pace    pace
	refused sync.Map     // refusal of a parameter of ours by a model: paramKey → struct{}
	told    sync.Map     // things said once in the log: string → struct{}
	said    atomic.Int32 // how many
}

// New makes a Planner. It reads no files and no environment, except by WithConfigFile, and sends nothing. The error holds every problem of every option.
func New(opts ...Option) (*Planner, error) {
	b, err := build(opts)
	if err != nil {
		return nil, err
	}
	m := &memory{gate: newGate()}
	m.copies.init()
	m.stats.init()
	m.counts.seed = maphash.MakeSeed()
	return newPlanner(b, m), nil
}

func newPlanner(b *builder, m *memory) *Planner {
	p := &Planner{cfg: b.cfg, base: b.base, rules: b.rules, log: b.logger, observer: b.observer, made: b, memory: m}
	if b.litellm != nil {
		p.prefix = b.litellm.Path
	}
	p.models = newModels(b, p)
	p.gate.limit(b.cfg)
	return p
}

// With returns a Planner that follows c and is like p in all else: its options still win over c, its counters go on. p and the requests that it is answering
// keep their settings, so a server changes them by giving new requests to the new one; only MaxCallsInFlight and MaxBufferedBytes bind both from now on. The error is
// Config.Validate's, and then nothing is changed.
func (p *Planner) With(c Config) (*Planner, error) {
	b := *p.made
	b.cfg = c
	if err := b.settle(); err != nil {
		return nil, err
	}
	q := newPlanner(&b, p.memory)
	q.models.inherit(p.models)
	return q, nil
}

// Config returns the effective settings: those of the configuration with the options laid over them.
func (p *Planner) Config() Config { return p.cfg }

// handle is the way of every request to a chat path: look, decide, and then forward it, refuse it or run it.
func (p *Planner) handle(r *http.Request, rt route, next http.RoundTripper) (*http.Response, error) {
	l, resp, err := p.look(r, rt, next)
	if l == nil {
		return resp, err
	}
	var v verdict
	if err := p.gate.think(r.Context(), len(l.body), func() { v = l.decide() }); err != nil {
		l.release()
		return nil, err
	}
	p.stats.requests.Add(1)
	switch v.act {
	case refuse:
		return p.refuse(l, v.reason, v.err, next), nil
	case decompose:
		return p.decompose(l, v.reason, next)
	}
	return p.forward(l, v.reason, next)
}

// Plan says what would be done with r, a POST to a path of chat completions, messages, responses or completions as a client would send it (also below
// /haiku-planner/plan, which alone means chat completions; the query advice=rules asks no model). It makes at most the planner calls, never a chunk call; r.Body can be read again afterwards, unless the error says that it was not kept. The error is an
// *Error, or what reading the body returned. When r has no host, or is a server's, planner calls go to WithLiteLLM's.
func (p *Planner) Plan(ctx context.Context, r *http.Request) (*Plan, error) {
	l, err := p.lookForPlan(ctx, r)
	if err != nil {
		return nil, err
	}
	defer l.release()
	var v verdict
	if err := p.gate.think(ctx, len(l.body), func() { v = l.decide() }); err != nil {
		return nil, err
	}
	switch v.act {
	case refuse:
		return nil, v.err
	case forward:
		if e := l.dearerThanAllowed(); e != nil {
			return nil, e
		}
		return l.forwardPlan(v.reason), nil
	}
	run := p.newRun(l, v.reason, p.base)
	defer run.stop(nil)
	defer context.AfterFunc(ctx, func() { run.stop(errGone) })()
	run.rules = run.rules || r.URL.Query().Get("advice") == "rules"
	err = run.prepare()
	if f, ok := err.(*instead); ok && f.cause == nil {
		plan := l.forwardPlan(f.reason)
		plan.Spent = run.money.spent()
		plan.Calls.Planner = len(run.records())
		return plan, nil
	} else if ok {
		err = f.cause
	}
	if err != nil {
		e := run.failure(err)
		e.spent = run.spentAny()
		return nil, e
	}
	run.plan.Spent = run.money.spent()
	return run.plan, nil
}

// prepare makes the run's plan: read the request, take advice, cut the material, choose the operator, estimate. It returns *instead when the request shall
// be forwarded after all.
func (r *run) prepare() error {
	l := r.look
	reading, decided, err := r.divide()
	if err != nil {
		return err
	}
	if l.longOutput() && reading.bare() && decided.Wanted != "compose" {
		// Many clients always set a big max_tokens: go on only when the answer is really cut.
		decided.Wanted, decided.Decomposes, decided.Advice.Operator = "continue", true, "continue"
	}
	if decided.Advice.Operator == "continue" && !reading.bare() && !l.fits() {
		decided.Wanted, decided.Advice.Operator = "answer", "answer" // to go on with a text takes all of it in one piece
	}
	if (!decided.Decomposes || l.begun() && writesItself[decided.Advice.Operator]) && !r.forced() && l.fits() && l.allows(r.money.spent()) {
		return &instead{reason: "not-decomposable"}
	}
	plan := &Plan{Decision: "decompose", Reason: r.reason, AdvisedBy: decided.Advice.By, read: reading,
		PromptTokens: l.countAll(), Tokenizer: l.model.enc.Name(), Calibration: l.model.factor()}
	r.plan = plan
	reading.adopt(decided.Kept, !decided.Guessed)
	plan.task = reading.spans(decided.Task)
	plan.Models = PlanModels{Planner: r.cfg.PlannerModel, Map: l.fast().name, Final: l.final().name}

	sizes := r.sizes()
	for {
		if err := r.fill(decided, sizes); err != nil {
			return err
		}
		err := r.affordable()
		if err == nil || sizes.aim == sizes.max || len(plan.units) < 2 {
			return err
		}
		sizes.aim = sizes.max // fewer and larger chunks repeat the instruction less often
	}
}

// divide reads the request and takes advice. What only one call can honour needs none: its long texts are condensed.
func (r *run) divide() (*reading, advice.Decided, error) {
	l := r.look
	if only := l.oneCall(); only == "" || only == nonText && !l.condensable() {
		reading := l.read()
		if r.advised != nil {
			return reading, *r.advised, nil
		}
		decided, err := r.advise(reading)
		if err == nil {
			r.advised = &decided
		}
		return reading, decided, err
	}
	reading := l.readInPlace()
	decided := advice.Rules(r.question(reading))
	decided.Wanted, decided.Decomposes, decided.Advice.Operator = "condense", true, "condense"
	return reading, decided, r.couldPay()
}
