// Package advice decides how a task decomposes: it writes the question for the planner model, reads its answer, and holds the rules that stand in
// when there is no answer. It is pure: no I/O, no clock, no state; every function is safe for concurrent use, deterministic, and linear in its input.
//
// Nothing that a planner answers is trusted. It is data: an instruction planted in the material may have steered it. Parse therefore lets through only
// known names, clamped numbers and bounded text.
package advice

import (
	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// Question is all that advising looks at. The zero value is a request with neither instruction nor material.
type Question struct {
	Instruction  string      // text of the turns that are surely instruction, verbatim, system text excluded
	System       string      // the caller's system and developer text
	Digest       bool        // the system text is long: a digest of it is wanted, so the planner is shown more of it
	Head, Tail   []Paragraph // first and last paragraphs of a big last user turn, see Ends
	Inner        []Paragraph // what may be instruction between them, where nothing at the ends is: see Inner
	Outline      string      // see Outline
	PromptTokens int         // raw tokens of the whole request
	MaxTokens    int         // the caller's limit on the answer; 0 none
	HasMaterial  bool        // there is something that the instruction is about
	History      bool        // the material is older turns of a conversation, not a document
}

// Decided is the outcome: advice, and what it means for the request.
type Decided struct {
	Advice     operator.Advice
	Wanted     string // the operator that is right for the task, also where the request goes out in one piece
	Kept       []int  // numbers of the paragraphs that are instruction, ascending
	Task       []int  // those of Kept that the rules take for what is asked without doubt, and so for no material: the outermost that ask; a planner's word has none
	Guessed    bool   // Kept is the rules' guess, which keeps what it doubts: these paragraphs may be material too
	Decomposes bool   // false: send the request on in one piece when it fits
	Why        string // one sentence for logs and tests; never holds text of the caller's
}

// MinConfidence is the confidence below which a planner's advice is not acted on: the request is sent on in one piece when it fits.
const MinConfidence = 0.4

// A kind is one row of the operator table of behaviour.md §3 as far as advising needs it.
type kind struct {
	name       string
	means      string // what the planner is told
	dependence string // when nothing better is known
	same       []string
}

// kinds is in the order in which the planner sees them.
var kinds = []kind{
	{"find", "one fact, name, number or place; the first or last occurrence (Who signed it? When was it paid?)", "none", []string{"search", "lookup", "locate", "retrieve", "needle"}},
	{"answer", "a question over the whole text: why, how, review, analysis, advice, comparison by named aspects (Why did sales fall? Any risks?)", "none", []string{"qa", "question", "question_answering", "analyze", "analyse", "analysis", "review", "explain", "compare"}},
	{"summarize", "a summary, key points, minutes, overview (What do I need to know?)", "none", []string{"summary", "summarise", "summarization", "overview", "tldr"}},
	{"extract", "list or tabulate all items of a kind; JSON or CSV out of text (Which orders are there? Give all names as JSON.)", "none", []string{"list", "extraction", "collect", "table", "parse"}},
	{"count", "how many, totals, averages, most or least frequent, highest, sorting (How many are open? What share is new? Who comes most often?)", "none", []string{"counting", "aggregate", "sum", "statistics", "sort"}},
	{"transform", "the whole text again in another form: translate, rewrite, redact, correct language, reformat", "none", []string{"translate", "translation", "rewrite", "convert", "redact", "reformat"}},
	{"edit", "change code or configuration and give back the file: fix, rename, add, remove, refactor (Delete the unused code.)", "none", []string{"modify", "fix", "refactor", "patch", "code_edit"}},
	{"carry", "a state that runs through the text: balance, who holds what, a game, a running score (What is left in the end?)", "order", []string{"state", "track", "sequential", "simulate"}},
	{"compose", "a long new text or program from a short request", "order", []string{"write", "generate", "create", "generation", "long_output"}},
	{"continue", "go on with an answer that was cut off", "order", []string{"continuation"}},
	{"condense", "an agent's long tool results, where the next step must stay one call", "none", []string{"compress", "compact"}},
	{"direct", "none of these, or short: one call does it", "none", []string{"forward", "none", "single", "other"}},
}

func row(name string) *kind {
	for i := range kinds {
		if kinds[i].name == name {
			return &kinds[i]
		}
	}
	return nil
}

// settle turns the wanted operator into one that can keep its promise for this request, and decides whether to decompose.
func settle(q Question, d Decided) Decided {
	whole := func(why string) Decided {
		d.Advice.Operator, d.Decomposes, d.Why = "direct", false, why
		return d
	}
	a := &d.Advice
	name := d.Wanted
	switch {
	case !q.HasMaterial && (name == "compose" || name == "continue"):
	case !q.HasMaterial:
		// Every other operator works on material. Forced requests get their one call, automatic ones are too small to arrive here.
		return whole("there is no material to divide")
	case name == "compose":
		name = "answer" // compose would write without having read the material
	case name == "continue" && q.History:
		name = "answer"
	}
	a.Operator = name
	switch {
	case name == "direct" || name == "condense":
		return whole("the task needs the text in one piece")
	case a.By == "planner" && a.Confidence < MinConfidence:
		return whole("the planner's confidence is low")
	case a.Dependence == "global":
		return whole("the task is a judgement over the whole")
	case name == "transform" && a.Dependence == "order":
		return whole("the new text depends on what stands before it")
	case a.Dependence == "pairwise" && len(a.Labels) == 0:
		return whole("the task compares pairs without keys")
	}
	d.Decomposes = true
	if d.Why == "" {
		d.Why = "operator " + name
	}
	return d
}
