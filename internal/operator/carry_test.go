package operator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var movement = regexp.MustCompile(`(?m)^(Paid in|Paid out) (\d+)\.$`)

// keeper is a perfect worker for a balance: the record is all it knows of what came before.
func keeper(c Call) Reply {
	balance := 0
	if _, rest, ok := strings.Cut(c.User, "The record so far:\n<<<BEGIN"); ok {
		_, rest, _ = strings.Cut(rest, "Balance: ")
		digits, _, _ := strings.Cut(rest, "\n")
		balance, _ = strconv.Atoi(digits)
	}
	for _, m := range movement.FindAllStringSubmatch(material(c.User), -1) {
		n, _ := strconv.Atoi(m[2])
		if m[1] == "Paid out" {
			n = -n
		}
		balance += n
	}
	return Reply{Text: fmt.Sprintf("Balance: %d\n", balance), Finish: "stop"}
}

func TestCarry(t *testing.T) {
	var b strings.Builder
	want := 0
	for i := range 300 {
		n := i * 37 % 101
		if i%3 == 0 {
			fmt.Fprintf(&b, "Paid out %d.\n", n)
			want -= n
		} else {
			fmt.Fprintf(&b, "Paid in %d.\n", n)
			want += n
		}
		b.WriteString("The clerk nodded.\n")
	}
	for name, bad := range map[string]Reply{"": {}, "length": {Text: "Balance: 1", Finish: "length"}, "empty": {Err: ErrEmpty}, "window": {Err: ErrContextWindow}, "none": {Text: "NONE", Finish: "stop"}} {
		in := textInput("What is the balance at the end?", b.String(), 900)
		left := 2
		f := &fake{model: func(c Call) Reply {
			if name != "" && c.Index == 4 && left > 0 {
				left--
				return bad
			}
			return keeper(c)
		}}
		if err := run(t, "carry", in, f); err != nil {
			t.Fatal(name, err)
		}
		if got := material(f.answers[0].Insert); got != fmt.Sprintf("Balance: %d\n", want) {
			t.Errorf("%s: the final call gets %q, want %d", name, got, want)
		}
		covered(t, in, f)
	}
	in := textInput("What is the balance at the end?", b.String(), 900)
	f := &fake{model: func(c Call) Reply {
		if c.Index == 4 {
			return Reply{Err: ErrRefused}
		}
		return keeper(c)
	}}
	if err := run(t, "carry", in, f); err == nil || !strings.Contains(err.Error(), "chunk 4 ") || len(f.answers) != 0 {
		t.Errorf("error %v after %d final calls", err, len(f.answers))
	}
}
