// Command peers counts and cuts texts on request, by our own packages and by other Go packages, so that peers.py can let them and Python's take turns. It reads
// one JSON object a line and answers with one. It is a module of its own: what it needs is not for users of the library.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
	pkoukk "github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
	"github.com/tiktoken-go/tokenizer"
	"github.com/tmc/langchaingo/textsplitter"
)

// A job is one thing to measure: Peer's way with the text of File, Times over.
type job struct {
	Op, Peer, Encoding, File string
	Times, Limit             int
}

// A result says what came out and what it cost in CPU seconds of this process, garbage collection included.
type result struct {
	CPU    float64  `json:"cpu"`
	Tokens int      `json:"tokens,omitempty"`
	Chunks []string `json:"chunks,omitempty"`
	Error  string   `json:"error,omitempty"`
}

func cpu() float64 {
	const processCPU = 2
	var ts syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, processCPU, uintptr(unsafe.Pointer(&ts)), 0)
	return float64(ts.Nano()) / 1e9
}

func main() {
	pkoukk.SetBpeLoader(loader.NewOfflineLoader())
	if len(os.Args) == 4 && os.Args[1] == "first" {
		if err := first(job{Peer: os.Args[2], Encoding: os.Args[3]}); err != nil {
			log.Fatal(err)
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var j job
		if err := json.Unmarshal(in.Bytes(), &j); err != nil {
			log.Fatal(err)
		}
		r, err := do(j)
		if err != nil {
			r = result{Error: err.Error()}
		}
		if err := out.Encode(r); err != nil {
			log.Fatal(err)
		}
	}
}

// first says how long the first count of this process takes, and how much more memory it has afterwards.
func first(j job) error {
	before, err := resident()
	if err != nil {
		return err
	}
	began := time.Now()
	count, err := counter(j)
	if err != nil {
		return err
	}
	if _, err := count("Two words."); err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	after, err := resident()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{"seconds": seconds, "megabytes": (after - before) / 1e6})
}

// resident is the memory of this process, in bytes.
func resident() (float64, error) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, pages float64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		return 0, err
	}
	return pages * float64(os.Getpagesize()), nil
}

func do(j job) (r result, err error) {
	raw, err := os.ReadFile(j.File)
	if err != nil {
		return r, err
	}
	text := string(raw)
	var f func() error
	switch j.Op {
	case "count":
		count, err := counter(j)
		if err != nil {
			return r, err
		}
		f = func() error { r.Tokens, err = count(text); return err }
	case "cut":
		cut, err := cutter(j, text)
		if err != nil {
			return r, err
		}
		f = func() error { r.Chunks, err = cut(); return err }
	default:
		return r, fmt.Errorf("unknown op %q", j.Op)
	}
	began := cpu()
	for range j.Times {
		if err := f(); err != nil {
			return r, err
		}
	}
	r.CPU = (cpu() - began) / float64(j.Times)
	return r, nil
}

func counter(j job) (func(string) (int, error), error) {
	switch j.Peer {
	case "ours":
		enc := tokens.O200K()
		if j.Encoding == "cl100k_base" {
			enc = tokens.CL100K()
		}
		enc.Count("ready")
		return func(s string) (int, error) { return enc.Count(s), nil }, nil
	case "tiktoken-go/tokenizer":
		codec, err := tokenizer.Get(tokenizer.Encoding(j.Encoding))
		if err != nil {
			return nil, err
		}
		return codec.Count, nil
	case "pkoukk/tiktoken-go":
		enc, err := pkoukk.GetEncoding(j.Encoding)
		if err != nil {
			return nil, err
		}
		return func(s string) (int, error) { return len(enc.EncodeOrdinary(s)), nil }, nil
	}
	return nil, fmt.Errorf("unknown peer %q", j.Peer)
}

// cutter returns a function that cuts the text into chunks of at most j.Limit tokens. Ours is the whole of a plan: reading the request, counting, dividing, cutting.
func cutter(j job, text string) (func() ([]string, error), error) {
	switch j.Peer {
	case "ours":
		c := haikuplanner.DefaultConfig()
		c.MaxBodyBytes, c.MaxBufferedBytes = 1<<30, 1<<30
		c.MaxCostPerRequest, c.CostOptimizationEnabled = 1e6*haikuplanner.Dollar, true
		body, err := json.Marshal(map[string]any{"model": "m", "messages": []map[string]string{{"role": "user", "content": "Summarize what the next text says."}, {"role": "user", "content": text}, {"role": "user", "content": "Summarize it."}}})
		if err != nil {
			return nil, err
		}
		return func() ([]string, error) {
			// A new one each time: it would remember counts.
			p, err := haikuplanner.New(haikuplanner.WithConfig(c), haikuplanner.WithChunkSizes(j.Limit/3, j.Limit, j.Limit), haikuplanner.WithRules())
			if err != nil {
				return nil, err
			}
			r, err := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
			if err != nil {
				return nil, err
			}
			r.Header.Set("X-Decompose", "1")
			plan, err := p.Plan(context.Background(), r)
			if err != nil {
				return nil, err
			}
			var out []string
			for _, c := range plan.Chunks {
				if c.Message == 1 {
					out = append(out, text[c.Start:c.End])
				}
			}
			return out, nil
		}, nil
	case "langchaingo recursive", "langchaingo Markdown":
		enc, err := pkoukk.GetEncoding(j.Encoding)
		if err != nil {
			return nil, err
		}
		options := []textsplitter.Option{textsplitter.WithChunkSize(j.Limit), textsplitter.WithChunkOverlap(0), textsplitter.WithLenFunc(func(s string) int { return len(enc.EncodeOrdinary(s)) })}
		if j.Peer == "langchaingo recursive" {
			s := textsplitter.NewRecursiveCharacter(options...)
			return func() ([]string, error) { return s.SplitText(text) }, nil
		}
		s := textsplitter.NewMarkdownTextSplitter(options...)
		return func() ([]string, error) { return s.SplitText(text) }, nil
	}
	return nil, fmt.Errorf("unknown peer %q", j.Peer)
}
