package operator

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A side is where in the text the one thing that a task asks for stands, as far as the task says so.
type side uint8

const (
	anywhere   side = iota
	atStart         // the first of its kind
	atEnd           // the last
	throughout      // the third, the last but one, the first three, the first and the last, the oldest: only who has read all can tell
)

// sideOf reads which of several the task asks for. What is wrongly taken for such a word costs calls only.
func sideOf(task string) side {
	task = norm.NFC.String(ends(task))
	text := apart().ReplaceAllString(spaced(task), " ")
	first, son := firsts.in(text), turkishSon().MatchString(text)
	last := lasts.in(text) || son && turkish().MatchString(strings.ToLower(task))
	switch {
	case son && !last && !otherSon().MatchString(text): // it may be
		return throughout
	case superlatives.in(text), turkishMost().MatchString(text) && turkish().MatchString(strings.ToLower(task)), ordinals.in(text), numbered().MatchString(task), first && last, (first || last) && relative().MatchString(text):
		return throughout
	case first:
		return atStart
	case last:
		return atEnd
	}
	return anywhere
}

// spaced is a text as lower makes it, so that İ, I and ı are i, with one space before and after each word, comma and stroke and no other marks.
func spaced(text string) string {
	var b strings.Builder
	for _, r := range lower(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == 'ª' || r == 'º':
			b.WriteRune(r)
		case r == ',' || r == '/':
			b.WriteString(" " + string(r) + " ")
		default:
			b.WriteByte(' ')
		}
	}
	return " " + strings.Join(strings.Fields(b.String()), " ") + " "
}

// A placing is what says something about a place: as words, and in scripts without spaces or with words in one piece with others.
type placing struct{ words, letters pattern }

func (p placing) in(text string) bool {
	return p.words().MatchString(text) || strings.ContainsFunc(text, func(r rune) bool { return r >= '\u0e00' }) && p.letters().MatchString(text)
}

// word is a pattern of whole words in a text that is spaced.
func word(alternatives ...string) pattern {
	return lazily(` (?:` + strings.Join(alternatives, "|") + `) `)
}

var (
	firsts = placing{word(`first|1st`,
		`ilk(?:i|in[ei]?|ini|inde|inden|inin|leri)?|birinci\S*`,
		`(?:aller)?erste[rnms]?|zuerst|eerste|första|første`,
		`premi[eè]re?|1[eè]re?|primer[oa]?|primeir[oa]|prim[oa]|primul`,
		`перв\S+|перш\S+|първ\S+|pierwsz\S+|prvn\S+|πρώτ\S+|első\S*|ensimmäi\S+`,
		`(?:ال)?[أا]ول[ىي]?|اولین|نخستین|ה?ראשו\S+|पहल\S+|đầu tiên|pertama`), lazily(`第一|第1(?:\D|$)|首次|首个|首個|最初|最先|头一|初めて|はじめて|一番目|1番目|첫|처음|최초|แรก`)}
	lasts = placing{word(`last|final`,
		`sonuncu\S*|en son\S{0,3}`,
		`(?:aller)?letzte[rnms]?|zuletzt|laatste?|sista?|siste|sidste?`,
		`derni[eè]re?|[uú]ltim[oa]|ultimul`,
		`последн\S+|останн\S+|ostatni\S*|posledn\S+|τελευταί\S+|utols\S+|viimei\S+`,
		`آخر|(?:ال)?[أا]خير\S*|آخرین|ה?אחרו\S+|आख़?िर\S+|अंतिम|cuối cùng|terakhir`), lazily(`最后|最後|最終|末次|마지막|최종|สุดท้าย`)}
	// ordinals are the words for any other one, for several of them, and for which one it is.
	ordinals = placing{word(`second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\S+teenth|\S+tieth|nth|(?:ante)?penultimate|runner up|\d+(?:nd|rd|th)|\d+\dst|next to last|last but \S+`,
		`(?:first|last|latest|final|most recent|ilk|son|ersten|letzten|eerste|laatste) (?:two|three|four|five|six|seven|eight|nine|ten|few|couple|several|iki|üç|dört|beş|alti|yedi|sekiz|dokuz|on|birkaç|beiden|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|paar|\d+)`,
		`(?:ikinci|üçüncü|dördüncü|beşinci|altinci|yedinci|sekizinci|dokuzuncu|onuncu|yirminci|otuzuncu|kirkinci|ellinci|yüzüncü|kaçinci|on birinci)\S*|\d+ ?[iuü]?nc[iuü]\S*|sondan`,
		`(?:zweit|dritt|viert|fünft|sechst|siebt|siebent|acht|neunt|zehnt|elft|zwölft|zwanzigst)e[rnms]?|(?:vor|zweit|dritt|viert)letzt\S+|wievielt\S+|tweede|derde|vierde|vijfde|voorlaatste|hoeveelste|andra|tredje|fjärde|fjerde|femte|anden|näst sista?|nest siste`,
		`\S{3,}i[eè]mes?|\d+i?[eè]me|seconde|avant derni[eè]re?|premi[eè]re?s|derni[eè]re?s|segund[oa]|tercer[oa]?|terceir[oa]|cuart[oa]|quart[oa]|quint[oa]|sext[oa]|s[eé]ptim[oa]|octav[oa]|d[eé]cim[oa]|second[oa]|terz[oa]|pen[uú]ltim[oa]|(?:primer|primeir|[uú]ltim)[oa]s|ultim[ei]|prim[ei]|\d+[ºª]`,
		`втор\S+|трет\S+|четв[её]рт\S+|пят(?:ый|ая|ое|ого|ой|ую|ом)|шест(?:ой|ая|ое|ого|ую|ом)|седьм\S+|предпоследн\S+|последние|первые|\d+ ?(?:й|я|е|го|ю)|други(?:й|м|х)|друг(?:а|е|ого|ої|у)|треті\S*|передостанн\S+|drugi\S*|trzeci\S*|czwart\S+|przedostatni\S*|druh\S+|třet\S+|předposledn\S+|δεύτερ\S+|τρίτ\S+|második\S*|harmadik\S*|toi(?:nen|se\S+)|kolma\S+`,
		`(?:ال)?(?:ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر)[ةه]?|قبل (?:ال)?[أا]خير\S*|دوم|سوم|ה(?:שני|שנייה|שלישי\S*|רביעי\S*)|दूसर\S+|तीसर\S+|thứ (?:hai|ba|tư|năm|\d+)|kedua|ketiga|keempat`), lazily(`第(?:[二三四五六七八九十百两兩几幾]|[02-9]|1\d)|第一百|倒数|倒數|(?:[二三四五六七八九十何]|[02-9]|1\d)(?:番目|つ目|回目|個目|件目)|[最後]+から[二三四五六七八九十\d]|(?:最后|最後)の?[两兩二三四五六七八九十几\d]|前[两兩三四五六七八九十几\d]` +
		`|(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열|몇|[02-9]|1\d) ?번째|둘째|셋째|넷째|끝에서|ที่ ?(?:สอง|สาม|สี่|\d)`)}
	// superlatives are the words for what is more so than all others of its kind; the latest by its date need not stand last, nor what holds now.
	superlatives = placing{word(`current(?:ly)?|(?:old|eld|young|new|lat|great|larg|small|bigg|tall|short|long|high|low|deep|wid|narrow|thick|thinn|broad|fast|quick|slow|soon|near|clos|furth|farth|cheap|dear|rich|poor|strong|weak|hard|soft|light|bright|dark|warm|hott|cold|cool|loud|steep|strict|few|fresh|rar|saf|simpl|smart)est`,
		`\S{3,}iest|driest|most|least|best|worst|maximum|minimum|top (?:two|three|five|ten|\d+)`,
		`en (?:eski|yeni|yaşli|yasli|genç|genc|büyük|buyuk|küçük|kucuk|yüksek|yuksek|düşük|dusuk|uzun|kisa|pahali|ucuz|hizli|yavaş|yavas|iyi|kötü|kotu|çok|cok|az|fazla|sik|ağir|agir|erken|geç|gec|yakin)`,
		`güncel\S*|şu anki|şimdiki|yürürlükteki|aktuell\S*|derzeitig\S*|actuel(?:le)?s?|actuellement|vigente|actualmente|atual(?:mente)?|attual[ei]\S*|huidige|nuvarande|nåværende|нынешн\S+|текущ\S+|действующ\S+|الحالي\S*|hiện tại|saat ini`,
		`grö(?:ß|ss)te[rnms]?|(?:klein|höch|niedrig|tief|läng|kürze|älte|jüng|neue?|teuer|billig|günstig|schnell|langsam|be|schlechte|schlimm|mei|wenig|stärk|schwäch|schwer|leichte|frühe?|späte|weite|kälte|wärm|heiße)ste?[rnms]?|\S{2,}(?:ig|lich|sam|bar)ste[rnms]?|am \S{5,}sten`,
		`(?:oud|jong|nieuw|groot|klein|hoog|laag|lang|kort|duur|goedkoop|snel|traag|zwaar|licht|vroeg|recent|be|slecht|mee|min)ste?`,
		`äldsta|yngsta|nyaste|senaste?|största?|minsta?|högsta?|lägsta?|längsta?|kortaste|dyraste|billigaste|snabbaste|tidigaste|bästa?|sämsta?|flesta?|oftast|mest`,
		`eldste|ældste|yngste|nyeste|seneste|største|minste|mindste|høyeste|højeste|laveste|lengste|længste|korteste|dyreste|billigste|hurtigste|raskeste|tidligste|bedste?|verste?|værste?|fleste?`,
		`(?:le|la|les|du|des) (?:plus|moins)|meilleure?s?|pires?|(?:más|mas|mais|menos|più|meno) \S{4,}|(?:qui[ée]n|cu[áa]l|qual|quale|chi|quem) (?:\S+ ){1,3}(?:más|mais|menos|più|meno)`,
		`(?:mayor|menor|mejor|peor|maior|melhor|pior)(?:es)?|(?:maggior|minor|miglior|peggior)[ei]?|(?:m[áa]xim|m[íi]nim|massim)[oaei]s?|(?:cel|cea|cei|cele) mai`,
		`сам(?:ый|ая|ое|ые|ого|ой|ую|ых|ому|ом|ым)|наи\S+|\S{3,}[еа]йш\S+|(?:больше|меньше|чаще|реже|дороже|дешевле|раньше|позже|старше|младше) (?:всего|всех)|(?:лучш|худш|максимальн|минимальн)\S+`,
		`най|най\S{2,}(?:ш|щ|жч)(?:ий|а|е|і|ого|ої|ому|у|их|ими|ою)|naj\S{3,}|nej\S{2,}š\S*|nejvíce?|nejméně|nejčastěji|πιο|\S{3,}[όύ]τερ\S+`,
		`leg\S{2,}bb\S{0,4}|(?:vanhi|nuori|uusi|suuri|pieni|korkei|matali|pisi|kallei|halvi|viimeisi)[nm]\S*|paras|huonoin|eniten|vähiten`,
		`(?:ال)?[أا](?:كبر|صغر|قدم|حدث|على|علي|دنى|غلى|رخص|طول|قصر|سرع|بطأ|كثر|قل|فضل|سوأ|قرب|بعد|ثقل|خف|قوى)|\S*ترین|הכי|ביותר|सबसे|न्यूनतम|अधिकतम|nhất`,
		`paling|ter(?:tua|muda|baru|lama|besar|kecil|tinggi|rendah|mahal|murah|panjang|pendek|cepat|lambat|baik|buruk|banyak|sedikit|dini|awal|berat|ringan)`),
		lazily(`最(?:[^后後初先终終]|$)|もっとも|いちばん|一番(?:[^目]|$)|가장|제일|최[대소고저다단신근장]|(?:ที่|ล่า|สูง|ต่ำ|มาก|น้อย)สุด|当前|目前|现在|現在|現行|현재|वर्तमान|ปัจจุบัน`)}
	numbered = lazily(`[\p{L},]\s\d{1,3}\.\s\p{L}|(?m:^)\d{1,3}\.\s\p{Ll}`) // der 3. Fehler, but not the items of a list
	// relative is what makes one the first or the last only beside something else, which may stand in another passage.
	relative = word(`before|after|since|until|prior to|preceding|önce|öncesi\S*|önceki|sonra|sonrasi\S*|vor|bevor|nach|nachdem|seit|avant|après|depuis|antes|después|depois|desde|prima d\S+|dopo|до|перед|после|قبل|بعد`)
	// apart are words of these lists that surely have another sense: the unit of time, names, titles.
	apart = word(`(?:(?:per|one|half|half a|split|times a|once a|par|por|al|pro|\d+|/) ?)(?:second[aeo]?|segundo)`,
		`(?:first|last|second)(?:(?: and| /| or) (?:first|last|second))? names?|at (?:the )?(?:first|last|least|most|best|latest|earliest)|first of all|most of|en (?:az|fazla|çok|cok) (?:bir|iki|üç|dört|beş|on|\d+)`,
		`first (?:aid|lady|minister|class)|(?:first|second) world war|second hand|third part(?:y|ies)|erste hilfe|premier ministre|primer (?:ministro|nombre)|primeiro ministro`)
	turkishSon = word(`son`)
	// turkishMost is Turkish for the most of any kind, and in many languages in or a; the last is not meant.
	turkishMost = word(`en (?:[^s]|s[^o]|so[^n])\S+`)
	// otherSon and turkish tell the word son, in Turkish the last, from a child in English, his in French and are in Spanish.
	otherSon = word(`the|an?|his|her|my|their|your|whose|of|is|was|are|who|what|how|when|and|s|est|sont|quel(?:le)?s?|qui|du|et|avec|dans|pour|los|las|qué|que|cuáles|cuales|quién|quiénes|del`)
	turkish  = lazily(`[ğış]|i̇|(?:^|\P{L})(?:hangi\S*|kim(?:in|e|i|dir)?|nedir|nere\S+|zaman|kaç\S*|bir|bu|için|olan|bul|bulun|göster|söyle|yaz|ver|ne(?:\s*\?|\s+(?:oldu|dedi|kadar|idi|diyor)))(?:$|\P{L})`)
)
