package advice

import "strings"

// What tasks say of things that come more than once, folded: in English, Turkish, German, French, Spanish, Portuguese, Italian, Dutch, Russian and Arabic.
var (
	// once wants a list in which equal things stand once.
	once = phrases("unique|distinct|deduplicated ; all|every|each|the different ; no|without duplicate*|repeat|repeats|repeated|repeating|repetition*|dupes|dups|doubles ; without any|the duplicate*|repeat|repeats|repetition* ; each|every .. once$ ; each|every .. once only|and|as|with|sorted ; once each ; " +
		"dont|not|never repeat|list|include|give|show|name .. twice|duplicate*|repeat|repeats|again ; don t repeat|list|include|give|show|name .. twice|duplicate*|repeat|repeats|again ; dont|not|never repeat ; don t repeat ; nothing|none|no .. twice ; " +
		"benzersiz* ; tekrarsiz* ; mukerrersiz* ; tekrar|tekrarlar etmeden|etmesin|olmadan|olmasin ; mukerrer olmadan|olmasin ; her|hepsini|herbirini .. bir|1|tek kez|kere|defa ; birer kez|kere|defa ; farkli tum|butun ; tum|butun farkli ; birbirinden farkli ; " +
		"ohne|keine duplikate*|dubletten|wiederholung*|doppelte*|doppelungen|mehrfachnennung* ; alle|aller|die unterschiedlich*|verschieden*|eindeutig* ; jede* .. einmal ; je einmal ; " +
		"sans|pas|aucun doublon*|repetition* ; pas de doublon*|repetition* ; uniques|distincts|distinctes ; differents|differentes ; chaque|chacun|chacune .. une|seule|1 fois ; " +
		"sin|sem|senza|no duplicad*|duplicat*|repet*|ripetizion*|doppioni ; unicos|unicas|distintos|distintas|diferentes|unici|uniche|distinti|distinte ; cada .. una|uma|sola|unica|1 vez ; ogni|ciascun* .. una|sola|1 volta ; " +
		"zonder dubbele*|duplicaten|herhaling* ; unieke|verschillende ; elk|elke|ieder* .. een|1 keer|maal ; без повтор*|дубл* ; уникальн* ; различн* ; кажд* .. один|одному|1 раз|разу ; بدون|دون تكرار* ; غير مكرر* ; فريد* ; الفريد*")
	// thinning takes the repeats out of what is given; beside a task that lists, it wants the same.
	thinning = phrases("dedup* ; remove|drop|delete|eliminate|skip|omit|ignore|exclude|excluding|discard|filter|strip duplicate*|repeats|repeated|repetition*|dupes|dups|doubles ; remove|drop|delete|eliminate|skip|omit|ignore|exclude|excluding|discard|filter|strip out|all|any|the duplicate*|repeats|repetition* ; " +
		"tekrarlari|tekrarlananlari|mukerrerleri|yinelenenleri|kopyalari cikar*|at|ele*|sil*|kaldir*|temizle*|gec* ; tekrar edenleri cikar*|at|ele*|sil*|kaldir*|temizle*|gec* ; supprime*|retire*|enleve* .. doublon* ; elimina*|quita*|remov* .. duplicad*|duplicat*|repetid* ; entfern* .. duplikate*|dubletten|doppelt* ; удал* .. дубл*|повтор*")
	// repeats are what is asked for: only who has seen all knows them.
	repeats = phrases("duplicate|duplicates|duplicated|repeats|repeated ; appear*|occur*|listed|found .. once|twice ; tekrar eden|edenleri ; yinelenen* ; tekrarlanan* ; mukerrer* ; duplikate* ; dubletten ; doublon* ; duplicados|duplicadas|repetidos|repetidas ; duplicati ; дубл*")
	// often is about how often things come, too.
	often = phrases("appear*|occur*|happen*|seen|mentioned|used|exist* .. once|twice ; more than once ; at least twice ; how many|often ; the number|count|frequency|tally of ; with|and|plus|their count|counts|frequency|frequencies|occurrences ; number of times ; " +
		"kac ; kacar ; sayisi* ; sayilari* ; wie oft|viele ; anzahl ; combien ; nombre de ; cuantas|cuantos ; quantas|quantos ; quante|quanti ; сколько ; количеств*")
	// keeping wants the repeats to stay.
	keeping = phrases("keep|keeping|including|include|with|even|preserve duplicate*|repeats|repeated|repetition* ; keep|keeping|including|include|even|preserve .. duplicate*|repeats|repeated|repetition* ; dont|not|never remove|drop|delete|merge|dedup*|filter|skip|omit|collapse ; " +
		"don t remove|drop|delete|merge|dedup*|filter|skip|omit|collapse ; tekrarlari koru*|birak* ; tekrarlar kalsin|dahil ; not unique|distinct")
)

// onceHere are parts of words of languages written without spaces that say what once says.
var onceHere = parts("去重 不重复 不重複 不要重复 去掉重复 去除重复 去除重複 剔除重复 唯一的 重複なし 重複なく 重複を除 重複しない 一意 ユニーク 중복없 중복을제거 중복제거 중복되지 고유한")

// distinct says whether a list is wanted in which equal things stand once, and whether the repeats are of concern in any way: then it is a task for who has seen all,
// unless it is that list.
func distinct(text string) (list, concern bool) {
	folded := fold(text)
	all := clauses(folded)
	if keeping.in(all) {
		return false, false
	}
	if once.in(all) || containsAny(strings.ReplaceAll(folded, " ", ""), onceHere) {
		return !often.in(all), true
	}
	if !thinning.in(all) {
		return false, repeats.in(all)
	}
	var rest strings.Builder
	for _, c := range all {
		if !thinning.in([][]string{c}) {
			rest.WriteString(strings.Join(c, " ") + ". ")
		}
	}
	return score(rest.String())["extract"] > 0 && !often.in(all), true
}
