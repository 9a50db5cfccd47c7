package operator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// noneWords are the ways in which models of several languages say that there is nothing. A bare "no" is an answer, not a none.
var noneWords = map[string]bool{
	"none": true, "nothing": true, "n/a": true, "null": true, "nil": true, "empty": true, "no relevant information": true, "nothing relevant": true, "not found": true,
	"none found": true, "nothing found": true, "no relevant information found": true, "nothing relevant found": true, "no items": true, "no items found": true, "no matches": true,
	"no matches found": true, "no results": true, "no results found": true, "no occurrences": true, "no occurrences found": true, "no notes": true, "no relevant notes": true,
	"yok": true, "hiçbiri": true, "hiçbir şey": true, "hiç": true, "hiçbir şey yok": true, "bulunamadı": true, "ilgili bilgi yok": true, "ilgili bilgi bulunamadı": true,
	"keine": true, "nichts": true, "aucun": true, "aucune": true, "rien": true, "ninguno": true, "ninguna": true, "nada": true,
	"nessuno": true, "nessuna": true, "niente": true, "nenhum": true, "nenhuma": true, "geen": true, "brak": true,
	"нет ничего": true, "ничего": true, "无": true, "無": true, "没有": true, "沒有": true, "なし": true, "無し": true, "없음": true, "لا شيء": true,
	"該当なし": true, "該当無し": true, "該当なしです": true, "該当する情報はありません": true, "特になし": true, "ありません": true, "未找到": true, "无相关信息": true, "沒有找到": true, "没有找到": true, "没有相关信息": true,
	"해당 없음": true, "해당사항 없음": true, "없습니다": true, "관련 정보 없음": true, "कोई नहीं": true, "कुछ नहीं": true, "لا يوجد": true, "لا توجد": true, "не найдено": true, "ничего не найдено": true, "нет данных": true, "отсутствует": true,
	"keine gefunden": true, "nichts gefunden": true, "keine treffer": true, "keine angaben": true, "aucun résultat": true, "rien trouvé": true, "sin resultados": true, "no se encontró": true, "no hay": true, "não encontrado": true, "nenhum resultado": true,
	"nessun risultato": true, "non trovato": true, "geen resultaten": true, "niets gevonden": true, "nie znaleziono": true, "nic": true, "yoktur": true, "bulunmuyor": true, "sonuç yok": true,
}

// noneHere is how a reader says in a sentence that there is nothing in the passage, by which name only our own calls know the text.
var noneHere = lazily(`(?i)^\W*(?:(?:there (?:is|are|was|were)|i (?:found|find|see)) )?(?:no|none|nothing)\b[^\n.,;:]{0,80}\b(?:in|of|from|within) (?:this|the) passage\W*$` +
	`|^\W*(?:this|the) passage (?:contains|has|holds|mentions|lists|names|says) (?:no|none|nothing)\b[^\n.,;:]{0,80}\W*$|^\W*bu pasajda\b[^\n.,;:]{0,80}(?:yok|yoktur|bulunmuyor|bulunmamaktadır|bulunamadı|geçmiyor|geçmemektedir)\W*$`)

// isNone reports whether a plain reply says that there is nothing, in any case and punctuation.
func isNone(text string) bool {
	if len(text) > 200 {
		return false
	}
	bare := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	lower := strings.ToLower(bare)
	if noneWords[lower] || noneWords[strings.ToLowerSpecial(unicode.TurkishCase, bare)] {
		return true
	}
	return (strings.Contains(lower, "passage") || strings.Contains(lower, "pasajda")) && noneHere().MatchString(text) // most texts say neither
}

// isAbsent reports whether a part of an item says that there is nothing, of a text that does not have that word: a guest may be called Nada.
func isAbsent(text, core string) bool {
	if !isNone(text) {
		return false
	}
	word := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	for from := 0; ; {
		i := strings.Index(core[from:], word)
		if i < 0 || word == "" {
			return true
		}
		i += from
		from = i + len(word)
		before, _ := utf8.DecodeLastRuneInString(core[:i])
		after, _ := utf8.DecodeRuneInString(core[from:])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return false
		}
	}
}

// isExample reports whether an item is the example of the form that was asked for, which small models give back: an ellipsis as the quote, and another for what
// belongs to it. An ellipsis alone may be what was looked for.
func isExample(quote string, others ...string) bool {
	return quote == "copied letter by letter" || quote == "…" && slices.Contains(others, "…")
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
