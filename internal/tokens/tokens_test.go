package tokens

import (
	"strings"
	"sync"
	"testing"
)

var encodings = []*Encoding{O200K(), CL100K()}

// naive is tiktoken's algorithm as plainly as it can be said: merge the leftmost pair of the smallest id, again and again.
func naive(e *Encoding, ranks map[string]int, piece string) int {
	if _, ok := ranks[piece]; ok {
		return 1
	}
	parts := strings.Split(piece, "")
	parts = parts[:0]
	for i := range len(piece) {
		parts = append(parts, piece[i:i+1])
	}
	for {
		best, at := len(ranks), -1
		for i := 0; i+1 < len(parts); i++ {
			if r, ok := ranks[parts[i]+parts[i+1]]; ok && r < best {
				best, at = r, i
			}
		}
		if at < 0 {
			return len(parts)
		}
		parts[at] += parts[at+1]
		parts = append(parts[:at+1], parts[at+2:]...)
	}
}

// listed is the tokens of vocabularies by their ids.
var listed sync.Map

// bytes returns the token id.
func (v *vocab) bytes(id uint32) string {
	all, ok := listed.Load(v)
	if !ok {
		var tokens []string
		for rest := v.words; len(tokens) < v.n; {
			end := 1 + int(rest[0])
			tokens = append(tokens, rest[1:end])
			rest = rest[end:]
		}
		all, _ = listed.LoadOrStore(v, tokens)
	}
	return all.([]string)[id]
}

func ranksOf(e *Encoding) map[string]int {
	v := e.vocab()
	ranks := make(map[string]int, v.n)
	for id := range v.n {
		ranks[v.bytes(uint32(id))] = id
	}
	return ranks
}

func TestForModel(t *testing.T) {
	for model, want := range map[string]*Encoding{
		"gpt-4": cl100k, "openai/gpt-4": cl100k, "gpt-4-0613": cl100k, "gpt-4-32k": cl100k, "azure/gpt-4-turbo-2024-04-09": cl100k, "ft:gpt-4:org::id": cl100k,
		"gpt-3.5-turbo": cl100k, "azure/eu/gpt-35-turbo-0125": cl100k, "ft:gpt-3.5-turbo:org::id": cl100k, "GPT-4": cl100k, "text-embedding-3-large": cl100k,
		"openai/text-embedding-ada-002": cl100k,
		"gpt-4o":                        o200k, "openai/gpt-4o-mini": o200k, "gpt-4.1-nano": o200k, "gpt-4.5-preview": o200k, "gpt-5": o200k, "o1": o200k, "o3-mini": o200k, "o4-mini": o200k,
		"chatgpt-4o-latest": o200k, "ft:gpt-4o-mini:org::id": o200k, "claude-opus-4-7": o200k, "autox": o200k, "": o200k, "/": o200k, "vertex_ai/text-embedding-004": o200k,
	} {
		if got := ForModel(model); got != want {
			t.Errorf("ForModel(%q) = %s, want %s", model, got.Name(), want.Name())
		}
	}
}

func TestFactor(t *testing.T) {
	for model, want := range map[string]float64{
		"gpt-4": 1, "openai/gpt-5-mini": 1, "o3": 1, "azure/o4-mini": 1, "ft:gpt-4o:org::id": 1, "chatgpt-4o-latest": 1, "openai/gpt-oss-120b": 1,
		"claude-3-5-sonnet-20241022": 1.2, "claude-haiku-4-5": 1.2, "anthropic/claude-opus-4.6": 1.2, "claude-opus-4-20250514": 1.2, "us.anthropic.claude-opus-4-6-v1:0": 1.2,
		"claude-opus-4-7": 1.5, "anthropic/claude-opus-4.7": 1.5, "claude-opus-4-7-20260416": 1.5, "claude-opus-5": 1.5, "claude-opus-4-10": 1.5, "us.anthropic.claude-opus-4-8-v1:0": 1.5,
		"autox": 1.2, "": 1.2, "gemini-2.5-pro": 1.2, "claude": 1.2, "o1o": 1.2, "claude-instant-v1": 1.2,
	} {
		if got := Factor(model); got != want {
			t.Errorf("Factor(%q) = %v, want %v", model, got, want)
		}
	}
}
