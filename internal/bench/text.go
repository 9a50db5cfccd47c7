package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// chatBody is a chat completion of n bytes or a little less, whose last turn is a piece of the novel from at on: real prose, another piece for every request, so
// that no cache of words or counts is warmer than in use.
func (e *env) chatBody(n, at int, stream bool) []byte {
	text := e.text(n, at)
	body := chatBody("sonnet-4-x", text, stream)
	for len(body) > n {
		text = text[:len(text)-(len(body)-n)*len(text)/len(body)-1]
		body = chatBody("sonnet-4-x", text, stream)
	}
	return body
}

const question = "What is said here of the sea?"

func chatBody(model, text string, stream bool) []byte {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	body := struct {
		Model       string    `json:"model"`
		Messages    []message `json:"messages"`
		Temperature float64   `json:"temperature"`
		MaxTokens   int       `json:"max_tokens"`
		Stream      bool      `json:"stream"`
	}{model, []message{{"system", "You are a helpful assistant."}, {"user", question + "\n\n" + text}}, 0.7, 512, stream}
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

// goCode is n bytes of functions that differ in names and numbers.
func goCode(n int) string {
	var b strings.Builder
	b.WriteString("package ledger\n\nimport \"fmt\"\n\n")
	words := []string{"Harbour", "Barrel", "Ledger", "Keeper", "Voyage", "Cargo", "Anchor", "Signal"}
	for i := 0; b.Len() < n; i++ {
		a, c := words[i%len(words)], words[i/len(words)%len(words)]
		fmt.Fprintf(&b, "// load%s%s%d returns the %s of a ship.\nfunc load%s%s%d(id string, limit int) (int, error) {\n\tif limit < %d {\n\t\treturn 0, fmt.Errorf(\"%s %%s: limit %%d is below %d\", id, limit)\n\t}\n"+
			"\tfor i := range limit {\n\t\tif id[i%%len(id)] == '%c' {\n\t\t\treturn i * %d, nil\n\t\t}\n\t}\n\treturn len(id), nil\n}\n\n",
			a, c, i, strings.ToLower(c), a, c, i, i%97, strings.ToLower(a), i%97, 'a'+rune(i%26), i)
	}
	return b.String()[:n]
}

// files is e with files of this project in the novel's place: "*.go".
func (e *env) files(pattern string) (*env, error) {
	files, err := filepath.Glob(filepath.Join(e.root, pattern))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		b.Write(code)
	}
	return &env{root: e.root, novel: b.String()}, nil
}

// logs is n bytes of log lines.
func logs(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "2026-11-24T%02d:%02d:%02d.%03dZ INFO  gateway-%d request id=%08x path=/v1/items/%d status=%d took=%dms bytes=%d\n",
			i/3600%24, i/60%60, i%60, i*37%1000, i%7, uint64(i)*2654435761, i*31%9973, []int{200, 200, 200, 404, 500}[i%5], i*13%871, i*97%65536)
	}
	return b.String()[:n]
}

// bodies are count different ones.
func (e *env) bodies(count, size int, stream bool) [][]byte {
	out := make([][]byte, count)
	for i := range out {
		out[i] = e.chatBody(size, i*7919, stream)
	}
	return out
}
