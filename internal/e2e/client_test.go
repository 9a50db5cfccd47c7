//go:build litellm

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

type object = map[string]any

// An answer is what a client gets.
type answer struct {
	status  int
	header  http.Header
	trailer http.Header
	body    []byte
	took    time.Duration

	text   string // of the completion, streamed or not
	finish string
	usage  struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
	planner struct {
		Decomposed bool    `json:"decomposed"`
		Executed   int     `json:"chunks_executed"`
		Successful int     `json:"chunks_successful"`
		TotalCost  float64 `json:"total_cost"`
		DirectCost float64 `json:"direct_cost"`
		Coverage   struct {
			Chunks, Read, Skipped, Bytes int
			BytesRead                    int `json:"bytes_read"`
		} `json:"coverage"`
		Calls []struct {
			Stage  string
			Model  string
			Cost   float64
			Cached bool
		} `json:"calls"`
	}
	fault struct {
		Message, Type string
		Param, Code   any
	}
	events int
	done   bool
}

// post sends body (a string as it is, anything else as JSON) to a path of base.
func post(t *testing.T, base, path string, body any, headers ...string) *answer {
	t.Helper()
	raw, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	req, err := http.NewRequest(http.MethodPost, base+path, strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+masterKey)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	began := time.Now()
	res, err := (&http.Client{Timeout: 3 * time.Minute}).Do(req)
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	defer res.Body.Close()
	a := &answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		t.Fatalf("POST %s: reading the answer: %v", path, err)
	}
	a.took, a.trailer = time.Since(began), res.Trailer
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		a.stream(t)
		return a
	}
	var whole struct {
		Choices []struct {
			Message struct{ Content string } `json:"message"`
			Finish  string                   `json:"finish_reason"`
		}
		Usage   json.RawMessage
		Planner json.RawMessage `json:"haiku_planner"`
		Error   json.RawMessage
	}
	if json.Unmarshal(a.body, &whole) == nil {
		if len(whole.Choices) > 0 {
			a.text, a.finish = whole.Choices[0].Message.Content, whole.Choices[0].Finish
		}
		a.parts(t, whole.Usage, whole.Planner, whole.Error)
	}
	return a
}

func (a *answer) parts(t *testing.T, usage, planner, fault json.RawMessage) {
	t.Helper()
	for into, raw := range map[any]json.RawMessage{&a.usage: usage, &a.planner: planner, &a.fault: fault} {
		if len(raw) > 0 && raw[0] == '{' {
			if err := json.Unmarshal(raw, into); err != nil {
				t.Errorf("%s: %v", raw, err)
			}
		}
	}
}

func (a *answer) stream(t *testing.T) {
	t.Helper()
	lines := bufio.NewReader(bytes.NewReader(a.body))
	for {
		line, err := lines.ReadString('\n')
		if data, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "data: "); ok {
			a.events++
			if data == "[DONE]" {
				a.done = true
				continue
			}
			if a.done {
				t.Error("data after [DONE]")
			}
			var chunk struct {
				Choices []struct {
					Delta  struct{ Content string } `json:"delta"`
					Finish string                   `json:"finish_reason"`
				}
				Usage   json.RawMessage
				Planner json.RawMessage `json:"haiku_planner"`
				Error   json.RawMessage
			}
			if err := json.Unmarshal([]byte(data), &chunk); err != nil {
				t.Fatalf("event %q: %v", data, err)
			}
			for _, c := range chunk.Choices {
				a.text += c.Delta.Content
				if c.Finish != "" {
					if a.finish != "" {
						t.Error("two finish reasons")
					}
					a.finish = c.Finish
				}
			}
			a.parts(t, chunk.Usage, chunk.Planner, chunk.Error)
		} else if trimmed := strings.TrimSpace(line); trimmed != "" {
			t.Errorf("a line of the stream is no data: %q", trimmed)
		}
		if err != nil {
			return
		}
	}
}

// must stops the test unless the answer is a 200 that was decomposed or forwarded as said.
func (a *answer) must(t *testing.T, how string) *answer {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("X-Haiku-Planner") != how {
		t.Fatalf("status %d, x-haiku-planner %q (%s), want 200 and %q: %s", a.status, a.header.Get("X-Haiku-Planner"),
			a.header.Get("X-Haiku-Planner-Reason"), how, tail(string(a.body), 1500))
	}
	return a
}

// A document is text of at least so many tokens with marks scattered over it. No line of it occurs twice.
type document struct {
	text  string
	marks []string
}

var words = strings.Fields(`harbour ledger willow copper meadow signal lantern orchard granite velvet compass thunder saddle ribbon marble
	candle anchor barrel cotton timber magnet silver garden bridge window basket mirror pepper summer winter river castle engine forest island jacket`)

func write(seed uint64, size int) document {
	rnd := rand.New(rand.NewPCG(seed, 7))
	var d document
	var b strings.Builder
	const perLine = 24 // tokens, about
	lines := size/perLine + 1
	at := map[int]int{}
	for i := range 21 { // the first and the last line too
		at[i*(lines-1)/20] = i
	}
	for i, n := 0, 0; i < lines || n < size; i++ {
		if m, ok := at[i]; ok {
			s := fmt.Sprintf("MARK-%02d: %s%d", m, words[rnd.IntN(len(words))], rnd.IntN(1e6))
			d.marks = append(d.marks, s)
			b.WriteString(s + "\n")
		}
		line := fmt.Sprintf("Entry %d of %d says:", i, seed)
		for range 14 {
			line += " " + words[rnd.IntN(len(words))]
		}
		line += ".\n"
		if i%6 == 5 {
			line += "\n"
		}
		b.WriteString(line)
		n += tokens.O200K().Count(line)
	}
	d.text = b.String()
	return d
}

const instruction = "List every line that begins with MARK-, in order."

// ask is the request of a client that wants to know the marks of d.
func ask(model string, d document, more ...object) object {
	body := object{"model": model, "messages": []object{{"role": "user", "content": instruction + "\n\n" + d.text}}}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	return body
}

// holds checks that every mark is in the answer.
func (a *answer) holds(t *testing.T, d document) {
	t.Helper()
	if len(d.marks) != 21 {
		t.Fatalf("the document has %d marks", len(d.marks))
	}
	for _, m := range d.marks {
		if !strings.Contains(a.text, m) {
			t.Errorf("the answer lacks %q", m)
		}
	}
}
