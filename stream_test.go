//go:build go1.25

package haikuplanner_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// finals answers final calls in another way than up does, as a stream of events: write writes it, and its time passes with the call's.
func finals(up *upstreamtest.Upstream, calls *int, write func(r *http.Request, w io.Writer)) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if !strings.Contains(r.Header.Get("X-Litellm-Call-Id"), "-final-") {
			return up.RoundTrip(r)
		}
		*calls++
		r.Body.Close()
		out, in := io.Pipe()
		go func() {
			write(r, in)
			in.Close()
		}()
		go func() {
			<-r.Context().Done()
			in.CloseWithError(r.Context().Err())
		}()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: out, ContentLength: -1}, nil
	})
}

const wholeStream = `data: {"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"MARK-07"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}` + "\n\ndata: [DONE]\n\n"

// Where decomposing fails after the headers went out, the direct call is made as forwarding would make it, and what comes of it is told.
func TestDirectCallInAStream(t *testing.T) {
	slowly := upstreamtest.Reply{Status: 500, Error: "boom", Delay: 4 * time.Second}
	tooLong := upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long: 250000 tokens > 200000 maximum"}
	for _, c := range []struct {
		name   string
		direct upstreamtest.Reply
		rescue bool
		header []string
		want   string
	}{
		{"answered", upstreamtest.Reply{Text: "directly"}, false, nil, "directly"},
		{"refused for its size", tooLong, false, nil, "prompt is too long"},
		{"refused for its content", upstreamtest.Reply{Status: 400, Error: "litellm.ContentPolicyViolationError: flagged"}, false, nil, "flagged"},
		{"in a rescue", tooLong, true, nil, "prompt is too long"},
		{"for another quality", upstreamtest.Reply{Text: "directly"}, false, []string{"x-quality", "fast"}, "directly"},
		{"slow", upstreamtest.Reply{Text: "directly", Delay: 4 * time.Minute}, false, nil, "directly"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var direct []upstreamtest.Call
			up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
				if len(call.User) < 20_000 {
					return slowly
				}
				direct = append(direct, call)
				return c.direct
			})
			p := newPlanner(t, up, haikuplanner.WithRules(), with(func(cfg *haikuplanner.Config) {
				if c.rescue {
					cfg.LargeRequestThreshold = 50_000
				}
			}))
			fields := map[string]any{"stream": true, "stream_options": map[string]any{"include_usage": true}}
			_, text, err := postTo(t, p, "/v1/chat/completions", body("sonnet-4-x", fields, message{"user", listMarks + document(9500)}), c.header...)
			if err != nil || !strings.Contains(text, c.want) || !strings.HasSuffix(text, "data: [DONE]\n\n") {
				t.Errorf("%s: %v, %s", c.name, err, text)
			}
			if refused := c.direct.Error != ""; strings.Contains(text, `"error"`) != refused || strings.Contains(text, `"skipped":0`) == refused {
				t.Errorf("%s: %s", c.name, text)
			}
			if len(direct) != 1 || direct[0].Model != "sonnet-4-x" || direct[0].MaxTokens != 0 {
				t.Errorf("%s: %d direct calls, %s, max_tokens %d", c.name, len(direct), direct[0].Model, direct[0].MaxTokens)
			}
		})
	}
}

// A planner that takes long to say that the task does not decompose, or that the caller's key is none, leaves a whole stream behind.
func TestLatePlannerInAStream(t *testing.T) {
	for path, end := range map[string]string{"/v1/chat/completions": "[DONE]", "/v1/messages": "message_stop", "/v1/responses": "response.completed"} {
		for _, planner := range []upstreamtest.Reply{
			{Delay: 15 * time.Second, Text: plan(map[string]any{"dependence": "global", "operator": "none", "confidence": 0.9})},
			{Delay: 15 * time.Second, Status: 500, Error: "boom"},
		} {
			synctest.Test(t, func(t *testing.T) {
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					if strings.Contains(call.Header.Get("X-Litellm-Call-Id"), "-planner-") {
						return planner
					}
					if len(call.User) > 20_000 {
						return upstreamtest.Reply{Text: "directly"}
					}
					return upstreamtest.Reply{Status: 400, Error: "no"}
				})
				text := listMarks + document(9500)
				b := body("sonnet-4-x", map[string]any{"stream": true, "max_tokens": 500}, message{"user", text})
				if strings.HasSuffix(path, "responses") {
					b = fmt.Appendf(nil, `{"model":"sonnet-4-x","stream":true,"input":%s}`, jsonText(text))
				}
				_, got, err := postTo(t, newPlanner(t, up), path, b)
				if err != nil || !strings.Contains(got, "directly") || !strings.Contains(got, end) {
					t.Errorf("%s: %v, %s", path, err, got)
				}
			})
		}
	}
}

// A final call may think for long: silently within reason, and while it gives signs of life until total_timeout.
func TestSlowFinalCalls(t *testing.T) {
	wait := func(r *http.Request, d time.Duration) {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
	}
	for name, write := range map[string]func(r *http.Request, w io.Writer){
		"silent":        func(r *http.Request, w io.Writer) { wait(r, 3*time.Minute); io.WriteString(w, wholeStream) },
		"with signs":    func(r *http.Request, w io.Writer) { pinged(r, w, wait); io.WriteString(w, wholeStream) },
		"open for long": func(r *http.Request, w io.Writer) { io.WriteString(w, wholeStream); wait(r, 10*time.Minute) },
		"finished with each piece": func(r *http.Request, w io.Writer) { // as Ollama's thoughts are
			io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"reasoning":"hm"},"finish_reason":"stop"}]}`+"\n\n")
			for _, piece := range []string{"It", " is"} {
				io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"`+piece+`"},"finish_reason":null}]}`+"\n\n")
				wait(r, 8*time.Second)
			}
			io.WriteString(w, wholeStream)
		},
		"without an end": func(r *http.Request, w io.Writer) {
			io.WriteString(w, strings.TrimSuffix(wholeStream, "data: [DONE]\n\n"))
			wait(r, 10*time.Minute)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			p := newPlanner(t, upstreamtest.New(marks().Script), haikuplanner.WithRules(), haikuplanner.WithBase(finals(upstreamtest.New(marks().Script), &calls, write)))
			began := time.Now()
			_, text, err := postTo(t, p, "/v1/chat/completions", body("sonnet-4-x", map[string]any{"stream": true}, message{"user", listMarks + document(9500)}), "x-decompose", "1")
			if err != nil || calls != 1 || !strings.Contains(text, "MARK-07") || strings.Contains(text, `"error"`) {
				t.Errorf("%s: %v, %d final calls, %s", name, err, calls, text)
			}
			most, bound := map[string]time.Duration{"open for long": time.Second, "without an end": 6 * time.Second}[name]
			if d := time.Since(began); bound && d > most {
				t.Errorf("%s: the end came after %s", name, d)
			}
		})
	}
}

func pinged(r *http.Request, w io.Writer, wait func(*http.Request, time.Duration)) {
	for range 45 {
		io.WriteString(w, ": PROCESSING\n\n")
		wait(r, 10*time.Second)
	}
}

// An error frame is what the same refusal is as an answer: what asking again does not mend is not asked again.
func TestRefusalInAFrame(t *testing.T) {
	for code, tries := range map[string]int{"400": 1, "401": 1, "403": 1, "404": 1, "503": 4} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			base := finals(upstreamtest.New(marks().Script), &calls, func(_ *http.Request, w io.Writer) {
				io.WriteString(w, `data: {"error":{"message":"no such luck","type":"x","param":null,"code":"`+code+`"}}`+"\n\ndata: [DONE]\n\n")
			})
			p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(base), haikuplanner.WithRules())
			resp, text, _ := postTo(t, p, "/v1/chat/completions", body("sonnet-4-x", map[string]any{"stream": true}, message{"user", listMarks + document(9500)}), "x-decompose", "1")
			if calls != tries || !strings.Contains(text, "no such luck") {
				t.Errorf("%s: %d tries, status %d, %s", code, calls, resp.StatusCode, text)
			}
		})
	}
}

// Some servers end a stream with its mark alone and know of no finish reasons. What they wrote is all, and is paid once.
func TestStreamWithoutFinishReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		base := finals(upstreamtest.New(marks().Script), &calls, func(_ *http.Request, w io.Writer) {
			io.WriteString(w, `data: {"choices":[{"delta":{"content":"MARK"}}]}`+"\n\n"+`data: {"choices":[{"delta":{"content":"-07"}}]}`+"\n\ndata: [DONE]\n\n")
		})
		p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(base), haikuplanner.WithRules())
		a := send(t, p, body("sonnet-4-x", map[string]any{"stream": true}, message{"user", listMarks + document(9500)}), "x-decompose", "1")
		if calls != 1 || a.Content != "MARK-07" || a.Finish != "stop" || a.Error.Message != "" {
			t.Errorf("%d final calls, %s", calls, a.Body)
		}
	})
}

// A stream that nobody asked for is read all the same, and paid once.
func TestUnaskedStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		base := finals(upstreamtest.New(marks().Script), &calls, func(_ *http.Request, w io.Writer) { io.WriteString(w, wholeStream) })
		p := newPlanner(t, upstreamtest.New(nil), haikuplanner.WithBase(base), haikuplanner.WithRules())
		a := send(t, p, body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1")
		if calls != 1 || a.Status != http.StatusOK || a.Content != "MARK-07" || a.Finish != "stop" || a.Usage.Completion < 9 {
			t.Errorf("%d final calls, %d %s", calls, a.Status, a.Body)
		}
	})
}

// The limit that we set for an answer leaves room for its prompt, whether the window is known or only refused by.
func TestAnswerFitsTheWindow(t *testing.T) {
	const window = 8192
	for _, known := range []int{0, window} {
		for _, stream := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
					if prompt := len(c.Body) / 4; c.Model == "local" && prompt+c.MaxTokens > window {
						return upstreamtest.Reply{Error: fmt.Sprintf("This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the messages, %d in the completion).", window, prompt+c.MaxTokens, prompt, c.MaxTokens)}
					}
					return marks().Script(c)
				})
				up.SetModels(append(upstreamtest.DefaultModels(), upstreamtest.Model{Name: "local", Provider: "hosted_vllm/local", Window: known})...)
				p := newPlanner(t, up, haikuplanner.WithRules())
				_, text, err := postTo(t, p, "/v1/chat/completions", body("local", map[string]any{"stream": stream}, message{"user", listMarks + document(12_000)}), "x-decompose", "1")
				if err != nil || !strings.Contains(text, "MARK") || strings.Contains(text, `"error"`) {
					t.Errorf("window %d, stream %v: %v, %s", known, stream, err, text)
				}
			})
		}
	}
}

// A stream of several answers is not rescued: one of them would come, and the others be lost.
func TestSeveralStreamsAreNotRescued(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isFinal(c) && len(c.Body) > 30_000 {
			return upstreamtest.Reply{Status: 400, Error: "litellm.ContextWindowExceededError: prompt is too long: 250000 tokens > 200000 maximum"}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up, haikuplanner.WithRules())
	b := body("sonnet-4-x", map[string]any{"stream": true, "n": 2}, message{"user", document(20_000)}, message{"assistant", "fine"}, message{"user", "Which marks are there?"})
	if resp, text, _ := postTo(t, p, "/v1/chat/completions", b); resp.StatusCode != http.StatusBadRequest || len(up.Calls()) != 1 {
		t.Errorf("status %d after %d calls: %.300s", resp.StatusCode, len(up.Calls()), text)
	}
}

// What upstream says against a final call reaches a caller who forced it.
func TestRefusedFinalCall(t *testing.T) {
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isFinal(c) {
			return upstreamtest.Reply{Status: 400, Error: "litellm.ContentPolicyViolationError: flagged"}
		}
		return marks().Script(c)
	})
	a := send(t, newPlanner(t, up, haikuplanner.WithRules()), body("sonnet-4-x", nil, message{"user", listMarks + document(9500)}), "x-decompose", "1")
	var e struct{ Error struct{ Message string } }
	json.Unmarshal(a.Body, &e)
	if a.Status != 400 || !strings.Contains(e.Error.Message, "flagged") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// An upstream that answers a stream's request as a whole is passed on as a stream, its tool calls too; and what upstream refuses of what we added is left out.
func TestPlainAnswerToAStream(t *testing.T) {
	long := listMarks + document(12_000)
	tools := []any{map[string]any{"type": "function", "function": map[string]any{"name": "look", "parameters": map[string]any{"type": "object"}}}}
	up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
		if isFinal(c) {
			return upstreamtest.Reply{Raw: []byte(`{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":"{\"at\":7}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`)}
		}
		return marks().Script(c)
	})
	p := newPlanner(t, up, haikuplanner.WithRules())
	b := body("sonnet-4-x", map[string]any{"stream": true, "tools": tools}, message{"user", long}, message{"assistant", "Read."}, message{"user", "Which marks are there?"})
	_, text, err := postTo(t, p, "/v1/chat/completions", b, "x-decompose", "1")
	if err != nil || !strings.Contains(text, `"tool_calls":[{`) || !strings.Contains(text, `"index":0`) || !strings.Contains(text, `"name":"look"`) || !strings.Contains(text, `"finish_reason":"tool_calls"`) {
		t.Errorf("%v %s", err, text)
	}
}

// An answer without a text may say something all the same.
func TestAnswersWithoutText(t *testing.T) {
	long := listMarks + document(12_000)
	for name, reply := range map[string]string{
		"audio": `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":null,"audio":{"id":"a","data":"UklGRg==","transcript":"MARK"}},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`,
		"image": `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"","images":[{"type":"image_url","image_url":{"url":"data:UklGRg=="}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9}}`,
	} {
		calls := 0
		up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
			if isFinal(c) {
				calls++
				return upstreamtest.Reply{Raw: []byte(reply)}
			}
			return marks().Script(c)
		})
		p := newPlanner(t, up, haikuplanner.WithRules())
		resp, text, _ := postTo(t, p, "/v1/chat/completions", body("sonnet-4-x", nil, message{"user", long}), "x-decompose", "1")
		if resp.StatusCode != http.StatusOK || calls != 1 || !strings.Contains(text, "UklGRg==") {
			t.Errorf("%s: %d after %d final calls, %s", name, resp.StatusCode, calls, text)
		}
	}
}
