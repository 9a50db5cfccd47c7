package haikuplanner

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/advice"
	"github.com/haiku-planner/haikuplanner/internal/operator"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// A Span is a range of bytes, from Start up to but not including End, of the decoded text of one part of a message. Messages and parts are numbered from 0.
type Span struct {
	Message int `json:"message"`
	Part    int `json:"part"`
	Start   int `json:"start"`
	End     int `json:"end"`
}

// How much is instruction, in tokens of the request's tokenizer; each is also bounded by a share of the request, so that small configured sizes scale it down.
const (
	keptTurn    = 1000 // parts of the last user turn up to here are instruction as a whole; one that stands alone up to half of large_request_threshold
	headBytes   = 800  // of a turn in which nobody found a question, its first bytes stand for one
	recentMap   = 400  // the latest turns up to here go into map calls too
	systemInMap = 500  // a longer system prompt goes into map calls as a digest
)

// A paragraph is a numbered candidate for instruction in a big turn.
type paragraph struct {
	Span
	number int
	text   string
	side   side
}

// A side is where in its text a paragraph stands.
type side uint8

const (
	atHead side = iota
	inside
	atTail
)

// A textUse says what becomes of one text of the request.
type textUse struct {
	at       wire.At
	role     string
	text     string
	tokens   int
	use      use
	ends     []paragraph // document: candidates, in order
	kept     []paragraph // document: those that are instruction
	lastTurn bool
}

type use uint8

const (
	keep     use = iota // goes verbatim into the final call
	document            // material; its kept paragraphs and the notes stand in its place
	history             // material; its message is left out of the final call
)

// A reading divides a request into instruction and material.
type reading struct {
	texts       []textUse
	system      string // all system and developer text
	recent      string // the latest turns, for map calls
	lastUser    int    // index of the last user turn; -1: none
	both        bool   // kept paragraphs stay material, because nothing better than rules says that they are instruction
	drop        map[int]bool
	historyOnly bool // the material is older turns, no document
	wide        bool // the latest turns are material too, though they stay in the conversation
}

// read divides the request by size alone: system texts and a short last user turn are instruction, the latest turns stay in the conversation, everything
// else is material. What of a big turn is instruction is for the advice to say.
func (l *look) read() *reading {
	total := l.countAll()
	rd := l.texts()
	turn := min(keptTurn, l.cfg.MaxChunkSize/2)
	allKept := total <= turn
	if !allKept {
		turn = min(turn, total/4)
	}
	conversation := min(max(2*keptTurn, l.cfg.LargeRequestThreshold/2), total/4)
	systemTokens := 0
	for _, t := range rd.texts {
		if isSystem(t.role) {
			systemTokens += t.tokens
		}
	}
	half := l.cfg.LargeRequestThreshold / 2
	keepSystem := systemTokens <= max(turn, half)
	rd.keepLastTurn(turn, max(turn, min(half, total/4)))
	budget := conversation
	for k := len(rd.texts) - 1; k >= 0; k-- {
		t := &rd.texts[k]
		switch {
		case allKept:
		case isSystem(t.role):
			if !keepSystem && t.tokens > turn {
				t.use = document
			}
		case t.lastTurn || t.at.Message > rd.lastUser && t.tokens <= turn:
		case t.role == "user" && t.tokens > turn:
			t.use = document
		case t.at.Message > rd.lastUser:
			t.use = history
		default:
			if budget -= t.tokens; budget < 0 {
				budget = 0
				t.use = history
			}
		}
		if t.use == document {
			t.ends = ends(t)
		}
	}
	rd.makePlace()
	rd.leaveOut(l)
	rd.historyOnly = !slices.ContainsFunc(rd.texts, func(t textUse) bool { return t.use == document })
	rd.settle()
	for k := range rd.texts {
		// An earlier turn, or a system text, may open or close with a standing instruction.
		if t := &rd.texts[k]; t.use == document && !t.lastTurn && len(t.ends) > 1 {
			t.kept = []paragraph{t.ends[0], t.ends[len(t.ends)-1]}
		}
	}
	return rd
}

// texts lists the request's texts, all kept, and finds the last user turn.
func (l *look) texts() *reading {
	rd := &reading{lastUser: -1, both: true, drop: map[int]bool{}}
	for i := range l.req.Messages {
		if l.req.Messages[i].Role == "user" && !l.req.Messages[i].Tools {
			rd.lastUser = i
		}
		for j, p := range l.req.Messages[i].Parts {
			if p.Type == "text" && p.Text != "" {
				rd.texts = append(rd.texts, textUse{at: wire.At{Message: i, Part: j}, role: l.req.Messages[i].Role, text: p.Text, tokens: l.tokensOf(&l.req.Messages[i].Parts[j])})
			}
		}
	}
	return rd
}

// leastCondensed is the length in tokens from which a text is worth replacing by an extract.
const leastCondensed = 300

// readInPlace divides a request that must stay one call, such as an agent's: no turn is left out. The newest texts stay as long as half of the window (or a
// quarter of the request, where no window is known) holds them; what is older and long is material, to be replaced by what matters in it.
func (l *look) readInPlace() *reading {
	rd := l.texts()
	budget := l.countAll() / 4
	if l.model.window > 0 {
		budget = min(budget, l.model.raw(l.model.window)/2)
	}
	short := func(t *textUse) bool {
		return isSystem(t.role) || t.lastTurn && t.tokens <= keptTurn || t.tokens < leastCondensed
	}
	for k := range rd.texts {
		t := &rd.texts[k]
		t.lastTurn = t.at.Message == rd.lastUser
		if short(t) {
			budget -= t.tokens
		}
	}
	for k := len(rd.texts) - 1; k >= 0; k-- {
		t := &rd.texts[k]
		if short(t) {
			continue
		}
		if budget -= t.tokens; budget >= 0 {
			continue
		}
		t.use = document
		if t.lastTurn {
			t.ends = ends(t)
		}
	}
	rd.settle()
	return rd
}

// settle fills in what follows from the use of each text.
func (rd *reading) settle() {
	rd.recent = rd.recentTurns()
	var system []string
	for _, t := range rd.texts {
		if isSystem(t.role) {
			system = append(system, t.text)
		}
	}
	rd.system = strings.Join(system, "\n\n")
	rd.fewer()
	rd.lookInside()
	rd.number()
}

// fewer leaves fewer candidates in the middle of a last turn of several documents: people ask in the first or the last of them.
func (rd *reading) fewer() {
	var documents []*textUse
	for k := range rd.texts {
		if t := &rd.texts[k]; t.lastTurn && t.use == document {
			documents = append(documents, t)
		}
	}
	each := outer
	if len(documents) > 4 {
		each = 1
	}
	for i, t := range documents {
		if 0 < i && i < len(documents)-1 {
			t.ends = outermost(t.ends, each)
		}
	}
}

// number numbers the candidates for instruction through all texts.
func (rd *reading) number() {
	number := 0
	for k := range rd.texts {
		for e := range rd.texts[k].ends {
			number++
			rd.texts[k].ends[e].number = number
		}
	}
}

// bare says that there is no material.
func (rd *reading) bare() bool {
	return !slices.ContainsFunc(rd.texts, func(t textUse) bool { return t.use != keep })
}

func isSystem(role string) bool { return role == "system" || role == "developer" }

// keepLastTurn keeps parts of the last user turn while they fit: the last and the first before the others, since that is where people ask. Among
// several one may be a document; a single one is what the user says.
func (rd *reading) keepLastTurn(budget, alone int) {
	var turn []int
	for k := range rd.texts {
		if rd.texts[k].lastTurn = rd.texts[k].at.Message == rd.lastUser; rd.texts[k].lastTurn {
			turn = append(turn, k)
			rd.texts[k].use = document
		}
	}
	if len(turn) == 0 {
		return
	}
	if len(turn) == 1 {
		budget = alone
	}
	order := append([]int{turn[len(turn)-1], turn[0]}, turn[1:]...)
	for _, k := range order {
		if t := &rd.texts[k]; t.use == document && t.tokens <= budget {
			budget -= t.tokens
			t.use = keep
		}
	}
}

// makePlace sees to it that the notes have a place to stand: where no document and no text of the user's stays, the biggest turn becomes a document.
func (rd *reading) makePlace() {
	biggest := -1
	for k, t := range rd.texts {
		if t.use == history && (biggest < 0 || t.tokens > rd.texts[biggest].tokens) {
			biggest = k
		}
	}
	if biggest >= 0 && rd.place() < 0 {
		t := &rd.texts[biggest]
		t.use, t.ends = document, ends(t)
	}
}

// leaveOut marks messages whose every text is history. A message that also has images stays, with its text: they belong together.
func (rd *reading) leaveOut(l *look) {
	texts := map[int]int{}
	for _, t := range rd.texts {
		if t.use == history {
			texts[t.at.Message]++
		}
	}
	for m, n := range texts {
		whole := 0
		for _, p := range l.req.Messages[m].Parts {
			if p.Type != "text" || p.Text != "" {
				whole++
			}
		}
		rd.drop[m] = n == whole
	}
	for k := range rd.texts {
		if t := &rd.texts[k]; t.use == history && !rd.drop[t.at.Message] {
			t.use = document
		}
	}
}

// recentTurns are the latest kept turns before the last user turn, labelled by role, for the map calls.
func (rd *reading) recentTurns() string {
	var turns []string
	sum := 0
	for k := len(rd.texts) - 1; k >= 0; k-- {
		t := &rd.texts[k]
		if t.lastTurn || isSystem(t.role) || t.at.Message > rd.lastUser {
			continue
		}
		if sum += t.tokens; t.use != keep || sum > recentMap {
			break
		}
		turns = append(turns, t.role+": "+t.text)
	}
	var b strings.Builder
	for k := len(turns) - 1; k >= 0; k-- {
		b.WriteString(turns[k])
		b.WriteString("\n\n")
	}
	return strings.TrimSpace(b.String())
}

// ends are the pieces at the head and the tail of a text that may be instruction: where it stands in a turn that also carries its material. White space after
// a piece goes with it.
func ends(t *textUse) []paragraph {
	heads, tails := advice.Ends(t.text)
	var out []paragraph
	for i, p := range append(heads, tails...) {
		end := t.behind(p.End)
		start := p.Start
		if i == 0 && len(heads) > 0 {
			start = 0
		}
		at := atHead
		if i >= len(heads) {
			at = atTail
		}
		out = append(out, paragraph{Span: Span{t.at.Message, t.at.Part, start, end}, text: t.text[start:end], side: at})
	}
	return out
}

// behind is where the white space behind i ends.
func (t *textUse) behind(i int) int {
	for i < len(t.text) && strings.IndexByte(" \t\r\n", t.text[i]) >= 0 {
		i++
	}
	return i
}

// lookInside adds what sounds like a request between the ends of the last turn's texts, where nobody asks at these.
func (rd *reading) lookInside() {
	for _, t := range rd.texts {
		if t.lastTurn && (t.use == keep || advice.Asks(shown(t.ends, atHead), shown(t.ends, atTail))) {
			return
		}
	}
	for k := range rd.texts {
		t := &rd.texts[k]
		if !t.lastTurn || len(t.ends) < 2 {
			continue
		}
		n := slices.IndexFunc(t.ends, func(p paragraph) bool { return p.side == atTail })
		if n < 1 {
			continue
		}
		var found []paragraph
		for _, p := range advice.Inner(t.text, t.ends[n-1].End, t.ends[n].Start) {
			found = append(found, paragraph{Span: Span{t.at.Message, t.at.Part, p.Start, t.behind(p.End)}, text: p.Text, side: inside})
		}
		t.ends = slices.Insert(t.ends, n, found...)
	}
}

// shown are those of a turn's candidates that stand at a place, as the advice sees them.
func shown(list []paragraph, at side) (out []advice.Paragraph) {
	for _, p := range list {
		if p.side == at {
			out = append(out, advice.Paragraph{Number: p.number, Of: p.Part, Text: p.text})
		}
	}
	return out
}

// headCut is a place at most n bytes into text that does not stand inside a rune.
func headCut(text string, n int) int {
	if len(text) <= n {
		return len(text)
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// adopt takes the advice's word on which numbered paragraphs of the last turn are instruction. certain says that it comes from a planner: then they are not
// material any more.
func (rd *reading) adopt(numbers []int, certain bool) {
	rd.both = !certain
	wanted := map[int]bool{}
	for _, n := range numbers {
		wanted[n] = true
	}
	for k := range rd.texts {
		t := &rd.texts[k]
		if t.use != document || !t.lastTurn {
			continue
		}
		t.kept = nil
		for _, p := range t.ends {
			if wanted[p.number] {
				t.kept = append(t.kept, p)
			}
		}
	}
	if rd.instruction() != "" {
		return
	}
	// Nobody found the question: the ends of the turn are the likeliest place.
	rd.both = true
	for k := range rd.texts {
		if t := &rd.texts[k]; t.use == document && (t.lastTurn || rd.lastUser < 0) {
			t.kept = outermost(t.ends, outer)
			if len(t.kept) == 0 {
				n := headCut(t.text, headBytes)
				t.kept = []paragraph{{Span: Span{t.at.Message, t.at.Part, 0, n}, text: t.text[:n]}}
			}
		}
	}
}

// spans are where the candidates with those numbers stand.
func (rd *reading) spans(numbers []int) (out []Span) {
	for _, p := range rd.candidates() {
		if slices.Contains(numbers, p.number) {
			out = append(out, p.Span)
		}
	}
	return out
}

// outer is how many candidates at each end are as many as most instructions have.
const outer = 6

// outermost are the first and the last n candidates of a turn.
func outermost(ends []paragraph, n int) []paragraph {
	if len(ends) <= 2*n {
		return ends
	}
	return append(ends[:n:n], ends[len(ends)-n:]...)
}

// instruction is what is asked: the kept text of the last user turn; without one, the kept paragraphs of the system text.
func (rd *reading) instruction() string {
	var out []string
	for _, t := range rd.texts {
		if !t.lastTurn && rd.lastUser >= 0 {
			continue
		}
		if t.use == keep && t.lastTurn {
			out = append(out, strings.TrimSpace(t.text))
		}
		for _, p := range t.kept {
			out = append(out, strings.TrimSpace(p.text))
		}
	}
	return strings.Join(out, "\n\n")
}

// candidates are the numbered paragraphs of the last turn.
func (rd *reading) candidates() (all []paragraph) {
	for _, t := range rd.texts {
		if t.lastTurn {
			all = append(all, t.ends...)
		}
	}
	return all
}

// material is the spans that are material, in source order.
func (rd *reading) material() []Span {
	var out []Span
	for _, t := range rd.texts {
		turn := rd.wide && !t.lastTurn && !isSystem(t.role) && t.at.Message < rd.lastUser
		if t.use == keep && !turn {
			continue
		}
		from := 0
		add := func(to int) {
			if to > from {
				out = append(out, Span{t.at.Message, t.at.Part, from, to})
			}
		}
		if t.use == document && !(rd.both || !t.lastTurn) {
			for _, p := range t.kept {
				add(p.Start)
				from = p.End
			}
		}
		add(len(t.text))
	}
	return out
}

// conversation says that the material is several turns before the last one, not a document.
func (rd *reading) conversation() bool {
	turns := map[int]bool{}
	for _, t := range rd.texts {
		if t.use == keep || isSystem(t.role) {
			continue
		}
		if t.lastTurn {
			return false
		}
		turns[t.at.Message] = true
	}
	return len(turns) > 1
}

// keptSpans is what goes verbatim into calls.
func (rd *reading) keptSpans() []Span {
	out := []Span{}
	for _, t := range rd.texts {
		if t.use == keep {
			out = append(out, Span{t.at.Message, t.at.Part, 0, len(t.text)})
		}
		for _, p := range t.kept {
			out = append(out, p.Span)
		}
	}
	return out
}

// elsewhere stands in the final call where a document was whose notes stand in another place.
const elsewhere = "[The content of this text is in the notes.]"

// shortDocument is, in tokens, up to what length a document has no more than a mark in its place: thousands of short parts would have a prompt of such sentences.
const shortDocument = 80

// insertion is the edit that turns the caller's request into the final call: the notes stand where the material stood.
func (rd *reading) insertion(notes string) wire.Edit {
	e := wire.Edit{Texts: map[wire.At]string{}, Drop: rd.drop}
	place := rd.place()
	for k, t := range rd.texts {
		switch {
		case t.use == document && k == place:
			e.Texts[t.at] = t.around(notes)
		case t.use == document && t.tokens <= shortDocument:
			e.Texts[t.at] = t.around("…")
		case t.use == document:
			e.Texts[t.at] = t.around(elsewhere)
		case k == place:
			e.Texts[t.at] = notes + "\n\n" + t.text
		}
	}
	return e
}

// replacement is the edit that puts an extract in the place of each text that has one. Nothing else changes.
func (rd *reading) replacement(extracts map[operator.At]string) wire.Edit {
	e := wire.Edit{Texts: map[wire.At]string{}}
	for _, t := range rd.texts {
		if extract, ok := extracts[operator.At(t.at)]; ok {
			e.Texts[t.at] = t.around(extract)
		}
	}
	return e
}

// around puts what stands for a document between its kept paragraphs.
func (t *textUse) around(middle string) string {
	var parts []string
	placed := false
	for _, p := range t.kept {
		if p.side != atHead && !placed {
			parts, placed = append(parts, middle), true
		}
		parts = append(parts, strings.TrimSpace(p.text))
	}
	if !placed {
		parts = append(parts, middle)
	}
	return strings.Join(parts, "\n\n")
}

// place is the text that the notes go into: the biggest document of the last turn, else the biggest anywhere, else the first turn that stays and is the
// user's: in front of it.
func (rd *reading) place() int {
	best, first := -1, -1
	for k, t := range rd.texts {
		if first < 0 && t.use == keep && t.role == "user" {
			first = k
		}
		if t.use != document {
			continue
		}
		if best < 0 || t.lastTurn && !rd.texts[best].lastTurn || t.lastTurn == rd.texts[best].lastTurn && t.tokens > rd.texts[best].tokens {
			best = k
		}
	}
	if best >= 0 {
		return best
	}
	return first
}

// systemFor is the caller's system text for calls that are not final.
func (rd *reading) systemFor(l *look, digest string) string {
	if l.model.enc.CountUpTo(rd.system, systemInMap) <= systemInMap {
		return rd.system
	}
	if digest != "" {
		return digest
	}
	head, tail := headCut(rd.system, 2*systemInMap), len(rd.system)-headCut(rd.system, 2*systemInMap)
	return strings.ToValidUTF8(fmt.Sprintf("%s\n[…]\n%s", rd.system[:head], rd.system[tail:]), "")
}
