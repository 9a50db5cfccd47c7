//go:build go1.25

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPerfectWorker: a worker that makes no mistakes gives a perfect answer on every task, in chunks of any size, in any order of completion, with every
// transient fault once.
func TestPerfectWorker(t *testing.T) {
	sizes := []int{500, 2000, 900, 1400}
	for i, f := range families {
		if f.open != "" {
			continue
		}
		for k := range 2 {
			s := setting{seed: uint64(7*i + k), chunk: sizes[(2*i+k+i/2)%len(sizes)], stream: (i+k)%2 == 1, faults: true, delay: 3 * time.Second}
			task := f.make(rand.New(rand.NewPCG(s.seed, 1)), 9500)
			s.rules = k == 1 && task.byRules
			t.Run(fmt.Sprintf("%s/%d rules=%v", f.name, s.chunk, s.rules), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o := run(&task, s)
					score, wrong := judge(&task, s, o)
					if score < 1 || len(wrong) > 0 {
						t.Errorf("%s: score %.3f, faults %v\n%s", s, score, o.faults, wrong)
					}
					if len(o.faults) < len(faultKinds) && len(o.calls) > 25 {
						t.Errorf("only these faults happened: %v", o.faults)
					}
				})
			})
		}
	}
}

// TestCarelessWorker: what a reader makes up never reaches a later call, or the answer, as if it stood in the text.
func TestCarelessWorker(t *testing.T) {
	made := 0
	for i, f := range families {
		s := setting{seed: uint64(i), chunk: 500 + 30*i, stream: i%2 == 1, delay: time.Second, noise: &noise{seed: uint64(i)}}
		task := f.make(rand.New(rand.NewPCG(s.seed, 2)), 9000)
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := run(&task, s)
				for _, place := range s.noise.stated(o) {
					t.Error(place)
				}
			})
		})
		made += s.noise.counts.invented
	}
	if made < 50 {
		t.Errorf("only %d quotes were made up", made)
	}
}

// TestEveryByte: chunks end at every byte of an item, and what is cut is counted once.
func TestEveryByte(t *testing.T) {
	const length = 11
	seen := map[int]bool{}
	for seed := uint64(0); len(seen) < length && seed < 60; seed++ {
		s := setting{seed: seed, chunk: 500, delay: time.Second}
		task := countEveryByte(rand.New(rand.NewPCG(seed, 3)), 9000)
		synctest.Test(t, func(t *testing.T) {
			o := run(&task, s)
			if score, wrong := judge(&task, s, o); score < 1 || len(wrong) > 0 {
				t.Fatalf("seed %d: %v", seed, wrong)
			}
			text := task.chat["messages"].([]map[string]any)[2]["content"].(string)
			for _, c := range o.calls {
				s := see(c)
				passage := strings.TrimSuffix(s.text, "\n")
				if s.kind != "count" || passage == "" {
					continue
				}
				end := strings.Index(text, passage) + len(passage)
				if i := strings.LastIndexByte(text[:end], 'Q'); i >= 0 && end-i <= length {
					seen[end-i] = true
				}
			}
		})
	}
	if len(seen) < length {
		t.Errorf("chunks ended at %d of the %d bytes of an item", len(seen), length)
	}
}
