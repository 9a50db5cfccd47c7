package advice

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

// Rules decides without a model: the operator by the words of the instruction alone (English and Turkish; the usual verbs of German, French, Spanish, Russian,
// Arabic, Hindi, Chinese, Japanese and Korean), the instruction paragraphs by how they look. Its confidence never reaches a sure planner's.
//
// On testdata/instructions.tsv it was right for 117 of 131 (89.3 %) instructions that were written after the lexicon and never used to change it. On sets of other
// styles (terse, mistyped, in several sentences, with code), each measured once when it was written and before the lexicon was mended: 44 of 61 (held2.tsv, 72 %),
// 47 of 64 (held3.tsv, 73 %), 40 of 59 (held4.tsv, 68 %). On sets by authors who had not seen the rules: 77 of 120 (held5.tsv, 64 %), and after the mending that
// followed 93 of 120 (held6.tsv, 78 %: English 87, Turkish 68), and again 84 of 100 (held7.tsv, 84 %: English 88, Turkish 80), which no rule was changed for. On a
// set in ten languages by a tester who had read the rules: 144 of 218 (held8.tsv, 66 %: English 78, Turkish 81, the others 54); the mending that followed saw it, so
// its 218 now say little, while held7.tsv stays at 84. On one of short tasks in 22 languages by such a tester: 107 of 158 (held9.tsv, 68 %) before
// the mending, and again 77 of 128 (held10.tsv, 60 %). On one in Korean and Hindi, where it had few words: 25 of 63 (held11.tsv, 40 %), and 20 of 28 written after
// the mending. What it misses it mostly takes for answer, which reads everything.
// go test -v -run Labelled prints what it is right for now.
func Rules(q Question) Decided {
	d := Decided{Kept: keptByRules(q), Guessed: true}
	d.Advice = operator.Advice{By: "rules", Order: "source", Conflict: "both"}
	a := &d.Advice

	text := instructionText(q, d.Kept)
	var speak []int
	speak, d.Task = speakers(q, d.Kept)
	verdict := choose(instructionText(q, speak), q)
	if verdict.op == "" {
		verdict = choose(text, q)
	}
	if verdict.op == "" && q.System != "" {
		// "You are a translator": some programs put the whole task into the system text and only material into the user's turn.
		verdict = choose(q.System, q)
	}
	d.Wanted, a.Confidence = verdict.op, verdict.confidence
	long := Long(text)
	a.Words = long.Words

	switch {
	case !q.HasMaterial && long.Wanted:
		d.Wanted = "compose"
	case !q.HasMaterial && (d.Wanted == "continue" || d.Wanted == "compose" && q.MaxTokens > 0):
	case !q.HasMaterial:
		d.Wanted = "direct"
	case d.Wanted == "":
		d.Wanted, a.Confidence = "answer", 0.5
	}
	if q.HasMaterial && q.History {
		d.Wanted = inHistory(text, d.Wanted)
	}
	a.Dependence = row(d.Wanted).dependence
	if d.Wanted == "direct" && q.HasMaterial {
		a.Dependence = "global"
	}
	switch all := clauses(fold(text)); {
	case d.Wanted == "transform" && ordering.in(all):
		a.Dependence = "order"
	case d.Wanted == "extract":
		var repeats bool
		if a.Distinct, repeats = distinct(text); repeats && !a.Distinct {
			a.Dependence, a.Repeats = "global", byRepeats(text)
		}
	}
	return settle(q, d)
}

// instructionText is what the rules read: instruction and kept paragraphs, bounded at both ends, since a task is stated at the start or at the end.
func instructionText(q Question, kept []int) string {
	var b strings.Builder
	b.WriteString(unwrapped(q.Instruction))
	for _, p := range paragraphs(q) {
		if slices.Contains(kept, p.Number) {
			b.WriteString("\n")
			b.WriteString(unwrapped(p.Text))
		}
	}
	return cut(b.String(), 6000)
}

type verdict struct {
	op         string
	confidence float64
}

// order settles equal scores: the narrower reading first, since the wider one would lose numbers, order or text.
var order = []string{"direct", "carry", "transform", "edit", "count", "extract", "summarize", "find", "compose", "continue", "answer"}

// choose scores the operators. An operator's score is its best match and half a point for each further pattern of its own, at most two points.
func choose(text string, q Question) verdict {
	scores := score(text)
	if q.HasMaterial {
		delete(scores, "compose") // "write a report" about material is reading first
		if len(scores) > 1 {
			delete(scores, "continue")
		}
		if n := len(scores); asksAbout(text) {
			delete(scores, "transform")
			delete(scores, "edit")
			if len(scores) == 0 && n > 0 {
				return verdict{"answer", 0.5}
			}
		}
	}
	names := make([]string, 0, len(scores))
	for _, name := range order {
		if scores[name] > 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return verdict{}
	}
	sort.SliceStable(names, func(i, j int) bool { return scores[names[i]] > scores[names[j]] })
	margin := scores[names[0]]
	if len(names) > 1 {
		margin -= scores[names[1]]
	}
	return verdict{names[0], min(0.85, 0.5+0.07*margin)}
}

// score says how much a text sounds like each operator.
func score(text string) map[string]float64 { return scoreBy(patterns(), text) }

func scoreBy(x *index, text string) map[string]float64 {
	folded := fold(text)
	all := clauses(folded)
	turkish := isTurkish(text, all)
	best, more, minus := map[string]float64{}, map[string]float64{}, map[string]float64{}
	seen := make([]bool, len(x.all))
	for _, c := range all {
		until := asked(c)
		x.hits(c, func(k, at int) bool {
			p := &x.all[k]
			if seen[k] || p.lang == "tr" && !turkish || at >= until {
				return true
			}
			seen[k] = true
			w := float64(p.weight)
			if w < 0 {
				minus[p.op] = min(minus[p.op], w)
				return true
			}
			if p.start {
				w++ // the clause's own verb
			}
			if best[p.op] > 0 {
				more[p.op] = min(2, more[p.op]+0.5)
			}
			best[p.op] = max(best[p.op], w)
			return true
		})
	}
	padded := strings.Join(strings.Fields(" x "+strings.NewReplacer("?", " ", ".", " ", "।", " ", ",", " ").Replace(folded)+" x "), " ")
	for _, l := range spaceless {
		if containsAny(padded, l.parts) {
			best[l.op] = max(best[l.op], l.weight)
		}
	}
	for op := range best {
		best[op] += more[op] + minus[op]
	}
	return best
}

// asked is how many of a clause's words say what is asked; those behind say what is not ("don't summarise", "ozet istemiyorum").
func asked(c []string) int {
	if last := c[len(c)-1]; unwanted[last] {
		return 0
	}
	for i, w := range c[:len(c)-1] {
		next := c[i+1]
		switch {
		case w == "don" && next == "t" && i+2 < len(c) && !aware[c[i+2]], (w == "dont" || w == "never") && !aware[next], (w == "do" || w == "please") && next == "not" && (i+2 >= len(c) || !aware[c[i+2]]),
			w == "without", w == "avoid", w == "rather" && next == "than", w == "instead" && next == "of", (w == "no" || w == "not") && i == opening(c):
			return i
		}
	}
	return len(c)
}

// unwanted ends a Turkish clause that says what is not wanted; aware follows a "don't" that says so of nothing.
var (
	unwanted = set("istemiyorum istemem istemiyoruz istemez olmasin gerekmez gerekmiyor yok degil yapma yapmayin yazma yazmayin etme etmeyin ekleme eklemeyin ozetleme kisaltma cevirme silme bozma " +
		"degistirme degistirmeyin dokunma dokunmayin yorumlama atlama atlamayin")
	aware = set("know understand have see think care remember get find need mind trust believe like")
)

// spaceless are parts of words of languages written without spaces, or whose vowel signs divide words here; folded. "_" is the space between two words.
var spaceless = []struct {
	op     string
	weight float64
	parts  []string
}{
	{"carry", 8, parts("余额 余額 残高 残額 잔액")},
	{"transform", 8, parts("改得 改成 错别字 錯別字 直して 删除所有 删掉所有 をすべて削除 삭제해")},
	{"count", 6, parts("加起来 加起來 足して 더해 一番売れ 最も売れ 가장_많 가장_적 가장_자주 가장_높 가장_낮 건수 개수 인원수 합계 계산 세어 _수를_ गणना गिन _जोड़_ _योग_ की_संख्या सबसे_ज़्यादा सबसे_अधिक सबसे_कम")},
	{"summarize", 6, parts("정리해 핵심 संक्षेप मुख्य_बात मुख्य_बिंदु _सार_")},
	{"edit", 8, parts("リネーム")},
	{"extract", 6, parts("表にして 표로 哪些 登場しますか 등장하")},
	{"count", 6, parts("多少 几个 幾個 统计 統計 平均 总数 总金额 總金額 いくつ 何人 何件 何回 合計 数えて 몇 얼마 कितन औसत เท่าไร")},
	{"count", 5, parts("最多 最少 排序 並べ替え 정렬 순으로 최고 최저 비율 퍼센트 _कुल_ प्रतिशत के_क्रम_में")},
	{"summarize", 6, parts("总结 總結 摘要 概括 要約 まとめ 요약 सारांश สรุป")},
	{"transform", 7, parts("翻译 翻譯 翻訳 英訳 和訳 改写 改寫 书き直 書き直 替换 替換 置き換え 转换 轉換 変換 改正 修正 小写 大写 번역 고쳐 바꿔 가려 अनुवाद 수정해 छिपा सरल_कर में_बदल वर्तनी फिर_से_लिख औपचारिक_भाषा ठीक_कर แปล")},
	{"edit", 8, parts("バグを修正 修复 添加 追加して 重命名")},
	{"extract", 6, parts("列出 找出 提取 抽出 一覧 リストアップ 列挙 列举 列舉 抜き出 挙げて 추출 목록 나열 सूची")},
	{"extract", 7, parts("json으로 json_형식 csv로 표로_정리 json_में csv_में")},
	{"extract", 6, parts("뽑아 골라내 골라_내 명단 내보내 모두_적어 전부_적어 모두_찾아 전부_찾아 निकाल तालिका छाँट कौन_कौन कौन-कौन")},
	{"extract", 5, parts("언급되 나오는 _किन_ उल्लिखित")},
	{"extract", 4, parts("सभी _सारे_ _सारी_ _सब_ 모든 모두 전부")},
	{"find", 5, parts("什么时候 哪里 谁 いつ どこ 誰 언제 누가 누구인 누구입 어디에 어디서 번호가 번호는 무엇입니까 무엇인가요 뭔가요 뭐야 가장_오래된 가장_최근 किसने _कब_ कहाँ कौन_है_ संख्या_क्या नंबर_क्या तारीख_क्या सबसे_पुरान सबसे_नय")},
	{"answer", 6, parts("차이점 차이는 अंतर_क्या")},
	{"answer", 7, parts("为什么 為什麼 なぜ 왜 क्यों")},
	{"answer", 4, parts("如何 分析 解释 説明 분석 비교 विश्लेषण तुलना")},
}

func parts(words string) []string {
	list := strings.Fields(fold(words))
	for i, w := range list {
		list[i] = strings.ReplaceAll(w, "_", " ")
	}
	return list
}

// isTurkish looks for letters that only Turkish has here, and for small Turkish words.
func isTurkish(text string, all [][]string) bool {
	if strings.ContainsAny(text, "ışğİŞĞ") {
		return true
	}
	for _, c := range all {
		for _, w := range c {
			if turkishWords[w] {
				return true
			}
		}
	}
	return false
}

var turkishWords = set(`bu su ve ile icin bir mi mu kac tane ne nedir metin metni metinde metindeki dosya dosyada belge belgede asagidaki yukaridaki
	lutfen bana tum butun her hangi kadar gore olan olarak var yok icinde icindeki raporda rapor raporu satir kelime cumle`)

// inHistory is the operator for a conversation. What the last turn calls "this" or "that" is most often the latest answer alone, and Answer keeps the
// latest turns at hand; the others are right only when the turn says that it means the conversation.
func inHistory(text, op string) string {
	switch op {
	case "summarize", "find", "extract", "count", "carry":
		if anyWord(clauses(fold(text)), conversation) {
			return op
		}
	}
	return "answer"
}

var conversation = compile("", 0, "", "conversation|chat|discussion|discussed|talked|thread|messages|history|session|far|earlier|konusma*|sohbet*|gorusme*|mesaj*|yazisma*|konustu*|gesprach*|unterhaltung|conversacion|discussion").words[0]

// ordering makes a task one for a whole text: where a line stands in it.
var ordering = phrases("^number|renumber|reverse ; reverse|opposite order ; numaralandir~ ; numarala~ ; ters sirayla|siraya ; nummerier* ; numerot* ; пронумер*")

// cut bounds text by taking out its middle, at rune boundaries.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const mark = " […] "
	room := max(0, limit-len(mark))
	head := room * 3 / 5
	tail := len(s) - (room - head)
	for head > 0 && !utf8.RuneStart(s[head]) {
		head--
	}
	for tail < len(s) && !utf8.RuneStart(s[tail]) {
		tail++
	}
	return s[:head] + mark + s[tail:]
}
