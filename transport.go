package haikuplanner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// Transport returns a RoundTripper that decomposes requests that are too big and passes on everything else as it is. base carries all calls, nil is WithBase's.
// A response is returned wherever there is one, errors of ours included; a Go error only for what base fails with too. It is safe for concurrent use if base is.
func (p *Planner) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = p.base
	}
	return &transport{p, base}
}

// Client returns a copy of c, nil is http.DefaultClient, whose transport is wrapped. A Timeout of c bounds the whole of a decomposed request: let it be above TotalTimeout.
func (p *Planner) Client(c *http.Client) *http.Client {
	if c == nil {
		c = http.DefaultClient
	}
	wrapped := *c
	wrapped.Transport = p.Transport(c.Transport)
	return &wrapped
}

// Middleware is Transport in the shape that openai-go and anthropic-sdk-go take: option.WithMiddleware(p.Middleware). next carries all calls.
func (p *Planner) Middleware(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	return p.Transport(roundTripFunc(next)).RoundTrip(r)
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type transport struct {
	p    *Planner
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if rt, ok := t.p.route(r); ok {
		return t.p.handle(rt.versioned(r), rt, t.base)
	}
	return t.base.RoundTrip(r)
}

// A route is a chat path and how it is read.
type route struct {
	path    string
	dialect wire.Dialect
	v1      bool // LiteLLM knows the path with /v1 only: it is sent as that
}

// routes are the paths, below the base URL and with or without /v1, whose requests are looked at.
var routes = []route{
	{"/chat/completions", wire.Chat(), false},
	{"/completions", wire.Completions(), false},
	{"/responses", wire.Responses(), false},
	{"/messages", wire.Messages(), true},
}

// planPath stands before a chat path when only the plan is wanted.
const planPath = "/haiku-planner/plan"

func (p *Planner) route(r *http.Request) (route, bool) {
	if r.Method != http.MethodPost || r.URL == nil {
		return route{}, false
	}
	path, ok := strings.CutPrefix(r.URL.Path, p.prefix)
	if !ok {
		path = r.URL.Path
	}
	path = strings.TrimPrefix(path, "/v1")
	for _, rt := range routes {
		if path == rt.path {
			return rt, true
		}
	}
	return route{}, false
}

// versioned is the request under the path that LiteLLM knows.
func (rt route) versioned(r *http.Request) *http.Request {
	if !rt.v1 || strings.HasSuffix(r.URL.Path, "/v1"+rt.path) {
		return r
	}
	clone, u := *r, *r.URL
	u.Path = strings.TrimSuffix(u.Path, rt.path) + "/v1" + rt.path
	if u.RawPath != "" {
		u.RawPath = strings.TrimSuffix(u.RawPath, rt.path) + "/v1" + rt.path
	}
	clone.URL = &u
	return &clone
}

// look reads the request's body into one buffer and looks at it. When that is not possible the request is dealt with right here, and the look is nil.
func (p *Planner) look(r *http.Request, rt route, next http.RoundTripper) (*look, *http.Response, error) {
	l := looks.Get().(*look)
	l.http, l.url, l.dialect, l.cfg, l.p = r, r.URL, rt.dialect, &p.cfg, p
	l.ctl, l.bad = readControls(r.Header)
	early := func(reason string) (*look, *http.Response, error) {
		p.stats.requests.Add(1)
		resp, err := next.RoundTrip(r)
		return nil, p.forwarded(l, resp, err, reason), err
	}
	switch {
	case !p.cfg.Enabled:
		return early("disabled")
	case encoded(r.Header) || r.Body == nil || r.Body == http.NoBody:
		return early("not-understood")
	case l.tooLong(r.ContentLength):
		if l.ctl.force {
			return nil, l.notBuffered(r, "body-limit", next), nil
		}
		return early("body-limit")
	}
	l.room.gate = p.gate
	length := r.ContentLength
	if length == 0 {
		length = -1 // of a client's request with a body, 0 means that nobody knows
	}
	body, why, err := l.readBody(r.Body, length)
	if err != nil {
		r.Body.Close()
		l.release()
		return nil, nil, err
	}
	if why != "" { // what was read goes first
		if l.ctl.force {
			return nil, l.notBuffered(r, why, next), nil
		}
		clone, rest := *r, &prefix{rest: r.Body, room: &l.room}
		rest.read.Reset(body)
		l.buffer = nil // which rest alone holds now
		clone.Body, clone.GetBody = rest, nil
		p.stats.requests.Add(1)
		resp, err := next.RoundTrip(&clone)
		return nil, p.forwarded(l, resp, err, why), err
	}
	r.Body.Close()
	l.body, l.ours = body, true
	p.parse(l)
	return l, nil, nil
}

func encoded(h http.Header) bool {
	v := h["Content-Encoding"]
	return len(v) > 0 && v[0] != "" && !strings.EqualFold(v[0], "identity")
}

// parse reads the body. What it does not understand is upstream's to answer.
func (p *Planner) parse(l *look) {
	var fault error
	defer func() {
		if fault != nil {
			l.req = nil
		}
	}()
	defer p.caught(&fault)
	req, err := wire.Skim(l.dialect, l.body)
	if err != nil {
		return
	}
	l.req = req
	if len(l.body) > p.cfg.LargeRequestThreshold || l.ctl.force || l.ctl.capped || req.MaxTokens > p.cfg.MaxTokensThreshold {
		p.models.refresh(l.http.Context())
	}
	if l.ctl.force || l.ctl.capped || req.MaxTokens > p.cfg.MaxTokensThreshold {
		l.decode() // else only when counting finds it large
	}
	l.model = p.models.facts(req.Model)
}

// lookForPlan is look for Plan: nothing is sent, and r.Body can be read again.
func (p *Planner) lookForPlan(ctx context.Context, r *http.Request) (*look, error) {
	u := *r.URL
	u.Path = strings.TrimPrefix(u.Path, planPath)
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/chat/completions"
	}
	if r.RequestURI != "" {
		u.Scheme, u.Host, u.User = "", "", nil // a client of ours does not say where its keys go, and ours
	}
	if u.Host == "" && p.models.url != "" {
		base, _ := url.Parse(p.models.url)
		u.Scheme, u.Host, u.Path = base.Scheme, base.Host, base.Path+u.Path
	}
	u.RawQuery = ""
	clone := r.WithContext(ctx)
	clone.URL = &u
	if u.Host != r.URL.Host || r.RequestURI != "" {
		clone.Host = "" // that of the server that received it
	}
	clone.Method = http.MethodPost
	rt, ok := p.route(clone)
	if !ok {
		return nil, &Error{Status: http.StatusNotFound, Type: typeInvalid, Param: "path", Message: "there is no plan for the path " + clip(u.Path, 80) + ": only for chat completions, messages, responses and completions", Stage: "decide"}
	}
	l := &look{http: clone, url: &u, dialect: rt.dialect, cfg: &p.cfg, p: p}
	l.room.gate = p.gate
	if r.Body != nil {
		length := r.ContentLength
		if length <= 0 {
			length = -1
		}
		if l.tooLong(length) {
			drain(r)
			return nil, notKept("body-limit")
		}
		body, why, err := l.readBody(r.Body, length)
		if err != nil {
			l.release()
			r.Body.Close()
			return nil, err
		}
		if why != "" {
			l.release()
			drain(r)
			return nil, notKept(why)
		}
		r.Body.Close()
		l.body = body
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	l.ctl, l.bad = readControls(r.Header)
	p.models.refresh(ctx) // of a small request too, for its estimate
	p.parse(l)
	if l.req != nil {
		l.req.Decode()
	}
	return l, nil
}

// forward sends the request on as it came. A refusal for its size alone is answered by decomposing it, where the caller and the configuration allow that.
func (p *Planner) forward(l *look, reason string, next http.RoundTripper) (*http.Response, error) {
	if e := l.dearerThanAllowed(); e != nil {
		return p.refuse(l, reason, e, next), nil
	}
	resp, err := next.RoundTrip(l.again())
	if err == nil && l.tooBig(resp) {
		return p.rescue(l, resp, next)
	}
	resp = p.forwarded(l, resp, err, reason)
	l.release()
	if l.req != nil {
		l.req.Recycle()
	}
	if l.buffer != nil {
		l.buffer.drop()
	}
	*l = look{}
	looks.Put(l)
	return resp, err
}

// looks are those of requests that were forwarded, which is all there is to know of them.
var looks = sync.Pool{New: func() any { return new(look) }}

// tooBig says whether an answer refuses the request for its size alone, and it may be decomposed. The answer can be read as before.
func (l *look) tooBig(resp *http.Response) bool {
	if !l.rescuable(resp) {
		return false
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), resp.Body), resp.Body}
	if z, err := unzipped(resp.Header, bytes.NewReader(text)); err == nil {
		text, _ = io.ReadAll(io.LimitReader(z, maxRefusal))
	}
	ref := litellm.ReadRefusal(resp.StatusCode, text)
	if !ref.Kind.TooBig() && !(ref.Kind == litellm.RateLimited && l.aboveTPM()) {
		return false
	}
	if most := l.req.MaxTokens; most > 0 && ref.Requested > 0 && ref.Limit > 0 && l.final().ceiling(most)+leastFinalPrompt > ref.Limit {
		return false // the answer alone may be too long, whatever becomes of the prompt
	}
	if ref.Kind == litellm.ContextWindow && ref.Limit > 0 && l.model.window == 0 {
		l.model.window = ref.Limit // now it is known
	}
	l.refusal = &Error{Status: resp.StatusCode, Type: ref.Type, Param: ref.Param, Code: ref.Code, Message: ref.Message, Stage: "final", upstream: true, refused: ref.Kind}
	return true
}

// rescuable says whether a refused request may be decomposed.
func (l *look) rescuable(resp *http.Response) bool {
	if resp == nil || resp.Body == nil {
		return false
	}
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		return l.req != nil && l.cfg.AutoEnable && !l.ctl.forbid && l.bad == nil && (l.oneCall() == "" || l.oneCall() == nonText || l.condensable())
	}
	return false
}

// rescue decomposes a request that upstream refused for its size. When that fails too, the client sees the refusal.
func (p *Planner) rescue(l *look, refused *http.Response, next http.RoundTripper) (*http.Response, error) {
	l.refused = refused
	l.decode()
	resp, err := p.decompose(l, "rescue", next)
	if resp != refused {
		refused.Body.Close()
	}
	return resp, err
}

// again is the caller's request with its body put back, in one allocation that has room for our headers of the answer too: it is on the way of every small request.
func (l *look) again() *http.Request {
	body := l.body
	if l.req != nil && l.req.InPlace() {
		body = l.req.Raw()
	} else if l.ours = false; l.buffer != nil {
		c := &struct {
			request http.Request
			body    bufferReader
			said    [2]string
		}{request: *l.http}
		c.body.open(l.buffer) // ours is one of its users
		c.request.Body, c.request.GetBody = &c.body, l.buffer.again
		l.said = &c.said
		return &c.request
	}
	c := &struct {
		request http.Request
		body    bytes.Reader
		said    [2]string
	}{request: *l.http}
	c.body.Reset(body)
	c.request.Body = io.NopCloser(&c.body) // in this form net/http knows that it is in memory, and sends header and body at once
	c.request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	l.said = &c.said
	return &c.request
}

// forwarded adds our two headers to an answer that is upstream's own. Without one there is an error.
func (p *Planner) forwarded(l *look, resp *http.Response, err error, reason string) *http.Response {
	if resp == nil {
		kind := typeConnection
		if l.http.Context().Err() != nil || errors.Is(err, context.Canceled) {
			kind = typeGone
		}
		p.stats.failed(&Error{Type: kind})
		return nil
	}
	if reason == "unknown-model" && resp.StatusCode < 300 {
		p.models.known(l.req.Model)
	}
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	both := l.said
	if both == nil {
		both = new([2]string)
	}
	both[0], both[1] = "forwarded", reason
	resp.Header[headerOurs], resp.Header[headerOurs+"-Reason"] = both[:1:1], both[1:]
	p.stats.forwarded(reason)
	p.note(l, "forwarded", reason, nil)
	return resp
}

// decompose runs the request, or joins the running first copy of it.
func (p *Planner) decompose(l *look, reason string, next http.RoundTripper) (*http.Response, error) {
	if s := p.copies.join(l); s != nil {
		return s.answer(l)
	}
	r := p.newRun(l, reason, next)
	r.out = newOutput(l.req)
	p.stats.begin()
	s := p.copies.add(r)
	if l.req.Stream {
		r.out.to = &s.feed
		r.out.stream = l.dialect.Stream(r.out, r.out.head)
	}
	s.start()
	return s.answer(l)
}

// direct is the request as it came, after decomposing it was given up before any byte of an answer went out. What upstream refuses for its size then, and was not
// tried yet, is decomposed after all.
func (r *run) direct(l *look, reason string) (*http.Response, error) {
	if l.refused != nil {
		defer l.release()
		return r.spentInVain(l, r.p.forwarded(l, l.refused, nil, "rescue-failed"), nil)
	}
	sent := time.Now()
	resp, err := r.next.RoundTrip(l.again())
	if err == nil && resp != nil && resp.StatusCode == http.StatusTooManyRequests {
		resp = r.asBefore(l, resp)
	}
	if err == nil && reason != "fallback" && l.tooBig(resp) {
		l.before, l.forwarded = r, time.Since(sent)
		return r.p.rescue(l, resp, r.next)
	}
	defer l.release()
	return r.spentInVain(l, r.p.forwarded(l, resp, err, reason), err)
}
