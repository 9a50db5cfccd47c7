package haikuplanner

import (
	"math"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

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
		readsWorst = readsWorst.Add(fast.price.Cost(prompt+s.Calls*overheadTokens, s.Worst))
	}
	cost, worst = cost.Add(reads), worst.Add(readsWorst)
	for _, s := range answers {
		prompt := final.calibrated(s.Prompt)
		cost = cost.Add(final.price.Cost(prompt, s.Expected*l.several()))
		longest := final.price.Cost(prompt+s.Calls*overheadTokens+min(final.calibrated(notes), final.calibrated(plan.input.Limits.Notes)), s.Worst*l.several())
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
		direct := r.directWhole()
		plan.Estimate.Direct = &direct
		if direct > 0 {
			saving := math.Round((1-float64(cost)/float64(direct))*1e4) / 1e4
			plan.Estimate.Saving = &saving
		}
	}
}

// directWhole is what the request would cost as it came, with an answer as long as the plan's where that gives text back.
func (r *run) directWhole() Money {
	l, answer := r.look, r.look.answerTokens()
	if n := r.plan.givenBack(); n > 0 {
		if answer = l.model.calibrated(n); l.req.MaxTokens > 0 {
			answer = min(answer, l.req.MaxTokens)
		}
	}
	return l.directWriting(answer)
}

// affordable looks at money and time before the first chunk call: the price gate's second look, the cap, the deadline.
func (r *run) affordable() error {
	l, e := r.look, &r.plan.Estimate
	possible := l.directPossible(r.money.spent()) && (e.Direct == nil || *e.Direct <= r.cap)
	automatic := !r.forced() && r.reason != "rescue"
	if automatic && l.priced() && possible && e.Direct != nil && l.large() && l.misses(*e.Cost, *e.Direct) {
		return &instead{reason: "direct-is-cheaper"}
	}
	if e.Cost != nil && *e.Cost > r.cap {
		if automatic && possible && l.model.known {
			return &instead{reason: "direct-is-cheaper"}
		}
		return tooDear("plan", "the request is estimated to cost %s dollars, above the cap of %s (max_cost_per_request or x-max-cost, less cost_safety_margin): raise it, or ask for less", e.Cost, r.cap)
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
	automatic := !r.forced() && r.reason != "rescue" && l.directPossible(spent) && l.model.known && spent.Add(l.worstForwarded()) <= r.cap
	tooMuch := r.money.capped && cost > r.cap
	if automatic && (tooMuch || answers && l.priced() && l.large() && l.misses(rest, l.direct())) {
		return &instead{reason: "direct-is-cheaper"}
	}
	if tooMuch {
		return tooDear("map", "after %d of %d chunks the request is estimated to cost %s dollars, of which %s are spent: above the cap of %s (max_cost_per_request or x-max-cost, less cost_safety_margin): raise it, or ask for less",
			pilots, len(plan.input.Chunks), cost, spent, r.cap)
	}
	return nil
}

// duration is how long the plan is expected to take, by the latency that this process has measured; 0 when it has not yet.
func (r *run) duration() time.Duration {
	waves := (r.plan.Calls.Map + r.cfg.MaxChunks - 1) / max(1, r.cfg.MaxChunks)
	return time.Duration(waves)*r.p.pace.now(r.plan.Models.Map) + time.Duration(r.plan.Calls.Final)*r.p.pace.now(r.plan.Models.Final)
}
