package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/haiku-planner/haikuplanner"
)

// A lockedWriter can be written to by several goroutines.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// A plan is what is shown of the answer to POST /haiku-planner/plan.
type plan struct {
	Decision     string
	Reason       string
	Operator     string
	AdvisedBy    string `json:"advised_by"`
	PromptTokens int    `json:"prompt_tokens"`
	Chunks       []haikuplanner.Chunk
	Calls        struct{ Planner, Map, Final int }
	Models       struct{ Planner, Map, Final string }
	Estimate     struct{ Cost, Direct *float64 }
}

func (p *plan) print(out io.Writer) {
	fmt.Fprintf(out, "\nplan      %s (%s), %d prompt tokens\n", p.Decision, p.Reason, p.PromptTokens)
	if p.Decision != "decompose" {
		return
	}
	fmt.Fprintf(out, "          operator %q, advised by %s\n", p.Operator, p.AdvisedBy)
	fmt.Fprintf(out, "          %d chunks on %s, then %d final call on %s\n", len(p.Chunks), p.Models.Map, p.Calls.Final, p.Models.Final)
	if e := p.Estimate; e.Cost != nil && e.Direct != nil {
		fmt.Fprintf(out, "          about $%.4f; as one call $%.4f\n", *e.Cost, *e.Direct)
	}
	fmt.Fprintln(out)
}

// progress prints a line for about every tenth of a stage's calls.
func progress(out io.Writer, e haikuplanner.Event) {
	switch {
	case e.Err != nil:
		fmt.Fprintf(out, "%-9s %3d/%d  %v\n", e.Stage, e.Done, e.Total, e.Err)
	case e.Done == e.Total || e.Total > 0 && e.Done*10/e.Total != (e.Done-1)*10/e.Total:
		fmt.Fprintf(out, "%-9s %3d/%d  $%.4f\n", e.Stage, e.Done, e.Total, dollars(e.Cost))
	}
}

// inQuotes finds what an answer quotes, if it is long enough to be found again.
var inQuotes = regexp.MustCompile(`["“]([^"“”]{24,})["”]`)

// printSources says where in the document the answer's lines and quotes stand.
func printSources(out io.Writer, document string, p *plan, answer string) {
	words, places := fold(document)
	var quotes []string
	for _, line := range strings.Split(answer, "\n") {
		if len(strings.Fields(line)) >= 4 {
			quotes = append(quotes, strings.Trim(line, "-*>• \t"))
		}
	}
	for _, m := range inQuotes.FindAllStringSubmatch(answer, -1) {
		quotes = append(quotes, m[1])
	}
	title := "\nsources"
	for _, q := range quotes {
		text, _ := fold(q)
		at := strings.Index(words, text)
		if at < 0 || text == "" {
			continue
		}
		offset := places[at]
		chunk := ""
		for _, c := range p.Chunks {
			if c.Start <= offset && offset < c.End {
				chunk = fmt.Sprintf(", chunk %d of %d", c.Index+1, len(p.Chunks))
			}
		}
		if len(text) > 60 {
			text = strings.ToValidUTF8(text[:60], "") + "…"
		}
		if title != "" {
			fmt.Fprintln(out, title)
			title = ""
		}
		fmt.Fprintf(out, "line %-5d byte %d%s: %s\n", 1+strings.Count(document[:offset], "\n"), offset, chunk, text)
	}
}

// fold makes every run of white space one space; places are the offsets in s of the result's bytes.
func fold(s string) (text string, places []int) {
	var b strings.Builder
	space := true
	for i := range len(s) {
		c := s[i]
		white := c == ' ' || c == '\t' || c == '\n' || c == '\r'
		if white && space {
			continue
		}
		if space = white; white {
			c = ' '
		}
		b.WriteByte(c)
		places = append(places, i)
	}
	return strings.TrimSuffix(b.String(), " "), places
}
