package operator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// maxSections bounds an outline, whatever a model dreams up.
const maxSections = 64

// outline is the advice's sections, or those of a call; none when no outline can be had.
func outline(ctx context.Context, in *Input, x Exec, background string) ([]Section, error) {
	if len(in.Advice.Sections) > 0 {
		return bounded(in.Advice.Sections), nil
	}
	reply, err := askSurely(ctx, x, outlineCall(in, background))
	if err != nil || fault(reply) != nil {
		return nil, err
	}
	return parseOutline(reply.Text), nil
}

func outlineCall(in *Input, background string) Call {
	f := fields(in)
	f.Question, f.Material = "", background
	f.Words = in.Advice.Words
	if ceiling := wordsOf(in.Limits.Answer); ceiling > 0 && (f.Words == 0 || f.Words > ceiling) {
		f.Words = ceiling
	}
	return Call{Stage: "outline", Role: Fast, System: prompt.Pieces("outline.system", f), User: prompt.Pieces("outline.user", f),
		Schema: "outline", MaxTokens: maxOutline}
}

// parseOutline reads an outline as JSON, or as a list with one section a line. Fewer than two lines are no outline; a cut one is none either.
func parseOutline(reply string) []Section {
	if v, ok := looseJSON(reply); ok {
		list, _ := listIn(v, "sections")
		var out []Section
		for _, e := range list {
			out = append(out, looseSection(e))
		}
		return bounded(out)
	}
	if strings.Contains(reply, `"sections"`) {
		return nil
	}
	var out []Section
	for rest := reply; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if m := outlineLine().FindStringSubmatch(line); m != nil {
			out = append(out, listSection(m[1]))
		}
	}
	if len(out) < 2 {
		return nil
	}
	return bounded(out)
}

var (
	outlineLine  = lazily(`^ {0,3}(?:#{1,4}|[-*•]|\(?\d{1,3}[.)])\s+(\S.{0,600})`)
	outlineWords = lazily(`(?i)[(\[,]?\s*~?\s*(\d{2,5})\s*(?:words|word|kelime|wörter|mots|palabras)\s*[)\]]?`)
)

func listSection(line string) Section {
	var s Section
	if m := outlineWords().FindStringSubmatchIndex(line); m != nil {
		s.Words, _ = strconv.Atoi(line[m[2]:m[3]])
		line = line[:m[0]] + line[m[1]:]
	}
	s.Title = line
	for _, sep := range []string{" — ", " – ", " - ", ": "} {
		if title, brief, ok := strings.Cut(line, sep); ok {
			s.Title, s.Brief = title, strings.TrimSpace(brief)
			break
		}
	}
	s.Title = strings.Trim(s.Title, " \t*_#:\"")
	return s
}

// looseSection takes a section as a model gives it: numbers as text, a bare title.
func looseSection(v any) Section {
	switch v := v.(type) {
	case string:
		return listSection(v)
	case map[string]any:
		s := Section{}
		s.Title, _ = v["title"].(string)
		s.Brief, _ = v["brief"].(string)
		switch w := v["words"].(type) {
		case string:
			s.Words, _ = strconv.Atoi(strings.TrimSpace(w))
		case json.Number:
			if n, _ := w.Float64(); n > 0 && n < math.MaxInt32 {
				s.Words = int(n)
			}
		}
		return s
	}
	return Section{}
}

// bounded drops sections that say nothing or that are there already, and what is beyond the limit.
func bounded(sections []Section) []Section {
	seen := map[string]bool{}
	var out []Section
	for _, s := range sections {
		s.Title, s.Brief = strings.TrimSpace(s.Title), strings.TrimSpace(s.Brief)
		if !strings.ContainsFunc(s.Title, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			s.Title = "" // such as the "…" of an example
		}
		key := cmp.Or(plainTitle(s.Title), s.Brief)
		if strings.Trim(key, "….") == "" || seen[key] || len(out) == maxSections {
			continue
		}
		seen[key] = true
		out = append(out, s)
	}
	return out
}

// A job is one call's share of the text: a section, or a part of one that is longer than a call may write.
type job struct {
	Section
	part int // 0: the section starts here, and its heading goes before
}

// jobs gives sections the lengths that the task wants, in words all together (0: any), as far as limits allow: none longer than a call's, all together under the
// ceiling.
func jobs(sections []Section, wanted int, l Limits) []job {
	aim, most := l.Section, l.MaxSection
	if aim <= 0 {
		aim = 1500
	}
	most = max(most, aim)
	words, total := make([]int, len(sections)), 0
	for i, s := range sections {
		if words[i] = min(s.Words, wordsOf(most)*16); words[i] <= 0 {
			words[i] = wordsOf(aim)
		}
		total += words[i]
	}
	scale := func(to int) {
		for i := range words {
			words[i] = max(20, min(int(int64(words[i])*int64(to)/int64(total)), wordsOf(most)*16))
		}
		total = to
	}
	if wanted > 0 && total > 0 && (total < wanted*9/10 || total > wanted*11/10) {
		scale(wanted)
	}
	if ceiling := wordsOf(l.Answer) * 9 / 10; l.Answer > 0 && total > ceiling {
		scale(ceiling)
	}
	var out []job
	for i, s := range sections {
		n := max(1, (words[i]+wordsOf(most)-1)/wordsOf(most))
		for k := range n {
			j := job{Section: s, part: k}
			j.Words = words[i] / n
			if n > 1 {
				j.Brief = strings.TrimSpace(fmt.Sprintf("%s (Part %d of %d of this section: go on where part %d ends, and write only this part.)", s.Brief, k+1, n, k))
				if k == 0 {
					j.Brief = strings.TrimSpace(fmt.Sprintf("%s (Part 1 of %d of this section: write only the first part; the rest follows.)", s.Brief, n))
				}
			}
			out = append(out, j)
		}
	}
	return out
}

// renderOutline writes the outline for the writers of sections.
func renderOutline(js []job) string {
	var b strings.Builder
	for i, j := range js {
		fmt.Fprintf(&b, "%d. %s", i+1, cmp.Or(prompt.Line(j.Title), "(no heading)"))
		if j.Brief != "" {
			b.WriteString(": " + prompt.Line(j.Brief))
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// plainTitle folds a heading to what makes it the same heading: no marks, number or case.
func plainTitle(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "#*_=-:. \t\"")
	s = titleNumber().ReplaceAllString(s, "")
	return strings.ToLower(strings.Trim(s, "#*_:. \t\""))
}

var titleNumber = lazily(`(?i)^(?:(?:section|bölüm|chapter|part)\s+)?\d{1,3}(?:\.\d{1,3})*\s*[.):–—-]\s*`)
