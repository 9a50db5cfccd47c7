package operator

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// changeWords are the words by which a text says of what was said elsewhere that it holds no longer. An asterisk stands for any ending.
const changeWords = `amend|amends|amended|amendment*|addendum|addenda|supersede|supersedes|superseded|hereby changed|hereby replaced|hereby deleted|hereby extended|longer valid|longer applies|longer applicable|erratum|errata|corrigendum|corrigenda|` +
	`correction to|rescheduled|postponed|moved to|changed to|extended to|corrected to|zeyilname*|ek protokol*|tadil*|düzeltme|ertelendi*|ertelenmiş*|değiştirildi*|değiştirilmiş*|` +
	`nachtrag|änderungsvereinbarung|berichtigung|verschoben|verlängert bis|avenant|rectificatif|reporté* au|adenda|fe de erratas|aplazado|aplazada|aditivo|rinviato|rinviata|дополнительн* соглашени*|перенес*|исправлен*`

// changeMarks are those of scripts without spaces.
const changeMarks = `补充协议|补充合同|更正|改为|推迟|覚書|訂正|変更後|変更されました|변경계약|변경 계약|정정|연기`

var amends = lazily(`(?i)^(?:` + strings.ReplaceAll(changeWords, "*", `\p{L}*`) + `)(?:$|\P{L})|^(?:` + changeMarks + `)`)

// amendStarts are how these words begin, by their first three bytes in small and large letters, so that a long text is not matched at each of its words.
var amendStarts = sync.OnceValue(func() map[[3]byte][]string {
	m := map[[3]byte][]string{}
	for _, w := range strings.Split(changeWords+"|"+changeMarks, "|") {
		w, _, _ = strings.Cut(w, "*")
		r, n := utf8.DecodeRuneInString(w)
		for _, form := range []string{w, string(unicode.ToUpper(r)) + w[n:], strings.ToUpper(w)} {
			k := [3]byte{form[0], form[1], form[2]}
			for i := range k {
				k[i] = smallASCII(k[i])
			}
			if !slices.Contains(m[k], w) {
				m[k] = append(m[k], w)
			}
		}
	}
	return m
})

func smallASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

const amendReach = 64 // bytes of the longest of them

// speaksOfChange says whether a text has one of these words.
func speaksOfChange(text string) bool {
	starts, inWord := amendStarts(), false
	for i := 0; i+3 <= len(text); i++ {
		c := text[i]
		was := inWord
		inWord = 'a' <= c|0x20 && c|0x20 <= 'z'
		if was && inWord || c < 'A' || c >= 0x80 && c < 0xc0 {
			continue
		}
		for _, w := range starts[[3]byte{smallASCII(c), smallASCII(text[i+1]), smallASCII(text[i+2])}] {
			if len(text)-i >= len(w) && strings.EqualFold(text[i:i+len(w)], w) && amends().MatchString(before(text[i:], amendReach)) {
				return true
			}
		}
	}
	return false
}

// changesFirst puts the chunks first that speak of changes: a place that answers elsewhere may no longer hold.
func changesFirst(in *Input, chunks []Chunk) ([]Chunk, int) {
	var first, rest []Chunk
	for _, c := range chunks {
		if speaksOfChange(in.Core(c)) {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	return append(first, rest...), len(first)
}
