package offline

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A hit is a segment with what it is worth for a query.
type hit struct {
	segment
	score    float64 // BM25, with a share of the neighbours'
	coverage float64 // weight of the query's terms found here or, by half, nearby; 0..1
	terms    []string
}

// Constants of BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009: the usual k1 and a b that forgives long sentences).
const (
	k1 = 1.2
	b  = 0.5
)

const (
	leastCoverage = 0.33 // of the question's weight, for a segment to be an answer at all
	nearShare     = 0.5  // what a term nearby counts
	nearBefore    = 6    // segments that count as nearby: pronouns refer back, mostly
	nearAfter     = 2
)

// search ranks the segments of a text for a query, best first. Only those that may answer it are returned. Linear but for the final sort.
func search(text string, q query) []hit {
	segs := segments(text)
	if len(segs) == 0 {
		return nil
	}
	if q.general {
		return central(text, segs, q.lang)
	}
	hits := score(text, segs, q)
	var out []hit
	for i, h := range hits {
		if len(h.terms) == 0 || strings.Contains(q.text, text[h.start:h.end]) {
			continue // what asks is not what answers
		}
		seen, near, others := 0.0, 0.0, map[string]bool{} // weights of the terms here and of others nearby
		for _, t := range h.terms {
			seen += q.weight[t]
		}
		for j := max(i-nearBefore, 0); j <= min(i+nearAfter, len(hits)-1); j++ {
			if j == i {
				continue
			}
			for _, t := range hits[j].terms {
				if !slices.Contains(h.terms, t) && !others[t] {
					others[t] = true
					near += q.weight[t]
				}
			}
			if hits[j].para == h.para && i-2 <= j && j <= i+1 {
				h.score += 0.15 * hits[j].score
			}
		}
		h.coverage = (seen + nearShare*near) / q.total
		if len(q.terms) > 2 && len(h.terms)+len(others) < 2 || h.coverage < leastCoverage {
			continue
		}
		h.score *= h.coverage
		if fits(text[h.start:h.end], q) {
			h.score *= 1.3
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	return out
}

// score finds the terms of a query in each segment, and what they are worth there by BM25.
func score(text string, segs []segment, q query) []hit {
	hits := make([]hit, len(segs))
	freq := make([][]float64, len(segs)) // of the terms of hits
	length := make([]float64, len(segs))
	df, total := map[string]float64{}, 0.0
	for i, s := range segs {
		h := &hits[i]
		h.segment = s
		words(text[s.start:s.end], func(w string, _ int) {
			length[i]++
			t := stem(fold(w), q.lang)
			if _, ok := q.weight[t]; !ok {
				return
			}
			k := slices.Index(h.terms, t)
			if k < 0 {
				k = len(h.terms)
				h.terms, freq[i] = append(h.terms, t), append(freq[i], 0)
				df[t]++
			}
			freq[i][k]++
		})
		total += length[i]
	}
	n := float64(len(segs))
	mean := total/n + 1
	for i := range hits {
		h := &hits[i]
		for k, t := range h.terms {
			idf, f := math.Log(1+(n-df[t]+0.5)/(df[t]+0.5)), freq[i][k]
			h.score += q.weight[t] * idf * f * (k1 + 1) / (f + k1*(1-b+b*length[i]/mean))
		}
	}
	return hits
}

// fits says whether a segment holds the kind of thing that is asked for: a person, a place, a number.
func fits(s string, q query) bool {
	switch q.asks {
	case "when", "number":
		return strings.ContainsAny(s, "0123456789")
	case "who", "where":
		found, first := false, true
		words(s, func(w string, _ int) {
			r, _ := utf8.DecodeRuneInString(w)
			if unicode.IsUpper(r) && !first && len(w) > 1 && !q.names[stem(fold(w), q.lang)] {
				found = true
			}
			first = false
		})
		return found
	}
	return false
}

// central ranks for a task without a question: segments whose words are the text's most frequent ones, earlier first where equal.
func central(text string, segs []segment, l language) []hit {
	df := map[string]int{}
	stems := make([][]string, len(segs))
	for i, s := range segs {
		seen := map[string]bool{}
		words(text[s.start:s.end], func(w string, _ int) {
			f := fold(w)
			if t := stem(f, l); !stop[f] && len(f) > 2 && !seen[t] {
				seen[t] = true
				df[t]++
				stems[i] = append(stems[i], t)
			}
		})
	}
	hits := make([]hit, 0, len(segs))
	for i, s := range segs {
		h := hit{segment: s, coverage: 1}
		for _, t := range stems[i] {
			if df[t] > 1 {
				h.score += math.Log(float64(df[t]))
			}
		}
		// A heading or a fragment says little of what the text says.
		if len(stems[i]) >= 4 {
			h.score /= math.Pow(float64(len(stems[i]))+8, 0.75)
			h.terms = stems[i]
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	return hits
}

// pick takes at most n hits, best first, preferring those that say what the ones before did not, and returns them in the text's order.
// Those far below the best are left out unless all was asked for.
func pick(hits []hit, q query, text string, n int) []hit {
	if len(hits) == 0 || n <= 0 {
		return nil
	}
	floor := hits[0].score * 0.45
	if q.every {
		floor = 0
	}
	// Only the front is weighed term by term: it keeps the choice linear in the text.
	front := hits[:min(len(hits), 8*n+32)]
	var out []hit
	used := make([]bool, len(front))
	told := map[string]int{}
	seen := map[string]bool{}
	for len(out) < n {
		best, at := 0.0, -1
		for i, h := range front {
			if used[i] || h.score < floor {
				continue
			}
			gain := h.score
			if !q.every {
				for _, t := range h.terms {
					if told[t] == 0 {
						gain += 0.5 * q.weight[t]
					}
				}
				gain /= 1 + 0.1*float64(fewest(h.terms, told))
			}
			if gain > best {
				best, at = gain, i
			}
		}
		if at < 0 {
			break
		}
		used[at] = true
		key := strings.Join(strings.Fields(fold(text[front[at].start:front[at].end])), " ")
		if seen[key] {
			continue
		}
		seen[key] = true
		for _, t := range front[at].terms {
			told[t]++
		}
		out = append(out, front[at])
	}
	slices.SortFunc(out, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
	return out
}

func fewest(terms []string, told map[string]int) int {
	least := math.MaxInt
	for _, t := range terms {
		least = min(least, told[t])
	}
	if least == math.MaxInt {
		return 0
	}
	return least
}
