package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

var (
	booking = regexp.MustCompile(`Booking: (deposit of (\d+)|withdrawal of (\d+)|interest of one in (\d+), rounded down|the balance was set to (\d+))\.`)
	record  = regexp.MustCompile(`balance=(-?\d+)`)
)

func book(balance int, m []string) int {
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	switch {
	case m[2] != "":
		return balance + n(2)
	case m[3] != "":
		return balance - n(3)
	case m[4] != "":
		return balance + balance/n(4)
	}
	return n(5)
}

// carryBalance: interest is on what there is at the moment, so that no sum of parts gives the end.
func carryBalance(r *rand.Rand, tokens int) task {
	balance := 0
	var items []string
	for range tokens / 120 {
		var s string
		switch r.IntN(8) {
		case 0:
			s = fmt.Sprintf("interest of one in %d, rounded down", 20+r.IntN(30))
		case 1:
			if balance > 1_000_000 {
				s = fmt.Sprintf("the balance was set to %d", r.IntN(5000)+1000)
				break
			}
			fallthrough
		case 2, 3, 4:
			s = fmt.Sprintf("deposit of %d", r.IntN(900)+50)
		default:
			s = fmt.Sprintf("withdrawal of %d", r.IntN(600)+50)
		}
		s = "Booking: " + s + "."
		balance = book(balance, booking.FindStringSubmatch(s))
		items = append(items, s)
	}
	ask := "What is the final balance of the account after all bookings? It starts at 0. Answer with the number."
	return task{
		operator: "carry",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"dependence": "order"},
		byRules:  true,
		mind: mind{
			step: func(s sight) string {
				balance := 0
				if m := record.FindStringSubmatch(s.earlier); m != nil {
					balance, _ = strconv.Atoi(m[1])
				}
				for _, m := range booking.FindAllStringSubmatch(s.text, -1) {
					balance = book(balance, m)
				}
				return fmt.Sprintf("balance=%d", balance)
			},
			final: first(record),
		},
		score: func(o outcome) (float64, string) {
			if strings.TrimSpace(o.answer) == strconv.Itoa(balance) {
				return 1, ""
			}
			return 0, fmt.Sprintf("answered %.60q, want %d", o.answer, balance)
		},
	}
}
