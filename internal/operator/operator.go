// Package operator holds the ways in which a task decomposes. An operator is a row in Table: it says as data what calls it will make (Stages), and
// runs them through an Exec that it is given. Operators start no goroutines, do no I/O of their own and know nothing of HTTP.
package operator

import (
	"context"
	"iter"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// A Chunk is a span of one text of the request: Start and End are bytes of the decoded text of (Message, Part). Tokens is the exact count of
// the span by the request's tokenizer. Context is a breadcrumb ("README.md > Install"), not content.
type Chunk struct {
	Index   int    `json:"index"`
	Message int    `json:"message"`
	Part    int    `json:"part"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Tokens  int    `json:"tokens"`
	Context string `json:"context"`
}

// Advice is what the planner model, or the rules, say about a task. It is validated before an operator sees it.
type Advice struct {
	By         string    // "planner" or "rules"
	Operator   string    // a name of Table
	Dependence string    // none, order, pairwise, global
	Confidence float64   // 0..1
	Question   string    // what to ask of each chunk, self-contained; "" under rules
	Digest     string    // the planner's digest of a long system prompt; "" when there is none
	Unit       string    // the unit of counting or extraction; "" when none
	Labels     []string  // keys or labels
	Order      string    // "source" or a key's name
	Conflict   string    // "both", "latest"
	Language   string    // language of the answer; "" as the instruction
	Words      int       // wanted length of the answer; 0 unknown
	Sections   []Section // compose: the outline; nil when the planner gave none
	Parallel   bool      // compose: sections do not need each other
	Glossary   bool      // transform: names and terms must read the same throughout
	Distinct   bool      // extract: equal items are listed once
	Repeats    bool      // extract: which items are wanted depends on how often each occurs
}

// A Section is one part of a long output.
type Section struct {
	Title string `json:"title"`
	Brief string `json:"brief"`
	Words int    `json:"words"`
}

// Input is all an operator may look at. Read-only.
type Input struct {
	Instruction string  // what is asked, verbatim: the kept paragraphs of the last user turn
	System      string  // the caller's system text for calls that are not final: verbatim when short, else a digest
	Beside      int     // tokens that a final call has beside these texts: what a digest leaves out, tools, schemas, images
	Recent      string  // the latest turns, for calls that are not final; "" when the conversation has none
	Chunks      []Chunk // the material, in source order; none when there is none
	Task        []Chunk // what of the material surely is what is asked and not what it is asked of: rules leave it there
	Advice      Advice
	Limits      Limits
	// Format is the form that the caller's request demands of the answer: "text", "json_object", "json_schema", "guided" for one that only the model itself can be held to;
	// "" is not known. In these two only a call that carries the demand itself words an answer. Schema is the caller's JSON schema, raw; nil when there is none.
	Format string
	Schema []byte
	// Stop holds the caller's stop sequences: text that an operator writes itself ends before the first of them. A final call carries its own.
	Stop []string
	// Seen is what pilots' replies came to, in completion tokens for each token of their chunks; 0 before there were any. Stages expects the same of the others.
	Seen float64

	// Core is the text of a chunk. It shares the request's memory.
	Core func(Chunk) string
	// Split cuts a chunk in two or more smaller ones (Index is kept); it returns nil when the chunk cannot be made smaller.
	Split func(Chunk) []Chunk
	// Tokens counts text by the request's tokenizer.
	Tokens func(string) int
}

// Limits bound an operator's calls. Tokens are raw counts of the request's tokenizer.
type Limits struct {
	Reply      int // tokens a map reply may have
	Notes      int // tokens of notes the final call takes (half of its window); more are merged first
	Answer     int // the caller's max_tokens, the ceiling of the whole answer; 0 none
	OneCall    int // tokens of output that one call of the final model can give; 0 unknown
	Section    int // tokens of output aimed at per section
	MinSection int
	MaxSection int
}

// A Stage says what an operator will do with one kind of call, for the estimate and for the plan shown to people.
type Stage struct {
	Name     string // "map", "look", "merge", "glossary", "outline", "section", "final"
	Role     Role
	Calls    int
	Prompt   int // prompt tokens of all its calls together
	Expected int // completion tokens expected, all calls together
	Worst    int // completion tokens at most, all calls together
}

// Role says which of the configured models a call runs on.
type Role uint8

const (
	Fast  Role = iota // fast_execution_model (or what x-quality says)
	Final             // the model that the request names (or what x-quality says)
)

// An Operator decomposes one kind of task. Implementations hold no state.
type Operator interface {
	Name() string
	// Stages says, without I/O, which calls Run will make when nothing goes wrong.
	Stages(in *Input) []Stage
	// Run makes the calls and produces the answer through x. An error means that there is no complete answer.
	Run(ctx context.Context, in *Input, x Exec) error
}

// A Call asks a model for something that is not yet the answer.
type Call struct {
	Stage     string // as in Stage.Name
	Index     int    // chunk or section
	Role      Role
	System    prompt.Words
	User      prompt.Words
	MaxTokens int
	Schema    string // name of a schema in internal/prompt; "" for plain text
}

// A Reply is what a call returned; that of an Answer has in Text what reached the caller. Err is set for what splitting can mend (context window, empty, refusal)
// and for what an Answer's Check refused; everything else ends the request.
type Reply struct {
	Text   string
	Finish string // "stop", "length", …
	Tokens int    // completion tokens as upstream counted them; 0 unknown
	Err    error
}

// An Answer is a call whose reply is (part of) the caller's answer: the caller's own request with its material replaced.
type Answer struct {
	Insert    string // stands where the material stood; "" with Whole
	Whole     bool   // send the request as it came, material and all
	Append    []Turn // turns added after the caller's last
	MaxTokens int    // 0: the caller's own
	// Texts, when not nil, replaces texts of the caller's request and Insert is not used: everything else, ids, roles, order and tools, stays.
	Texts map[At]string
	// Seam is all that was written of the answer before this call, when this call goes on with it; "" otherwise. What the reply repeats of it at its start
	// is not the answer's: the Exec sends the reply through NewSeam(Seam) before the caller sees it, and Reply.Text is what came out.
	Seam string
	// Check says what is wrong with a whole reply in words, when not nil. Nothing of one that is wrong reaches the caller, and its Err is what Check said.
	Check func(text string) error
}

// At names a text of the request, as a Chunk does.
type At struct{ Message, Part int }

// A Turn is a message of ours.
type Turn struct{ Role, Text string }

// Exec runs an operator's calls under the request's window, deadlines and money. Its methods are called from one goroutine.
type Exec interface {
	// Each runs n calls, as many at once as the window allows, and yields their replies in order. call is asked for each call just before it
	// starts, from any goroutine. Stopping the iteration cancels what is in flight. Identical calls are made once. An error ends the iteration.
	Each(ctx context.Context, n int, call func(i int) Call) iter.Seq2[Reply, error]
	// Answer runs a call whose reply goes to the caller as it arrives.
	Answer(ctx context.Context, a Answer) (Reply, error)
	// Write gives text of the answer to the caller: live when streaming, at the end otherwise.
	Write(text string) error
	// Finish sets the answer's finish reason where it is not that of the last Answer ("stop" when there was none).
	Finish(reason string)
	// Read says how many of chunk i's bytes were read (all of them unless an operator stops early): the coverage ledger.
	Read(chunk Chunk)
}

// ErrContextWindow is a Reply.Err: upstream refused the call for its size. ErrEmpty: the reply was empty. ErrRefused: the model refused.
var (
	ErrContextWindow = constErr("the call does not fit the model's window")
	ErrEmpty         = constErr("the reply is empty")
	ErrRefused       = constErr("the model refused")
)

// ErrCut is wrapped by an operator's error when replies kept being cut by their length limit although they were given more room and less text.
const ErrCut = constErr("the reply was cut by its length limit")

type constErr string

func (e constErr) Error() string { return string(e) }
