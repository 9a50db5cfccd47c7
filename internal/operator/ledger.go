package operator

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// An amounts adds up, exactly, what readers report of amounts that grow and shrink. The zero value knows of none.
type amounts struct {
	steps []step
}

// A step is one line of a reader's: an amount changes by a number, or is set to one.
type step struct {
	of, by string
	set    bool
}

// stepLine is such a line: "CHANGE: cash | -12.50 EUR", "SET: cash | 500 EUR", with what models put around a line.
var stepLine = lazily(`(?im)^[ \t]*(?:(?:[-*•]|\d+[.)])[ \t]+)?[*_"` + "`" + `]*(change|set)[*_]*:[*_]*[ \t]*([^|\r\n]*[^|\s])[ \t]*\|[ \t]*([^\r\n]*[^\s*_"` + "`" + `])[*_"` + "`" + ` \t]*\r?(?:\n|$)`)

// take separates the steps of a reply from its record, and keeps them.
func (a *amounts) take(reply string) (record string, steps int) {
	for _, m := range stepLine().FindAllStringSubmatch(reply, -1) {
		steps++
		if m[2] == "NAME" || strings.Contains(m[3], "AMOUNT") {
			continue // the wording's own words, given back
		}
		a.steps = append(a.steps, step{of: m[2], by: m[3], set: strings.EqualFold(m[1], "set")})
	}
	record = strings.TrimSpace(stepLine().ReplaceAllString(reply, ""))
	return strings.TrimSpace(emptyFence().ReplaceAllString(record, "")), steps
}

// emptyFence is what is left of a fence around steps alone; it is no record.
var emptyFence = lazily("^```\\w*\\s*```$")

// An amount is what the steps of one thing in one unit come to.
type amount struct {
	of, unit        string
	now             *big.Rat
	lowest, highest *big.Rat
	scale           int
	changes         int
	touched         int // number of the last step
}

func (e *amount) shown(n *big.Rat) string { return quantity{n, e.scale, e.unit}.shown() }

// now is every amount, in the order of first appearance, and the steps that hold no number. A number without a unit has the only unit of its name. guessed counts
// the numbers that can be read in two ways.
func (a *amounts) now() (all []*amount, unread []step, guessed int) {
	values := make([]string, len(a.steps))
	byName := map[string][]string{}
	for i, s := range a.steps {
		values[i] = s.by
		byName[sameKey(s.of)] = append(byName[sameKey(s.of)], s.by)
	}
	st, times := styleOf(values), map[string]map[string]quantity{}
	for of, by := range byName {
		times[of], _ = timesOf(by)
	}
	read := make([]*quantity, len(a.steps))
	units := map[string][]string{}
	for i, s := range a.steps {
		st.times = times[sameKey(s.of)]
		q, unsure, ok := parseQuantity(s.by, st)
		if !ok {
			unread = append(unread, s)
			continue
		}
		if unsure {
			guessed++
		}
		read[i] = &q
		if of := sameKey(s.of); q.unit != "" && !slices.ContainsFunc(units[of], func(u string) bool { return sameUnit(u, q.unit) }) {
			units[of] = append(units[of], q.unit)
		}
	}
	byKey := map[string]*amount{}
	for i, s := range a.steps {
		q := read[i]
		if q == nil {
			continue
		}
		if known := units[sameKey(s.of)]; q.unit == "" && len(known) == 1 {
			q.unit = known[0]
		}
		key := sameKey(s.of) + "\x00" + strings.TrimSuffix(q.unit, "s")
		e := byKey[key]
		if e == nil {
			e = &amount{of: s.of, unit: q.unit, now: new(big.Rat)}
			byKey[key] = e
			all = append(all, e)
		}
		if s.set {
			e.now = new(big.Rat).Set(q.amount)
		} else {
			e.now = new(big.Rat).Add(e.now, q.amount)
		}
		e.changes++
		e.scale, e.touched = max(e.scale, q.scale), i
		if e.lowest == nil || e.now.Cmp(e.lowest) < 0 {
			e.lowest = e.now
		}
		if e.highest == nil || e.now.Cmp(e.highest) > 0 {
			e.highest = e.now
		}
	}
	return all, unread, guessed
}

// maxAmounts bounds how many amounts the next reader is told: those that changed last.
const maxAmounts = 60

// sofar is what the next reader is told; "" when there is nothing.
func (a *amounts) sofar() string {
	all, _, _ := a.now()
	slices.SortStableFunc(all, func(x, y *amount) int { return y.touched - x.touched })
	all = all[:min(len(all), maxAmounts)]
	slices.Reverse(all)
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s: %s\n", prompt.Line(e.of), e.shown(e.now))
	}
	return b.String()
}

// render writes the amounts at the end for the final call, in at most about limit tokens: what the task names first.
func (a *amounts) render(in *Input, limit int) string {
	if len(a.steps) == 0 {
		return ""
	}
	all, unread, guessed := a.now()
	units := map[string]int{}
	for _, e := range all {
		units[sameKey(e.of)]++
	}
	task := fold(strings.ToLower(in.Instruction)).text
	named := func(e *amount) bool { return strings.Contains(task, sameKey(e.of)) }
	slices.SortStableFunc(all, func(x, y *amount) int {
		switch {
		case named(x) == named(y):
			return 0
		case named(x):
			return -1
		}
		return 1
	})
	var b, tail strings.Builder
	b.WriteString("Amounts at the end of the text, calculated exactly by a program from every change that was reported; use them as they stand:\n")
	for _, s := range unread {
		fmt.Fprintf(&tail, "Not calculated with, for it holds no single number: %s %s\n", prompt.Line(s.of), prompt.Line(s.by))
		if tail.Len() > 1000 {
			break
		}
	}
	if guessed > 0 {
		fmt.Fprintf(&tail, "Unclear: %d numbers such as 1.234 or 1,234 can be read in two ways.\n", guessed)
	}
	left := limit - in.Tokens(b.String()) - in.Tokens(tail.String())
	for i, e := range all {
		bare := func(n *big.Rat) string { return strings.TrimSuffix(e.shown(n), unitOf(e.unit)) }
		line := fmt.Sprintf("- %s: %s (after %d changes; lowest %s, highest %s)", prompt.Line(e.of), e.shown(e.now), e.changes, bare(e.lowest), bare(e.highest))
		if units[sameKey(e.of)] > 1 {
			line += ", in this unit alone: different units are not added to each other"
		}
		line += "\n"
		if n := in.Tokens(line); limit > 0 && n > left {
			fmt.Fprintf(&b, "(%d more amounts are left out)\n", len(all)-i)
			break
		} else {
			left -= n
		}
		b.WriteString(line)
	}
	return b.String() + tail.String()
}

func unitOf(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + prompt.Line(unit)
}
