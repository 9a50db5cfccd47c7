package haikuplanner

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// Tries of one call, the first included. Rate limits get more: waiting as told is no failure.
const (
	maxTries     = 4
	maxRateTries = 8
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 8 * time.Second
	maxRefusal   = 64 << 10 // bytes read of an error answer
	maxReply     = 64 << 20 // bytes read of an answer to a call of ours
)

// overheadTokens is what a chat template adds to the texts of a call: about 4 tokens a message (OpenAI's cookbook on counting tokens), rounded up.
const overheadTokens = 24

// An upstreamCall is one call with all its tries.
type upstreamCall struct {
	stage   string
	index   int
	model   facts
	key     string                      // config key that names the model; "" when the request does
	raw     int                         // prompt tokens by the request's tokenizer
	text    bool                        // the prompt is text alone, so that usage calibrates the count
	output  int                         // completion tokens at most; 0 unknown
	render  func(drop []string) *buffer // the body, which has one user more than those who send it
	timeout time.Duration               // of one try; while streaming, of the silence between two reads; 0: none but total_timeout
	first   time.Duration               // while streaming, of the silence before the first delta, where that may be longer
	hold    *reservation                // money set aside for the first try
	deltas  func(wire.Delta) error      // streams when set; called for every delta
	whole   bool                        // deltas are kept until the reply is there, and given to no one
	kept    []wire.Delta                // of the last try
	answers bool                        // the reply is the caller's answer: a refusal in words is one too
	asked   bool                        // by the caller's turns alone: an empty answer is one too
	several int                         // answers that it asks for at once, each of output tokens; 0 is one
	added   bool                        // the limit of an answer is ours, not the caller's
	shorter bool                        // that limit was lowered
	reply   http.Header                 // header of the answer
}

// A callRecord is one line of the ledger that the answer carries.
type callRecord struct {
	Stage            string `json:"stage"`
	Index            int    `json:"index"`
	Model            string `json:"model"`
	PromptTokens     int    `json:"prompt_tokens"`
	CompletionTokens int    `json:"completion_tokens"`
	Cost             Money  `json:"cost"`
	Cached           bool   `json:"cached"`
	Attempts         int    `json:"attempts"`
	MS               int64  `json:"ms"`

	usage wire.Usage
}

// errSent is wrapped by what goes wrong after a part of the answer went to the caller.
var errSent = errors.New("a part of the answer was sent already")

// errLate is wrapped by what ends a try after its timeout.
var errLate = errors.New("no answer within")

// do makes a call until it has a reply, or an error that trying again does not mend. What splitting can mend comes back in mend.
func (r *run) do(ctx context.Context, c *upstreamCall) (reply wire.Reply, mend error, err error) {
	began := time.Now()
	record := callRecord{Stage: c.stage, Index: c.index, Model: c.model.name}
	defer func() {
		c.hold.drop() // where it did not come to a try
		record.MS = time.Since(began).Milliseconds()
		if record.Attempts > 0 {
			r.record(record)
		}
	}()
	for tries, rate := 0, 0; ; {
		if err := r.pause.wait(ctx, r.p.pace.now(c.model.name)); err != nil {
			return reply, nil, err
		}
		without := r.p.dropped(r.look.dialect.Name(), c.model.name)
		body := c.render(without)
		money, err := r.reserve(ctx, c)
		if err != nil {
			return reply, nil, err
		}
		leave, err := r.p.gate.enter(ctx)
		if err != nil {
			money.settle(0)
			return reply, nil, err
		}
		record.Attempts++
		sent := time.Now()
		t := try{without: without}
		func() {
			defer func() { // after a fault of ours, too
				body.drop()
				leave()
				money.settle(t.settle)
			}()
			t.begin(r, ctx, c, body)
		}()
		record.Cost = record.Cost.Add(t.cost)
		record.usage = record.usage.Add(t.reply.Usage)
		record.PromptTokens, record.CompletionTokens, record.Cached = record.usage.Prompt, record.usage.Completion, t.cached
		if t.err == nil {
			if c.text && t.reply.HasUsage && !t.cached {
				r.p.calib.Observe(c.model.provider, c.raw, t.reply.Usage.Prompt)
			}
			r.p.pace.add(c.model.name, time.Since(sent))
			return t.reply, t.mend, nil
		}
		if ctx.Err() != nil {
			return t.reply, nil, context.Cause(ctx)
		}
		if t.mend != nil {
			return t.reply, fmt.Errorf("%w: %w", t.mend, t.err), nil
		}
		if errors.Is(t.err, errSent) || !t.again {
			return t.reply, nil, t.err
		}
		if t.dropped {
			continue // the parameter is remembered; this was a question of form
		}
		if t.wait > 0 {
			r.pause.until(time.Now().Add(t.wait), t.err)
		}
		wait := backoff(tries + rate)
		if t.rateLimited {
			rate++
		} else {
			tries++
		}
		if t.late {
			tries++ // each such try takes chunk_timeout of total_timeout: two are enough
		}
		if tries >= maxTries || rate >= maxRateTries || wait > time.Until(r.deadline) {
			return t.reply, nil, t.err
		}
		if t.wait > 0 {
			continue // that is waited for like any other call's
		}
		if err := sleep(ctx, wait); err != nil {
			return t.reply, nil, err
		}
	}
}

// reserve sets the call's worst case aside.
func (r *run) reserve(ctx context.Context, c *upstreamCall) (*reservation, error) {
	worst := unpriced
	if c.model.known {
		worst = c.model.price.Cost(c.prompt(), c.output*max(c.several, 1))
	}
	var money *reservation
	var err error
	if c.hold != nil {
		money, c.hold = c.hold, nil
		if err = money.launch(ctx, worst); err != nil {
			money.settle(0)
		}
	} else {
		money, err = r.money.reserve(ctx, worst)
	}
	if errors.Is(err, errOverBudget) {
		return nil, r.overBudget(c.stage, err)
	}
	return money, err
}

func (c *upstreamCall) prompt() int { return c.model.calibrated(c.raw) + overheadTokens }

// A try is one HTTP exchange of a call and what came of it.
type try struct {
	reply       wire.Reply
	cut         string // what there is of an answer that broke off
	mend        error  // what splitting can mend
	err         error
	again       bool // trying again may help
	rateLimited bool
	without     []string // parameters of ours that the body was sent without
	dropped     bool     // a parameter was dropped, or a limit lowered
	late        bool     // there was no answer in time
	wait        time.Duration
	cost        Money // as reported
	settle      Money // as charged against the cap
	cached      bool
	until       time.Time // while nothing has come: how long that may go on
}

func (t *try) begin(r *run, ctx context.Context, c *upstreamCall, body *buffer) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := fmt.Errorf("%w %s", errLate, c.timeout)
	var clock *time.Timer
	heard := func() {}
	if c.timeout > 0 {
		first := max(c.timeout, c.first)
		clock = time.AfterFunc(first, func() { cancel(late) })
		defer clock.Stop()
		t.until = time.Now().Add(first)
		heard = func() { // a ping says that it is still thought
			if t.reply.Finish == "" {
				clock.Reset(max(c.timeout, time.Until(t.until)))
			}
		}
	}
	resp, err := exchange(r.next, r.subRequest(ctx, c, body))
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		t.fail(r, c, err)
		return
	}
	defer func() {
		cancel(nil) // some close by reading to the end
		resp.Body.Close()
	}()
	c.reply = resp.Header
	r.heard(resp.Header)
	answer, err := unzipped(resp.Header, resp.Body)
	if err != nil {
		t.fail(r, c, err)
		return
	}
	bounded := &boundedReader{Reader: answer, left: c.mostReply()}
	answer = bounded
	events := hasType(resp.Header, "text/event-stream") || c.deltas != nil && !hasType(resp.Header, "application/json")
	if c.deltas == nil || c.whole || !events { // else it goes out as it comes
		bounded.room = &room{gate: r.p.gate}
		defer bounded.room.release()
	}
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(answer, maxRefusal))
		t.refusedBy(r, c, resp.StatusCode, resp.Header, text)
		if c.key == "" {
			r.denied(resp, text)
		}
		return
	}
	// Reading to the end is what gives the connection back, if the end comes at all.
	defer func() {
		late := time.AfterFunc(mostDrain, func() { cancel(nil) })
		io.Copy(io.Discard, io.LimitReader(resp.Body, maxRefusal))
		late.Stop()
	}()
	passed := false
	c.kept = nil
	if events {
		passed, err = t.stream(r, c, heardReader{answer, heard}, clock)
	} else {
		passed, err = t.whole(r, c, answer)
	}
	t.price(r, c, resp.Header, err != nil)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		t.fail(r, c, err)
		if passed {
			t.mend = nil // no call can take back what the caller has
			t.err = fmt.Errorf("%w: %w", errSent, t.err)
		}
		return
	}
	switch {
	case t.reply.Refusal || t.reply.Finish == "content_filter":
		if !c.answers {
			t.mend = operator.ErrRefused
		}
	case strings.TrimSpace(t.reply.Text) == "" && t.reply.Finish != "tool_calls" && !c.mayBeEmpty(&t.reply):
		t.mend = operator.ErrEmpty
	}
}

// exchange sends a call of ours by a transport that may be anybody's: it forgives what net/http's client does.
func exchange(by http.RoundTripper, r *http.Request) (*http.Response, error) {
	resp, err := by.RoundTrip(r)
	switch {
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errors.New("the transport gave neither an answer nor an error")
	case resp.Body == nil:
		resp.Body = http.NoBody
	}
	return resp, nil
}

// mayBeEmpty says whether a reply without a text is one: to the caller's own turns, or an answer that says something else or that thinking took all of.
func (c *upstreamCall) mayBeEmpty(reply *wire.Reply) bool {
	return c.asked || c.answers && (reply.Says || reply.Finish == "length")
}

// An answer whose finish reason is there is waited for no longer than mostAfter, for the usage that may follow, and one that is there to its end mark for no longer than
// mostDrain.
const (
	mostAfter = 5 * time.Second
	mostDrain = 100 * time.Millisecond
)

// A heardReader tells of every read that brought something.
type heardReader struct {
	io.Reader
	heard func()
}

// Read implements io.Reader.
func (h heardReader) Read(to []byte) (int, error) {
	n, err := h.Reader.Read(to)
	if n > 0 {
		h.heard()
	}
	return n, err
}

// mostReply is how many bytes of an answer are read. A frame of a stream is up to half a kilobyte for a token.
func (c *upstreamCall) mostReply() int {
	if c.answers || c.output <= 0 {
		return maxReply // it may hold images
	}
	return min(maxReply, 1<<20+512*c.output)
}

var errTooLong = errors.New("the answer is longer than what was asked for can be")

// errNoRoom says that all that is kept at once is as much as max_buffered_bytes allows.
var errNoRoom = errors.New("there is no room for the answer")

// A boundedReader reads left bytes and no more, and of long answers what there is room for.
type boundedReader struct {
	io.Reader
	left int
	room *room // nil: nothing is kept
}

// Read implements io.Reader.
func (b *boundedReader) Read(to []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.Reader.Read(to[:min(len(to), b.left)])
	b.left -= n
	if b.room != nil && !b.room.grow(int64(n)) {
		return n, errNoRoom
	}
	return n, err
}

// hasType says whether an answer is of a media type, whatever its parameters.
func hasType(h http.Header, kind string) bool {
	said, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(said), kind)
}

// unzipped is an answer's body without the gzip that some gateways put on unasked.
func unzipped(h http.Header, body io.Reader) (io.Reader, error) {
	if !strings.EqualFold(h.Get("Content-Encoding"), "gzip") {
		return body, nil
	}
	return gzip.NewReader(body)
}

// whole reads an answer that is not streamed. Where it was asked for as a stream, it says whether any of it was passed on.
func (t *try) whole(r *run, c *upstreamCall, body io.Reader) (passed bool, err error) {
	text, err := io.ReadAll(body)
	if err != nil {
		t.cut = string(text)
		return false, err
	}
	if text = bytes.TrimPrefix(text, []byte("\uFEFF")); !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD")) // as clients read it
	}
	if t.reply, err = r.look.dialect.Reply(text); err != nil || c.deltas == nil {
		return false, err
	}
	for _, d := range r.look.dialect.Whole(t.reply) {
		passed = passed || !c.whole
		if err := c.pass(d); err != nil {
			return passed, err
		}
	}
	return passed, nil
}

// stream passes deltas on as they come. It says whether any content was passed.
func (t *try) stream(r *run, c *upstreamCall, body io.Reader, clock *time.Timer) (passed bool, err error) {
	var text strings.Builder
	early := false // finish reasons of this server do not tell the end: it went on after one
	defer func() { t.reply.Text = text.String() }()
	for d, err := range r.look.dialect.Deltas(body) {
		if err != nil {
			return passed, err
		}
		early = early || t.reply.Finish != "" && (d.Text != "" || d.Says)
		t.reply.Finish = cmp.Or(d.Finish, t.reply.Finish)
		if t.until = (time.Time{}); clock != nil && (early || t.reply.Finish == "") {
			clock.Reset(c.timeout)
		} else if clock != nil && d.Finish != "" {
			clock.Reset(mostAfter)
		}
		text.WriteString(d.Text)
		t.reply.Refusal, t.reply.Says = t.reply.Refusal || d.Refuses, t.reply.Says || d.Answers
		if d.Usage != nil {
			t.reply.Usage, t.reply.HasUsage = t.reply.Usage.Most(*d.Usage), true
		}
		if d.Cost != "" {
			t.reply.Cost = d.Cost
		}
		if len(d.Choice) > 0 || d.Text != "" {
			passed = passed || c.deltas != nil && !c.whole && (d.Text != "" || d.Says)
			if err := c.pass(d); err != nil {
				return passed, err
			}
		}
	}
	return passed, nil
}

// pass gives a delta to who waits for it, or keeps it.
func (c *upstreamCall) pass(d wire.Delta) error {
	switch {
	case c.deltas == nil: // upstream streams unasked
		return nil
	case c.whole:
		c.kept = append(c.kept, d)
		return nil
	}
	return c.deltas(d)
}

// price says what the call cost: LiteLLM's word, else usage times price. A cache hit is free whatever LiteLLM's cost says.
func (t *try) price(r *run, c *upstreamCall, h http.Header, cut bool) {
	t.cached = litellm.Cached(h)
	if t.cached {
		return
	}
	said, _ := litellm.Cost(h)
	inUsage, _ := litellm.Dollars(t.reply.Cost)
	for _, text := range []string{said, inUsage} {
		if m, err := ParseMoney(text); err == nil && m > 0 {
			t.cost, t.settle = m, m
			return
		}
	}
	if !c.model.known {
		return
	}
	prompt, completion := t.reply.Usage.Prompt, t.reply.Usage.Completion
	t.cost = c.model.price.Cost(prompt, completion)
	// Where nobody says, the cap is held by our own count. What a stream says while it runs is not all.
	if prompt == 0 {
		prompt = c.prompt()
	}
	if completion == 0 || cut {
		completion = max(completion, c.model.calibrated(r.look.model.enc.Count(t.reply.Text)+r.look.model.enc.Count(t.cut)))
	}
	t.settle = c.model.price.Cost(prompt, completion)
}

// fail is an exchange that broke off. Where there was a connection the provider may have read the prompt, so the cap is charged for it.
func (t *try) fail(r *run, c *upstreamCall, err error) {
	var op *net.OpError
	if unsent := errors.As(err, &op) && op.Op == "dial"; t.settle == 0 && c.model.known && !unsent {
		t.settle = c.model.price.Cost(c.prompt(), 0)
	}
	var frame *wire.Error
	if errors.As(err, &frame) {
		wrote := t.reply.Text != "" || t.reply.HasUsage
		t.refusedBy(r, c, frame.Status, http.Header{}, jsonRaw(map[string]any{"error": map[string]string{"message": frame.Message, "type": frame.Type, "param": frame.Param, "code": frame.Code}}))
		if !wrote {
			t.settle = 0 // it refused before it wrote anything
		}
		return
	}
	if errors.Is(err, errNoRoom) {
		busy := notKept("busy")
		busy.Stage = c.stage
		t.again, t.err = true, busy
		return
	}
	t.again, t.late = true, errors.Is(err, errLate)
	t.err = failed(c.stage, err, "the %s to model %q broke off: %v", c.name(), c.model.name, err)
}

// refusedBy reads an error answer, or an error frame of a stream: what to do about it, and what to tell the caller. A status of 0 is unknown.
func (t *try) refusedBy(r *run, c *upstreamCall, status int, header http.Header, body []byte) {
	ref := litellm.ReadRefusal(status, body)
	e := &Error{Status: cmp.Or(status, ref.Status, http.StatusBadGateway), Type: ref.Type, Param: ref.Param, Code: ref.Code, Message: ref.Message, refused: ref.Kind}
	t.err = c.refusal(e)
	switch ref.Kind {
	case litellm.ContextWindow, litellm.TooLarge, litellm.TooManyForLimit:
		if t.again = c.shorten(ref); t.again {
			t.dropped = true
		} else {
			t.mend = operator.ErrContextWindow
		}
	case litellm.ContentPolicy:
		t.mend = operator.ErrRefused
	case litellm.RateLimited:
		t.again, t.rateLimited = true, true
		t.wait, _ = litellm.RetryAfter(header, time.Now())
		t.wait = max(t.wait, ref.Wait) // LiteLLM drops the provider's header, not its words
		e.retryAfter = int((t.wait + time.Second - 1) / time.Second)
	case litellm.Transient:
		t.again = true
		t.wait, _ = litellm.RetryAfter(header, time.Now())
	case litellm.UnknownModel:
		if c.key == "" {
			r.p.models.stranger(c.model.name)
		}
	case litellm.BadParameter:
		if c.answers && !(c.added && (ref.Param == "max_tokens" || ref.Param == "max_output_tokens")) && !(ref.Param == "stream_options" && !r.look.req.WantUsage) {
			break // it is the caller's own
		}
		t.dropped = r.p.drop(r.look.dialect.Name(), c.model.name, ref.Param, t.without)
		t.again = t.dropped
	}
}

// shorten lowers a limit of ours on the answer that does not fit the window beside the prompt; once. By the numbers that the refusal names, where it does.
func (c *upstreamCall) shorten(ref litellm.Refusal) bool {
	if !c.answers || !c.added || c.shorter || ref.Kind != litellm.ContextWindow {
		return false
	}
	room := c.output / 8
	if ref.Limit > 0 && ref.Requested > c.output {
		room = ref.Limit - (ref.Requested - c.output)
	} else if ref.Limit > 0 {
		room = (ref.Limit - c.prompt()) * 3 / 4
	}
	if room < leastAnswer || room >= c.output {
		return false
	}
	c.output, c.shorter = room, true
	return true
}

// leastAnswer is how many tokens an answer must be left, to be worth asking for.
const leastAnswer = 256

// name says which call it is.
func (c *upstreamCall) name() string {
	if c.stage == "map" {
		return fmt.Sprintf("map call of chunk %d", c.index)
	}
	return c.stage + " call"
}

// refusal names what a caller must change when upstream refuses a call of ours.
func (c *upstreamCall) refusal(e *Error) *Error {
	e.Stage, e.upstream = c.stage, true
	what := fmt.Sprintf("upstream refused the %s for model %q with status %d", c.name(), c.model.name, e.Status)
	if c.key != "" && e.keyOrModel() {
		what += ": check " + c.key + " in the haiku_planner section, and that this key may use the model"
		e.Param = c.key
	}
	e.Message = what + ": " + clip(e.Message, 500)
	return e
}

// ourParams are what we set in calls of ours and can do without.
var ourParams = []string{"temperature", "response_format", "max_tokens", "max_output_tokens", "seed", "stream_options", "text", "store"}

// A paramKey is per API: LiteLLM takes response_format on one path and not on another for the same model.
type paramKey struct{ dialect, model, param string }

// drop remembers that a model refuses a parameter of ours. It says whether a call that was sent without some can still do without this one: calls
// that run at the same time learn of the same parameter each.
func (p *Planner) drop(dialect, model, param string, without []string) bool {
	param, _, _ = strings.Cut(param, ".")
	if !slices.Contains(ourParams, param) || slices.Contains(without, param) {
		return false
	}
	p.refused.Store(paramKey{dialect, model, param}, struct{}{})
	return true
}

func (p *Planner) dropped(dialect, model string) []string {
	var out []string
	for _, param := range ourParams {
		if _, ok := p.refused.Load(paramKey{dialect, model, param}); ok {
			out = append(out, param)
		}
	}
	return out
}

// notForSubCalls are headers of the caller's request that speak of that one request, not of the calls made for it.
var notForSubCalls = []string{headerDecompose, headerQuality, headerMaxCost, "Content-Length", "Content-Encoding", "Content-Type", "Transfer-Encoding", "Accept-Encoding",
	"Content-Md5", "Digest", "Content-Digest", "Repr-Digest", "Expect", "Idempotency-Key", "X-Idempotency-Key", "X-Litellm-Call-Id", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Te", "Trailer", "Upgrade", "If-None-Match", "If-Modified-Since", "Range"}

// subRequest is the caller's own request with another body: their URL, credentials and headers.
func (r *run) subRequest(ctx context.Context, c *upstreamCall, body *buffer) *http.Request {
	req := (&http.Request{Method: http.MethodPost, URL: r.look.url, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: r.look.http.Host,
		Header: r.look.http.Header.Clone()}).WithContext(ctx)
	if req.Header == nil {
		req.Header = http.Header{}
	}
	dropNamed(req.Header)
	for _, h := range notForSubCalls {
		req.Header.Del(h)
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set(headerDecompose, "0")
	h.Set("X-Litellm-Num-Retries", "0")
	h.Set("X-Litellm-Call-Id", fmt.Sprintf("%s-%s-%d-%s", r.id, c.stage, c.index, randomHex(4)))
	// Tags are not ours to set: where LiteLLM routes by tag, one that no deployment has would end the call.
	for name, value := range map[string]string{"X-Litellm-Trace-Id": r.id, "X-Litellm-Session-Id": r.id,
		"X-Litellm-Spend-Logs-Metadata": fmt.Sprintf(`{"haiku_planner_id":%q,"haiku_planner_stage":%q}`, r.id, c.stage)} {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
	if tp := h.Get("Traceparent"); len(tp) == 55 {
		h.Set("Traceparent", tp[:36]+randomHex(8)+tp[52:])
	}
	if c.deltas != nil {
		h.Set("Accept", "text/event-stream")
	} else {
		h.Set("Accept", "application/json")
	}
	req.ContentLength = int64(len(body.b))
	req.Body, _ = body.reader() // ours is one of its users
	req.GetBody = body.reader
	return req
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// backoff doubles from firstBackoff, with ± half of jitter so that calls that failed together do not come back together.
func backoff(tries int) time.Duration {
	d := min(firstBackoff<<tries, maxBackoff)
	return d/2 + time.Duration(mathrand.Int64N(int64(d)))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
