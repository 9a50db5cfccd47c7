package main

import (
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
