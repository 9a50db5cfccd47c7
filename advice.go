package haikuplanner

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// plannerCalls is how often the planner model is asked: once, and once more to repair an answer that does not hold.
const plannerCalls = 2

// advise says how the task decomposes: by the planner model, or by rules where that is not asked, too late or wrong twice.
func (r *run) advise(rd *reading) (advice.Decided, error) {
	var q advice.Question
	var rules advice.Decided
	if err := r.p.gate.think(r.ctx, len(r.look.body), func() { q = r.question(rd); rules = advice.Rules(q) }); err != nil {
		return rules, err
	}
	// Where nothing is there to be divided, and nothing long is wanted, nobody is asked, so that nobody's price is wanted.
	r.rules = r.rules || !q.HasMaterial && rules.Wanted != "compose"
	if err := r.couldPay(); err != nil || r.rules {
		return rules, err
	}
	wait := r.cutAhead(rd, likely(rules.Kept, len(q.Head)))
	decided, err := r.askPlanner(q)
	wait()
	if err == nil {
		return decided, nil
	}
	var e *Error
	if errors.As(err, &e) && (e.Type == typeBudget || e.upstream && e.Status == http.StatusUnauthorized) {
		return rules, err // a key that is not known makes no other call either
	}
	if r.ctx.Err() != nil {
		return rules, context.Cause(r.ctx)
	}
	r.p.log.LogAttrs(r.ctx, slog.LevelWarn, "the planner model gave no usable advice: rules decide", slog.String("id", r.id), slog.String("error", errorClass(err)))
	return rules, nil
}

// likely is what a planner keeps of the paragraphs that the rules keep to be safe, where there are so many at the head: people ask at one end, and if the turn opens
// with what may be the question, it is the question.
func likely(kept []int, head int) []int {
	n := 0
	for n < len(kept) && n < head && kept[n] == n+1 {
		n++
	}
	if n == 0 {
		return kept
	}
	return kept[:n]
}

func (r *run) question(rd *reading) advice.Question {
	q := advice.Question{
		System:       rd.system,
		Digest:       r.look.model.enc.CountUpTo(rd.system, systemInMap) > systemInMap,
		PromptTokens: r.look.countAll(),
		MaxTokens:    r.look.req.MaxTokens,
		History:      rd.historyOnly,
	}
	var texts []advice.Text
	for _, t := range rd.texts {
		if t.use == keep {
			if t.lastTurn {
				q.Instruction += t.text + "\n\n"
			}
			continue
		}
		q.HasMaterial = true
		texts = append(texts, advice.Text{Role: t.role, Body: t.text})
	}
	q.Outline = advice.Outline(texts)
	all := rd.candidates()
	q.Head, q.Inner, q.Tail = shown(all, atHead), shown(all, inside), shown(all, atTail)
	return q
}

// couldPay refuses before any call what no plan could pay for and the direct call cannot do either, or what cannot be reckoned although the caller set a cap.
func (r *run) couldPay() error {
	if !r.priced() {
		if r.look.ctl.capped {
			return tooDear("plan", "x-max-cost is set, but there is no price for %s: give one in /model/info or in config.yaml's model_info, or leave the header out", r.unpriced())
		}
		r.p.aboutModel("unpriced", r.unpriced(), slog.LevelWarn, "no price is known: max_cost_per_request is not enforced")
		return nil
	}
	if least := r.look.cheapest(); r.look.large() && least > r.cap {
		if !r.forced() && r.reason != "rescue" && r.look.directPossible(r.money.spent()) {
			return &instead{reason: "direct-is-cheaper"}
		}
		return tooDear("plan", "reading the request alone is estimated to cost %s dollars, above the cap of %s (max_cost_per_request or x-max-cost, less cost_safety_margin): raise it", least, r.cap)
	}
	return nil
}

// unpriced names the first model of the run without a price.
func (r *run) unpriced() string {
	for _, f := range []facts{r.look.final(), r.look.fast(), r.p.models.facts(r.cfg.PlannerModel)} {
		if !f.known {
			return f.name
		}
	}
	return ""
}

func (r *run) askPlanner(q advice.Question) (advice.Decided, error) {
	system, user := advice.Prompt(q)
	var last error
	for i := range plannerCalls {
		text, err := r.plannerCall(i, system, user, advice.ReplyTokens(q))
		if err != nil {
			return advice.Decided{}, err
		}
		decided, err := advice.Parse(text, q)
		if err == nil {
			return decided, nil
		}
		last = err
		system, user = advice.Repair(q, text, err)
	}
	return advice.Decided{}, last
}

func (r *run) plannerCall(i int, system, user string, reply int) (string, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(r.ctx, r.cfg.PlannerTimeout)
	defer cancel()
	c := &upstreamCall{stage: "planner", index: i, model: r.p.models.facts(r.cfg.PlannerModel), key: "planner_model", text: true, output: reply, timeout: r.cfg.PlannerTimeout}
	c.raw = r.look.model.enc.Count(system) + r.look.model.enc.Count(user)
	c.render = func(drop []string) *buffer {
		return r.look.call(wire.Call{Model: c.model.name, System: []string{system}, User: []string{user}, MaxTokens: reply,
			Schema: &wire.Schema{Name: "advice", JSON: advice.Schema()}, Drop: drop})
	}
	answer, mend, err := r.do(ctx, c)
	r.observe("planner", i, i+1, err)
	if err == nil && mend != nil {
		err = mend
	}
	if err != nil && ctx.Err() != nil && r.ctx.Err() == nil {
		err = timedOut("planner", "no advice within %s (planner_timeout), after %s", r.cfg.PlannerTimeout, time.Since(began).Round(time.Millisecond))
	}
	return answer.Text, err
}
