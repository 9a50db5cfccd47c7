package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A perfect worker answers each call exactly from what that call's messages hold: it has understood the task, and it has no memory of other calls. It is safe
// for concurrent use.
type perfect struct {
	task  *task
	rules bool // the planner model talks nonsense, so that rules decide

	mu   sync.Mutex
	lost []string // calls that the task's mind knows nothing of
}

func (w *perfect) reply(s sight) upstreamtest.Reply {
	m := &w.task.mind
	switch s.kind {
	case "planner":
		if w.rules {
			return says("I would rather not.")
		}
		return says(compact(w.plan(s)))
	case "count":
		if m.spot != nil {
			return says(compact(map[string]any{"items": rows(m.spot(s), func(t thing) map[string]any {
				return map[string]any{"quote": t.quote, "key": t.key, "value": t.value, "n": 1}
			})}))
		}
	case "extract":
		if m.spot != nil {
			return says(compact(map[string]any{"items": rows(m.spot(s), func(t thing) map[string]any {
				item, row := t.key, t.row
				if item == "" {
					item = t.quote
				}
				if row == nil {
					row = []string{}
				}
				return map[string]any{"quote": t.quote, "item": item, "fields": row}
			})}))
		}
	case "find":
		if m.spot != nil {
			return says(compact(map[string]any{"items": rows(m.spot(s), func(t thing) map[string]any {
				return map[string]any{"quote": t.quote, "note": t.note, "sure": t.sure}
			})}))
		}
	case "notes", "again":
		if m.spot != nil {
			return says(compact(map[string]any{"items": rows(m.spot(s), func(t thing) map[string]any {
				return map[string]any{"quote": t.quote, "note": t.note}
			})}))
		}
	case "merge":
		return says(compact(map[string]any{"items": kept(s.text)}))
	case "records":
		if m.fill != nil {
			return says(compact(m.fill(s)))
		}
	case "look":
		questions := []string{}
		if m.look != nil {
			questions = append(questions, m.look(s)...)
		}
		return says(compact(map[string]any{"questions": questions}))
	case "edit":
		if m.hunks != nil {
			edits := []map[string]any{}
			for _, h := range m.hunks(s) {
				edits = append(edits, map[string]any{"search": h[0], "replace": h[1]})
			}
			return says(compact(map[string]any{"edits": edits}))
		}
	case "carry":
		if m.step != nil {
			return says(m.step(s))
		}
	case "transform":
		if m.rewrite != nil {
			return says(m.rewrite(s))
		}
	case "summary":
		if m.gist != nil {
			if text := m.gist(s); text != "" {
				return says(text)
			}
			return says("NONE")
		}
	case "summarymerge":
		if m.shorten != nil {
			return says(m.shorten(s))
		}
	case "outline":
		if m.outline != nil {
			return says(compact(map[string]any{"sections": m.outline(s)}))
		}
	case "section", "more":
		if m.section != nil {
			return says(m.section(s))
		}
	case "final":
		if m.final != nil {
			return m.final(s)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost = append(w.lost, fmt.Sprintf("a call of kind %q: %.80q", s.kind, s.call.System))
	return says("")
}

func (w *perfect) unexpected() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lost
}

func rows(things []thing, f func(thing) map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(things))
	for _, t := range things {
		out = append(out, f(t))
	}
	return out
}

// kept merges notes: all quotes matter, and what they mean can be seen by themselves.
func kept(notes string) []map[string]any {
	items := []map[string]any{}
	for _, line := range strings.Split(notes, "\n") {
		if q, ok := strings.CutPrefix(line, "QUOTE: "); ok {
			items = append(items, map[string]any{"quote": q, "note": ""})
		} else if n, ok := strings.CutPrefix(line, "UNCHECKED: "); ok {
			items = append(items, map[string]any{"quote": "", "note": n})
		}
	}
	return items
}

var numbered = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)$`)

// plan fills what a task leaves out of a planner's answer, and says which of the numbered paragraphs are instruction.
func (w *perfect) plan(s sight) map[string]any {
	kept := []int{}
	for _, m := range numbered.FindAllStringSubmatch(s.task, -1) {
		shown, _, _ := strings.Cut(m[2], " […] ")
		for _, ask := range w.task.asks {
			if strings.HasPrefix(strings.Join(strings.Fields(ask), " "), shown) {
				n, _ := strconv.Atoi(m[1])
				kept = append(kept, n)
			}
		}
	}
	out := map[string]any{"operator": w.task.operator, "dependence": "none", "confidence": 0.95, "question": "", "unit": "", "labels": []string{}, "order": "source",
		"conflict": "both", "language": "", "words": 0, "sections": []any{}, "parallel": false, "digest": ""}
	for k, v := range w.task.advice {
		out[k] = v
	}
	out["instruction_paragraphs"] = kept
	return out
}

// begin finds what matches and begins in the passage. The text on both sides helps to see all of it, as it does a human reader. A fence ends its text with
// a line end where it has none, so text that is cut within a line is joined as whole says: without the line end when the material has none at all.
func begin(s sight, re *regexp.Regexp, whole bool) [][]string {
	earlier, text, later := s.earlier, s.text, s.later
	if whole {
		earlier, text, later = strings.TrimSuffix(earlier, "\n"), strings.TrimSuffix(text, "\n"), strings.TrimSuffix(later, "\n")
	}
	var out [][]string
	all := earlier + text + later
	for _, at := range re.FindAllStringSubmatchIndex(all, -1) {
		if at[0] < len(earlier) || at[0] >= len(earlier)+len(text) {
			continue
		}
		m := make([]string, len(at)/2)
		for i := range m {
			if at[2*i] >= 0 {
				m[i] = all[at[2*i]:at[2*i+1]]
			}
		}
		out = append(out, m)
	}
	return out
}
