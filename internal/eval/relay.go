package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// An exchange is one call to the model and its answer, as a line of the file that keeps them.
type exchange struct {
	Key    string  `json:"key"` // a hash of model, path and body
	Answer string  `json:"answer"`
	MS     float64 `json:"ms"` // how long the model took when it was asked

}

// spent is what calls took.
type spent struct {
	calls, prompt, written int
	ms                     float64
}

func (s *spent) add(o spent) {
	s.calls, s.prompt, s.written, s.ms = s.calls+o.calls, s.prompt+o.prompt, s.written+o.written, s.ms+o.ms
}

// A relay stands before the server, for all ways alike. It counts, and answers a call that was made before from its file: an interrupted run goes on where it stopped, and
// a changed prompt costs only the calls that it changes.
type relay struct {
	to    *url.URL
	model string

	mu    sync.Mutex
	file  *os.File
	known map[string]*exchange
	sum   spent // since it was last taken
	speed struct{ prompt, promptMS, written, writtenMS float64 }
}

// newRelay keeps its exchanges in file, which is made if need be; "" keeps them in memory.
func newRelay(to *url.URL, model, file string) (*relay, error) {
	y := &relay{to: to, model: model, known: map[string]*exchange{}}
	if file == "" {
		return y, nil
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	y.file = f
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			if len(line) > 0 {
				_, err = f.WriteString("\n") // it was cut off, and is asked again
				return y, err
			}
			return y, nil
		}
		if err != nil {
			return nil, err
		}
		var e exchange
		if json.Unmarshal(line, &e) == nil {
			y.known[e.Key] = &e
		}
	}
}

// ask gives the model's answer to a body, from the file where it holds it. Only good answers are kept.
func (y *relay) ask(r *http.Request, path string, body []byte) (status int, answer []byte, err error) {
	sum := sha256.Sum256([]byte(y.model + "\x00" + path + "\x00" + string(body)))
	key := hex.EncodeToString(sum[:])
	y.mu.Lock()
	e := y.known[key]
	y.mu.Unlock()
	if e == nil {
		u := *y.to
		u.Path = strings.TrimRight(u.Path, "/") + path
		out, err := http.NewRequestWithContext(r.Context(), http.MethodPost, u.String(), bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		out.Header.Set("Content-Type", "application/json")
		began := time.Now()
		resp, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			return 0, nil, err
		}
		defer resp.Body.Close()
		if answer, err = io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			return resp.StatusCode, answer, err
		}
		e = &exchange{Key: key, Answer: string(answer), MS: float64(time.Since(began).Milliseconds())}
	}
	return http.StatusOK, []byte(e.Answer), y.book(e)
}

// book counts an exchange, and keeps it if it is new.
func (y *relay) book(e *exchange) error {
	var v struct {
		Usage struct {
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
		}
		Timings struct {
			Prompt    float64 `json:"prompt_n"`
			PromptMS  float64 `json:"prompt_ms"`
			Written   float64 `json:"predicted_n"`
			WrittenMS float64 `json:"predicted_ms"`
		}
	}
	if err := json.Unmarshal([]byte(e.Answer), &v); err != nil {
		return fmt.Errorf("the server's answer is not JSON: %w", err)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.sum.add(spent{1, v.Usage.Prompt, v.Usage.Completion, e.MS})
	y.speed.prompt, y.speed.promptMS = y.speed.prompt+v.Timings.Prompt, y.speed.promptMS+v.Timings.PromptMS
	y.speed.written, y.speed.writtenMS = y.speed.written+v.Timings.Written, y.speed.writtenMS+v.Timings.WrittenMS
	if y.known[e.Key] != nil || y.file == nil {
		return nil
	}
	y.known[e.Key] = e
	_, err := y.file.WriteString(compact(e) + "\n")
	return err
}

// take is what was spent since it was last called.
func (y *relay) take() spent {
	y.mu.Lock()
	defer y.mu.Unlock()
	s := y.sum
	y.sum = spent{}
	return s
}

// serve lets other programs in, at the address that it returns.
func (y *relay) serve() (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		status, answer, err := y.ask(r, r.URL.Path, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(answer) // who went away needs no answer
	})}
	go func() { _ = s.Serve(l) }() // as long as the program
	return "http://" + l.Addr().String(), nil
}
