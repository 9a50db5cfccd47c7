package tokens

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sort"
	"strings"
	"testing"
	"time"
)

var sink int

func thrashData(buf []byte) {
	for i := 0; i < len(buf); i += 64 {
		buf[i]++
	}
}
func thrashCode(doc []byte) {
	var x any
	json.Unmarshal(doc, &x)
	var b bytes.Buffer
	fw, _ := flate.NewWriter(&b, 5)
	fw.Write(doc)
	fw.Close()
	io.Copy(io.Discard, flate.NewReader(&b))
}

func TestCold(t *testing.T) {
	buf := make([]byte, 3<<20)
	doc, _ := os.ReadFile("/tmp/peers.tokens/t.JSON.txt")
	doc = doc[:20000]
	texts := map[string]string{}
	for _, name := range []string{"English", "English_technical", "Turkish", "Markdown", "Python", "Go", "JSON", "Chinese"} {
		d, _ := os.ReadFile("/tmp/peers.tokens/t." + name + ".txt")
		texts[name] = string(d)
	}
	lorem := strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum")
	var b strings.Builder
	for b.Len() < 100_000 {
		b.WriteString(lorem[rand.IntN(len(lorem))])
		b.WriteString(" ")
	}
	texts["lorem"] = b.String()
	b.Reset()
	for b.Len() < 100_000 {
		fmt.Fprintf(&b, "word%d ", rand.IntN(1000))
	}
	texts["words1"] = b.String()
	texts["fox"] = strings.Repeat("The quick brown fox jumps over the lazy dog. ", 2000)
	texts["hello"] = strings.Repeat("hello world ", 6000)
	texts["xxx"] = strings.Repeat("x", 100000)
	texts["abcd"] = strings.Repeat("a b c d ", 10000)
	var keys []string
	for k := range texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, name := range keys {
		s := texts[name]
		res := ""
		for mode := range 2 {
			var ds []float64
			cnt := 0
			for r := range 300 {
				at := (r * 7919) % (len(s) - 17000)
				x := s[at : at+16200]
				if mode == 1 {
					thrashCode(doc[:2000])
					thrashData(buf[:1<<20])
				}
				for i := 0; i < len(x); i += 64 {
					sink += int(x[i])
				}
				t0 := time.Now()
				n, _ := O200K().CountOutside(x, 8000, 8000)
				cnt += n
				ds = append(ds, float64(time.Since(t0).Nanoseconds())/1000)
			}
			sort.Float64s(ds)
			res += fmt.Sprintf(" %7.1f µs", ds[150])
			if mode == 1 {
				fmt.Printf("%-20s warm, cold %s counted %5d of %d\n", name, res, cnt/300, O200K().Count(s[:16200]))
			}
		}
	}
}
