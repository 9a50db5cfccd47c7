//go:build litellm

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Every API that is decomposed, through a real LiteLLM, before a provider that speaks OpenAI's APIs and before one that speaks Anthropic's.
func TestDialects(t *testing.T) {
	s := start(t, "testdata/dialects.yaml", false, map[string]string{"PROVIDER_URL": "PROVIDER/v1", "PROVIDER_KEY": "sk-provider", "ANTHROPIC_API_BASE": "PROVIDER"})
	claude := s.beside(t, "testdata/claude.yaml")
	for _, p := range []struct {
		name, fast, deep string
		*stack
	}{{"OpenAI", "autox", "sonnet-4-x", s}, {"Anthropic", "claude-fast", "claude-deep", claude}} {
		for i := range dialects {
			c := &cell{stack: p.stack, dialect: &dialects[i], fast: p.fast, deep: p.deep}
			t.Run(c.name+" before "+p.name, func(t *testing.T) {
				t.Run("small", c.small)
				t.Run("small streamed", c.smallStreamed)
				t.Run("tools", c.withTools)
				t.Run("big", c.big)
				t.Run("big streamed", c.bigStreamed)
				t.Run("big under a schema", c.underSchema)
				t.Run("error before streaming", c.errorBefore)
				t.Run("error while streaming", c.errorWithin)
			})
		}
	}
}

// A cell is a dialect before a kind of provider.
type cell struct {
	*stack
	*dialect
	fast, deep string
}

// beside starts another proxy with another config before the same LiteLLM, seen through the same tap.
func (s *stack) beside(t *testing.T, config string) *stack {
	t.Helper()
	abs, err := filepath.Abs(config)
	if err != nil {
		t.Fatal(err)
	}
	_, old, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	port := freePort(t)
	other := *s
	other.config, other.url = abs, "http://127.0.0.1:"+port
	var env []string
	for _, e := range s.proxy.cmd.Env {
		e = strings.ReplaceAll(e, s.config, abs)
		if name, value, _ := strings.Cut(e, "="); value == old {
			e = name + "=" + port
		}
		env = append(env, e)
	}
	other.proxy = launch(t, "haiku-proxy of "+filepath.Base(config), s.proxy.cmd.Path, s.proxy.cmd.Args[1:], env)
	until(t, 30*time.Second, config+"'s proxy", other.proxy, func() error {
		resp, err := http.Get(other.url + "/health/ready")
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
	return &other
}

// fresh are the seeds of documents: none is used twice.
var seed uint64 = 1000

func (c *cell) document() (document, string) {
	seed++
	d := write(seed, 9_000)
	return d, instruction + "\n\n" + d.text
}

// forwarded checks that LiteLLM got the very bytes, once, under the path that it knows, and with the caller's own credentials.
func (c *cell) forwarded(t *testing.T, raw []byte, reason string, h *heard) {
	t.Helper()
	if got := h.header.Get("X-Haiku-Planner-Reason"); got != reason {
		t.Errorf("reason %q, want %q", got, reason)
	}
	posts := c.tap.all()
	if len(posts) != 1 {
		t.Fatalf("%d calls reached LiteLLM", len(posts))
	}
	if p := posts[0]; p.Path != c.path || !bytes.Equal(p.Body, raw) {
		t.Errorf("LiteLLM got %s, %s; sent was %s", p.Path, p.Body, raw)
	}
}

// oddly spaces JSON out as no encoder does, so that a body that was written anew shows.
func oddly(t *testing.T, body object) []byte {
	raw := marshal(t, body)
	return append(append([]byte("\n {  "), raw[1:len(raw)-1]...), "\t} \n"...)
}

func (c *cell) small(t *testing.T) {
	c.use(reader("answer").Script)
	raw := oddly(t, c.request(c.deep, "Say MARK-99: hello"))
	h := c.ask(t, c.dialect, raw).must(t, "forwarded")
	c.forwarded(t, raw, "small", h)
	h.ended(t)
	if h.text != "MARK-99: hello" || h.in == 0 || h.out == 0 {
		t.Errorf("text %q, usage %d, %d", h.text, h.in, h.out)
	}
}

func (c *cell) smallStreamed(t *testing.T) {
	c.use(reader("answer").Script)
	raw := oddly(t, c.request(c.deep, "Say MARK-99: hello", c.asStream()))
	h := c.ask(t, c.dialect, raw).must(t, "forwarded")
	c.forwarded(t, raw, "small", h)
	if h.text != "MARK-99: hello" || len(h.events) < 2 {
		t.Errorf("text %q, %d events: %s", h.text, len(h.events), tail(string(h.body), 1500))
	}
}

func (c *cell) withTools(t *testing.T) {
	if c.tools == nil {
		return
	}
	c.use(reader("answer").Script)
	raw := oddly(t, c.request(c.deep, "Say MARK-99: hello", c.tools))
	h := c.ask(t, c.dialect, raw).must(t, "forwarded")
	c.forwarded(t, raw, "small", h)
	if calls := c.provider.up.Calls(); len(calls) != 1 || !bytes.Contains(calls[0].Body, []byte(`"lookup"`)) {
		t.Errorf("the tool did not reach the provider: %d calls", len(calls))
	}
	_, prompt := c.document()
	c.use(reader("answer").Script)
	raw = oddly(t, c.request(c.deep, prompt, c.tools))
	h = c.ask(t, c.dialect, raw).must(t, "forwarded")
	c.forwarded(t, raw, "tools", h)
}

// complete checks the answer to a request that was decomposed.
func (c *cell) complete(t *testing.T, h *heard, d document) {
	t.Helper()
	h.must(t, "decomposed")
	for _, m := range d.marks {
		if !strings.Contains(h.text, m) {
			t.Errorf("the answer lacks %q: %s", m, tail(h.text, 600))
			break
		}
	}
	c.covered(t, d)
	h.ended(t)
	u := c.provider.usage()
	if h.in != u.Prompt || h.out != u.Completion || h.usages != 1 {
		t.Errorf("usage %d and %d, stated %d times; the provider counted %d and %d", h.in, h.out, h.usages, u.Prompt, u.Completion)
	}
	calls, _ := dig(h.planner(), "calls").([]any)
	if n := len(c.provider.up.Calls()); n != len(calls) || n < 5 {
		t.Errorf("the provider got %d calls, the ledger has %d", n, len(calls))
	}
	if cost, _ := dig(h.planner(), "total_cost").(float64); cost <= 0 {
		t.Errorf("total_cost %v", dig(h.planner(), "total_cost"))
	}
	for _, p := range c.tap.all() {
		if p.Path != c.path {
			t.Errorf("a call of ours went to %s", p.Path)
			break
		}
	}
}

func (c *cell) big(t *testing.T) {
	d, prompt := c.document()
	c.use(reader("answer").Script)
	h := c.ask(t, c.dialect, c.request(c.deep, prompt))
	c.complete(t, h, d)
	var b any
	json.Unmarshal(h.body, &b)
	if dig(b, "model") != c.deep {
		t.Errorf("the answer's model is %v", dig(b, "model"))
	}
}

func (c *cell) bigStreamed(t *testing.T) {
	d, prompt := c.document()
	c.use(reader("answer").Script)
	h := c.ask(t, c.dialect, c.request(c.deep, prompt, c.asStream()))
	c.complete(t, h, d)
	h.stream(t, h)
	if read, total := ratio(t, h.trailer.Get("X-Haiku-Planner-Chunks")); read != total || total == 0 {
		t.Errorf("trailer: %d/%d", read, total)
	}
}

var marksForm = object{"type": "object", "properties": object{"marks_found": object{"type": "array", "items": object{"type": "string"}}},
	"required": []string{"marks_found"}, "additionalProperties": false}

// underSchema: the answer has the form that the caller asked for, and the final call was told of it.
func (c *cell) underSchema(t *testing.T) {
	if c.name == "completions" && c.deep == "sonnet-4-x" {
		return // LiteLLM refuses response_format there
	}
	d, prompt := c.document()
	worker := reader("answer")
	var told bool
	c.use(func(call upstreamtest.Call) upstreamtest.Reply {
		if strings.Contains(string(call.Body), "marks_found") && call.Schema == "" || strings.Contains(string(call.SchemaRaw), "marks_found") {
			told = told || strings.Contains(string(call.SchemaRaw), "marks_found")
			var found []string
			for _, m := range call.Messages {
				found = append(found, mark.FindAllString(m.Text, -1)...)
			}
			return upstreamtest.Reply{Text: upstreamtest.Fill(marshal(t, marksForm), found)}
		}
		return worker.Script(call)
	})
	h := c.ask(t, c.dialect, c.request(c.deep, prompt, c.schema(marksForm)))
	c.complete(t, h, d)
	if !told {
		t.Error("no call was put under the caller's schema")
	}
	var form struct {
		Marks []string `json:"marks_found"`
	}
	if err := json.Unmarshal([]byte(h.text), &form); err != nil || len(form.Marks) < len(d.marks) {
		t.Errorf("the answer is not in the form asked for: %v: %s", err, tail(h.text, 400))
	}
}

// errorBefore: a forced request whose chunks fail for good gets an error status in the dialect's own shape, streamed or not.
func (c *cell) errorBefore(t *testing.T) {
	worker := reader("answer")
	for _, more := range []object{{}, c.asStream()} {
		_, prompt := c.document()
		c.use(func(call upstreamtest.Call) upstreamtest.Reply {
			if call.Schema != "" && !isPlan(call) {
				return upstreamtest.Reply{Status: 400, Error: "the provider will not have this one"}
			}
			return worker.Script(call)
		})
		h := c.ask(t, c.dialect, c.request(c.deep, prompt, more), "X-Decompose", "1")
		var b any
		json.Unmarshal(h.body, &b)
		kind := c.fault(b)
		if h.status != http.StatusBadGateway || kind == nil || !strings.HasPrefix(h.header.Get("Content-Type"), "application/json") || h.header.Get("X-Should-Retry") != "false" {
			t.Errorf("status %d, %s, x-should-retry %q, error type %v: %s", h.status, h.header.Get("Content-Type"), h.header.Get("X-Should-Retry"), kind, tail(string(h.body), 600))
		}
		if !strings.Contains(string(h.body), "the provider will not have this one") {
			t.Errorf("the error does not say what upstream said: %s", tail(string(h.body), 600))
		}
	}
}

// errorWithin: an error after content was streamed ends the stream in a way that the API's clients raise on.
func (c *cell) errorWithin(t *testing.T) {
	worker := reader("answer")
	for name, fault := range map[string]upstreamtest.Reply{
		"said":    {StreamChunks: []string{"one ", "two ", "three "}, Pause: 50 * time.Millisecond, StreamError: "the engine broke"},
		"cut off": {StreamChunks: []string{"one ", "two ", "three ", strings.Repeat("four ", 2000)}, Pause: 50 * time.Millisecond, Cut: 6000},
	} {
		_, prompt := c.document()
		c.use(func(call upstreamtest.Call) upstreamtest.Reply {
			if call.Schema == "" {
				return fault
			}
			return worker.Script(call)
		})
		h := c.ask(t, c.dialect, c.request(c.deep, prompt, c.asStream()))
		if h.status != http.StatusOK || !strings.HasPrefix(h.text, "one two three ") || len(h.finishes) > 0 && h.finishes[0] != "failed" || !c.cut(h) {
			t.Errorf("%s: status %d, text %q, ends %q, broken %v: %s", name, h.status, tail(h.text, 100), h.finishes, h.broken, tail(string(h.body), 1500))
		}
	}
}
