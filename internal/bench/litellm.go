package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// litellm starts a real LiteLLM before an upstream, with one worker and nothing that slows it down: no keys, no database, no cache.
func (e *env) litellm(up *process) (*process, error) {
	python := os.Getenv("LITELLM_PYTHON")
	if python == "" {
		return nil, errors.New("LITELLM_PYTHON is not set: run `make bench`, or first eval \"$(.ci/litellm .cache/litellm)\"")
	}
	config := "model_list:\n"
	for model, prices := range map[string][2]string{"autox": {"2.5e-07", "1.25e-06"}, "sonnet-4-x": {"3e-06", "1.5e-05"}} {
		config += fmt.Sprintf("  - model_name: %s\n    litellm_params: {model: openai/m, api_base: \"http://%s/v1\", api_key: sk-bench}\n"+
			"    model_info: {input_cost_per_token: %s, output_cost_per_token: %s, max_input_tokens: 200000, max_output_tokens: 4096}\n", model, up.addr, prices[0], prices[1])
	}
	file := filepath.Join(e.dir, "litellm.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(filepath.Join(filepath.Dir(python), "litellm"), "--config", file, "--host", "127.0.0.1", "--port", port)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), "LITELLM_LOCAL_MODEL_COST_MAP=True", "LITELLM_LOG=ERROR")
	log, err := os.Create(filepath.Join(e.dir, "litellm.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, addr: addr, done: make(chan struct{})}
	e.procs = append(e.procs, p)
	go func() {
		defer close(p.done)
		cmd.Wait()
	}()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(2 * time.Minute); ; {
		if resp, err := http.Get("http://" + addr + "/health/liveliness"); err == nil {
			if resp.Body.Close(); resp.StatusCode == http.StatusOK {
				return p, nil
			}
		}
		select {
		case <-p.done:
			said, _ := os.ReadFile(log.Name())
			return nil, fmt.Errorf("LiteLLM ended before it served: %.2000s", said)
		case <-end:
			return nil, errors.New("LiteLLM did not serve within two minutes")
		case <-tick.C:
		}
	}
}
