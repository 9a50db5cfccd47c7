package haikuplanner

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// An Event tells an observer that one call of a request has ended, with a reply or without.
type Event struct {
	ID    string // of the request, as in x-haiku-planner-id
	Stage string // "planner", "glossary", "map", "look", "merge", "outline", "section", "final"
	Index int    // of the call within its stage
	Done  int    // calls of the stage that have ended, this one included
	Total int    // calls that the stage may make: fewer where what is looked for is found
	Cost  Money  // spent on the request so far, in dollars
	Err   error  // why there is no reply; nil: there is one. A call that is no longer needed, for the answer was found, has an error too
}

// Stats are counters since New, over all planners that came of one by With: the body of GET /haiku-planner/stats. The maps are copies.
type Stats struct {
	Requests    int64            `json:"requests"`      // that came to a chat path
	Decomposed  int64            `json:"decomposed"`    // answered by decomposing them
	Forwarded   map[string]int64 `json:"forwarded"`     // by reason
	Chunks      int64            `json:"chunks"`        // read in decomposed requests
	Calls       int64            `json:"calls"`         // upstream calls of ours
	CachedCalls int64            `json:"cached_calls"`  // of these, answered by LiteLLM's cache
	Prompt      int64            `json:"prompt_tokens"` // of our calls, as upstream reported them
	Completion  int64            `json:"completion_tokens"`
	Cost        Money            `json:"cost"`        // dollars, of our calls
	DirectCost  Money            `json:"direct_cost"` // what the decomposed requests would have cost as they came
	Saved       Money            `json:"saved"`       // DirectCost - Cost of the requests whose direct cost is known, less what went into those that were sent on after all or failed
	Errors      map[string]int64 `json:"errors"`      // by Error.Type; also "fallback" (sent on after all), "client_gone", "api_connection_error" (upstream did not answer a forwarded one), "other"
	InFlight    int64            `json:"in_flight"`   // decomposed requests that run now

	// The Python original's keys: settings of the Planner that was asked.
	Enabled               bool   `json:"enabled"`
	LargeRequestThreshold int    `json:"large_request_threshold"`
	MaxChunks             int    `json:"max_chunks"`
	MaxInternalCalls      int    `json:"max_internal_calls"` // the same as MaxChunks here: calls in flight at once
	PlannerModel          string `json:"planner_model"`
	MaxCostPerRequest     Money  `json:"max_cost_per_request"`
}

// counters are Stats while they grow. They are safe for concurrent use.
type counters struct {
	requests, inFlight                atomic.Int64
	decomposed, chunks, calls, cached atomic.Int64
	prompt, completion                atomic.Int64
	cost, direct, by                  purse
	mu                                sync.Mutex
	reasons, errors                   map[string]int64
}

// A purse is money that grows and shrinks, and is never more than a Money holds. It is safe for concurrent use.
type purse struct{ atomic.Int64 }

func (p *purse) add(m Money) {
	for {
		old := p.Load()
		if p.CompareAndSwap(old, int64(Money(old).Add(m))) {
			return
		}
	}
}

func (c *counters) init() { c.reasons, c.errors = map[string]int64{}, map[string]int64{} }

func (c *counters) begin() { c.inFlight.Add(1) }

func (c *counters) forwarded(reason string) {
	c.mu.Lock()
	c.reasons[reason]++
	c.mu.Unlock()
}

// mostTypes bounds the types of errors that are counted apart: those of refusals are upstream's own words.
const mostTypes = 64

func (c *counters) failed(e *Error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kind := e.Type
	if _, known := c.errors[kind]; kind == "" || !known && (len(c.errors) >= mostTypes || len(kind) > longestName) {
		kind = "other"
	}
	c.errors[kind]++
}

func (c *counters) call(r callRecord) {
	c.calls.Add(1)
	if r.Cached {
		c.cached.Add(1)
	}
	c.prompt.Add(int64(r.PromptTokens))
	c.completion.Add(int64(r.CompletionTokens))
	c.cost.add(r.Cost)
}

// Stats returns the counters as they are now.
func (p *Planner) Stats() Stats {
	c := &p.stats
	s := Stats{Requests: c.requests.Load(), Decomposed: c.decomposed.Load(), Chunks: c.chunks.Load(), Calls: c.calls.Load(), CachedCalls: c.cached.Load(),
		Prompt: c.prompt.Load(), Completion: c.completion.Load(), Cost: Money(c.cost.Load()), DirectCost: Money(c.direct.Load()), Saved: Money(c.by.Load()),
		InFlight: c.inFlight.Load(),
		Enabled:  p.cfg.Enabled, LargeRequestThreshold: p.cfg.LargeRequestThreshold, MaxChunks: p.cfg.MaxChunks, MaxInternalCalls: p.cfg.MaxChunks,
		PlannerModel: p.cfg.PlannerModel, MaxCostPerRequest: p.cfg.MaxCostPerRequest}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Forwarded, s.Errors = maps.Clone(c.reasons), maps.Clone(c.errors)
	return s
}

// String is the counters as JSON.
func (s Stats) String() string { return string(jsonRaw(s)) }

// finished books the end of a run.
func (r *run) finished(e *Error, err error) {
	s := &r.p.stats
	r.leave()
	c := r.covered()
	s.chunks.Add(int64(c.Read))
	switch {
	case e != nil:
		s.failed(e)
		s.by.add(-r.totalCost())
	case err != nil:
		s.failed(&Error{Type: typeGone})
	default:
		s.decomposed.Add(1)
		if d := r.directCost(); d != nil {
			s.direct.add(*d)
			s.by.add(*d - r.totalCost())
		}
	}
	r.logEnd(e, err, c)
}

func (r *run) leave() { r.left.Do(func() { r.p.stats.inFlight.Add(-1) }) }

// fellBack books a run that ends in the direct call.
func (r *run) fellBack(err error) {
	r.leave()
	var f *instead
	if errors.As(err, &f) && f.cause == nil {
		if f.reason == "direct-is-cheaper" {
			r.p.saysCheaper(r.look)
		}
		return
	}
	r.p.stats.failed(&Error{Type: "fallback"})
	r.p.log.LogAttrs(context.Background(), slog.LevelWarn, "decomposing failed: the request is sent on as it came", slog.String("id", r.id), slog.String("error", errorClass(err)))
}

// errorClass says what kind of error it was, without text that may quote a prompt.
func errorClass(err error) string {
	var e *Error
	switch {
	case errors.As(err, &e) && e.upstream:
		return e.Stage + ": upstream status " + statusText(e.Status)
	case errors.As(err, &e):
		return e.Stage + ": " + e.Type
	case errors.Is(err, operator.ErrEmpty), errors.Is(err, operator.ErrRefused), errors.Is(err, operator.ErrContextWindow):
		return err.Error()
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errTotalTimeout):
		return "timeout"
	}
	return "invalid reply"
}

// note logs one decision: reason, tokens, cost; never text.
func (p *Planner) note(l *look, decision, reason string, e *Error) {
	level := slog.LevelDebug
	if e != nil || l.tokens > l.cfg.LargeRequestThreshold {
		level = slog.LevelInfo
	}
	if e != nil {
		p.stats.failed(e)
	}
	if reason == "direct-is-cheaper" {
		p.saysCheaper(l)
	}
	if !p.log.Enabled(l.http.Context(), level) {
		return
	}
	attrs := []slog.Attr{slog.String("decision", decision), slog.String("reason", reason)}
	if l.req != nil {
		attrs = append(attrs, slog.Int("bytes", len(l.body)))
		if l.tokens > 0 {
			attrs = append(attrs, slog.Int("prompt_tokens", l.tokens), slog.Bool("exact", l.exact))
		}
	}
	if e != nil {
		attrs = append(attrs, slog.Int("status", e.Status), slog.String("type", e.Type), slog.String("param", e.Param))
	}
	p.log.LogAttrs(l.http.Context(), level, "haiku-planner", attrs...)
}

// saysCheaper tells, once per model, how to decompose always.
func (p *Planner) saysCheaper(l *look) {
	p.aboutModel("cheaper", l.req.Model, slog.LevelInfo, "large requests for this model are forwarded because the direct call is cheaper; to decompose always set cost_optimization_enabled: false")
}

// once logs a thing the first time that it is said. What is said of models is said of so many only: their names are the callers', and may be others each time.
func (p *Planner) once(key string, level slog.Level, msg string, args ...any) {
	if p.said.Load() >= mostNames {
		return
	}
	if _, said := p.told.LoadOrStore(key, struct{}{}); !said {
		p.said.Add(1)
		p.log.Log(context.Background(), level, msg, args...)
	}
}

// aboutModel is once for a thing about a model.
func (p *Planner) aboutModel(what, model string, level slog.Level, msg string) {
	model = strings.Clone(clip(model, longestName)) // a logger may keep it
	p.once(what+":"+model, level, msg, "model", model)
}

// note logs the plan of a run.
func (r *run) note() {
	if !r.cfg.LogDecompositions {
		return
	}
	attrs := []slog.Attr{slog.String("decision", "decompose"), slog.String("reason", r.reason), slog.String("id", r.id), slog.String("operator", r.plan.Operator),
		slog.String("advised_by", r.plan.AdvisedBy), slog.Int("prompt_tokens", r.plan.PromptTokens), slog.Int("chunks", len(r.plan.Chunks)),
		slog.Int("calls", r.plan.Calls.Map+r.plan.Calls.Final)}
	if c := r.plan.Estimate.Cost; c != nil {
		attrs = append(attrs, slog.String("estimate", c.String()))
	}
	r.p.log.LogAttrs(r.ctx, slog.LevelInfo, "haiku-planner", attrs...)
}

func (r *run) logEnd(e *Error, err error, c coverage) {
	attrs := []slog.Attr{slog.String("id", r.id), slog.Int("chunks_read", c.Read), slog.Int("chunks", c.Chunks), slog.Int("calls", len(r.records())),
		slog.String("cost", r.totalCost().String()), slog.Duration("took", time.Since(r.began))}
	level, msg := slog.LevelInfo, "haiku-planner answered"
	if e != nil {
		level, msg = slog.LevelWarn, "haiku-planner failed"
		attrs = append(attrs, slog.Int("status", e.Status), slog.String("error", errorClass(e)))
	} else if err != nil {
		msg = "haiku-planner: the client went away"
	}
	if level == slog.LevelInfo && !r.cfg.LogDecompositions {
		return
	}
	r.p.log.LogAttrs(context.Background(), level, msg, attrs...)
}
