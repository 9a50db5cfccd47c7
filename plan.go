package haikuplanner

import (
	"cmp"
	"slices"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// A Plan is what will be done with a request: data, made before any chunk call. Marshalled it is the answer of POST /haiku-planner/plan. Kept and Chunks together are every
// byte of every text of the request; Kept goes into calls as it is, Chunks are the material.
type Plan struct {
	Decision     string     `json:"decision"`      // "decompose" or "forward"
	Reason       string     `json:"reason"`        // as in x-haiku-planner-reason: "large", "small", …
	Operator     string     `json:"operator"`      // "answer", "count", …; "" when forwarded
	AdvisedBy    string     `json:"advised_by"`    // "planner" or "rules"; "" when forwarded
	PromptTokens int        `json:"prompt_tokens"` // exact, by Tokenizer
	Tokenizer    string     `json:"tokenizer"`     // "o200k_base" or "cl100k_base"; "" for a body that was not understood
	Calibration  float64    `json:"calibration"`   // tokens of the model's own tokenizer per counted token
	Kept         []Span     `json:"kept"`
	Chunks       []Chunk    `json:"chunks"` // in the order of the text; none when forwarded
	Calls        PlanCalls  `json:"calls"`
	Models       PlanModels `json:"models"`
	Estimate     Estimate   `json:"estimate"`
	Spent        Money      `json:"spent"` // by asking for this plan

	op    operator.Operator
	input operator.Input
	read  *reading
	task  []Span // what of the material surely is what is asked
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

// An Estimate is money before it is spent; nil where a price is unknown. An answer whose length nobody knows is taken to have 800 tokens, or max_tokens if that is less.
type Estimate struct {
	Cost      *Money   `json:"cost"`       // expected
	WorstCase *Money   `json:"worst_case"` // every call at its longest
	Direct    *Money   `json:"direct"`     // of the request as it came
	Saving    *float64 `json:"saving"`     // 1 - Cost/Direct
	Cap       *Money   `json:"cap"`        // of this request: max_cost_per_request or x-max-cost, less cost_safety_margin
	Prices    string   `json:"prices"`     // "litellm", "config", "builtin" or "unknown"
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
		worst := max(direct, l.directWriting(l.model.ceiling(l.req.MaxTokens)*l.several()))
		p.Estimate = Estimate{Cost: &direct, WorstCase: &worst, Direct: &direct, Saving: &saving, Cap: &cap, Prices: l.model.source}
	}
	return p
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
	l.cut = nil
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

// givenBack is how many tokens of text the answer gives back, changed: what the direct call would write, too. 0 where the answer is another.
func (p *Plan) givenBack() (tokens int) {
	if p == nil || p.Operator != "transform" && p.Operator != "edit" {
		return 0
	}
	for _, c := range p.Chunks {
		tokens += c.Tokens
	}
	return tokens
}

// writesItself are the operators whose answer is put together here, with no final call that would go on where the caller has begun.
var writesItself = map[string]bool{"transform": true, "edit": true, "compose": true}

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

// input is all that the operator may look at.
func (r *run) input(a operator.Advice, sizes chunkSizes) operator.Input {
	l, plan := r.look, r.plan
	final := l.final()
	format, schema := l.req.Form()
	in := operator.Input{
		Instruction: plan.read.instruction(),
		System:      plan.read.systemFor(l, a.Digest),
		Recent:      plan.read.recent,
		Advice:      a,
		Format:      cmp.Or(format, "text"), // of a request without response_format
		Schema:      schema,
		Stop:        l.req.Stop,
		Limits: operator.Limits{
			Reply:   max(64, sizes.max/4),
			Notes:   final.raw(cmp.Or(final.window, defaultWindow)) / 2,
			Answer:  l.req.MaxTokens,
			OneCall: final.maxOutput,
			Section: sizes.aim, MinSection: sizes.min, MaxSection: sizes.max,
		},
		Core:   r.core,
		Split:  func(c operator.Chunk) []operator.Chunk { return r.split(c, sizes) },
		Tokens: l.model.enc.Count,
	}
	in.Beside = l.beside() + max(0, in.Tokens(plan.read.system)-in.Tokens(in.System))
	for _, s := range plan.task {
		in.Task = append(in.Task, operator.Chunk{Message: s.Message, Part: s.Part, Start: s.Start, End: s.End})
	}
	in.Chunks = make([]operator.Chunk, len(plan.units))
	for i, u := range plan.units {
		in.Chunks[i] = u.chunk(i, plan.Chunks)
	}
	return in
}

// defaultWindow is assumed, in tokens, for a model whose window nobody names: what the smallest of the models in use today has.
const defaultWindow = 128_000
