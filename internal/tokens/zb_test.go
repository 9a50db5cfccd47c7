package tokens
import ("testing";"os";"fmt")
var zsink int
func TestZ(t *testing.T) {
	w := o200k.worker()
	for _, name := range []string{"English", "English_technical", "Turkish", "Markdown", "Python", "Go", "JSON", "logs","Chinese"} {
		d, _ := os.ReadFile("/tmp/peers.tokens/t." + name + ".txt")
		s := string(d[:min(len(d), 400000)])
		f := float64(len(s)) * pairUnit
		all := w.v.most.sum(s, 0, len(s))
		k := w.v.known.units(s, 0, len(s), w.camel)
		fmt.Printf("%-20s pairs %.3f known %.3f\n", name, float64(all)/f, float64(all-k)/f)
	}
}
func BenchmarkLook(b *testing.B) {
	for _, name := range []string{"English", "Go", "JSON"} {
		d, _ := os.ReadFile("/tmp/peers.tokens/t." + name + ".txt")
		s := string(d[:16384])
		w := o200k.worker()
		b.Run(name+"/sum", func(b *testing.B) { b.SetBytes(16384); for range b.N { zsink += w.v.most.sum(s, 0, len(s)) } })
		b.Run(name+"/look", func(b *testing.B) { b.SetBytes(16384); for range b.N { for i := 0; i+64 < len(s); i += sightStep { a, b, c := look(s[i:], w.camel); zsink += int(a^b^c) } } })
		b.Run(name+"/units", func(b *testing.B) { b.SetBytes(16384); for range b.N { zsink += w.v.known.units(s, 0, len(s), w.camel) } })
		b.Run(name+"/count", func(b *testing.B) { b.SetBytes(16384); for range b.N { zsink += o200k.Count(s) } })
	}
}
