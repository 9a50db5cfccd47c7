package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner"
)

// A cutter plans requests about a text with fresh planners: what a planner remembers of counts would help the second time.
type cutter struct{ options []haikuplanner.Option }

func newCutter(options ...haikuplanner.Option) cutter {
	c := roomy()
	c.MaxCostPerRequest, c.MaxBodyBytes, c.MaxBufferedBytes = 1e6*haikuplanner.Dollar, 1<<30, 1<<30
	return cutter{append([]haikuplanner.Option{haikuplanner.WithConfig(c), haikuplanner.WithLiteLLM("http://litellm.test", "sk"), haikuplanner.WithBase(instant{})}, options...)}
}

func (c cutter) request(text string) []byte {
	body, _ := json.Marshal(map[string]any{"model": "sonnet-4-x", "messages": []map[string]string{
		{"role": "user", "content": text}, {"role": "user", "content": "What is said of the question in this text?"}}})
	return body
}

// cut returns the chunks of a text.
func (c cutter) cut(text string) ([]haikuplanner.Chunk, error) {
	p, err := haikuplanner.New(append(c.options, haikuplanner.WithRules())...)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(c.request(text)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Decompose", "1")
	plan, err := p.Plan(context.Background(), r)
	if err != nil {
		return nil, err
	}
	chunks := slices.DeleteFunc(plan.Chunks, func(c haikuplanner.Chunk) bool { return c.Message != 0 })
	at := 0
	for _, c := range chunks {
		if c.Start != at {
			return nil, fmt.Errorf("a chunk begins at %d, the one before ended at %d", c.Start, at)
		}
		at = c.End
	}
	if at != len(text) {
		return nil, fmt.Errorf("chunks end at %d of %d", at, len(text))
	}
	return chunks, nil
}

// bodies returns hashes of the calls that read chunks, when the request is run.
func (c cutter) bodies(text string) (map[uint64]int, error) {
	base := &recorder{got: map[uint64]int{}}
	p, err := haikuplanner.New(append(c.options, haikuplanner.WithBase(base))...)
	if err != nil {
		return nil, err
	}
	_, err = send(p.Transport(nil), "http://litellm.test", c.request(text), ownCPU)
	return base.got, err
}

// A recorder is an upstream that notes what it was asked by the readers of chunks.
type recorder struct {
	instant
	mu  sync.Mutex
	got map[uint64]int
}

var bodySeed = maphash.MakeSeed()

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte(`"autox"`)) && !bytes.Contains(body, []byte(`"json_schema":{"name":"advice"`)) {
			r.mu.Lock()
			r.got[maphash.Bytes(bodySeed, body)]++
			r.mu.Unlock()
		}
	}
	return r.instant.RoundTrip(req)
}

// kept is the part of before that after has too.
func kept[K comparable](before, after map[K]int) float64 {
	all, same := 0, 0
	for k, n := range before {
		all, same = all+n, same+min(n, after[k])
	}
	return float64(same) / float64(max(all, 1))
}

func texts(text string, chunks []haikuplanner.Chunk) map[string]int {
	out := make(map[string]int, len(chunks))
	for _, c := range chunks {
		out[text[c.Start:c.End]]++
	}
	return out
}

// edits returns which part of the chunks stays the same after n lines were inserted, over many edits.
func (c cutter) edits(k kind, chunks []haikuplanner.Chunk, lines, times int) ([]float64, error) {
	before, r := texts(k.text, chunks), rand.New(rand.NewPCG(uint64(lines), 23))
	out := make([]float64, times)
	for i := range out {
		text := k.edited(lines, r)
		after, err := c.cut(text)
		if err != nil {
			return nil, err
		}
		out[i] = kept(before, texts(text, after))
	}
	return out, nil
}

// A shape is what the chunks of a text look like.
type shape struct {
	fill                       float64 // mean tokens against the aim
	over, atLine, fenced, torn int     // chunks above the maximum; cuts at line ends, inside fences, inside a character
	cuts                       int
}

func look(text string, chunks []haikuplanner.Chunk, aim, most int) (s shape) {
	total := 0
	inFence, line := false, 0
	for _, c := range chunks {
		if total += c.Tokens; c.Tokens > most {
			s.over++
		}
		if c.Start == 0 {
			continue
		}
		s.cuts++
		if text[c.Start-1] == '\n' {
			s.atLine++
		}
		if !utf8.RuneStart(text[c.Start]) {
			s.torn++
		}
		for line < c.Start { // the lines before the cut
			if strings.HasPrefix(text[line:], "```") {
				inFence = !inFence
			}
			_, rest, _ := strings.Cut(text[line:], "\n")
			line = len(text) - len(rest)
		}
		if inFence {
			s.fenced++
		}
	}
	s.fill = float64(total) / float64(len(chunks)*aim)
	return s
}

func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// chunks measures what cutting costs, what comes of it, and how much of it an edit leaves as it was.
func chunks(e *env, w io.Writer) error {
	d := haikuplanner.DefaultConfig()
	c, all := newCutter(), e.kinds(1<<20)
	times := e.times(200)
	t := table{head: []string{"1 MB of", "chunks", "mean fill", "over", "cuts at line ends", "outside fences", "inside a character", "kept after 1 line (worst edit)", "after 10 lines", "calls repeated after 1 line"}}
	for _, k := range all {
		chunks, err := c.cut(k.text)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		s := look(k.text, chunks, d.OptimalChunkSize, d.MaxChunkSize)
		one, err := c.edits(k, chunks, 1, times)
		if err != nil {
			return err
		}
		ten, err := c.edits(k, chunks, 10, times)
		if err != nil {
			return err
		}
		before, err := c.bodies(k.text)
		if err != nil {
			return err
		}
		var repeated []float64
		r := rand.New(rand.NewPCG(24, 25))
		for range e.times(10) {
			after, err := c.bodies(k.edited(1, r))
			if err != nil {
				return err
			}
			repeated = append(repeated, kept(before, after))
		}
		fences, atLine := "no fences", percent(float64(s.atLine)/float64(s.cuts))
		if strings.Contains(k.text, "\n```") {
			fences = percent(1 - float64(s.fenced)/float64(s.cuts))
		}
		if !k.lines {
			atLine = "no lines"
		}
		t.add(k.name, fmt.Sprint(len(chunks)), fmt.Sprintf("%.3f", s.fill), fmt.Sprint(s.over), atLine, fences, fmt.Sprint(s.torn),
			fmt.Sprintf("**%s** (%s)", percent(mean(one)), percent(slices.Min(one))), "**"+percent(mean(ten))+"**", "**"+percent(mean(repeated))+"**")
	}
	t.write(w)
	fmt.Fprintf(w, "Sizes are the defaults %d/%d/%d; fill is against the optimal one. Kept: chunks that are byte for byte the same after lines were inserted anywhere, means over %d edits; ten edits in so many chunks cannot leave all. "+
		"Calls repeated: bodies of the calls that read chunks, of whole runs, found again in the run of the edited text.\n\n", d.MinChunkSize, d.OptimalChunkSize, d.MaxChunkSize, times)

	if err := cutTimes(e, w); err != nil {
		return err
	}
	return trade(e, w, all, times)
}

// cutTimes measures what it costs to cut ten megabytes.
func cutTimes(e *env, w io.Writer) error {
	t := table{head: []string{"10 MB of", "chunks", "CPU of a plan (quartiles)", "CPU of its body alone, forwarded"}}
	c := newCutter()
	for _, k := range e.kinds(10 << 20) {
		body := c.request(k.text)
		p, err := haikuplanner.New(append(c.options, haikuplanner.WithRules())...)
		if err != nil {
			return err
		}
		var cpu, alone []float64
		n := 0
		for i := range e.times(5) + 1 {
			began := ownCPU()
			chunks, err := c.cut(k.text)
			if err != nil {
				return err
			}
			cut := float64(ownCPU() - began)
			r, err := http.NewRequest(http.MethodPost, "http://litellm.test/v1/chat/completions", bytes.NewReader(body))
			if err != nil {
				return err
			}
			r.Header.Set("X-Decompose", "0")
			began = ownCPU()
			resp, err := p.Transport(nil).RoundTrip(r)
			if err != nil {
				return err
			}
			resp.Body.Close()
			if n = len(chunks); i > 0 {
				cpu, alone = append(cpu, cut), append(alone, float64(ownCPU()-began))
			}
		}
		t.add(k.name, fmt.Sprint(n), fmt.Sprintf("**%s** (%s–%s)", millis(median(cpu)), millis(quantile(cpu, 0.25)), millis(quantile(cpu, 0.75))), millis(median(alone)))
	}
	t.write(w)
	fmt.Fprint(w, "A plan is everything from the text on: making the request's JSON (a fifth of it), reading it, counting, dividing, cutting, estimating; garbage collection included.\n\n")
	return nil
}

// trade shows what the room between the size aimed at and the maximum is for.
func trade(e *env, w io.Writer, all []kind, times int) error {
	t := table{head: []string{"optimal/max", "fill of optimal", "fill of max", "calls for 1 MB", "kept after 1 line (worst kind)", "after 10 lines (worst kind)"}}
	for _, aim := range []int{1000, 1250, 1500, 1750, 2000} {
		c := newCutter(haikuplanner.WithChunkSizes(500, aim, 2000))
		var fill, one, ten []float64
		calls := 0
		for _, k := range all {
			chunks, err := c.cut(k.text)
			if err != nil {
				return err
			}
			fill = append(fill, look(k.text, chunks, aim, 2000).fill)
			calls += len(chunks)
			for lines, out := range map[int]*[]float64{1: &one, 10: &ten} {
				kept, err := c.edits(k, chunks, lines, max(times/8, 3))
				if err != nil {
					return err
				}
				*out = append(*out, mean(kept))
			}
		}
		t.add(fmt.Sprintf("%d/2000", aim), fmt.Sprintf("%.2f", mean(fill)), fmt.Sprintf("%.2f", mean(fill)*float64(aim)/2000), fmt.Sprint(calls/len(all)),
			fmt.Sprintf("%s (%s)", percent(mean(one)), percent(slices.Min(one))), fmt.Sprintf("%s (%s)", percent(mean(ten)), percent(slices.Min(ten))))
	}
	fmt.Fprint(w, "### How fill and stability trade\n\n")
	t.write(w)
	fmt.Fprint(w, tradeWords)
	return nil
}

const tradeWords = `The room between the optimal and the maximal size is where an edit is taken up: the chunk around it grows or shrinks, and its neighbours stay. Without room a longer
chunk must be cut elsewhere, and so must the next; filling chunks to the brim saves a seventh of the calls and lets ten edits change twice as many of them, in the worst kind of text
four times as many. Smaller optimal sizes keep hardly more and need more calls, each of which repeats the instruction. So the default is three quarters of the maximum, which is the
size that the configuration asks for, and chunks come out a little above it. How dear a size is against the rank of a place was chosen in the same way: see pack in chunk.go.
`
