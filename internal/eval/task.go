package main

import (
	"encoding/json"
	"math/rand/v2"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A task is one request whose right answer is known.
type task struct {
	operator string         // that the request must be decomposed by
	chat     map[string]any // the request's body, without stream
	header   []string       // of the request, name and value in turns
	models   []upstreamtest.Model
	advice   map[string]any // a good planner's answer; see plan for what is filled in
	asks     []string       // the paragraphs that are instruction, for the planner
	byRules  bool           // rules in place of the planner must do as well
	early    bool           // reading may stop before the end
	finish   string         // "" is stop
	mind     mind
	score    func(outcome) (float64, string) // from 0 to 1, and what is wrong
}

// A family makes tasks of one kind.
type family struct {
	name string
	row  string // what it shows, for the tables
	make func(r *rand.Rand, tokens int) task
}

// families are in the order of the operator table.
var families = []family{
	{"count/straddled", "count items that lie across chunk boundaries", countStraddled},
	{"count/most-frequent", "the most frequent of thirty names", countMostFrequent},
	{"find/absent", "a needle that is not there, with near misses", findAbsent},
	{"transform/swap", "every word by a reversible dictionary, byte for byte", transformSwap},
	{"carry/balance", "a running balance in which the order matters", carryBalance},
}

// A mind is what it takes to understand one task, as code: from what a call shows to what is right to reply. A nil function means that such a call is not
// expected: it gets no answer, and the run counts as wrong.
type mind struct {
	spot    func(s sight) []thing          // count, extract, find, notes: what begins in the passage
	rewrite func(s sight) string           // transform
	hunks   func(s sight) [][2]string      // edit: search and replace
	step    func(s sight) string           // carry: the new record
	fill    func(s sight) any              // records
	gist    func(s sight) string           // summary; "" is none
	shorten func(s sight) string           // summarymerge
	look    func(s sight) []string         // questions that the notes leave open
	outline func(s sight) []map[string]any // title, brief, words
	section func(s sight) string           // section, more
	final   func(s sight) upstreamtest.Reply
}

// A thing is an item as a reader without fault reports it.
type thing struct {
	quote, key, value, note string
	row                     []string
	sure                    bool
}

// messages makes the messages of a chat body of role and text in turns.
func messages(turns ...string) []map[string]any {
	var out []map[string]any
	for i := 0; i < len(turns); i += 2 {
		out = append(out, map[string]any{"role": turns[i], "content": turns[i+1]})
	}
	return out
}

func says(text string) upstreamtest.Reply { return upstreamtest.Reply{Text: text} }

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}
