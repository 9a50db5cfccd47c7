package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A kind is a text of one kind, about a megabyte, always the same.
type kind struct {
	name  string
	text  string
	lines bool // has lines, so that cuts should stand at their ends
}

// kinds are made of words as often as a language has them, so that no two passages are the same; English is the novel.
func (e *env) kinds(size int) []kind {
	r := rand.New(rand.NewPCG(21, 22))
	latin := strings.Fields(`time year people way day man thing woman life child world school state family student group country problem hand part place case
		week company system program question work government number night point home water room mother area money story fact month lot right study book eye job
		word business issue side kind head house service friend father power hour game line end member law car city community name president team minute idea`)
	chinese := strings.Split("的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事", "")
	japanese := strings.Fields("は が を に の で と も した して いる から まで です ます 私 人 日 本 年 学校 会社 今日 時間 問題 世界 東京 サービス システム データ テスト 新しい 大きい 思う 言う 見る")
	pick := func(words []string, lo, hi int, sep string) string {
		out := make([]string, lo+r.IntN(hi-lo+1))
		for i := range out {
			out[i] = words[min(int(r.ExpFloat64()*float64(len(words))/4), len(words)-1)]
		}
		return strings.Join(out, sep)
	}
	until := func(piece func(b *strings.Builder)) string {
		var b strings.Builder
		for b.Len() < size {
			piece(&b)
		}
		return b.String()
	}
	sentence := func() string { s := pick(latin, 5, 20, " "); return strings.ToUpper(s[:1]) + s[1:] + "." }
	items := func(sep string) string {
		return "[" + strings.TrimSuffix(until(func(b *strings.Builder) {
			fmt.Fprintf(b, `{"id":%d,%s"name":"%s",%s"notes":"%s",%s"size":%d},%s`, r.IntN(1e6), sep, pick(latin, 1, 2, " "), sep, pick(latin, 3, 30, " "), sep, r.IntN(1e4), sep)
		}), ","+sep) + "]"
	}
	eastern := func(words []string) string {
		return until(func(b *strings.Builder) {
			for n := 1 + r.IntN(8); n > 0; n-- {
				b.WriteString(pick(words, 5, 30, "") + "。")
			}
			b.WriteString("\n")
		})
	}
	return []kind{
		{"English", e.text(size, 0), true},
		{"Markdown", until(func(b *strings.Builder) {
			fmt.Fprintf(b, "%s %s\n\n", strings.Repeat("#", 1+r.IntN(4)), pick(latin, 1, 4, " "))
			for n := r.IntN(6); n >= 0; n-- {
				switch r.IntN(5) {
				case 0:
					fmt.Fprintf(b, "```sh\n%s\n\n# %s\n```\n\n", pick(latin, 3, 40, "\n"), pick(latin, 1, 3, " "))
				case 1:
					fmt.Fprintf(b, "- %s\n- %s\n\n", sentence(), sentence())
				default:
					fmt.Fprintf(b, "%s %s %s\n\n", sentence(), sentence(), sentence())
				}
			}
		}), true},
		{"Go", goCode(size), true},
		{"Chinese", eastern(chinese), true},
		{"Japanese", eastern(japanese), true},
		{"JSON", items("\n  "), true},
		{"JSON, minified", items(""), false},
		{"CSV", "id,name,notes,size\n" + until(func(b *strings.Builder) {
			fmt.Fprintf(b, "%d,%s,\"%s\",%d\n", r.IntN(1e6), pick(latin, 1, 2, " "), pick(latin, 2, 12, " "), r.IntN(1e4))
		}), true},
		{"logs", logs(size), true},
	}
}

// edited inserts n lines anywhere, each a copy of another one with a word in it.
func (k kind) edited(n int, r *rand.Rand) string {
	sep := "\n"
	if !k.lines {
		sep = ","
	}
	lines := strings.SplitAfter(k.text, sep)
	for ; n > 0; n-- {
		line := lines[r.IntN(len(lines))]
		lines[r.IntN(len(lines))] += fmt.Sprintf("inserted %d %s", r.IntN(1e6), line)
	}
	return strings.Join(lines, "")
}
