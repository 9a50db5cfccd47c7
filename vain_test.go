//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Money that went into a decomposition which was given up is told to the caller and taken from what was saved, and no SDK repeats it.
func TestSpentInVain(t *testing.T) {
	for _, stream := range []bool{false, true} {
		for _, direct := range []string{"refused", "lost", "answered"} {
			t.Run(fmt.Sprint(direct, " stream=", stream), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
						switch {
						case isDirect(c) && direct == "answered":
							return upstreamtest.Reply{Text: "Directly."}
						case isDirect(c) && direct == "lost":
							return upstreamtest.Reply{Cut: -1}
						case isFinal(c):
							return upstreamtest.Reply{Status: 503, Error: "overloaded"}
						}
						r := marks().Script(c)
						r.Cost = "0.001"
						return r
					})
					p := newPlanner(t, up)
					a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", listMarks + document(9500)}))
					want := map[string]int{"refused": 503, "lost": 502, "answered": 200}[direct]
					if a.Status != want || a.Header.Get("X-Haiku-Planner-Reason") != "fallback" {
						t.Fatalf("status %d, reason %q, want %d", a.Status, a.Header.Get("X-Haiku-Planner-Reason"), want)
					}
					retry := a.Header.Get("X-Should-Retry")
					if (retry == "false") != (a.Status >= 400) {
						t.Errorf("status %d, X-Should-Retry %q", a.Status, retry)
					}
					spent := 0
					for _, c := range up.Calls() {
						if c.Model == "autox" {
							spent++
						}
					}
					cost := fmt.Sprintf("%.3f", float64(spent)/1000)
					if got := a.Header.Get("X-Haiku-Planner-Cost"); strings.TrimRight(got, "0") != strings.TrimRight(cost, "0") || a.Header.Get("X-Haiku-Planner-Id") == "" || a.Header.Get("X-Haiku-Planner-Calls") == "" {
						t.Errorf("cost %q, want %s; headers %v", got, cost, a.Header)
					}
					s := p.Stats()
					if s.Saved != -s.Cost || s.Cost <= 0 {
						t.Errorf("saved %s after %s were spent", s.Saved, s.Cost)
					}
					var read haikuplanner.Stats
					if err := json.Unmarshal([]byte(s.String()), &read); err != nil || read.Saved != s.Saved {
						t.Errorf("saved %s is read as %s: %v", s.Saved, read.Saved, err)
					}
				})
			})
		}
	}
}

// What the cap refuses, says what was spent when all that was under way had ended: as the header does.
func TestOverCapTellsAllThatWasSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if isMap(c) {
				r.Cost, r.Delay = "0.05", time.Duration(c.N)*time.Second
			}
			return r
		})
		a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", listMarks + document(20_000)}), "x-max-cost", "0.2")
		if a.Status != 402 || !strings.Contains(a.Error.Message, "spent "+a.Header.Get("X-Haiku-Planner-Cost")+",") {
			t.Errorf("status %d, header %s: %s", a.Status, a.Header.Get("X-Haiku-Planner-Cost"), a.Error.Message)
		}
	})
}

// A client of a server of ours does not say by its request line which host calls go to, with our keys.
func TestPlanAsksNobodyElse(t *testing.T) {
	var hosts []string
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up, haikuplanner.WithBase(roundTrip(func(r *http.Request) (*http.Response, error) {
		hosts = append(hosts, r.URL.Host, cmp.Or(r.Host, r.URL.Host)) // what goes out as Host
		return up.RoundTrip(r)
	})))
	r := httptest.NewRequest("POST", "http://user:secret@elsewhere.test/haiku-planner/plan", bytes.NewReader(body("sonnet-4-x", nil, message{"user", listMarks + document(9500)})))
	if _, err := p.Plan(r.Context(), r); err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts {
		if h != strings.TrimPrefix(upstreamURL, "http://") {
			t.Errorf("asked %s", h)
		}
	}
	if len(hosts) == 0 {
		t.Error("nobody was asked")
	}
}

// An error within a good answer may name any status: what is none of an error's is not ours either.
func TestStatusOfAnErrorInAGoodAnswer(t *testing.T) {
	for code, want := range map[string]int{"200": 502, "302": 502, "1234": 502, "-1": 502, "0": 502, "401": 401, `"401"`: 401} {
		for _, stream := range []bool{false, true} {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isMap(c) {
					return upstreamtest.Reply{Raw: []byte(`{"error":{"message":"no such token","type":"token_not_found_in_db","code":` + code + `}}`)}
				}
				return marks().Script(c)
			})
			a := send(t, newPlanner(t, up), body("sonnet-4-x", map[string]any{"stream": stream}, message{"user", listMarks + document(9500)}), "x-decompose", "1")
			if a.Status != want || !strings.Contains(a.Error.Message, "no such token") {
				t.Errorf("%s: status %d, %s", code, a.Status, a.Error.Message)
			}
		}
	}
}

// A plan's body that is not kept is read to its end nevertheless: its client sends all of it before it looks at the answer.
func TestPlanDrainsWhatItRefuses(t *testing.T) {
	cfg := haikuplanner.DefaultConfig()
	cfg.MaxBodyBytes = 20_000
	p := newPlanner(t, upstreamtest.New(marks().Script), haikuplanner.WithConfig(cfg))
	for _, length := range []int64{50_000, -1} {
		rest := strings.NewReader(strings.Repeat("x", 50_000))
		r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", io.NopCloser(rest))
		r.ContentLength = length
		_, err := p.Plan(t.Context(), r)
		var e *haikuplanner.Error
		if !errors.As(err, &e) || e.Status != http.StatusRequestEntityTooLarge || rest.Len() > 0 {
			t.Errorf("length %d: %v, %d bytes are left", length, err, rest.Len())
		}
	}
}

// A model that upstream knows after all is decomposed for again at once.
func TestKnownAfterAll(t *testing.T) {
	known := false
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isFinal(c) && !known {
			return upstreamtest.Reply{Status: 404, Error: "The model `sonnet-4-x` does not exist", Type: "invalid_request_error"}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up)
	b := body("sonnet-4-x", nil, message{"user", listMarks + document(9500)})
	var reasons []string
	for i := range 4 {
		known = i > 1
		reasons = append(reasons, send(t, p, b).Header.Get("X-Haiku-Planner-Reason"))
	}
	if got := strings.Join(reasons[1:], " "); got != "unknown-model unknown-model large" {
		t.Errorf("reasons %v", reasons)
	}
}

// An answer that the caller has begun is gone on with by a final call, or by upstream.
func TestBegunAnswers(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isPlanner(c) {
			return upstreamtest.Reply{Text: `{"instruction_paragraphs":[1],"operator":"transform","dependence":"none","confidence":0.9,"question":"Translate."}`}
		}
		return upstreamtest.Reply{Text: "Der Rest."}
	})
	a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", "Translate the text into German.\n\n" + document(9500)}, message{"assistant", "<out>"}))
	if a.Header.Get("X-Haiku-Planner-Reason") != "not-decomposable" || a.Content != "Der Rest." {
		t.Errorf("%v: %.80q", a.Header, a.Content)
	}
}

// To go on with a text that fits no window is not possible; to answer is.
func TestContinueThatDoesNotFit(t *testing.T) {
	script := func(c upstreamtest.Call) upstreamtest.Reply {
		switch {
		case isPlanner(c):
			return upstreamtest.Reply{Text: `{"instruction_paragraphs":[1],"operator":"continue","dependence":"none","confidence":0.95,"question":"Explain."}`}
		case len(c.Body) > 60_000:
			return upstreamtest.Reply{Status: 400, Error: "prompt is too long"}
		}
		return marks().Script(c)
	}
	up := upstreamtest.New(script)
	models := upstreamtest.DefaultModels()
	for i := range models {
		if models[i].Name == "sonnet-4-x" {
			models[i].Window = 12_000
		}
	}
	up.SetModels(models...)
	for _, header := range [][]string{nil, {"x-decompose", "1"}} {
		a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", "Explain the following.\n\n" + document(20_000)}), header...)
		if a.Status != 200 || a.Planner.Operator != "answer" {
			t.Errorf("%v: status %d, operator %q, %s", header, a.Status, a.Planner.Operator, a.Error.Message)
		}
	}
}

// identity is the name of no encoding.
func TestIdentityIsNoEncoding(t *testing.T) {
	for encoding, want := range map[string]string{"identity": "large", "gzip": "not-understood"} {
		a := send(t, newPlanner(t, upstreamtest.New(marks().Script)), body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "Content-Encoding", encoding)
		if got := a.Header.Get("X-Haiku-Planner-Reason"); got != want {
			t.Errorf("%s: reason %s, want %s", encoding, got, want)
		}
	}
}

// endless is a body without an end that counts what was read of it.
type endless struct {
	text []byte
	read atomic.Int64
}

func (e *endless) Read(to []byte) (int, error) {
	n := copy(to, e.text[int(e.read.Load())%len(e.text):])
	e.read.Add(int64(n))
	return n, nil
}

func (e *endless) Close() error { return nil }

// An answer without an end is read no further than an answer of what was asked for can be.
func TestEndlessAnswers(t *testing.T) {
	for kind, text := range map[string]string{
		"text/event-stream": `data: {"choices":[{"index":0,"delta":{"content":"` + strings.Repeat("and on ", 1000) + "\"}}]}\n\n",
		"application/json":  strings.Repeat(" ", 4096),
	} {
		synctest.Test(t, func(t *testing.T) {
			up := upstreamtest.New(marks().Script)
			var bodies []*endless
			var mu sync.Mutex
			p := newPlanner(t, up, haikuplanner.WithRules(), haikuplanner.WithBase(roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := up.RoundTrip(r)
				if err == nil && r.Method == http.MethodPost {
					resp.Body.Close()
					body := &endless{text: []byte(text)}
					resp.Body, resp.ContentLength = body, -1
					resp.Header = http.Header{"Content-Type": {kind}}
					mu.Lock()
					bodies = append(bodies, body)
					mu.Unlock()
				}
				return resp, err
			})))
			a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1")
			most := int64(0)
			for _, b := range bodies {
				most = max(most, b.read.Load())
			}
			if a.Status == 200 || most == 0 || most > 3<<20 {
				t.Errorf("%s: status %d, %d bytes of one answer were read", kind, a.Status, most)
			}
		})
	}
}

// Where calls cost more than they can, the final call is not made with what is left, if that is too little for an answer.
func TestNoStubForTheRestOfTheMoney(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			r := marks().Script(c)
			if isMap(c) {
				r.Cost, r.Delay = "0.033", time.Second // all are under way together
			}
			return r
		})
		a := send(t, newPlanner(t, up), body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-max-cost", "0.2")
		if a.Status != 402 || !strings.Contains(a.Error.Message, "spent ") {
			t.Errorf("status %d: %.100q %s", a.Status, a.Content, a.Error.Message)
		}
		for _, c := range up.Calls() {
			if isFinal(c) {
				t.Errorf("a final call of at most %d tokens", c.MaxTokens)
			}
		}
	})
}
