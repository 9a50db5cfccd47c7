package haikuplanner

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// Whatever is remembered, the threshold falls where exact counting puts it.
func TestThresholdIsExactWhateverIsRemembered(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	look := func(texts []string) *look {
		var messages []map[string]string
		for _, text := range texts {
			messages = append(messages, map[string]string{"role": "user", "content": text})
		}
		body, err := json.Marshal(map[string]any{"model": "gpt-4o", "messages": messages})
		if err != nil {
			t.Fatal(err)
		}
		req, err := wire.Skim(wire.Chat(), body)
		if err != nil {
			t.Fatal(err)
		}
		return &look{req: req, body: body, model: p.models.facts(req.Model), p: p, cfg: &p.cfg}
	}
	sets := [][]string{
		{"One line.\nAnother \"line\".\n"},
		{strings.Repeat("The tide was out. ", 40), "short", ""},
		{strings.Repeat("Gelgit çekilmişti — çok uzağa.\n", 30), strings.Repeat("🌊海", 50)},
		{strings.Repeat("The tide was out. ", 40), strings.Repeat("x", 3000), strings.Repeat("\n", 500)},
	}
	for i, texts := range sets {
		truth := 0
		for _, text := range texts {
			truth += p.models.facts("gpt-4o").enc.Count(text)
		}
		for _, limit := range []int{0, 1, truth / 2, truth - 1, truth, truth + 1, 2 * truth, 10 * truth} {
			for _, warm := range []string{"as it comes", "again", "after an exact count"} {
				t.Run(fmt.Sprintf("%d/%d/%s", i, limit, warm), func(t *testing.T) {
					l := look(texts)
					if got := l.countTo(limit); (got > limit) != (truth > limit) {
						t.Errorf("countTo(%d) = %d, the truth is %d", limit, got, truth)
					}
					if warm == "again" {
						if got := l.countAll(); got != truth {
							t.Errorf("countAll() = %d, want %d", got, truth)
						}
					}
				})
			}
		}
		p.counts.now, p.counts.old = nil, nil
	}
}

func TestCountsAreBounded(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	enc := p.models.facts("gpt-4o").enc
	for i := range 3 * mostCounts {
		k, n := p.counts.raw(enc, []byte(fmt.Sprint(i)))
		if n.exact || n.most != int32(k.size) {
			t.Fatalf("text %d is known before it was counted: %+v", i, n)
		}
		p.counts.add(k, tokenCount{1, true})
	}
	if n := len(p.counts.now) + len(p.counts.old); n > 2*mostCounts {
		t.Errorf("%d counts are remembered, want at most %d", n, 2*mostCounts)
	}
	if _, n := p.counts.raw(enc, []byte(fmt.Sprint(3*mostCounts-1))); !n.exact || n.most != 1 {
		t.Errorf("the latest text is forgotten: %+v", n)
	}
}

// A text that another request counts meanwhile still counts.
func TestThresholdWhileOthersCount(t *testing.T) {
	type turn struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	big := turn{"user", strings.Repeat("The boat came in late, and nobody was on the pier. ", 800)}
	many := make([]turn, 0, 5001)
	for i := range 5000 {
		many = append(many, turn{"user", fmt.Sprint("a", i)})
	}
	many = append(many, big)
	for range 10 {
		p, err := New(WithThreshold(20_000))
		if err != nil {
			t.Fatal(err)
		}
		look := func(turns []turn) *look {
			body, err := json.Marshal(map[string]any{"model": "gpt-4o", "messages": turns})
			if err != nil {
				t.Fatal(err)
			}
			req, err := wire.Skim(wire.Chat(), body)
			if err != nil {
				t.Fatal(err)
			}
			return &look{body: body, req: req, cfg: &p.cfg, p: p, model: p.models.facts("gpt-4o")}
		}
		slow, quick := look(many), look([]turn{big})
		done := make(chan bool)
		go func() { quick.countAll(); done <- true }()
		if !slow.large() {
			t.Errorf("%d tokens are small", slow.countAll())
		}
		<-done
	}
}

// Counting very many texts that are decoded takes no longer a text than few.
func TestCountingManyTextsIsLinear(t *testing.T) {
	p, err := New(WithThreshold(1_000_000))
	if err != nil {
		t.Fatal(err)
	}
	took := func(n int) time.Duration {
		best := time.Hour
		for round := range 10 {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, `,{"role":"user","content":"turn %d of round %d"}`, i, round)
			}
			req, err := wire.Skim(wire.Chat(), []byte(`{"model":"gpt-4o","messages":[`+b.String()[1:]+`]}`))
			if err != nil {
				t.Fatal(err)
			}
			l := &look{req: req, model: p.models.facts(req.Model), p: p, cfg: &p.cfg}
			l.decode()
			began := time.Now()
			l.countTo(10 * n) // between what they have and their bytes
			best = min(best, time.Since(began))
		}
		return best
	}
	if few, many := took(500), took(4000); many > 22*few { // linear is 8, quadratic 64
		t.Errorf("500 texts take %v, 4,000 %v", few, many)
	}
}
