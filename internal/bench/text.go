package main

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// chatBody is a chat completion of n bytes or a little more, whose last turn is a piece of the novel from at on: real prose, another piece for every request, so
// that no cache of words or counts is warmer than in use.
func (e *env) chatBody(n, at int, stream bool) []byte {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	text := e.text(n-240, at)
	body := struct {
		Model       string    `json:"model"`
		Messages    []message `json:"messages"`
		Temperature float64   `json:"temperature"`
		MaxTokens   int       `json:"max_tokens"`
		Stream      bool      `json:"stream"`
	}{"sonnet-4-x", []message{{"system", "You are a helpful assistant."}, {"user", "What is said here of the sea?\n\n" + text}}, 0.7, 512, stream}
	b, _ := json.Marshal(body)
	return b
}

// text is n bytes of the novel from at on. Where it ends, it goes on with its own lines in another order each time: no two chunks of a long text are the same,
// or they would share a call.
func (e *env) text(n, at int) string {
	at %= len(e.novel)
	var b strings.Builder
	b.Grow(max(0, n))
	for lap, text := uint64(1), e.novel; n > 0; lap, at = lap+1, 0 {
		part := text[at:min(at+n, len(text))]
		b.WriteString(part)
		if n -= len(part); n > 0 {
			lines := strings.SplitAfter(e.novel, "\n")
			rand.New(rand.NewPCG(lap, 7)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			text = strings.Join(lines, "")
		}
	}
	return b.String()
}

// bodies are count different ones.
func (e *env) bodies(count, size int, stream bool) [][]byte {
	out := make([][]byte, count)
	for i := range out {
		out[i] = e.chatBody(size, i*7919, stream)
	}
	return out
}
