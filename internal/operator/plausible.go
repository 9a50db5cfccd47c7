package operator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// reshapes is what a task says that changes the form of what there is: lines, fences and the way numbers are written.
var reshapes = lazily(`(?i)\b(convert|reformat|transform|turn .{1,40} into|into (?:an? )?(?:json|csv|yaml|xml|html|markdown|table|list|prose)|as (?:an? )?(?:json|csv|yaml|xml|html|markdown|table))\b|dönüştür|tablo(?:ya|su)|biçim`)

const plausibleFrom = 120 // letters; a shorter text may change its length in any way

// implausible says why a new text cannot be the whole of the old one; nil when it may be.
func implausible(core, text string, loose, reshaped bool) error {
	was, is := width(core), width(text)
	low, high := was/3, was*3
	if loose {
		low = was / 20
	}
	if reshaped { // a row of cells becomes an object with all its keys
		high = was * 10
	}
	switch {
	case isBlank(text):
		if loose {
			return nil
		}
		return constErr("it was empty")
	case was >= plausibleFrom && is < low:
		return constErr("it was far shorter than the passage; the whole passage is wanted")
	case was >= plausibleFrom && is > high+plausibleFrom:
		return constErr("it was far longer than the passage; only the passage is wanted")
	}
	if loose || reshaped {
		return nil
	}
	if a, b := blocks(core), blocks(text); a >= 4 && b < a/2 {
		return constErr("paragraphs were missing or run together")
	}
	return unlike(core, text)
}

// unlike says what of a text's structure a new text of it does not have; asked twice, the new text is believed. nil when it has all.
func unlike(core, text string) error {
	if a, b := strings.Count(core, "```"), strings.Count(text, "```"); a != b {
		return fmt.Errorf("%w: the code fences of the passage must stay as they are", errDoubt)
	}
	if a, b := lined(core), lined(text); a >= 5 && (b < a*4/5 || b > 2*a) {
		return fmt.Errorf("%w: list items, headings or rows of tables were missing or too many", errDoubt)
	}
	if a, b := shortLines(core), shortLines(text); a >= 5 && (b < a*9/10 || b > a*5/4+1) {
		return fmt.Errorf("%w: lines were missing, run together or too many; each line of the passage is one line of the new text", errDoubt)
	}
	for _, u := range links().FindAllString(core, maxKept) {
		if !strings.Contains(text, strings.TrimRight(u, ".,;:!?")) {
			return fmt.Errorf("%w: a link of the passage is missing", errDoubt)
		}
	}
	for _, p := range placeholders().FindAllString(core, maxKept) {
		if !strings.Contains(text, p) {
			return fmt.Errorf("%w: a placeholder such as {name}, %%s or <tag> is missing or changed", errDoubt)
		}
	}
	digits := map[string]bool{}
	for _, n := range figures().FindAllString(text, -1) {
		digits[digitsOf(n)] = true
		for _, part := range append(dateParts(n), n) {
			digits[strings.TrimLeft(part, "0")] = true
		}
	}
	for _, t := range clockTimes().FindAllStringSubmatch(text, -1) {
		hour, _ := strconv.Atoi(t[1]) // two digits at most
		for _, h := range []int{hour, hour%12 + 12} {
			digits[strconv.Itoa(h)+t[2]] = true
		}
	}
	for _, n := range figures().FindAllString(core, maxKept) {
		if d := digitsOf(n); len(d) >= 3 && !digits[d] && !digits[strings.TrimLeft(d, "0")] && !datedIn(digits, n) {
			return fmt.Errorf("%w: numbers of the passage are missing or changed", errDoubt)
		}
	}
	return nil
}

const maxKept = 200 // links, placeholders and numbers of a passage that are looked for

var (
	links        = lazily(`https?://[^\s<>"'()\[\]]+`)
	placeholders = lazily(`\$?\{\{?[\w.$-]{1,40}\}?\}|%(?:\d\$)?[sdvq@]\b|%\(\w{1,40}\)s|</?[A-Za-z_][\w-]{0,40}/?>`)
	figures      = lazily(`\p{Nd}(?:[\p{Nd}.,'’_\x{a0}\x{202f}٫٬]*\p{Nd})?`)
	lineMark     = lazily(`^\s*(?:[-*+•|#]|\d{1,3}[.)])\s?\S`)
)

// clockTimes are times of day with a colon, which another language writes with a point, or counts to twelve.
var clockTimes = lazily(`\b(\d{1,2})[:hH](\d{2})\b`)

// dateParts are the numbers of a date with points, such as 05.03.2024; nil for other figures.
func dateParts(n string) []string {
	if _, _, ok := dateIn(n); !ok || strings.Count(n, ".") != 2 {
		return nil
	}
	return strings.Split(n, ".")
}

// datedIn reports whether a date with points stands among the numbers of a text as another language writes it: the month as a word, the year in full.
func datedIn(digits map[string]bool, n string) bool {
	parts := dateParts(n)
	if parts == nil {
		return false
	}
	if len(parts[0]) == 4 {
		slices.Reverse(parts)
	}
	year := parts[2]
	return (digits[year] || len(year) == 2 && (digits["20"+year] || digits["19"+year])) &&
		(digits[strings.TrimLeft(parts[0], "0")] || digits[strings.TrimLeft(parts[1], "0")])
}

// digitsOf is a number without its marks, which another language sets in other places.
func digitsOf(n string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return -1
		}
		return '0' + rune(digitValue(r))
	}, n)
}

// lined counts the lines that are an item, a heading or a row.
func lined(text string) int {
	n := 0
	for _, line := range strings.Split(text, "\n") {
		if lineMark().MatchString(line) {
			n++
		}
	}
	return n
}

// shortLine is the mean length in bytes up to which lines are taken for things of their own, such as verses, subtitles or entries, and not for prose that was wrapped.
const shortLine = 50

// shortLines counts the lines of a text of short ones; 0 for other texts.
func shortLines(text string) int {
	lines, bytes := 0, 0
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines, bytes = lines+1, bytes+len(line)
		}
	}
	if bytes > shortLine*lines {
		return 0
	}
	return lines
}

// width is a text's length in letters, those of scripts that write a word in one or two of them counted threefold.
func width(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			n += 3
		case !unicode.IsSpace(r):
			n++
		}
	}
	return n
}

// blocks counts the paragraphs of a text.
func blocks(text string) int {
	n, blank := 0, true
	for rest := text; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if isBlank(line) {
			blank = true
			continue
		}
		if blank {
			n++
		}
		blank = false
	}
	return n
}
