package split

import (
	"strings"
	"testing"
)

// What is below an entry stays with it, whatever it looks like.
func TestLogEntries(t *testing.T) {
	for _, entry := range []string{
		"2026-01-01 10:00:00,123 ERROR [w-1] c.x.Y - Failed order\njava.lang.Error: no stock\n\tat a.B(B.java:1)\n\tat a.C(C.java:2)\nCaused by: d: e\n\t... 3 more\n",
		"2026-01-01 10:00:00 ERROR a\nTraceback (most recent call last):\n  File \"b\"\n    c\nKeyError: 1\n\nDuring handling:\n\nTraceback (most recent call last):\n  File \"d\"\nValueError: e\n",
		"[10:00:00] ERROR: failed\nError: no stock\n    at f (/a.js:1:1)\n    at g (/a.js:2:1)\n",
		"2026/01/01 10:00:00 http: panic serving 1.2.3.4:5: boom\ngoroutine 7 [running]:\nmain.f(0x1)\n\t/src/x.go:1 +0x1\n",
		"[01/Mar/2026 10:00:00] ERROR a\nTraceback (most recent call last):\n  File \"b\"\n    c\nKeyError: 1\n\nDuring handling:\n\nTraceback (most recent call last):\n  File \"d\"\n",
		"03-17 16:13:38.811  1702  2395 E A: failed\nError: no stock\n    at f (/a.js:1:1)\n",
		"ERROR c.x.Y - Failed order\njava.lang.Error: no stock\n\tat a.B(B.java:1)\n\tat a.C(C.java:2)\n",
		"2026-01-01T10:00:00Z INFO payload\n{\n  \"a\": 1\n}\n",
	} {
		text := strings.Repeat(entry, 8)
		records := 0
		for _, c := range Read(text, 0).Cuts {
			if c.Rank == Record {
				records++
			}
			if begins := c.Offset%len(entry) == 0; begins != (c.Rank == Record) {
				t.Errorf("a %v cut between %q and %q", c.Rank, tail(text[:c.Offset]), head(text[c.Offset:]))
			}
		}
		if records != 7 {
			t.Errorf("%d cuts between 8 of %.40q", records, entry)
		}
	}
}

// What an entry introduces, however long, is not cut off from it.
func TestIntroducedByEntry(t *testing.T) {
	body := "[\n" + strings.Repeat("  {\n    \"id\": 7,\n    \"notes\": \"left, with salt\"\n  },\n", 40) + "  {}\n]\n"
	entry := "2026-01-01 10:00:00 DEBUG a response:\n" + body
	text := strings.Repeat(entry, 8)
	for _, grain := range []int{0, 46} {
		records := 0
		for _, c := range Read(text, grain).Cuts {
			switch at := c.Offset % len(entry); {
			case at == 0:
				if c.Rank != Record || c.Level > 0 {
					t.Errorf("a %v cut of level %d before an entry", c.Rank, c.Level)
				}
				records++
			case at == len(entry)-len(body) && c.Rank < Line:
				t.Errorf("a %v cut behind the line that introduces what follows", c.Rank)
			}
		}
		if records != 7 {
			t.Errorf("%d cuts before entries at grain %d", records, grain)
		}
	}
}
