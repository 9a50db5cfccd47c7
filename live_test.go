//go:build go1.25

package haikuplanner_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// Operators with ordered output stream their first part while later ones still run.
func TestFirstPartIsLive(t *testing.T) {
	text := strings.Repeat("The harbour was full of ships that night.\n\n", 1200)
	for _, c := range []struct {
		name, operator string
		body           []byte
		header         []string
	}{
		{"transform", "transform", body("sonnet-4-x", map[string]any{"stream": true}, message{"user", "Translate the following text into Turkish, all of it:\n\n" + text}), nil},
		{"compose", "compose", body("sonnet-4-x", map[string]any{"stream": true, "max_tokens": 20000}, message{"user", "Write a 6,000-word report on harbours, with routes, storage, tests and history."}), []string{"X-Decompose", "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := upstreamtest.New(func(call upstreamtest.Call) upstreamtest.Reply {
					switch {
					case call.Schema == "advice":
						return upstreamtest.Reply{Text: "no"}
					case call.Schema == "outline":
						return upstreamtest.Reply{Text: `{"sections":[` + strings.Repeat(`{"title":"Part","brief":"b","words":500},`, 9) + `{"title":"End","brief":"e","words":500}]}`}
					}
					answer := strings.Repeat(fmt.Sprintf("Limandaki gemi %d o gece geldi.\n\n", call.N), 190)
					return upstreamtest.Reply{Text: answer, Delay: 4 * time.Second}
				})
				p := newPlanner(t, up)
				r, _ := http.NewRequest("POST", upstreamURL+"/v1/chat/completions", bytes.NewReader(c.body))
				for i := 0; i < len(c.header); i += 2 {
					r.Header.Set(c.header[i], c.header[i+1])
				}
				began := time.Now()
				resp, err := p.Transport(nil).RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if op := resp.Header.Get("X-Haiku-Planner-Operator"); op != c.operator {
					t.Fatalf("operator %q, %v", op, resp.Header)
				}
				var first time.Duration
				buf := make([]byte, 4096)
				for {
					n, err := resp.Body.Read(buf)
					if first == 0 && bytes.Contains(buf[:n], []byte("Limandaki")) {
						first = time.Since(began)
					}
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				whole := time.Since(began)
				if first == 0 || first > 10*time.Second || whole < 2*first {
					t.Errorf("first content after %s of %s", first, whole)
				}
			})
		})
	}
}
