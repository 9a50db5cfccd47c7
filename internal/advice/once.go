package advice

import (
	"slices"
	"strings"
)

// What tasks say of things that come more than once, folded: in English, Turkish, German, French, Spanish, Portuguese, Italian, Dutch, Russian and Arabic.
var (
	// once wants a list in which equal things stand once.
	once = phrases("unique|distinct|deduplicated ; all|every|each|the different ; no|without duplicate*|repeat|repeats|repeated|repetition*|dupes|dups|doubles ; without repeating$ ; without repeating any|the|entries|items|names|values|them|it|ones|yourself same|items|entries|names|values ; without repeating any|entries|items|names|values|them|ones|yourself ; without any|the duplicate*|repeat|repeats|repetition* ; once each ; " +
		"dont|not|never repeat|list|include|give|show|name .. twice|duplicate*|repeat|repeats|again ; don t repeat|list|include|give|show|name .. twice|duplicate*|repeat|repeats|again ; dont|not|never repeat ; don t repeat ; nothing|none|no .. twice ; " +
		"benzersiz* ; tekrarsiz* ; mukerrersiz* ; tekrar|tekrarlar etmeden|etmesin|olmadan|olmasin ; mukerrer olmadan|olmasin ; birer kez|kere|defa ; farkli tum|butun ; tum|butun farkli ; birbirinden farkli ; " +
		"ohne|keine duplikate*|dubletten|wiederholung*|doppelte*|doppelungen|mehrfachnennung* ; alle|aller|die unterschiedlich*|verschieden*|eindeutig* ; je einmal ; " +
		"sans|pas|aucun doublon*|repetition* ; pas de doublon*|repetition* ; uniques|distincts|distinctes ; differents|differentes ; " +
		"sin|sem|senza|no duplicad*|duplicat*|repet*|ripetizion*|doppioni ; unicos|unicas|distintos|distintas|diferentes|unici|uniche|distinti|distinte ; " +
		"zonder dubbele*|duplicaten|herhaling* ; unieke|verschillende ; без повтор*|дубл* ; уникальн* ; различн* ; بدون|دون تكرار* ; غير مكرر* ; فريد* ; الفريد*")
	// mentions are of things of which a text has one each, however often it names them.
	mentions = phrases("which|what .. mentioned|named|referenced|cited|occur|occurs|appear|appears|used ; all|every|each|the people|persons|characters|names|cities|countries|companies|organizations|organisations|places|locations|products|books|authors|languages|brands|tools|technologies .. mentioned|named|referenced|cited ; " +
		"hangi .. geciyor|gecer|anil*|kullanil*|bahsed* ; metinde|belgede|metindeki|belgedeki gecen tum|butun kisi*|isim*|sehir*|ulke*|sirket*|yer* ; welche .. erwahnt|genannt|vor|verwendet ; quels|quelles .. mentionn*|cite*|apparai*|utilis* ; que|cuales .. menciona*|aparec*|citan|usan ; quais .. mencionad*|aparec*|citad*|usad* ; quali .. menzionat*|citat*|compaiono|usat* ; какие .. упомина*|упомян*|встреча*|использу*")
	// thinning takes the repeats out of what is given; beside a task that lists, it wants the same.
	thinning = phrases("dedup* ; remove|drop|delete|eliminate|skip|omit|ignore|exclude|excluding|discard|filter|strip duplicate*|repeats|repeated|repetition*|dupes|dups|doubles ; remove|drop|delete|eliminate|skip|omit|ignore|exclude|excluding|discard|filter|strip out|all|any|the duplicate*|repeats|repetition* ; " +
		"tekrarlari|tekrarlananlari|mukerrerleri|yinelenenleri|kopyalari cikar*|at|ele*|sil*|kaldir*|temizle*|gec* ; tekrar edenleri cikar*|at|ele*|sil*|kaldir*|temizle*|gec* ; supprime*|retire*|enleve* .. doublon* ; elimina*|quita*|remov* .. duplicad*|duplicat*|repetid* ; entfern* .. duplikate*|dubletten|doppelt* ; удал* .. дубл*|повтор*")
	// repeats are what is asked for: only who has seen all knows them.
	repeats = phrases("duplicate|duplicates|duplicated|repeats|repeated ; appear*|occur*|happen*|listed|found|mentioned|used|seen once|twice ; appear*|occur*|listed|found .. once|twice ; more than once|twice ; more|at|exactly than|least .. times|twice ; birden cok|fazla kez|kere|defa|kere ; mehr als einmal ; mindestens zweimal|dreimal ; plus d une fois ; au moins deux|trois fois ; mas de una vez ; mais de uma vez ; piu di una volta ; более одного|двух раза|раз ; tekrar eden|edenleri ; yinelenen* ; tekrarlanan* ; mukerrer* ; duplikate* ; dubletten ; doublon* ; duplicados|duplicadas|repetidos|repetidas ; duplicati ; дубл*")
	// often is about how often things come, too.
	often = phrases("appear*|occur*|happen*|seen|mentioned|used|exist* .. once|twice ; more than once|twice ; at least twice ; more|at than|least .. times ; how many|often ; the number|count|frequency|tally of ; with|and|plus|their count|counts|frequency|frequencies|occurrences ; number of times ; " +
		"kac ; kacar ; sayisi* ; sayilari* ; wie oft|viele ; anzahl ; combien ; nombre de ; cuantas|cuantos ; quantas|quantos ; quante|quanti ; сколько ; количеств*")
	// keeping wants the repeats to stay.
	keeping = phrases("keep|keeping|including|include|with|even|preserve duplicate*|repeats|repeated|repetition* ; keep|keeping|including|include|even|preserve .. duplicate*|repeats|repeated|repetition* ; dont|not|never remove|drop|delete|merge|dedup*|filter|skip|omit|collapse ; " +
		"don t remove|drop|delete|merge|dedup*|filter|skip|omit|collapse ; tekrarlari koru*|birak* ; tekrarlar kalsin|dahil ; not unique|distinct")
)

// onceHere are parts of words of languages written without spaces that say what once says.
var onceHere = parts("所有不同的 全部不同的 各不相同的 去重 不重复 不重複 不要重复 去掉重复 去除重复 去除重複 剔除重复 唯一的 重複なし 重複なく 重複を除 重複しない 一意 ユニーク 중복없 중복을제거 중복제거 중복되지 고유한")

// distinct says whether a list is wanted in which equal things stand once, and whether the repeats are of concern in any way: then it is a task for who has seen all,
// unless it is that list.
func distinct(text string) (list, concern bool) {
	folded := fold(text)
	all := clauses(folded)
	if keeping.in(all) {
		return false, false
	}
	if once.in(all) || mentions.in(all) || slices.ContainsFunc(all, eachOnce) || containsAny(strings.ReplaceAll(folded, " ", ""), onceHere) {
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

// byRepeats says whether how often each thing comes decides which are wanted, or is wanted with them.
func byRepeats(text string) bool {
	list, concern := distinct(text)
	return concern && !list && !thinning.in(clauses(fold(text)))
}

// eachOnce says whether a clause wants each thing once: "every customer once", and not "every fee that is due once", which is what the fee is like.
func eachOnce(c []string) bool {
	for i, w := range c {
		if !eachWords.match(w) {
			continue
		}
		for k := i + 1; k < len(c) && k <= i+onceReach; k++ {
			if n := onceAt(c[k:]); n > 0 {
				if k+n == len(c) || afterOnce.match(c[k+n]) {
					return true
				}
				break
			}
			if likeThat.match(c[k]) || k > i+1 && participle(c[k]) {
				break
			}
		}
	}
	return false
}

const onceReach = 6 // words

// onceAt is how many words that say once a clause begins with.
func onceAt(c []string) int {
	switch {
	case c[0] == "once" || c[0] == "einmal":
		return 1
	case len(c) > 1 && onceOne.match(c[0]) && onceTime.match(c[1]):
		return 2
	}
	return 0
}

// participle says whether a word looks like what was done to something.
func participle(w string) bool {
	return irregular.match(w) || slices.ContainsFunc([]string{"ed", "ado", "ada", "ido", "ida", "ato", "ata", "uto", "uta"}, func(end string) bool { return len(w) > len(end)+2 && strings.HasSuffix(w, end) })
}

var (
	eachWords = compile("", 0, "", "each|every|her|hepsini|herbirini|birini|jede|jeden|jedes|jeder|chaque|chacun|chacune|cada|ogni|ciascun*|elk|elke|ieder|iedere|кажд*").words[0]
	onceOne   = compile("", 0, "", "just|only|bir|1|tek|nur|une|seule|una|uma|sola|unica|een|один|одному").words[0]
	onceTime  = compile("", 0, "", "once|einmal|kez|kere|defa|fois|vez|volta|keer|maal|раз|разу").words[0]
	afterOnce = compile("", 0, "", "only|and|as|with|sorted|each|yaz*|liste*|goster*|gec*|ver*|say*|al*|ekle*|olsun|olacak|auf|und|an|et|y|e|и|en").words[0]
	likeThat  = compile("", 0, "", "that|which|who|whose|they|it|is|are|was|were|due|has|had|have|does|do|did|que|qui|dont|ki|котор*|day|week|month|year|hour|gun|hafta|ay|yil|tag|woche|monat|jahr|jour|semaine|mois|an|dia|semana|mes|giorno|settimana|anno|день|недел*|месяц|год").words[0]
	irregular = compile("", 0, "", "paid|made|done|run|sent|held|given|taken|said|seen|known|bought|sold|built|read|told|shown|written|spoken|thrown|happening|happens|occurs|appears|gets|goes|comes|effectue*|preleve*|paye|payee|verse|versee|facture|facturee|сделанн*|оплаченн*|взимаем*").words[0]
)
