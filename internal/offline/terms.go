package offline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words calls f for every run of letters and digits of s with its place.
func words(s string, f func(word string, start int)) {
	start := -1
	for i, r := range s {
		switch in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r); {
		case in && start < 0:
			start = i
		case in && wide(r): // Chinese and Japanese have no spaces: a character is a word
			f(s[start:i], start)
			start = i
		case !in && start >= 0:
			f(s[start:i], start)
			start = -1
		}
		if start == i && wide(r) {
			f(s[i:i+utf8.RuneLen(r)], i)
			start = -1
		}
	}
	if start >= 0 {
		f(s[start:], start)
	}
}

func wide(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// fold lowers a word for English and Turkish alike: both of Turkish's i's become i.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'İ', 'ı', 'I', 'î':
			return 'i'
		case 'â':
			return 'a'
		case '\u0307', '’', '\'':
			return -1
		}
		return unicode.ToLower(r)
	}, word)
}

// A language says how words are reduced to stems.
type language int

const (
	english language = iota
	turkish
)

// languageOf tells Turkish by letters that English has not: a question of a few words holds one almost always.
func languageOf(s string) language {
	if len(s) > 4096 {
		s = s[:4096]
	}
	n := 0
	for _, r := range s {
		switch r {
		case 'ğ', 'ş', 'ı', 'İ', 'Ş', 'Ğ', 'ç', 'ö', 'ü':
			n++
		}
	}
	if n > 0 && n*200 >= len(s) {
		return turkish
	}
	return english
}

// stem reduces a folded word. Turkish suffixes are many and regular, so the first five letters do (the "F5" of Turkish retrieval experiments:
// Can et al., Information retrieval on Turkish texts, JASIST 2008); English gets its commonest suffixes cut and its commonest irregular forms mapped.
func stem(w string, l language) string {
	if l == turkish {
		n := 0
		for i := range w {
			if n == 5 {
				return w[:i]
			}
			n++
		}
		return w
	}
	if base, ok := irregular[w]; ok {
		return base
	}
	if len(w) < 4 {
		return w
	}
	cut := func(suffix, instead string, least int) bool {
		base, ok := strings.CutSuffix(w, suffix)
		if !ok || len(base) < least {
			return false
		}
		w = base + instead
		return true
	}
	_ = cut("ies", "y", 2) || cut("ied", "y", 2) || cut("sses", "ss", 2) || !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && cut("s", "", 3)
	if cut("ingly", "", 3) || cut("edly", "", 3) || cut("ing", "", 3) || cut("ed", "", 3) {
		if n := len(w); n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("lsz", rune(w[n-1])) {
			w = w[:n-1]
		}
	}
	_ = cut("ment", "", 4) || cut("ly", "", 4) || cut("iage", "y", 3)
	_ = cut("e", "", 3)
	if cut("y", "i", 2) {
		return w
	}
	return w
}

var irregular = pairs(`fell fall fallen fall went go gone go said say told tell wrote write written write gave give given give took take taken take
	came come saw see seen see knew know known know thought think found find lost lose left leave bought buy brought bring paid pay sold sell
	sent send spent spend kept keep held hold met meet led lead made make built build broke break broken break chose choose chosen choose
	spoke speak spoken speak stole steal stolen steal drove drive driven drive began begin begun begin became become won win shot shoot
	died di dying di dies di die di dead di death di men man women woman children child feet foot wives wif wife wif lives life`)

func pairs(s string) map[string]string {
	f := strings.Fields(s)
	m := make(map[string]string, len(f)/2)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]] = f[i+1]
	}
	return m
}

// stop holds words that say nothing about a text: function words, and the words in which people give instructions to language models.
var stop = set(`a an the and or but nor so yet of in on at by to from for with without into onto upon over under about above below between through during
	before after until while as than then that this these those there here it its itself he him his she her hers they them their theirs we us our ours you
	your yours i me my mine who whom whose which what when where why how is am are was were be been being do does did done doing have has had having will
	would shall should can could may might must not no none any some all every each both either neither more most much many few less least other another
	such same own only just also too very again ever never always often if else because since though although however therefore thus let lets yes
	one ones s t d ll re ve m don doesn didn isn aren wasn weren won
	named names please tell say says give list find name show explain describe write create make answer question questions reply respond response task text texts
	passage passages document documents material section sections part parts chunk note notes quote quotes quotation json schema only exact exactly
	verbatim copied word words sentence sentences line lines summarize summarise summary according following between now end begin start starts
	mr mrs ms dr come came get got go went take took put let
	happen happened happens mentioned mention contain contains book story novel article file read whole full long short brief briefly
	ve veya ya da de ki mi mı mu mü ile için icin gibi kadar ama fakat ancak çünkü bu şu o bir her hiç hic tüm tum bütün butun ne neden niçin nasıl nasil
	kim kimi kime kimin hangi hangisi kaç kac nerede nereye nereden zaman var yok olan olarak oldu olur olduğunu değil degil daha en çok cok az sonra önce once
	ben sen biz siz onlar bunu şunu onu lütfen lutfen metin metinde belge belgede göre gore soru cevap özetle ozetle özet ozet listele yaz bul açıkla acikla`)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[fold(w)] = true
	}
	return m
}

// A query is what a text is searched for: stems with their weights.
type query struct {
	text    string
	lang    language
	terms   []string // in order of appearance
	weight  map[string]float64
	names   map[string]bool // stems that stand capitalised, in capitals or with digits
	total   float64
	asks    string // the question's kind: "who", "when", "where", "number", ""
	general bool   // nothing to search for: the task is about the text as a whole
	every   bool   // all of something is wanted
}

// nameWeight is how much more a name or number in the question tells than a common word; fullNameWeight is that of each part of a name of several words,
// since a text uses one part or the other.
const (
	nameWeight     = 1.75
	fullNameWeight = 1.25
)

func newQuery(question, material string) query {
	q := query{text: question, lang: languageOf(question), weight: map[string]float64{}, names: map[string]bool{}}
	if q.lang == english && languageOf(material) == turkish {
		q.lang = turkish
	}
	sentenceStart := true
	last := 0
	before := "" // the stem of the name just before
	words(question, func(w string, at int) {
		if strings.ContainsAny(question[last:at], ".!?:\n") {
			sentenceStart = true
		}
		if strings.Trim(question[last:at], " ") != "" {
			before = ""
		}
		last = at + len(w)
		first := sentenceStart
		sentenceStart = false
		f := fold(w)
		switch f {
		case "who", "whom", "whose", "kim", "kimi", "kimin", "kime":
			q.asks = "who"
		case "when", "year", "date", "yil", "tarih":
			q.asks = "when"
		case "where", "nerede", "nereye":
			q.asks = "where"
		case "many", "much", "kaç", "kac":
			q.asks = "number"
		case "all", "every", "each", "list":
			q.every = q.every || q.lang == english
		case "tüm", "tum", "bütün", "her", "listele", "hepsini":
			q.every = q.every || q.lang == turkish
		}
		if stop[f] || utf8.RuneCountInString(f) < 2 && !isDigit(f) && !wide([]rune(f)[0]) {
			before = ""
			return
		}
		r, _ := utf8.DecodeRuneInString(w)
		name := unicode.IsUpper(r) && !first || strings.ContainsAny(w, "0123456789") || len(w) > 2 && strings.ToUpper(w) == w && unicode.IsUpper(r)
		s := stem(f, q.lang)
		weight := 1.0
		if name {
			weight, q.names[s] = nameWeight, true
			if before != "" {
				weight, q.weight[before] = fullNameWeight, min(q.weight[before], fullNameWeight)
			}
			before = s
		} else {
			before = ""
		}
		if old, ok := q.weight[s]; ok {
			q.weight[s] = max(old, weight)
			return
		}
		q.terms = append(q.terms, s)
		q.weight[s] = weight
	})
	for _, w := range q.weight {
		q.total += w
	}
	q.general = len(q.terms) == 0
	return q
}

func isDigit(s string) bool { return len(s) == 1 && s[0] >= '0' && s[0] <= '9' }
