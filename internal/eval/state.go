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

var (
	movement = regexp.MustCompile(`Movement: (?:(\d+) crates went from (\w+) to (\w+)|(\d+) crates came to (\w+)|(\w+) was counted and holds (\d+) crates)\.`)
	stock    = regexp.MustCompile(`- South: (-?\d+) crates`)
)

// carryStock: a reader reports movements and calculates nothing, so that the adding up is the planner's.
func carryStock(r *rand.Rand, tokens int) task {
	houses := []string{"North", "South", "East", "West"}
	have := map[string]int{}
	var items []string
	for range tokens / 120 {
		n, from, to := r.IntN(90)+1, houses[r.IntN(4)], houses[r.IntN(4)]
		switch k := r.IntN(8); {
		case k == 0:
			items = append(items, fmt.Sprintf("Movement: %s was counted and holds %d crates.", to, 10*n))
			have[to] = 10 * n
		case k < 4 || from == to:
			items = append(items, fmt.Sprintf("Movement: %d crates came to %s.", n, to))
			have[to] += n
		default:
			items = append(items, fmt.Sprintf("Movement: %d crates went from %s to %s.", n, from, to))
			have[from], have[to] = have[from]-n, have[to]+n
		}
	}
	items = append(items, "Movement: 7 crates came to South.")
	have["South"] += 7
	ask := "How many crates are in South in the end? Every house starts with none. Answer with the number."
	return task{
		operator: "carry",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+weave(r, tokens, items, false))},
		asks:     []string{ask},
		advice:   map[string]any{"dependence": "order"},
		mind: mind{
			step: func(s sight) string {
				b := strings.Builder{}
				b.WriteString("Houses of crates.\n")
				for _, m := range movement.FindAllStringSubmatch(s.text, -1) {
					switch {
					case m[2] != "":
						fmt.Fprintf(&b, "CHANGE: %s | -%s crates\nCHANGE: %s | +%s crates\n", m[2], m[1], m[3], m[1])
					case m[5] != "":
						fmt.Fprintf(&b, "CHANGE: %s | +%s crates\n", m[5], m[4])
					default:
						fmt.Fprintf(&b, "SET: %s | %s crates\n", m[6], m[7])
					}
				}
				return b.String()
			},
			final: first(stock),
		},
		score: func(o outcome) (float64, string) {
			if strings.TrimSpace(o.answer) == strconv.Itoa(have["South"]) {
				return 1, ""
			}
			return 0, fmt.Sprintf("answered %.60q, want %d", o.answer, have["South"])
		},
	}
}
