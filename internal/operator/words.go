package operator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// words counts by value where values are words and none is a number or a date: a reader that mistakes the two fields gives the kind of a thing as its value.
func (t *tally) words(b *strings.Builder) {
	if len(t.unread) < 2 || len(t.values) > 0 || t.dated != nil {
		return
	}
	type kind struct {
		name string
		n    int
	}
	var kinds []*kind
	at := map[string]*kind{}
	for _, o := range t.found {
		k := sameKey(o.key) + "\x00" + sameKey(o.value)
		if at[k] == nil {
			name := cmp.Or(prompt.Line(o.value), "(no value)")
			if key := prompt.Line(o.key); key != "" && sameKey(key) != sameKey(o.value) {
				name = key + ", " + name
			}
			at[k] = &kind{name: name}
			kinds = append(kinds, at[k])
		}
		at[k].n += o.n
	}
	if len(kinds) < 2 || len(kinds) > maxKeys {
		return
	}
	slices.SortStableFunc(kinds, func(a, c *kind) int { return c.n - a.n })
	b.WriteString("By value, most frequent first:\n")
	for _, k := range kinds {
		fmt.Fprintf(b, "- %s: %d\n", k.name, k.n)
	}
}
