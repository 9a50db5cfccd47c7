package operator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSideOf(t *testing.T) {
	for want, tasks := range map[side][]string{
		atStart: {"When was the first error?", "Which pump failed first, and when?", "İlk hata hangi satırda?", "ilk hata hangi satırda", "İLK HATA NE ZAMAN?", "Hataların ilki ne zaman oldu?", "Wann war der erste Fehler?", "Quelle est la première erreur ?",
			"¿Cuál fue el primer error?", "Qual foi o primeiro erro?", "Qual è il primo errore?", "Когда была первая ошибка?", "متى كان أول خطأ؟", "第一次错误是什么时候？", "最初のエラーは？", "첫 오류는 언제?", "pierwszy błąd?",
			"Who filed the first error, by last name?"},
		atEnd: {"When was the last error?", "What was the suspect's final answer?", "Wann war der letzte Fehler?", "¿Cuándo fue el último error?", "Quand a eu lieu la dernière erreur ?", "Quand a eu lieu la dernie\u0300re erreur ?", "Когда была последняя ошибка?", "последний сбой?", "最后一次错误是什么时候？", "最後のエラーはいつですか？",
			"마지막 오류는 언제 발생했습니까?", "متى كان آخر خطأ؟", "Son hata ne zaman?", "Hataların sonuncusu hangi satırda?", "En son hata ne zaman alındı?", "SON HATA NEDİR?", "Log'de son hatayı göster", "Qual è l'ultimo errore?", "ostatni błąd?"},
		throughout: {"When did the third error happen?", "Which pump failed second?", "Was there a second error, and when?", "Which pump failed second, and when?", "Üçüncü hata hangi pompada?", "İKİNCİ hata nerede?", "3. hata hangi pompada?", "2'nci hata nerede?", "Sondan ikinci hata hangisi?",
			"Sondan bir önceki hata hangisi?", "Wann war der 3. Fehler?", "Der dritte Fehler?", "der vorletzte Fehler?", "the 2nd error?", "What was the penultimate error?", "What was the second-to-last error?", "Quelle est la troisième erreur ?", "l'avant-dernière erreur",
			"¿Cuál fue el segundo error?", "¿Y el penúltimo?", "Вторая ошибка?", "предпоследняя ошибка", "الخطأ الثالث", "第三个错误", "倒数第二个错误", "3番目のエラー", "세 번째 오류", "When were the first and the last error?", "What are the first three errors?", "Son 5 hata nedir?",
			"Die letzten drei Fehler?", "Son hata.", "Los primeros errores", "What was the last error before the restart?", "Kaçıncı pompa bozuldu?",
			"What is the earliest entry?", "What is the most recent error?", "Which contract is the oldest?", "Name the cheapest pump.", "Who sold most?", "Which is the least expensive one?", "The busiest port?", "The latest version?",
			"En eski sözleşme hangisi?", "en ucuz pompanin fiyati nedir", "EN PAHALI ürün hangisi?", "En verimli tesis neresi?", "Welcher Vertrag ist der älteste?", "Wer hat am meisten verkauft?", "die günstigste Pumpe", "Was ist der größte Hafen?",
			"Wat is het oudste contract?", "Vilket är det äldsta avtalet?", "Hvilken er den dyreste pumpe?", "Quel est le contrat le plus ancien ?", "Quelle est la meilleure offre ?", "¿Cuál es el contrato más antiguo?", "¿Quién vendió más?", "Qual é o maior porto?",
			"Qual è la pompa più economica?", "Care este cel mai vechi contract?", "Какой договор самый старый?", "крупнейший порт?", "Який договір найстаріший?", "Która umowa jest najstarsza?", "Která smlouva je nejstarší?", "Ποιο είναι το μεγαλύτερο λιμάνι;",
			"Melyik a legrégebbi szerződés?", "ما هو أقدم عقد؟", "قدیمی\u200cترین قرارداد کدام است؟", "מהו החוזה הישן ביותר?", "सबसे पुराना अनुबंध कौन सा है?", "Hợp đồng nào cũ nhất?", "Kontrak mana yang tertua?", "最早的合同是哪一份？", "最近一次错误是什么时候？",
			"最も古い契約はどれですか？", "가장 오래된 계약은?", "최근 오류는?", "What is the current delivery date?", "Güncel teslim tarihi nedir?", "Quelle est la date actuelle ?", "当前的交货日期是什么？", "สัญญาที่เก่าที่สุดคือฉบับใด"},
		anywhere: {"What is the vault code?", "1. Find the vault code.\n2. Say who kept it.", "How much water runs per second?", "Does it take 10 seconds or one second?", "What is her last name?", "Give the first and last name of the keeper.", "¿Cuáles son los puertos?", "Quel est son nom ?",
			"What is the name of the keeper's son?", "Name his son.", "Ils sont où, avec son frère", "Dónde son los puertos", "Ne sonuç çıktı, sonra ne oldu?", "What is the firstborn called?", "Wie heißt das Schiff erst?",
			"Find the request of the guest in the forest.", "Answer in at most three words: what is the code?", "En fazla 3 kelimeyle: şifre nedir?", "Найди номер договора", "¿Dónde está en España el puerto?", "Où est-il en France ?", "Wie hoch sind die Kosten laut Liste?",
			"Kde nejsou lodě?", "What did the honest priest suggest?"},
	} {
		for _, task := range tasks {
			if got := sideOf(task); got != want {
				t.Errorf("sideOf(%q) = %d, want %d", task, got, want)
			}
		}
	}
}

// Readers who are sure of each of many alike do not end the search at the wrong one.
func TestFindWhichOfMany(t *testing.T) {
	var b strings.Builder
	for i := range 900 {
		if i%90 == 45 {
			fmt.Fprintf(&b, "10:%02d ERROR pump %d failed in the harbour\n", i/60, i)
		}
		fmt.Fprintf(&b, "10:%02d INFO step %d done on node today\n", i/60, i)
	}
	failure := regexp.MustCompile(`ERROR pump (\d+) failed`)
	for question, want := range map[string][]string{
		"İlk hata hangi satırda?": {"45"}, "Wann war der erste Fehler im Hafen?": {"45"}, "最后一次错误是什么时候？": {"855"}, "Quand a eu lieu la dernière erreur ?": {"855"},
		"Quelle est la plus grande pompe en panne ?": {"45", "135", "225", "315", "405", "495", "585", "675", "765", "855"},
		"Which pump failed third?":                   {"45", "135", "225", "315", "405", "495", "585", "675", "765", "855"},
	} {
		in := textInput(question, b.String(), 2000)
		in.Advice = Advice{By: "planner", Confidence: 0.9}
		f := &fake{model: func(c Call) Reply {
			type found struct {
				Quote string `json:"quote"`
				Sure  bool   `json:"sure"`
			}
			items := []found{}
			for _, m := range failure.FindAllString(material(c.User.String()), -1) {
				items = append(items, found{m, true})
			}
			j, _ := json.Marshal(map[string]any{"items": items})
			return Reply{Text: string(j), Finish: "stop"}
		}}
		if err := run(t, "find", in, f); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range failure.FindAllStringSubmatch(f.answers[0].Insert, -1) {
			got = append(got, m[1])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", question, d)
		}
	}
}
