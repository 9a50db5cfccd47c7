package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/haiku-planner/haikuplanner/internal/offline"
)

const document = "../../" + novel

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestQuickstart(t *testing.T) {
	for _, args := range [][]string{{"-file", document}, {"-file", document, "-stream"}} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), args, env(nil), &out, &errs); code != 0 {
			t.Fatalf("%v: exit status %d\n%s%s", args, code, &out, &errs)
		}
		for _, want := range []string{
			"plan      decompose (large)", "she fell on the pavement on the Lower Cobb, and was taken up lifeless!", "Louisa Musgrove was to marry Captain Benwick.",
			"line 3543 ", "% saved", "no language model",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: without %q:\n%s", args, want, &out)
			}
		}
		m := regexp.MustCompile(`chunks    (\d+)/(\d+) read`).FindStringSubmatch(out.String())
		if m == nil || m[1] != m[2] || m[1] == "0" {
			t.Errorf("%v: chunks %v:\n%s", args, m, &out)
		}
	}
}

func TestSmallDocumentIsForwarded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "small.txt")
	if err := os.WriteFile(file, []byte("The ferry sails at nine from the old pier.\n\nNobody knows why."), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"-file", file, "-question", "When does the ferry sail?"}, env(nil), &out, &errs)
	if code != 0 || !strings.Contains(out.String(), "plan      forward (small)") || !strings.Contains(out.String(), "The ferry sails at nine from the old pier.") {
		t.Errorf("exit status %d\n%s%s", code, &out, &errs)
	}
}

// With LITELLM_PROXY_URL set everything goes there, with the caller's key, also where it ends as clients' base URLs do.
func TestRealUpstream(t *testing.T) {
	var mu sync.Mutex
	keys := map[string]bool{}
	model := offline.New()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			mu.Lock()
			keys[r.Header.Get("Authorization")] = true
			mu.Unlock()
		}
		model.ServeHTTP(w, r)
	}))
	defer server.Close()
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"-file", document}, env(map[string]string{"LITELLM_PROXY_URL": server.URL + "/v1/", "OPENAI_API_KEY": "sk-mine", "LITELLM_MASTER_KEY": "sk-master"}), &out, &errs)
	if code != 0 || strings.Contains(out.String(), "stand-in") || !strings.Contains(out.String(), server.URL) {
		t.Errorf("exit status %d\n%s%s", code, &out, &errs)
	}
	if d := cmp.Diff(map[string]bool{"Bearer sk-mine": true}, keys); d != "" {
		t.Errorf("keys of calls: %s", d)
	}
}

func TestFailuresAreSaid(t *testing.T) {
	tests := []struct {
		name string
		args []string
		env  map[string]string
		code int
		want string
	}{
		{"no document", []string{"-file", "nowhere.txt"}, nil, 2, "name a document with -file"},
		{"unknown flag", []string{"-fiel", "x"}, nil, 2, "fiel"},
		{"no URL", []string{"-file", document}, map[string]string{"LITELLM_PROXY_URL": "localhost"}, 2, "which is no URL"},
		{"unknown model", []string{"-file", document, "-model", "gpt-9"}, nil, 1, "Invalid model name passed in model=gpt-9"},
		{"nobody there", []string{"-file", document}, map[string]string{"LITELLM_PROXY_URL": "http://127.0.0.1:1"}, 2, "LiteLLM does not answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(context.Background(), tt.args, env(tt.env), &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("exit status %d, want %d; %q not in:\n%s\n%s", code, tt.code, tt.want, &errs, &out)
			}
		})
	}
}

func TestFold(t *testing.T) {
	text, places := fold(" a\n\n b\tç ")
	if d := cmp.Diff("a b ç", text); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{1, 2, 5}, places[:3]); d != "" {
		t.Error(d)
	}
}
