package operator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// storekeeper is a perfect worker that calculates nothing: it reports changes, and keeps who has the key in the record.
func storekeeper(c Call) Reply {
	record := ""
	if _, rest, ok := strings.Cut(c.User.String(), "The record so far:\n<<<BEGIN"); ok {
		_, rest, _ = strings.Cut(rest, "\n")
		record, _, _ = strings.Cut(rest, "\n")
	}
	var steps []string
	for _, line := range strings.Split(material(c.User.String()), "\n") {
		if who, ok := strings.CutPrefix(line, "The key goes to "); ok {
			record = "Key: " + who
		} else if f := strings.Split(line, "; "); len(f) == 3 {
			steps = append(steps, f[0]+": "+f[1]+" | "+f[2])
		}
	}
	return Reply{Text: strings.TrimSpace(record + "\n\n" + strings.Join(steps, "\n")), Finish: "stop"}
}

func TestStepsAsModelsWriteThem(t *testing.T) {
	var a amounts
	record, n := a.take("Ali holds the key.\n- CHANGE: Kasa | +5 TL\n**Change:** Kasa | -2,50 TL\n\"SET: bolts | 12 boxes\"\n1. change: bolts | (2) \r\n`CHANGE: bolts | +1 boxes`\nA change: of heart | no\nCHANGE: NAME | +AMOUNT UNIT\nThe end.")
	if record != "Ali holds the key.\nA change: of heart | no\nThe end." || n != 6 {
		t.Errorf("%d steps, record %q", n, record)
	}
	if got, want := a.sofar(), "Kasa: 2.50 TL\nbolts: 11 boxes\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCarryAddsUpExactly(t *testing.T) {
	var b strings.Builder
	cents := 0
	for i := range 200 {
		fmt.Fprintf(&b, "CHANGE; Kasa; %+d,%02d TL\n", 1000+i, i%100)
		cents += (1000+i)*100 + i%100
		fmt.Fprintf(&b, "CHANGE; bolts; -%d boxes\nThe clerk nodded.\n", i%7)
	}
	b.WriteString("CHANGE; KASA; −1.000,25 TL\nSET; bolts; 40 boxes\nThe key goes to Ali\nThe clerk nodded.\nCHANGE; bolts; +2 boxes\nCHANGE; bolts; a handful\nCHANGE; kasa; $5\n")
	cents -= 100025
	in := textInput("Who has the key, and what is left of the bolts and in the Kasa?", b.String(), 900)
	f := &fake{model: storekeeper}
	if err := run(t, "carry", in, f); err != nil {
		t.Fatal(err)
	}
	got := material(f.answers[0].Insert)
	for _, want := range []string{"Key: Ali\n", fmt.Sprintf("- Kasa: %d.%02d TL (after 201 changes; lowest 1000.00, highest %d.%02d), in this unit alone", cents/100, cents%100, (cents+100025)/100, (cents+100025)%100),
		"- bolts: 42 boxes (after 202 changes; ", "holds no single number: bolts a handful", "- kasa: 5 $ (after 1 changes"} {
		if !strings.Contains(got, want) {
			t.Errorf("the final call gets no %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "CHANGE") || strings.Contains(f.calls[3].User.String(), "CHANGE: ") || !strings.Contains(f.calls[3].User.String(), "program:\n<<<BEGIN") {
		t.Errorf("steps stay in the record, or the amounts are not passed on:\n%s", f.calls[3].User.String())
	}
	covered(t, in, f)
}

var movement = regexp.MustCompile(`(?m)^(Paid in|Paid out) (\d+)\.$`)

// keeper is a perfect worker for a balance: the record is all it knows of what came before.
func keeper(c Call) Reply {
	balance := 0
	if _, rest, ok := strings.Cut(c.User.String(), "The record so far:\n<<<BEGIN"); ok {
		_, rest, _ = strings.Cut(rest, "Balance: ")
		digits, _, _ := strings.Cut(rest, "\n")
		balance, _ = strconv.Atoi(digits)
	}
	for _, m := range movement.FindAllStringSubmatch(material(c.User.String()), -1) {
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

// Readers of passages in which nothing happens say so, before the first event and after the last; that is no record and no fault.
func TestCarryThroughNothing(t *testing.T) {
	idle := strings.Repeat("The clerk nodded.\n", 40)
	for _, event := range []string{"Ann gives the key to Bob.\n", ""} {
		in := textInput("Who holds the key at the end?", idle+event+idle, 300)
		f := &fake{model: func(c Call) Reply {
			if event != "" && strings.Contains(material(c.User.String()), event) {
				return Reply{Text: "Bob holds the key.", Finish: "stop"}
			}
			return Reply{Text: "None.", Finish: "stop"}
		}}
		if err := run(t, "carry", in, f); err != nil {
			t.Fatal(err)
		}
		if got := f.answers[0].Insert; event != "" && material(got) != "Bob holds the key.\n" || event == "" && !strings.Contains(got, fmt.Sprintf("in %d of %[1]d passages", len(in.Chunks))) {
			t.Errorf("after %q the final call gets %q", event, got)
		}
		covered(t, in, f)
	}
}
