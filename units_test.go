package haikuplanner

import (
	"slices"
	"testing"
)

// Short neighbours of different texts share a call, up to the size aimed at.
func TestGroup(t *testing.T) {
	type text struct{ message, part, tokens int }
	for _, tt := range []struct {
		name  string
		texts []text
		want  []unit
	}{
		{"none", nil, nil},
		{"one", []text{{0, 0, 4}}, []unit{{0, 1}}},
		{"short ones, with their labels", []text{{0, 0, 4}, {1, 0, 5}, {2, 0, 6}, {3, 0, 4}}, []unit{{0, 2}, {2, 4}}},
		{"parts of a message", []text{{0, 0, 4}, {0, 1, 4}}, []unit{{0, 2}}},
		{"of one text", []text{{0, 0, 4}, {0, 0, 4}}, []unit{{0, 1}, {1, 2}}},
		{"a short one behind a longer one", []text{{0, 0, 12}, {1, 0, 4}}, []unit{{0, 2}}},
		{"a short one before a longer one", []text{{0, 0, 4}, {1, 0, 12}}, []unit{{0, 2}}},
		{"neither short", []text{{0, 0, 10}, {1, 0, 10}}, []unit{{0, 1}, {1, 2}}},
		{"just as much as aimed at", []text{{0, 0, 9}, {1, 0, 11}}, []unit{{0, 2}}},
		{"more than aimed at", []text{{0, 0, 9}, {1, 0, 12}}, []unit{{0, 1}, {1, 2}}},
	} {
		var chunks []Chunk
		for _, c := range tt.texts {
			chunks = append(chunks, Chunk{Message: c.message, Part: c.part, Tokens: c.tokens})
		}
		if got := group(chunks, chunkSizes{min: 10, aim: 32, max: 40}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
