package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// children are the servers that this program is when it is started with their name.
var children = map[string]func(args []string) error{
	"upstream": upstreamMain,
	"bare":     bareMain,
}

func listen(h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("listening on", l.Addr())
	return (&http.Server{Handler: h}).Serve(l)
}

// An upstream answers chat completions at once or after a fixed delay: a plan, notes of a chunk or a final answer, by what the call asks for. It counts tokens
// as a quarter of the bytes.
type upstream struct {
	delay  time.Duration
	pieces int           // of a streamed answer
	pause  time.Duration // before each but the first
}

func upstreamMain(args []string) error {
	f := flag.NewFlagSet("upstream", flag.ExitOnError)
	u := &upstream{}
	f.DurationVar(&u.delay, "delay", 0, "before each answer")
	f.IntVar(&u.pieces, "pieces", 20, "of a streamed answer")
	f.DurationVar(&u.pause, "pause", 0, "before each piece but the first")
	f.Parse(args)
	return listen(u)
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, modelInfo)
		return
	}
	var body []byte
	if r.ContentLength >= 0 {
		body = make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return
		}
	} else {
		body, _ = io.ReadAll(r.Body)
	}
	if u.delay > 0 {
		clock := time.NewTimer(u.delay)
		defer clock.Stop()
		select {
		case <-clock.C:
		case <-r.Context().Done():
			return
		}
	}
	if bytes.Contains(body[max(0, len(body)-4096):], []byte(`"stream":true`)) {
		u.stream(w, r)
		return
	}
	answer := reply(body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	w.Write(answer)
}

// stream answers with pieces that say when they were sent.
func (u *upstream) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range u.pieces {
		if i > 0 && u.pause > 0 {
			clock := time.NewTimer(u.pause)
			select {
			case <-clock.C:
			case <-r.Context().Done():
				clock.Stop()
				return
			}
		}
		fmt.Fprintf(w, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"%s%d "},"finish_reason":null}]}`+"\n\n", sentAt, time.Now().UnixNano())
		w.(http.Flusher).Flush()
	}
	io.WriteString(w, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
}

// sentAt stands before the time in a streamed piece.
const sentAt = "sent-at-"

// modelInfo gives the two models of the defaults the spec's prices.
const modelInfo = `{"data":[
{"model_name":"autox","litellm_params":{"model":"anthropic/claude-3-haiku-20240307"},"model_info":{"input_cost_per_token":2.5e-07,"output_cost_per_token":1.25e-06,"max_input_tokens":200000,"max_output_tokens":4096}},
{"model_name":"sonnet-4-x","litellm_params":{"model":"anthropic/claude-sonnet-4-5"},"model_info":{"input_cost_per_token":3e-06,"output_cost_per_token":1.5e-05,"max_input_tokens":20000000,"max_output_tokens":64000}}]}`

const advised = `{"operator":"answer","dependence":"none","confidence":0.95,"instruction_paragraphs":[1],"question":"What is said of the question?","unit":"","labels":[],"order":"source","conflict":"both","language":"","words":0,"sections":[],"parallel":true,"digest":""}`

// reply is the answer to a call.
func reply(body []byte) []byte {
	text := "The answer is in the notes, and it is short."
	switch {
	case bytes.Contains(body, []byte(`"json_schema":{"name":"advice"`)):
		text = advised
	case bytes.Contains(body, []byte(`"json_schema":{`)):
		text = `{"items":[]}`
		if quote := quoteOf(body); quote != "" {
			q, _ := json.Marshal(quote)
			text = `{"items":[{"quote":` + string(q) + `,"note":"It may bear on the question."}]}`
		}
	}
	content, _ := json.Marshal(text)
	return fmt.Appendf(nil, `{"id":"chatcmpl-bench","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}`,
		content, len(body)/4, len(text)/4, len(body)/4+len(text)/4)
}

// quoteOf finds a line to quote in one chunk of four.
func quoteOf(body []byte) string {
	middle := body[len(body)/2:]
	if len(middle) == 0 || middle[0]%4 != 0 {
		return ""
	}
	for _, line := range strings.Split(string(middle[:min(len(middle), 1000)]), `\n`) {
		if len(line) > 30 && !strings.ContainsAny(line, `\"`) && len(line) < 200 {
			return line
		}
	}
	return ""
}

// instant is the upstream as a base transport: no sockets, no delay.
type instant struct{}

func (instant) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body = make([]byte, max(0, r.ContentLength))
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	answer := []byte(modelInfo)
	if r.Method == http.MethodPost {
		answer = reply(body)
	}
	return &http.Response{StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(answer)), Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
}

// bareMain is the baseline: a reverse proxy and nothing else, over the same transport settings as the proxy's. With -buffer it reads each body whole before it
// forwards it, as everything must that looks at bodies.
func bareMain(args []string) error {
	f := flag.NewFlagSet("bare", flag.ExitOnError)
	to := f.String("to", "", "URL of the upstream")
	buffer := f.Bool("buffer", false, "read bodies first")
	f.Parse(args)
	target, err := url.Parse(*to)
	if err != nil {
		return err
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = 256
	p := &httputil.ReverseProxy{Transport: t, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if !*buffer {
			return
		}
		body := make([]byte, r.Out.ContentLength)
		if _, err := io.ReadFull(r.Out.Body, body); err == nil {
			r.Out.Body = io.NopCloser(bytes.NewReader(body))
		}
	}}
	return listen(p)
}
