package split

import (
	"strings"
	"unicode/utf8"
)

// heading reads one as LaTeX, wikis, AsciiDoc or manual pages have it: its depth and title, or 0. gap says that it follows a blank line.
func heading(line string, gap bool) (depth int, title string) {
	switch line[0] {
	case '\\':
		name, rest, ok := strings.Cut(line[1:], "{")
		name, _, _ = strings.Cut(name, "[")
		end := strings.LastIndexByte(rest, '}')
		if depth = latexDepth[strings.TrimSuffix(name, "*")]; !ok || depth == 0 || end <= 0 {
			return 0, ""
		}
		return depth, rest[:end]
	case '=':
		if depth, title = pod(line); depth > 0 {
			return depth, title
		}
		s := strings.TrimRight(line, " \t")
		title = strings.Trim(s, "=")
		depth = strings.Index(s, title)
		closed := title != "" && len(s) == len(title)+2*depth
		words := strings.TrimSpace(title)
		if words == "" || depth > 6 || depth < 2 && !gap {
			return 0, ""
		}
		if first, _, _ := strings.Cut(words, " "); !closed && (title[0] != ' ' || words[0] < 'A' || !gap && (len(first) < 3 || first != strings.ToUpper(first))) {
			return 0, "" // without a gap "=== RUN", but no "== x" of a sentence
		}
		return depth, words
	case '.':
		name, rest, _ := strings.Cut(line[1:], " ")
		if depth = roffDepth[name]; depth == 0 || rest == "" {
			return 0, ""
		}
		return depth, strings.Trim(rest, "\" ")
	}
	return 0, ""
}

// pod reads a heading of Perl's documentation, which stands in source text too.
func pod(line string) (depth int, title string) {
	rest, ok := strings.CutPrefix(line, "=head")
	if !ok || len(rest) < 3 || rest[0] < '1' || '6' < rest[0] || rest[1] != ' ' {
		return 0, ""
	}
	return int(rest[0] - '0'), strings.TrimSpace(rest[2:])
}

var (
	latexDepth = map[string]int{"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
	roffDepth  = map[string]int{"TH": 1, "Dt": 1, "SH": 2, "Sh": 2, "SS": 3, "Ss": 3}
	// macros that begin paragraphs of manual pages, and how much worse than others a place before them is
	roffParagraphs = map[string]int{"PP": 1, "P": 1, "LP": 1, "Pp": 1, "HP": 1, "sp": 1, "TP": 2, "IP": 2, "It": 2}
)

// roffParagraph returns how much worse than others a place before the paragraph is that a line of a manual page begins, 0 when it begins none.
func roffParagraph(line string) int {
	if line[0] != '.' {
		return 0 // most lines
	}
	return roffParagraphs[line[1:endsWord.index(line)]]
}

// chapter reports whether a line stands over a chapter of a book or an act: "CHAPTER IV", "Chapter 4. The Storm", "BÖLÜM 2", "第三章".
func chapter(line string) bool {
	if len(line) > 0 && line[0] > ' ' && line[0] < utf8.RuneSelf && !beginsChapter[line[0]] {
		return false // most lines
	}
	s := trimSpace(line)
	if len(s) == 0 || len(s) > 120 {
		return false
	}
	if strings.HasPrefix(s, "第") {
		rest := strings.TrimLeft(s[len("第"):], "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千 ")
		for _, w := range []string{"章", "回", "節", "节", "部", "話", "话", "条"} {
			if len(rest) < len(s)-len("第") && strings.HasPrefix(rest, w) {
				return true
			}
		}
		return false
	}
	word, rest, _ := strings.Cut(s, " ")
	if !beginsChapter[s[0]] || len(word) > len("capítulo") {
		return false
	}
	number, _, _ := strings.Cut(rest, " ")
	if number = strings.TrimRight(number, ".:—-"); number == "" {
		return false
	}
	if digits.lead(number) < len(number) && romans.lead(number) < len(number) && word != strings.ToUpper(word) {
		return false
	}
	switch strings.ToLower(word) {
	case "chapter", "part", "book", "act", "bölüm", "kısım", "kisim", "kapitel", "chapitre", "capítulo":
		return true
	}
	return false
}

// articles are what the parts of laws and contracts are called.
var articles = map[string]bool{"article": true, "art.": true, "section": true, "sec.": true, "clause": true, "schedule": true, "annex": true, "appendix": true,
	"exhibit": true, "madde": true, "artikel": true, "artículo": true, "artigo": true, "§": true}

// article returns what the line over an article is called, "Madde 5" or "§ 5a", when it begins one: nothing, a stop or a dash follows the number, or a title
// that follows a blank line.
func article(line string, gap bool) string {
	if !beginsArticle[line[0]] {
		return "" // most lines
	}
	word, rest, _ := strings.Cut(line, " ")
	if len(word) > len("artículo") && line[0] < utf8.RuneSelf {
		return ""
	}
	if strings.HasPrefix(line, "§") && word != "§" {
		word, rest = "§", line[len("§"):]
	}
	n := digits.lead(rest)
	if n == 0 {
		n = romans.lead(rest)
	}
	if n == 0 || !articles[strings.ToLower(word)] {
		return ""
	}
	dotted := false
	for n+1 < len(rest) && rest[n] == '.' && digits[rest[n+1]] {
		n += 1 + digits.lead(rest[n+1:])
		dotted = true
	}
	if n+1 < len(rest) && 'a' <= rest[n] && rest[n] <= 'z' && !('a' <= rest[n+1] && rest[n+1] <= 'z') {
		n++
	}
	name := line[:len(line)-len(rest)+n]
	after := strings.TrimLeft(rest[n:], " ")
	switch {
	case after == "":
		if !gap && word == strings.ToLower(word) {
			return ""
		}
	case strings.IndexByte(".:-)(", after[0]) >= 0, strings.HasPrefix(after, "–"), strings.HasPrefix(after, "—"):
	case (gap && dotted || word == "§") && after[0] < 'a': // a title
	default:
		return ""
	}
	return name
}

var (
	beginsChapter, beginsArticle = setOf("CcPpBbAaKk"), setOf("AaSsCcEeMm\xc2")
	digits, romans, lowerRomans  = setOf("0123456789"), setOf("IVXLCDM"), setOf("ivx")
)

// clause returns the number that a clause begins with, "3" of "3. Rent" and "3.1" of "3.1 The rent", and how many numbers it is made of.
func clause(line string) (number string, depth int) {
	n := digits.lead(line)
	if n == 0 || n > 3 {
		return "", 0
	}
	for depth = 1; n+1 < len(line) && line[n] == '.' && digits[line[n+1]]; depth++ {
		more := digits.lead(line[n+1:])
		if more > 3 {
			return "", 0
		}
		n += 1 + more
	}
	number, rest := line[:n], line[n:]
	if dot := strings.HasPrefix(rest, "."); dot {
		rest = rest[1:]
	} else if depth == 1 {
		return "", 0
	}
	words := strings.TrimLeft(rest, " \t")
	if words == "" || len(words) == len(rest) || digits[words[0]] || words[0] == '-' || words[0] == '.' {
		return "", 0
	}
	return number, depth
}

// leads reports whether text goes on with the first part of the clause of that number.
func leads(number, text string) bool {
	below := strings.TrimLeft(text[:min(len(text), 80)], " \t\r\n")
	rest, ok := strings.CutPrefix(below, number+".1")
	return ok && rest != "" && !digits[rest[0]]
}

// subclause reports whether a line begins with "3.1 ".
func subclause(line string) bool {
	_, depth := clause(line)
	return depth > 1
}

// titled reports whether a line is a heading of LaTeX and so on, or over an article.
func titled(line, before string) bool {
	depth, _ := heading(line, before == "")
	return depth > 0 || article(line, before == "") != ""
}
