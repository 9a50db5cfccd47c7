package advice

import (
	"strings"
	"sync"
)

// A pattern is a run of words within one clause, written like "^list .. all|every":
//
//	word       that word            a|b     either
//	word*      words that begin so  verb~   a Turkish verb stem with or without a suffix ("bul~": bul, bulun, bulur, bulmani)
//	..         up to six words      ^       the start of a clause, politeness skipped
//	$          the end of a clause
type pattern struct {
	op      string
	weight  int
	lang    string // matches only in text of that language; "" any
	start   bool
	end     bool
	words   []alternatives
	written string
}

type alternatives struct {
	gap  bool
	alts []alternative
}

type alternative struct {
	text string
	kind byte // 0 exact, '*' prefix, '~' Turkish verb
}

const maxGap = 6

func compile(op string, weight int, lang, written string) pattern {
	p := pattern{op: op, weight: weight, lang: lang, written: written}
	s := written
	if strings.HasPrefix(s, "^") {
		p.start, s = true, s[1:]
	}
	if strings.HasSuffix(s, "$") {
		p.end, s = true, s[:len(s)-1]
	}
	for _, w := range strings.Fields(s) {
		if w == ".." {
			p.words = append(p.words, alternatives{gap: true})
			continue
		}
		var a alternatives
		for _, t := range strings.Split(w, "|") {
			alt := alternative{text: t}
			if k := t[len(t)-1]; k == '*' || k == '~' {
				alt.text, alt.kind = t[:len(t)-1], k
			}
			a.alts = append(a.alts, alt)
		}
		p.words = append(p.words, a)
	}
	return p
}

func (a alternatives) match(word string) bool {
	for _, t := range a.alts {
		switch t.kind {
		case 0:
			if word == t.text {
				return true
			}
		case '*':
			if strings.HasPrefix(word, t.text) {
				return true
			}
		case '~':
			if strings.HasPrefix(word, t.text) && turkishVerbEnding(word[len(t.text):]) {
				return true
			}
		}
	}
	return false
}

// An index finds the patterns that can begin at a word, so that a text costs its words and not words times patterns.
type index struct {
	all    []pattern
	exact  map[string][]int // by first word
	prefix map[string][]int // by the first two bytes of a first word that is a prefix or a verb stem
}

func newIndex(all []pattern) *index {
	x := &index{all, map[string][]int{}, map[string][]int{}}
	for i, p := range all {
		for _, a := range p.words[0].alts {
			if a.kind == 0 {
				x.exact[a.text] = append(x.exact[a.text], i)
			} else {
				key := a.text[:min(2, len(a.text))]
				x.prefix[key] = append(x.prefix[key], i)
			}
		}
	}
	return x
}

// hits calls f for each pattern that stands in the clause, with the place of its first word; f returning false ends the search. A pattern may be
// reported more than once.
func (x *index) hits(clause []string, f func(pattern, at int) bool) {
	open := opening(clause)
	for i, w := range clause {
		for _, list := range [2][]int{x.exact[w], x.prefix[w[:min(2, len(w))]]} {
			for _, k := range list {
				p := &x.all[k]
				if (!p.start || i == open) && p.at(clause, i, 0) && !f(k, i) {
					return
				}
			}
		}
	}
}

// in says whether any of the patterns stands in any of the clauses.
func (x *index) in(all [][]string) (found bool) {
	for _, c := range all {
		x.hits(c, func(int, int) bool {
			found = true
			return false
		})
		if found {
			return true
		}
	}
	return false
}

// phrases are patterns of no operator, divided by semicolons.
func phrases(written string) *index {
	var all []pattern
	for _, w := range strings.Split(written, " ; ") {
		all = append(all, compile("", 0, "", w))
	}
	return newIndex(all)
}

// at matches words[k:] at clause[i:]. Recursion is as deep as the pattern is long; gaps are bounded.
func (p *pattern) at(clause []string, i, k int) bool {
	for ; k < len(p.words); k++ {
		if p.words[k].gap {
			for skip := 0; skip <= maxGap && i+skip < len(clause); skip++ {
				if p.words[k+1].match(clause[i+skip]) && p.at(clause, i+skip, k+1) {
					return true
				}
			}
			return false
		}
		if i >= len(clause) || !p.words[k].match(clause[i]) {
			return false
		}
		i++
	}
	return !p.end || i == len(clause)
}

// opening is the index of a clause's first word that is not politeness.
func opening(clause []string) int {
	i := 0
	for i < len(clause)-1 && polite[clause[i]] {
		i++
	}
	return i
}

var polite = set(`please pls kindly hey hi hello can could would will you i we need want d like to just now then and also first next finally so
	help me us let lets let's your task is should must the assistant tell show give given use using based on from
	ok okay lutfen rica ederim bana bize benim icin simdi once sonra ve bir de sen senden istedigim
	bitte kannst du konnen sie mir uns und s'il vous plait te por favor puedes podrias peux tu pouvez`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// turkishVerbEnding says whether s, folded, is empty or looks like an inflection of a Turkish verb that is asked for: imperative, polite, aorist,
// infinitive, converb, optative. Vowel harmony is folded away first (a, e → A; i, u → I), a buffer y is dropped.
func turkishVerbEnding(s string) bool {
	if s == "" {
		return true
	}
	s = strings.TrimPrefix(harmony.Replace(s), "y")
	return turkishEndings()[s]
}

var harmony = strings.NewReplacer("a", "A", "e", "A", "i", "I", "u", "I")

// turkishEndings also holds the same endings after the causative and passive stems that requests use ("yapilmasini", "listelenmesi").
var turkishEndings = sync.OnceValue(func() map[string]bool {
	base := strings.Fields(`In InIz InIzI Ir Ar r IrmIsIn ArmIsIn rmIsIn IrmIsInIz ArmIsInIz rmIsInIz Ip mAk mAyI mA mAnI mAnIz mAnIzI mAsI mAsInI
		mAlI mAlIsIn AlIm AyIm Im sAnA sAnIzA AbIlIr AbIlIrmI AbIlIrmIsIn IvAr IvArIn IvArmAnI Iyor IyorsIn mI mIsIn mAsIn sIn sInlAr mIs mAdAn ArAk rAk
		ArAk sAn sAnIz sAk dI dIm dIk AcAk AcAksIn mAlIyIz ArsAn rsAn ArsAnIz rsAnIz IrsAn`)
	m := map[string]bool{}
	for _, e := range base {
		m[e] = true
		for _, voice := range []string{"In", "n", "Il", "t", "dIr"} {
			m[voice+e] = true
		}
	}
	return m
})
