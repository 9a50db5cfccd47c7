// Command gen writes the vocabulary files that package tokens embeds, out of github.com/tiktoken-go/tokenizer: `go generate ./internal/tokens`.
//
// One file per encoding, little endian:
//
//	uint32             n, the number of tokens
//	n × 2 uint24       how byte-pair merging makes the token: the ids of its left and right half, both smaller than its own; or 1<<24-1, byte
//	n × uint8, bytes   the token, behind the number of its bytes
//
// Both vocabularies are closed: merging makes every token of theirs, and in one way only.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"math"
	"os"

	"github.com/tiktoken-go/tokenizer"
)

const single = 1<<24 - 1

func main() {
	log.SetFlags(0)
	for _, e := range []struct {
		enc  tokenizer.Encoding
		n    int
		path string
	}{{tokenizer.O200kBase, 199998, "o200k_base.vocab"}, {tokenizer.Cl100kBase, 100256, "cl100k_base.vocab"}} {
		codec, err := tokenizer.Get(e.enc)
		if err != nil {
			log.Fatalf("gen: %s: %v", e.path, err)
		}
		tokens := make([]string, e.n)
		ranks := make(map[string]int, e.n)
		for id := range tokens {
			s, err := codec.Decode([]uint{uint(id)})
			if err != nil {
				log.Fatalf("gen: %s: token %d: %v", e.path, id, err)
			}
			tokens[id] = s
			ranks[s] = id
		}
		if len(ranks) != e.n {
			log.Fatalf("gen: %s: %d different tokens, want %d", e.path, len(ranks), e.n)
		}
		out := encode(tokens, ranks)
		if err := os.WriteFile(e.path, out, 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %d tokens, %d bytes\n", e.path, e.n, len(out))
	}
}

func encode(tokens []string, ranks map[string]int) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(tokens)))
	u24 := func(v int) { out = append(out, byte(v), byte(v>>8), byte(v>>16)) }
	for id, t := range tokens {
		if len(t) == 1 {
			u24(single)
			u24(int(t[0]))
			continue
		}
		cut := lastMerge(t, ranks)
		if cut < 0 {
			log.Fatalf("gen: merging never makes token %d %q", id, t)
		}
		left, right := ranks[t[:cut]], ranks[t[cut:]]
		if left >= id || right >= id {
			log.Fatalf("gen: token %d %q is older than its halves %d and %d", id, t, left, right)
		}
		u24(left)
		u24(right)
	}
	for id, t := range tokens {
		if len(t) > math.MaxUint8 {
			log.Fatalf("gen: token %d has %d bytes", id, len(t))
		}
		out = append(append(out, byte(len(t))), t...)
	}
	return out
}

// lastMerge merges the bytes of t until t is left whole and returns where its last two halves met, or -1 if merging stops before.
func lastMerge(t string, ranks map[string]int) int {
	ends := make([]int, len(t)+1)
	for i := range ends {
		ends[i] = i
	}
	for len(ends) > 2 {
		best, at := len(ranks), -1
		for i := 0; i+2 < len(ends); i++ {
			if r, ok := ranks[t[ends[i]:ends[i+2]]]; ok && r < best {
				best, at = r, i
			}
		}
		if at < 0 {
			return -1
		}
		if len(ends) == 3 {
			return ends[1]
		}
		ends = append(ends[:at+1], ends[at+2:]...)
	}
	return -1
}
