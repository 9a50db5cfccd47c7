package haikuplanner_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

type scen struct {
	name, task string
	n          int
	line       func(i int) string
	re         *regexp.Regexp // 1 key 2 value
	want       []string
	adv        string
}

func TestZZBlackbox(t *testing.T) {
	names := []string{"Ayşe", "Mehmet", "Şule", "İrfan"}
	for _, s := range []scen{
		{"tr csv sum", "Müşteri başına toplam tutarı hesapla.", 900, func(i int) string {
			return fmt.Sprintf("%d;%s;1.%03d,%02d TL;%02d.03.2024\n", i, names[i%4], i%1000, i%100, i%28+1)
		}, regexp.MustCompile(`(?m)^\d+;(\pL+);([\d.,]+ TL);.*$`), nil, "count"},
		{"identical log lines", "How many errors are there?", 900, func(i int) string {
			if i%3 == 0 {
				return "ERROR connection refused\n"
			}
			return "INFO all is well with the harbour and its ships today\n"
		}, regexp.MustCompile(`(?m)^(ERROR) connection refused()$`), []string{"Occurrences in the whole text: 300"}, "count"},
		{"zh novel count", "“林黛玉”这个名字出现了多少次？", 3000, func(i int) string {
			if i%5 == 0 {
				return "林黛玉看着窗外的雨，心里想着宝玉。"
			}
			return "院子里的花开了，风吹过竹林，没有人说话。"
		}, regexp.MustCompile(`(林黛玉)()`), []string{"Occurrences in the whole text: 600"}, "count"},
		{"ja amounts", "請求書の合計金額はいくらですか？", 900, func(i int) string {
			return fmt.Sprintf("請求書番号%d 株式会社%c 金額：%d,%03d円 支払期限：2024年%d月%d日\n", i, 'A'+i%5, i%9+1, i, i%12+1, i%28+1)
		}, regexp.MustCompile(`請求書番号\d+ (株式会社\pL) 金額：([\d,]+円)`), nil, "count"},
		{"de mails", "Wie viele Euro wurden je Absender insgesamt überwiesen?", 300, func(i int) string {
			return fmt.Sprintf("Von: %s@beispiel.de\nAn: kasse@beispiel.de\nBetreff: Überweisung %d\n\nGuten Tag,\n\nhiermit bestätige ich die Überweisung von %d.%03d,%02d €.\n\n> Am 3. Mai schrieb kasse@beispiel.de:\n> bitte überweisen\n\nMit freundlichen Grüßen\n%s\n\n", names[i%4], i, i%3+1, i, i%100, names[i%4])
		}, regexp.MustCompile(`Von: (\pL+)@beispiel.de(?s:.*?)Überweisung von ([\d.,]+ €)`), nil, "count"},
		{"hi", "कुल कितने ऑर्डर हैं?", 700, func(i int) string {
			return fmt.Sprintf("ऑर्डर %d: ग्राहक %s ने ₹1,2%d,%03d का भुगतान किया।\n", i, []string{"राम", "सीता"}[i%2], i%10, i)
		}, regexp.MustCompile(`ऑर्डर \d+: ग्राहक (\S+) ने (₹[\d,]+)`), []string{"Occurrences in the whole text: 700"}, "count"},
		{"durations", "What is the total duration per speaker?", 700, func(i int) string {
			return fmt.Sprintf("Talk %d by %s lasted %d:%02d:%02d and was well received by all who came.\n", i, names[i%4], i%3, i%60, i%60)
		}, regexp.MustCompile(`by (\pL+) lasted (\d+:\d\d:\d\d)`), nil, "count"},
		{"xml", "What is the highest price?", 700, func(i int) string {
			return fmt.Sprintf("  <item id=\"%d\">\n    <name>Part %c</name>\n    <price currency=\"EUR\">%d.%02d</price>\n  </item>\n", i, 'A'+i%7, i*37%701, i%100)
		}, regexp.MustCompile(`<name>(Part \pL)</name>\s*<price currency="EUR">([\d.]+)</price>`), nil, "count"},
		{"negatives", "What is the sum of all bookings?", 900, func(i int) string {
			return fmt.Sprintf("Booking %04d | account 8%03d | %s\n", i, i, []string{"1.250,00-", "350,50", "(20,00)", "-5,25"}[i%4])
		}, regexp.MustCompile(`(?m)^Booking \d+ \| account (\d)\d+ \| (\S+)$`), nil, "count"},
	} {
		for _, rules := range []bool{false, true} {
			var text strings.Builder
			for i := range s.n {
				text.WriteString(s.line(i))
			}
			adv := fmt.Sprintf(`{"instruction_paragraphs":[1],"operator":%q,"dependence":"none","confidence":0.95,"question":%q}`, s.adv, s.task)
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if isPlanner(c) {
					return upstreamtest.Reply{Text: adv}
				}
				if isFinal(c) {
					return upstreamtest.Reply{Text: "FINAL " + c.User}
				}
				i := strings.LastIndex(c.User, "<<<BEGIN ")
				if i < 0 {
					fmt.Println("NO PASSAGE", c.User[:200])
				}
				_, passage, _ := strings.Cut(c.User[i:], "\n")
				items := []map[string]any{}
				for _, m := range s.re.FindAllStringSubmatch(passage, -1) {
					items = append(items, map[string]any{"quote": m[0], "key": m[1], "value": m[2], "n": 1})
				}
				b, _ := json.Marshal(map[string]any{"items": items})
				return upstreamtest.Reply{Text: string(b)}
			})
			var opts []haikuplanner.Option
			if rules {
				opts = append(opts, haikuplanner.WithRules())
			}
			a := send(t, newPlanner(t, up, opts...), body("sonnet-4-x", nil, message{"user", s.task + "\n\n" + text.String()}))
			fmt.Printf("=== %s rules=%v status %d %s op %s\n", s.name, rules, a.Status, a.Header.Get("x-haiku-planner-reason"), a.Header.Get("x-haiku-planner-operator"))
			c := a.Content
			if i := strings.Index(c, "Occurrences in"); i >= 0 {
				c = c[i:]
			}
			if i := strings.Index(c, "Lowest"); i >= 0 {
				c = c[:i]
			}
			if i := strings.Index(c, "First occ"); i >= 0 {
				c = c[:i]
			}
			if i := strings.Index(c, "Numbers, highest"); i >= 0 {
				c = c[:i]
			}
			fmt.Printf("%.900s\n", c)
			for _, w := range s.want {
				if !strings.Contains(a.Content, w) {
					fmt.Println("!!!!! MISSING", w)
				}
			}
			// expected sums
			all := s.re.FindAllStringSubmatch(text.String(), -1)
			fmt.Println("expected n", len(all))
			if i := strings.Index(a.Content, "Unclear"); i >= 0 { fmt.Printf("%.150s\n", a.Content[i:]) }
		}
	}
}
