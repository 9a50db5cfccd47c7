package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
)

// The types of errors are upstream's words: whatever they are, Prometheus can read the rest.
func TestLabelsOfMetrics(t *testing.T) {
	got := exposition(haikuplanner.Stats{Errors: map[string]int64{"a\tb\\c\"d\ne\u200bé\xff": 7}})
	if want := "\nhaiku_planner_errors_total{type=\"a\tb\\\\c\\\"d\\ne\u200bé?\"} 7\n"; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
}

// Every counter has its line.
func TestMetricsOfStats(t *testing.T) {
	s := haikuplanner.Stats{Requests: 111, Decomposed: 22, Forwarded: map[string]int64{"small": 80, "header": 9}, Chunks: 333, Calls: 444, CachedCalls: 55, Prompt: 6666,
		Completion: 777, Cost: haikuplanner.Dollar / 8, DirectCost: haikuplanner.Dollar / 4, Saved: haikuplanner.Dollar / 2, InFlight: 12}
	var got []string
	for _, line := range strings.Split(exposition(s), "\n") {
		if line != "" && line[0] != '#' {
			got = append(got, strings.TrimPrefix(line, "haiku_planner_"))
		}
	}
	want := []string{"requests_total 111", "decomposed_total 22", `forwarded_total{reason="header"} 9`, `forwarded_total{reason="small"} 80`, "chunks_total 333", "calls_total 444",
		"cached_calls_total 55", "prompt_tokens_total 6666", "completion_tokens_total 777", "cost_dollars_total 0.125", "direct_cost_dollars_total 0.25", "saved_dollars 0.5", "in_flight 12"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
