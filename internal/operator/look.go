package operator

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

const (
	lookQuestions = 3
	lookRoom      = 200  // tokens of the reply
	lookNotes     = 6000 // tokens of notes above which nothing is looked up: there is plenty
	// A second look reads this share of the chunks at most, but some for each question: a name stands where the notes have it from, too.
	lookShare = 4
	lookLeast = 3
)

const (
	// fewNotes is up to how many notes a question is taken for one about a few facts, of which one may lead to another.
	fewNotes = 12
	// maxLeads bounds how many names are followed.
	maxLeads = 24
)

// elsewhere is what a note says whose meaning stands in another place.
var elsewhere = lazily(`(?i)\b(?:(?:as|is|are|was|were) (?:defined|described|listed|specified|set out|laid down|given) (?:in|above|below|elsewhere|under|by)|defined (?:elsewhere|above|below)|see (?:also |the )?(?:above|below|section|chapter|annex|appendix|schedule|article|table|clause|part|page|§)|` +
	`(?:refers?|according|pursuant|subject) to (?:the )?(?:section|chapter|annex|appendix|schedule|article|clause|definition)|aforementioned|hereinafter)` +
	`|\bbkz\b|tanımlan(?:an|dığı|mıştır)|yukarıda (?:belirtilen|anılan)|aşağıda (?:belirtilen|tanımlanan)|\bsiehe\b|\bvoir\b`)

// inElsewhere are what one of stands in all that elsewhere matches: few texts have any, and to look for them takes a tenth of the time.
var inElsewhere = []string{"defined", "described", "listed", "specified", "set out", "laid down", "given ", "see ", "refer", "according", "pursuant", "subject to", "aforementioned",
	"hereinafter", "bkz", "tanımlan", "yukarıda", "aşağıda", "siehe", "voir"}

func pointsElsewhere(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc(inElsewhere, func(s string) bool { return strings.Contains(lower, s) }) && elsewhere().MatchString(text)
}

// leadElsewhere reports whether notes themselves say that they are not all: they point to another place, or a question of few facts brought up a name that it
// does not hold and that stands in passages from which nothing was noted. Pure: the call that follows is made for a reason.
func leadElsewhere(in *Input, notes []note) bool {
	if len(in.Chunks) <= 2 || len(notes) == 0 {
		return false
	}
	noted := map[int]bool{}
	for _, n := range notes {
		if pointsElsewhere(n.quote) || pointsElsewhere(n.text) {
			return true
		}
		noted[n.chunk.Index] = true
	}
	if len(notes) > fewNotes {
		return false
	}
	asked := strings.ToLower(in.Instruction + " " + in.Advice.Question)
	leads := map[string]bool{}
	for _, n := range notes {
		names(n.quote, func(name string) {
			if len(leads) < maxLeads && !strings.Contains(asked, strings.ToLower(name)) {
				leads[name] = true
			}
		})
	}
	for _, c := range in.Chunks {
		if noted[c.Index] {
			continue
		}
		core := in.Core(c)
		for name := range leads {
			if strings.Contains(core, name) {
				return true
			}
		}
	}
	return false
}

// looksTwice reports whether a second look is worth its call: the planner says that passages depend on each other, and there is more than a few of them.
func looksTwice(in *Input) bool {
	a := in.Advice
	return a.By == "planner" && a.Dependence != "" && a.Dependence != "none" && len(in.Chunks) > 2
}

func lookCall(in *Input, notes string) Call {
	f := fields(in)
	f.Question, f.Material = "", notes
	return Call{Stage: "look", Role: Fast, System: prompt.Pieces("look.system", f), User: prompt.Pieces("look.user", f), Schema: "look", MaxTokens: lookRoom}
}

func lookStage(in *Input, notes int) Stage {
	c := lookCall(in, "")
	return Stage{Name: "look", Role: Fast, Calls: 1, Prompt: c.tokens(in) + min(notes, lookNotes), Expected: lookRoom / 4, Worst: lookRoom}
}

// secondLook asks what the notes leave open that only another passage made askable, and reads the chunks that speak most like it once more with that question.
// Its readers' notes are added in their places. It can only add: where it fails, the notes are what they were.
func secondLook(ctx context.Context, in *Input, x Exec, notes []note) ([]note, error) {
	text := renderNotes(notes)
	if len(notes) == 0 || in.Tokens(text) > lookNotes {
		return notes, nil
	}
	reply, err := askSurely(ctx, x, lookCall(in, text))
	if err != nil {
		return nil, err
	}
	questions := parseQuestions(reply)
	if len(questions) == 0 {
		return notes, nil
	}
	again := *in
	again.Advice.By, again.Advice.Question = "planner", strings.Join(questions, "\n")
	again.Chunks = nil
	each := max(lookLeast, len(in.Chunks)/lookShare/len(questions))
	picked := map[int]bool{}
	for _, q := range questions {
		scores := relevance(in, q)
		best := slices.Clone(in.Chunks)
		slices.SortStableFunc(best, func(a, b Chunk) int { return cmp.Compare(scores[b.Index], scores[a.Index]) })
		for _, c := range best[:min(each, len(best))] {
			if scores[c.Index] > 0 {
				picked[c.Index] = true
			}
		}
	}
	for _, c := range in.Chunks {
		if picked[c.Index] {
			again.Chunks = append(again.Chunks, c)
		}
	}
	if len(again.Chunks) == 0 {
		return notes, nil
	}
	more, err := takeNotes(ctx, &again, rereading{x})
	if err != nil {
		return nil, err
	}
	notes = append(notes, more...)
	slices.SortStableFunc(notes, byPlace)
	return notes, nil
}

// parseQuestions reads what is to be looked up: under the schema, or one question a line.
func parseQuestions(reply Reply) []string {
	if fault(reply) != nil || isNone(reply.Text) {
		return nil
	}
	var questions []string
	add := func(q string) {
		if q = prompt.Line(q); q != "" && !isNone(q) && len(questions) < lookQuestions {
			questions = append(questions, q)
		}
	}
	if v, ok := looseJSON(reply.Text); ok {
		list, _ := listIn(v, "questions")
		for _, q := range list {
			add(loose(q))
		}
		return questions
	}
	for _, line := range strings.Split(reply.Text, "\n") {
		if line = strings.TrimLeft(line, "-*• 0123456789.)"); strings.HasSuffix(strings.TrimSpace(line), "?") {
			add(line)
		}
	}
	return questions
}

// rereading is an Exec for chunks that were read before: they are not booked twice.
type rereading struct{ Exec }

func (rereading) Read(Chunk) {}
