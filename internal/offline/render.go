package offline

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// An answer is a completion before it is rendered.
type answer struct {
	model   *Model
	id      string
	created int64
	prompt  int
	output  int
	text    string
	finish  string
}

// limit cuts the text to n tokens, as a model that runs out of room is cut.
func (a *answer) limit(n int) {
	end := 0
	a.output = 0
	tokens.O200K().Walk(a.text, func(to, count int) bool {
		if a.output+count > n {
			return false
		}
		a.output, end = a.output+count, to
		return true
	})
	if end < len(a.text) {
		a.finish = "length"
	}
	for end > 0 && end < len(a.text) && !utf8.RuneStart(a.text[end]) {
		end--
	}
	a.text = a.text[:end]
}

type object = map[string]any

func (a *answer) cost() json.Number {
	return dollars(int64(a.prompt)*a.model.Input + int64(a.output)*a.model.Output)
}

func (a *answer) usage() object {
	return object{"prompt_tokens": a.prompt, "completion_tokens": a.output, "total_tokens": a.prompt + a.output}
}

func (a *answer) completion() object {
	return object{
		"id": a.id, "object": "chat.completion", "created": a.created, "model": a.model.Name, "system_fingerprint": Fingerprint,
		"choices": []object{{"index": 0, "finish_reason": a.finish, "message": object{"role": "assistant", "content": a.text}}},
		"usage":   a.usage(),
	}
}

// stream writes the answer word by word in LiteLLM's form: the role with the first piece, usage (and its cost) in a chunk of its own.
func (a *answer) stream(w http.ResponseWriter, withUsage bool) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	event := func(choice object, usage object) bool {
		chunk := object{
			"id": a.id, "object": "chat.completion.chunk", "created": a.created, "model": a.model.Name, "system_fingerprint": Fingerprint,
			"choices": []object{choice},
		}
		if usage != nil {
			chunk["usage"] = usage
		}
		b, err := json.Marshal(chunk)
		if err != nil {
			return false
		}
		if _, err := w.Write(append(append([]byte("data: "), b...), "\n\n"...)); err != nil {
			return false
		}
		return flush.Flush() == nil
	}
	first := true
	for start := 0; start < len(a.text) || first; {
		end := wordEnd(a.text, start)
		delta := object{"content": a.text[start:end]}
		if first {
			delta["role"] = "assistant"
		}
		if !event(object{"index": 0, "delta": delta}, nil) {
			return
		}
		first, start = false, end
	}
	if !event(object{"index": 0, "delta": object{}, "finish_reason": a.finish}, nil) {
		return
	}
	if withUsage {
		u := a.usage()
		u["cost"] = a.cost()
		if !event(object{"index": 0, "delta": object{}}, u) {
			return
		}
	}
	if _, err := w.Write([]byte("data: [DONE]\n\n")); err == nil {
		_ = flush.Flush()
	}
}

// wordEnd is the end of the word at start, the white space before it included.
func wordEnd(s string, start int) int {
	i := start
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	for i < len(s) && !isSpace(s[i]) {
		i++
	}
	return i
}
