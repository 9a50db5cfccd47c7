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
