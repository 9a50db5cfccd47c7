package wire
import ("testing";"bytes";"fmt";"os";"encoding/json";"path/filepath")
var zs int
func BenchmarkZ(b *testing.B) {
	var s string
	names, _ := filepath.Glob("../../*.go")
	for _, n := range names { d, _ := os.ReadFile(n); s += string(d) }
	p, _ := os.ReadFile("../../testdata/documents/persuasion.txt")
	for name, t := range map[string]string{"code": s[20000:], "prose": string(p)[20000:]} {
		raw, _ := json.Marshal(t[:16000])
		raw = raw[1:16001]
		for raw[len(raw)-1] == '\\' || raw[len(raw)-2] == '\\' { raw = raw[:len(raw)-3] }
		body := []byte(`{"model":"m","messages":[{"role":"user","content":"`+string(raw)+`"}]}`)
		b.Run(name+"/append", func(b *testing.B) { b.SetBytes(int64(len(raw))); var d []byte; for range b.N { d = AppendText(d[:0], raw); zs += len(d) } })
		b.Run(name+"/scan", func(b *testing.B) { b.SetBytes(int64(len(raw))); for range b.N { r, err := Chat().Parse(body); if err != nil { b.Fatal(err) }; zs += len(r.Messages) } })
	}
}
func BenchmarkU(b *testing.B) {
	d, _ := os.ReadFile("/tmp/peers.tokens/t.Turkish.txt")
	c, _ := os.ReadFile("/tmp/peers.tokens/t.Chinese.txt")
	for name, t := range map[string]string{"tr": string(d[:16000]), "zh": string(c[:16000])} {
		var raw []byte
		for _, r := range t { if r < 0x80 && r >= ' ' && r != '"' && r != '\\' { raw = append(raw, byte(r)) } else if r == '\n' { raw = append(raw, `\n`...) } else if r<0x10000 && r >0x7f { raw = append(raw, fmt.Sprintf("\\u%04x", r)...) } }
		b.Run(name, func(b *testing.B) { b.SetBytes(int64(len(raw))); var d []byte; for range b.N { d = AppendText(d[:0], raw); zs += len(d) } })
	}
}
func BenchmarkS(b *testing.B) {
	var s string
	names, _ := filepath.Glob("../../*.go")
	for _, n := range names { d, _ := os.ReadFile(n); s += string(d) }
	p, _ := os.ReadFile("../../testdata/documents/persuasion.txt")
	md, _ := os.ReadFile("/tmp/peers.tokens/t.Markdown.txt")
	tr, _ := os.ReadFile("/tmp/peers.tokens/t.Turkish.txt")
	zh, _ := os.ReadFile("/tmp/peers.tokens/t.Chinese.txt")
	js, _ := os.ReadFile("/tmp/peers.tokens/t.JSON.txt")
	for _, c := range []struct{name, t string; html bool}{{"code", s[20000:], false},{"codehtml", s[20000:], true}, {"prose", string(p)[20000:],true},{"md",string(md), true},{"tr",string(tr),true},{"zh",string(zh),true},{"json",string(js),false}} {
		var buf bytes.Buffer
		e := json.NewEncoder(&buf)
		e.SetEscapeHTML(c.html)
		e.Encode(c.t[:16000])
		raw := bytes.TrimSpace(buf.Bytes())
		body := []byte(`{"model":"m","messages":[{"role":"user","content":`+string(raw)+`}]}`)
		n := bytes.Count(raw, []byte(`\u`))
		m := bytes.Count(raw, []byte(`\\`))
		b.Run(fmt.Sprint(c.name,"-",n,"-",m), func(b *testing.B) { b.SetBytes(int64(len(raw))); for range b.N { r, err := Skim(Chat(), body); if err != nil { b.Fatal(err) }; zs += len(r.Messages) } })
	}
}
