package haikuplanner

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// A look is what is known of one request to a chat path. It is filled as far as the decision needs.
type look struct {
	http    *http.Request
	url     *url.URL // where calls go
	dialect wire.Dialect
	body    []byte
	buffer  *buffer       // that body is in, if it is long
	req     *wire.Request // nil: not understood
	ctl     controls
	bad     *Error // a malformed header

	model   facts  // of the model that the request names
	reader  *facts // of the one that reads, while a run lasts: it is paid by the prices that it was planned by
	tokens  int    // of all texts: a number on the right side of the threshold, until countAll
	exact   bool
	besides int // tokens beside the texts, and one: 0 is not counted yet
	cfg     *Config
	p       *Planner

	refused *http.Response // upstream's refusal of the direct call, in a rescue
	refusal *Error         // what it said
	before  *run           // that gave up for the direct call, before that was refused
	room    room           // the body's
	ours    bool           // nobody else reads body
	said    *[2]string     // memory for what the answer's headers say

	forwarded time.Duration // how long that call took: it is no part of total_timeout, as for any that is forwarded

	cut      map[Span][]Chunk // of the material, cut ahead in cutSizes
	cutSizes chunkSizes
}

// release gives the body's room back.
func (l *look) release() { l.room.release() }

// A verdict is what one row of the table says of a request.
type verdict struct {
	act    action
	reason string
	err    *Error // refuse
}

type action uint8

const (
	pass action = iota // the row does not match
	forward
	decompose
	refuse
)

// decisions is the table of what is decomposed: the first row that matches decides. What needs the planner's advice or the plan's price comes later, in
// run.prepare: not-decomposable, and the second look at direct-is-cheaper.
var decisions = [...]struct {
	reason string
	row    func(l *look) (action, *Error)
}{
	{"disabled", func(l *look) (action, *Error) { return when(!l.cfg.Enabled, forward), nil }},
	{"not-understood", func(l *look) (action, *Error) { return when(l.req == nil, forward), nil }},
	{"header", func(l *look) (action, *Error) { return when(l.ctl.forbid && !l.ctl.force, forward), nil }},
	{"header", malformedHeader},
	{"header", forcedByHeader},
	{"auto-off", func(l *look) (action, *Error) { return when(!l.cfg.AutoEnable, forward), nil }},
	{"small", func(l *look) (action, *Error) { return when(!l.large() && !l.longOutput(), forward), nil }},
	{"unknown-model", func(l *look) (action, *Error) { return when(l.p.models.isStranger(l.req.Model), forward), nil }},
	{"", oneCallOnly}, // its reason is the field's name
	{"direct-is-cheaper", cheaperAtBest},
	{"large", func(l *look) (action, *Error) { return when(l.large(), decompose), nil }},
	{"long-output", func(l *look) (action, *Error) { return decompose, nil }},
}

func when(b bool, a action) action {
	if b {
		return a
	}
	return pass
}

func (l *look) decide() (v verdict) {
	var fault error
	defer func() {
		if fault != nil {
			v = verdict{act: forward, reason: "fallback"}
		}
	}()
	defer l.p.caught(&fault)
	for _, d := range decisions {
		act, err := d.row(l)
		if act == pass {
			continue
		}
		v := verdict{act: act, reason: d.reason, err: err}
		if v.reason == "" {
			v.reason = l.oneCall()
		}
		return v
	}
	return verdict{act: forward, reason: "small"}
}

func malformedHeader(l *look) (action, *Error) { return when(l.bad != nil, refuse), l.bad }

func forcedByHeader(l *look) (action, *Error) {
	if !l.ctl.force {
		return pass, nil
	}
	if field := l.oneCall(); field != "" && field != nonText && !l.condensable() {
		return refuse, invalid(field, "x-decompose: 1 cannot be honoured: %s needs one upstream call, and there is no long text in the request to condense, or it streams several answers; leave it out, or send x-decompose: 0", field)
	}
	return decompose, nil
}

// oneCallOnly forwards what only one call can honour, as long as it fits; else its long texts are condensed.
func oneCallOnly(l *look) (action, *Error) {
	return when(l.oneCall() != "" && (l.fits() || !l.condensable()), forward), nil
}

// condensable says whether a request that must stay one call can be made shorter. Streams of several answers at once, to one prompt or to several, are not
// taken apart.
func (l *look) condensable() bool {
	several := slices.Contains(l.req.OneCall, "n") || slices.Contains(l.req.OneCall, "prompt")
	return !(l.req.Stream && several) && !l.readInPlace().bare()
}

// cheaperAtBest is the price gate's first look: when even the cheapest plan is dearer than the direct call, no call of ours is made.
func cheaperAtBest(l *look) (action, *Error) {
	if !l.large() || !l.priced() || !l.directPossible(0) {
		return pass, nil
	}
	return when(l.misses(l.cheapest(), l.direct()), forward), nil
}

// large says that the prompt is over the threshold. Tokens are never more than bytes, so a small body needs no tokenizer.
func (l *look) large() bool {
	limit := l.cfg.LargeRequestThreshold
	if len(l.body) <= limit {
		return false
	}
	if l.tokens == 0 {
		if l.tokens = l.countTo(limit); l.tokens > limit {
			l.decode()
		}
	}
	return l.tokens > limit
}

// countAll is the exact count of all texts.
func (l *look) countAll() int {
	if !l.exact {
		l.decode()
		l.tokens, l.exact = 0, true
		for i := range l.req.Messages {
			parts := l.req.Messages[i].Parts
			for j := range parts {
				l.tokens += l.tokensOf(&parts[j])
			}
		}
	}
	return l.tokens
}

func (l *look) longOutput() bool { return l.req.MaxTokens > l.cfg.MaxTokensThreshold }

// imageTokens is what a part that is not text is taken to cost: a full-size image is about 1,600 tokens for Claude (Anthropic's vision page: width × height / 750,
// at most 1,568 × 1,568).
const imageTokens = 1600

// nonText is the reason for a request that is mostly images or the like. They stay in place in the final call, so a forced one is that call alone.
const nonText = "non-text"

// oneCall names the field that only one upstream call can honour; "" when there is none.
func (l *look) oneCall() string {
	if len(l.req.OneCall) > 0 {
		return l.req.OneCall[0]
	}
	if n := l.otherParts(); n > 0 && n*imageTokens > l.countAll() {
		return nonText
	}
	return ""
}

// otherParts is how many parts are no text.
func (l *look) otherParts() (n int) {
	for i := range l.req.Messages {
		for j := range l.req.Messages[i].Parts {
			if l.req.Messages[i].Parts[j].Type != "text" {
				n++
			}
		}
	}
	return n
}

// fits says whether the direct call fits the model's window, as far as that is known.
func (l *look) fits() bool {
	if l.refused != nil {
		return false
	}
	return l.model.window == 0 || l.model.calibrated(l.countAll())+min(l.req.MaxTokens, l.model.window/2) <= l.model.window
}

// begun says that the caller has begun the answer, which models go on with: the last turn is the assistant's.
func (l *look) begun() bool {
	n := len(l.req.Messages)
	return n > 0 && l.req.Messages[n-1].Role == "assistant"
}

// aboveTPM says that the direct call alone is more than the model takes in a minute, so that waiting does not help.
func (l *look) aboveTPM() bool {
	return l.model.tpm > 0 && l.model.calibrated(l.countAll()) > l.model.tpm
}

// directPossible says whether the direct call can be made at all after what was spent: window, tokens a minute, cap.
func (l *look) directPossible(spent Money) bool {
	if !l.fits() || l.aboveTPM() || !l.allows(spent) {
		return false
	}
	return !l.model.known || l.direct() <= l.cap()
}

// priced says whether the price gate is on and every price that it needs is known.
func (l *look) priced() bool {
	return l.cfg.CostOptimizationEnabled && l.ctl.quality != "deep" && l.model.known && l.fast().known && l.final().known
}

// misses says that a plan of that cost saves less than the configuration wants.
func (l *look) misses(cost, direct Money) bool {
	return float64(direct-cost) < l.cfg.CostSavingsTarget*float64(direct)
}

func (l *look) fast() facts {
	if l.reader != nil {
		return *l.reader
	}
	if l.ctl.quality == "deep" {
		return l.p.models.facts(l.cfg.DeepExecutionModel)
	}
	return l.p.models.facts(l.cfg.FastExecutionModel)
}

func (l *look) final() facts {
	if l.ctl.quality != "" {
		return l.fast() // it is that one for all calls
	}
	return l.model
}

// finalKey is the config key that names the final model; "" where the request does.
func (l *look) finalKey() string {
	switch l.ctl.quality {
	case "fast":
		return "fast_execution_model"
	case "deep":
		return "deep_execution_model"
	}
	return ""
}

func (l *look) cap() Money { return capFor(*l.cfg, l.ctl.maxCost, l.ctl.capped) }

// expectedAnswer is how long an answer is taken to be, in tokens, when nothing better is known: the same in every estimate, so that it cancels out
// of the comparison with the direct call.
const expectedAnswer = 800

func (l *look) answerTokens() int {
	n := expectedAnswer
	if most := l.req.MaxTokens; most > 0 {
		n = min(n, most)
	}
	return n * l.several()
}

// several is how many answers one call is asked for.
func (l *look) several() int { return max(l.req.Answers, 1) }

// direct is what the request would cost as it came.
func (l *look) direct() Money { return l.directWriting(l.answerTokens()) }

// directWriting is that of an answer of so many tokens.
func (l *look) directWriting(answer int) Money {
	return l.model.price.Cost(l.model.calibrated(l.countAll()+l.beside()), answer)
}

// What no plan can do without, in tokens: the words of a map prompt and of a reply that found nothing, of the planner's prompt and answer, of a final call's notes. Each
// is below what the prompts in internal/prompt and internal/advice come to, so that cheapest stays a bound from below.
const (
	leastMapPrompt, leastMapReply         = 120, 2
	leastPlannerPrompt, leastPlannerReply = 500, 60
	leastFinalPrompt                      = 60
)

// cheapest bounds the cost of any plan from below: everything is read once by the fast model in the largest chunks, nothing is found.
func (l *look) cheapest() Money {
	fast, final, planner := l.fast(), l.final(), l.p.models.facts(l.cfg.PlannerModel)
	calls := l.countAll()/l.cfg.MaxChunkSize + 1
	cost := fast.price.Cost(fast.calibrated(l.countAll()+calls*leastMapPrompt), calls*leastMapReply).
		Add(final.price.Cost(final.calibrated(leastFinalPrompt+l.beside()), l.answerTokens()))
	if l.p.rules || !planner.known {
		return cost
	}
	return cost.Add(planner.price.Cost(leastPlannerPrompt, leastPlannerReply))
}

// allows says whether x-max-cost leaves enough for the direct call after what was spent, as far as the price is known.
func (l *look) allows(spent Money) bool {
	return !l.ctl.capped || !l.model.known || spent.Add(l.worstForwarded()) <= l.ctl.maxCost
}

// dearerThanAllowed refuses a forwarded request that may cost more than x-max-cost.
func (l *look) dearerThanAllowed() *Error {
	if l.req == nil || l.bad != nil || l.allows(0) {
		return nil
	}
	return tooDear("forward", "the request may cost %s dollars, more than x-max-cost (%s): raise it, or lower max_tokens", l.worstForwarded(), l.ctl.maxCost)
}

// worstForwarded is what a forwarded request may cost by the caller's own limits, for x-max-cost.
func (l *look) worstForwarded() Money {
	return l.directWriting(l.req.MaxTokens * l.several())
}

// beside is how many tokens the model reads beside the texts, where it is given the request itself: tools, schemas, images.
func (l *look) beside() int {
	if l.besides == 0 {
		json, tokens, others := l.req.Besides()
		l.besides = 1 + tokens + others*imageTokens
		for _, s := range json {
			l.besides += l.model.enc.Count(s)
		}
	}
	return l.besides - 1
}
