package advice

import (
	"strconv"
	"strings"
)

// Output is how long an answer an instruction asks for.
type Output struct {
	Words  int  // asked for in numbers ("10.000 kelimelik", "a 20-page report"); 0 when no number is given
	Wanted bool // the instruction itself wants something long
}

// longWords is the length from which one call is doubtful: about 4,000 output tokens.
const longWords = 3000

// wordsPerPage is the usual page of a manuscript.
const wordsPerPage = 300

// wordsPerChapter is that of a chapter, as far as a task does not say.
const wordsPerChapter = 1000

// maxWords bounds what an instruction can ask for, since it becomes calls and money.
const maxWords = 200_000

// Long reads the length that an instruction asks for. It is meant for instructions, not for material: a text that only mentions a book is not one that wants it.
func Long(instruction string) Output {
	text := fold(cut(instruction, 6000))
	o := Output{Words: lengthInMarks(text)}
	for _, c := range clauses(strings.ReplaceAll(text, "-", " ")) {
		for i := 0; i < len(c); i++ {
			n, used := numberAt(c[i:])
			if used == 0 || i+used >= len(c) {
				continue
			}
			i += used
			if per := perUnit(c[i]); per > 0 {
				o.Words = max(o.Words, min(n, maxWords)*per)
			}
			i-- // what follows a number may be one
		}
	}
	o.Words = min(o.Words, maxWords)
	if o.Words > 0 {
		o.Wanted = o.Words >= longWords
		return o
	}
	o.Wanted = scoreBy(composing(), instruction)["compose"] >= 7
	return o
}

// perUnit is how many words one of what a word names takes; 0 where it names no length.
func perUnit(word string) int {
	switch {
	case inWords.match(word):
		return 1
	case inPages.match(word):
		return wordsPerPage
	case inChapters.match(word):
		return wordsPerChapter
	}
	return 0
}

// Lengths, in English, Turkish, German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Polish, Russian and Arabic.
var (
	inWords    = compile("", 0, "", "word|words|kelime*|sozcuk*|wort|worte|worten|worter*|mot|mots|palabra*|palavra*|parole|woord|woorden|ord|slow|slowa|слов|слова|словами|كلمة|كلمات").words[0]
	inPages    = compile("", 0, "", "page|pages|sayfa*|seite|seiten|seitige*|pagina*|pagine|sidor|stron|strony|stronicow*|страниц*|صفحة|صفحات").words[0]
	inChapters = compile("", 0, "", "chapter*|bolum*|kapitel*|chapitre*|capitulo*|capitol*|hoofdstuk*|rozdz*|глав*|فصل|فصول|فصلا").words[0]
)

// numberAt reads the number that a clause begins with, in digits ("10000", "10.000", "10 000", "5k") or in words, and how many words it took; 0 there is none.
func numberAt(c []string) (n, used int) {
	sum, part := 0, 0
	for used < len(c) {
		w := c[used]
		digits, isDigits := number(w)
		switch times := timesWord(w); {
		case isDigits && used > 0 && part > 0 && part < 1000 && len(w) == 3 && sum == 0 && plainDigits(c[used-1]): // 10 000
			part = part*1000 + digits
		case isDigits && used > 0:
			return sum + part, used
		case isDigits:
			part = digits
		case times >= 1000:
			sum, part = min(sum+max(part, 1)*times, maxWords), 0
		case times > 0:
			part = min(max(part, 1)*times, maxWords)
		case numberWords[w] > 0 && part%100 == 0:
			part += numberWords[w]
		case numberWords[w] > 0 && numberWords[w] < 10 && part%100 >= 20:
			part += numberWords[w]
		case numberWords[w] > 0 && part%100 == 10 && numberWords[w] < 10: // on iki
			part += numberWords[w]
		case used > 0 && used+1 < len(c) && joinsNumbers.match(w) && (numberWords[c[used+1]] > 0 || timesWord(c[used+1]) > 0):
		default:
			return sum + part, used
		}
		part = min(part, maxWords)
		used++
	}
	return sum + part, used
}

var joinsNumbers = compile("", 0, "", "and|und|et|y|e|ve|en").words[0]

func plainDigits(w string) bool { return strings.Trim(w, "0123456789") == "" }

// timesWord is what a word multiplies the number before it by; a German or Italian word may hold that number too.
func timesWord(w string) int {
	if n := timesWords[w]; n > 0 {
		return n
	}
	for _, t := range timesEnds {
		if head, ok := strings.CutSuffix(w, t.end); ok && numberWords[head] > 0 {
			return t.times * numberWords[head]
		}
	}
	return 0
}

// thousands takes out what stands between groups of digits.
var thousands = strings.NewReplacer(".", "", ",", "")

// number reads "10000", "10.000", "10,000" and "5k".
func number(w string) (int, bool) {
	if w == "" || w[0] < '0' || '9' < w[0] {
		return 0, false // most words
	}
	factor := 1
	if t, ok := strings.CutSuffix(w, "k"); ok {
		w, factor = t, 1000
	}
	w = thousands.Replace(w)
	if len(w) == 0 || len(w) > 7 {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n * factor, err == nil
}

var timesWords = numbersOf("100 hundred yuz hundert cent cien cem cento honderd hundra сто sto مئة مائة", "1000 thousand bin tausend mille mil mila duizend tusen тысяча тысячи тысяч тыс tysiac tysiace tysiecy ألف آلاف الف الاف", "1000000 million milyon millionen millions millones milhoes milioni миллион миллиона миллионов")

// timesEnds are the ends of numbers that are written in one word.
var timesEnds = []struct {
	end   string
	times int
}{{"tausend", 1000}, {"mila", 1000}, {"hundert", 100}, {"cento", 100}, {"duizend", 1000}, {"honderd", 100}, {"cientas", 100}, {"cientos", 100}}

var numberWords = numbersOf("2 two iki zwei deux dos dois duas due twee två два две", "3 three uc drei trois tres tre drie три ثلاثة", "4 four dort vier quatre cuatro quatro quattro fyra четыре أربعة", "5 five bes funf cinq cinco cinque vijf fem пять خمسة", "6 six alti sechs seis sei zes шесть ستة",
	"7 seven yedi sieben sept siete sete sette zeven sju семь سبعة", "8 eight sekiz acht huit ocho oito otto atta восемь ثمانية", "9 nine dokuz neun neuf nueve nove negen nio девять تسعة", "10 ten on zehn dix diez dez dieci tien tio десять عشرة", "11 eleven elf onze", "12 twelve zwolf douze doce doze dodici twaalf двенадцать", "15 fifteen funfzehn quinze quince пятнадцать",
	"20 twenty yirmi zwanzig vingt veinte vinte venti twintig tjugo двадцать عشرين", "30 thirty otuz dreissig trente treinta trinta trenta dertig тридцать ثلاثين", "40 forty kirk vierzig quarante cuarenta quarenta quaranta сорок", "50 fifty elli funfzig cinquante cincuenta cinquenta cinquanta vijftig femtio пятьдесят خمسين")

func numbersOf(rows ...string) map[string]int {
	m := map[string]int{}
	for _, row := range rows {
		names := strings.Fields(row)
		n, _ := strconv.Atoi(names[0]) // of the tables above
		for _, name := range names[1:] {
			m[name] = n
		}
	}
	return m
}

// A mark is a letter of Chinese, Japanese or Korean that is a digit, or multiplies what stands before it.
var (
	markDigits = map[rune]int{'一': 1, '二': 2, '两': 2, '兩': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	markTimes  = map[rune]int{'十': 10, '百': 100, '千': 1000, '万': 10_000, '萬': 10_000, '백': 100, '천': 1000, '만': 10_000}
)

// marksOfLength are what follows a length in these scripts; a third of a Korean length in letters is words.
var marksOfLength = []struct {
	mark      string
	times, by int
}{{"字", 1, 1}, {"文字", 1, 1}, {"词", 1, 1}, {"詞", 1, 1}, {"单词", 1, 1}, {"글자", 1, 3}, {"자", 1, 3}, {"단어", 1, 1}, {"页", wordsPerPage, 1}, {"頁", wordsPerPage, 1}, {"ページ", wordsPerPage, 1}, {"페이지", wordsPerPage, 1}, {"쪽", wordsPerPage, 1},
	{"章", wordsPerChapter, 1}, {"शब्द", 1, 1}, {"पन्न", wordsPerPage, 1}, {"पृष्ठ", wordsPerPage, 1}, {"คำ", 1, 1}}

// lengthInMarks reads lengths as scripts write them that do not part numbers from what is counted: 一万字, 5万文字, 10000자. The third chapter has none.
func lengthInMarks(text string) (words int) {
	runes := []rune(text)
	for i := 0; i < len(runes); {
		n, used := markNumber(runes[i:])
		if used == 0 {
			i++
			continue
		}
		before, rest := i, strings.TrimLeft(string(runes[i+used:min(len(runes), i+used+8)]), " 个個")
		i += used
		if before > 0 && runes[before-1] == '第' {
			continue
		}
		for _, m := range marksOfLength {
			if strings.HasPrefix(rest, fold(m.mark)) {
				words = max(words, min(n, maxWords)*m.times/m.by)
			}
		}
	}
	return words
}

// markNumber reads a number in digits or marks.
func markNumber(runes []rune) (n, used int) {
	sum, part, digits, scale, some := 0, 0, 0, 1, false
	for ; used < len(runes) && used < 16; used++ {
		r := runes[used]
		switch d, t := markDigits[r], markTimes[r]; {
		case '0' <= r && r <= '9':
			digits, some = min(digits*10+int(r-'0'), maxWords), true
		case (r == ',' || r == '.') && some && leadingDigits(runes[used+1:]) > 0:
			if k := leadingDigits(runes[used+1:]); k < 3 {
				scale = [...]int{1, 10, 100}[k]
			}
		case r == ' ' && some && used+1 < len(runes) && markTimes[runes[used+1]] > 0:
		case d > 0:
			digits, some = d, true
		case t >= 10_000:
			if part += digits; !some && part == 0 {
				part = 1
			}
			sum, part, digits, scale, some = min(sum+part*t/scale, maxWords), 0, 0, 1, true
		case t > 0:
			part, digits, scale, some = min(part+max(digits, 1)*t/scale, maxWords), 0, 1, true
		default:
			return sum + part + digits/scale, used
		}
	}
	return sum + part + digits/scale, used
}

func leadingDigits(runes []rune) (n int) {
	for n < len(runes) && n < 4 && '0' <= runes[n] && runes[n] <= '9' {
		n++
	}
	return n
}
