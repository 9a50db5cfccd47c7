package haikuplanner

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// A stream's headers are held back so that early errors keep their real status, but not longer than clients and load balancers wait; after that an event
// that changes nothing goes out whenever nothing else did.
const (
	holdHeaders = 10 * time.Second
	keepAlive   = 12 * time.Second
)

// An output collects the answer of a run, or streams it. Its methods are called from the run's goroutine, except begin, open and keepAlive.
type output struct {
	stream  wire.Stream // nil: not streamed
	head    wire.Head
	base    []byte          // the final call's body
	pieces  int             // texts and final calls that make up the answer
	text    strings.Builder // of an answer that is not streamed
	finish  string          // set by Finish
	last    string          // of the last final call
	stopped string          // the caller's stop sequence that ended the text
	trailer http.Header     // filled before the stream ends

	mu     sync.Mutex  // guards what follows
	header http.Header // of the final call whose reply came first
	begun  chan struct{}
	isOpen bool // headers may go out
	over   bool // the run ended before that

	writing sync.Mutex // one event at a time
	wrote   bool       // content went out
	to      io.Writer  // where they go
	at      time.Time  // of the last one
}

func newOutput(req *wire.Request) *output {
	return &output{begun: make(chan struct{}), trailer: http.Header{},
		head: wire.Head{ID: wire.AnswerID(req.Dialect, randomHex(12)), Model: req.Model, Created: time.Now().Unix(), Asked: req}}
}

// begin lets the headers go out. It says false when the run ended before.
func (o *output) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return false
	}
	if !o.isOpen {
		o.isOpen = true
		close(o.begun)
	}
	return true
}

// open says whether headers went out, at the end of the run. If not, they never will as a stream, unless an empty answer is one.
func (o *output) open(err error) bool {
	if err == nil && o.stream != nil {
		o.begin() // nothing was written and nothing failed: an empty answer is still an answer
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = !o.isOpen
	return o.isOpen
}

// streams says whether the answer is, or was, streamed.
func (o *output) streams() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.isOpen
}

// from keeps the header of the first final call: what comes through to the caller.
func (o *output) from(h http.Header) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.header == nil {
		o.header = h
	}
}

// send writes an event with content; the first one opens the stream. No keep-alive may come before it: the first event of the Responses API has the id
// of the final call's response only if nothing was written yet.
func (o *output) send(event func() error) error {
	o.writing.Lock()
	defer o.writing.Unlock()
	o.begin()
	o.wrote = true
	return event()
}

// Write is where the stream's events go. Only what goes out breaks the silence: much of what upstream sends changes nothing for the caller.
func (o *output) Write(b []byte) (int, error) {
	o.at = time.Now()
	return o.to.Write(b)
}

// write adds text to the answer.
func (o *output) write(text string) error {
	if text == "" {
		return nil
	}
	if o.stream != nil {
		return o.send(func() error { return o.stream.Text(text) })
	}
	o.pieces++
	o.text.WriteString(text)
	return nil
}

// answer makes a final call and gives its reply to the caller: what goes on with an earlier one through its seam, what is checked when it is whole.
func (o *output) answer(ctx context.Context, r *run, c *upstreamCall, a operator.Answer) (operator.Reply, error) {
	var joint *operator.Seam
	if a.Seam != "" {
		joint = operator.NewSeam(a.Seam)
	}
	c.whole = a.Check != nil
	var text strings.Builder
	if o.stream != nil {
		c.deltas = func(d wire.Delta) error {
			if joint != nil {
				d = wire.Delta{Text: joint.Push(d.Text)}
				text.WriteString(d.Text)
			}
			if d.Text == "" && (joint != nil || !d.Says && !o.sent()) {
				return nil // the role alone: the answer has not begun
			}
			o.from(c.reply)
			return o.send(func() error { return o.stream.Pass(d) })
		}
	}
	reply, mend, err := r.do(ctx, c)
	if err != nil {
		return operator.Reply{}, err
	}
	if a.Check != nil && mend == nil {
		if !reply.Refusal && reply.Finish != "content_filter" && (reply.Text != "" || !reply.Says && reply.Finish != "tool_calls") {
			mend = a.Check(reply.Text)
		}
		if mend == nil {
			for _, d := range c.kept {
				if err := c.deltas(d); err != nil {
					return operator.Reply{}, err
				}
			}
		}
	}
	if joint != nil {
		rest := ""
		if o.stream == nil {
			rest = joint.Push(reply.Text) // before Rest, which ends it
		}
		rest += joint.Rest()
		if o.stream != nil {
			if err := o.write(rest); err != nil {
				return operator.Reply{}, err
			}
		}
		text.WriteString(rest)
		reply.Text = text.String()
	}
	o.last = reply.Finish
	o.from(c.reply)
	if o.stream == nil && mend == nil {
		o.pieces++
		o.base = reply.Raw
		o.text.WriteString(reply.Text)
	}
	return operator.Reply{Text: reply.Text, Finish: reply.Finish, Tokens: reply.Usage.Completion, Err: mend}, nil
}

// restart forgets what there is of an answer that was given up before any of it went out.
func (o *output) restart() {
	o.text.Reset()
	o.base, o.pieces, o.finish, o.last, o.stopped = nil, 0, "", "", ""
}

func (o *output) sent() bool {
	o.writing.Lock()
	defer o.writing.Unlock()
	return o.wrote
}

// finishReason is what the answer ends with.
func (o *output) finishReason() string { return cmp.Or(o.finish, o.last, "stop") }

// end writes a stream's end. A run that failed before any content went out becomes the direct call's stream where that is possible. The error is for
// the pipe: nil, so that the client reads a clean end.
func (o *output) end(r *run, err error) error {
	if cause := context.Cause(r.ctx); cause != nil && cause != errTotalTimeout {
		r.finished(nil, cause)
		return cause
	}
	if err != nil && !o.sent() && r.mayForward(err) == nil {
		if r.fellBack(err); r.look.refusal != nil {
			err = r.look.refusal // the direct call was made, and this came of it
		} else {
			err = r.asItCame(err)
		}
	}
	var fail *Error
	if err != nil {
		fail = r.failure(err)
	}
	r.finished(fail, err)
	maps.Copy(o.trailer, r.headers(true))
	o.writing.Lock()
	defer o.writing.Unlock()
	if fail != nil {
		return o.stream.Fail(fail.wire())
	}
	if s, ok := o.stream.(wire.Stopper); ok && o.stopped != "" {
		s.StoppedAt(o.stopped)
	}
	return o.stream.Finish(o.finishReason(), r.look.req.WantUsage, r.usage(), r.object())
}

// keepAlive lets the headers go out when they were held back long enough, and then writes an empty event whenever nothing else was written for a while.
func (o *output) keepAlive(ctx context.Context) {
	hold := time.NewTimer(holdHeaders)
	defer hold.Stop()
	select {
	case <-hold.C:
		if !o.begin() {
			return
		}
	case <-o.begun:
	case <-ctx.Done():
		return
	}
	tick := time.NewTicker(keepAlive / 4)
	defer tick.Stop()
	for {
		o.writing.Lock()
		if ctx.Err() == nil && time.Since(o.at) >= keepAlive*5/6 {
			if o.stream.KeepAlive() != nil {
				o.writing.Unlock()
				return
			}
		}
		o.writing.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// answerBody is the whole answer of a request that is not streamed.
func (o *output) answerBody(r *run) []byte {
	a := wire.Answer{Head: o.head, Base: o.base, Finish: o.finish, Stopped: o.stopped, Usage: r.usage(), Planner: r.object()}
	if o.base == nil || o.pieces > 1 {
		a.Text, a.SetText, a.Finish = o.text.String(), true, o.finishReason()
	}
	return r.look.dialect.Answer(a)
}

// usage is the sum over all calls, as upstream reported it.
func (r *run) usage() wire.Usage {
	var u wire.Usage
	for _, c := range r.records() {
		u = u.Add(c.usage)
	}
	return u
}

// spentAny says whether any call may have cost money, known or not.
func (r *run) spentAny() bool {
	u := r.usage()
	return u.Prompt+u.Completion > 0 || r.money.spent() > 0
}

func (r *run) totalCost() Money {
	var m Money
	for _, c := range r.records() {
		m = m.Add(c.Cost)
	}
	return m
}

// directCost is what the request would have cost as it came, with an answer as long as the one it got; nil when the price is unknown.
func (r *run) directCost() *Money {
	m := r.look.model
	if !m.known {
		return nil
	}
	answer := 0
	for _, c := range r.records() {
		if c.Stage == "final" || c.Stage == "section" {
			answer += c.CompletionTokens
		}
	}
	d := r.directWhole()
	if answer > 0 {
		d = r.look.directWriting(answer)
	}
	return &d
}

// coverage counts what was read of the material.
type coverage struct {
	Chunks    int `json:"chunks"`
	Read      int `json:"read"`
	Skipped   int `json:"skipped"`
	Bytes     int `json:"bytes"`
	BytesRead int `json:"bytes_read"`
}

func (r *run) covered() coverage {
	var c coverage
	if r.plan == nil {
		return c
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, part := range r.plan.Chunks {
		size := part.End - part.Start
		read := min(r.read[i], size)
		c.Chunks++
		c.Bytes += size
		c.BytesRead += read
		if read == size {
			c.Read++
		} else {
			c.Skipped++
		}
	}
	return c
}

// object is the haiku_planner member of the answer.
func (r *run) object() []byte {
	if r.plan == nil {
		return nil // it ended in the direct call before there was one
	}
	c := r.covered()
	return jsonRaw(struct {
		Decomposed       bool         `json:"decomposed"`
		ID               string       `json:"id"`
		Operator         string       `json:"operator"`
		AdvisedBy        string       `json:"advised_by"`
		ChunksExecuted   int          `json:"chunks_executed"`
		ChunksSuccessful int          `json:"chunks_successful"`
		TotalCost        Money        `json:"total_cost"`
		DirectCost       *Money       `json:"direct_cost"`
		ExecutionTime    float64      `json:"execution_time"`
		Coverage         coverage     `json:"coverage"`
		Calls            []callRecord `json:"calls"`
	}{true, r.id, r.plan.Operator, r.plan.AdvisedBy, c.Read, c.Read, r.totalCost(), r.directCost(),
		float64(time.Since(r.began).Milliseconds()) / 1000, c, r.records()})
}

// headers are ours for a decomposed answer; late adds those that are known only at its end.
func (r *run) headers(late bool) http.Header {
	h := http.Header{}
	set := func(name, value string) { h.Set(headerOurs+name, value) }
	if !late || r.out.stream == nil {
		set("", "decomposed")
		set("-Reason", r.reason)
		set("-Id", r.id)
		if op := r.chosen.Load(); op != nil {
			set("-Operator", *op)
		}
	}
	if late {
		if r.plan != nil { // else it ended before anything was cut
			c := r.covered()
			set("-Chunks", strconv.Itoa(c.Read)+"/"+strconv.Itoa(c.Chunks))
		}
		set("-Calls", strconv.Itoa(len(r.records())))
		set("-Cost", r.totalCost().String())
		if d := r.directCost(); d != nil {
			set("-Direct-Cost", d.String())
		}
	}
	return h
}

// streamHeader is the header of a streamed answer.
func (r *run) streamHeader() http.Header {
	h := r.answerHeader()
	r.readable(h)
	maps.Copy(h, r.headers(false))
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	return h
}

// answerHeader is what comes through of the final call's headers.
func (r *run) answerHeader() http.Header {
	r.out.mu.Lock()
	defer r.out.mu.Unlock()
	return passedOn(r.out.header)
}

// ofOneAnswer are headers that speak of the connection that an answer came by, or of the bytes that it was.
var ofOneAnswer = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Date", "Content-Length", "Content-Encoding",
	"Content-Range", "Accept-Ranges", "Etag", "Last-Modified", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest"}

// passedOn is the header of an answer to a call of ours without those.
func passedOn(h http.Header) http.Header {
	if h = h.Clone(); h == nil {
		return http.Header{}
	}
	dropNamed(h)
	for _, name := range ofOneAnswer {
		delete(h, name)
	}
	return h
}

// dropNamed takes out what the header says is for the next hop alone.
func dropNamed(h http.Header) {
	for _, names := range h["Connection"] {
		for _, name := range strings.Split(names, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
}
