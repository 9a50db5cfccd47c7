package operator

const (
	fewEN  = `(?:\d+(?:-\d+)?|(?:a |one |half a )?(?:dozen|hundred)|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|few|couple)`
	fewTR  = `(?:\d+|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|on iki|on beş|yirmi|otuz|kırk|elli|yüz|birkaç)`
	fewDE  = `(?:\d+|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|fünfzehn|zwanzig|dreißig|fünfzig|paar|ein paar)`
	mostDE = `(?:erst|letzt|größt|kleinst|höchst|niedrigst|neue?st|ältest|jüngst|teuerst|billigst|günstigst|best|schlechtest|wichtigst|häufigst|längst|kürzest|schnellst|langsamst)en`
	fewRO  = `(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|dois|duas|três|quatro|sete|oito|nove|dez|due|tre|cinque|sei|sette|otto|nove|dieci|douze|quinze|doce|quince|veinte|doze|vinte|dodici|venti|trente|treinta)`
	fewRU  = `(?:\d+|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять)`
	mostEN = `(?:first|last|top|bottom|latest|earliest|newest|oldest|youngest|largest|biggest|smallest|highest|lowest|longest|shortest|fastest|slowest|cheapest|best|worst|(?:most|least) \p{L}+)`
)

// mostSome is what limits a number from above.
const mostSome = `(?:no more than |not more than |at most |up to |a maximum of |maximum of |max(?:imum)?\.? (?:of )?|only |just |exactly |top )`

// someOf is what a task says that wants some of the things only, by their number or rank: who has the whole list must choose.
var someOf = lazily(`(?i)(?:^|[^\p{L}\p{N}])(?:` +
	mostEN + ` ` + fewEN + `|` + fewEN + ` (?:of the )?` + mostEN + `|the ` + fewEN + ` (?:\p{L}+ ){1,4}(?:first|last|earliest|latest|most|least|with the \p{L}+(?:est|most|least))|every (?:second|other|third|nth|\d+(?:st|nd|rd|th))|` +
	`(?:list|name|give|show|pick|choose|select|extract|collect|find|provide|suggest|propose|generate|write|create|make|quote|return) (?:me |us |out )?(?:any |only |just |exactly |about |around |roughly |the )?` + fewEN + `|limit(?:ed)? (?:\p{L}+ ){0,3}to ` + fewEN + `|` +
	`(?:list|name|give|show|pick|choose|select|extract|collect|find|provide|return)[^.;\n]{0,60}?[ ,:(]` + mostSome + fewEN + `|^` + mostSome + fewEN + `|limit:? ` + fewEN + `|(?:list|set|sample|selection|shortlist|choice) of (?:only |at most |about |the )?` + fewEN + `|` + fewEN + ` (?:\p{L}+ ){0,2}(?:max|maximum|at most|only|tops)|which ` + fewEN + `|` +
	`(?:sample|examples?) of|random(?:ly)?|half of the|` +
	`(?:en (?:fazla|\p{L}+)|azami|maksimum|sadece|yalnızca) ` + fewTR + `|` + fewTR + ` (?:tane|adet|örnek|madde)|rastgele|` +
	`(?:höchstens|maximal|nur|bis zu) ` + fewDE + `|` + fewDE + ` beispiele|zufällig\p{L}*|` +
	`(?:donne|donnez|cite|citez|nomme|liste|listez|da|dame|dime|cita|nombra|lista|enumera|cite|liste|elenca|dammi)(?:-moi| moi)? (?:sólo |solo |seulement |até |al massimo )?` + fewRO + `|(?:au maximum|au plus|máximo|como máximo|no máximo|al massimo|massimo|hasta) (?:de )?` + fewRO + `|` +
	`(?:не более|максимум|до) ` + fewRU + `|(?:назови|перечисли|приведи|дай|укажи) (?:мне )?(?:только )?` + fewRU + `|` +
	`(?:[iİ]lk|son) ` + fewTR + `|en (?:son|büyük|küçük|yüksek|düşük|uzun|kısa|eski|yeni|pahalı|ucuz|iyi|kötü|çok|az|fazla) ` + fewTR + `|` +
	mostDE + ` ` + fewDE + `|` + fewDE + ` ` + mostDE + `|(?:nenne|liste|zeige)(?: mir)? (?:höchstens |maximal |nur )?` + fewDE + `|` +
	`(?:les|los|las|os|as|i|le|gli) ` + fewRO + ` (?:premi|derni|plus|moins|meilleur|primer|últim|ultim|más|mais|più|mayor|maior|maggior|menor|mejor|melhor|miglior|prim)\p{L}*|(?:premi|derni|primer|últim|ultim|prim)\p{L}+ ` + fewRO + `|` +
	`(?:перв|последн|сам)\p{L}+ ` + fewRU + `|` + fewRU + ` (?:перв|последн|сам)\p{L}+)(?:$|[^\p{L}\p{N}-])` +
	`|前[\d一二三四五六七八九十百两]+[个個名条項项位]|最[^后後初先终終近].{0,6}[\d二三四五六七八九十两]+[个個名条項项位]|(?:最初|最後|先頭|上位)の?[\d一二三四五六七八九十]+|(?:처음|마지막|상위) ?\d+` +
	`|(?:列出|列举|列舉|给出|給出|举出|挑选|选出|选择|提取|找出)(?:其中|最多)?[\d一二三四五六七八九十百两]+[个個名条條项項件位]|最.{1,8}的(?:前)?[\d一二三四五六七八九十百两]+[个個名条條项項件位]|(?:最も|一番|もっとも).{1,12}[\d一二三四五六七八九十百]+[つ件個人名社]|[\d一二三四五六七八九十百]+[つ件個人名]の?例|[\d一二三四五六七八九十百]+[つ件個人名](?:だけ|まで)|(?:가장|제일) .{1,12}\d+ ?[개명건가]|\d+ ?개만|최대 ?\d+` +
	`|(?:أول|آخر|أعلى|أقل|أكبر|أصغر|أهم|أفضل) (?:\p{Nd}+|ثلاثة|ثلاث|أربعة|أربع|خمسة|خمس|ستة|سبعة|ثمانية|تسعة|عشرة|عشر|عشرين)|(?:पहले|पहली|अंतिम|आखिरी|शीर्ष|सबसे [\p{L}\p{M}]+) (?:\p{Nd}+|दो|तीन|चार|पांच|पाँच|दस|बीस)`)

// inGroups is what a task says that wants a plain list in groups, which nothing in it tells.
var inGroups = lazily(`(?i)(?:^|[^\p{L}\p{N}])(?:group(?:ed|ing)?(?: \p{L}+){0,3} by|in groups|(?:organi[sz]|categori[sz]|classif|divid|split|separat|break|broken|bundl|cluster)\p{L}*(?: \p{L}+){0,2} (?:by|into|per|under)|(?:by|per|under) (?:the |their |its )?` + grouping + `|under (?:\p{L}+ )?(?:sub)?headings|` +
	`grupla\p{L}*|gruplandır\p{L}*|gruplar halinde|kategori(?:ler)?e (?:ayır|böl)\p{L}*|(?:alt )?başlıklar (?:altında|halinde)|(?:kategori|tür|bölüm|bölge|ülke|şehir|ay|yıl|konu|departman)\p{L}{0,5} göre(?: (?:ayır|böl|listele|yaz)\p{L}*)|gruppier\p{L}*|kategorisier\p{L}*|(?:unterteilt|aufgeteilt|geordnet) (?:nach|in)|nach (?:kategorie|art|typ|abteilung|region|land|monat|jahr|thema)\p{L}*|` +
	`(?:re)?group[eé]\p{L}* par|par (?:catégorie|type|service|région|pays|mois|année|thème)s?|agrup\p{L}*|clasificad[oa]s? (?:por|en)|por (?:categorías?|tipos?|departamentos?|regi[oó]n(?:es)?|país(?:es)?|mes(?:es)?|años?|temas?|categorias?)|raggrupp\p{L}*|per (?:categori[ae]|tip[oi]|mese|anno)|с?групп\p{L}* по|по (?:категориям|типам|отделам|месяцам|годам|странам|темам))(?:$|[^\p{L}\p{N}])` +
	`|分组|分組|分类列|按.{1,8}分|グループ(?:別|分け)|(?:カテゴリー?|種類|月|年|国|部署)(?:別|ごと)|그룹|(?:카테고리|종류|월|국가|부서)별`)

// bySorting is what a task says before what it sorts by, which makes no groups.
var bySorting = lazily(`(?i)(?:sort|order|rank|arrang|sortier|geordnet|tri|class[eé]|orden|ordin|сортир|упоряд)\p{L}*(?: \p{L}+){0,5}? (?:by|nach|par|por|per|по) |\b(?:then|dann|puis|luego|poi|затем) (?:by|nach|par|por|per|по) `)

func wantsGroups(task string) bool {
	return inGroups().MatchString(bySorting().ReplaceAllString(task, " "))
}

// grouping is by what lists are often divided.
const grouping = `(?:categor(?:y|ies)|types?|kinds?|departments?|regions?|countr(?:y|ies)|months?|years?|weeks?|quarters?|status(?:es)?|severit(?:y|ies)|priorit(?:y|ies)|topics?|themes?|sections?|chapters?|speakers?|class(?:es)?)`

// ofEach is a number of words, of days or the like: how long things are to be or where they stand, and not how many.
var ofEach = lazily(`(?i)` + fewEN + `[- ](?:words?|sentences?|lines?|characters?|letters?|columns?|fields?|lists?|tables?|groups?|sections?|categories|kinds|types|seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|pages?|chapters?|paragraphs?|euros?|dollars?|pounds|eur|usd|tl|kg|km|percent|digits?)\b|` + fewEN + ` ?[€$₺£%]|\b(?:19|20)\d\d\b|(?:with|for|worth|costing|having|is|are|was|were|takes?|lasting|containing) ` + mostSome + fewEN + `|` +
	fewTR + ` (?:kelime|cümle|satır|karakter|sütun|dakika|saat|gün|hafta|ay|yıl|sayfa|bölüm|paragraf)\p{L}*|` + fewDE + ` (?:wörter|sätze|zeilen|zeichen|spalten|minuten|stunden|tage|wochen|monate|jahre|seiten|kapitel)n?\b|` +
	`(?:` + fewRO + ` )?(?:premi|derni|primer|últim|ultim)\p{L}* (?:` + fewRO + ` )?(?:jours?|semaines?|mois|ans|années|heures|chapitres|días|dias|semanas|meses|años|anos|horas|capítulos|giorni|settimane|mesi|anni|ore|capitoli)|` +
	`последн\p{L}+ (?:` + fewRU + ` )?(?:дн|недел|месяц|лет|год|час)`)

// ofEvery is what a task says that wants one of each group.
var ofEvery = lazily(`(?i)(?:^|\P{L})(?:(?:of|for|per|in|from|by) (?:each|every|all the)|(?:per|each|every)|her|başına|jede[rsnm]?|pro|je|par|chaque|por|cada|per ogni|ogni|кажд\p{L}+)(?:$|\P{L})|每|各|ごと|마다|لكل|हर`)

// wantsSome says whether a task wants what someOf says, or the first, the last or the most of each.
func wantsSome(task string) bool {
	task = ofEach().ReplaceAllString(task, " ")
	if someOf().MatchString(task) {
		return true
	}
	if !ofEvery().MatchString(task) {
		return false
	}
	for range 4 { // "newest first" is no choice
		task, _, _ = direction(task, "")
	}
	return sideOf(task) != anywhere
}
