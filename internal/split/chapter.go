package split

import (
	"strings"
	"unicode/utf8"
)

var (
	beginsChapter               = setOf("CcPpBbAaKk")
	digits, romans, lowerRomans = setOf("0123456789"), setOf("IVXLCDM"), setOf("ivx")
)

// chapter reports whether a line stands over a chapter of a book or an act: "CHAPTER IV", "Chapter 4. The Storm", "BÖLÜM 2", "第三章".
func chapter(line string) bool {
	if len(line) > 0 && line[0] > ' ' && line[0] < utf8.RuneSelf && !beginsChapter[line[0]] {
		return false // most lines
	}
	s := trimSpace(line)
	if len(s) == 0 || len(s) > 120 || s[0] < utf8.RuneSelf && !beginsChapter[s[0]] {
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

// endsSentence reports whether a line ends with a full stop of some script, closing quotes aside.
func endsSentence(line string) bool {
	// Ordinary letters first: most lines end with one.
	if n := len(line); n > 0 && (line[n-1]|0x20 >= 'a' && line[n-1]|0x20 <= 'z' || line[n-1] == ',') {
		return false
	}
	for s := line; ; {
		r, n := utf8.DecodeLastRuneInString(s)
		switch r {
		case '.', '!', '?', ':', '…', '。', '！', '？', '।', '؟':
			return true
		case ' ', '\t', '"', '\'', '”', '’', '»', ')', ']', '』', '」', '）', '】', '*', '_':
			s = s[:len(s)-n]
		default:
			return false
		}
	}
}
