package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

// roomy is the default configuration with caps out of the way of what is measured.
func roomy() haikuplanner.Config {
	c := haikuplanner.DefaultConfig()
	c.TotalTimeout = time.Hour
	return c
}

// tokens of the novel: 111,152 of o200k_base in 466,854 bytes.
const novelBytesPerToken = 466_854.0 / 111_152

// prompt is a request of about n tokens.
func (e *env) prompt(n int, stream bool) []byte {
	return chatBody("sonnet-4-x", e.text(int(float64(n)*novelBytesPerToken), 0), stream)
}

// sent is what came back for a big request.
type sent struct {
	wall, cpu float64 // nanoseconds
	calls     []struct{ Stage string }
	chunks    int
}

// send posts a body and reads the whole answer; anything but a decomposed 200 is an error.
func send(rt http.RoundTripper, url string, body []byte, cpu func() time.Duration) (sent, error) {
	var s sent
	r, err := http.NewRequest(http.MethodPost, url+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	r.Header.Set("Authorization", "Bearer sk-bench")
	r.Header.Set("Content-Type", "application/json")
	used, began := cpu(), time.Now()
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return s, err
	}
	s.wall, s.cpu = took(began), float64(cpu()-used)
	if got := resp.Header.Get("X-Haiku-Planner"); resp.StatusCode != 200 || got != "decomposed" {
		return s, fmt.Errorf("status %d, %s %s: %.300s", resp.StatusCode, got, resp.Header.Get("X-Haiku-Planner-Reason"), answer)
	}
	var v struct {
		Planner struct {
			Coverage struct{ Chunks int }
			Calls    []struct{ Stage string }
		} `json:"haiku_planner"`
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		return s, err
	}
	s.calls, s.chunks = v.Planner.Calls, v.Planner.Coverage.Chunks
	return s, nil
}

// big measures the CPU that a request of 200,000 tokens costs us, upstream being free.
func big(e *env, w io.Writer) error {
	p, err := haikuplanner.New(haikuplanner.WithConfig(roomy()), haikuplanner.WithBase(instant{}), haikuplanner.WithLiteLLM("http://litellm.test", "sk"))
	if err != nil {
		return err
	}
	t := table{head: []string{"prompt", "body", "calls", "CPU (quartiles)", "wall"}}
	for _, n := range []int{20_000, 50_000, 200_000} {
		body := e.prompt(n, false)
		var cpu, wall []float64
		calls := 0
		for i := range e.times(12) + 1 {
			s, err := send(p.Transport(nil), "http://litellm.test", body, ownCPU)
			if err != nil {
				return err
			}
			calls = len(s.calls)
			if i > 0 {
				cpu, wall = append(cpu, s.cpu), append(wall, s.wall)
			}
		}
		t.add(fmt.Sprintf("%dK tokens", n/1000), fmt.Sprintf("%d KB", len(body)>>10), fmt.Sprint(calls),
			fmt.Sprintf("**%s** (%s–%s)", millis(median(cpu)), millis(quantile(cpu, 0.25)), millis(quantile(cpu, 0.75))), millis(median(wall)))
	}
	t.write(w)
	fmt.Fprintln(w, "CPU of the whole process, garbage collection and the upstream function's reading included; no sockets.")
	return nil
}
