package operator

import (
	"slices"
	"strings"
	"unicode"
)

// noneWords are the ways in which models of several languages say that there is nothing. A bare "no" is an answer, not a none.
var noneWords = map[string]bool{
	"none": true, "nothing": true, "n/a": true, "null": true, "nil": true, "empty": true, "no relevant information": true, "nothing relevant": true, "not found": true,
	"yok": true, "hiçbiri": true, "hiçbir şey": true, "hiç": true, "hiçbir şey yok": true, "bulunamadı": true,
	"keine": true, "nichts": true, "aucun": true, "aucune": true, "rien": true, "ninguno": true, "ninguna": true, "nada": true,
	"nessuno": true, "nessuna": true, "niente": true, "nenhum": true, "nenhuma": true, "geen": true, "brak": true,
	"нет ничего": true, "ничего": true, "无": true, "無": true, "没有": true, "沒有": true, "なし": true, "無し": true, "없음": true, "لا شيء": true,
}

// isNone reports whether a plain reply says that there is nothing, in any case and punctuation.
func isNone(text string) bool {
	if len(text) > 64 {
		return false
	}
	bare := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	return noneWords[strings.ToLower(bare)] || noneWords[strings.ToLowerSpecial(unicode.TurkishCase, bare)]
}

// isExample reports whether an item is the example of the form that was asked for, which small models give back: an ellipsis as the quote, and another for what
// belongs to it. An ellipsis alone may be what was looked for.
func isExample(quote string, others ...string) bool {
	return quote == "copied letter by letter" || quote == "…" && slices.Contains(others, "…")
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
