package operator

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// What the order of a list may take, in tokens: of a number with its comma, and besides.
const (
	sequenceEach = 4
	sequenceRoom = 64
)

func sequenceCall(in *Input, list, reason string, n int) Call {
	f := fields(in)
	f.Question, f.Material, f.Reason = "", list, reason
	return Call{Stage: "merge", Role: Final, System: prompt.Pieces("sequence.system", f), User: prompt.Pieces("sequence.user", f), MaxTokens: sequenceEach*n + sequenceRoom}
}

// sequence is the order of a list by what only a model can tell, as places in the list. The model gives numbers alone, so that nothing is lost or changed. ok is false where
// the list is too long for one call, or no order came of it.
func sequence(ctx context.Context, in *Input, x Exec, elements []string) (order []int, ok bool, err error) {
	var b strings.Builder
	for i, e := range elements {
		fmt.Fprintf(&b, "%d. %s\n", i+1, strings.ReplaceAll(e, "\n", "\n   "))
	}
	n := len(elements)
	if limit := in.Limits.Notes; limit > 0 && in.Tokens(b.String()) > limit || in.Limits.OneCall > 0 && sequenceEach*n+sequenceRoom > in.Limits.OneCall {
		return nil, false, nil
	}
	reason := ""
	for range 2 {
		reply, err := askOne(ctx, x, sequenceCall(in, b.String(), reason, n))
		if err != nil {
			return nil, false, err
		}
		if fault(reply) == nil {
			if order, ok = orderIn(reply.Text, n); ok {
				return order, true, nil
			}
		}
		reason = fmt.Sprintf("An earlier reply was refused: it did not have each of the numbers from 1 to %d once.", n)
	}
	return nil, false, nil
}

// orderIn reads the places from 0 to n-1 in a reply with the numbers from 1 to n.
func orderIn(reply string, n int) (order []int, ok bool) {
	if isNone(reply) {
		for i := range n {
			order = append(order, i)
		}
		return order, true
	}
	if at := strings.LastIndexByte(reply, ':'); at >= 0 { // an announcement
		reply = reply[at:]
	}
	seen := make([]bool, n)
	for _, digits := range strings.FieldsFunc(reply, func(r rune) bool { return r < '0' || r > '9' }) {
		i, err := strconv.Atoi(digits)
		if err != nil || i < 1 || i > n || seen[i-1] {
			return nil, false
		}
		seen[i-1] = true
		order = append(order, i-1)
	}
	return order, len(order) == n
}
