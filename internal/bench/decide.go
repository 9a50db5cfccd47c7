package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

// A mark is a base transport that notes when the first chat call reached it, and how much CPU was used until then.
type mark struct {
	instant
	began     time.Time
	cpu       time.Duration
	wall, own float64
}

func (m *mark) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && m.wall == 0 {
		m.wall, m.own = took(m.began), float64(ownCPU()-m.cpu)
	}
	return m.instant.RoundTrip(r)
}

// decide measures how long it takes from a body of a megabyte in hand to the first call that goes out for it: the planner's, or the request itself where it is
// forwarded.
func decide(e *env, w io.Writer) error {
	t := table{head: []string{"1 MB of", "model", "decision", "first call after (quartiles)", "CPU until then"}}
	kinds := []struct {
		name string
		text string
	}{
		{"prose", e.text(1<<20, 0)},
		{"code", goCode(1 << 20)},
		{"logs", logs(1 << 20)},
	}
	for _, kind := range kinds {
		for _, model := range []string{"sonnet-4-x", "autox"} {
			for _, again := range []bool{false, true} {
				base := &mark{}
				p, err := haikuplanner.New(haikuplanner.WithConfig(roomy()), haikuplanner.WithBase(base), haikuplanner.WithLiteLLM("http://litellm.test", "sk"))
				if err != nil {
					return err
				}
				body := chatBody(model, kind.text, false)
				decision := ""
				var wall, cpu []float64
				for i := range e.times(15) + 1 {
					if !again {
						stamp(body, stamps.Add(1))
					}
					r, err := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
					if err != nil {
						return err
					}
					base.wall, base.cpu, base.began = 0, ownCPU(), time.Now()
					resp, err := p.Transport(nil).RoundTrip(r)
					if err != nil {
						return err
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					decision = resp.Header.Get("X-Haiku-Planner") + ", " + resp.Header.Get("X-Haiku-Planner-Reason")
					if i > 0 {
						wall, cpu = append(wall, base.wall), append(cpu, base.own)
					}
				}
				name := kind.name
				if again {
					name += ", seen before"
				}
				t.add(name, model, decision, fmt.Sprintf("**%s** (%s–%s)", millis(median(wall)), millis(quantile(wall, 0.25)), millis(quantile(wall, 0.75))), millis(median(cpu)))
			}
		}
	}
	t.write(w)
	fmt.Fprintln(w, "From RoundTrip to the first upstream call: reading the body, counting, the price gate, and for the planner's call the outline and its prompt.")
	return nil
}
