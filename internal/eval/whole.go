package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"unicode"
)

var word = regexp.MustCompile(`\p{L}+`)

// swap replaces every word by its mirror image, which keeps its length and its capital: it can be undone, and what is done twice or left out shows.
func swap(text string) string {
	return word.ReplaceAllStringFunc(text, func(w string) string {
		rs := []rune(w)
		upper := unicode.IsUpper(rs[0])
		for i := range rs {
			rs[i] = unicode.ToLower(rs[i])
		}
		for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
			rs[i], rs[j] = rs[j], rs[i]
		}
		if upper {
			rs[0] = unicode.ToUpper(rs[0])
		}
		return string(rs)
	})
}

// transformSwap: headings, lists, a table and a code block keep their form; every word is replaced.
func transformSwap(r *rand.Rand, tokens int) task {
	var b strings.Builder
	for i := 0; b.Len() < tokens*5; i++ {
		fmt.Fprintf(&b, "## Chapter %d\n\n", i+1)
		for range 2 + r.IntN(3) {
			for range 2 + r.IntN(4) {
				b.WriteString(sentence(r) + " ")
			}
			b.WriteString("\n\n")
		}
		switch i % 3 {
		case 0:
			b.WriteString("- " + sentence(r) + "\n- " + sentence(r) + "\n\n\n")
		case 1:
			b.WriteString("| who | what |\n|---|---|\n| " + pick(r, subjects) + " | " + pick(r, objects) + " |\n\n")
		case 2:
			b.WriteString("```\n" + pick(r, verbs) + "(" + pick(r, verbs) + ")\n\n    " + pick(r, verbs) + "\n```\n\n")
		}
	}
	return backwards(b.String())
}

// backwards is the task of writing a text again with its words spelled backwards.
func backwards(doc string) task {
	ask := "Rewrite the text below with every word spelled backwards. Keep everything else as it is."
	return task{
		operator: "transform",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+doc)},
		asks:     []string{ask},
		byRules:  true,
		mind:     mind{rewrite: func(s sight) string { return swap(s.text) }},
		score:    same(swap(doc)),
	}
}

// same scores by the part of the lines that are as they should be; 1 only for the very bytes, white space at the two ends aside.
func same(want string) func(outcome) (float64, string) {
	return func(o outcome) (float64, string) {
		if strings.TrimSpace(o.answer) == strings.TrimSpace(want) {
			return 1, ""
		}
		have := map[string]int{}
		for _, l := range strings.Split(o.answer, "\n") {
			have[l]++
		}
		lines := strings.Split(want, "\n")
		n := 0
		for _, l := range lines {
			if have[l] > 0 {
				have[l]--
				n++
			}
		}
		return 0.99 * float64(n) / float64(len(lines)), difference(o.answer, want)
	}
}

// difference says where two texts part.
func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	from := max(0, i-40)
	return fmt.Sprintf("at byte %d of %d: got %q, want %q", i, len(want), got[from:min(len(got), i+60)], want[from:min(len(want), i+60)])
}

// renameEverywhere: a Go file in which one function gets another name, also where only a call of it stands.
func renameEverywhere(r *rand.Rand, tokens int) task {
	var b strings.Builder
	b.WriteString("package ledger\n\nimport \"fmt\"\n\n// computeTotal adds up.\nfunc computeTotal(a, b int) int {\n\treturn a + b\n}\n")
	for i := 0; b.Len() < tokens*3; i++ {
		fmt.Fprintf(&b, "\nfunc step%d(n int) int {\n", i)
		for range 2 + r.IntN(8) {
			switch r.IntN(5) {
			case 0:
				b.WriteString("\tn = computeTotal(n, 1)\n")
			case 1:
				b.WriteString("\tn = computeTotals(n) // not the same\n")
			case 2:
				b.WriteString("\tfmt.Println(n)\n")
			case 3:
				b.WriteString("\tif n > 3 {\n\t\tn = computeTotal(computeTotal(n, 2), n)\n\t}\n")
			default:
				fmt.Fprintf(&b, "\tn += %d\n", r.IntN(50))
			}
		}
		b.WriteString("\treturn n\n}\n")
	}
	b.WriteString("\nfunc computeTotals(n int) int { return n }\n")
	file := b.String()
	ask := "Rename the function computeTotal to sumOf throughout the file. Return the whole file."
	old := regexp.MustCompile(`\bcomputeTotal\b`)
	return task{
		operator: "edit",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+file)},
		asks:     []string{ask},
		byRules:  true,
		mind: mind{hunks: func(s sight) [][2]string {
			return hunks(s.text, func(line string) string { return old.ReplaceAllString(line, "sumOf") })
		}},
		score: same(old.ReplaceAllString(file, "sumOf")),
	}
}

// hunks are the changes of lines as search and replace, each with as many lines around it as make it occur once; those that touch are one.
func hunks(text string, change func(string) string) [][2]string {
	lines := strings.SplitAfter(text, "\n")
	type span struct{ from, to int }
	var spans []span
	for i, l := range lines {
		if change(l) == l {
			continue
		}
		s := span{i, i + 1}
		for strings.Count(text, strings.Join(lines[s.from:s.to], "")) > 1 {
			s.from, s.to = max(0, s.from-1), min(len(lines), s.to+1)
		}
		if n := len(spans); n > 0 && s.from < spans[n-1].to {
			spans[n-1].to = max(s.to, spans[n-1].to)
			spans[n-1].from = min(s.from, spans[n-1].from)
			for n > 1 && spans[n-1].from < spans[n-2].to {
				spans[n-2].to = max(spans[n-1].to, spans[n-2].to)
				spans = spans[:n-1]
				n--
			}
			continue
		}
		spans = append(spans, s)
	}
	var out [][2]string
	for _, s := range spans {
		var was, is strings.Builder
		for _, l := range lines[s.from:s.to] {
			was.WriteString(l)
			is.WriteString(change(l))
		}
		out = append(out, [2]string{was.String(), is.String()})
	}
	return out
}

// summarizeKeys: every key point of the text is in the summary, once and in its place. merge makes the summaries too long for the final call.
func summarizeKeys(merge bool) func(r *rand.Rand, tokens int) task {
	return func(r *rand.Rand, tokens int) task {
		var items, want []string
		for i := range tokens / 200 {
			k := fmt.Sprintf("K%03d", i)
			want = append(want, k)
			items = append(items, "Key point "+k+": "+strings.ToLower(sentence(r)))
		}
		ask := "Summarize the text by its key points."
		point := regexp.MustCompile(`Key point (K\d{3})`)
		keys := func(text string) []string {
			var out []string
			for _, m := range point.FindAllStringSubmatch(text, -1) {
				out = append(out, "Key point "+m[1])
			}
			return out
		}
		t := task{
			operator: "summarize",
			chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
			asks:     []string{ask},
			byRules:  true,
			mind: mind{
				gist: func(s sight) string {
					found := keys(s.text)
					if merge && len(found) > 0 {
						found = append(found, "Also there is much talk of harbours, clerks and ledgers, of walls, lamps and bells, and of the weather, which is good in the main")
					}
					return strings.Join(found, ". ")
				},
				shorten: func(s sight) string { return strings.Join(keys(s.text), ". ") },
				final:   func(s sight) upstreamReply { return says(strings.Join(keys(s.text), "\n")) },
			},
			score: func(o outcome) (float64, string) {
				var got []string
				for _, m := range point.FindAllStringSubmatch(o.answer, -1) {
					got = append(got, m[1])
				}
				return listed(got, want)
			},
		}
		if merge {
			t.models = narrow(3000, 2000)
			t.chat["max_tokens"] = 1200
		}
		return t
	}
}
