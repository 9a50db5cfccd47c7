package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
)

// How careless a noisy worker is: parts of one.
const (
	missing   = 0.10 // of the items, or of the passages where a reply has no items
	inventing = 0.10 // items with a quote that stands nowhere, per item; per reply where it has none
	cutting   = 0.05 // replies that stop in the middle
)

// A noise makes the replies of calls that read or write careless, by its seed and by what a call says: the same call gets the same reply. Planner and final calls are left as they
// are, so that what is measured is what the line makes of careless readers. It is safe for concurrent use.
type noise struct {
	seed uint64

	mu       sync.Mutex
	invented []string // a word of each quote that was made up
	counts   struct{ missed, invented, cut int }
}

func (n *noise) reply(s sight, good upstreamReply) upstreamReply {
	if good.Status != 0 || good.Text == "" {
		return good
	}
	r := rand.New(rand.NewPCG(n.seed, hash(n.seed, s.call.Body)))
	switch s.kind {
	case "planner", "final", "look", "outline":
		return good
	case "count", "extract", "find", "notes", "again", "merge":
		good.Text = n.items(r, good.Text, "items", func(word string) map[string]any {
			return map[string]any{"quote": "As everybody knows, " + word + " is the case here.", "key": word, "item": word, "fields": []string{word, word, word}, "value": "77", "n": 1,
				"note": "it was said in passing", "sure": true}
		})
	case "edit":
		good.Text = n.items(r, good.Text, "edits", func(word string) map[string]any {
			return map[string]any{"search": "As everybody knows, " + word + " is the case here.", "replace": "nothing"}
		})
	case "records":
		good.Text = n.items(r, good.Text, "orders", nil)
	case "transform":
		if r.Float64() < missing {
			// One line stays as it was.
			was, is := strings.Split(s.text, "\n"), strings.Split(good.Text, "\n")
			if i := r.IntN(len(is)); len(was) == len(is) && was[i] != is[i] {
				is[i] = was[i]
				n.note(&n.counts.missed, "")
				good.Text = strings.Join(is, "\n")
			}
		}
	case "carry":
		if r.Float64() < missing && s.earlier != "" {
			n.note(&n.counts.missed, "")
			good.Text = s.earlier
		}
	case "summary", "summarymerge":
		var kept []string
		for _, p := range strings.Split(good.Text, ". ") {
			if r.Float64() < missing {
				n.note(&n.counts.missed, "")
				continue
			}
			kept = append(kept, p)
		}
		if good.Text = strings.Join(kept, ". "); good.Text == "" {
			good.Text = "NONE"
		}
	}
	if r.Float64() < cutting {
		n.note(&n.counts.cut, "")
		good.Text, good.Finish = strings.ToValidUTF8(good.Text[:len(good.Text)/2], ""), "length"
	}
	return good
}

// items drops some elements of the reply's list and puts made-up ones between them.
func (n *noise) items(r *rand.Rand, text, list string, invent func(word string) map[string]any) string {
	var reply map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal([]byte(text), &reply) != nil || json.Unmarshal(reply[list], &items) != nil {
		return text
	}
	out := []json.RawMessage{}
	add := func() {
		if invent != nil && r.Float64() < inventing {
			word := fmt.Sprintf("zq%08xqz", r.Uint32())
			n.note(&n.counts.invented, word)
			out = append(out, json.RawMessage(compact(invent(word))))
		}
	}
	for _, it := range items {
		if r.Float64() < missing {
			n.note(&n.counts.missed, "")
		} else {
			out = append(out, it)
		}
		add()
	}
	if len(items) == 0 {
		add()
	}
	reply[list] = json.RawMessage(compact(out))
	return compact(reply)
}

func (n *noise) note(count *int, word string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*count++
	if word != "" {
		n.invented = append(n.invented, word)
	}
}

var madeUp = regexp.MustCompile(`zq[0-9a-f]{8}qz`)

// stated lists made-up quotes that stand in a call as anything but a reader's unchecked words, or in the answer. Where an earlier reply is shown to its
// own reader as wrong is no such place.
func (n *noise) stated(o outcome) []string {
	var out []string
	for _, c := range o.calls {
		s := see(c)
		if s.kind == "again" {
			continue
		}
		for _, line := range strings.Split(s.text, "\n") {
			if madeUp.MatchString(line) && !strings.HasPrefix(line, "UNCHECKED: ") {
				out = append(out, fmt.Sprintf("in a call of kind %s: %.100q", s.kind, line))
			}
		}
	}
	if m := madeUp.FindString(o.answer); m != "" {
		out = append(out, "in the answer: "+m)
	}
	return out
}
