package wire

import (
	"strings"
	"testing"
)

func FuzzMessages(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}`,
		` {"model":"m","system":[{"type":"text","text":"s\n","cache_control":{}}] ,"max_tokens":1.0e3, "messages":[ {"role":"user","content":[{"type":"document","source":{"type":"text","data":"d\ud83d"}},{"type":"image"}]} , {"role":"assistant","content":[{"type":"thinking"},{"type":"tool_use","id":"1"}]} , {"role":"user","content":[{"type":"tool_result","content":[{"type":"search_result","content":[{"type":"text","text":"é"}]}]}]} ] , "thinking":{"type":"enabled","budget_tokens":20000},"litellm_metadata":{"a":1}} `,
		`{"messages":[{"content":"a","role":"user"},{"content":[],"role":"assistant"}],"system":"","stream":true,"max_tokens":7,"model":"é","metadata":null,"stop_sequences":[],"output_format":{"type":"json_schema","schema":{}}}`,
		`{"model":"m","max_tokens":1,"system":null,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"document","source":{"type":"content","content":[{"type":"document","source":{"type":"content","content":[{"type":"document","source":{"type":"content","content":"deep"}}]}}]}}]},"citations":{"enabled":true}}]}]}`,
	} {
		f.Add([]byte(s), "new \"text\"\n\xed\xa0\x80\xff", uint8(0xFF))
		f.Add([]byte(s), "", uint8(0x74))
	}
	f.Fuzz(func(t *testing.T, in []byte, text string, what uint8) { fuzzParse(t, Messages(), in, text, what) })
}

func FuzzMessagesAnswer(f *testing.F) {
	f.Add([]byte(`{"type":"message","model":"c","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"a"},{"type":"text","text":"b"}],"stop_reason":"max_tokens","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2}}`), "t\n")
	f.Add([]byte(`{"type":"error","error":{"type":"overloaded_error","message":"m"}}`), "\xff")
	f.Add([]byte(wholeStream), "")
	f.Add([]byte("data: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\ndata: {\"type\":\"content_block_start\",\"index\":\n1,\"content_block\":{\"type\":\"text\",\"text\":\"y\"}}\n\n"), "z")
	f.Fuzz(func(t *testing.T, in []byte, text string) { fuzzAnswer(t, Messages(), in, text) })
}

// A stream says the same wherever the network cuts it.
func FuzzMessagesSplit(f *testing.F) {
	f.Add([]byte(wholeStream), uint16(100))
	f.Add([]byte("event: error\r\ndata: {\"error\":{\"message\":\"m\",\"code\":\"429\"}}\r\n\r\n"), uint16(13))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		want, wantErr := describe(Messages(), strings.NewReader(string(in)))
		n := min(int(at), len(in))
		got, err := describe(Messages(), &pieces{list: []string{string(in[:n]), string(in[n:])}})
		if strings.Join(got, "\n") != strings.Join(want, "\n") || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("cut at %d: %q, %v; whole: %q, %v", n, got, err, want, wantErr)
		}
	})
}
