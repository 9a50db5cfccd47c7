package haikuplanner

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// outlives is how long a run goes on after its last client hung up, when that client sent an idempotency key: it said that it may come back.
const outlives = 5 * time.Second

// errGone is the cause of a run whose clients all left.
var errGone = fmt.Errorf("the client went away: %w", context.Canceled)

// copies knows the runs under way, so that a client's repetition of a request joins the first copy instead of paying twice. Nothing is kept after a run ends, which one
// whose clients may come back does not do before its time is over: resuming is a matter of LiteLLM's cache. It is safe for concurrent use.
type copies struct {
	mu   sync.Mutex
	seed maphash.Seed
	runs map[uint64][]*shared
}

func (c *copies) init() { c.seed, c.runs = maphash.MakeSeed(), map[uint64][]*shared{} }

// retried says that the request is a repetition by the client's own word: identical bodies alone are deliberate sampling.
func retried(a, b http.Header) bool {
	if key, other := a.Get("Idempotency-Key"), b.Get("Idempotency-Key"); key != "" && other != "" {
		return key == other
	}
	n, err := strconv.Atoi(a.Get("X-Stainless-Retry-Count"))
	return err == nil && n >= 1
}

// mustEqual are the headers that make two requests the same one: whose it is, and what it asks of us.
var mustEqual = []string{"Authorization", "Api-Key", "X-Api-Key", "X-Goog-Api-Key", "X-Litellm-Api-Key", "Ocp-Apim-Subscription-Key", "Cookie", "Openai-Organization", "Openai-Project",
	"Anthropic-Version", "Anthropic-Beta", "Anthropic-Workspace-Id", "Anthropic-User-Profile-Id", headerDecompose, headerQuality, headerMaxCost}

func sameRequest(a, b *look) bool {
	if a.url.String() != b.url.String() || a.http.Host != b.http.Host || !a.req.Same(b.req) {
		return false
	}
	for _, name := range mustEqual {
		if !slices.Equal(a.http.Header.Values(name), b.http.Header.Values(name)) {
			return false
		}
	}
	return true
}

// join finds the running first copy of a repeated request and becomes its client; nil when there is none.
func (c *copies) join(l *look) *shared {
	if l.http.Header.Get("Idempotency-Key") == "" && l.http.Header.Get("X-Stainless-Retry-Count") == "" {
		return nil
	}
	key := maphash.Bytes(c.seed, l.body)
	c.mu.Lock()
	defer c.mu.Unlock()
	id := l.http.Header.Get("Idempotency-Key")
	for _, named := range []bool{true, false} { // one of the same key is surely the first copy; one without may be another's
		for _, s := range c.runs[key] {
			first := s.run.look
			if same := id != "" && first.http.Header.Get("Idempotency-Key") == id; same == named && retried(l.http.Header, first.http.Header) && sameRequest(l, first) && s.enter() {
				return s
			}
		}
	}
	return nil
}

// add makes a run known; its first client is in.
func (c *copies) add(r *run) *shared {
	s := &shared{run: r, settled: make(chan struct{}), key: maphash.Bytes(c.seed, r.look.body)}
	s.feed.init(r.p.gate, r.look.http.Header.Get("Idempotency-Key") != "")
	s.keepers.Store(2)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs[s.key] = append(c.runs[s.key], s)
	return s
}

func (c *copies) remove(s *shared) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := slices.DeleteFunc(c.runs[s.key], func(other *shared) bool { return other == s })
	if c.runs[s.key] = list; len(list) == 0 {
		delete(c.runs, s.key)
	}
}

// A shared is a run and the clients that wait for its answer.
type shared struct {
	run     *run
	key     uint64
	feed    feed
	grace   *time.Timer  // guarded by feed.mu
	keepers atomic.Int32 // of the body that the run works on: itself, and the first client, who may have to send it

	settled chan struct{} // closed when the rest is known
	forward string        // why each client is to make the direct call instead; "" when there is an answer
	status  int           // of a whole answer
	header  http.Header
	body    []byte
}

// enter counts one more client. It says false when the run is ending because all clients left, or the beginning of its stream is gone.
func (s *shared) enter() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	if s.run.ctx.Err() != nil || s.feed.gone > 0 {
		return false
	}
	if s.grace != nil {
		s.grace.Stop()
		s.grace = nil
	}
	s.feed.clients++
	s.feed.more.Broadcast()
	return true
}

// linger keeps what came of a run while nobody is there to have it, but may come back: for as long as the run would have gone on.
func (s *shared) linger() {
	f, ctx, held := &s.feed, s.run.ctx, room{gate: s.run.p.gate}
	held.keep(int64(len(s.body)))
	defer held.release()
	defer context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.more.Broadcast()
	})()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.clients == 0 && ctx.Err() == nil {
		f.more.Wait()
	}
}

// leave counts one client less; the last one ends the run.
func (s *shared) leave() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.clients--
	s.feed.tidy()
	if s.feed.clients > 0 || s.run.ctx.Err() != nil {
		return
	}
	if !s.feed.keyed {
		s.run.stop(errGone)
		return
	}
	s.grace = time.AfterFunc(outlives, func() {
		s.feed.mu.Lock()
		defer s.feed.mu.Unlock()
		if s.feed.clients == 0 {
			s.run.stop(errGone)
		}
	})
}

// over ends what the run holds: nobody is waited for any more.
func (s *shared) over(err error) {
	s.run.stop(err)
	s.feed.mu.Lock()
	if s.grace != nil {
		s.grace.Stop()
	}
	s.feed.mu.Unlock()
	s.let(s.run.look)
}

// let gives the room of a body back that one of its keepers has done with.
func (s *shared) let(l *look) {
	if l != s.run.look || s.keepers.Add(-1) == 0 {
		l.release()
	}
}

// answer waits for the run on behalf of one client, who is in.
func (s *shared) answer(l *look) (*http.Response, error) {
	ctx := l.http.Context()
	var once sync.Once
	leave := func() { once.Do(s.leave) }
	stop := context.AfterFunc(ctx, leave)
	select {
	case <-s.settled:
	case <-s.run.out.begun:
	case <-ctx.Done():
		leave()
		s.let(l)
		return nil, context.Cause(ctx)
	}
	if s.run.out.streams() {
		resp := newResponse(l.http, http.StatusOK, s.run.streamHeader(), nil)
		resp.ContentLength = -1
		resp.Trailer = http.Header{}
		for _, name := range []string{"-Chunks", "-Calls", "-Cost", "-Direct-Cost"} {
			resp.Trailer[http.CanonicalHeaderKey(headerOurs+name)] = nil
		}
		stop()
		b := &streamBody{feed: &s.feed, trailer: resp.Trailer, late: s.run.out.trailer, leave: func() { leave(); s.let(l) }}
		b.stop = context.AfterFunc(ctx, func() { b.end(context.Cause(ctx)) })
		resp.Body = b
		return resp, nil
	}
	stop()
	leave()
	if s.forward != "" {
		return s.run.direct(l, s.forward)
	}
	s.let(l)
	resp := newResponse(l.http, s.status, s.header.Clone(), s.body)
	if len(s.body) > smallBody {
		resp.Body = unread(ctx, s.run.p.gate, s.body)
	}
	return resp, nil
}

// An unreadBody is a long answer that takes room until its client has read it or has gone.
type unreadBody struct {
	text bytes.Reader
	room room
	stop func() bool // the watch on the client's context
}

func unread(ctx context.Context, g *gate, text []byte) *unreadBody {
	b := &unreadBody{room: room{gate: g}}
	b.text.Reset(text)
	b.room.keep(int64(len(text)))
	b.stop = context.AfterFunc(ctx, b.room.release)
	return b
}

// Read implements io.Reader.
func (b *unreadBody) Read(to []byte) (int, error) {
	n, err := b.text.Read(to)
	if b.text.Len() == 0 {
		b.Close()
	}
	return n, err
}

// Close implements io.Closer. It may be called while Read is.
func (b *unreadBody) Close() error {
	b.stop()
	b.room.release()
	return nil
}

// A feed is a stream that any number of clients read from its start. Writing never waits: what it holds is the answer, which is bounded by max_tokens. What it holds
// takes room, and where no client can come back for it no more is held than its only one has not read yet.
type feed struct {
	mu      sync.Mutex
	more    *sync.Cond
	clients int
	keyed   bool // they may come back
	data    []byte
	gone    int // bytes before data
	room    room
	end     error // set when no more comes
}

// init makes a feed with one client.
func (f *feed) init(g *gate, keyed bool) {
	f.more, f.room.gate, f.clients, f.keyed = sync.NewCond(&f.mu), g, 1, keyed
}

// Write adds to the stream.
func (f *feed) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end != nil {
		return 0, f.end
	}
	f.data = append(f.data, b...)
	f.room.keep(int64(len(f.data)))
	f.more.Broadcast()
	return len(b), nil
}

// close ends the stream; nil is a clean end.
func (f *feed) close(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		err = io.EOF
	}
	if f.end == nil {
		f.end = err
	}
	f.tidy()
	f.more.Broadcast()
}

// tidy gives all back when the stream has ended and nobody reads it. It is called with the lock held, as read is.
func (f *feed) tidy() {
	if f.end != nil && f.clients == 0 {
		f.data = nil
		f.room.release()
	}
}

// read forgets what is before at, if that is much and nobody else needs it.
func (f *feed) read(at int) {
	if n := at - f.gone; n >= smallBody && f.clients == 1 && !f.keyed {
		f.data, f.gone = f.data[n:], at
		f.room.keep(int64(len(f.data)))
	}
}

// A streamBody reads a feed for one client.
type streamBody struct {
	feed    *feed
	at      int
	over    error // set when the client hung up; guarded by feed.mu
	trailer http.Header
	late    http.Header
	leave   func()
	stop    func() bool // the watch on the client's context
}

// Read waits for the next bytes.
func (b *streamBody) Read(to []byte) (int, error) {
	b.feed.mu.Lock()
	defer b.feed.mu.Unlock()
	for {
		switch {
		case b.over != nil:
			return 0, b.over
		case b.at < b.feed.gone+len(b.feed.data):
			n := copy(to, b.feed.data[b.at-b.feed.gone:])
			b.at += n
			b.feed.read(b.at)
			return n, nil
		case b.feed.end == io.EOF:
			maps.Copy(b.trailer, b.late)
			return 0, io.EOF
		case b.feed.end != nil:
			return 0, b.feed.end
		}
		b.feed.more.Wait()
	}
}

// Close is how the client hangs up.
func (b *streamBody) Close() error {
	b.stop()
	b.end(http.ErrBodyReadAfterClose)
	return nil
}

func (b *streamBody) end(why error) {
	b.feed.mu.Lock()
	was := b.over
	if was == nil {
		b.over = why
	}
	b.feed.more.Broadcast()
	b.feed.mu.Unlock()
	if was == nil {
		b.leave()
	}
}
