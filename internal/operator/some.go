package operator

const (
	fewEN  = `(?:\d+(?:-\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty|hundred|few|couple)`
	fewTR  = `(?:\d+|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yirmi|elli|yüz|birkaç)`
	fewDE  = `(?:\d+|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwanzig|paar)`
	mostDE = `(?:erst|letzt|größt|kleinst|höchst|niedrigst|neue?st|ältest|jüngst|teuerst|billigst|günstigst|best|schlechtest|wichtigst|häufigst|längst|kürzest|schnellst|langsamst)en`
	fewRO  = `(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|dois|duas|três|quatro|sete|oito|nove|dez|due|tre|cinque|sei|sette|otto|nove|dieci)`
	fewRU  = `(?:\d+|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять)`
	mostEN = `(?:first|last|top|bottom|latest|earliest|newest|oldest|youngest|largest|biggest|smallest|highest|lowest|longest|shortest|fastest|slowest|cheapest|best|worst|(?:most|least) \p{L}+)`
)

// someOf is what a task says that wants some of the things only, by their number or rank: who has the whole list must choose.
var someOf = lazily(`(?i)(?:^|[^\p{L}\p{N}])(?:` +
	mostEN + ` ` + fewEN + `|` + fewEN + ` (?:of the )?` + mostEN + `|the ` + fewEN + ` (?:\p{L}+ ){1,4}(?:first|last|earliest|latest|most|least|with the \p{L}+(?:est|most|least))|every (?:second|other|third|nth|\d+(?:st|nd|rd|th))|` +
	`(?:list|name|give(?: me)?|show(?: me)?|pick|choose|select) (?:me )?(?:any |only |just |up to |at most |no more than |a maximum of )?` + fewEN + `|limit(?:ed)? (?:\p{L}+ ){0,3}to ` + fewEN + `|` +
	`(?:[iİ]lk|son) ` + fewTR + `|en (?:son|büyük|küçük|yüksek|düşük|uzun|kısa|eski|yeni|pahalı|ucuz|iyi|kötü|çok|az|fazla) ` + fewTR + `|` +
	mostDE + ` ` + fewDE + `|` + fewDE + ` ` + mostDE + `|(?:nenne|liste|zeige)(?: mir)? (?:höchstens |maximal |nur )?` + fewDE + `|` +
	`(?:les|los|las|os|as|i|le|gli) ` + fewRO + ` (?:premi|derni|plus|moins|meilleur|primer|últim|ultim|más|mais|più|mayor|maior|maggior|menor|mejor|melhor|miglior|prim)\p{L}*|(?:premi|derni|primer|últim|ultim|prim)\p{L}+ ` + fewRO + `|` +
	`(?:перв|последн|сам)\p{L}+ ` + fewRU + `|` + fewRU + ` (?:перв|последн|сам)\p{L}+)(?:$|[^\p{L}\p{N}-])` +
	`|前[\d一二三四五六七八九十百两]+[个個名条項项位]|最[^后後初先终終近].{0,6}[\d二三四五六七八九十两]+[个個名条項项位]|(?:最初|最後|先頭|上位)の?[\d一二三四五六七八九十]+|(?:처음|마지막|상위) ?\d+`)

// inGroups is what a task says that wants a plain list in groups, which nothing in it tells.
var inGroups = lazily(`(?i)(?:^|[^\p{L}\p{N}])(?:group(?:ed|ing)?(?: \p{L}+){0,3} by|in groups|grupla\p{L}*|gruplandır\p{L}*|gruplar halinde|gruppier\p{L}*|(?:re)?group[eé]\p{L}* par|agrup\p{L}*|raggrupp\p{L}*|с?групп\p{L}* по)(?:$|[^\p{L}\p{N}])` +
	`|分组|分組|グループ(?:別|分け)|그룹`)

// ofEach is a number of words, of days or the like: how long things are to be or where they stand, and not how many.
var ofEach = lazily(`(?i)` + fewEN + `[- ](?:words?|sentences?|lines?|characters?|letters?|bullets?|columns?|fields?|lists?|tables?|groups?|sections?|categories|kinds|types|seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|pages?|chapters?|paragraphs?)\b|` +
	fewTR + ` (?:kelime|cümle|satır|karakter|madde|sütun|dakika|saat|gün|hafta|ay|yıl|sayfa|bölüm|paragraf)\p{L}*|` + fewDE + ` (?:wörter|sätze|zeilen|zeichen|spalten|minuten|stunden|tage|wochen|monate|jahre|seiten|kapitel)n?\b|` +
	`(?:` + fewRO + ` )?(?:premi|derni|primer|últim|ultim)\p{L}* (?:` + fewRO + ` )?(?:jours?|semaines?|mois|ans|années|heures|chapitres|días|dias|semanas|meses|años|anos|horas|capítulos|giorni|settimane|mesi|anni|ore|capitoli)|` +
	`последн\p{L}+ (?:` + fewRU + ` )?(?:дн|недел|месяц|лет|год|час)`)

// wantsSome says whether a task wants what someOf says.
func wantsSome(task string) bool { return someOf().MatchString(ofEach().ReplaceAllString(task, " ")) }
