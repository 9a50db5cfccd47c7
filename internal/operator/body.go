package operator

import (
	"slices"
	"strings"
)

// errSeveralTexts is why an operator that gives a text back cannot work on a conversation.
const errSeveralTexts = constErr("the material is several texts, of which it is not clear what to give back: send the text alone, in one message, with the task")

// body is the text to work on, for operators that give it back changed: the chunks of the material, without the paragraphs at its two ends that are the
// task itself (rules leave them in the material, for reading operators do no harm by reading them).
func body(in *Input) ([]Chunk, error) {
	chunks := slices.Clone(in.Chunks)
	for i, c := range chunks {
		if c.Message < 0 || c.Message != chunks[0].Message {
			return nil, errSeveralTexts
		}
		// Chunks of one text lie side by side; a planner may have taken instructions out between them, nothing else.
		if i > 0 && c.Part == chunks[i-1].Part && c.Start < chunks[i-1].End {
			return nil, errSeveralTexts
		}
	}
	if len(chunks) == 0 {
		return nil, constErr("there is no text to work on")
	}
	tasks := map[string]bool{}
	for _, p := range strings.Split(in.Instruction, "\n\n") {
		if p = strings.TrimSpace(p); p != "" && len(p) <= maxTask {
			tasks[p] = true
		}
	}
	head := taskAtStart(in, in.Core(chunks[0]), tasks)
	tail, end := 0, &chunks[len(chunks)-1]
	if head > 0 {
		from := 0
		if len(chunks) == 1 {
			from = head
		}
		tail = besideAtEnd(in.Core(*end)[from:], tasks)
	} else if tail = taskAtEnd(in, in.Core(*end), tasks); tail > 0 {
		to := chunks[0].End - chunks[0].Start
		if len(chunks) == 1 {
			to -= tail
		}
		head = besideAtStart(in.Core(chunks[0])[:to], tasks)
	}
	if len(chunks) == 1 && head+tail == end.End-end.Start {
		head, tail = 0, 0
	}
	cut := func(c *Chunk, start, end int) {
		if c.Start, c.End = c.Start+start, c.End-end; start+end > 0 && c.Start < c.End {
			c.Tokens = in.Tokens(in.Core(*c))
		}
	}
	cut(&chunks[0], head, 0)
	cut(end, 0, tail)
	chunks = slices.DeleteFunc(chunks, func(c Chunk) bool { return c.Start >= c.End })
	if len(chunks) == 0 {
		return nil, constErr("the text holds nothing but the task")
	}
	return chunks, nil
}

const maxTask = 1500 // bytes; a longer paragraph is text

// A paragraph that says what to do with a text has a clause that opens with the verb, or a Turkish one, or one of another language, stands in it. orders are
// those that may open a request; works are those of them that say what is to be done, and not only what is to be given back.
var (
	orders = lazily(orderOpens + `(?:` + workVerbs + `|return|give|output|spell)\b|` + workElsewhere)
	works  = lazily(orderOpens + `(?:` + workVerbs + `)\b|` + workElsewhere)
)

const (
	orderOpens = `(?im)(?:^(?:now,?\s+)?|[.!?:;,]\s+|\b(?:please|kindly|can you|could you|would you|you (?:must|should|are to)|(?:want|need|like) you to|task is to)\s+)`
	workVerbs  = `translate|rewrite|rephrase|paraphrase|redact|anonymi[sz]e|convert|reformat|format|proofread|correct|fix|change|replace|rename|refactor|add|insert|remove|delete|strip|simplify|` +
		`moderni[sz]e|apply|update|transliterate|transcribe|implement|improve|turn|make|migrate|capitali[sz]e|uppercase|lowercase|clean|polish|mask|censor`
	workElsewhere = `çevir|düzelt|yeniden yaz|değiştir|anonim|gizle|maskele|sil\b|sadeleştir|ekle|kaldır|dönüştür|adlandır|übersetz|korrigier|ersetz|tradui|corrig|traduc|翻译|翻譯|改写|訳|(?:переведи|перепиши|исправь)(?:те)?(?:$|\P{L})|번역해|번역하|ترجم[ ي]|vertaal|przetłumacz`
	someText      = `(?:text|file|document|code|passage|article|contract|letter|story|chapter|configuration|config|script|transcript|log|list|table|data|content)`
)

var (
	// rider is how a paragraph goes on that stands beside an order.
	rider = lazily(`(?i)^(?:please )?(?:keep|preserve|leave|reply|respond|answer|do not|don't|never|only|no explanations?|use)\b|koru|yalnızca|sadece`)
	// ofTheWork is what such a one, or a second order, speaks of; a text that opens with "Keep out of reach of children." does not.
	ofTheWork = lazily(`(?i)\b(?:` + someText + `|translations?|names?|terms|tone|style|format|formatting|markdown|headings?|placeholders?|numbers|explanations?|comments|whole)\b|metn|metin|dosya|belge|çeviri|biçim|adlar|isim|datei|fichier|原文`)
	// pointsAhead is how an order speaks of the text that follows it, pointsBack of the one before it: the letter that ends with "Please return the signed document."
	// does neither.
	pointsAhead = lazily(`(?i)\b(?:following|below|this|these|the ` + someText + `)\b|[:：]\s*$|aşağıda|metni|metin|dosyayı|kodu|belgeyi|folgend|suivant|siguiente|以下|下面|原文`)
	pointsBack  = lazily(`(?i)\b(?:` + someText + `|everything|all|it|that|what (?:is|stands))(?: \w+)? above\b|\babove ` + someText + `\b|\bthe above(?:[.,:;!?]|$| (?:in|into|to|as|so|and)\b)|\b(?:preceding|foregoing|previous) ` + someText + `\b` +
		`|^(?:now,? )?(?:please )?(?:translate|rewrite|rephrase|paraphrase|proofread|redact|anonymi[sz]e|transliterate) (?:this|it|everything|all of (?:this|it))\b|^(?:lütfen )?(?:bunu|bunun tamamını|hepsini) .*(?:çevir|düzelt|yeniden yaz)` +
		`|yukarıdaki|yukarıda|\bobig|oben\s?steh|vorsteh|\boben\b|ci-dessus|qui précède|de arriba|texto anterior|acima|qui sopra|testo precedente|(?:текст|документ|всё|все) выше|위의? (?:글|텍스트|내용)|أعلاه|上面|上述|以上|上文|上記`)
	isCode = lazily(`[{};]\s*$|^\s*[}\])]|^(?:func|def|class|import|package|return)\b.*[({:=]|(?m)^\t|^[ ]{4,}\S`)
)

// isTask reports whether a paragraph that rules take for instruction, so that it counts as instruction and as text, is instruction alone. In doubt it is not:
// a task that is worked on like the rest of the text is seen by everyone, a lost paragraph by nobody.
func isTask(p string, verbs pattern) bool {
	return verbs().MatchString(p) && !isCode().MatchString(strings.TrimRight(p, " \r\n"))
}

// beside is how a paragraph at one end of a text speaks that goes with a task at the other: of names, numbers, tone or form that the new text is to keep. A text's own
// "Do not copy this document." or "Keep out of reach of children." does not.
var beside = lazily(`(?is)^(?:please,? |kindly |lütfen |bitte |but |and |also,? |note: |important: |por favor,? |пожалуйста,? )*(?:` +
	`(?:keep|leave|preserve|retain|maintain)\b.*\b(?:` + keptThings + `|(?:as (?:they are|it is|is)|unchanged|untranslated|intact)[.!]?$)|` +
	`(?:do not|don['’]t|never|you (?:must|should|may) not) (?:` + workVerbs + `|alter|modify|localize|localise|touch|shorten)\b.*\b` + keptThings + `\b|` +
	`(?:the |all |any |proper |personal )*` + keptThings + `\b.*\b(?:stay|stays|remain|remains|unchanged|(?:must|should|may|are|need) (?:not|stay|remain|to stay|to remain))\b|` +
	`use (?:an? |the )?(?:\p{L}+ ){0,2}(?:tone|style|register|spelling|quotation marks)\b|no (?:explanations?|comments?|footnotes?|markdown)[.!]?$|` +
	`(?:(?:return|give(?: me)?(?: back)?|output|print|show|send back|(?:reply|respond|answer) with) (?:only |just |nothing but )?|only |just |nothing but )(?:the |your )?(?:whole |complete |entire |full |new |changed |updated |rewritten |translated |corrected |final )*(?:file|text|code|translation|result|version|output)(?:` +
	` back| only| alone| as a whole| in full|,? please|,? (?:and )?nothing else|,? (?:with no|without(?: any)?|no) (?:explanations?|comments?|remarks))*[.!]?$|` +
	`(?:sadece |yalnızca )?(?:dosya|metn?i|kod|çeviri|sonu[cç])\p{L}*(?: tamam\p{L}*| bütün\p{L}*| hep\p{L}*)? (?:geri )?(?:ver|yaz|döndür|gönder)\p{L}*[.!]?$|` +
	`gib (?:mir )?(?:bitte )?(?:nur )?(?:die|den|das) (?:ganze |vollständige )?(?:datei|text|übersetzung|code|ergebnis)\p{L}* (?:zurück|aus)[.!]?$|(?:ne )?(?:renvoie|renvoyez|rends|donne|donnez)(?:-moi)? (?:seulement |uniquement |que )*(?:le|la) (?:fichier|texte|traduction|code)(?: entière?| complet| complète| seulement| uniquement)*[.!]?$|` +
	`(?:devuelve|devuélveme|dame|devolva|restituisci) (?:solo |sólo |apenas |solamente )?(?:el|la|o|a|il) (?:archivo|texto|traducción|código|arquivo|tradução|file|testo|traduzione)(?: enter[oa]| complet[oa]| inteir[oa]| inter[oa])?[.!]?$|` +
	`(?:özel )?(?:[iİ]sim|adlar|sayı|rakam|terim|biçim|başlık|tarih|üslu)\p{L}*\s.*(?:koru|bırak|değiştirme|değişme|çevirme|aynı|kalsın|kalacak|dokunma)|` +
	`(?:lass|lassen|behalt|behalte|behalten|belass|belasse|ändere|übersetze) ` + keptElsewhere + `|(?:die |alle |eigen)*(?:namen|zahlen|begriffe|überschriften|titel) (?:bleiben|bleibt|sollen|nicht|unverändert|werden nicht)|` +
	`(?:gardez?|conservez?|laissez?|préservez?|ne (?:pas )?(?:tradui|chang|modifi)\p{L}*|(?:mant[eé]n|manten|conserv|dej|deix|lasci|preserv)\p{L}*|(?:no|não|non) (?:tradu|cambi|modifi|alter|mud)\p{L}*|behoud|laat|vertaal geen) ` + keptElsewhere + `|` +
	`(?:имена|названия|числа|термины|заголовки) .*(?:остав|не перевод|не меня|не трог|сохран)|(?:оставь|сохрани|не переводи|не меняй)(?:те)? .*(?:имен|назван|числ|термин|стил|формат)|` +
	`(?:人名|名字|姓名|名称|数字|术语|格式)[^。]*(?:不变|保留|保持|不要翻译|不翻译|不译|原样)|(?:保留|保持|不要翻译|不要改)[^。]*(?:人名|名字|姓名|名称|数字|术语|格式)|(?:名前|人名|固有名詞|数字|用語|書式)[^。]*(?:そのまま|訳さな|変えな|維持)|` +
	`(?:이름|인명|고유명사|숫자|용어|서식)[^.]*(?:그대로|번역하지|바꾸지|유지)|(?:اترك|أبق|لا تترجم|لا تغير|حافظ)[^.]*(?:الأسماء|الأرقام|المصطلحات|التنسيق))`)

const (
	keptThings    = `(?:names?|numbers|terms|terminology|tone|register|formatting|markdown|headings?|placeholders?|(?:line|paragraph) breaks|numbering|layout)`
	keptElsewhere = `(?:.*\P{L})?(?:(?:eigen|orts)?namen|zahlen|begriffe|überschriften|formatierung|noms?|chiffres|termes|mise en forme|nombres|nomes|nomi|números|numeri|términos|termos|termini|tono|tom|estilo|stile|formato|getallen|opmaak)\b`
	maxBeside     = 240 // bytes
)

// Beside reports whether a paragraph at one end of a text surely belongs to a task at the other.
func Beside(p string) bool { return len(p) <= maxBeside && beside().MatchString(p) }

// besideAtEnd and besideAtStart return how many bytes at an end of text are paragraphs that belong to the task at the other end.
func besideAtEnd(text string, tasks map[string]bool) int {
	end := len(text)
	for {
		bare := strings.TrimRight(text[:end], " \t\r\n")
		from := strings.LastIndexByte(bare, '\n') + 1
		if p := strings.TrimSpace(bare[from:]); !tasks[p] || !Beside(p) {
			break
		}
		end = len(strings.TrimRight(bare[:from], "\r\n"))
	}
	return len(text) - end
}

func besideAtStart(text string, tasks map[string]bool) int {
	at := 0
	for {
		bare := strings.TrimLeft(text[at:], " \t\r\n")
		p, rest, _ := strings.Cut(bare, "\n")
		if p = strings.TrimSpace(p); !tasks[p] || !Beside(p) {
			return at
		}
		at = len(text) - len(strings.TrimLeft(rest, "\r\n"))
	}
}

// taskAtStart returns how many bytes at the start of text are the task: a paragraph that gives an order, and those after it that speak of the same work. Where an
// order stands outside the text too, this one must point at what follows.
func taskAtStart(in *Input, text string, tasks map[string]bool) int {
	elsewhere := works().MatchString(in.System) || works().MatchString(in.Recent)
	at := 0
	for {
		bare := strings.TrimLeft(text[at:], " \t\r\n")
		p := ""
		for t := range tasks {
			if rest, ok := strings.CutPrefix(bare, t); ok && len(t) > len(p) && (rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n")) {
				p = t
			}
		}
		switch {
		case p == "",
			at == 0 && (!isTask(p, orders) || elsewhere && !pointsAhead().MatchString(p)),
			at > 0 && !(isTask(p, orders) || rider().MatchString(p)),
			at > 0 && !ofTheWork().MatchString(p):
			return at
		}
		rest := bare[len(p):]
		at = len(text) - len(strings.TrimLeft(rest, "\r\n"))
		if strings.HasSuffix(p, ":") || strings.HasSuffix(p, "：") {
			return at
		}
	}
}

// taskAtEnd returns how many bytes at the end of text are the task: from the last paragraph that says what is to be done, if it points back at the text, or if
// nothing else can have said it.
func taskAtEnd(in *Input, text string, tasks map[string]bool) int {
	alone := in.System == "" && in.Recent == ""
	end, seen := len(text), 0
	for {
		bare := strings.TrimRight(text[:end], " \t\r\n")
		p := ""
		for t := range tasks {
			if rest, ok := strings.CutSuffix(bare, t); ok && len(t) > len(p) && (rest == "" || rest[len(rest)-1] == '\n') {
				p = t
			}
		}
		if p == "" || !orders().MatchString(p) && !rider().MatchString(p) {
			return 0
		}
		seen++
		end = len(strings.TrimRight(bare[:len(bare)-len(p)], "\r\n"))
		if isTask(p, works) {
			if pointsBack().MatchString(p) || alone && seen == len(tasks) {
				return len(text) - end
			}
			return 0
		}
	}
}

// readRest books what of the material needed no call: blank chunks, and the task's own paragraphs, which every call carried.
func readRest(in *Input, x Exec, asked []Chunk) {
	next := 0
	for _, c := range in.Chunks {
		if next == len(asked) || asked[next].Index != c.Index {
			x.Read(c)
			continue
		}
		head, tail := c, c
		head.End, tail.Start = asked[next].Start, asked[next].End
		next++
		if head.Start < head.End {
			x.Read(head)
		}
		if tail.Start < tail.End {
			x.Read(tail)
		}
	}
}
