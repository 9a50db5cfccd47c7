package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// find looks for one thing, in the chunks that speak most like the question first, and stops at a checked quote that the reader is sure of. It stops early
// only where a planner was confident that one place is all there is, and the task asks for none that must be told from others; rules read on to the end.
type find struct{}

func (find) Name() string { return "find" }

// stopConfidence is the planner's confidence from which one sure place ends the search.
const stopConfidence = 0.6

func findCall(in *Input, c Chunk, core, reason string) Call {
	f := fields(in)
	f.Place, f.Material, f.Reason = c.Context, core, reason
	return Call{Role: Fast, System: prompt.Pieces("find.system", f), User: prompt.Pieces("find.user", f), Schema: "find"}
}

// Stages says what reading to the end takes: an early stop is a gift.
func (find) Stages(in *Input) []Stage {
	read := mapStage(in, func(c Chunk, core string) Call { return findCall(in, c, core, "") }, expectedNotes/3)
	return withMerge(in, read, "insert.found")
}

const errFound = constErr("found")

func (find) Run(ctx context.Context, in *Input, x Exec) error {
	stop := in.Advice.By == "planner" && in.Advice.Confidence >= stopConfidence && in.Advice.Conflict != "latest" && sideOf(in.Instruction+" "+in.Advice.Question) != throughout
	sorted := *in
	sorted.Chunks = searchOrder(in)
	first := 0 // chunks to read in any case
	if stop && sideOf(in.Instruction+" "+in.Advice.Question) == anywhere {
		sorted.Chunks, first = changesFirst(in, sorted.Chunks)
	}
	var notes []note
	answered := false
	taken := 0
	r := reading{
		room: replyLimit(in),
		call: func(c Chunk, core string) Call { return findCall(in, c, core, "") },
		check: func(c Chunk, text string) error {
			items := parseItems(text)
			if _, invented := checkItems(piece{chunk: c, text: text}, in.Core(c), items); len(invented) > 0 {
				return fmt.Errorf("%w: %d of %d quotes do not stand in the passage", errDoubt, len(invented), len(items))
			}
			return nil
		},
		again: func(c Chunk, core, _ string, reason error) Call {
			return findCall(in, c, core, "An earlier reply was refused: "+reason.Error()+". Copy every quote letter by letter; leave out what does not stand there.")
		},
	}
	err := readAll(ctx, &sorted, x, r, func(pieces []piece) error {
		sure := false
		for _, p := range pieces {
			items := parseItems(p.text)
			good, invented := checkItems(p, in.Core(p.chunk), items)
			notes = append(notes, good...)
			for _, it := range invented {
				notes = append(notes, note{chunk: p.chunk, start: p.chunk.Start, text: remark(it)})
			}
			for _, it := range items {
				sure = sure || it.Sure && len(good) > 0 && len(invented) == 0
			}
		}
		answered = answered || sure
		if taken++; answered && stop && taken >= first {
			return errFound
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	slices.SortStableFunc(notes, byPlace)
	// Nobody saw the whole answer: it may be behind what was found.
	if !answered && leadElsewhere(in, notes) {
		if notes, err = secondLook(ctx, in, x, notes); err != nil {
			return err
		}
	}
	return finish(ctx, in, x, distinct(notes), mergingNotes(in), "insert.found")
}

// searchOrder is the order in which chunks are asked: by how much they speak like the question, but from the end that is asked for where the task is
// about the first or the last of something.
func searchOrder(in *Input) []Chunk {
	chunks := slices.Clone(in.Chunks)
	switch task := in.Instruction + " " + in.Advice.Question; sideOf(task) {
	case atStart:
	case atEnd:
		slices.Reverse(chunks)
	default:
		scores := relevance(in, task)
		slices.SortStableFunc(chunks, func(a, b Chunk) int { return cmp.Compare(scores[b.Index], scores[a.Index]) })
	}
	return chunks
}

// BM25's usual constants (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).
const (
	bm25K = 1.2
	bm25B = 0.75
)

// relevance scores chunks against a question by BM25 over words; for scripts without spaces, over single characters. By Chunk.Index.
func relevance(in *Input, question string) map[int]float64 {
	asked := map[string]bool{}
	terms(question, func(t string) { asked[t] = true })
	counts := make([]map[string]int, len(in.Chunks))
	lengths := make([]int, len(in.Chunks))
	holds := map[string]int{}
	total := 0
	for i, c := range in.Chunks {
		counts[i] = map[string]int{}
		count := func(t string) {
			lengths[i]++
			if asked[t] {
				counts[i][t]++
			}
		}
		terms(c.Context, count)
		terms(in.Core(c), count)
		total += lengths[i]
		for t := range counts[i] {
			holds[t]++
		}
	}
	mean := max(1, float64(total)/float64(max(1, len(in.Chunks))))
	scores := make(map[int]float64, len(in.Chunks))
	// In the question's own order, so that sums of floats come out the same every time.
	words := slices.Sorted(maps.Keys(asked))
	for i, c := range in.Chunks {
		for _, t := range words {
			n := float64(counts[i][t])
			if n == 0 {
				continue
			}
			rare := math.Log(1 + (float64(len(in.Chunks)-holds[t])+0.5)/(float64(holds[t])+0.5))
			scores[c.Index] += rare * n * (bm25K + 1) / (n + bm25K*(1-bm25B+bm25B*float64(lengths[i])/mean))
		}
	}
	return scores
}

// terms calls f for the words of text, in lower case and without the endings that Turkish and English hang on: a long word counts by its first letters.
func terms(text string, f func(string)) {
	const stem = 6
	for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		runes := 0
		for i, r := range w {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
				f(string(r))
				continue
			}
			if runes++; runes == stem+1 {
				w = w[:i]
				break
			}
		}
		if runes > 1 {
			f(w)
		}
	}
}
