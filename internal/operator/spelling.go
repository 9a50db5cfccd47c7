package operator

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// A spelling is one way in which a key is written, but for case and marks.
type spelling struct {
	key   string // as it is written first
	n     int
	label bool
	own   bool // a label, or a reader's own word: it does not stand in what it is the key of
	words []string
	under *spelling   // the one that it is counted under, often itself
	ways  []*spelling // those that are counted under it
}

// spellingsOf says, by key, how each is counted. A reader sees one passage and makes up its own words for the kinds of things in it: late delivery, Late deliveries,
// delivery late are one. Names that were copied from the text are told apart as the text does.
func spellingsOf(found []occurrence, labels []string) map[string]*spelling {
	var all []*spelling
	byKey, byGroup := map[string]*spelling{}, map[string]*spelling{}
	of := func(key string) *spelling {
		if s := byKey[key]; s != nil {
			return s
		}
		group := groupKey(key)
		s := byGroup[group]
		if s == nil {
			s = &spelling{key: key, words: keyWords(group)}
			s.under = s
			byGroup[group], all = s, append(all, s)
		}
		byKey[key] = s
		return s
	}
	for _, l := range labels {
		s := of(l)
		s.own, s.label = true, true
	}
	for _, o := range found {
		s := of(o.key)
		s.n += o.n
		s.own = s.own || !strings.Contains(o.quote, o.key) && !strings.Contains(lower(fold(o.quote).text), sameKey(o.key))
	}
	known := map[string]bool{}
	for _, s := range all {
		for _, w := range s.words {
			known[w] = true
		}
		known[s.ordered()] = true
	}
	inOrder, anyOrder := map[string][]*spelling{}, map[string][]*spelling{}
	for _, s := range all {
		if len(s.words) == 0 {
			continue
		}
		for i, w := range s.words {
			for _, one := range singulars(w) {
				if known[one] {
					s.words[i] = one
					break
				}
			}
		}
		inOrder[s.ordered()] = append(inOrder[s.ordered()], s)
		anyOrder[s.sorted()] = append(anyOrder[s.sorted()], s)
	}
	for _, s := range all {
		if len(s.words) > 0 && inOrder[s.ordered()][0] == s {
			merge(inOrder[s.ordered()])
		}
	}
	for _, s := range all {
		if len(s.words) > 0 && anyOrder[s.sorted()][0] == s && orderless(anyOrder[s.sorted()]) {
			merge(anyOrder[s.sorted()])
		}
	}
	for _, s := range all {
		s.under = s.root()
		s.under.ways = append(s.under.ways, s)
	}
	return byKey
}

// root is the spelling that s is counted under, while they are brought together.
func (s *spelling) root() *spelling {
	for s.under != s {
		s = s.under
	}
	return s
}

// ordered is the words as one, numbers apart: bug fix and bugfix, log-in and login, but not room 1 12 and room 11 2.
func (s *spelling) ordered() string {
	between := ""
	if slices.ContainsFunc(s.words, func(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) }) {
		between = " "
	}
	return strings.Join(s.words, between)
}

func (s *spelling) sorted() string {
	return strings.Join(slices.Sorted(slices.Values(s.words)), " ")
}

// merge counts spellings of one thing under the label among them, or the most frequent. Two labels are two things.
func merge(same []*spelling) {
	best, named := same[0].root(), map[*spelling]bool{}
	for _, s := range same {
		s = s.root()
		if s.label {
			named[s] = true
		}
		if s.label && !best.label || s.label == best.label && s.n > best.n {
			best = s
		}
	}
	if len(named) > 1 {
		return
	}
	for _, s := range same {
		if s = s.root(); s != best && (s.own || best.own) {
			s.under, best.own = best, true
		}
	}
}

// orderless says whether the order of the same words makes no other thing of them: with one that says from where to where, or marks between them, it does.
func orderless(same []*spelling) bool {
	marked := map[string]bool{}
	for _, s := range same {
		if len(s.words) > maxSwapped || slices.ContainsFunc(s.words, func(w string) bool { return relations[w] || strings.ContainsFunc(w, unicode.IsDigit) }) {
			return false
		}
		if strings.ContainsAny(s.key, "-–—/") {
			marked[s.ordered()] = true
		}
	}
	return len(marked) < 2
}

// maxSwapped is how many words a key may have that are looked for in another order; longer ones are sentences.
const maxSwapped = 4

// relations are words that say of the one before them what it is to the one behind.
var relations = wordSet("to from in on of by for with without vs versus over into via at under against before after not no and/or nach von vom zu zum aus bei mit ohne für gegen de du des vers pour par avec sans da di del para por per con sem sin contra на из в к от для с без до")

// keyWords are the words of a folded key without the marks between them; nil where other marks belong to it, or where it is more than a few words.
func keyWords(key string) []string {
	var words []string
	word, before := "", ' '
	runes := []rune(key)
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			word += string(r)
		case r == '\'':
		case unicode.IsSpace(r) || strings.ContainsRune("!?;:\"()&", r):
			words, word = append(words, word), ""
		case strings.ContainsRune("-_,./", r):
			// 1-2 and 1.2 are not 1 2; what stands at an end belongs to the key: A-.
			if i == 0 || i == len(runes)-1 || unicode.IsDigit(before) && unicode.IsDigit(runes[i+1]) {
				return nil
			}
			words, word = append(words, word), ""
		default:
			return nil
		}
		before = r
	}
	words = slices.DeleteFunc(append(words, word), func(w string) bool { return w == "" })
	if len(words) > 2*maxSwapped || !strings.ContainsFunc(key, unicode.IsLetter) {
		return nil
	}
	return words
}

// singulars are the words of which one may be the plural.
func singulars(word string) (all []string) {
	n := utf8.RuneCountInString(word)
	ends := func(suffix, with string, least int) {
		if stem, ok := strings.CutSuffix(word, suffix); ok && n >= least {
			all = append(all, stem+with)
		}
	}
	if !strings.HasSuffix(word, "ss") {
		ends("s", "", 4)
	}
	for _, e := range []string{"sses", "xes", "zzes", "ches", "shes", "oes"} {
		ends(e, e[:len(e)-2], 5)
	}
	ends("ies", "y", 5)
	for _, e := range []string{"ores", "ales", "eles", "ades"} { // Spanish, Portuguese
		ends(e, e[:len(e)-2], 7)
	}
	for _, e := range []string{"ungen", "heiten", "keiten", "schaften", "ionen"} {
		ends(e, e[:len(e)-2], 7)
	}
	ends("ler", "", 6)
	ends("lar", "", 6)
	for _, e := range []string{"ы", "и"} {
		for _, with := range []string{"", "а", "я", "ь"} {
			ends(e, with, 4)
		}
	}
	return all
}

// others lists the ways in which a key is written, where there are several: who reads the results may know better.
func (s *spelling) others() string {
	var ways []string
	for _, w := range s.ways {
		if w.n > 0 {
			ways = append(ways, fmt.Sprintf("%s %d", prompt.Line(w.key), w.n))
		}
	}
	if len(ways) < 2 {
		return ""
	}
	return ", written: " + strings.Join(ways, ", ")
}
