//go:build go1.25

package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// TestPerfectWorker: a worker that makes no mistakes gives a perfect answer on every task, in chunks of any size, in any order of completion, with every
// transient fault once.
func TestPerfectWorker(t *testing.T) {
	for _, f := range families {
		if f.open != "" {
			continue
		}
		for i, s := range settings(1) {
			for _, rules := range []bool{false, true} {
				s.rules = rules
				s.delay = 3 * time.Second
				s.faults = i != 0
				task := f.make(rand.New(rand.NewPCG(s.seed, uint64(len(f.name)))), 11_000)
				if rules && !task.byRules {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d rules=%v", f.name, s.chunk, rules), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						o := run(&task, s)
						score, wrong := judge(&task, s, o)
						if score < 1 || len(wrong) > 0 {
							t.Errorf("%s: score %.3f, faults %v\n%s", s, score, o.faults, wrong)
						}
						if s.faults && len(o.faults) < len(faultKinds) && len(o.calls) > 25 {
							t.Errorf("only these faults happened: %v", o.faults)
						}
					})
				})
			}
		}
	}
}
