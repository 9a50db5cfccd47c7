package split

import (
	"runtime"
	"strings"
	"testing"
)

// Lines that may each announce a file or open a fence cost little more than others do.
func TestReadAllocates(t *testing.T) {
	for _, line := range []string{"```\n", "~~~\n", "```go\n", "</file>\n", "<file path=\"a.go\">\n", "File: a.go\n", "User: ```\n", "[1,\n\n", "a,\"b,\"c\n\n"} {
		text := strings.Repeat(line, 1<<20/len(line))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Read(text, 48)
		runtime.ReadMemStats(&after)
		if times := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(text)); times > 16 {
			t.Errorf("a megabyte of %q: %.1f times as much is allocated, want 16", line, times)
		}
	}
}
