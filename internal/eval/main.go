// Command eval measures answers: tasks whose right answer is known go through the whole line, and what the client reads is scored.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
)

func main() {
	bad := 0
	for _, f := range families {
		for _, s := range settings(1) {
			t := f.make(rand.New(rand.NewPCG(s.seed, 1)), 12_000)
			o := run(&t, s)
			if score, wrong := judge(&t, s, o); score < 1 || len(wrong) > 0 {
				bad++
				fmt.Printf("%s (%s): %.2f %v faults %v\n", f.name, s, score, wrong, o.faults)
			}
		}
	}
	if bad > 0 {
		os.Exit(1)
	}
}

func settings(seeds int) []setting {
	var out []setting
	for i := range seeds {
		for k, chunk := range []int{500, 800, 1400, 2000} {
			out = append(out, setting{seed: uint64(i*10 + k), chunk: chunk, stream: k%2 == 1, faults: true})
		}
	}
	return out
}
