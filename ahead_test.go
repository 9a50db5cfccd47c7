package haikuplanner

import (
	"slices"
	"testing"
)

// What is cut ahead is what a planner mostly leaves as material: all but the question, which stands at one end.
func TestLikely(t *testing.T) {
	for _, c := range []struct {
		kept []int // by the rules
		head int   // paragraphs shown of the head; the tail's have higher numbers
		want []int
	}{
		{nil, 3, nil},
		{[]int{1}, 6, []int{1}},
		{[]int{1, 2, 4, 9, 12}, 6, []int{1, 2}}, // the rest is kept in doubt
		{[]int{1, 2, 3}, 2, []int{1, 2}},
		{[]int{3, 12}, 6, []int{3, 12}}, // it does not open with the question
		{[]int{11, 12}, 6, []int{11, 12}},
		{[]int{1, 2}, 0, []int{1, 2}}, // these are the tail's
	} {
		if got := likely(c.kept, c.head); !slices.Equal(got, c.want) {
			t.Errorf("of %v, %d at the head: %v, want %v", c.kept, c.head, got, c.want)
		}
	}
}
