package operator

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a task says that wants things by their letters, by a column, or by time.
var (
	lettered  = lazily(`(?i)alphab[eé]t(?:ic|isch|ique|i[sz]ed?\b| order)|(?:by|nach)(?: the| dem)? alphabet|alfab[eé]t(?:i[ck]|isch|isk|ycz)|alfabe\p{L}* (?:göre|sıra|düzen)|abc-Reihenfolge|\ba ?(?:to|-|–|bis) ?z\b|\bz ?(?:to|-|–|bis) ?a\b|a['’]?dan z['’]?ye|алфавитн|по алфавиту|абетков|за абеткою|αλφαβητικ|betűrend|aakkos|أبجدي|ألفبا|按(?:照)?(?:\p{Han}{0,4}字母|\p{Han}{0,2}拼音)|(?:字母|拼音)(?:顺|順|排|序)|五十音|あいうえお|가나다|वर्णानुक्रम|bảng chữ cái|abjad`)
	unletter  = lazily(`(?i)(?:not|nicht|pas|no|non|não|не)(?: \p{L}+){0,2} (?:alphab|alfab|алфав)\p{L}*|alfab\p{L}+ (?:değil|olmasın)`)
	backwards = lazily(`(?i)reversed? (?:alphab|order|sort)|in reverse|\bz ?(?:to|-|–|bis) ?a\b|z['’]?den a['’]?ya|descending|umgekehrt|absteigend|décroiss|(?:ordre|orden|ordem|ordine) (?:\p{L}+ )?invers|обратн\p{L}+ (?:алфав|поряд)|убыва|tersten|\bters (?:sıra|alfab)|azalan|降[序順]|倒[序叙敘排]|逆[序順]|역순`)
	temporal  = lazily(`(?i)chronolog|cronol|kronoloj|хронолог|newest|latest|oldest|earliest|recent|by date|neuest|neust|ältest|jüngst|nach datum|récent|ancien|par date|recient|antigu|por fecha|por data|en yeni|en eski|yeniden|eskiden|tarih|(?:^|\P{L})(?:нов(?:ые|ых|ым|ей)|стар(?:ые|ых|ым|ш|ей))|по дате|时间|時間|日期|日付|新しい|古い|날짜|최신|시간`)
	sortedBy  = []pattern{
		lazily(`(?i)\b(?:sort|order|rank|arrang)(?:ed|ing|s|e|es)?(?: [^\s.;]+){0,6}? by (?:the |their |its )?([^.;\n]{1,60})`),
		lazily(`(?i)\b(?:sort(?:ed)? on|in (?:\p{L}+ )?order of|(?:sort|order)(?:ed|ing)?:) (?:the |their |its )?([^.;\n]{1,60})`),
		lazily(`(?i)([^.;\n]{1,40}?)(?:['’]?\p{L}{1,3})? göre (?:\p{L}+ ){0,4}?s[ıi]rala`),
		lazily(`(?i)sortier\p{L}*(?: [^\s.;]+){0,6}? nach (?:dem |der |den |ihrem |ihrer )?([^.;\n]{1,60})`),
		lazily(`(?i)\bnach (?:dem |der |den )?([^.;\n]{1,40}?) (?:\p{L}+ )?(?:auf|ab)?(?:steigend )?sortier`),
		lazily(`(?i)\b(?:tri(?:e|er|ez|é|és|ée|ées)?|(?:class|ordonn)\p{L}*)(?: [^\s.;]+){0,6}? (?:par|selon) (?:l['’]|le |la )?([^.;\n]{1,60})`),
		lazily(`(?i)\b(?:(?:orden|classif)\p{L}*|ordin(?:a|i|at[aeio]|are|ami|ando))(?: [^\s.;]+){0,6}? (?:por|per|pelo|pela|según) (?:el |la |o |a |il )?([^.;\n]{1,60})`),
		lazily(`(?i)(?:отсортир|сортир|упорядоч)\p{L}*(?: [^\s.;]+){0,6}? по ([^.;\n]{1,60})`),
		lazily(`按(?:照)?([^。，\n]{1,30})排`),
		lazily(`(?i)alphab\p{L}*(?: order| Reihenfolge)? (?:by|of|nach|par|des|du|de|por) (?:the |their |dem |der )?([^.;\n]{1,60})`),
	}
)

// andMore is what a task says behind what to sort by.
var andMore = lazily(`(?i)(?:[,(]| with | mit | avec | con | com | and (?:show|give|list|add|include|put|say|write|mark) ).*$`)

// boughtBy is what a task says of those who ordered, and not of an order.
var boughtBy = lazily(`(?i)\border(?:ed|s)? by (?:(?:the|our|my|his|her|an?|each|every|all|any|both|this|that|these|those|some|other) (?:\p{L}+ )?(?:` + buyers + `)s?\b|(?:` + buyers + `)s? (?:\d|no\b|number|named|called|from|in|of|who|that|which|with|on|since|during|(?-i:\p{Lu})))`)

const buyers = `customer|client|buyer|purchaser|user|member|compan(?:y|ie)|firm|department|team|employee|manager|person|people|patient|court|judge|doctor|guest|visitor|school|hospital|tenant|supplier|branch(?:e)?|office|shop|store`

// byLetters says whether a task wants things in the order of their letters, and whether from the end.
func byLetters(task string) (wanted, down bool) {
	return lettered().MatchString(task) && !unletter().MatchString(task), backwards().MatchString(task)
}

// columnSaid is the column that a task names first in what it says to sort by; -1 when it names none.
func columnSaid(task string, columns []string) int {
	task = boughtBy().ReplaceAllString(task, " ")
	for _, re := range sortedBy {
		if m := re().FindStringSubmatch(task); m != nil {
			said := andMore().ReplaceAllString(m[1], "")
			by, of, _ := strings.Cut(said, " of ") // the length of the name is no column
			if i := columnIn(said, columns); i >= 0 && (columnIn(by, columns) == i || columnIn(of, columns) != i) {
				return i
			}
		}
	}
	return -1
}

// thenBy is what a task says of those that are equal by what it sorts by first.
var thenBy = lazily(`(?i)[\s,](?:then|dann|puis|ensuite|luego|después|depois|poi|затем|потом|sonra(?: da| de)?) (?:by |nach |par |por |per |по )?(?:the |dem |der |le |la |el )?([^,.;\n]{1,40})`)

// orderings are the orders to sort rows in, one after the other: the one that matters most comes last.
func orderings(a Advice, instruction string, columns []string) []ordering {
	first := orderingOf(a, instruction, columns)
	if m := thenBy().FindStringSubmatch(instruction); m != nil && first.column >= 0 {
		if i := columnIn(m[1], columns); i >= 0 && i != first.column {
			return []ordering{{i, downBy(m[1], columns[i])}, orderingOf(a, strings.Replace(instruction, m[0], " ", 1), columns)}
		}
	}
	return []ordering{first}
}

// columnIn is the column whose name stands first in some words, and the longer of two; -1 when none does.
func columnIn(words string, columns []string) int {
	best, at, said := -1, 0, " "+plainWords(words)
	for i, c := range columns {
		name := plainWords(c)
		k := strings.Index(said, " "+name)
		if name == "" || k < 0 {
			continue
		}
		// Plurals and endings of other scripts may follow.
		if rest := said[k+1+len(name):]; rest != "" && rest[0] != ' ' && rest[0] != 's' && rest[0] < utf8.RuneSelf {
			continue
		}
		if best < 0 || k < at || k == at && len(name) > len(plainWords(columns[best])) {
			best, at = i, k
		}
	}
	return best
}

// plainWords is the words of a text in lower case, one space between them; the words of a name in one piece (createdAt, unit_price) are its own.
func plainWords(text string) string {
	var b strings.Builder
	was := rune(' ')
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(was) {
			b.WriteByte(' ')
		}
		if was = r; !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(lower(b.String())), " ")
}

// An arrangement is the order that a task wants a plain list in, as far as it can be made here.
type arrangement struct{ letters, dates, numbers, down bool }

func arrangementOf(task string) arrangement {
	by := sortKey(task)
	if letters, down := byLetters(task); letters {
		return arrangement{letters: by == "" && !surname().MatchString(task) || ownName().MatchString(by), down: down}
	}
	_, said, down := direction(task, "")
	switch {
	case ownName().MatchString(by):
		return arrangement{letters: true, down: down}
	case by != "" && !whenWords().MatchString(by) && !temporal().MatchString(by) && temporal().MatchString(task):
		return arrangement{}
	case !said && !asksOrder(task):
		return arrangement{}
	case temporal().MatchString(task):
		return arrangement{dates: true, down: down}
	}
	return arrangement{numbers: by == "", down: down}
}

var (
	goreSirala = lazily(`(?i)(\p{L}+)(?:['’]\p{L}{1,3})? göre (?:\p{L}+ ){0,4}?s[ıi]rala`)
	surname    = lazily(`(?i)last names?|surname|family names?|nachname|soyad|soyisim|nom de famille|apellido|sobrenome|cognome|фамили|姓(?:氏|[^名]|$)|성씨`)
	// ownName is what things are called themselves.
	ownName   = lazily(`(?i)^(?:first |full |own |product |(?:ordre|orden|ordem|ordine) )?(?:alphab|names?\b|titles?\b|letters?\b|words?\b|terms?\b|namen\b|titel\b|alfab|harf|isim|isme$|ad(?:a|ına|larına)$|buchstab|noms?\b|titres?\b|lettres?\b|nombres?\b|nomes?\b|nomi\b|имен|назван|алфав|.{0,4}(?:字母|拼音)|名)`)
	whenWords = lazily(`(?i)(?:^|\P{L})(?:dates?|datum|fechas?|data|time|timestamp|zeit\p{L}*|uhrzeit|heure|hora|ora|day|tag|jour|día|year|jahr|année|año|month|monat|mois|mes|tarih\p{L}*|zaman\p{L}*|дат\p{L}+|времен\p{L}*)(?:$|\P{L})`)
	// listsInOrder is what in a task that counts wants an order, and in one that lists no more than a list.
	listsInOrder = lazily(`(?i)s[ıi]rala|\brank|\barrang|\btimeline|tarih sıra|reihenfolge|\bordne|ранж`)
	// sorts is what a task says that wants an order, apart from which.
	sorts = lazily(`(?i)\bsort(?:ed|ing)?\b(?: code)?|\b(?:rank|arrange)(?:d|ed|ing)?\b(?: \p{L}+){0,4}? (?:by|from|in|according)\b|\bin (?:\p{L}+ )?order of\b|göre (?:\p{L}+ ){0,4}s[ıi]rala|s[ıi]ralanmış|s[ıi]ralı |sortier|chronolog|cronol|kronoloj|` +
		`\btri(?:e|er|ez|é|és|ée|ées) |(?:class|ordonn)\p{L}+ (?:\p{L}+ ){0,4}(?:par|selon)\b|\b(?:orden|ordin)(?:a|e|ar|are|ad[oa]s?|at[aeio])\b (?:\p{L}+ ){0,4}(?:por|per|de|da)\b|сортир|упоряд|排序|排列|並べ|順に|정렬|순으로|رتّ?ب|क्रम में|sorteer|posortuj`)
)

// asksOrder says whether a task wants things in an order that need not be that of the text. What is wrongly taken for that costs a final call.
func asksOrder(task string) bool {
	for _, s := range sorts().FindAllString(task, 20) {
		if !strings.HasSuffix(strings.ToLower(s), " code") {
			return true
		}
	}
	letters, _ := byLetters(task)
	_, said, _ := direction(task, "")
	return letters || said
}

// sortKey is what a task says to sort by, in its words; "" where it does not.
func sortKey(task string) string {
	task = boughtBy().ReplaceAllString(task, " ")
	for _, re := range append([]pattern{goreSirala}, sortedBy...) {
		if m := re().FindStringSubmatch(task); m != nil {
			return m[1]
		}
	}
	return ""
}

// arranged is a list in an order: by letters, by the dates of its items, or by the numbers that they are. made is false where the items have none.
func arranged[T any](list []T, order arrangement, text func(T) string) (sorted []T, made bool) {
	letters, when := map[string]string{}, map[string]int64{}
	values := make([]string, len(list))
	for i, e := range list {
		values[i] = text(e)
	}
	switch {
	case order.letters:
		for _, v := range values {
			letters[v] = letterKey(v)
		}
	case order.dates:
		parts := make([]string, len(list))
		for i, v := range values {
			parts[i] = datePart(v)
		}
		dates, ok := datesOf(parts)
		if !ok {
			return list, false
		}
		for i, v := range values {
			when[v] = dates[parts[i]]
		}
	case order.numbers:
		read, ok := quantities(values)
		if !ok || len(read) == 0 {
			return list, false
		}
		all := slices.SortedFunc(maps.Values(read), func(a, b quantity) int { return a.amount.Cmp(b.amount) })
		for v, q := range read {
			when[v] = int64(sort.Search(len(all), func(i int) bool { return all[i].amount.Cmp(q.amount) >= 0 }))
		}
	default:
		return list, false
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int {
		x, y := text(a), text(b)
		if order.down {
			x, y = y, x
		}
		return cmp.Or(cmp.Compare(when[x], when[y]), strings.Compare(letters[x], letters[y]))
	})
	return list, true
}

// quantities reads values that are all numbers, and of one unit.
func quantities(values []string) (map[string]quantity, bool) {
	st := styleOf(values)
	st.times, _ = timesOf(values)
	read := map[string]quantity{}
	for _, v := range values {
		q, _, ok := parseQuantity(v, st)
		if !ok || len(read) > 0 && !sameUnit(q.unit, read[values[0]].unit) {
			return nil, false
		}
		read[v] = q
	}
	return read, true
}

// letterKey compares as people sort: case and the marks on letters tell apart only what is equal without them.
func letterKey(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(lower(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimLeftFunc(b.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) + "\x00" + s
}

// leadingDate is a date, and the time behind it, that opens an item, as in a log.
var leadingDate = lazily(`^\W*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2}|\s?[aApP]\.?[mM]\b)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[aApP]\.?[mM]\b)?)?)`)

// datePart is what of an item says when: the date that opens it, or all of it.
func datePart(item string) string {
	if m := leadingDate().FindStringSubmatch(item); m != nil {
		return m[1]
	}
	return item
}
