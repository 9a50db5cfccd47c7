package split

import (
	"strings"
	"testing"
)

// A log of commits is cut before them, and what one says is not cut off from its head.
func TestCommits(t *testing.T) {
	message := "    Salt goes first\n    \n    Author: nobody. It was late, and he\n    went home.\n\n"
	for name, entry := range map[string]string{
		"log":     "commit 0123456789abcdef0123456789abcdef01234567\nMerge: 01234567 89abcdef\nAuthor: Ann <a@x.com>\nDate:   Mon Mar 2 10:00:00 2026 +0100\n\n" + strings.Repeat(message, 9),
		"short":   "commit 0123456789abcdef0123456789abcdef01234567 (HEAD -> main)\nAuthor: Ann <a@x.com>\n\n" + message,
		"patches": "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: Ann <a@x.com>\nSubject: [PATCH] Salt\n\nWords.\n---\n x.go | 2 +-\n\n" + pasted["diff"],
	} {
		t.Run(name, func(t *testing.T) {
			commits := 0
			for _, c := range Read(strings.Repeat(entry, 8), 0).Cuts {
				if at := c.Offset % len(entry); at == 0 && c.Rank == Heading {
					commits++
				} else if at < strings.Index(entry, "\n\n") || c.Rank <= Heading && c.Rank != File {
					t.Errorf("a %v cut at %.30q", c.Rank, entry[at:])
				}
			}
			if commits != 7 {
				t.Errorf("%d cuts before commits", commits)
			}
		})
	}
}

// A whole file that a diff adds is cut between its paragraphs.
func TestAddedParagraphs(t *testing.T) {
	for _, sign := range []string{"+", "-"} {
		text := "--- a/x.txt\n+++ b/x.txt\n@@ -0,0 +1,99 @@\n" + strings.Repeat(sign+"It was late, and\n"+sign+"he went home.\n"+sign+"\n", 9)
		for _, c := range Read(text, 0).Cuts {
			if gap := strings.HasSuffix(text[:c.Offset], "\n"+sign+"\n"); gap != (c.Rank == Blank) {
				t.Errorf("a %v cut behind %q", c.Rank, tail(text[:c.Offset]))
			}
		}
	}
}

// What looks like the head of a commit holds no megabyte together.
func TestLongHead(t *testing.T) {
	text := "commit 0123456789abcdef0123456789abcdef01234567\n" + strings.Repeat("It was late, and he went home\n", 1000)
	if cuts := Read(text, 46).Cuts; len(cuts) < 400 {
		t.Errorf("%d cuts in %d lines", len(cuts), 1001)
	}
}
