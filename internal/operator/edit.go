package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// edit has the changes to a file given as search and replace, applies them to the original, and gives the whole file back: what no change touches keeps its
// bytes.
type edit struct{}

func (edit) Name() string { return "edit" }

const expectedEdits = 120 // tokens of a chunk's reply

func editCall(in *Input, c Chunk, core, reason string) Call {
	f := fields(in)
	f.Place, f.Material, f.Reason = c.Context, core, reason
	return Call{Role: Fast, System: prompt.Pieces("edit.system", f), User: prompt.Pieces("edit.user", f), Schema: "edit"}
}

func (edit) Stages(in *Input) []Stage {
	if in.Format == "guided" {
		return direct{}.Stages(in)
	}
	text, _, _ := divided(in)
	read := mapStage(text, func(c Chunk, core string) Call { return editCall(in, c, core, "") }, expectedEdits)
	read.Worst = 0
	for _, c := range text.Chunks {
		read.Worst += rewriteRoom(c)
	}
	return []Stage{read}
}

const errNotEdits = constErr("what comes back for passages cannot be applied to them")

const errUnchanged = constErr("no part of the file was changed: what the task asks for was not found")

func (e edit) Run(ctx context.Context, in *Input, x Exec) error {
	if in.Format == "guided" {
		return wholly(ctx, in, x)
	}
	return stopping(in, x, func(x Exec) error { return e.run(ctx, in, x) })
}

func (edit) run(ctx context.Context, in *Input, x Exec) error {
	text, between, err := divided(in)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	r := reading{
		roomFor: rewriteRoom,
		call:    func(c Chunk, core string) Call { return editCall(in, c, core, "") },
		check: func(c Chunk, reply string) error {
			_, err := applied(in.Core(c), reply)
			return err
		},
		again: func(c Chunk, core, _ string, reason error) Call {
			return editCall(in, c, core, "An earlier reply could not be applied: "+reason.Error()+".")
		},
		judge: func(pilots []pilot) error {
			if allFail(pilots, func(err error) bool { return !errors.Is(err, ErrContextWindow) && !errors.Is(err, ErrRefused) }) && fitsWhole(in, chunkTokens(in)) {
				return &contradiction{errNotEdits, direct{}}
			}
			return nil
		},
		instead: func() Operator { return directly(in, chunkTokens(in)) },
	}
	f := revised{end: between[len(between)-1]}
	read := 0
	err = readAll(ctx, text, x, r, func(pieces []piece) error {
		before := between[read]
		read++
		for _, p := range pieces {
			core := in.Core(p.chunk)
			changed, err := applied(core, p.text)
			if err != nil {
				return err
			}
			f.parts = append(f.parts, revision{p.chunk, before, core, changed})
			before = ""
		}
		return nil
	})
	if err != nil {
		return orInstead(ctx, in, x, err)
	}
	readRest(in, x, text.Chunks)
	file, err := f.mended(ctx, in, x, r)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	if file == f.text(0) {
		return fmt.Errorf("edit: %w", errUnchanged)
	}
	out := inForm(in, file)
	if err := fitsFormat(in, out); err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	if n := in.Tokens(out); in.Limits.Answer > 0 && n > in.Limits.Answer {
		// Part of a file is worse than none.
		return fmt.Errorf("edit: the file has %d tokens, max_tokens allows %d: raise it", n, in.Limits.Answer)
	}
	x.Finish("stop")
	return x.Write(out)
}

// A hunk is one change as a model gave it.
type hunk struct{ search, replace string }

// parseHunks reads the edits of a reply to a passage: JSON, or the blocks between conflict marks that models know from other tools.
func parseHunks(core, reply string) ([]hunk, error) {
	if isNone(reply) {
		return nil, nil
	}
	if blocks := strings.ReplaceAll(reply, "\r\n", "\n"); strings.Contains(blocks, blockOpens) {
		return blockHunks(core, blocks)
	}
	v, ok := looseJSON(reply)
	if !ok {
		return nil, errShape
	}
	list, ok := listIn(v, "edits")
	if !ok {
		return nil, errShape
	}
	var hunks []hunk
	for _, e := range list {
		m, _ := e.(map[string]any)
		search, ok1 := m["search"].(string)
		replace, ok2 := m["replace"].(string)
		if !ok1 || !ok2 {
			return nil, errShape
		}
		hunks = append(hunks, hunk{search, replace})
	}
	return hunks, nil
}

const blockOpens = "<<<<<<< SEARCH\n"

// blockHunks reads blocks. A line between search and replacement may also underline a heading in either of them: of several such lines it is the last before which
// all stands in the passage.
func blockHunks(core, reply string) ([]hunk, error) {
	const between = "\n=======\n"
	var hunks []hunk
	for _, block := range strings.Split(reply, blockOpens)[1:] {
		body, _, ok := strings.Cut("\n"+block, ">>>>>>> REPLACE")
		at := strings.Index(body, between)
		if !ok || at < 0 {
			return nil, errShape
		}
		cut := func(at int) hunk {
			return hunk{strings.TrimPrefix(body[:at], "\n") + "\n", body[at+len(between):]}
		}
		h := cut(at)
		for {
			next := strings.Index(body[at+1:], between)
			if next < 0 {
				break
			}
			at += 1 + next
			if other := cut(at); strings.Contains(endingLinesAs("\n", core)+"\n", other.search) {
				h = other
			}
		}
		hunks = append(hunks, h)
	}
	return hunks, nil
}

// A change puts text into the place of core[start:end], within core[from:to], which was looked for with what stays around it.
type change struct {
	start, end int
	text       string
	from, to   int
}

func (c change) meets(d change) bool { return c.from < d.to && d.from < c.to }

// same reports whether a later change says once more what this one does: lines that both put between the same two may begin or end with a line end.
func (c change) same(core string, d change) bool {
	inserts := c.start == c.end && d.start == d.end && isBlank(core[c.end:d.start])
	return c.meets(d) && (inserts && strings.TrimSpace(c.text) == strings.TrimSpace(d.text) || c.start == d.start && c.end == d.end && c.text == d.text)
}

// applied is core with the edits of a reply. An edit that fits nowhere, or in several places, is an error that says which.
func applied(core, reply string) (string, error) {
	hunks, err := parseHunks(core, reply)
	if err != nil {
		return "", err
	}
	var changes []change
	for i, h := range hunks {
		if h.search == h.replace || slices.Contains(hunks[:i], h) {
			continue
		}
		start, end, text, err := locate(core, h)
		if err != nil {
			return "", fmt.Errorf("edit %d of %d: %w", i+1, len(hunks), err)
		}
		text = endingLinesAs(core, text)
		head, tail := shared(core[start:end], text)
		changes = append(changes, change{start + head, end - tail, text[head : len(text)-tail], start, end})
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	var b strings.Builder
	at := 0
	for i, c := range changes {
		if i > 0 && changes[i-1].same(core, c) {
			continue
		}
		if c.start < at || i > 0 && changes[i-1].meets(c) && c.start == c.end && c.start == changes[i-1].start {
			return "", constErr("two edits overlap: make them one")
		}
		b.WriteString(core[at:c.start])
		b.WriteString(c.text)
		at = c.end
	}
	b.WriteString(core[at:])
	return b.String(), nil
}

// endingLinesAs is a model's text with the line ends of a passage, where these are all of one kind: models write their own.
func endingLinesAs(core, text string) string {
	lines, crlf := strings.Count(core, "\n"), strings.Count(core, "\r\n")
	if lines == 0 || crlf > 0 && crlf < lines {
		return text
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if crlf > 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

var (
	wantsFence   = lazily(`(?i)\b(?:return|output|give|reply|respond|answer|print|send|put|wrap|show)\b[^.\n]{0,100}\b(?:in|inside|within|as)\s+(?:an?|one|a single)\s+(?:[\w-]+\s+)?code\s?(?:block|fence)|kod blo[ğk]u\w*\s+(?:içinde|olarak|hâlinde|halinde)`)
	wantsNoFence = lazily(`(?i)\b(?:no|without|do not use|don't use|not in)\s+(?:an?\s+|any\s+|markdown\s+)*(?:code\s?)?(?:fences?|code\s?blocks?|backticks)\b|kod blo[ğk]\w* (?:olmadan|kullanma|koyma)`)
)

// inForm puts a file into the code block that the task asks for, or takes it out of one that it does not want. Else it stays in the form in which it came.
func inForm(in *Input, text string) string {
	file := fileIn(text)
	fenced := len(file) < len(text)
	switch {
	case wantsJSON(in) || wantsNoFence().MatchString(in.Instruction):
		return file
	case !fenced && wantsFence().MatchString(in.Instruction) && !strings.Contains(text, "```"):
		end := ""
		if !strings.HasSuffix(text, "\n") {
			end = "\n"
		}
		return "```" + languageOf(text) + "\n" + strings.TrimLeft(text, "\r\n") + end + "```"
	}
	return text
}

// fileIn is the file in a text: what is in the code block that the text is, else the text.
func fileIn(text string) string {
	first, rest, ok := strings.Cut(strings.TrimSpace(text), "\n")
	if ok && strings.HasPrefix(first, "```") && strings.HasSuffix(rest, "```") {
		return strings.TrimSuffix(rest, "```")
	}
	return text
}
