package haikuplanner

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/operator"
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
	gate     *gate
	made     *builder // what it was made of, for With
	*memory
}

// memory is what outlives a change of settings: planners that came of each other by With share it.
type memory struct {
	stats   counters
	counts  counts
	copies  copies
	calib   tokens.Calibration
	pace    pace
	refused sync.Map // refusal of a parameter of ours by a model: paramKey → struct{}
	told    sync.Map // things said once in the log: string → struct{}
}

// New makes a Planner. It reads no files (except by WithConfigFile) and no environment. The error holds every problem of every option.
func New(opts ...Option) (*Planner, error) {
	b, err := build(opts)
	if err != nil {
		return nil, err
	}
	m := &memory{}
	m.copies.init()
	m.stats.init()
	m.counts.seed = maphash.MakeSeed()
	return newPlanner(b, m), nil
}

func newPlanner(b *builder, m *memory) *Planner {
	p := &Planner{cfg: b.cfg, base: b.base, rules: b.rules, log: b.logger, observer: b.observer, gate: newGate(b.cfg), made: b, memory: m}
	if b.litellm != nil {
		p.prefix = b.litellm.Path
	}
	p.models = newModels(b, p)
	return p
}

// With returns a Planner that follows c and is like p in all else: its options still win over c, its counters go on. p and the requests that it is answering
// keep their settings, so a server changes them by giving new requests to the new one.
func (p *Planner) With(c Config) (*Planner, error) {
	b := *p.made
	b.cfg = c
	if err := b.settle(); err != nil {
		return nil, err
	}
	q := newPlanner(&b, p.memory)
	if p.gate.like(q.gate) {
		q.gate = p.gate // one limit for the requests of both
	}
	q.models.inherit(p.models)
	return q, nil
}

// Config returns the effective settings.
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
	p.stats.request(&p.stats.Requests)
	switch v.act {
	case refuse:
		p.note(l, "refused", v.reason, v.err)
		l.release()
		return v.err.response(r, l.dialect, false), nil
	case decompose:
		return p.decompose(l, v.reason, next)
	}
	return p.forward(l, v.reason, next)
}

// Plan says what would be done with r, which is a chat completion as a client would send it (also below /haiku-planner/plan; the query advice=rules asks no
// model). It makes at most the planner calls, never a chunk call; r.Body can be read again afterwards. The error is an *Error, or what reading the
// body returned. When r has no host, planner calls go to WithLiteLLM's.
func (p *Planner) Plan(ctx context.Context, r *http.Request) (*Plan, error) {
	l, err := p.lookForPlan(ctx, r)
	if err != nil {
		return nil, err
	}
	v := l.decide()
	switch v.act {
	case refuse:
		return nil, v.err
	case forward:
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
		return nil, run.failure(err)
	}
	run.plan.Spent = run.money.spent()
	return run.plan, nil
}

// A Plan is what will be done with a request: data, made before any chunk call. Marshalled it is the answer of POST /haiku-planner/plan.
type Plan struct {
	Decision     string     `json:"decision"` // "decompose" or "forward"
	Reason       string     `json:"reason"`
	Operator     string     `json:"operator"`
	AdvisedBy    string     `json:"advised_by"`
	PromptTokens int        `json:"prompt_tokens"` // exact, by Tokenizer
	Tokenizer    string     `json:"tokenizer"`     // "o200k_base" or "cl100k_base"
	Calibration  float64    `json:"calibration"`   // tokens of the model's own tokenizer per counted token
	Kept         []Span     `json:"kept"`
	Chunks       []Chunk    `json:"chunks"`
	Calls        PlanCalls  `json:"calls"`
	Models       PlanModels `json:"models"`
	Estimate     Estimate   `json:"estimate"`
	Spent        Money      `json:"spent"` // by asking for this plan

	op    operator.Operator
	input operator.Input
	read  *reading
	units []unit
	hold  Money // worst case of the final call
}

// String is the plan as JSON, as POST /haiku-planner/plan answers it.
func (p *Plan) String() string { return string(jsonRaw(p)) }

// Equal says whether p and q are the same to whoever reads them: two plans for one request are.
func (p *Plan) Equal(q *Plan) bool { return p.String() == q.String() }

// PlanCalls counts calls by kind. Map holds all calls that are neither the planner's nor final: chunks, merges, outlines, sections.
type PlanCalls struct {
	Planner int `json:"planner"`
	Map     int `json:"map"`
	Final   int `json:"final"`
}

// PlanModels names the model of each kind of call.
type PlanModels struct {
	Planner string `json:"planner"`
	Map     string `json:"map"`
	Final   string `json:"final"`
}

// An Estimate is money before it is spent, in dollars; nil where a price is unknown.
type Estimate struct {
	Cost      *Money   `json:"cost"`       // expected
	WorstCase *Money   `json:"worst_case"` // every call at its longest
	Direct    *Money   `json:"direct"`     // of the request as it came
	Saving    *float64 `json:"saving"`     // 1 - Cost/Direct
	Cap       *Money   `json:"cap"`
	Prices    string   `json:"prices"` // "litellm", "config", "builtin" or "unknown"
}

// forwardPlan describes a request that is sent on as it came.
func (l *look) forwardPlan(reason string) *Plan {
	p := &Plan{Decision: "forward", Reason: reason, Kept: []Span{}, Chunks: []Chunk{}, Models: PlanModels{Final: l.model.name}}
	p.Estimate.Prices = "unknown"
	if l.req == nil {
		return p
	}
	p.PromptTokens, p.Tokenizer, p.Calibration = l.countAll(), l.model.enc.Name(), l.model.factor()
	p.Calls.Final = 1
	for i := range l.req.Messages {
		for j, part := range l.req.Messages[i].Parts {
			if part.Type == "text" && part.Text != "" {
				p.Kept = append(p.Kept, Span{i, j, 0, len(part.Text)})
			}
		}
	}
	cap := l.cap()
	p.Estimate.Cap = &cap
	if l.model.known {
		direct, saving := l.direct(), 0.0
		p.Estimate = Estimate{Cost: &direct, WorstCase: &direct, Direct: &direct, Saving: &saving, Cap: &cap, Prices: l.model.source}
	}
	return p
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
	if !decided.Decomposes && !r.forced() && l.fits() {
		return &instead{reason: "not-decomposable"}
	}
	plan := &Plan{Decision: "decompose", Reason: r.reason, AdvisedBy: decided.Advice.By, read: reading,
		PromptTokens: l.countAll(), Tokenizer: l.model.enc.Name(), Calibration: l.model.factor()}
	r.plan = plan
	reading.adopt(decided.Kept, !decided.Guessed)
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
		decided, err := r.advise(reading)
		return reading, decided, err
	}
	reading := l.readInPlace()
	decided := advice.Rules(r.question(reading))
	decided.Wanted, decided.Decomposes, decided.Advice.Operator = "condense", true, "condense"
	if reading.bare() {
		return reading, decided, &instead{reason: l.oneCall()}
	}
	return reading, decided, r.couldPay()
}

// fill cuts the material and lets the operator say what it will do.
func (r *run) fill(decided advice.Decided, sizes chunkSizes) error {
	l, plan, a := r.look, r.plan, decided.Advice
	name := a.Operator
	if !decided.Decomposes {
		name = standIn(decided)
	}
	plan.read.wide = addsUp[name] && plan.read.conversation()
	if err := r.p.gate.think(r.ctx, len(l.body), func() { plan.Chunks = l.chunks(plan.read.material(), sizes) }); err != nil {
		return err
	}
	plan.Kept = plan.read.keptSpans()
	plan.units = group(plan.Chunks, sizes)
	if alone[name] {
		plan.units = each(plan.Chunks)
	}
	if readsForOneAnswer[name] && len(plan.units) <= 1 {
		name = "direct"
	}
	if name == "direct" {
		plan.Kept, plan.Chunks = l.oneChunk()
		plan.units = group(plan.Chunks, sizes)
	}
	op, ok := operator.ByName(name)
	if !ok {
		return failed("plan", nil, "there is no operator %q for this request; send x-decompose: 0 to forward it", name)
	}
	a.Operator, plan.Operator, plan.op = name, name, op
	plan.input = r.input(a, sizes)
	r.estimate()
	return nil
}

// addsUp are the operators that put the answer together from the material alone: of a conversation they must see the latest turns too, which the final
// call of others has before its eyes.
var addsUp = map[string]bool{"count": true, "extract": true, "carry": true}

// alone are the operators that give every text back: neighbours must not share a unit.
var alone = map[string]bool{"condense": true, "transform": true, "edit": true}

// readsForOneAnswer are the operators that read chunks to word one answer: with a single chunk the direct call does the same.
var readsForOneAnswer = map[string]bool{"answer": true, "summarize": true, "find": true}

// standIn is the operator for a request whose advice is to leave it in one piece, when that cannot be: it was forced, or it does not fit. What has to be given
// back in full is no task for an operator that reads. An operator that the planner was sure of stays: what it would rather judge over the whole is still a count or a list.
func standIn(d advice.Decided) string {
	switch d.Wanted {
	case "transform", "edit", "compose", "continue":
		return "direct"
	case "find", "summarize", "extract", "count", "carry":
		if d.Advice.Confidence >= advice.MinConfidence {
			return d.Wanted
		}
	}
	return "answer"
}

// oneChunk describes a direct call: the longest text of the last turn is its one chunk, the rest is kept.
func (l *look) oneChunk() ([]Span, []Chunk) {
	kept, best, longest := []Span{}, Span{Message: -1}, 0
	for i := range l.req.Messages {
		for j, p := range l.req.Messages[i].Parts {
			if p.Type != "text" || p.Text == "" {
				continue
			}
			s := Span{i, j, 0, len(p.Text)}
			kept = append(kept, s)
			if l.req.Messages[i].Role == "user" && len(p.Text) >= longest || best.Message < 0 {
				best, longest = s, len(p.Text)
			}
		}
	}
	if best.Message < 0 {
		return kept, []Chunk{}
	}
	kept = slices.DeleteFunc(kept, func(s Span) bool { return s == best })
	return kept, []Chunk{{Message: best.Message, Part: best.Part, End: best.End, Tokens: l.model.enc.Count(l.text(best))}}
}

func (l *look) text(s Span) string {
	return l.req.Messages[s.Message].Parts[s.Part].Text[s.Start:s.End]
}

// sizes are what chunks of the material shall have.
func (r *run) sizes() chunkSizes {
	s := chunkSizes{min: r.cfg.MinChunkSize, aim: r.cfg.OptimalChunkSize, max: r.cfg.MaxChunkSize}
	if !r.cfg.CostOptimizationEnabled {
		s.aim = s.max
	}
	return s
}

// pack cuts one span, unless that was done ahead.
func (l *look) pack(s Span, sizes chunkSizes) []Chunk {
	if done, ok := l.cut[s]; ok && sizes == l.cutSizes {
		return done
	}
	return pack(l.req.Messages[s.Message].Parts[s.Part].Text, s.Start, s.End, l.model.enc, sizes)
}

// chunks cuts the material.
func (l *look) chunks(material []Span, sizes chunkSizes) []Chunk {
	out := []Chunk{}
	turns := map[int]bool{}
	for _, s := range material {
		turns[s.Message] = true
	}
	for _, s := range material {
		m := &l.req.Messages[s.Message]
		for _, c := range l.pack(s, sizes) {
			c.Index, c.Message, c.Part = len(out), s.Message, s.Part
			if len(turns) > 1 {
				c.Context = strings.TrimSuffix(m.Role+" > "+c.Context, " > ")
			}
			out = append(out, c)
		}
	}
	return out
}

// input is all that the operator may look at.
func (r *run) input(a operator.Advice, sizes chunkSizes) operator.Input {
	l, plan := r.look, r.plan
	final := l.final()
	in := operator.Input{
		Instruction: plan.read.instruction(),
		System:      plan.read.systemFor(l, a.Digest),
		Recent:      plan.read.recent,
		Advice:      a,
		Format:      orText(l.req.Format),
		Schema:      l.req.Schema,
		Stop:        l.req.Stop,
		Limits: operator.Limits{
			Reply:   max(64, sizes.max/4),
			Notes:   final.raw(final.windowOr(defaultWindow)) / 2,
			Answer:  l.req.MaxTokens,
			OneCall: final.maxOutput,
			Section: sizes.aim, MinSection: sizes.min, MaxSection: sizes.max,
		},
		Core:   r.core,
		Split:  func(c operator.Chunk) []operator.Chunk { return r.split(c, sizes) },
		Tokens: l.model.enc.Count,
	}
	in.Chunks = make([]operator.Chunk, len(plan.units))
	for i, u := range plan.units {
		in.Chunks[i] = u.chunk(i, plan.Chunks)
	}
	return in
}

// defaultWindow is assumed, in tokens, for a model whose window nobody names: what the smallest of the models in use today has.
const defaultWindow = 128_000

// estimate fills the plan's calls and money from the operator's stages.
func (r *run) estimate() {
	plan, l := r.plan, r.look
	fast, final := l.fast(), l.final()
	cost, worst := r.money.spent(), r.money.spent()
	plan.Calls = PlanCalls{Planner: len(r.records())}
	var reads, readsWorst Money
	var answers []operator.Stage
	notes := 0
	for _, s := range plan.op.Stages(&plan.input) {
		if s.Role == operator.Final {
			plan.Calls.Final += s.Calls
			answers = append(answers, s)
			continue
		}
		plan.Calls.Map += s.Calls
		notes += s.Worst
		prompt := fast.calibrated(s.Prompt)
		reads = reads.Add(fast.price.Cost(prompt, s.Expected))
		readsWorst = readsWorst.Add(fast.price.Cost(prompt, s.Worst))
	}
	cost, worst = cost.Add(reads), worst.Add(readsWorst)
	for _, s := range answers {
		prompt := final.calibrated(s.Prompt)
		cost = cost.Add(final.price.Cost(prompt, s.Expected))
		longest := final.price.Cost(prompt+min(final.calibrated(notes), final.calibrated(plan.input.Limits.Notes)), final.ceiling(s.Worst))
		worst = worst.Add(longest)
		// The final call's worst case is set aside first, but the readers must be left what they need when much has to be read again, and never less than
		// half; a final call that then needs more asks for it when it starts.
		left := r.cap - r.money.spent()
		room := min(left/2, left-min(readsWorst, reads.Mul(3)))
		plan.hold = max(final.price.Cost(prompt, l.answerTokens()), min(longest, room))
	}
	cap := r.cap
	plan.Estimate = Estimate{Cap: &cap, Prices: "unknown"}
	if !fast.known || !final.known {
		return
	}
	plan.Estimate.Cost, plan.Estimate.WorstCase, plan.Estimate.Prices = &cost, &worst, final.source
	if l.model.known {
		direct := l.direct()
		plan.Estimate.Direct = &direct
		if direct > 0 {
			saving := math.Round((1-float64(cost)/float64(direct))*1e4) / 1e4
			plan.Estimate.Saving = &saving
		}
	}
}

// affordable looks at money and time before the first chunk call: the price gate's second look, the cap, the deadline.
func (r *run) affordable() error {
	l, e := r.look, &r.plan.Estimate
	possible := l.directPossible()
	automatic := !r.forced() && r.reason != "rescue"
	if automatic && l.priced() && possible && e.Direct != nil && l.large() && l.misses(*e.Cost, *e.Direct) {
		return &instead{reason: "direct-is-cheaper"}
	}
	if e.Cost != nil && *e.Cost > r.cap {
		if automatic && possible && l.model.known {
			return &instead{reason: "direct-is-cheaper"}
		}
		return tooDear("plan", "the request is estimated to cost %s dollars and may cost %s (max_cost_per_request or x-max-cost, less cost_safety_margin): raise the cap, or ask for less", e.Cost, r.cap)
	}
	if d := r.duration(); d > time.Until(r.deadline) {
		if automatic && possible {
			return &instead{reason: "not-in-time"}
		}
		return timedOut("plan", "%d calls, %d at once, are expected to take %s, longer than total_timeout leaves: raise max_chunks or total_timeout",
			r.plan.Calls.Map+r.plan.Calls.Final, r.cfg.MaxChunks, d.Round(time.Second))
	}
	return nil
}

// Probed corrects the estimate by what pilots' replies came to, and looks once more at money before the other chunks are asked: what will not fit the cap is not
// begun, and a rest that is dearer than the direct call is not made.
func (r *run) Probed(seen float64, pilots int) error {
	l, plan := r.look, r.plan
	fast, final := l.fast(), l.final()
	if !fast.known || !final.known {
		return nil
	}
	plan.input.Seen = seen
	var rest Money
	answers := false
	for _, s := range plan.op.Stages(&plan.input) {
		model := fast
		if s.Role == operator.Final {
			model, answers = final, true
		}
		if s.Name == "map" && s.Calls > 0 {
			left := float64(max(0, s.Calls-pilots)) / float64(s.Calls)
			s.Prompt, s.Expected = int(left*float64(s.Prompt)), int(left*float64(s.Expected))
		}
		rest = rest.Add(model.price.Cost(model.calibrated(s.Prompt), s.Expected))
	}
	spent := r.money.spent()
	cost := spent.Add(rest)
	plan.Estimate.Cost = &cost
	automatic := !r.forced() && r.reason != "rescue" && l.directPossible() && l.model.known && spent.Add(l.worstForwarded()) <= r.cap
	tooMuch := r.money.capped && cost > r.cap
	if automatic && (tooMuch || answers && l.priced() && l.large() && l.misses(rest, l.direct())) {
		return &instead{reason: "direct-is-cheaper"}
	}
	if tooMuch {
		return tooDear("map", "after %d of %d chunks the request is estimated to cost %s dollars, %s are spent, and it may cost %s (max_cost_per_request or x-max-cost, less cost_safety_margin): raise the cap, or ask for less",
			pilots, len(plan.input.Chunks), cost, spent, r.cap)
	}
	return nil
}

// duration is how long the plan is expected to take, by the latency that this process has measured; 0 when it has not yet.
func (r *run) duration() time.Duration {
	waves := (r.plan.Calls.Map + r.cfg.MaxChunks - 1) / max(1, r.cfg.MaxChunks)
	return time.Duration(waves)*r.p.pace.of(r.plan.Models.Map) + time.Duration(r.plan.Calls.Final)*r.p.pace.of(r.plan.Models.Final)
}

// systemFor is the caller's system text for calls that are not final.
func (rd *reading) systemFor(l *look, digest string) string {
	if l.model.enc.CountUpTo(rd.system, systemInMap) <= systemInMap {
		return rd.system
	}
	if digest != "" {
		return digest
	}
	head, tail := headCut(rd.system, 2*systemInMap), len(rd.system)-headCut(rd.system, 2*systemInMap)
	return strings.ToValidUTF8(fmt.Sprintf("%s\n[…]\n%s", rd.system[:head], rd.system[tail:]), "")
}

// orText names the form that a request without response_format asks for.
func orText(format string) string {
	if format == "" {
		return "text"
	}
	return format
}
