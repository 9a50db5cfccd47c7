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
	doc := b.String()
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
