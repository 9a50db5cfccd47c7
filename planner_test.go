package haikuplanner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

const upstreamURL = "http://litellm.test"

var markLine = regexp.MustCompile(`MARK-\d\d: \w+`)

// document is prose of about n tokens with 21 marks scattered over it.
func document(n int) string {
	var b strings.Builder
	o200k := tokens.O200K()
	size, mark := 0, 0
	for i := 0; size < n; i++ {
		var line string
		switch {
		case i%40 == 0:
			line = fmt.Sprintf("## Section %d\n\n", i/40)
		case size >= (mark*n)/21 && mark < 21:
			line = fmt.Sprintf("MARK-%02d: animal%d\n", mark, mark*mark+3)
			mark++
		default:
			line = fmt.Sprintf("The %dth ledger of the harbour says that ship %d left with %d barrels of salt and came back late.\n", i, i*7%113, i*31%997)
			if i%7 == 0 {
				line += "\n"
			}
		}
		size += o200k.Count(line)
		b.WriteString(line)
	}
	for ; mark < 21; mark++ {
		fmt.Fprintf(&b, "MARK-%02d: animal%d\n", mark, mark*mark+3)
	}
	return b.String()
}

type message struct {
	Role    string `json:"role"`
	Content any    `json:"content"`
}

// body is a chat body; extra wins over the usual fields.
func body(model string, extra map[string]any, messages ...message) []byte {
	m := map[string]any{"model": model, "messages": messages}
	for k, v := range extra {
		m[k] = v
	}
	b, _ := json.Marshal(m)
	return b
}

const listMarks = "List every line that starts with MARK-.\n\n"

func isPlanner(c upstreamtest.Call) bool { return c.Schema == "advice" }
func isMap(c upstreamtest.Call) bool     { return c.Model == "autox" && !isPlanner(c) }
func isFinal(c upstreamtest.Call) bool   { return c.Model == "sonnet-4-x" }

// isDirect tells the forwarded request from a final call by the material in it.
func isDirect(c upstreamtest.Call) bool { return isFinal(c) && len(c.User) > 20_000 }

func newPlanner(t *testing.T, up *upstreamtest.Upstream, opts ...haikuplanner.Option) *haikuplanner.Planner {
	t.Helper()
	p, err := haikuplanner.New(append([]haikuplanner.Option{haikuplanner.WithBase(up), haikuplanner.WithLiteLLM(upstreamURL, "sk-lookups")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type answer struct {
	Status  int
	Header  http.Header
	Trailer http.Header
	Body    []byte

	Object  string
	Model   string
	Content string
	Finish  string
	Usage   struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
		Total      int `json:"total_tokens"`
	}
	Planner struct {
		Operator  string  `json:"operator"`
		TotalCost float64 `json:"total_cost"`
		Coverage  struct {
			Chunks, Read, Skipped, Bytes int
			BytesRead                    int `json:"bytes_read"`
		} `json:"coverage"`
		Calls []struct {
			Stage      string
			Model      string
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
			Attempts   int
		} `json:"calls"`
	}
	Error struct {
		Message, Type, Param, Code string
	}
	Frames []string
}

// send posts a body through the planner's transport and reads what a client reads.
func send(t *testing.T, p *haikuplanner.Planner, body []byte, header ...string) answer {
	t.Helper()
	r, err := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-caller")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return do(t, p, r)
}

func do(t *testing.T, p *haikuplanner.Planner, r *http.Request) answer {
	t.Helper()
	resp, err := p.Transport(nil).RoundTrip(r)
	if err != nil {
		t.Fatalf("RoundTrip: %v", err)
	}
	defer resp.Body.Close()
	var a answer
	a.Body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	a.Status, a.Header, a.Trailer = resp.StatusCode, resp.Header, resp.Trailer
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		a.readStream(t)
		return a
	}
	var v struct {
		Object, Model string
		Choices       []struct {
			Message struct{ Content string }
			Finish  string `json:"finish_reason"`
		}
		Usage   json.RawMessage
		Planner json.RawMessage `json:"haiku_planner"`
		Error   struct {
			Message, Type, Param string
			Code                 any
		}
	}
	if json.Unmarshal(a.Body, &v) == nil {
		a.Object, a.Model = v.Object, v.Model
		json.Unmarshal(v.Usage, &a.Usage)
		json.Unmarshal(v.Planner, &a.Planner)
		a.Error.Message, a.Error.Type, a.Error.Param, a.Error.Code = v.Error.Message, v.Error.Type, v.Error.Param, fmt.Sprint(v.Error.Code)
		if len(v.Choices) > 0 {
			a.Content, a.Finish = v.Choices[0].Message.Content, v.Choices[0].Finish
		}
	}
	return a
}

func (a *answer) readStream(t *testing.T) {
	t.Helper()
	for _, frame := range strings.Split(strings.TrimSuffix(string(a.Body), "\n\n"), "\n\n") {
		data, ok := strings.CutPrefix(frame, "data: ")
		if !ok {
			t.Errorf("a frame that is not data: %q", frame)
			continue
		}
		a.Frames = append(a.Frames, data)
		var v struct {
			Object, Model string
			Choices       []struct {
				Delta  struct{ Content string }
				Finish string `json:"finish_reason"`
			}
			Usage   json.RawMessage
			Planner json.RawMessage `json:"haiku_planner"`
			Error   *struct {
				Message, Type string
			}
		}
		if data == "[DONE]" {
			continue
		}
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			t.Errorf("a frame that is not JSON: %q", data)
			continue
		}
		a.Model = v.Model
		for _, c := range v.Choices {
			a.Content += c.Delta.Content
			if c.Finish != "" {
				a.Finish += c.Finish
			}
		}
		if len(v.Usage) > 4 {
			json.Unmarshal(v.Usage, &a.Usage)
			json.Unmarshal(v.Planner, &a.Planner)
		}
		if v.Error != nil {
			a.Error.Message, a.Error.Type = v.Error.Message, v.Error.Type
		}
	}
}

// marks is the worker that finds every mark in what it is given. Its plan is nonsense: rules must do.
func marks() upstreamtest.Worker {
	return upstreamtest.Worker{Match: markLine, Plan: "I would rather not."}
}

func allMarks(t *testing.T, text string) {
	t.Helper()
	for i := range 21 {
		if want := fmt.Sprintf("MARK-%02d: animal%d", i, i*i+3); !strings.Contains(text, want) {
			t.Errorf("the answer lacks %q", want)
		}
	}
}

func TestBigRequestIsOneOrdinaryAnswer(t *testing.T) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprint("stream=", stream), func(t *testing.T) {
			up := upstreamtest.New(marks().Script)
			p := newPlanner(t, up)
			doc := document(20_000)
			a := send(t, p, body("sonnet-4-x", map[string]any{"stream": stream, "stream_options": map[string]any{"include_usage": true}},
				message{"system", "You are exact."}, message{"user", "List every line that starts with MARK-.\n\n" + doc}))
			if a.Status != 200 || a.Header.Get("X-Haiku-Planner") != "decomposed" || a.Header.Get("X-Haiku-Planner-Reason") != "large" {
				t.Fatalf("status %d, header %v, body %.400s", a.Status, a.Header, a.Body)
			}
			allMarks(t, a.Content)
			if a.Model != "sonnet-4-x" || a.Finish != "stop" {
				t.Errorf("model %q finish %q", a.Model, a.Finish)
			}
			c := a.Planner.Coverage
			if c.Chunks < 10 || c.Read != c.Chunks || c.Skipped != 0 || c.BytesRead != c.Bytes {
				t.Errorf("coverage %+v", c)
			}
			prompt, completion := 0, 0
			for _, call := range a.Planner.Calls {
				prompt += call.Prompt
				completion += call.Completion
			}
			if a.Usage.Prompt != prompt || a.Usage.Completion != completion || a.Usage.Total != prompt+completion || prompt == 0 {
				t.Errorf("usage %+v, calls say %d and %d", a.Usage, prompt, completion)
			}
			late := a.Header
			if stream {
				late = a.Trailer
			}
			if got := late.Get("X-Haiku-Planner-Chunks"); got != fmt.Sprintf("%d/%d", c.Chunks, c.Chunks) {
				t.Errorf("chunks header %q", got)
			}
			var sent strings.Builder
			models := map[string]int{}
			for _, call := range up.Calls() {
				models[call.Model]++
				sent.WriteString(call.User)
				if call.Header.Get("X-Decompose") != "0" || call.Header.Get("Authorization") != "Bearer sk-caller" || call.MaxTokens == 0 {
					t.Errorf("call %d: header %v, max_tokens %d", call.N, call.Header, call.MaxTokens)
				}
			}
			if models["sonnet-4-x"] != 1 || models["autox"] < 12 {
				t.Errorf("calls by model: %v", models)
			}
			for _, line := range strings.SplitAfter(doc, "\n") {
				if !strings.Contains(sent.String(), line) {
					t.Fatalf("no call saw %q", line)
				}
			}
		})
	}
}

func TestPlanCoversEveryByte(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up)
	doc := document(12_000)
	messages := []message{{"system", "Be brief."}, {"user", doc}, {"assistant", "Read."}, {"user", "Which marks are there?"}}
	r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(body("sonnet-4-x", nil, messages...)))
	plan, err := p.Plan(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Decision != "decompose" || plan.Calls.Final != 1 || plan.Calls.Map < 6 || plan.Calls.Map > len(plan.Chunks) {
		t.Errorf("%s %d chunks, %+v", plan.Operator, len(plan.Chunks), plan.Calls)
	}
	for i, m := range messages {
		text := m.Content.(string)
		seen := make([]bool, len(text))
		mark := func(start, end int) {
			for k := start; k < end; k++ {
				seen[k] = true
			}
		}
		for _, s := range plan.Kept {
			if s.Message == i {
				mark(s.Start, s.End)
			}
		}
		last := 0
		for _, c := range plan.Chunks {
			if c.Message != i {
				continue
			}
			if c.Start < last {
				t.Errorf("chunk %d overlaps", c.Index)
			}
			if got := tokens.O200K().Count(text[c.Start:c.End]); got != c.Tokens || got > 2000 {
				t.Errorf("chunk %d: %d tokens, says %d", c.Index, got, c.Tokens)
			}
			last = c.End
			mark(c.Start, c.End)
		}
		for k, ok := range seen {
			if !ok {
				t.Fatalf("byte %d of message %d is in no span", k, i)
			}
		}
	}
	if rest, _ := io.ReadAll(r.Body); !bytes.Contains(rest, []byte("Which marks")) {
		t.Error("the body is gone")
	}
	for _, c := range up.Calls() {
		if c.Schema != "advice" {
			t.Errorf("Plan made a call that is not the planner's: %s", c.Schema)
		}
	}
}

// A text without blank lines, line breaks or sentences is material like any other: the question after it is the instruction, and nothing else is.
func TestTextWithoutBoundaries(t *testing.T) {
	for name, text := range map[string]string{"words": strings.Repeat("word ", 20_000), "one letter": strings.Repeat("x", 120_000), "digits": strings.Repeat("0123456789", 9000)} {
		p := newPlanner(t, upstreamtest.New(marks().Script), haikuplanner.WithRules())
		const question = "What is the most important finding?"
		r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(body("sonnet-4-x", nil, message{"user", text + "\n\n" + question})))
		plan, err := p.Plan(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, s := range plan.Kept {
			kept += s.End - s.Start
		}
		if plan.Decision != "decompose" || len(plan.Chunks) < 5 || kept != len(question) {
			t.Errorf("%s: %s, %s, %d chunks, %d bytes kept", name, plan.Decision, plan.Reason, len(plan.Chunks), kept)
		}
	}
}

// A text of many short parts is not answered from a prompt that is longer for what says that they were read.
func TestManyShortParts(t *testing.T) {
	up := upstreamtest.New(marks().Script)
	p := newPlanner(t, up, haikuplanner.WithRules())
	parts := []map[string]any{}
	for i := range 3000 {
		parts = append(parts, textBlock(fmt.Sprintf("Ship %d came late.", i)))
	}
	parts = append(parts, textBlock("Which ships were lost, and why?"))
	a := send(t, p, body("sonnet-4-x", nil, message{"user", parts}))
	if a.Header.Get("X-Haiku-Planner") != "decomposed" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("X-Haiku-Planner-Reason"))
	}
	for _, c := range up.Calls() {
		if n := tokens.O200K().Count(c.User); isFinal(c) && n > 6000 {
			t.Errorf("the final call has %d tokens of text, the request about %d", n, 3000*6)
		}
	}
}
