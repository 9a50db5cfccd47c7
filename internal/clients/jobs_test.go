//go:build clients

package clients

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A job is one request for a client to make. The interpreters read it as JSON.
type job struct {
	Row     string            `json:"row"`  // the client's name in the table
	API     string            `json:"api"`  // chat, completions, messages or responses
	Kind    string            `json:"kind"` // which of the interpreter's clients
	Name    string            `json:"name"` // of the job, as the upstream sees it in x-cell
	Model   string            `json:"model"`
	Prompt  string            `json:"prompt"`  // the user's message
	Headers map[string]string `json:"headers"` // for this request
	Stream  bool              `json:"stream"`
	Helper  bool              `json:"helper"` // the client's own way to put a stream together again, where it has one
	Tools   bool              `json:"tools"`  // the tool weather(city)
	Schema  bool              `json:"schema"` // {"marks": [string]} by the client's own way to ask for it
	Retries int               `json:"retries"`
	Timeout float64           `json:"timeout"` // seconds
	Leave   bool              `json:"leave"`   // hang up after the first text
}

// A sight is what a client saw of its job.
type sight struct {
	Name string `json:"name"`

	Text       string   `json:"text"`
	Role       string   `json:"role"`
	Finish     string   `json:"finish"`
	Model      string   `json:"model"`
	Prompt     int      `json:"prompt"` // tokens
	Completion int      `json:"completion"`
	IDs        int      `json:"ids"` // how many different ids the pieces of a stream had
	Tool       string   `json:"tool"`
	Marks      []string `json:"marks"` // of the parsed answer
	Left       bool     `json:"left"`  // it hung up as told

	Error   string  `json:"error"` // the class of what was raised
	Status  int     `json:"status"`
	Message string  `json:"message"`
	Seconds float64 `json:"seconds"`
}

const (
	model       = "sonnet-4-x"
	smallAnswer = "A small answer, in nine words, with an umlaut: grün."
	refusal     = "Key not allowed to access model sonnet-4-x for this team."
	broken      = "The provider went away in the middle."
	question    = "List every line that starts with MARK-, in order."
)

var marks = func() (m []string) {
	for i := range 12 {
		m = append(m, fmt.Sprintf("MARK-%02d: animal%d", i, i*i+3))
	}
	return m
}()

// document is prose of about 4,500 tokens with the marks scattered over it.
var document = func() string {
	var b strings.Builder
	for i := range 180 {
		if i%15 == 7 {
			b.WriteString(marks[i/15] + "\n\n")
		}
		fmt.Fprintf(&b, "The %dth ledger of the harbour says that ship %d left with %d barrels of salt and came back late.\n", i, i*7%113, i*31%997)
		if i%9 == 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}()

// large is what is decomposed without being asked: above 8,000 tokens.
var large = question + "\n\n" + document + strings.ReplaceAll(document, "MARK", "MORE")

// A column of the table, and its jobs.
type column struct {
	name string
	jobs []task
}

// A task is a job for every client, and how to tell whether it went well.
type task struct {
	name  string
	job   job
	check func(r row, s sight, calls []upstreamtest.Call) []string
}

// callTokens is what the upstream says that each call used.
var callTokens = upstreamtest.Usage{Prompt: 1000, Completion: 10}

var columns = []column{
	{"small", []task{{"small", job{}, isSmall}}},
	{"small, streamed", []task{{"small-stream", job{Stream: true}, isSmall}, {"small-helper", job{Stream: true, Helper: true}, isSmall}}},
	{"big", []task{{"big", big(job{}), isBig}, {"auto", job{Prompt: large}, isBig}}},
	{"big, streamed", []task{{"big-stream", big(job{Stream: true}), isBig}, {"big-helper", big(job{Stream: true, Helper: true}), isBig}}},
	{"keep-alives", []task{{"slow-stream", big(job{Stream: true}), isSlow}, {"slow-helper", big(job{Stream: true, Helper: true}), isSlow},
		{"fallback", job{Prompt: large, Stream: true}, isFallback}}},
	{"tools", []task{{"tools", job{Tools: true}, isTool}, {"tools-stream", job{Tools: true, Stream: true, Helper: true}, isTool}}},
	{"JSON schema", []task{{"schema", big(job{Schema: true}), isSchema}, {"schema-lists", big(job{Schema: true, Stream: true, Helper: true}), isSchema}}},
	{"error before", []task{{"early", big(job{Retries: 2}), isEarly}, {"early-stream", big(job{Stream: true, Retries: 2}), isEarly},
		{"wrong-header", job{Headers: map[string]string{"x-quality": "splendid"}, Retries: 2}, isRefused(400, "x-quality", 0)},
		{"too-dear", big(job{Headers: map[string]string{"x-max-cost": "0.0001"}, Stream: true, Retries: 2}), isRefused(402, "cap of 0.00008", 1)}}},
	{"error after", []task{{"late", big(job{Stream: true, Retries: 2}), isLate}, {"late-slow", big(job{Stream: true, Helper: true, Retries: 2}), isLate}}},
	{"hang-up", []task{{"leave", big(job{Stream: true, Leave: true}), isGone}, {"leave-whole", big(job{Timeout: 4}), isGone}, {"leave-small", job{Stream: true, Leave: true}, isGone}}},
	{"retry", []task{{"again-500", job{Retries: 2}, isAgain}, {"again-429", job{Retries: 2, Stream: true}, isAgain}, {"never-again", big(job{Retries: 2}), isNeverAgain},
		{"join", big(job{Retries: 2, Timeout: 6, Headers: map[string]string{"Idempotency-Key": "one"}}), isJoined}}},
}

func big(j job) job {
	h := map[string]string{"x-decompose": "1"}
	for k, v := range j.Headers {
		h[k] = v
	}
	j.Headers = h
	j.Prompt = question + "\n\n" + document
	return j
}

// jobs are a row's jobs, complete.
func (r row) jobs() []job {
	var out []job
	for _, c := range columns {
		for _, t := range c.jobs {
			if !r.has(t.job) {
				continue
			}
			j := t.job
			j.Row, j.API, j.Kind, j.Name, j.Model = r.name, r.api, r.kind, t.name, r.named()
			if j.Prompt == "" {
				j.Prompt = "Say something small."
			}
			if j.Timeout == 0 {
				j.Timeout = 170
			}
			j.Headers = map[string]string{"x-cell": r.key() + "/" + t.name}
			for k, v := range t.job.Headers {
				j.Headers[k] = v
			}
			out = append(out, j)
		}
	}
	return out
}

// A findings list collects what is wrong.
type findings []string

func (f *findings) must(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

func (f *findings) answered(r row, s sight, finish string) {
	f.must(s.Error == "", "raised %s (%d): %s", s.Error, s.Status, s.Message)
	if s.Error != "" {
		return
	}
	f.must(s.Role == "assistant" || s.Role == "" && r.blind["role"], "role %q", s.Role)
	f.must(s.Finish == r.word(finish) || s.Finish == "" && r.blind["finish"], "finish %q, want %q", s.Finish, r.word(finish))
	f.must(s.Model == r.named() || s.Model == "" && r.blind["model"], "model %q", s.Model)
	f.must(s.IDs <= 1, "%d different ids in one stream", s.IDs)
}

// counted checks the sum of what the calls used.
func (f *findings) counted(r row, s sight, calls []upstreamtest.Call) {
	if r.blind["usage"] || s.Error != "" {
		return
	}
	n := len(calls)
	f.must(s.Prompt == n*callTokens.Prompt && s.Completion == n*callTokens.Completion, "usage %d+%d for %d calls of %d+%d", s.Prompt, s.Completion, n, callTokens.Prompt, callTokens.Completion)
}

func isSmall(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.answered(r, s, "stop")
	f.must(s.Error != "" || s.Text == smallAnswer, "text %q", s.Text)
	f.must(len(calls) == 1, "%d calls upstream", len(calls))
	f.counted(r, s, calls)
	return f
}

func isBig(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.answered(r, s, "stop")
	f.must(s.Error != "" || s.Text == strings.Join(marks, "\n"), "text %q", s.Text)
	f.must(len(calls) >= 4, "%d calls upstream", len(calls))
	f.counted(r, s, calls)
	for _, c := range calls {
		f.must(c.Header.Get("Authorization") == "Bearer "+r.credential() || c.Header.Get("X-Api-Key") == r.credential(), "call %d came without the caller's key", c.N)
	}
	return f
}

func isSlow(r row, s sight, calls []upstreamtest.Call) []string {
	f := findings(isBig(r, s, calls))
	f.must(s.Error != "" || s.Seconds > 20, "took %.1f s: too short for keep-alives", s.Seconds)
	return f
}

// isFallback: keep-alives went out, decomposing failed, and the stream went on as the direct call's.
func isFallback(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.answered(r, s, "stop")
	f.must(s.Error != "" || s.Text == strings.Join(marks, "\n"), "text %q", s.Text)
	f.must(s.Error != "" || s.Seconds > 10, "took %.1f s: too short for keep-alives", s.Seconds)
	direct := 0
	for _, c := range calls {
		if isFinal(c) {
			direct++
		}
	}
	f.must(direct == 1, "%d direct calls", direct)
	return f
}

// isRefused: an answer of the planner's own, before anything was asked for but perhaps the plan.
func isRefused(status int, names string, planned int) func(row, sight, []upstreamtest.Call) []string {
	return func(r row, s sight, calls []upstreamtest.Call) []string {
		var f findings
		f.must(s.Error != "" && s.Status == status, "raised %q (%d), want status %d", s.Error, s.Status, status)
		f.must(strings.Contains(s.Message, names), "message %q", s.Message)
		f.must(len(calls) <= planned, "%d calls upstream", len(calls))
		return f
	}
}

func isTool(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.answered(r, s, "tool_calls")
	f.must(s.Error != "" || s.Tool == `weather {"city":"Bergen"}`, "tool %q", s.Tool)
	f.must(len(calls) == 1, "%d calls upstream", len(calls))
	return f
}

func isSchema(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	if r.blind["parsed"] {
		r.blind = hides("finish", "model")
	}
	f.answered(r, s, "stop")
	f.must(s.Error != "" || slices.Equal(s.Marks, marks), "parsed %q from %q", s.Marks, s.Text)
	f.must(len(calls) >= 3, "%d calls upstream", len(calls))
	asked := 0
	for _, c := range calls {
		if !isPlan(c) && bytes.Contains(c.Body, []byte("marks")) && bytes.Contains(c.Body, []byte("array")) {
			asked++
		}
	}
	f.must(asked > 0, "the schema reached no call")
	return f
}

func isEarly(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.must(s.Error == r.early, "raised %q (%d) %.300s, want %s", s.Error, s.Status, s.Message, r.early)
	f.must(s.Status == 403, "status %d", s.Status)
	f.must(strings.Contains(s.Message, refusal), "message %q", s.Message)
	f.must(runs(calls) == 1, "the request came %d times", runs(calls))
	return f
}

func isLate(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.must(slices.Contains(strings.Fields(r.late), s.Error), "raised %q (%d) %.300s, want %s; text %.60q, finish %q", s.Error, s.Status, s.Message, r.late, s.Text, s.Finish)
	f.must(strings.Contains(s.Message, broken), "message %q", s.Message)
	f.must(runs(calls) == 1, "the request came %d times", runs(calls))
	return f
}

// isGone: what ran when the client left was cancelled, and nothing was started after.
func isGone(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.must(s.Left || s.Error != "", "it did not leave: %+v", s)
	var cancelled, began time.Time
	for _, c := range calls {
		f.must(c.Done, "call %d still runs", c.N)
		if c.HungUp {
			if end := c.At.Add(c.Took); end.After(cancelled) {
				cancelled = end
			}
		}
		if c.At.After(began) {
			began = c.At
		}
	}
	f.must(!cancelled.IsZero(), "none of %d calls was cancelled", len(calls))
	f.must(!began.After(cancelled), "a call began %s after the others were cancelled", began.Sub(cancelled))
	f.must(cancelled.IsZero() || cancelled.Sub(calls[0].At) < 12*time.Second, "cancelled only after %s", cancelled.Sub(calls[0].At))
	return f
}

// isAgain: the client repeated a forwarded request by itself.
func isAgain(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	if r.lazy {
		f.must(s.Error != "" && len(calls) == 1, "a client without retries: %+v, %d calls", s, len(calls))
		return f
	}
	f.answered(r, s, "stop")
	f.must(s.Error != "" || s.Text == smallAnswer, "text %q", s.Text)
	f.must(len(calls) == 2, "%d calls upstream", len(calls))
	return f
}

// isNeverAgain: money was spent, and the client does as x-should-retry says.
func isNeverAgain(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	f.must(s.Error != "" && s.Status == 502, "raised %q (%d) %s", s.Error, s.Status, s.Message)
	want := 1
	if r.stubborn > 0 {
		want = r.stubborn
	}
	f.must(runs(calls) == want, "the request came %d times, want %d", runs(calls), want)
	return f
}

// isJoined: the client's time-out cut the connection, and its repetition got the answer of the first run.
func isJoined(r row, s sight, calls []upstreamtest.Call) []string {
	var f findings
	if r.lazy || r.patient {
		f.must(runs(calls) == 1, "the request ran %d times", runs(calls))
		return f
	}
	f.answered(r, s, "stop")
	f.must(s.Error != "" || s.Text == strings.Join(marks, "\n"), "text %q", s.Text)
	f.must(runs(calls) == 1, "the request ran %d times", runs(calls))
	f.must(s.Seconds > 6, "answered after %.1f s: nothing was cut", s.Seconds)
	return f
}

// runs counts how often a request was decomposed: each time the planner model is asked once.
func runs(calls []upstreamtest.Call) int {
	n := 0
	for _, c := range calls {
		if isPlan(c) {
			n++
		}
	}
	return n
}
