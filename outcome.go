package haikuplanner

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
)

// instead says that the request shall be forwarded rather than decomposed. With a cause it is a failure that forwarding covers up.
type instead struct {
	reason string
	cause  error
}

func (e *instead) Error() string {
	if e.cause != nil {
		return e.reason + ": " + e.cause.Error()
	}
	return "forward: " + e.reason
}

func (e *instead) Unwrap() error { return e.cause }

// refuse answers a request that is neither planned nor sent on. Like all that is not upstream's own answer, it says that it was not forwarded.
func (p *Planner) refuse(l *look, reason string, e *Error, next http.RoundTripper) *http.Response {
	p.note(l, "refused", reason, e)
	l.release()
	resp := e.response(l.http, l.dialect, false)
	resp.Header[headerOurs], resp.Header[headerOurs+"-Reason"] = []string{"decomposed"}, []string{reason}
	readable(resp.Header, l.origins(next))
	return resp
}

// whole ends a run of which no byte went out yet: with its answer, with an error, or with the word that clients shall make the direct call.
func (s *shared) whole(err error) {
	r := s.run
	if err == nil {
		r.finished(nil, nil)
		s.status, s.header, s.body = http.StatusOK, r.answerHeader(), r.out.answerBody(r)
		maps.Copy(s.header, r.headers(true))
		r.readable(s.header)
		s.header.Set("Content-Type", "application/json")
		return
	}
	if errors.Is(context.Cause(r.ctx), errGone) {
		r.finished(nil, err)
		err = errGone
	} else if no := r.mayForward(err); no == nil {
		r.fellBack(err)
		r.p.stats.by.add(-r.totalCost()) // in vain
		s.forward = "fallback"
		if f, ok := err.(*instead); ok {
			s.forward = f.reason
		}
		return
	} else {
		err = no
	}
	e := r.failure(err)
	if err != errGone {
		r.finished(e, err)
	}
	resp := e.response(r.look.http, r.look.dialect, r.spentAny())
	s.status, s.header = resp.StatusCode, resp.Header
	s.body, _ = io.ReadAll(resp.Body)
	for _, late := range []bool{false, true} {
		maps.Copy(s.header, r.headers(late))
	}
	r.readable(s.header)
}

// A denial is upstream's word that the caller may not use a model, or that there is none.
type denial struct {
	status int
	header http.Header
	body   []byte
}

// denied keeps the first one.
func (r *run) denied(resp *http.Response, body []byte) {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.denial == nil {
			r.denial = &denial{resp.StatusCode, passedOn(resp.Header), body}
		}
	}
}

// asBefore is what the direct call would have got, had no call of ours gone before it: after a denial LiteLLM has all calls to a deployment wait for a while.
func (r *run) asBefore(l *look, limited *http.Response) *http.Response {
	r.mu.Lock()
	d := r.denial
	r.mu.Unlock()
	if d == nil {
		return limited
	}
	if limited.Body != nil {
		limited.Body.Close()
	}
	return newResponse(l.http, d.status, d.header.Clone(), d.body)
}

// spentInVain says on the direct call's answer what went before it. Where there is none, the client must not repeat all of it.
func (r *run) spentInVain(l *look, resp *http.Response, err error) (*http.Response, error) {
	if !r.spentAny() || l.http.Context().Err() != nil {
		return resp, err
	}
	if err != nil {
		e := failed("fallback", err, "decomposing failed, and upstream did not answer the direct call: is it running?")
		resp = e.response(l.http, l.dialect, true)
		resp.Header.Set(headerOurs, "forwarded")
		resp.Header.Set(headerOurs+"-Reason", "fallback")
	}
	resp.Header.Set(headerOurs+"-Id", r.id)
	resp.Header.Set(headerOurs+"-Calls", strconv.Itoa(len(r.records())))
	resp.Header.Set(headerOurs+"-Cost", r.totalCost().String())
	if resp.StatusCode >= 400 {
		resp.Header.Set(headerRetry, "false")
		r.readable(resp.Header)
	}
	return resp, nil
}

// mayForward says whether a failed run may end in the direct call: nil, or the error that the caller gets. The caller's own limits, the cap and
// total_timeout, are answered as such; a forced request is never forwarded.
func (r *run) mayForward(err error) error {
	if r.came {
		return err
	}
	if f, ok := err.(*instead); ok && f.cause == nil {
		return nil
	}
	if errors.Is(err, errTotalTimeout) || r.ctx.Err() != nil {
		return timedOut("", "the request was not done within total_timeout (%s): raise it, or max_chunks", r.cfg.TotalTimeout)
	}
	var e *Error
	if errors.As(err, &e) && (e.Type == typeBudget || e.Type == typeTimeout && !e.upstream) {
		return err
	}
	if r.forced() {
		return err
	}
	if l := r.look; l.refused == nil {
		if !l.fits() {
			return err
		}
		if cost := l.worstForwarded(); l.model.known && (l.ctl.capped || r.money.capped) && r.money.spent().Add(cost) > r.cap {
			return tooDear("fallback", "decomposing failed (%v) after %s dollars were spent, and the direct call may cost %s, above the cap of %s", err, r.money.spent(), cost, r.cap)
		}
	}
	return nil
}

// failure is the error answer for err.
func (r *run) failure(err error) *Error {
	var e *Error
	var b *budgetError
	switch {
	case errors.As(err, &e):
		if errors.As(e.Err, &b) {
			e.Message = r.overCap(b) // calls that were under way have settled since
		}
	case errors.Is(err, errTotalTimeout):
		e = timedOut("", "the request was not done within total_timeout (%s)", r.cfg.TotalTimeout)
	default:
		e = failed("", err, "the request could not be decomposed: %v", err)
	}
	if noError := e.Status < 400 || e.Status > 599; e.upstream && (noError || !e.keyOrModel() && e.Status != http.StatusTooManyRequests && !(e.Stage == "final" && e.Status == http.StatusBadRequest)) {
		e = failed(e.Stage, err, "%v (upstream's status was %s)", err, statusText(e.Status))
	}
	return e
}

func (r *run) overBudget(stage string, err error) *Error {
	var b *budgetError
	e := tooDear(stage, "%v", err)
	if errors.As(err, &b) {
		e.Message = r.overCap(b)
	}
	e.Err = err
	return e
}

func (r *run) overCap(b *budgetError) string {
	estimate := "unknown"
	if r.plan != nil && r.plan.Estimate.Cost != nil {
		estimate = r.plan.Estimate.Cost.String()
	}
	return "the next call may cost " + b.Need.String() + " dollars, which the cap of " + b.Cap.String() + " does not leave: spent " + r.money.spent().String() +
		", estimate " + estimate + " (max_cost_per_request or x-max-cost, less cost_safety_margin)"
}
