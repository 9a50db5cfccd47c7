//go:build litellm

package e2e

import (
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The compose file's services over the sample files as they stand, before a provider that speaks Anthropic's API.
func TestSampleConfigs(t *testing.T) {
	for i, name := range []string{"config.full.yaml", "config.minimal.yaml"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, filepath.Join(deployment, name), false, map[string]string{"ANTHROPIC_API_BASE": "PROVIDER"})

			log := s.proxy.out.String()
			for _, want := range []string{"✅ Config yüklendi: " + s.config, "OPTIMAL_CHUNK_SIZE: 1500", "COST_OPTIMIZATION_ENABLED: true", "LARGE_REQUEST_THRESHOLD: 8000",
				"MAX_TOKENS_THRESHOLD: 15000", "MAX_CHUNKS: 3", "PLANNER_MODEL: autox", "TOTAL_TIMEOUT: 600"} {
				if !strings.Contains(log, want) {
					t.Errorf("the start-up log does not say %q", want)
				}
			}
			if strings.Contains(log, masterKey) {
				t.Error("the log holds the master key")
			}

			d := write(uint64(100+i), 20_000)
			a := post(t, s.url, "/v1/chat/completions", ask("sonnet-4-x", d)).must(t, "decomposed")
			a.holds(t, d)
			s.covered(t, d)
			small := post(t, s.url, "/chat/completions", object{"model": "autox", "messages": []object{{"role": "user", "content": "Say MARK-99: hello"}}})
			if small.must(t, "forwarded"); small.text != "MARK-99: hello" || small.header.Get("X-Haiku-Planner-Reason") != "small" {
				t.Errorf("small request: %q, reason %q", small.text, small.header.Get("X-Haiku-Planner-Reason"))
			}
			streamed := post(t, s.url, "/chat/completions", ask("sonnet-4-x", write(uint64(110+i), 12_000), object{"stream": true})).must(t, "decomposed")
			if !streamed.done || streamed.finish != "stop" {
				t.Errorf("stream: done %v, finish %q", streamed.done, streamed.finish)
			}
			if !s.proxy.stop(20 * time.Second) {
				t.Error("the proxy did not end when it was asked to")
			}
		})
	}
}

// A file that cannot be right is named with its line, and the exit code is 2.
func TestCheckOfBadConfig(t *testing.T) {
	binary := buildProxy(t)
	cmd := exec.Command(binary, "-check", "-config", "testdata/typo.yaml")
	out, err := cmd.CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 2 {
		t.Errorf("-check of a file with a typo: %v, want exit code 2", err)
	}
	if !strings.Contains(string(out), "testdata/typo.yaml:3") || !strings.Contains(string(out), "optimal_chunk_size") {
		t.Errorf("the error names neither line nor the nearest key:\n%s", out)
	}
}

// covered checks that every line of the document's text stands in some call other than the planner's, as the provider got it.
func (s *stack) covered(t *testing.T, d document) {
	t.Helper()
	read := s.readByCalls()
	missing := 0
	for _, line := range strings.SplitAfter(d.text, "\n") {
		if line != "" && line != "\n" && !strings.Contains(read, line) {
			if missing++; missing == 1 {
				t.Errorf("no call carries the line %q", line)
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d lines reached no call", missing)
	}
}

// readByCalls is the text of all calls that the provider got, except the planner's.
func (s *stack) readByCalls() string {
	var b strings.Builder
	for _, c := range s.provider.up.Calls() {
		if isPlan(c) {
			continue
		}
		for _, m := range c.Messages {
			b.WriteString(m.Text)
			b.WriteString("\x00")
		}
	}
	return b.String()
}

func get(t *testing.T, url string, headers ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body := new(strings.Builder)
	if _, err := io.Copy(body, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, body.String()
}
