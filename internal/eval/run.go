package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

type upstreamReply = upstreamtest.Reply

// A setting is under which circumstances a task is run.
type setting struct {
	seed   uint64
	chunk  int           // max_chunk_size
	rules  bool          // the planner model is of no use
	stream bool          // the client asks for a stream
	faults bool          // one each of 429, 500, cut connection, empty reply, reply cut by length
	delay  time.Duration // replies take up to so long, each its own time: the order of completion is any
	noise  *noise        // nil: the worker makes no mistakes
}

func (s setting) String() string {
	by := "planner"
	if s.rules {
		by = "rules"
	}
	return fmt.Sprintf("seed %d, chunks of %d, by %s, stream %v, faults %v", s.seed, s.chunk, by, s.stream, s.faults)
}

// An outcome is what the client got, and what upstream saw.
type outcome struct {
	status   int
	header   http.Header
	answer   string
	finish   string
	tools    json.RawMessage // tool_calls of the answer
	failure  string          // an error answer's or frame's message
	operator string
	advised  string
	chunks   int
	read     int
	usage    [2]int
	booked   [2]int // sum of usage over the calls that the answer lists
	calls    []upstreamtest.Call
	faults   []string // those that were injected
	lost     []string // calls that nobody understood
}

const host = "http://litellm.test"

// run sends the task through the real line and reads what a client reads.
func run(t *task, s setting) outcome {
	worker := &perfect{task: t, rules: s.rules}
	var answer func(sight) upstreamReply = worker.reply
	if s.noise != nil {
		answer = func(c sight) upstreamReply { return s.noise.reply(c, worker.reply(c)) }
	}
	trouble := newFaults(s)
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamReply {
		seen := see(c)
		reply := within(t, c, trouble.reply(seen, answer(seen)))
		if s.delay > 0 {
			reply.Delay = time.Duration(hash(s.seed, c.Body) % uint64(s.delay))
		}
		return reply
	})
	if t.models != nil {
		up.SetModels(t.models...)
	}
	var o outcome
	p, err := haikuplanner.New(haikuplanner.WithBase(up), haikuplanner.WithLiteLLM(host, "sk-lookups"), haikuplanner.WithChunkSizes(s.chunk/4, s.chunk*3/4, s.chunk),
		haikuplanner.WithThreshold(8000))
	if err != nil {
		o.failure = err.Error()
		return o
	}
	o = send(p, t, s.stream)
	o.calls, o.faults, o.lost = up.Calls(), trouble.done(), worker.unexpected()
	return o
}

// within keeps a reply to what a model can do: no prompt above its window, no more tokens than max_tokens.
func within(t *task, c upstreamtest.Call, reply upstreamReply) upstreamReply {
	count := tokens.O200K().Count
	for _, m := range t.models {
		if m.Name != c.Model || m.Window == 0 {
			continue
		}
		n := c.MaxTokens
		for _, turn := range c.Messages {
			n += count(turn.Text) + 4
		}
		if n > m.Window {
			return upstreamReply{Status: http.StatusBadRequest, Error: fmt.Sprintf("litellm.ContextWindowExceededError: litellm.BadRequestError: prompt is too long: %d tokens > %d maximum", n, m.Window)}
		}
	}
	if c.MaxTokens > 0 && count(reply.Text) > c.MaxTokens {
		lo, hi := 0, len(reply.Text)
		for lo < hi {
			if mid := (lo + hi + 1) / 2; count(reply.Text[:mid]) <= c.MaxTokens {
				lo = mid
			} else {
				hi = mid - 1
			}
		}
		reply.Text, reply.Finish = strings.ToValidUTF8(reply.Text[:lo], ""), "length"
	}
	return reply
}

func hash(seed uint64, b []byte) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, seed)
	h.Write(b)
	return h.Sum64()
}

func send(p *haikuplanner.Planner, t *task, stream bool) (o outcome) {
	body := map[string]any{"stream": stream}
	if stream {
		body["stream_options"] = map[string]any{"include_usage": true}
	}
	for k, v := range t.chat {
		body[k] = v
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, host+"/v1/chat/completions", strings.NewReader(compact(body)))
	if err != nil {
		o.failure = err.Error()
		return o
	}
	r.Header.Set("Authorization", "Bearer sk-caller")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(t.header); i += 2 {
		r.Header.Set(t.header[i], t.header[i+1])
	}
	resp, err := p.Transport(nil).RoundTrip(r)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	o.status, o.header = resp.StatusCode, resp.Header
	frames := [][]byte{text}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		frames = nil
		for _, f := range bytes.Split(text, []byte("\n\n")) {
			if data, ok := bytes.CutPrefix(f, []byte("data: ")); ok && !bytes.Equal(data, []byte("[DONE]")) {
				frames = append(frames, data)
			}
		}
	}
	for _, f := range frames {
		o.take(f)
	}
	return o
}

type content struct {
	Content   string
	ToolCalls json.RawMessage `json:"tool_calls"`
}

// take adds what one JSON answer, or one event of a stream, says.
func (o *outcome) take(frame []byte) {
	var v struct {
		Choices []struct {
			Message, Delta content
			Finish         string `json:"finish_reason"`
		}
		Usage *struct {
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
		}
		Planner *struct {
			Operator string
			Advised  string `json:"advised_by"`
			Coverage struct{ Chunks, Read int }
			Calls    []struct {
				Prompt     int `json:"prompt_tokens"`
				Completion int `json:"completion_tokens"`
			}
		} `json:"haiku_planner"`
		Error *struct{ Message string }
	}
	if err := json.Unmarshal(frame, &v); err != nil {
		o.failure = fmt.Sprintf("not JSON: %.80q", frame)
		return
	}
	for _, c := range v.Choices {
		o.answer += c.Message.Content + c.Delta.Content
		o.finish += c.Finish
		for _, t := range []json.RawMessage{c.Message.ToolCalls, c.Delta.ToolCalls} {
			if len(t) > 0 && string(t) != "null" {
				o.tools = t
			}
		}
	}
	if v.Usage != nil {
		o.usage = [2]int{v.Usage.Prompt, v.Usage.Completion}
	}
	if v.Planner != nil {
		o.operator, o.advised, o.chunks, o.read = v.Planner.Operator, v.Planner.Advised, v.Planner.Coverage.Chunks, v.Planner.Coverage.Read
		for _, c := range v.Planner.Calls {
			o.booked[0] += c.Prompt
			o.booked[1] += c.Completion
		}
	}
	if v.Error != nil {
		o.failure = v.Error.Message
	}
}

// judge scores an outcome: the answer itself, and what must hold for every answer. wrong lists what does not.
func judge(t *task, s setting, o outcome) (score float64, wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if o.status != http.StatusOK || o.failure != "" {
		say("status %d: %s", o.status, o.failure)
		return 0, wrong
	}
	score, why := t.score(o)
	if why != "" {
		say("%s", why)
	}
	if got := o.header.Get("X-Haiku-Planner"); got != "decomposed" {
		say("%s: %s", got, o.header.Get("X-Haiku-Planner-Reason"))
		return 0, wrong
	}
	if o.operator != t.operator && !(s.rules && score == 1) { // for rules, an operator that gives the right answer is right
		say("operator %s, want %s", o.operator, t.operator)
	}
	if by := map[bool]string{false: "planner", true: "rules"}[s.rules]; t.advice != nil && o.advised != by {
		say("advised by %s, want %s", o.advised, by)
	}
	if !t.early && o.read != o.chunks || o.read > o.chunks {
		say("%d of %d chunks read", o.read, o.chunks)
	}
	finish := t.finish
	if finish == "" {
		finish = "stop"
	}
	if o.finish != finish {
		say("finish reason %q, want %q", o.finish, finish)
	}
	if o.usage != o.booked {
		say("usage %v, the calls' sum is %v", o.usage, o.booked)
	}
	for _, l := range o.lost {
		say("%s", l)
	}
	for _, c := range o.calls {
		seen := see(c)
		switch seen.kind {
		case "count", "extract", "find", "notes", "records", "edit", "carry", "transform", "summary":
			// A line end may be the fence's own.
			if n := tokens.O200K().Count(strings.TrimSuffix(seen.text, "\n")); n > s.chunk {
				say("a call carries %d tokens of material, max_chunk_size is %d", n, s.chunk)
			}
		}
	}
	return score, wrong
}

// faults injects each fault once, at calls that are picked by the seed. Planner calls are left alone where rules would take over.
type faults struct {
	mu   sync.Mutex
	at   map[string]int // fault → how many fitting calls to let pass first
	hits []string
}

var faultKinds = []string{"429", "500", "cut", "empty", "length"}

func newFaults(s setting) *faults {
	f := &faults{at: map[string]int{}}
	if !s.faults {
		return f
	}
	r := rand.New(rand.NewPCG(s.seed, 99))
	for _, kind := range faultKinds {
		f.at[kind] = r.IntN(6)
	}
	return f
}

func (f *faults) reply(s sight, good upstreamReply) upstreamReply {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.kind == "planner" || s.call.Header.Get("X-Decompose") != "0" {
		return good // a forwarded request is not ours to repeat
	}
	for _, kind := range faultKinds {
		left, ok := f.at[kind]
		if !ok || s.kind == "final" && (kind == "empty" || kind == "length") {
			continue // a final call that ends with length is the caller's answer
		}
		if left > 0 {
			f.at[kind]--
			continue
		}
		delete(f.at, kind)
		f.hits = append(f.hits, kind+" at "+s.kind)
		switch kind {
		case "429":
			return upstreamReply{Status: http.StatusTooManyRequests, Error: "litellm.RateLimitError: slow down", Header: http.Header{"Retry-After": {"1"}}}
		case "500":
			return upstreamReply{Status: http.StatusInternalServerError, Error: "litellm.InternalServerError: boom"}
		case "cut":
			good.Cut = -1
			if s.kind != "final" {
				good.Cut = 40
			}
			return good
		case "empty":
			return upstreamReply{}
		case "length":
			good.Text, good.Finish = good.Text[:len(good.Text)/2], "length"
			return good
		}
	}
	return good
}

func (f *faults) done() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits
}
