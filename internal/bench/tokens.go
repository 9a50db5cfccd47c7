package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// languages are words of other scripts: with blanks between them, or without.
var languages = []struct{ name, between, words string }{
	{"Turkish", " ", "söndüğünde çocuklar bahçede oynuyordu öğretmenin kitapları okuyamadılar ağaçların gölgesinde beklediler çünkü yağmur başlamıştı ve herkes evine döndü bir de için"},
	{"Russian", " ", "в начале года правительство объявило о новых мерах поддержки и развития которые должны были начаться уже весной но работа ещё не закончена"},
	{"Arabic", " ", "في بداية العام أعلنت الحكومة عن إجراءات جديدة من أجل دعم التعليم التي يجب أن تبدأ هذا الربيع ولكن العمل لم ينته بعد"},
	{"Hindi", " ", "सरकार ने इस वर्ष नई योजनाओं की घोषणा की है जो शिक्षा के विकास के लिए बहुत महत्वपूर्ण हैं और काम अभी पूरा नहीं हुआ"},
	{"Korean", " ", "정부는 올해 초에 새로운 지원 정책을 발표했고 교육과 개발을 위한 사업은 봄부터 시작될 예정이지만 아직 작업이 끝나지 않았다"},
	{"Thai", "", "รัฐบาล ได้ ประกาศ มาตรการ ใหม่ เพื่อ สนับสนุน การศึกษา และ การพัฒนา ซึ่ง จะ เริ่ม ใน ฤดูใบไม้ผลิ แต่ งาน ยัง ไม่ เสร็จ"},
}

// countTokens measures the counter alone.
func countTokens(e *env, w io.Writer) error {
	all := e.kinds(1 << 20)
	r := rand.New(rand.NewPCG(26, 27))
	for _, l := range languages {
		words := strings.Fields(l.words)
		var b strings.Builder
		for b.Len() < 1<<20 {
			for n := 4 + r.IntN(16); n > 0; n-- {
				b.WriteString(words[r.IntN(len(words))] + l.between)
			}
			b.WriteString(".\n")
		}
		all = append(all, kind{name: l.name, text: b.String()})
	}
	t := table{head: []string{"1 MB of", "o200k_base", "cl100k_base", "more than 8,000 tokens? (quartiles)", "16 KB of it, new: more than 8,000?"}}
	for _, k := range all {
		row := []string{k.name}
		for _, enc := range []*tokens.Encoding{tokens.O200K(), tokens.CL100K()} {
			var speed []float64
			for range e.times(7) {
				began := ownCPU()
				enc.Count(k.text)
				speed = append(speed, float64(len(k.text))/1e6/(ownCPU()-began).Seconds())
			}
			row = append(row, fmt.Sprintf("%.0f MB/s", median(speed)))
		}
		var over, small []float64
		for i := range e.times(40) {
			began := ownCPU()
			if n := tokens.O200K().CountUpTo(k.text[:1_000_000], 8000); n <= 8000 {
				return fmt.Errorf("%s: %d tokens", k.name, n)
			}
			over = append(over, float64(ownCPU()-began))
			at := i * 16 << 10 % (len(k.text) - 16<<10)
			began = ownCPU()
			tokens.O200K().CountOutside(k.text[at:at+16<<10], 8000, 8000)
			small = append(small, float64(ownCPU()-began))
		}
		t.add(append(row, fmt.Sprintf("**%s** (%s–%s)", micros(median(over)), micros(quantile(over, 0.25)), micros(quantile(over, 0.75))), "**"+micros(median(small))+"**")...)
	}
	t.write(w)
	fmt.Fprintln(w, "CPU time. What takes long for 16 KB has many tokens in them, or few letters of ASCII, which alone are known to be fewer tokens than bytes.")
	return nil
}
