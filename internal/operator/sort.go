package operator

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// An ordering says by which column rows are sorted. No column: the order of the source stays.
type ordering struct {
	column int
	down   bool
}

// orderingOf finds the column that the advice's order names, with or without a direction beside it; a direction that only the task says holds too. Where the advice
// has no order, it is what the task says.
func orderingOf(a Advice, instruction string, columns []string) ordering {
	if a.Order == "source" || a.Order == "" { // what the task says plainly needs no advice
		if i := columnSaid(instruction, columns); i >= 0 {
			return ordering{i, downBy(instruction, columns[i])}
		}
		if letters, down := byLetters(instruction); letters && len(columns) > 0 {
			return ordering{0, down}
		}
		return ordering{column: -1}
	}
	key, said, down := direction(shortDirection().ReplaceAllString(a.Order, "${1}ending"), "")
	for _, order := range []string{a.Order, key, strings.TrimPrefix(a.Order, "-")} {
		i := slices.IndexFunc(columns, func(c string) bool { return sameKey(c) == sameKey(order) })
		if i < 0 || sameKey(order) == "" {
			continue
		}
		if minus := strings.HasPrefix(a.Order, "-") && columns[i] != a.Order; minus || said && order == key {
			return ordering{i, minus || down}
		}
		return ordering{i, downBy(instruction, columns[i])}
	}
	return ordering{column: -1}
}

// downBy says whether a task wants a column downwards. The oldest by date has the lowest one, the oldest by age the highest.
func downBy(task, column string) bool {
	_, _, down := direction(task, column)
	return down || ages().MatchString(column) && oldestFirst().MatchString(task)
}

var (
	ages        = lazily(`(?i)^(?:age|alter|yaş|âge|edad|età|idade|возраст|年[龄齢])`)
	oldestFirst = lazily(`(?i)(?:old|eld)est (?:first|to|at the top)|älteste\p{L}* zuerst|en yaşlı\p{L}* (?:önce|ilk|başta)|plus (?:vieux|âgé)\p{L}* (?:d['’]abord|en premier)`)
	// versions are columns whose numbers are of several parts: 1.9 comes before 1.10.
	versions = lazily(`(?i)^(?:versi|sürüm|верси|版本|バージョン|버전|section|clause|abschnitt|madde)`)
)

// sortable is a cell as it is compared with others of its column.
func sortable(column, cell string) string {
	if isEmptyCell(cell) || !versions().MatchString(column) {
		return cell
	}
	return "v" + strings.TrimLeft(cell, "vV ")
}

// shortDirection is how a direction is written beside a key; in a task that may be a column.
var shortDirection = lazily(`(?i)\b(desc|asc)\b`)

// What tasks say of a direction. A superlative alone is none: it is often what is looked for. highs and lows are the superlatives of either end.
const (
	highs = `(?:high|large?|bigg?|great|new|late?|long|strong|old)(?:est)?|best|heaviest|most(?: \p{L}+)?`
	lows  = `(?:low|small|short|few|weak)(?:est)?|lightest|least(?: \p{L}+)?`
)

var (
	downward = lazily(`(?i)(?:^|[^\p{L}])(?:descending(?:ly)?|by [\p{L}\p{N}_]+(?: [\p{L}\p{N}_]+)?[\s,(]+desc|(?:in )?(?:decreasing|declining|reversed?) (?:\p{L}+ )?order|by (?:decreasing|declining|falling|reversed?)|(?:from|with) the (?:highest|largest|biggest|greatest|newest|latest|longest|most(?: \p{L}+)?)(?: \p{L}+)? (?:to|down to) the (?:first|last|rest)|reverse (?:chronological|alphabetical)(?:ly)?|reverse-chronological(?:ly)?|` +
		`(?:high|large?|bigg?|great|new|late?|long|strong)(?:est)?(?: \p{L}+){0,2} (?:to|down to) (?:the )?(?:` + lows + `|old|oldest|earliest|little|weakest)|most(?: \p{L}+){0,2} to (?:the )?(?:least|fewest)|z ?(?:to|-|–|['’]?den|['’]?dan) ?a|` +
		`(?:highest|largest|biggest|greatest|newest|latest|longest|strongest|best|heaviest|most(?: \p{L}+)?)(?: \p{L}+){0,2}(?:,? (?:comes?|goes|is|are))? (?:first|at the top|on top)|` +
		`(?:start|begin)(?:s|ning|ing)? (?:with|from|at) the (?:` + highs + `)|(?:sort|order|rank)(?:ed|ing|s)?(?: \p{L}+){0,4} by (?:the )?(?:highest|largest|biggest|greatest|newest|latest|longest|most)|` +
		// Turkish
		`azalan\p{L}*|(?:en )?(?:büyükten|yüksekten|pahalıdan)|en (?:çoktan|fazladan|uzundan)|(?:çoktan|fazladan) (?:en )?aza|uzundan (?:en )?kısaya|en yeniden|yeniden (?:en )?eskiye|sondan başa|tersten|ters (?:sıra|kronolojik)\p{L}*|` +
		`en (?:yüksek|büyük|yeni|çok|fazla|pahalı|uzun|son)\p{L}*(?: \p{L}+){0,3} (?:önce|başta|ilk|üstte|başa|en üstte)|` +
		// German, Dutch, Scandinavian
		`absteigend\p{L}*|(?:höchste|größte|groesste|neueste|neuste|meiste|teuerste|längste|beste)\p{L}*(?: \p{L}+){0,3} (?:zuerst|oben|voran)|vom? (?:höchst|größt|neuest|groß|hoch|neu|viel|teuerst)\p{L}* (?:zum|nach|bis) \p{L}+|aflopend|fallande|faldende|synkende|` +
		// French, Spanish, Portuguese, Italian
		`décroissant\p{L}*|decroissant\p{L}*|du plus (?:grand|élevé|récent|cher|haut|long|important|gros)|(?:les )?plus (?:grand|élevé|récent|cher|haut|long|important)\p{L}*(?: \p{L}+){0,2} (?:d['’]abord|en premier)|` +
		`descendente\p{L}*|descendiente|decreciente|decrescente|(?:de|del|do|dal) (?:mayor|maior|maggiore)|(?:del|da|do|de la|dal|dalla) (?:más|mas|mais|più) (?:reciente?|recentes?|alt[oa]|car[oa]|grande|larg[oa]|nuev[oa]|nov[oa])|` +
		`(?:más|mais|più) (?:recient|recent|alt|car|grand|nuev|nov)\p{L}*(?: \p{L}+){0,2} (?:primero|primeiro|prima|per prim[oaei])|` +
		// Polish, Czech, Russian, Ukrainian, Arabic, others
		`malejąc\p{L}*|sestupně|csökkenő|laskeva\p{L}*|giảm dần|menurun|descrescător|(?:по )?(?:убывани|спадани)\p{L}*|от (?:сам\p{L}+ )?(?:больш|высок|нов|дорог|поздн)\p{L}* к|сначала (?:сам\p{L}+ )?(?:больш|высок|нов|дорог|последн)\p{L}*|تنازلي\p{L}*|घटते)(?:$|[^\p{L}])` +
		`|降序|降順|倒序|[由从從](?:大到小|高到低|新到旧|新到舊|多到少|晚到早)|(?:大きい|高い|多い|新しい|長い)順|내림차순|(?:큰|높은|많은|최신|최근) ?순`)
	upward = lazily(`(?i)(?:^|[^\p{L}])(?:ascending(?:ly)?|(?:in )?increasing (?:\p{L}+ )?order|chronological(?:ly)?|alphabetical(?:ly)?|` +
		`(?:low|small|short|few|old|earli|cheap)(?:est)?(?: \p{L}+){0,2} (?:to|up to) (?:the )?(?:` + highs + `)|least(?: \p{L}+){0,2} to (?:the )?most|(?:lowest|smallest|shortest|fewest|oldest|earliest|cheapest|least(?: \p{L}+)?)(?: \p{L}+){0,2}(?:,? (?:comes?|goes|is|are))? (?:first|at the top|on top)|by (?:increasing|rising|growing)|a ?(?:to|-|–|['’]?dan|['’]?den) ?z|` +
		`(?:älteste|kleinste|niedrigste|früheste|billigste|günstigste|kürzeste)\p{L}*(?: \p{L}+){0,3} (?:zuerst|oben|voran)|vom? (?:ältest|kleinst|niedrigst|alt|klein|niedrig)\p{L}* (?:zum|nach|bis) \p{L}+|` +
		`(?:les )?plus (?:ancien|petit|bas|court|vieux|vieill)\p{L}*(?: \p{L}+){0,2} (?:d['’]abord|en premier)|(?:más|mas|mais|più) (?:antig|baj|baix|barat|pequeñ|vecch|bass|cort)\p{L}*(?: \p{L}+){0,2} (?:primero|primeiro|prima|per prim[oaei])|` +
		`en (?:düşük|küçük|eski|az|ucuz|kısa)\p{L}*(?: \p{L}+){0,3} (?:önce|başta|ilk|üstte|başa|en üstte)|сначала (?:сам\p{L}+ )?(?:стар|меньш|дешев|ранн|мал)\p{L}*|от (?:сам\p{L}+ )?(?:меньш|низк|стар|дешев|ранн)\p{L}* к|` +
		`artan\p{L}*|(?:en )?(?:küçükten|düşükten|ucuzdan)|(?:en )?(?:azdan|kısadan|eskiden) (?:en )?(?:çoğa|fazlaya|uzuna|yeniye)|kronolojik|alfabetik|aufsteigend\p{L}*|oplopend|stigande|stigende|croissant\p{L}*|ascendente\p{L}*|ascendiente|creciente|crescente|(?:de|do|dal) (?:menor|minore)|du plus (?:petit|bas|ancien)|` +
		`rosnąc\p{L}*|vzestupně|növekvő|nouseva\p{L}*|(?:по )?(?:возрастани|зростанн)\p{L}*|تصاعدي\p{L}*)(?:$|[^\p{L}])|升序|昇順|[由从從](?:小到大|低到高|旧到新|舊到新|少到多|早到晚)|(?:小さい|低い|少ない|古い)順|오름차순`)
)

// direction reads which way a text wants things sorted: what it says nearest to the column's name. rest is the text without those words.
func direction(text, column string) (rest string, said, down bool) {
	var best []int
	name, distance := strings.ToLower(column), 0
	lower := strings.ToLower(text)
	near := func(at []int) int {
		if name == "" || len(lower) != len(text) {
			return at[0]
		}
		d := len(text)
		for from := 0; ; {
			i := strings.Index(lower[from:], name)
			if i < 0 {
				return d
			}
			from += i
			d = min(d, max(at[0]-from-len(name), from-at[1], 0))
			from += len(name)
		}
	}
	for _, dir := range []struct {
		words pattern
		down  bool
	}{{downward, true}, {upward, false}} {
		for _, at := range dir.words().FindAllStringIndex(text, -1) {
			if strings.Contains(strings.ToLower(text[at[0]:at[1]]), " the first") { // most of the first chapters
				continue
			}
			if d := near(at); !said || d < distance {
				best, said, down, distance = at, true, dir.down, d
			}
		}
	}
	if said {
		text = text[:best[0]] + " " + text[best[1]:]
	}
	words := slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		return slices.Contains([]string{"by", "in", "order", "first", "()", "(", ")", ",", "-", ":"}, strings.ToLower(w))
	})
	return strings.Join(words, " "), said, down
}

// sortRows sorts by a column: as dates, numbers or words of a ranking where more than half of what stands there is one, else as text. Cells that cannot be read so come last, empty
// ones after them, whichever the direction; equal ones keep their order. sure is false where they are what cannot be compared here.
func sortRows(rows [][]string, o ordering) (sure bool) {
	if o.column < 0 {
		return true
	}
	sure = true
	var values, dated []string
	for _, r := range rows {
		v := r[o.column]
		if isEmptyCell(v) {
			continue
		}
		values = append(values, v)
		if _, _, ok := dateIn(v); ok {
			dated = append(dated, v)
		}
	}
	dates, datesAgree := datesOf(dated)
	st := styleOf(values)
	st.times, _ = timesOf(values)
	numbers := map[string]quantity{}
	numeric, units, years, dotted := 0, map[string]bool{}, 0, 0
	for _, v := range values {
		if q, guessed, ok := parseQuantity(v, st); ok {
			if guessed && !currencies[q.unit] && strings.Contains(v, ".") {
				dotted++
			}
			numbers[v] = q
			units[strings.TrimSuffix(q.unit, "s")] = true
			numeric++
		}
		if aYear().MatchString(v) {
			years++
		}
	}
	plain := map[string]string{}
	for _, v := range values {
		plain[v] = letterKey(v)
	}
	compare := func(a, b string) int { return byNumbersToo(plain[a], plain[b]) }
	read := func(string) bool { return true }
	switch {
	case datesAgree && 2*len(dated) > len(values) && len(dated) >= numeric:
		compare = func(a, b string) int { return cmp.Compare(dates[a], dates[b]) }
		read = func(v string) bool { _, ok := dates[v]; return ok }
	case 2*numeric > len(values):
		compare = func(a, b string) int { return numbers[a].amount.Cmp(numbers[b].amount) }
		read = func(v string) bool { _, ok := numbers[v]; return ok }
		delete(units, "")
		sure = len(units) < 2 && (dotted == 0 || dotted == numeric) // 1.200 and 950
	default:
		if ranks, known := ranked(values, o.down); len(ranks) > 0 {
			compare, sure = func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) }, known
			read = func(v string) bool { return ranks[v] > 0 }
			break
		}
		sure = 2*years <= len(values)
	}
	rank := func(v string) int {
		switch {
		case isEmptyCell(v):
			return 2
		case !read(v):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(x, y []string) int {
		a, b := x[o.column], y[o.column]
		if c := cmp.Compare(rank(a), rank(b)); c != 0 || rank(a) > 0 {
			return c
		}
		if o.down {
			return compare(b, a)
		}
		return compare(a, b)
	})
	return sure
}

// aYear is what dates have in them.
var aYear = lazily(`(?:^|\PN)(?:19|20)\d\d(?:$|\PN)`)

// byNumbersToo compares texts by their letters, and numbers in them by what they are: version 1.9 before 1.10.
func byNumbersToo(a, b string) int {
	for a != "" && b != "" {
		x, y := digitsAt(a), digitsAt(b)
		if x == "" || y == "" {
			_, n := utf8.DecodeRuneInString(a)
			_, m := utf8.DecodeRuneInString(b)
			if c := strings.Compare(a[:n], b[:m]); c != 0 {
				return c
			}
			a, b = a[n:], b[m:]
			continue
		}
		p, q := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
			return c
		}
		a, b = a[len(x):], b[len(y):]
	}
	return cmp.Compare(len(a), len(b))
}

// digitsAt is the digits that a text begins with.
func digitsAt(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// isEmptyCell reports whether a cell holds nothing, or a mark or word for it.
func isEmptyCell(v string) bool {
	return strings.Trim(v, " \t\r\n-–—?") == "" || isNone(v)
}
