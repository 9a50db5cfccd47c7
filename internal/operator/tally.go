package operator

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// A tally is what was counted and calculated over all occurrences, per key and over all. Exact.
type tally struct {
	found     []occurrence
	all       keyed
	keys      []*keyed     // most occurrences first, then by first appearance
	guessed   int          // numbers whose form allows another reading
	clocks    bool         // times are read as times of day that need not be
	unread    []string     // values that hold no number
	inexact   []string     // values that are bounds or guesses
	unchecked int          // occurrences that came without a quote
	values    []valued     // all numbers, in source order
	dated     []occurrence // all occurrences with a value, earliest first, when every value is a date; then there are no numbers
	st        style
}

// A keyed is the occurrences of one key.
type keyed struct {
	key         string
	n           int
	first, last occurrence
	units       []*sums
	as          *spelling
}

// sums are the numbers of one unit within a key.
type sums struct {
	unit     string
	n        int
	scale    int
	total    *big.Rat
	numbers  []*big.Rat
	min, max valued
}

// A valued is an occurrence with its number.
type valued struct {
	occurrence
	quantity
}

func (g *keyed) add(o occurrence) {
	if g.n == 0 {
		g.first = o
	}
	g.last = o
	g.n += o.n
}

func (g *keyed) value(v valued) {
	i := slices.IndexFunc(g.units, func(s *sums) bool { return sameUnit(s.unit, v.unit) })
	if i < 0 {
		i = len(g.units)
		g.units = append(g.units, &sums{unit: v.unit, total: new(big.Rat), min: v, max: v})
	}
	s := g.units[i]
	s.n++
	s.scale = max(s.scale, v.scale)
	s.total.Add(s.total, v.amount)
	s.numbers = append(s.numbers, v.amount)
	if v.amount.Cmp(s.min.amount) < 0 {
		s.min = v
	}
	if v.amount.Cmp(s.max.amount) > 0 {
		s.max = v
	}
}

// keyMarks are what is written around a key without being of it; every other mark tells keys apart: C and C++, A+ and A-, one star and two.
const keyMarks = "\"'`()[]{}<>.,:;*_«»‹›「」『』【】《》〈〉（）。、，：；؛،"

// sameKey folds a key: case, white space, marks around it.
func sameKey(k string) string {
	k = fold(k).text
	if bare := strings.TrimFunc(k, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(keyMarks, r) }); bare != "" {
		k = bare
	}
	return lower(k)
}

// groupKey tells the groups of a count apart: readers of several passages write one day or month in several ways.
func groupKey(key string) string {
	k := sameKey(key)
	if m := monthNames[k]; m > 0 {
		return fmt.Sprintf("month %d", m)
	}
	w, digits, ok := dateIn(key)
	if !ok || digits {
		return k
	}
	for _, word := range strings.FieldsFunc(k, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if monthNames[word] == 0 && !dateWords[word] {
			return k // the rent of March
		}
	}
	return fmt.Sprintf("date %d", w.date)
}

var dateWords = map[string]bool{"of": true, "de": true, "st": true, "nd": true, "rd": true, "th": true, "г": true, "года": true, "年": true, "月": true, "日": true, "년": true, "월": true, "일": true}

// lower folds case. Dotless and dotted i are one here: upper-case Turkish words come without the difference more often than two keys differ by it alone.
func lower(s string) string {
	return oneI.Replace(strings.ToLower(s))
}

var oneI = strings.NewReplacer("ı", "i", "i̇", "i")

func tallyOf(found []occurrence, labels []string) *tally {
	t := &tally{found: found}
	values := make([]string, 0, len(found))
	for _, o := range found {
		values = append(values, o.value)
	}
	t.st = styleOf(values)
	t.st.times, t.clocks = timesOf(values)
	t.dated = byDate(found)
	ways, bySpelling := spellingsOf(found, labels), map[*spelling]*keyed{}
	group := func(key string) *keyed {
		as := ways[key].under
		g := bySpelling[as]
		if g == nil {
			g = &keyed{key: as.key, as: as}
			bySpelling[as] = g
			t.keys = append(t.keys, g)
		}
		return g
	}
	for _, l := range labels {
		if strings.TrimSpace(l) != "" {
			group(l)
		}
	}
	anyKey := false
	for _, o := range found {
		anyKey = anyKey || o.key != ""
	}
	for _, o := range found {
		if o.start < 0 {
			t.unchecked += o.n
		}
		t.all.add(o)
		var g *keyed
		if anyKey {
			g = group(o.key)
			g.add(o)
		}
		if o.value == "" || t.dated != nil {
			continue
		}
		q, guessed, ok := parseQuantity(o.value, t.st)
		if !ok {
			t.unread = append(t.unread, o.value)
			continue
		}
		if guessed {
			t.guessed++
		}
		if inexact().MatchString(o.value) {
			t.inexact = append(t.inexact, o.value)
		}
		v := valued{o, q}
		t.values = append(t.values, v)
		t.all.value(v)
		if g != nil {
			g.value(v)
		}
	}
	if !anyKey {
		t.keys = nil // labels that no reader used say nothing
	}
	slices.SortStableFunc(t.keys, func(a, b *keyed) int { return b.n - a.n })
	return t
}

// byDate is the occurrences that have a value, earliest first, when all of these values are dates; else nil.
func byDate(found []occurrence) []occurrence {
	var dated []occurrence
	var values []string
	for _, o := range found {
		if o.value != "" {
			dated, values = append(dated, o), append(values, o.value)
		}
	}
	dates, ok := datesOf(values)
	if !ok {
		return nil
	}
	if slices.IndexFunc(values, func(v string) bool { return !dateYear().MatchString(v) }) < 0 {
		return nil // four digits alone are a number
	}
	slices.SortStableFunc(dated, func(a, b occurrence) int { return cmp.Compare(dates[a.value], dates[b.value]) })
	return dated
}

const (
	maxKeys    = 400 // rows of keys shown; the rest is summed up
	maxRanking = 25  // highest and lowest numbers shown, each, unless all are asked for in order
	rankTokens = 8   // of a line of the order beside the occurrence
)

// render writes the results for the final call, in at most about limit tokens: results first, then as many of the occurrences as there is room for.
func (t *tally) render(in *Input, left, limit int) string {
	var b strings.Builder
	if len(t.found) == 0 {
		b.WriteString("Occurrences in the whole text: 0.")
		if left == 0 {
			b.WriteString(" Nothing of what is asked for occurs in it.")
		}
		b.WriteString("\n")
		t.doubts(&b, left)
		return b.String()
	}
	fmt.Fprintf(&b, "Occurrences in the whole text: %d\n", t.all.n)
	t.all.sums(&b, "All")
	if len(t.keys) > 0 {
		named := 0
		for _, g := range t.keys {
			if g.n > 0 && sameKey(g.key) != "" {
				named++
			}
		}
		fmt.Fprintf(&b, "Different keys that occur: %d\nBy key, most frequent first:\n", named)
		for i, g := range t.keys {
			if i == maxKeys {
				rest := 0
				for _, g := range t.keys[i:] {
					rest += g.n
				}
				last := t.keys[len(t.keys)-1]
				fmt.Fprintf(&b, "(%d more keys with %d occurrences together; the least frequent has %d, such as %s)\n", len(t.keys)-i, rest, last.n, prompt.Line(last.key))
				break
			}
			name := cmp.Or(prompt.Line(g.key), "(no key)")
			fmt.Fprintf(&b, "- %s: %d (%s %%)%s\n", name, g.n, decimal(big.NewRat(int64(g.n)*100, int64(max(1, t.all.n))), 1), g.as.others())
			g.sums(&b, "  "+name)
		}
		if ties := tied(t.keys); ties > 1 {
			fmt.Fprintf(&b, "The first %d keys are equally frequent.\n", ties)
		}
	}
	t.words(&b)
	ends := maxRanking
	letters, fromEnd := byLetters(in.Instruction)
	if letters || asksOrder(in.Instruction) || listsInOrder().MatchString(in.Instruction) { // half of the room is for the whole order
		whole := 0
		for _, o := range t.found {
			whole += in.Tokens(shown(o)) + rankTokens
		}
		if whole <= limit/2 {
			ends = len(t.found)
		}
	}
	t.ranking(&b, ends)
	t.chronology(&b, ends)
	if letters {
		t.alphabet(&b, ends, fromEnd)
	}
	t.doubts(&b, left)
	fmt.Fprintf(&b, "First occurrence: %s\nLast occurrence: %s\n", placed(t.all.first), placed(t.all.last))

	room := limit - in.Tokens(b.String())
	var list strings.Builder
	list.WriteString("All occurrences, in the order of the text:\n")
	room -= in.Tokens(list.String())
	for i, o := range t.found {
		line := fmt.Sprintf("%d. %s\n", i+1, shown(o))
		if room -= in.Tokens(line); room < 0 {
			return b.String()
		}
		list.WriteString(line)
	}
	return b.String() + list.String()
}

// tied is how many keys share the first place.
func tied(keys []*keyed) int {
	n := 0
	for n < len(keys) && keys[n].n == keys[0].n && keys[0].n > 0 {
		n++
	}
	return n
}

// placed is an occurrence with its place.
func placed(o occurrence) string {
	if o.chunk.Context == "" {
		return shown(o)
	}
	return shown(o) + " (in: " + prompt.Line(o.chunk.Context) + ")"
}

func shown(o occurrence) string {
	s := cmp.Or(prompt.Line(o.quote), prompt.Line(strings.TrimSpace(o.key+" "+o.value)))
	if k := prompt.Line(o.key); k != "" && k != s {
		s += " [" + k + "]"
	}
	if o.n > 1 && o.start < 0 {
		s = strings.TrimSpace(fmt.Sprintf("%s ×%d", s, o.n))
	}
	return s
}

func (g *keyed) sums(b *strings.Builder, name string) {
	for _, s := range g.units {
		of := func(r *big.Rat, scale int) string { return quantity{r, scale, s.unit}.shown() }
		sum := "sum " + of(s.total, s.scale) + "; "
		if s.unit == clockUnit {
			sum = ""
		}
		mean := new(big.Rat).Quo(s.total, big.NewRat(int64(s.n), 1))
		fmt.Fprintf(b, "%s, numbers%s: %d; %saverage %s; median %s; lowest %s; highest %s\n", name, unitOf(s.unit), s.n, sum, of(mean, s.scale), of(median(s.numbers), s.scale),
			s.min.shown(), s.max.shown())
	}
	if len(g.units) > 1 {
		fmt.Fprintf(b, "%s: the numbers have %d different units and are not added to each other; say so.\n", name, len(g.units))
	}
}

// median is the middle one of the numbers by size, or the mean of the two in the middle.
func median(numbers []*big.Rat) *big.Rat {
	sorted := slices.SortedFunc(slices.Values(numbers), (*big.Rat).Cmp)
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return new(big.Rat).Quo(new(big.Rat).Add(sorted[n/2-1], sorted[n/2]), big.NewRat(2, 1))
}

func in(unit string) string {
	if unit == "" {
		return ""
	}
	return " in" + unitOf(unit)
}

// ranking gives the place of the lowest and the highest number of each unit, and lists the numbers by size where all have one: highest first, ties in source
// order.
func (t *tally) ranking(b *strings.Builder, ends int) {
	if len(t.values) < 2 {
		return
	}
	for _, s := range t.all.units {
		fmt.Fprintf(b, "Lowest%s: %s\nHighest%s: %s\n", in(s.unit), placed(s.min.occurrence), in(s.unit), placed(s.max.occurrence))
	}
	if len(t.all.units) != 1 {
		return
	}
	vs := slices.Clone(t.values)
	slices.SortStableFunc(vs, func(a, c valued) int { return c.amount.Cmp(a.amount) })
	b.WriteString("Numbers, highest first:\n")
	extremes(b, vs, ends, "numbers", func(v valued) string {
		return strings.TrimSuffix(v.shown(), unitOf(v.unit)) + ": " + shown(v.occurrence)
	})
}

// chronology lists the occurrences by date.
func (t *tally) chronology(b *strings.Builder, ends int) {
	if len(t.dated) < 2 {
		return
	}
	b.WriteString("By date, earliest first:\n")
	extremes(b, t.dated, ends, "dates", func(o occurrence) string {
		if s := shown(o); strings.Contains(s, o.value) {
			return s
		}
		return prompt.Line(o.value) + ": " + shown(o)
	})
}

// alphabet lists the occurrences by the letters of what they are called.
func (t *tally) alphabet(b *strings.Builder, ends int, fromEnd bool) {
	how := "In alphabetical order:\n"
	if fromEnd {
		how = "In alphabetical order, from the end:\n"
	}
	b.WriteString(how)
	sorted, _ := arranged(t.found, arrangement{letters: true, down: fromEnd}, func(o occurrence) string { return cmp.Or(o.key, o.value, o.quote) })
	extremes(b, sorted, ends, "occurrences", shown)
}

// extremes writes a sorted list, or its two ends where it is long.
func extremes[T any](b *strings.Builder, list []T, ends int, what string, line func(T) string) {
	for i, v := range list {
		if i == ends && len(list) > 2*ends {
			fmt.Fprintf(b, "(%d %s between)\n", len(list)-2*ends, what)
		}
		if i < ends || i >= len(list)-ends {
			b.WriteString("- " + line(v) + "\n")
		}
	}
}

func (t *tally) doubts(b *strings.Builder, left int) {
	if left > 0 {
		fmt.Fprintf(b, "Not counted: %d reported occurrences that do not stand in the text.\n", left)
	}
	if t.unchecked > 0 {
		fmt.Fprintf(b, "Counted without a quote that could be checked: %d.\n", t.unchecked)
	}
	if n := len(t.unread); n > 0 {
		fmt.Fprintf(b, "Values that hold no single number, counted but not calculated with: %d, such as %q.\n", n, prompt.Line(t.unread[0]))
	}
	if n := len(t.inexact); n > 0 {
		fmt.Fprintf(b, "Unclear: %d values such as %q are bounds or guesses; they were calculated with as the numbers that stand there.\n", n, prompt.Line(t.inexact[0]))
	}
	if t.clocks {
		b.WriteString("Unclear: times such as 12:07 can be times of day or how long something took; they were read as times of day, and have no sum.\n")
	}
	if t.guessed > 0 {
		how := "a point before decimals"
		if t.st.comma {
			how = "a comma before decimals"
		}
		fmt.Fprintf(b, "Unclear: %d numbers such as 1.234 or 1,234 can be read in two ways; they were read as with %s, amounts of money as thousands.\n", t.guessed, how)
	}
}
