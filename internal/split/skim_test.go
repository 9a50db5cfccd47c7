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

// A fence line that is one too many does not turn the fences behind it inside out.
func TestStrayFence(t *testing.T) {
	section := "## Salt\n\nIt was late.\n\n```go\nx := 1\n\ny := 2\n```\n\nHe went home.\n\n"
	for _, stray := range []string{"", "```\n", "```\nx := 1\n\n"} {
		text := section + stray + strings.Repeat(section, 4)
		from := len(section) + len(stray)
		headings, fences := 0, 0
		l := Read(text, 0)
		for _, c := range l.Cuts {
			if c.Offset >= from && c.Rank == Heading && strings.HasPrefix(text[c.Offset:], "## ") {
				headings++
			}
		}
		for _, b := range l.Blocks {
			if b.Start >= from && strings.HasPrefix(text[b.Start:], "```go\n") && strings.HasSuffix(text[:b.End], "y := 2\n```\n") {
				fences++
			}
		}
		if headings != 4 || fences != 4 {
			t.Errorf("behind %q %d headings and %d fences of 4 are seen", stray, headings, fences)
		}
	}
}
