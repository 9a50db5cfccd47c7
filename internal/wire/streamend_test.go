package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	chatText   = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}\n\n"
	chatFinish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
	chatUsage  = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n"
	chatDone   = "data: [DONE]\n\n"

	oldText   = "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":null}]}\n\n"
	oldFinish = "data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n"

	respText = "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"item_id\":\"m\",\"content_index\":0,\"delta\":\"a\"}\n\n"
	respDone = "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}\n\n"
	respPart = "data: {\"type\":\"response.incomplete\",\"response\":{\"id\":\"r\",\"status\":\"incomplete\",\"output\":[]}}\n\n"
)

var errReset = errors.New("connection reset by peer")

// ended reads a stream after which every read is a reset.
func ended(d Dialect, stream string) (text, finish string, u Usage, err error) {
	for delta, e := range d.Deltas(io.MultiReader(strings.NewReader(stream), iotest.ErrReader(errReset))) {
		if e != nil {
			return text, finish, u, e
		}
		text += delta.Text
		if delta.Finish != "" {
			finish = delta.Finish
		}
		if delta.Usage != nil {
			u = *delta.Usage
		}
	}
	return text, finish, u, nil
}

// What comes after the end is known, a reset, a time-out or nothing at all, does not undo the answer.
func TestWholeBeforeTheReset(t *testing.T) {
	counted := Usage{Prompt: 1, Completion: 2}
	for _, c := range []struct {
		name    string
		dialect Dialect
		stream  string
		finish  string
		usage   Usage
		err     error
	}{
		{"chat", Chat(), chatText, "", Usage{}, errReset},
		{"chat, finish", Chat(), chatText + chatFinish, "stop", Usage{}, nil},
		{"chat, finish and usage", Chat(), chatText + chatFinish + chatUsage, "stop", counted, nil},
		{"chat, cut in the usage", Chat(), chatText + chatFinish + chatUsage[:20], "stop", Usage{}, nil},
		{"chat, cut after more than the finish", Chat(), chatText + chatFinish + chatText, "stop", Usage{}, errReset},
		{"completions", Completions(), oldText, "", Usage{}, errReset},
		{"completions, finish and usage", Completions(), oldText + oldFinish + chatUsage, "stop", counted, nil},
		{"messages", Messages(), evText + evWord + evTextEnd, "", Usage{}, errReset},
		{"messages, stop reason", Messages(), evText + evWord + evTextEnd + evDelta, "stop", Usage{Completion: 5}, nil},
		{"responses", Responses(), respText, "", Usage{}, errReset},
		{"responses, completed", Responses(), respText + respDone, "stop", counted, nil},
		{"responses, incomplete", Responses(), respText + respPart, "length", Usage{}, nil},
	} {
		text, finish, u, err := ended(c.dialect, c.stream)
		if !strings.HasPrefix(text, "a") || finish != c.finish || u != c.usage || !errors.Is(err, c.err) {
			t.Errorf("%s: %q %q %v, error %v", c.name, text, finish, u, err)
		}
	}
}

// unread fails the test when more is asked for than there is.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("read on after the end")
	return 0, io.EOF
}

func TestNothingIsReadAfterTheEnd(t *testing.T) {
	for _, c := range []struct {
		dialect Dialect
		stream  string
	}{
		{Chat(), chatText + chatFinish + chatDone},
		{Completions(), oldText + oldFinish + chatDone},
		{Messages(), wholeStream},
		{Responses(), respText + respDone},
		{Responses(), respText + respPart},
		{Responses(), "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"message\":\"no\"}}}\n\n"},
	} {
		for range c.dialect.Deltas(io.MultiReader(strings.NewReader(c.stream), unread{t})) {
		}
	}
}

// An end mark alone is no end: gateways write it behind whatever broke off.
func TestMarkWithoutFinishIsCut(t *testing.T) {
	const usageToo = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n"
	for _, c := range []struct {
		name    string
		dialect Dialect
		stream  string
		whole   bool
	}{
		{"chat", Chat(), chatText + chatDone, false},
		{"chat, empty reasons", Chat(), strings.ReplaceAll(chatText, "null", `""`) + chatDone, false},
		{"chat, reasons in words that are none", Chat(), strings.ReplaceAll(chatText, "null", `"null"`) + chatDone, false},
		{"chat, usage at the end", Chat(), chatText + chatUsage + chatDone, true},
		{"chat, usage at the end without a mark", Chat(), chatText + chatUsage, false},
		{"chat, usage all the time", Chat(), usageToo + usageToo + chatDone, false},
		{"chat, no reasons at all", Chat(), strings.ReplaceAll(chatText, `,"finish_reason":null`, "") + chatDone, true},
		{"chat, no reasons at all and no mark", Chat(), strings.ReplaceAll(chatText, `,"finish_reason":null`, ""), false},
		{"chat, no reasons at all and no text", Chat(), "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n" + chatDone, true},
		{"chat, nothing but the mark", Chat(), chatDone, false},
		{"completions", Completions(), oldText + chatDone, false},
		{"completions, no reasons at all", Completions(), strings.ReplaceAll(oldText, `,"finish_reason":null`, "") + chatDone, true},
		{"completions, usage at the end", Completions(), oldText + chatUsage + chatDone, true},
		{"completions, usage all the time", Completions(), strings.ReplaceAll(usageToo, `"delta":{"content":"a"}`, `"text":"a"`) + chatDone, false},
		{"messages", Messages(), evText + evWord + evTextEnd + evStop, false},
		{"messages, no reason", Messages(), evText + evWord + evTextEnd + strings.ReplaceAll(evDelta, `"end_turn"`, "null") + evStop, false},
		{"messages, another mark", Messages(), evText + evWord + evTextEnd + chatDone, false},
		{"responses", Responses(), respText + chatDone, false},
	} {
		if _, _, _, err := ended(c.dialect, c.stream); c.whole != (err == nil) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errReset) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}

func TestErrorFrames(t *testing.T) {
	for frame, want := range map[string]Error{
		"data: {\"object\":\"error\",\"message\":\"EngineDead\",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}": {Status: 500, Message: "EngineDead", Type: "InternalServerError", Code: "500"},
		"data: {\"detail\":\"Model is loading\"}":                                                                 {Message: "Model is loading"},
		"data: {\"detail\":[{\"msg\":\"no\"}]}":                                                                   {Message: `[{"msg":"no"}]`},
		"event: error\ndata: {\"message\":\"overloaded\",\"code\":503}":                                           {Status: 503, Message: "overloaded", Code: "503"},
		"event: error\ndata: {\"error\":{\"message\":\"wait\",\"code\":\"429\"}}":                                 {Status: 429, Message: "wait", Code: "429"},
		"data: {\"error\":{\"message\":\"sorry\",\"type\":\"server_error\",\"param\":null,\"code\":null}}":        {Status: 500, Message: "sorry", Type: "server_error"},
		"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}": {Status: 529, Message: "full", Type: "overloaded_error"},
		"data: {\"error\":{\"message\":\"wait\",\"code\":\"rate_limit_exceeded\"}}":                               {Status: 429, Message: "wait", Code: "rate_limit_exceeded"},
		"event: error\ndata: upstream timed out":                                                                  {Message: "upstream timed out"},
		"event: error\ndata: {\"type\":\"error\"}":                                                                {Message: `{"type":"error"}`, Type: "error"},
		"event: error\ndata: {\"type\":\"error\",\"code\":\"x\",\"message\":\"no\",\"param\":\"input\"}":          {Message: "no", Type: "error", Param: "input", Code: "x"},
	} {
		for d, text := range map[Dialect]string{Chat(): chatText, Completions(): oldText, Messages(): evText + evWord, Responses(): respText} {
			_, _, _, err := ended(d, text+frame+"\n\n"+chatDone)
			var got *Error
			if !errors.As(err, &got) {
				t.Errorf("%s, %s: error %v", d.Name(), frame, err)
				continue
			}
			if d == Responses() && strings.Contains(frame, `"type":"error"`) {
				continue // its own event, see TestResponsesCut
			}
			if *got != want {
				t.Errorf("%s, %s:\n got %+v\nwant %+v", d.Name(), frame, *got, want)
			}
		}
	}
	// What only looks like one.
	for _, frame := range []string{`{"choices":[{"index":0,"delta":{"content":"b"}}],"detail":"x"}`, `{"detail":null}`, `{"object":"chat.completion.chunk","choices":[]}`, `{"error":false}`} {
		if text, _, _, err := ended(Chat(), chatText+"data: "+frame+"\n\n"+chatFinish); err != nil {
			t.Errorf("%s: %q, %v", frame, text, err)
		}
	}
}

func TestDeltaAllocations(t *testing.T) {
	const events = 1000
	for _, c := range []struct {
		dialect Dialect
		stream  string
		most    float64 // an event
	}{
		{Chat(), strings.Repeat(chatText, events) + chatFinish + chatDone, 1},       // its copy
		{Completions(), strings.Repeat(oldText, events) + oldFinish + chatDone, 1},  // its copy
		{Messages(), evText + strings.Repeat(evWord, events) + evDelta + evStop, 2}, // its copy, its text decoded
		{Responses(), strings.Repeat(respText, events) + respDone, 1},               // its text
	} {
		n := testing.AllocsPerRun(5, func() {
			for _, err := range c.dialect.Deltas(strings.NewReader(c.stream)) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		if per := n / events; per > c.most+.1 {
			t.Errorf("%s: %.1f allocations an event, want %v", c.dialect.Name(), per, c.most)
		}
	}
}
