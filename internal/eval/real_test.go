package main

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRelayKeepsAnswers: a call that was answered once is not made again, not by another run either; errors and a line that was cut off are asked again.
func TestRelayKeepsAnswers(t *testing.T) {
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked[string(body)]++
		if string(body) == "bad" {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{"usage":{"prompt_tokens":7,"completion_tokens":2}}`)
	}))
	defer server.Close()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "kept")
	ask := func(bodies ...string) spent {
		t.Helper()
		y, err := newRelay(to, "m", file)
		if err != nil {
			t.Fatal(err)
		}
		defer y.file.Close()
		for _, body := range bodies {
			if _, _, err := y.ask(httptest.NewRequest(http.MethodPost, "/", nil), "/v1/chat/completions", []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		return y.take()
	}
	for range 2 {
		if s := ask("a", "b", "a", "bad"); s.calls != 3 || s.prompt != 21 || s.written != 6 {
			t.Errorf("three good calls counted as %+v", s)
		}
	}
	if asked["a"] != 1 || asked["b"] != 1 || asked["bad"] != 2 {
		t.Errorf("asked %v", asked)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text[:len(text)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	ask("a", "b")
	if ask("a", "b"); asked["a"] != 1 || asked["b"] != 2 {
		t.Errorf("after a cut: asked %v", asked)
	}
}

// TestRealTasksScore: what a task is scored by gives one to its right answer in a model's words, and nothing to silence.
func TestRealTasksScore(t *testing.T) {
	for _, rt := range realTasks {
		if rt.make == nil {
			rt.make = families[slices.IndexFunc(families, func(f family) bool { return f.name == rt.name })].make
		}
		tk := rt.make(rand.New(rand.NewPCG(1, 2)), 1500)
		text, ask := tk.parts()
		if text == "" || ask == "" || strings.Contains(text, ask) {
			t.Errorf("%s: text and instruction are not apart", rt.name)
		}
		if got := rt.score(&tk, text, ""); got > 0 {
			t.Errorf("%s: silence scores %.2f", rt.name, got)
		}
	}
	dates := inOrder(anyDate, byDate)
	for answer, want := range map[string]float64{
		"1. 2020-03-04: a\n2. March 5, 2021: b":     1,
		"2021-03-05, then 4 March 2020":             0.5,
		"It began on 04.03.2020.":                   2.0 / 3,
		"2020-03-04, 2021-03-05, 2021-03-05, again": 0.8,
	} {
		if got := dates(nil, "On 5 March 2021 b, on 04.03.2020 a.", answer); got != want {
			t.Errorf("%q scores %.2f, want %.2f", answer, got, want)
		}
	}
	if got := sums(nil, "Fee paid at the gate: 1200 TL in coins. Fee paid at the gate: 5 EUR in coins. Fee paid at the gate: 40 TL in coins.", "1,240.00 TL and 7 EUR"); got != 0.5 {
		t.Errorf("one of two sums scores %.2f", got)
	}
	if got := balance(nil, "Booking: deposit of 100. Booking: withdrawal of 30.", "100 - 30 leaves **70**."); got != 1 {
		t.Errorf("the last number scores %.2f", got)
	}
}
