package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

var (
	subjects = strings.Split("the harbour master|an old clerk|the night watch|a young surveyor|the council|the ferry crew|a travelling printer|the librarian|the tax office|a retired captain", "|")
	verbs    = strings.Split("described|copied|forgot|repaired|questioned|praised|measured|painted|sold|hid", "|")
	objects  = strings.Split("the northern wall|a crate of lamps|the ledger of the mill|a map without names|the broken clock|a letter about the weather|the empty granary|a bundle of ropes|the lower bridge|a very long report", "|")
	endings  = strings.Split("before the rain came|without telling anyone|while the bells rang|as the custom demanded|and thought no more of it|in the quiet of the morning|because nobody else would|against all advice|with great care|to general surprise", "|")
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// sentence is filler that means nothing to any task: it holds no digits and no names.
func sentence(r *rand.Rand) string {
	s := pick(r, subjects) + " " + pick(r, verbs) + " " + pick(r, objects) + " " + pick(r, endings) + "."
	return strings.ToUpper(s[:1]) + s[1:]
}

// weave makes about n tokens of filler with the items spread over it in their order, each a sentence or a group of lines of its own. In lines every sentence stands on a line
// and there is no blank line, so that nothing but lines tells a chunker where to cut; else there are paragraphs.
func weave(r *rand.Rand, n int, items []string, lines bool) string {
	count := tokens.O200K().Count
	size := 0
	for _, it := range items {
		size += count(it) + 1
	}
	var filler []string
	for size < n {
		s := sentence(r)
		filler = append(filler, s)
		size += count(s) + 1
	}
	// Where the items go: a random place between sentences for each.
	at := make([]int, len(items))
	for i := range at {
		at[i] = r.IntN(len(filler) + 1)
	}
	sortInts(at)
	var b strings.Builder
	sinceBreak := 0
	put := func(s string) {
		if b.Len() > 0 {
			switch {
			case lines || strings.Contains(s, "\n"):
				b.WriteByte('\n')
			case sinceBreak >= 3+r.IntN(4):
				b.WriteString("\n\n")
				sinceBreak = 0
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(s)
		sinceBreak++
	}
	next := 0
	for i := 0; i <= len(filler); i++ {
		for next < len(items) && at[next] == i {
			put(items[next])
			next++
		}
		if i < len(filler) {
			put(filler[i])
		}
	}
	b.WriteByte('\n')
	return b.String()
}

func sortInts(a []int) {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0 && a[j] < a[j-1]; j-- {
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
}

// names are n different names that no filler holds.
func names(r *rand.Rand, n int) []string {
	first := strings.Split("Ayla Berk Cemil Derya Emre Fatma Gizem Hakan Ilgaz Jale Kerem Leyla Murat Nazan Okan Pelin Rana Selim Tuna Ufuk", " ")
	last := strings.Split("Aksoy Bulut Demir Erdem Gürsoy Kaplan Özkan Şahin Tekin Yavuz", " ")
	seen := map[string]bool{}
	var out []string
	for len(out) < n {
		name := pick(r, first) + " " + pick(r, last)
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
