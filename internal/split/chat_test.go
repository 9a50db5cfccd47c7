package split

import (
	"slices"
	"strings"
	"testing"
)

// What is cut like a turn: records at their first line, conversations at each turn.
func TestTurns(t *testing.T) {
	mail := "From ann@example.com Mon Mar 14 10:05:00 2026\nFrom: Ann <ann@example.com>\nTo: bob@example.com\nSubject: salt\nDate: Mon, 14 Mar 2026\n\nIt was late.\n\nNote: it rained.\nBye.\n\n"
	event := "BEGIN:VEVENT\r\nUID:1@x\r\nDTSTART:20260312T094977\r\nSUMMARY:salt\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\n"
	for _, tt := range []struct{ name, record, first string }{
		{"a mailbox", mail, "From ann"},
		{"events", event, "BEGIN:VEVENT"},
		{"cards", "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nTEL:1\nTEL:2\nEND:VCARD\n", "BEGIN:"},
		{"contacts", "Name: Ann Lee\nEmail: a@x.com\nPhone: 1\nPhone: 2\nCity: here\n\n", "Name:"},
		{"questions", "Q: What is it?\nA: Salt, they said.\nOr tin.\n\n", "Q:"},
		{"turns", "User: hi\nAssistant: hello\n", "User: |Assistant: "},
		{"turns with blank lines", "User: hi\n\nAssistant: hello\n\n", "User: |Assistant: "},
		{"names", "[10:01] Ann: hi\n[10:02] Bob: hello\n[10:03] Ann: well\n", "[10:01]|[10:02]|[10:03]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, first := strings.Repeat(tt.record, 20), len(tt.record) // of the first record nothing is known but that it is one
			if got := Detect(text); got != Chat {
				t.Fatalf("it is a %v", got)
			}
			want, got := 0, 0
			begins := strings.Split(tt.first, "|")
			for _, s := range begins {
				want += strings.Count(text[first:], s)
			}
			for _, c := range Read(text, 0).Cuts {
				if c.Rank != Turn || c.Offset < first {
					continue
				}
				got++
				if !slices.ContainsFunc(begins, func(s string) bool { return strings.HasPrefix(text[c.Offset:], s) }) {
					t.Errorf("a turn at %.20q", text[c.Offset:])
				}
			}
			if got != want {
				t.Errorf("%d turns, want %d", got, want)
			}
		})
	}
}
