package main

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"

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
	open string // a defect of the line that is known and that keeps a perfect worker from a perfect answer; "" is none
}

// families are in the order of the operator table.
var families = []family{
	{"find/needle", "one fact among its like; reading may stop at it", findNeedle, ""},
	{"find/absent", "a fact that is not there, with near misses", findAbsent, ""},
	{"find/first", "the first of many", findEnd(false), ""},
	{"find/last", "the last of many", findEnd(true), ""},
	{"find/superseded", "a value that was changed nine times", superseded, ""},
	{"answer/two-hops", "a passage that matters only to who knows another", twoHops, ""},
	{"answer/join", "two kinds of passage joined by a key", joinByKey, ""},
	{"answer/merged", "more notes than the final call takes", merged, ""},
	{"summarize/key-points", "every key point, once, in order", summarizeKeys(false), ""},
	{"summarize/merged", "the same where summaries must be summarised", summarizeKeys(true), ""},
	{"extract/few", "list all; the final call words it", listAll(500), ""},
	{"extract/many", "list all; more than a model repeats without loss", listAll(70), ""},
	{"extract/csv", "a table with one header", listCSV, ""},
	{"extract/json", "lists under response_format json_schema", listJSON(false), ""},
	{"extract/json-title", "the same with a field that is no list", listJSON(true), ""},
	{"extract/timeline", "dated entries in order of date; the final call sorts", timeline(600, true), ""},
	{"extract/timeline-many", "the same, sorted by the program", timeline(90, true), ""},
	{"instruction/head", "the instruction before the text", instruction("head"), ""},
	{"instruction/tail", "the instruction after the text", instruction("tail"), ""},
	{"instruction/own-turn", "the instruction in the turn after the text", instruction("own turn"), ""},
	{"instruction/earlier-turn", "the instruction in a turn before the text", instruction("earlier turn"), ""},
	{"instruction/system", "the instruction as system text", instruction("system"), ""},
	{"count/straddled", "items that lie across chunk boundaries", countStraddled, ""},
	{"count/every-byte", "boundaries at every byte of an item", countEveryByte, ""},
	{"count/most-frequent", "the most frequent of thirty names", countMostFrequent, ""},
	{"count/sum-turkish", "sum of amounts such as 1.234,56 TL", countAmounts("Faturaların toplam tutarı ne kadar?", "sum", turkish, regexp.MustCompile(`All, numbers TL: \d+; sum ([\d.]+) TL`)), ""},
	{"count/average-english", "average of amounts such as $1,234.56", countAmounts("What is the average amount of the invoices?", "average", english, regexp.MustCompile(`All, numbers \$: \d+; sum [\d.]+ \$; average ([\d.]+) \$`)), ""},
	{"count/dates", "the earliest and the latest of dates in many forms", countDates, ""},
	{"count/mixed-units", "amounts in two currencies, which are not added up", countMixed, ""},
	{"count/conversation", "items all over a long conversation", inTurns, ""},
	{"transform/swap", "every word replaced, everything else kept, byte for byte", transformSwap, ""},
	{"edit/rename", "a rename across a Go file, byte for byte", renameEverywhere, ""},
	{"transform/hostile", "CRLF, tabs, a line longer than a chunk, other scripts, no last line end", transformHostile, ""},
	{"edit/json", "a value changed all over a JSON file in its code block", editJSON, ""},
	{"edit/delete", "lines taken out of a CRLF file", editDelete, ""},
	{"carry/balance", "a running balance in which the order matters", carryBalance, ""},
	{"carry/stock", "movements between four stores, which the planner adds up", carryStock, ""},
	{"compose/outlined", "10,000 words from the planner's outline", composeLong(10_000, true, false), ""},
	{"compose/parallel", "the same with independent sections", composeLong(10_000, true, true), ""},
	{"compose/own-outline", "10,000 words, the outline by a call of its own", composeLong(10_000, false, false), ""},
	{"continue/lines", "an answer of several times what one call may give", continueLines, ""},
	{"condense/agent", "an agent's history with tools that does not fit", condenseAgent, ""},
	{"direct/forced", "a small request that was forced", directForced, ""},
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
