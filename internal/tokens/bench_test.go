package tokens

import (
	"fmt"
	"go/build"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer"
)

// benchTexts are about 256 KB each: from the Go distribution where it has such text, else made of sentences whose parts are shuffled, so that caches are not
// flattered more than a real text flatters them.
func benchTexts(b *testing.B) map[string]string {
	const size = 256 << 10
	fill := func(unit func() string) string {
		var s strings.Builder
		for s.Len() < size {
			s.WriteString(unit())
		}
		return s.String()
	}
	files := func(patterns ...string) string {
		var s strings.Builder
		for _, p := range patterns {
			names, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, p))
			for _, n := range names {
				if raw, err := os.ReadFile(n); err == nil {
					s.Write(raw)
				}
			}
		}
		if s.Len() < 30_000 {
			b.Fatalf("only %d bytes in %v under GOROOT %q: run with the Go distribution's sources", s.Len(), patterns, build.Default.GOROOT)
		}
		return s.String()[:min(s.Len(), size)]
	}
	r := rand.New(rand.NewPCG(9, 10))
	parts := func(between string, all ...string) func() string {
		return func() string {
			var s strings.Builder
			for range 5 + r.IntN(12) {
				s.WriteString(all[r.IntN(len(all))])
				s.WriteString(between)
			}
			return strings.TrimSuffix(s.String(), between)
		}
	}
	turkish := parts(" ", strings.Fields(`Işıklar söndüğünde çocuklar bahçede oynuyordu öğretmenin İstanbul'dan getirdiği kitapları okuyamadılar ağaçların gölgesinde üç saat beklediler çünkü
		yağmur başlamıştı ve sonra herkes evine döndü belediye meclisi yeni bütçeyi onayladı ancak görüşmeler haftalarca sürecek gibi görünüyor değerlendirme komisyonu başkanı
		açıklamasında vatandaşların beklentilerini karşılamak için çalıştıklarını söyledi bu bir ile da de için kadar olarak daha çok en ama gibi sonra önce büyük küçük güzel`)...)
	chinese := parts("", strings.Fields(`今天的会议上 我们讨论了 明年的 预算和计划 经理说 这个项目 需要三个月 才能完成 大家都 同意了 不过 数据 还没有 整理好 的 是 在 了 和 有 对于 中国 经济 发展 问题 研究 社会 政府 企业 技术
		可以 应该 已经 如果 因为 所以 但是 他们 学生 老师 历史 文化 城市 环境 保护 重要 影响 之间 关系`)...)
	japanese := parts("", strings.Fields(`昨日 私は 友達と 一緒に 新しい カフェへ 行きました コーヒーが とても 美味しいと 彼女は 言った 東京タワーの 高さは メートルです に を は が の で と から まで について 問題 研究 開発
		サービス システム データ 必要があります と思います されています 日本 経済 社会 例えば しかし それは 可能性 について説明します`)...)
	return map[string]string{
		"English":  files("src/testdata/Isaac.Newton-Opticks.txt"),
		"Markdown": files("src/cmd/compile/*.md", "src/cmd/compile/internal/*/README.md", "src/internal/trace/*.md", "src/runtime/*.md", "doc/*.md", "doc/next/*.md", "src/cmd/go/testdata/script/README"),
		"Go":       files("src/net/http/server.go", "src/net/http/transport.go", "src/go/types/*.go"),
		"Turkish":  fill(func() string { return turkish() + ". " }),
		"Chinese":  fill(func() string { return chinese() + "，" + chinese() + "。" }),
		"Japanese": fill(func() string { return japanese() + "、" + japanese() + "。\n" }),
		"JSON": fill(func() string {
			return fmt.Sprintf(`{"id":%d,"user_id":"%08x","name":"item %d","price":%d.%02d,"tags":["new","sale"],"active":%t,"created_at":"2026-%02d-%02dT10:00:00Z"},`,
				r.IntN(1e6), r.Uint32(), r.IntN(1000), r.IntN(500), r.IntN(100), r.IntN(2) == 0, 1+r.IntN(12), 1+r.IntN(28))
		}),
		"logs": fill(func() string {
			return fmt.Sprintf("2026-05-%02dT%02d:%02d:%02d.%03dZ [%s] worker-%d %s /api/v1/items/%d %d %dms id=%08x ip=10.%d.%d.%d\n", 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000),
				[]string{"INFO", "WARN", "ERROR"}[r.IntN(3)], r.IntN(8), []string{"GET", "POST"}[r.IntN(2)], r.IntN(9999), []int{200, 404, 500}[r.IntN(3)], r.IntN(900), r.Uint32(), r.IntN(256), r.IntN(256), r.IntN(256))
		}),
	}
}

var benchOrder = []string{"English", "Markdown", "Go", "Turkish", "Chinese", "Japanese", "JSON", "logs"}

// Ours beside the tokenizer package, one after the other on each text, so that a noisy machine is the same for both.
func BenchmarkCount(b *testing.B) {
	texts := benchTexts(b)
	for _, e := range encodings {
		codec, err := tokenizer.Get(tokenizer.Encoding(e.Name()))
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range benchOrder {
			s := texts[name]
			b.Run(e.Name()+"/"+name+"/ours", func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				b.ReportAllocs()
				for range b.N {
					e.Count(s)
				}
			})
			b.Run(e.Name()+"/"+name+"/tiktoken-go-v0.7.0", func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				b.ReportAllocs()
				for range b.N {
					if _, err := codec.Count(s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// More than 8,000 tokens?
func BenchmarkCountUpTo(b *testing.B) {
	texts := benchTexts(b)
	for _, name := range benchOrder {
		s := texts[name]
		b.Run(name, func(b *testing.B) {
			for range b.N {
				O200K().CountUpTo(s, 8000)
			}
		})
	}
}

// 64 KB and 1 MB of what makes a careless counter quadratic: the second may take 18 times the first.
func BenchmarkRuns(b *testing.B) {
	for _, unit := range []string{"a", " ", "\n", "=", "YWJjZGVmZ2hpamtsbW5vcA", "😀", "中文字", "!?#-+"} {
		for _, size := range []int{64 << 10, 1 << 20} {
			s := strings.Repeat(unit, size/len(unit))
			b.Run(fmt.Sprintf("%q/%dKB", unit, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				for range b.N {
					O200K().Count(s)
				}
			})
		}
	}
}

// What the first use of a vocabulary costs.
func BenchmarkFirstUse(b *testing.B) {
	for _, v := range []struct {
		name, file         string
		pairs, tiny, short int
	}{{"o200k_base", o200kFile, len(o200kPairs), len(o200kTiny), len(o200kShort)}, {"cl100k_base", cl100kFile, len(cl100kPairs), len(cl100kTiny), len(cl100kShort)}} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				newVocab(v.file, tables{make([]uint64, v.pairs), make([]uint64, v.tiny), make([]key, v.short)})
			}
		})
	}
}
