package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/haiku-planner/haikuplanner"
)

// metrics shows the counters of /haiku-planner/stats in Prometheus' text format. They hold no text and no key, and need none.
func (p *proxy) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, exposition(p.current.Load().Stats()))
}

// inLabel escapes what Prometheus has escaped in the value of a label, and nothing else: it knows no other escapes.
var inLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func exposition(s haikuplanner.Stats) string {
	var b strings.Builder
	metric := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	one := func(name, kind, help, value string) {
		metric(name, kind, help)
		fmt.Fprintf(&b, "%s %s\n", name, value)
	}
	by := func(name, help, label string, counts map[string]int64) {
		metric(name, "counter", help)
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, "%s{%s=\"%s\"} %d\n", name, label, inLabel.Replace(strings.ToValidUTF8(k, "?")), counts[k])
		}
	}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	one("haiku_planner_requests_total", "counter", "Requests to chat paths.", n(s.Requests))
	one("haiku_planner_decomposed_total", "counter", "Requests answered by decomposing them.", n(s.Decomposed))
	by("haiku_planner_forwarded_total", "Requests sent on as they came.", "reason", s.Forwarded)
	by("haiku_planner_errors_total", "Errors, refusals and requests that were sent on after all.", "type", s.Errors)
	one("haiku_planner_chunks_total", "counter", "Chunks read.", n(s.Chunks))
	one("haiku_planner_calls_total", "counter", "Upstream calls of the planner's own.", n(s.Calls))
	one("haiku_planner_cached_calls_total", "counter", "Of these, answered by LiteLLM's cache.", n(s.CachedCalls))
	one("haiku_planner_prompt_tokens_total", "counter", "Prompt tokens of these calls, as upstream reported them.", n(s.Prompt))
	one("haiku_planner_completion_tokens_total", "counter", "Completion tokens of these calls, as upstream reported them.", n(s.Completion))
	one("haiku_planner_cost_dollars_total", "counter", "What these calls cost.", s.Cost.String())
	one("haiku_planner_direct_cost_dollars_total", "counter", "What the decomposed requests would have cost as they came.", s.DirectCost.String())
	one("haiku_planner_saved_dollars", "gauge", "The difference; below zero where decomposing cost more.", s.Saved.String())
	one("haiku_planner_in_flight", "gauge", "Decomposed requests that run now.", n(s.InFlight))
	return b.String()
}
