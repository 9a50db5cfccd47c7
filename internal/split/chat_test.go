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
		{"records between rules", "Müşteri: Firma 1\nTutar: 100 TL\nTarih: 12.03.2024\n---\n", "Müşteri:"},
		{"records of roles and others", "Client: Lee\nAgent: Kim\nModel: X1\nIssue: salt\n=====\n", "Client:"},
		{"records behind nothing", "Name: Ann\nCity: here\nNote: salt\n", "Name:"},
		{"records with gaps in them", "Ticket: salt\nOwner: Ann\n\nBody: It was late.\n\nState: open\n---\n", "Ticket:"},
		{"two fields between rules", "Müşteri: Firma 1\nTutar: 100 TL\n\n---\n", "Müşteri:"},
		{"turns between rules", "User: hi\nAssistant: hello\n---\n", "User: |Assistant: "},
		{"three speakers", "Ann: hi\nBob: hello\nAnn: well\nEve: no\nBob: why\nEve: so\nAnn: oh\nEve: ah\n", "Ann:|Bob:|Eve:"},
		{"speakers who go on", "Ann: hi\nAnn: well\nAnn: oh\nBob: hello\nBob: why\nAnn: no\nEve: so\n", "Ann:|Bob:|Eve:"},
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

func TestSpeaker(t *testing.T) {
	for line, want := range map[string]string{
		"[12.05.2024, 14:05:12] Mehmet: selam":         "Mehmet",
		"[12.05.2024, 14:05:12] Amelia: hi":            "Amelia",
		"12.05.2024 14:05 - Pm Lee: hi":                "Pm Lee",
		"[5/12/24, 2:05:11 PM] Pam: hi":                "Pam",
		"[5/12/24, 2:05:11\u202fpm] Murat Can: hi":     "Murat Can",
		"5/12/24, 2:05 AM - Mehmet: hi":                "Mehmet",
		"12/5/24, 2:05 p.\u00a0m. - Ana: hola":         "Ana",
		"12.05.2024 ÖS 2:05 - Ayşe Yılmaz: selam":      "Ayşe Yılmaz",
		"\u200e[12.05.2024, 14:05:12] Mehmet: <photo>": "Mehmet",
		"Mehmet (14:05): selam":                        "Mehmet",
		"14:05 Amy: hi":                                "Amy",
		"Pam: hi":                                      "Pam",
		"It ends at 10:30 PM: late":                    "",
		"Jean : bonjour":                               "Jean",
		"See :term:`salt` first":                       "",
		"HEAD:a/b.go:12: x := 1":                       "",
		"Ann:hi":                                       "Ann",
		"Ann:see https://a.b":                          "Ann",
		"用户：你好":                                        "用户",
		"[12:03] 张三：10:30 见":                           "张三",
		"他说，那是：再见":                                     "",
		"Ann:10:30 it is":                              "Ann",
		"用户:时间:10:30":                                  "用户",
		"https://a.b/c":                                "",
		"Makefile:12: x":                               "",
		"14:05 https://a.b/c":                          "",
		"14 get full:https://a.b/c":                    "",
		"Ann van der Lee: hi":                          "",
		"Ann de Lee: hi":                               "Ann de Lee",
		":hi":                                          "",
		strings.Repeat("A", 40) + ": hi":               strings.Repeat("A", 40),
		strings.Repeat("A", 41) + ": hi":               "",
		"-Ann: hi":                                     "",
		"--- FAIL: TestSalt (0.02s)":                   "",
	} {
		if got := speaker(line); got != want {
			t.Errorf("%q is said by %q, want %q", line, got, want)
		}
	}
}

func TestMailLine(t *testing.T) {
	for line, want := range map[string]bool{
		"From ann@example.com Mon Mar 14 10:05:00 2026":                          true,
		"From ann@example.com Mon Mar 14 10:05:00":                               true,
		"From ann@example.com Mon Mar 10:05":                                     false,
		"From ann@example.com Mon Mar 14 10:05:00 2026\nhi":                      true,
		"From the harbour it went Mon Mar 14 2026 10:05":                         false,
		"From: ann@example.com Mon Mar 14 10:05:00 2026":                         false,
		"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001": false,
	} {
		if got := mailLine(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
