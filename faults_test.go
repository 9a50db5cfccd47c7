//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Clients that hang up give back the room that their bodies took.
func TestGoneClientsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := true
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if slow {
				r.Delay = 20 * time.Second
			}
			return r
		})
		cfg := haikuplanner.DefaultConfig()
		cfg.MaxBufferedBytes, cfg.MaxBodyBytes = 1<<20, 1<<20
		p := newPlanner(t, up, haikuplanner.WithConfig(cfg))
		for _, stream := range []bool{false, true} {
			b := body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", listMarks + document(40_000)})
			for range 10 {
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				r, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(b))
				if resp, err := p.Transport(nil).RoundTrip(r); err == nil {
					resp.Body.Close()
					t.Errorf("status %d before anything was there", resp.StatusCode)
				}
				cancel()
				<-time.After(time.Minute)
			}
		}
		slow = false
		a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(40_000)}), "x-decompose", "1")
		if a.Status != http.StatusOK {
			t.Errorf("after 20 that hung up: %d %s", a.Status, a.Error.Message)
		}
	})
}

// What upstream answers is kept within max_buffered_bytes too, and gives its room back.
func TestLongRepliesTakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long, pad := 1<<20, 600_000 // so many answers are that much longer
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if isMap(c) && long > 0 {
				long--
				r.Text += strings.Repeat(" ", pad)
				r.Usage = &upstreamtest.Usage{Prompt: 100, Completion: 10}
			}
			return r
		})
		cfg := haikuplanner.DefaultConfig()
		cfg.MaxBufferedBytes, cfg.MaxBodyBytes, cfg.MaxChunks = 300_000, 300_000, 1
		p := newPlanner(t, up, haikuplanner.WithConfig(cfg))
		b := body("sonnet-4-x", nil, message{"user", listMarks + document(30_000)})
		a := send(t, p, b, "x-decompose", "1")
		if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || a.Header.Get("X-Should-Retry") != "false" {
			t.Errorf("forced: %d %v %s", a.Status, a.Header, a.Error.Message)
		}
		for range 4 {
			if a := send(t, p, b); a.Status != http.StatusOK || a.Header.Get("X-Haiku-Planner-Reason") != "fallback" {
				t.Errorf("automatic: %d %v %s", a.Status, a.Header, a.Error.Message)
			}
		}
		long = 1
		if a := send(t, p, b, "x-decompose", "1"); a.Status != http.StatusOK || long != 0 {
			t.Errorf("one that is repeated: %d %s", a.Status, a.Error.Message)
		}
		long, pad = 1<<20, 100_000
		if a := send(t, p, b, "x-decompose", "1"); a.Status != http.StatusOK {
			t.Errorf("one after the other: %d %s", a.Status, a.Error.Message)
		}
	})
}

// A look-up that fails at once rests, and the next one is waited for as the first.
func TestFailingLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := &slowInfo{RoundTripper: upstreamtest.New(nil), takes: time.Second, err: errors.New("refused")}
		p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(base))
		b := body("sonnet-4-x", map[string]any{"max_tokens": 1000}, message{"user", strings.Repeat("hello you ", 900)})
		for range 3 {
			if a := send(t, p, b); a.Status != http.StatusOK || base.asked != 1 {
				t.Errorf("status %d, %d look-ups", a.Status, base.asked)
			}
			synctest.Wait()
		}
		base.err = nil
		<-time.After(time.Minute)
		if a := send(t, p, b, "x-max-cost", "0.001"); a.Status != http.StatusPaymentRequired {
			t.Errorf("status %d, %d look-ups", a.Status, base.asked)
		}
	})
}

// A limit that does not say how long to wait is waited for longer each time.
func TestRateLimitWithoutRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isMap(c) && time.Since(start) < 12*time.Second {
				return upstreamtest.Reply{Status: http.StatusTooManyRequests, Error: "rate limited"}
			}
			return marks().Script(c)
		})
		p := newPlanner(t, up)
		if a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1"); a.Status != http.StatusOK {
			t.Errorf("%d %s", a.Status, a.Error.Message)
		}
	})
}

// Upstream was slow, or told us to wait. That is not held against requests of later days.
func TestSlownessPasses(t *testing.T) {
	for name, bad := range map[string]upstreamtest.Reply{
		"slow":    {Delay: time.Minute},
		"limited": {Status: http.StatusTooManyRequests, Error: "rate limited", Header: http.Header{"Retry-After": {"100"}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				r := marks().Script(c)
				if time.Since(start) > 99*time.Second {
					r.Delay = time.Second
				} else if r.Delay = bad.Delay; bad.Status != 0 && isMap(c) {
					return bad
				}
				return r
			})
			p := newPlanner(t, up, haikuplanner.WithRules())
			send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1")
			<-time.After(time.Hour)
			if a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(60_000)}), "x-decompose", "1"); a.Status != http.StatusOK {
				t.Errorf("%s an hour before: %d %s", name, a.Status, a.Error.Message)
			}
		})
	}
}

// Several answers to one prompt are paid for each, and so set aside.
func TestSeveralAnswersWithinTheCap(t *testing.T) {
	const limit = 0.16 // x-max-cost less the margin
	for _, c := range []struct{ path, body string }{
		{"/v1/chat/completions", `{"model":"sonnet-4-x","n":5,"messages":[{"role":"user","content":DOC},{"role":"user","content":"Which marks are there?"}]}`},
		{"/v1/completions", `{"model":"sonnet-4-x","best_of":5,"prompt":DOC}`},
	} {
		cost := 0.0
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if isFinal(c) {
				r.Usage = &upstreamtest.Usage{Prompt: 1000, Completion: 5 * c.MaxTokens}
				cost += 1000*3e-6 + float64(r.Usage.Completion)*15e-6
			}
			return r
		})
		p := newPlanner(t, up)
		r, _ := http.NewRequest(http.MethodPost, "http://litellm.test"+c.path, strings.NewReader(strings.Replace(c.body, "DOC", quoted("Which marks are there?\n\n"+document(9500)), 1)))
		r.Header.Set("X-Decompose", "1")
		r.Header.Set("X-Max-Cost", "0.2")
		resp, err := p.Transport(nil).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || cost == 0 || cost > limit {
			t.Errorf("%s: status %d, and the final call costs %v", c.path, resp.StatusCode, cost)
		}
	}
}

// A model that knows the limit by its other name is given it by that name, and never no limit.
func TestLimitByItsOtherName(t *testing.T) {
	var limits []bool
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isFinal(c) {
			other := bytes.Contains(c.Body, []byte(`"max_completion_tokens":`))
			limits = append(limits, other)
			if !other {
				return upstreamtest.Reply{Status: http.StatusBadRequest, Raw: []byte(`{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`)}
			}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up)
	a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1", "x-max-cost", "0.2")
	if a.Status != http.StatusOK || len(limits) != 2 || !limits[1] {
		t.Errorf("status %d, limits by the other name: %v", a.Status, limits)
	}
}

// What upstream refuses of a caller's own is between the two of them.
func TestCallersOwnParameters(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		for name, bad := range map[string]string{"temperature": `"temperature":5`, "max_tokens": `"max_tokens":999999`} {
			if bytes.Contains(c.Body, []byte(bad)) {
				return upstreamtest.Reply{Status: http.StatusBadRequest, Raw: []byte(`{"error":{"message":"Invalid '` + name + `'","type":"invalid_request_error","param":"` + name + `","code":null}}`)}
			}
		}
		return marks().Script(c)
	})
	up.SetModels(upstreamtest.Model{Name: "autox", Provider: "openai/mine"}, upstreamtest.DefaultModels()[1])
	p := newPlanner(t, up)
	for name, value := range map[string]any{"temperature": 5, "max_tokens": 999999} {
		if a := send(t, p, body("autox", map[string]any{name: value}, message{"user", "hi"}), "x-decompose", "1"); a.Status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
	up.Reset()
	send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}))
	maps := 0
	for _, c := range up.Calls() {
		if isMap(c) {
			if maps++; !bytes.Contains(c.Body, []byte(`"temperature":0`)) || !bytes.Contains(c.Body, []byte(`"max_tokens":`)) {
				t.Errorf("another caller's map call lacks temperature or max_tokens: %s", c.Body[len(c.Body)-200:])
			}
		}
	}
	if maps == 0 {
		t.Error("no map calls")
	}
}

// What an answer said before it broke off, or before its stream's error frame, was written, and is paid for.
func TestBrokenAnswersArePaidFor(t *testing.T) {
	for name, broken := range map[string]upstreamtest.Reply{
		"error frame": {Text: strings.Repeat("word ", 6000), StreamError: "overloaded", Type: "overloaded_error"},
		"cut off":     {Text: strings.Repeat("word ", 6000), Cut: 29_000},
	} {
		synctest.Test(t, func(t *testing.T) {
			finals := 0
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isFinal(c) {
					finals++
					return broken
				}
				return marks().Script(c)
			})
			p := newPlanner(t, up)
			fields := map[string]any{"stream": broken.Cut == 0, "max_tokens": 8000, "response_format": map[string]any{"type": "json_object"}}
			send(t, p, body("sonnet-4-x", fields, message{"user", listMarks + document(9500)}), "x-decompose", "1", "x-max-cost", "0.2")
			if finals != 1 {
				t.Errorf("%s: %d final calls, each of 0.09 dollars, under a cap of 0.16", name, finals)
			}
		})
	}
}

// Where no text of the user's stays, the notes still have a place.
func TestNotesWithoutAUser(t *testing.T) {
	doc := quoted(document(9500))
	for name, messages := range map[string]string{
		"assistant":            `[{"role":"assistant","content":DOC}]`,
		"system and assistant": `[{"role":"system","content":"Which marks are there?"},{"role":"assistant","content":DOC}]`,
		"image and assistant":  `[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]},{"role":"assistant","content":DOC}]`,
		"empty and assistant":  `[{"role":"user","content":""},{"role":"assistant","content":DOC}]`,
	} {
		var final []byte
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isFinal(c) {
				final = c.Body
			}
			return marks().Script(c)
		})
		p := newPlanner(t, up)
		a := send(t, p, []byte(`{"model":"sonnet-4-x","max_tokens":2000,"messages":`+strings.Replace(messages, "DOC", doc, 1)+`}`), "x-decompose", "1")
		if a.Status != http.StatusOK || !bytes.Contains(final, []byte("MARK-07")) {
			t.Errorf("%s: status %d, final call %.300s", name, a.Status, final)
		}
	}
}

// The caller's limit is one of the whole answer, in tokens as upstream counts them.
func TestContinueKeepsTheLimit(t *testing.T) {
	const limit = 20_000
	o := tokens.O200K()
	for _, stream := range []bool{false, true} {
		n, total := 0, 0
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if !isFinal(c) {
				return marks().Script(c)
			}
			n++
			text := ""
			for i := 0; o.Count(text) < c.MaxTokens*2/3; i++ {
				text += strings.Repeat("Call "+string(rune('a'+n))+" has a sentence "+string(rune('a'+i%26))+" of its own. ", 20)
			}
			total += c.MaxTokens
			return upstreamtest.Reply{Text: text, Finish: "length", Usage: &upstreamtest.Usage{Prompt: 100, Completion: c.MaxTokens}}
		})
		up.SetModels(upstreamtest.DefaultModels()[0], upstreamtest.Model{Name: "sonnet-4-x", Provider: "anthropic/claude-sonnet-4-20250514", Input: "3e-06", Output: "1.5e-05", Window: 200000, MaxOutput: 8192})
		p := newPlanner(t, up)
		fields := map[string]any{"stream": stream, "max_tokens": limit, "stream_options": map[string]any{"include_usage": true}}
		a := send(t, p, body("sonnet-4-x", fields, message{"user", "Tell me about salt."}))
		if a.Status != http.StatusOK || n < 2 || total > limit {
			t.Errorf("stream %v: status %d, %d calls wrote %d tokens", stream, a.Status, n, total)
		}
	}
}

// A model that thought until its limit gave an ordinary answer, which is cut.
func TestThoughtToTheEnd(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, size := range []int{50, 9500} { // direct, and read in chunks
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isFinal(c) {
					return upstreamtest.Reply{Finish: "length", Thinking: "thinking hard"}
				}
				return marks().Script(c)
			})
			p := newPlanner(t, up)
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", listMarks + document(size)}), "x-decompose", "1")
			if a.Status != http.StatusOK || a.Finish != "length" || a.Error.Message != "" {
				t.Errorf("stream %v, %d lines: %d %q %s", stream, size, a.Status, a.Finish, a.Error.Message)
			}
		}
	}
}

// A client that leaves while prices are looked up does not leave the others without a cap.
func TestGoneDuringLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(&slowInfo{RoundTripper: upstreamtest.New(nil), takes: 200 * time.Millisecond}))
		b := body("sonnet-4-x", map[string]any{"max_tokens": 1000}, message{"user", strings.Repeat("hello you ", 900)})
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, upstreamURL+"/v1/chat/completions", bytes.NewReader(b))
		began := time.Now()
		if resp, err := p.Transport(nil).RoundTrip(r); err == nil {
			resp.Body.Close()
		}
		if time.Since(began) > 50*time.Millisecond {
			t.Error("who has gone waits")
		}
		if a := send(t, p, b, "x-max-cost", "0.001"); a.Status != http.StatusPaymentRequired {
			t.Errorf("status %d", a.Status)
		}
		r, _ = http.NewRequest(http.MethodPost, upstreamURL+"/haiku-planner/plan/v1/chat/completions", bytes.NewReader(b))
		r.Header.Set("X-Max-Cost", "0.001")
		if _, err := p.Plan(context.Background(), r); err == nil {
			t.Error("the plan says that it would be forwarded")
		}
	})
}

// slowInfo takes its time to tell prices.
type slowInfo struct {
	http.RoundTripper
	takes time.Duration
	err   error
	asked int
}

func (s *slowInfo) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/model/info") {
		if s.asked++; s.err != nil {
			return nil, s.err
		}
		select {
		case <-time.After(s.takes):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return s.RoundTripper.RoundTrip(r)
}

// A final call that hangs is not waited for until total_timeout, streamed or not.
func TestHangingFinalCall(t *testing.T) {
	for _, stream := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				r := marks().Script(c)
				if isFinal(c) && !isDirect(c) {
					r.Delay = time.Hour
				}
				return r
			})
			p := newPlanner(t, up)
			fields := map[string]any{"stream": stream, "max_tokens": 1000}
			if a := send(t, p, body("sonnet-4-x", fields, message{"user", listMarks + document(9500)})); a.Status != http.StatusOK || a.Error.Message != "" {
				t.Errorf("stream %v: %d %s", stream, a.Status, a.Error.Message)
			}
		})
	}
}

// A look-up that hangs holds up the requests of its first two seconds alone, and those only while no price was ever known.
func TestHangingLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := &slowInfo{RoundTripper: upstreamtest.New(nil), takes: time.Hour}
		p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(base))
		b := body("sonnet-4-x", map[string]any{"max_tokens": 1000}, message{"user", strings.Repeat("hello you ", 900)})
		took := func(want time.Duration, status int, header ...string) {
			t.Helper()
			began := time.Now()
			if a := send(t, p, b, header...); a.Status != status || time.Since(began) != want {
				t.Errorf("status %d after %v, want %d after %v", a.Status, time.Since(began), status, want)
			}
		}
		var first sync.WaitGroup
		first.Go(func() { took(2*time.Second, http.StatusOK) })
		<-time.After(1500 * time.Millisecond)
		first.Go(func() { took(500*time.Millisecond, http.StatusOK) })
		first.Wait()
		took(0, http.StatusOK)
		<-time.After(time.Minute)
		took(0, http.StatusOK)
		<-time.After(time.Minute)

		dear := []string{"x-max-cost", "0.001"}
		synctest.Wait()
		base.takes = time.Second
		took(0, http.StatusOK, dear...) // as nobody knows what it costs
		<-time.After(2 * time.Second)
		took(0, http.StatusPaymentRequired, dear...)
		synctest.Wait()
		base.takes = time.Hour
		<-time.After(10 * time.Minute)
		took(0, http.StatusPaymentRequired, dear...) // by the old price
		<-time.After(time.Minute)
	})
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// Clients that announce big bodies and send little keep nobody else's out.
func TestAnnouncedIsNotSent(t *testing.T) {
	const length = 48 << 20
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up, haikuplanner.WithRules(), with(func(c *haikuplanner.Config) { c.MaxBufferedBytes = 2 * length }))
	var clients []*io.PipeWriter
	var gone sync.WaitGroup
	defer gone.Wait()
	for range 16 {
		body, client := io.Pipe()
		clients = append(clients, client)
		r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/chat/completions", body)
		r.ContentLength = length
		gone.Go(func() {
			if resp, err := p.Transport(nil).RoundTrip(r); err == nil {
				t.Errorf("status %d for a body that never came", resp.StatusCode)
			}
		})
		client.Write([]byte(`{"model":`))
	}
	a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(30_000)}))
	if a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Errorf("beside 16 that announced 48 MB: %v", a.Header)
	}
	for _, client := range clients {
		client.CloseWithError(io.ErrUnexpectedEOF)
	}
}

// A body whose room grows while it is read arrives whole, also where the room ends half way.
func TestLongBodyInSteps(t *testing.T) {
	const other = 4 << 20
	for _, n := range []int{other, other + 1, 17 << 20} {
		for less, reason := range []string{"not-understood", "busy"} {
			var got []byte
			up := roundTrip(func(r *http.Request) (*http.Response, error) {
				got, _ = io.ReadAll(r.Body)
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}}, nil
			})
			p := newPlanner(t, upstreamtest.New(nil), with(func(c *haikuplanner.Config) { c.MaxBufferedBytes, c.MaxBodyBytes = n+other-less, n }))
			holds, client := io.Pipe()
			var gone sync.WaitGroup
			gone.Go(func() {
				r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/chat/completions", holds)
				r.ContentLength = other
				p.Transport(up).RoundTrip(r)
			})
			client.Write([]byte("{"))
			sent := make([]byte, n)
			for i := range sent {
				sent[i] = byte(i>>16) + byte(i)
			}
			r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/chat/completions", bytes.NewReader(sent))
			resp, err := p.Transport(up).RoundTrip(r)
			if err != nil || resp.Header.Get("X-Haiku-Planner-Reason") != reason || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes, want %s: %v, %v, %d came", n, reason, err, resp, len(got))
			}
			client.CloseWithError(io.ErrUnexpectedEOF)
			gone.Wait()
		}
	}
}

// To what the caller asked in their own words, nothing at all is an answer too.
func TestEmptyAnswer(t *testing.T) {
	for _, stream := range []bool{false, true} {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isFinal(c) {
				return upstreamtest.Reply{StreamChunks: []string{""}}
			}
			return marks().Script(c)
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", "Repeat after me: "}), "x-decompose", "1")
		if a.Status != http.StatusOK || a.Content != "" || a.Header.Get("X-Haiku-Planner-Operator") != "direct" || len(up.Calls()) != 1 {
			t.Errorf("stream %v: status %d, %q by %s, %d calls", stream, a.Status, a.Content, a.Header.Get("X-Haiku-Planner-Operator"), len(up.Calls()))
		}
	}
}

// What was read of a body before there was no more room is counted until it was sent, and a plan counts like an answer.
func TestReadAheadIsCounted(t *testing.T) {
	const n = 1 << 20
	block, arrived := make(chan struct{}), make(chan struct{}, 8)
	up := roundTrip(func(r *http.Request) (*http.Response, error) {
		arrived <- struct{}{}
		<-block
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}}, nil
	})
	p := newPlanner(t, upstreamtest.New(marks().Script), haikuplanner.WithRules(), with(func(c *haikuplanner.Config) { c.MaxBufferedBytes, c.MaxBodyBytes = n+1000, n }))
	var gone sync.WaitGroup
	sent := bytes.Repeat([]byte(" "), 2*n)
	gone.Go(func() { // of no announced length, and too long
		r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/chat/completions", io.MultiReader(bytes.NewReader(sent)))
		if resp, err := p.Transport(up).RoundTrip(r); err != nil || resp.Header.Get("X-Haiku-Planner-Reason") != "body-limit" {
			t.Errorf("%v %v", resp, err)
		}
	})
	<-arrived
	big := body("sonnet-4-x", nil, message{"user", listMarks + document(30_000)})
	if a := send(t, p, big); a.Header.Get("X-Haiku-Planner-Reason") != "busy" {
		t.Errorf("while a megabyte waits to be sent: %v", a.Header)
	}
	r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/haiku-planner/plan/v1/chat/completions", bytes.NewReader(big))
	var e *haikuplanner.Error
	if _, err := p.Plan(context.Background(), r); !errors.As(err, &e) || e.Status != http.StatusTooManyRequests {
		t.Errorf("a plan meanwhile: %v", err)
	}
	close(block)
	gone.Wait()
	if a := send(t, p, big); a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Errorf("afterwards: %v", a.Header)
	}
	for range 3 {
		r, _ := http.NewRequest(http.MethodPost, upstreamURL+"/haiku-planner/plan/v1/chat/completions", bytes.NewReader(big))
		if plan, err := p.Plan(context.Background(), r); err != nil || plan.Decision != "decompose" {
			t.Errorf("a plan afterwards: %v", err)
		}
	}
}

// The chunks of a request for a model that upstream does not know are paid for once, not at every repetition.
func TestUnknownModelIsPaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if c.Model == "no-such-model" {
				return upstreamtest.Reply{Status: 400, Error: "litellm.BadRequestError: Invalid model name passed in model=no-such-model. Call `/v1/models` to view available models for your key."}
			}
			return marks().Script(c)
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		b := body("no-such-model", nil, message{"user", listMarks + document(30_000)})
		for i, reason := range []string{"fallback", "unknown-model", "unknown-model"} {
			before := len(up.Calls())
			if a := send(t, p, b); a.Status != 400 || a.Header.Get("X-Haiku-Planner-Reason") != reason || i > 0 && len(up.Calls()) != before+1 {
				t.Errorf("request %d: %d %v, %d calls", i, a.Status, a.Header, len(up.Calls())-before)
			}
		}
		<-time.After(time.Minute)
		if a := send(t, p, b); a.Header.Get("X-Haiku-Planner-Reason") != "fallback" {
			t.Errorf("a minute later: %v", a.Header)
		}
	})
}

// Names of models are the callers': the log has so many of them, and so much of each.
func TestModelNamesInTheLog(t *testing.T) {
	var log bytes.Buffer
	doc := listMarks + document(1200)
	p := newPlanner(t, upstreamtest.New(func(upstreamtest.Call) upstreamtest.Reply { return upstreamtest.Reply{Status: 401, Error: "no"} }),
		haikuplanner.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), with(func(c *haikuplanner.Config) { c.LogDecompositions = false }))
	for i := range 1050 {
		send(t, p, body(fmt.Sprintf("%d ", i)+strings.Repeat("secret ", 1000), nil, message{"user", doc}), "x-decompose", "1")
	}
	if n := strings.Count(log.String(), "no price is known"); n == 0 || n > 1000 || strings.Contains(log.String(), strings.Repeat("secret ", 40)) {
		t.Errorf("%d lines, %d bytes", n, log.Len())
	}
}
