package haikuplanner

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/haiku-planner/haikuplanner/internal/split"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

var (
	updateChunks = flag.Bool("update-chunks", false, "rewrite testdata/split/*.chunks")

	defaultSizes = chunkSizes{min: 500, aim: 1500, max: 2000}
)

// checkChunks holds what is true of every packing.
func checkChunks(t *testing.T, text string, start, end int, chunks []Chunk, enc *tokens.Encoding, sizes chunkSizes) {
	t.Helper()
	at := start
	for i, c := range chunks {
		if c.Start != at || c.End <= c.Start {
			t.Fatalf("chunk %d spans %d–%d, want it to start at %d and not to be empty", i, c.Start, c.End, at)
		}
		if n := enc.Count(text[c.Start:c.End]); n != c.Tokens {
			t.Errorf("chunk %d (%d–%d) says %d tokens, counted %d: %.80q", i, c.Start, c.End, c.Tokens, n, text[c.Start:c.End])
		}
		if c.Tokens > sizes.max && utf8.RuneCountInString(text[c.Start:c.End]) > 1 {
			t.Errorf("chunk %d (%d–%d) has %d tokens, maximum %d: %.80q", i, c.Start, c.End, c.Tokens, sizes.max, text[c.Start:c.End])
		}
		if r, n := utf8.DecodeRuneInString(text[c.Start:]); r == utf8.RuneError && n == 1 && i > 0 {
			for back := 1; back < utf8.UTFMax && back <= c.Start-start; back++ {
				if _, n := utf8.DecodeRuneInString(text[c.Start-back:]); n > back {
					t.Errorf("chunk %d starts inside a character at %d", i, c.Start)
				}
			}
		}
		at = c.End
	}
	if at != end {
		t.Fatalf("chunks end at %d, want %d", at, end)
	}
}

// Each text of testdata/split is packed into chunks so small that it needs several. "│" stands before each line of a chunk.
func TestPackGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/split/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	sizes := chunkSizes{min: 12, aim: 40, max: 60}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			chunks := pack(text, 0, len(text), tokens.O200K(), sizes)
			checkChunks(t, text, 0, len(text), chunks, tokens.O200K(), sizes)
			var got strings.Builder
			for _, c := range chunks {
				fmt.Fprintf(&got, "⟦%d tokens · %s⟧\n", c.Tokens, c.Context)
				core := strings.NewReplacer("\r\n", "␍␊\n", "\r", "␍\n").Replace(text[c.Start:c.End])
				for _, line := range strings.SplitAfter(strings.TrimSuffix(core, "\n"), "\n") {
					got.WriteString("│" + strings.TrimSuffix(line, "\n") + "\n")
				}
			}
			golden := strings.TrimSuffix(name, ".txt") + ".chunks"
			if *updateChunks {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Errorf("%s: -want +got:\n%s", golden, d)
			}
		})
	}
}

// A cut is inside the blocks around it, as far as they fit a chunk; at their ends it is not.
func TestInsideCounts(t *testing.T) {
	var cuts []split.Cut
	at := []int32{0}
	for offset := 10; offset <= 40; offset += 10 {
		cuts, at = append(cuts, split.Cut{Offset: offset}), append(at, int32(offset))
	}
	at = append(at, 50)
	got := insideCounts(cuts, at, []split.Span{{Start: 0, End: 25}, {Start: 5, End: 45}, {Start: 15, End: 30}, {Start: 20, End: 30}, {Start: 28, End: 29}}, 30)
	if want := []uint16{0, 1, 2, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPackRange(t *testing.T) {
	text := "Summarise this.\n\n" + strings.Repeat("# Part\n\nSome words of it.\n\n", 400) + "Thank you."
	start, end := strings.Index(text, "# Part"), strings.Index(text, "Thank")
	chunks := pack(text, start, end, tokens.O200K(), defaultSizes)
	checkChunks(t, text, start, end, chunks, tokens.O200K(), defaultSizes)
	if len(chunks) < 2 {
		t.Fatalf("%d chunks, want several", len(chunks))
	}
	for _, c := range chunks {
		if c.Context != "Part" || !strings.HasPrefix(text[c.Start:], "# Part") {
			t.Errorf("chunk %.20q under %q: want it to start with its heading", text[c.Start:c.End], c.Context)
		}
	}
	if got := pack(text, 5, 5, tokens.O200K(), defaultSizes); got != nil {
		t.Errorf("an empty range has chunks: %v", got)
	}
}

func TestPackPathological(t *testing.T) {
	const size = 1 << 18
	for _, tt := range []struct{ name, text string }{
		{"a megabyte of one letter", strings.Repeat("a", 1<<20)},
		{"a megabyte of newlines", strings.Repeat("\n", 1<<20)},
		{"spaces", strings.Repeat(" ", size)},
		{"carriage returns", strings.Repeat("\r", size)},
		{"one line of 8 MB", strings.Repeat("some words and ", 8<<20/15)},
		{"deep JSON", strings.Repeat("[", size/2) + strings.Repeat("]", size/2)},
		{"JSON of deep objects", strings.Repeat(`{"a":`, size/8) + "1" + strings.Repeat("}", size/8)},
		{"numbers", "[" + strings.Repeat("1,", size/2) + "1]"},
		{"CJK without stops", strings.Repeat("漢字", size/12)},
		{"one emoji", strings.Repeat("😀", size/8)},
		{"combining marks", "a" + strings.Repeat("\u0301", size/4)},
		{"flags", strings.Repeat("🇹🇷", size/16)},
		{"joiners", strings.Repeat("👨‍👩‍👧‍👦", size/50)},
		{"bad bytes", strings.Repeat("\xff", size/4)},
		{"surrogates", strings.Repeat("\xed\xa0\x80", size/12)},
		{"fences of growing length", growing()},
		{"quotes never closed", strings.Repeat("a,\"b\n", size/5)},
		{"speakers and fences", strings.Repeat("User: ```\nAssistant: x\n", size/24)},
		{"file markers", strings.Repeat("=== a.md ===\n", size/13)},
		{"stops", strings.Repeat(".", size)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chunks := pack(tt.text, 0, len(tt.text), tokens.O200K(), defaultSizes)
			checkChunks(t, tt.text, 0, len(tt.text), chunks, tokens.O200K(), defaultSizes)
		})
	}
}

// A run of one character is one piece with few tokens: chunks of it are as full as any.
func TestPackRuns(t *testing.T) {
	for c, n := range map[string]int{".": 1 << 18, "=": 1 << 18, " ": 3 << 18, "a": 1 << 18} {
		text := strings.Repeat(c, n)
		chunks := pack(text, 0, len(text), tokens.O200K(), defaultSizes)
		checkChunks(t, text, 0, len(text), chunks, tokens.O200K(), defaultSizes)
		total := 0
		for _, c := range chunks {
			total += c.Tokens
		}
		if fill := float64(total) / float64(len(chunks)*defaultSizes.aim); fill < 0.90 {
			t.Errorf("a run of %q: mean fill %.2f of %d chunks, want 0.90", c, fill, len(chunks))
		}
	}
}

func growing() string {
	var b strings.Builder
	for n := 3; b.Len() < 1<<18; n++ {
		fmt.Fprintf(&b, "%s x\n", strings.Repeat("`", n))
	}
	return b.String()
}

func TestSplitChunk(t *testing.T) {
	enc := tokens.O200K()
	text := "head\n" + strings.Repeat("First part, of some words.\n", 20) + "\n# Middle\n\n" + strings.Repeat("Second part, of some words.\n", 20) + "tail"
	c := Chunk{Index: 7, Message: 2, Part: 1, Start: 5, End: len(text) - 4, Context: "a.md"}
	c.Tokens = enc.Count(text[c.Start:c.End])
	parts := splitChunk(text, c, enc, defaultSizes)
	checkChunks(t, text, c.Start, c.End, parts, enc, defaultSizes)
	if len(parts) != 2 || !strings.HasPrefix(text[parts[1].Start:], "# Middle") {
		t.Errorf("split into %d parts, want 2, the second from the heading on", len(parts))
	}
	for _, p := range parts {
		if p.Index != 7 || p.Message != 2 || p.Part != 1 || p.Context != "a.md" {
			t.Errorf("part %+v: Index, Message, Part and Context must be the chunk's", p)
		}
	}
	for _, text := range []string{"a", "é", "e\u0301", "🇹🇷", "👨‍👩‍👧‍👦", "\r\n", "\xff", "\xed\xa0\x80"} {
		if parts := splitChunk(text, Chunk{End: len(text), Tokens: enc.Count(text)}, enc, defaultSizes); parts != nil {
			t.Errorf("%q is one character and was split: %v", text, parts)
		}
	}
	if text := "e" + strings.Repeat("\u0301", 100); splitChunk(text, Chunk{End: len(text), Tokens: enc.Count(text)}, enc, chunkSizes{1, 10, 20}) == nil {
		t.Error("a cluster above the maximum was not split")
	}
	// Down to the end: always smaller, never lost, at last nil.
	for _, text := range []string{"👨‍👩‍👧‍👦 ab 🇹🇷é漢", "a\r\nb", "\xff\xed\xa0\x80"} {
		todo, n := []Chunk{{End: len(text), Tokens: enc.Count(text)}}, 0
		for len(todo) > 0 {
			c := todo[0]
			parts := splitChunk(text, c, enc, defaultSizes)
			if parts != nil {
				checkChunks(t, text, c.Start, c.End, parts, enc, defaultSizes)
				if len(parts) < 2 {
					t.Fatalf("%q was split into %d", text[c.Start:c.End], len(parts))
				}
			}
			todo = append(todo[1:], parts...)
			if n++; n > 100 {
				t.Fatalf("splitting %q does not end", text)
			}
		}
	}
}

// FuzzPack: whatever the text, the sizes and the encoding, chunks concatenate, say their exact counts and keep the maximum.
func FuzzPack(f *testing.F) {
	for _, s := range []string{
		"", "a\nb", "# A\n\n```\nx\n```\n", "{\"a\":[1,2,{\"b\":\"},{\"}]}", "foo  5\n\n  bar\t\n)\n//x  \n   \n", "a \u3000 b\u00a0  c", "  \n \n\t1,2;3 'll 're",
		"你好。「はい。」ABCdef's ÀÉ ﬁ", "\xff\xed\xa0\x80🇹🇷🇹🇷\u0301", "Mr. A. Yes! 12. madde 😀😀",
	} {
		f.Add(s, uint8(3), uint8(5))
	}
	f.Fuzz(func(t *testing.T, text string, aim, room uint8) {
		sizes := chunkSizes{min: int(aim) / 3, aim: int(aim), max: max(int(aim)+int(room), 8)}
		for _, enc := range []*tokens.Encoding{tokens.O200K(), tokens.CL100K()} {
			chunks := pack(text, 0, len(text), enc, sizes)
			checkChunks(t, text, 0, len(text), chunks, enc, sizes)
			if n := len(text) / 3; n > 0 {
				checkChunks(t, text, n, len(text)-n, pack(text, n, len(text)-n, enc, sizes), enc, sizes)
			}
			for _, c := range chunks {
				if parts := splitChunk(text, c, enc, sizes); parts != nil {
					checkChunks(t, text, c.Start, c.End, parts, enc, sizes)
				}
			}
		}
	})
}

// The counts that pack takes from its sums are those of the chunks by themselves, in texts whose every line is a trap: white space of all kinds, runs of
// punctuation and letters, at chunk sizes from a few tokens up.
func TestPackCountsExactly(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	parts := []string{" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "word", "Word", "ABC", "x", "12", "5", "'s", "'ll", ",", "},{", "//", "/", ")", "漢", "字。", "é", "e\u0301", "😀", "\"", "# ", "- ", ". "}
	for i := 0; i < 300; i++ {
		var b strings.Builder
		for n := 200 + r.Intn(400); n > 0; n-- {
			b.WriteString(parts[r.Intn(len(parts))])
		}
		text := b.String()
		aim := 5 + r.Intn(60)
		sizes := chunkSizes{min: aim / 4, aim: aim, max: aim + 5 + r.Intn(20)}
		for _, enc := range []*tokens.Encoding{tokens.O200K(), tokens.CL100K()} {
			checkChunks(t, text, 0, len(text), pack(text, 0, len(text), enc, sizes), enc, sizes)
		}
	}
}

// The goals are those of the design: after one line inserted anywhere 95 % of the chunks of a megabyte stay as they were byte for byte, after ten 85 %; the
// mean chunk has at least 0.90 of the size aimed at; 95 % of the cuts stand at line ends. Measured over more edits the figures are those in pack's comment.
func TestPackStability(t *testing.T) {
	enc := tokens.O200K()
	for kind, text := range generated() {
		t.Run(kind, func(t *testing.T) {
			chunks := pack(text, 0, len(text), enc, defaultSizes)
			checkChunks(t, text, 0, len(text), chunks, enc, defaultSizes)
			total, atLine := 0, 0
			for _, c := range chunks {
				total += c.Tokens
				if c.Start == 0 || text[c.Start-1] == '\n' {
					atLine++
				}
			}
			if fill := float64(total) / float64(len(chunks)*defaultSizes.aim); fill < 0.90 {
				t.Errorf("mean fill %.3f, want 0.90", fill)
			}
			if part := float64(atLine) / float64(len(chunks)); part < 0.95 && kind != "minified JSON" {
				t.Errorf("%.3f of the chunks start at a line, want 0.95", part)
			}
			for lines, floor := range map[int]float64{1: 0.95, 10: 0.85} {
				kept := 0.0
				const edits = 3
				for seed := range int64(edits) {
					kept += same(text, chunks, edited(text, lines, seed), enc) / edits
				}
				if kept < floor {
					t.Errorf("after %d inserted lines %.3f of %d chunks are the same, want %.2f", lines, kept, len(chunks), floor)
				}
			}
		})
	}
}

// Text that has no good places is cut near the size aimed at, too, and keeps its chunks.
func TestPackStabilityWithoutLines(t *testing.T) {
	const edits = 6
	enc := tokens.O200K()
	for name, words := range map[string]string{
		"words": "time year people way day man thing woman life child world school state family student group country problem hand part place case ",
		"Thai":  "การ ความ เป็น ที่ ของ และ ใน ไม่ มี ได้ ให้ ว่า จะ กับ คน นี้ ประเทศ ไทย ภาษา โรงเรียน บริษัท ระบบ ข้อมูล เวลา ปัญหา โลก บริการ ทดสอบ",
	} {
		r := rand.New(rand.NewSource(2))
		list := strings.SplitAfter(words, " ")
		if name == "Thai" {
			list = strings.Fields(words)
		}
		all := make([]string, 60_000)
		for i := range all {
			all[i] = list[r.Intn(len(list))]
		}
		text := strings.Join(all, "")
		chunks := pack(text, 0, len(text), enc, defaultSizes)
		checkChunks(t, text, 0, len(text), chunks, enc, defaultSizes)
		total := 0
		for _, c := range chunks {
			total += c.Tokens
		}
		if fill := float64(total) / float64(len(chunks)*defaultSizes.aim); fill < 0.95 || fill > 1.12 {
			t.Errorf("%s: mean fill %.3f, want 0.95 to 1.12", name, fill)
		}
		kept := 0.0
		for range edits {
			at := r.Intn(len(all))
			after := strings.Join(slices.Insert(slices.Clone(all), at, all[:12]...), "")
			kept += same(text, chunks, after, enc) / edits
		}
		if kept < 0.92 {
			t.Errorf("%s: after 12 inserted words %.3f of %d chunks are the same, want 0.92", name, kept, len(chunks))
		}
	}
}

// edited inserts n lines, each a copy of another one with a word changed.
func edited(text string, n int, seed int64) string {
	r := rand.New(rand.NewSource(seed))
	sep := "\n"
	if strings.Count(text, sep) < 1000 {
		sep = ","
	}
	lines := strings.SplitAfter(text, sep)
	for ; n > 0; n-- {
		at := r.Intn(len(lines))
		line := lines[r.Intn(len(lines))]
		lines[at] += strings.Replace(line, " ", " inserted", 1)
	}
	return strings.Join(lines, "")
}

// same returns which part of the chunks of before is found again in the chunks of after.
func same(before string, chunks []Chunk, after string, enc *tokens.Encoding) float64 {
	have := map[string]int{}
	for _, c := range pack(after, 0, len(after), enc, defaultSizes) {
		have[after[c.Start:c.End]]++
	}
	n := 0
	for _, c := range chunks {
		if core := before[c.Start:c.End]; have[core] > 0 {
			have[core]--
			n++
		}
	}
	return float64(n) / float64(len(chunks))
}

// generated returns a megabyte of each kind of text, always the same.
func generated() map[string]string {
	const size = 1 << 20
	latin := strings.Fields(`time year people way day man thing woman life child world school state family student group country problem hand part place case
		week company system program question work government number night point home water room mother area money story fact month lot right study book eye job
		word business issue side kind head house service friend father power hour game line end member law car city community name president team minute idea`)
	chinese := strings.Split("的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事", "")
	r := rand.New(rand.NewSource(1))
	pick := func(words []string, lo, hi int, sep string) string {
		n := lo + r.Intn(hi-lo+1)
		out := make([]string, n)
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
	sentence := func() string { s := pick(latin, 5, 20, " "); return strings.ToUpper(s[:1]) + s[1:] + ". " }
	record := func(sep string) string {
		return fmt.Sprintf(`{"id":%d,%s"name":"%s",%s"notes":"%s",%s"size":%d}`, r.Intn(1e6), sep, pick(latin, 1, 2, " "), sep, pick(latin, 3, 30, " "), sep, r.Intn(1e4))
	}
	items := func(sep string) string {
		return "[" + strings.TrimSuffix(until(func(b *strings.Builder) { b.WriteString(record(sep) + "," + sep) }), ","+sep) + "]"
	}
	tick := 0
	return map[string]string{
		"Markdown": until(func(b *strings.Builder) {
			fmt.Fprintf(b, "%s %s\n\n", strings.Repeat("#", 1+r.Intn(4)), pick(latin, 1, 4, " "))
			for n := r.Intn(6); n >= 0; n-- {
				switch r.Intn(5) {
				case 0:
					fmt.Fprintf(b, "```sh\n%s\n\n# %s\n```\n\n", pick(latin, 3, 40, "\n"), pick(latin, 1, 3, " "))
				case 1:
					fmt.Fprintf(b, "- %s\n- %s\n\n", sentence(), sentence())
				default:
					fmt.Fprintf(b, "%s%s%s\n\n", sentence(), sentence(), sentence())
				}
			}
		}),
		"Go": until(func(b *strings.Builder) {
			name := strings.ReplaceAll(pick(latin, 2, 3, " "), " ", "_")
			fmt.Fprintf(b, "// %s %s\nfunc %s(%s int) error {\n", name, sentence(), name, pick(latin, 1, 1, ""))
			for n := 2 + r.Intn(30); n > 0; n-- {
				switch r.Intn(4) {
				case 0:
					fmt.Fprintf(b, "\tif %s > %d {\n\t\treturn errors.New(%q)\n\t}\n", pick(latin, 1, 1, ""), r.Intn(100), pick(latin, 2, 6, " "))
				case 1:
					fmt.Fprintf(b, "\n\t// %s\n", sentence())
				default:
					fmt.Fprintf(b, "\t%s := %s(%s, %d)\n", pick(latin, 1, 1, ""), pick(latin, 2, 2, "."), pick(latin, 1, 3, ", "), r.Intn(1000))
				}
			}
			b.WriteString("\treturn nil\n}\n\n")
		}),
		"prose": until(func(b *strings.Builder) {
			for n := 2 + r.Intn(8); n > 0; n-- {
				b.WriteString(sentence())
				if n%2 == 0 {
					b.WriteString("\n")
				}
			}
			b.WriteString("\n\n")
		}),
		"Chinese": until(func(b *strings.Builder) {
			for n := 1 + r.Intn(8); n > 0; n-- {
				b.WriteString(pick(chinese, 5, 30, "") + "。")
			}
			b.WriteString("\n")
		}),
		"JSON":          items("\n  "),
		"minified JSON": items(""),
		"CSV": "id,name,notes,size\n" + until(func(b *strings.Builder) {
			fmt.Fprintf(b, "%d,%s,\"%s\",%d\n", r.Intn(1e6), pick(latin, 1, 2, " "), pick(latin, 2, 12, " "), r.Intn(1e4))
		}),
		"log": until(func(b *strings.Builder) {
			tick += r.Intn(3000)
			fmt.Fprintf(b, "2026-03-01T%02d:%02d:%02d.%03dZ %s %s id=%d\n", tick/3600000%24, tick/60000%60, tick/1000%60, tick%1000, []string{"INFO", "WARN", "ERROR"}[r.Intn(3)], pick(latin, 3, 12, " "), r.Intn(1e5))
			if r.Intn(50) == 0 {
				fmt.Fprintf(b, "java.lang.Error: %s\n\tat %s\n\tat %s\n", pick(latin, 1, 3, " "), pick(latin, 2, 3, "."), pick(latin, 2, 3, "."))
			}
		}),
	}
}

func BenchmarkPack(b *testing.B) {
	for kind, text := range generated() {
		b.Run(strings.ReplaceAll(kind, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for range b.N {
				pack(text, 0, len(text), tokens.O200K(), defaultSizes)
			}
		})
	}
}

var packText = flag.String("pack.text", "", "file that BenchmarkPackFile cuts")

// For internal/bench/peers: cutting alone, at 1,500 tokens.
func BenchmarkPackFile(b *testing.B) {
	if *packText == "" {
		return
	}
	raw, err := os.ReadFile(*packText)
	if err != nil {
		b.Fatal(err)
	}
	text := string(raw)
	for range b.N {
		pack(text, 0, len(text), tokens.O200K(), chunkSizes{500, 1500, 1500})
	}
}
