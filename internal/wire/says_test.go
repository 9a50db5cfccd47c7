package wire

import (
	"strings"
	"testing"
)

// What no client sees is no content: a stream that breaks off after it can be asked for again.
func TestEventsThatSayNothing(t *testing.T) {
	for event, says := range map[string]bool{
		`{"type":"keepalive","sequence_number":1}`:                                                     false,
		`{"type":"response.novelty","sequence_number":1}`:                                              false,
		`{"type":"response.novelty","output_index":null,"item_id":""}`:                                 false,
		`{"type":"response.novelty","output_index":0,"delta":"x"}`:                                     true,
		`{"type":"response.output_text.annotation.added","item_id":"m","annotation":{}}`:               true,
		`{"type":"response.refusal.delta","delta":"No."}`:                                              true,
		`{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call"}}`:       true,
		`{"type":"response.reasoning_summary_text.delta","output_index":0,"item_id":"rs","delta":"h"}`: true,
	} {
		got := false
		for d := range Responses().Deltas(strings.NewReader("data: " + event + "\n\n")) {
			got = got || d.Says || d.Text != ""
		}
		if got != says {
			t.Errorf("%s: says %v", event, got)
		}
	}
}
