package advice

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/operator"
)

type labelled struct {
	half, language, material string
	right                    []string
	instruction              string
}

func (l labelled) question() Question {
	q := Question{Instruction: l.instruction, PromptTokens: 20_000, HasMaterial: l.material != "none", History: l.material == "chat"}
	if !q.HasMaterial {
		q.PromptTokens = 40
	}
	if l.instruction == "-" {
		q.Instruction = ""
	}
	return q
}

// What is advised is what there is, in the order in which the planner is shown it.
func TestKindsAreOperators(t *testing.T) {
	var have, want []string
	for _, k := range kinds {
		have = append(have, k.name)
	}
	for _, op := range operator.Table {
		want = append(want, op.Name())
	}
	if !slices.Equal(have, want) {
		t.Errorf("kinds %v, operators %v", have, want)
	}
}

func readInstructions(t *testing.T, name string) []labelled {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelled
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") || s.Text() == "" {
			continue
		}
		c := strings.Split(s.Text(), "\t")
		if len(c) != 5 {
			t.Fatalf("%d columns: %s", len(c), s.Text())
		}
		for _, op := range strings.Split(c[3], "|") {
			if row(op) == nil {
				t.Fatalf("no operator %q: %s", op, s.Text())
			}
		}
		all = append(all, labelled{c[0], c[1], c[2], strings.Split(c[3], "|"), c[4]})
	}
	return all
}

// The labelled set: "tune" was seen while the rules were written, "held" was written after they were fixed. "held2" to "held11" are of other styles and authors,
// each measured when it was written: see Rules.
func TestRulesOnLabelledInstructions(t *testing.T) {
	type tally struct{ right, n int }
	sums := map[string]*tally{}
	var all []labelled
	for _, name := range []string{"instructions.tsv", "held2.tsv", "held3.tsv", "held4.tsv", "held5.tsv", "held6.tsv", "held7.tsv", "held8.tsv", "held9.tsv", "held10.tsv", "held11.tsv"} {
		all = append(all, readInstructions(t, name)...)
	}
	for _, l := range all {
		got := Rules(l.question()).Wanted
		ok := slices.Contains(l.right, got)
		for _, key := range []string{l.half, l.half + " " + l.language} {
			if sums[key] == nil {
				sums[key] = &tally{}
			}
			sums[key].n++
			if ok {
				sums[key].right++
			}
		}
		if !ok {
			t.Logf("%s %s: %s instead of %v: %s  %v", l.half, l.material, got, l.right, l.instruction, score(l.instruction))
		}
	}
	var keys []string
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		t.Logf("%-10s %3d of %3d right (%.1f %%)", k, sums[k].right, sums[k].n, 100*float64(sums[k].right)/float64(sums[k].n))
	}
	for _, half := range []string{"tune", "held"} {
		s := sums[half]
		if s == nil || s.n < 100 {
			t.Errorf("%s: fewer than 100 instructions", half)
		} else if s.right*100 < s.n*80 {
			t.Errorf("%s: %d of %d right, under 80 %%", half, s.right, s.n)
		}
	}
	for half, first := range map[string]int{"held2": 44, "held3": 47, "held4": 40, "held5": 77, "held6": 93, "held7": 84, "held8": 144, "held9": 107, "held10": 77, "held11": 25} {
		if s := sums[half]; s == nil || s.right < first {
			t.Errorf("%s: worse than when it was written, which was %d right: %+v", half, first, s)
		}
	}
}

func TestRulesSettle(t *testing.T) {
	for _, c := range []struct {
		instruction string
		op          string
		decomposes  bool
	}{
		{"How many errors are there?", "count", true},
		{"Summarize it.", "summarize", true},
		{"Bu metni İngilizceye çevir.", "transform", true},
		{"Refactor the module and return the whole file.", "edit", true},
		{"Compare each pair of essays.", "direct", false},
		{"Warum stimmt die Summe auf Seite 3 nicht?", "answer", true},
		{"为什么总金额不对？", "answer", true},
		{"", "answer", true},
	} {
		d := Rules(Question{Instruction: c.instruction, HasMaterial: true})
		if d.Advice.Operator != c.op || d.Decomposes != c.decomposes || d.Advice.By != "rules" || d.Advice.Dependence == "" {
			t.Errorf("%q: %+v", c.instruction, d)
		}
	}
}

// What depends on where a line stands, or on whether another says the same, is no task for pieces.
func TestRulesLeaveWhole(t *testing.T) {
	for instruction, whole := range map[string]bool{
		"Number the lines, starting at 1.":                             true,
		"Reverse the order of the lines.":                              true,
		"Satırları numaralandır.":                                      true,
		"Translate the text and keep the numbers.":                     false,
		"Replace every phone number with X.":                           false,
		"Remove duplicates from this list and give me unique entries.": false,
		"List the duplicate entries.":                                  true,
		"List all IPs that appear more than once.":                     true,
		"List all distinct customers who ordered at least 3 times.":    true,
		"Birden fazla kez geçen isimleri listele.":                     true,
		"Liste alle IPs auf, die mehr als einmal vorkommen.":           true,
		"List all distinct names, at least the last ones.":             false,
		"Deduplicate the list.":                                        true,
		"Tekrar eden satırları sil.":                                   true,
		"List all names.":                                              false,
	} {
		if d := Rules(Question{Instruction: instruction, HasMaterial: true}); d.Decomposes == whole {
			t.Errorf("%q: %+v", instruction, d)
		}
	}
}

// Which lists want what comes again once only.
func TestDistinct(t *testing.T) {
	for want, tasks := range map[bool][]string{
		true: {"List all distinct email addresses.", "List every email address, each once.", "Extract all IPs without duplicates.", "Pull out all URLs. No duplicates!", "List the names; don't repeat any.", "List all cities mentioned, and remove duplicates.",
			"List each person only once.", "Give each address once and sort them.", "List all the different cities.", "Benzersiz tüm e-posta adreslerini listele.", "Tüm şehirleri listele, her birini bir kez yaz.", "Tüm isimleri tekrarsız listele.", "Tüm isimleri listele. Tekrar edenleri çıkar.",
			"Liste alle E-Mail-Adressen ohne Duplikate auf.", "Liste jeden Namen nur einmal auf.", "Liste toutes les villes sans doublons.", "Liste les adresses uniques.", "Enumera todas las ciudades sin repetir.", "Lista los correos únicos.", "Liste todas as cidades, sem repetições.",
			"Elenca tutte le città senza ripetizioni.", "Перечисли все уникальные адреса.", "Перечисли города без повторов.", "列出所有邮箱，去重", "メールアドレスを重複なしで一覧にして", "이메일을 중복 없이 나열해", "Noem alle unieke namen.",
			"List every customer once.", "Show each city once, sorted.", "Name each supplier only once.", "Chaque nom une seule fois.", "Cada nombre una sola vez.", "Her ismi bir kez yaz.", "Каждое имя один раз.", "Which error codes occur?", "List all cities mentioned in the text.", "Hangi şehirler geçiyor?", "列出所有不同的客户"},
		false: {"List all email addresses.", "List all email addresses, duplicates included.", "List every address. Keep duplicates.", "List all names; do not remove duplicates.", "List the duplicate entries.", "List all IPs that appear only once.", "List every job that runs once a day.", "List each payment made once the contract was signed.",
			"List all distinct IPs and how often each appears.", "Tekrar eden kayıtları listele.", "Deduplicate the list.", "Liste alle Namen auf.", "Elenca le porte ogni volta che vengono aperte.", "Tüm isimleri listele.",
			"List every fee that is due once.", "List every fee due once", "List each payment made once and each made twice.", "List each customer and the products they bought once", "List every person mentioned once.", "Liste jede einmal anfallende Gebühr auf.", "Her ay bir kez ödenen ücretleri listele.",
			"Cada pago realizado una vez.", "Liste chaque paiement effectué une seule fois.", "Every month once", "List all errors without repeating the stack trace."},
	} {
		for _, task := range tasks {
			if got, _ := distinct(task); got != want {
				t.Errorf("%q: %v", task, got)
			}
		}
	}
	const reply = `{"instruction_paragraphs":[],"operator":"extract","dependence":"none","confidence":0.9%s}`
	for field, want := range map[string]bool{"": true, `,"distinct":true`: true, `,"distinct":false`: false} {
		d, err := Parse(strings.Replace(reply, "%s", field, 1), Question{Instruction: "List all distinct names.", HasMaterial: true})
		if err != nil || d.Advice.Distinct != want {
			t.Errorf("a planner that says %q: %v, %v", field, d.Advice.Distinct, err)
		}
	}
}

// A question about a text, its translation or its code is no wish to have it rewritten.
func TestRulesAskAbout(t *testing.T) {
	for rewrites, tasks := range map[bool][]string{
		false: {"Is the translation in the right column correct?", "How good is this translation?", "Should I rename the function parse_date?", "How long would it take to port this to Go?", "Sorry, which personal data would have to be redacted here?", "Ist die Übersetzung korrekt?",
			"¿Qué opinas de la traducción?", "Çeviri doğru mu?", "Hangi kişisel veriler maskelenmeli?", "这段翻译准确吗？", "هل الترجمة صحيحة؟"},
		true: {"Can you translate this into German?", "Is it possible to translate this into German?", "What is the French translation of this text?", "Is this German? Translate it into English.", "How about translating it into plain English?", "Kannst du das ins Deutsche übersetzen?",
			"Est-ce que tu peux traduire ce texte en anglais ?", "¿Es posible traducir esto al inglés?", "Bunu Almancaya çevirir misin?", "Bunu Almancaya çevirmek mümkün mü?", "你能翻译一下吗？", "この文章を英語に翻訳してもらえますか？"},
	} {
		for _, task := range tasks {
			d := Rules(Question{Instruction: task, HasMaterial: true})
			if got := d.Wanted == "transform" || d.Wanted == "edit"; got != rewrites {
				t.Errorf("%q: %s", task, d.Wanted)
			}
		}
	}
}

// The task may stand in the system text alone.
func TestRulesReadTheSystemText(t *testing.T) {
	q := Question{System: "You are a translator. Translate every message into German.", Instruction: "Der Hund. Die Katze.", HasMaterial: true}
	if d := Rules(q); d.Wanted != "transform" {
		t.Errorf("wanted %s", d.Wanted)
	}
}

func TestLong(t *testing.T) {
	for instruction, want := range map[string]Output{
		"Write a 10,000-word story":                       {10000, true},
		"10.000 kelimelik bir kitap yaz":                  {10000, true},
		"on bin kelimelik bir roman yaz":                  {10000, true},
		"20 sayfalık rapor hazırla":                       {6000, true},
		"a 20-page report":                                {6000, true},
		"an essay of 5k words":                            {5000, true},
		"Summarize in 200 words":                          {200, false},
		"two hundred pages":                               {60000, true},
		"one hundred and fifty pages":                     {45000, true},
		"twenty five pages":                               {7500, true},
		"yirmi beş bin kelimelik roman":                   {25000, true},
		"10,000 worth of goods in two orders":             {0, false},
		"写一篇一万字的小说":                                       {10000, true},
		"两万五千字":                                           {25000, true},
		"一篇万字长文":                                          {10000, true},
		"1.5万字":                                           {15000, true},
		"20章の小説を書いて":                                      {20000, true},
		"总结第三章":                                           {0, false},
		"写100字":                                           {100, false},
		"1만 자 분량의 소설":                                     {3333, true},
		"zehntausend Wörter":                              {10000, true},
		"un roman de 10 000 mots":                         {10000, true},
		"un roman de dix mille mots":                      {10000, true},
		"una novela de diez mil palabras":                 {10000, true},
		"un libro di 20 capitoli":                         {20000, true},
		"роман на десять тысяч слов":                      {10000, true},
		"رواية من عشرة آلاف كلمة":                         {10000, true},
		"10000 शब्दों की कहानी":                           {10000, true},
		"create a REST API with authentication and tests": {0, true},
		"What is the capital of France?":                  {0, false},
		"Write 99999999999999999999 words":                {0, true},
		"9,999,999 words about nothing":                   {maxWords, true},
		"":                                                {0, false},
	} {
		if got := Long(instruction); got != want {
			t.Errorf("%q: %+v, want %+v", instruction, got, want)
		}
	}
}

func TestTurkishEndings(t *testing.T) {
	p := compile("", 0, "", "ozetle~").words[0]
	for _, w := range strings.Fields("özetle özetler özetleyin özetleyiniz özetleyip özetlemek özetlemeni özetleyebilir özetlesene özetlenmesini ÖZETLE Özetleyiver") {
		if !p.match(fold(w)) {
			t.Errorf("%s is not read as özetle", w)
		}
	}
	b := compile("", 0, "", "bul~").words[0]
	for _, w := range strings.Fields("bulk bulletin bulgu bulut bulvar") {
		if b.match(w) {
			t.Errorf("%s is read as bul", w)
		}
	}
}

// Every pattern of the lexicon can match: it begins and ends with a word, is folded, and names no unknown language.
func TestLexiconIsWellFormed(t *testing.T) {
	for _, p := range patterns().all {
		if len(p.words) == 0 || p.words[0].gap || p.words[len(p.words)-1].gap || p.lang != "" && p.lang != "tr" || fold(p.written) != p.written || p.weight == 0 {
			t.Errorf("%s: %q", p.op, p.written)
		}
		for _, w := range p.words {
			for _, a := range w.alts {
				if strings.Trim(a.text, "abcdefghijklmnopqrstuvwxyz0123456789") != "" && a.text[0] < 0x80 {
					t.Errorf("%s: %q can never match a word", p.op, a.text)
				}
			}
		}
	}
}

// A planner's list of what comes more than once is none of all there is.
func TestRepeats(t *testing.T) {
	for task, want := range map[string]bool{"List all names that appear more than once.": true, "List all names once.": false, "List all names.": false, "List the names and remove duplicates.": false, "Deduplicate the list.": false, "List all distinct names and how often each appears.": true, "Birden fazla kez geçen isimleri listele.": true} {
		d, err := Parse(`{"instruction_paragraphs":[],"operator":"extract","dependence":"none","confidence":0.9,"question":"Which names?","distinct":true}`, Question{Instruction: task, HasMaterial: true})
		if err != nil || d.Advice.Repeats != want || want && d.Advice.Distinct {
			t.Errorf("%s: %+v, %v", task, d.Advice, err)
		}
	}
}
