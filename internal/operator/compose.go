package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// compose writes a long text by sections from an outline: all at once where they do not need each other, but for the parts of one; else each with the end of what
// stands before it.
type compose struct{}

func (compose) Name() string { return "compose" }

const (
	backgroundRoom = 3000 // tokens of material, or of notes on it, that every section's call carries
	earlierBytes   = 6 << 10
	sectionMore    = 3 // how often a section that is cut is gone on with
)

func (compose) Stages(in *Input) []Stage {
	if inOnePiece(in) {
		return direct{}.Stages(in)
	}
	var stages []Stage
	background := min(chunkTokens(in), backgroundRoom)
	if chunkTokens(in) > backgroundRoom {
		read := mapStage(in, func(c Chunk, core string) Call { return notesCall(in, c, core) }, expectedNotes)
		stages = append(stages, read)
	}
	sections := in.Advice.Sections
	if len(sections) == 0 {
		c := outlineCall(in, "")
		stages = append(stages, Stage{Name: "outline", Role: Fast, Calls: 1, Prompt: c.tokens(in) + background,
			Expected: expectedOutline, Worst: maxOutline})
		sections = guessOutline(in)
	}
	js := jobs(bounded(sections), in.Advice.Words, in.Limits)
	w := &writer{in: in, jobs: js, outline: renderOutline(js)}
	s := Stage{Name: "section", Role: Fast, Calls: len(js)}
	if len(js) > 0 {
		c := w.call(0, "", "")
		same := c.tokens(in) + background
		s.Prompt = same * len(js)
		for _, j := range js {
			if !in.Advice.Parallel || j.part > 0 {
				s.Prompt += earlierBytes / 4
			}
		}
	}
	for _, j := range js {
		s.Expected += tokensOf(j.Words)
		s.Worst += w.room(j)
	}
	return append(stages, s)
}

// guessOutline stands for an outline that is not known yet: as many sections as the wanted length takes.
func guessOutline(in *Input) []Section {
	aim := max(in.Limits.Section, 500)
	n := 5
	if in.Advice.Words > 0 {
		n = max(1, min(maxSections, (tokensOf(in.Advice.Words)+aim-1)/aim))
	}
	out := make([]Section, n)
	for i := range out {
		out[i] = Section{Title: fmt.Sprintf("Section %d", i+1), Words: in.Advice.Words / n}
	}
	return out
}

func (c compose) Run(ctx context.Context, in *Input, x Exec) error {
	if inOnePiece(in) {
		return wholly(ctx, in, x) // sections under headings are no JSON, nor what a grammar says
	}
	return stopping(in, x, func(x Exec) error { return c.run(ctx, in, x) })
}

func (compose) run(ctx context.Context, in *Input, x Exec) error {
	background, err := background(ctx, in, x)
	if err != nil {
		return err
	}
	sections, err := outline(ctx, in, x, background)
	if err != nil {
		return err
	}
	if len(sections) == 0 {
		return continuing{}.Run(ctx, in, x)
	}
	js := jobs(sections, in.Advice.Words, in.Limits)
	w := &writer{in: in, x: x, jobs: js, outline: renderOutline(js), background: background, left: in.Limits.Answer,
		parts: partSeam{rows: tableHead{commas: namesCSV().MatchString(in.Instruction)}}}
	if in.Advice.Parallel {
		return w.parallel(ctx)
	}
	return w.sequential(ctx)
}

// background is the material for the writers of sections: whole when it is short, else notes on it.
func background(ctx context.Context, in *Input, x Exec) (string, error) {
	if len(in.Chunks) == 0 {
		return "", nil
	}
	if chunkTokens(in) <= backgroundRoom {
		var b strings.Builder
		for _, c := range in.Chunks {
			b.WriteString(in.Core(c))
		}
		readWhole(in, x)
		return b.String(), nil
	}
	notes, err := takeNotes(ctx, in, x)
	if err != nil {
		return "", err
	}
	limit := backgroundRoom
	if l := in.Limits.Notes; l > 0 {
		limit = min(limit, l)
	}
	if notes, err = fit(ctx, in, x, distinct(notes), limit, mergingNotes(in)); err != nil {
		return "", err
	}
	return renderNotes(notes), nil
}

// A writer puts sections out in order.
type writer struct {
	in         *Input
	x          Exec
	jobs       []job
	outline    string
	background string
	left       int      // tokens left under the caller's ceiling
	texts      []string // sections as written, without headings
	full       bool     // the ceiling is reached
	parts      partSeam // between sections without a heading
}

// call asks for a section; reason says what was wrong with an earlier text of it.
func (w *writer) call(i int, earlier, reason string) Call {
	j := w.jobs[i]
	f := fields(w.in)
	f.Question = ""
	f.Outline, f.Material, f.Earlier, f.Reason = w.outline, w.background, earlier, reason
	f.Number, f.Title, f.Brief, f.Words = i+1, j.Title, j.Brief, j.Words
	return Call{Stage: "section", Index: i, Role: Fast, System: prompt.Pieces("section.system", f), User: prompt.Pieces("section.user", f), MaxTokens: w.room(j)}
}

// room is twice what a section is asked to have, for models count badly: a cut costs a further call.
func (w *writer) room(j job) int {
	l := w.in.Limits
	n := max(2*tokensOf(j.Words), l.MinSection, 128)
	if l.MaxSection > 0 {
		n = min(n, max(l.MaxSection, l.MinSection))
	}
	if l.Answer > 0 {
		n = min(n, l.Answer)
	}
	return n
}

func (w *writer) sequential(ctx context.Context) error {
	for i := range w.jobs {
		earlier := w.earlier()
		reply, err := askOne(ctx, w.x, w.call(i, earlier, ""))
		if err != nil {
			return err
		}
		text, err := w.whole(ctx, i, earlier, reply)
		if err == nil {
			err = w.put(i, text)
		}
		if err != nil || w.full {
			return err
		}
	}
	w.x.Finish("stop")
	return nil
}

// parallel has all sections written at once; the parts of a long one follow each other, each with the end of the one before.
func (w *writer) parallel(ctx context.Context) error {
	replies, next := make([]*Reply, len(w.jobs)), 0
	before := func(i int) string {
		if w.jobs[i].part == 0 {
			return ""
		}
		return after(replies[i-1].Text, len(replies[i-1].Text)-earlierBytes)
	}
	for part := 0; next < len(w.jobs); part++ {
		var todo []int
		for i, j := range w.jobs {
			if j.part == part {
				todo = append(todo, i)
			}
		}
		calls, k := make([]Call, len(todo)), 0
		for n, i := range todo {
			calls[n] = w.call(i, before(i), "")
		}
		for reply, err := range w.x.Each(ctx, len(calls), func(n int) Call { return calls[n] }) {
			if err != nil {
				return fmt.Errorf("section %d: %w", todo[k]+1, err)
			}
			replies[todo[k]] = &reply
			k++
			// One that needs a further call stops the writing, not the other calls: those behind it are put out after it.
			for next < len(w.jobs) && replies[next] != nil && w.doubt(next, *replies[next]) == nil {
				if err := w.put(next, replies[next].Text); err != nil || w.full {
					return err
				}
				next++
			}
		}
		if k < len(calls) {
			return fmt.Errorf("section %d: %w", todo[k]+1, errNoReply)
		}
		for ; next < len(w.jobs) && replies[next] != nil; next++ {
			text, err := w.whole(ctx, next, cmp.Or(before(next), w.earlier()), *replies[next])
			if err == nil {
				err = w.put(next, text)
			}
			if err != nil || w.full {
				return err
			}
			replies[next].Text = text
		}
		for _, i := range todo {
			if i < next || i+1 == len(w.jobs) || w.jobs[i+1].part == 0 {
				continue
			}
			text, err := w.whole(ctx, i, before(i), *replies[i])
			if err != nil {
				return err
			}
			*replies[i] = Reply{Text: text, Finish: "stop"}
		}
	}
	w.x.Finish("stop")
	return nil
}

const errTwice = constErr("the text is the same as that of another section")

// doubt says why a section cannot be put out as it came.
func (w *writer) doubt(i int, reply Reply) error {
	if err := fault(reply); err != nil {
		return err
	}
	text := w.trim(i, reply.Text)
	if isBlank(text) {
		return ErrEmpty
	}
	for _, t := range w.texts {
		if strings.TrimSpace(t) == strings.TrimSpace(text) {
			return errTwice
		}
	}
	return nil
}

// whole is the text of a section: a cut one is gone on with, any other that is no good is asked for once more.
func (w *writer) whole(ctx context.Context, i int, earlier string, reply Reply) (string, error) {
	reason := w.doubt(i, reply)
	if reason != nil && !errors.Is(reason, ErrCut) {
		why := "An earlier attempt at your section brought no text. Write it now."
		if errors.Is(reason, errTwice) {
			why = "An earlier attempt at your section was word for word the same as another section. Write this section, with its own subject."
		}
		var err error
		if reply, err = askOne(ctx, w.x, w.call(i, earlier, why)); err != nil {
			return "", err
		}
		if reason = w.doubt(i, reply); errors.Is(reason, errTwice) {
			reason = nil // it is meant
		}
	}
	text, empty := reply.Text, 0
	for try := 0; errors.Is(reason, ErrCut) && try < sectionMore && !w.fills(text); try++ {
		j := w.jobs[i]
		f := fields(w.in)
		f.Question = ""
		f.Outline, f.Number, f.Title, f.Earlier = w.outline, i+1, j.Title, after(text, len(text)-earlierBytes)
		more, err := askOne(ctx, w.x, Call{Stage: "section", Index: i, Role: Fast, System: prompt.Pieces("section.system", f),
			User: prompt.Pieces("section.more", f), MaxTokens: w.room(j)})
		if err != nil {
			return "", err
		}
		if errors.Is(more.Err, ErrEmpty) {
			if empty++; empty == 1 {
				continue // nothing left to say, or a fault that passes: only who says nothing twice means it
			}
			reason = nil
			break
		}
		if more.Err != nil {
			reason = more.Err
			break
		}
		text += join(text, more.Text)
		if reason = nil; more.Finish == "length" {
			reason = ErrCut
		}
	}
	if reason != nil && !(errors.Is(reason, ErrCut) && w.fills(text)) {
		return "", fmt.Errorf("section %d of %d: %w", i+1, len(w.jobs), reason)
	}
	return text, nil
}

// fills says whether a text takes all that the caller's ceiling leaves: then it may end anywhere.
func (w *writer) fills(text string) bool {
	return w.in.Limits.Answer > 0 && w.in.Tokens(text) >= w.left
}

// put writes a section with its heading, up to the caller's ceiling.
func (w *writer) put(i int, text string) error {
	text = w.trim(i, text)
	w.texts = append(w.texts, text)
	out := w.parts.next(text, w.headed(i), i+1 < len(w.jobs) && !w.headed(i+1))
	if j := w.jobs[i]; w.headed(i) {
		out = "## " + prompt.Line(j.Title) + "\n\n" + out
	}
	if i > 0 && w.headed(i) {
		out = "\n\n" + out
	}
	if w.in.Limits.Answer > 0 {
		n := w.in.Tokens(out)
		if n > w.left {
			out = firstTokens(out, w.left, w.in.Tokens)
			w.full = true
			w.x.Finish("length")
		}
		w.left -= n
	}
	return w.x.Write(out)
}

// headed says whether a heading stands before a section: not before the further parts of a long one.
func (w *writer) headed(i int) bool { return w.jobs[i].part == 0 && w.jobs[i].Title != "" }

// sectionIntro is a line with which a model announces its section although it was told not to.
var sectionIntro = lazily(`(?i)^(?:sure|certainly|of course|here(?:'s|’s| is)|[iİ]şte)(?:[\s,.!:]).{0,160}\b(?:section|chapter|part|bölüm\w*|kısım|text)\b.{0,80}:\**$`)

// trim drops the section's own heading where the model wrote it all the same, a line that announces it, and white space around the text.
func (w *writer) trim(i int, text string) string {
	text = strings.Trim(text, "\r\n")
	if line, rest, ok := strings.Cut(text, "\n"); ok && sectionIntro().MatchString(strings.TrimSpace(line)) {
		text = strings.TrimLeft(rest, "\r\n")
	}
	title := plainTitle(w.jobs[i].Title)
	line, rest, _ := strings.Cut(text, "\n")
	if title != "" && plainTitle(line) == title {
		text = strings.TrimLeft(rest, "\r\n")
	}
	return strings.TrimRight(text, " \t\r\n")
}

// earlier is the end of what stands before, for the next section.
func (w *writer) earlier() string {
	if len(w.texts) == 0 {
		return ""
	}
	all := strings.Join(w.texts[max(0, len(w.texts)-2):], "\n\n")
	return after(all, len(all)-earlierBytes)
}

// firstTokens returns the longest start of text that has at most n tokens, cut between characters.
func firstTokens(text string, n int, count func(string) int) string {
	lo, hi := 0, len(text)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if count(text[:mid]) <= n {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	for lo > 0 && lo < len(text) && !utf8.RuneStart(text[lo]) {
		lo--
	}
	return text[:lo]
}
