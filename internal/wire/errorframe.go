package wire

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/haiku-planner/haikuplanner/internal/sse"
)

// errorOf reads the error that an answer or a frame of a stream is; nil when it is none. Beside an error member, which all APIs have, it knows what
// reaches us from the servers behind them: vLLM's and SGLang's object "error", and FastAPI's detail alone.
func errorOf(body []byte, top []member) *Error {
	raw := find(body, top, "error")
	if isNull(raw) || raw[0] == 'f' {
		return bareError(body, top)
	}
	if text, ok := stringOf(raw); ok {
		return &Error{Message: text}
	}
	list, ok := members(raw)
	if !ok {
		return &Error{Message: string(raw)}
	}
	return errorFrom(raw, list)
}

func bareError(body []byte, top []member) *Error {
	if object, _ := stringOf(find(body, top, "object")); object == "error" {
		return errorFrom(body, top)
	}
	detail := find(body, top, "detail")
	if isEmpty(detail) || find(body, top, "choices") != nil || find(body, top, "type") != nil {
		return nil
	}
	text, ok := stringOf(detail)
	if !ok {
		text = string(detail)
	}
	return &Error{Message: text}
}

// failures are the statuses of HTTP that go with OpenAI's words for what went wrong, where no number does.
var failures = map[string]int{
	"server_error":         500,
	"rate_limit_exceeded":  429,
	"vector_store_timeout": 504,
}

// errorFrom reads the members of an error. Its code, where it is a number of HTTP, becomes the status; else what its words stand for, OpenAI's or Anthropic's.
func errorFrom(raw []byte, list []member) *Error {
	e := &Error{}
	e.Message, _ = stringOf(find(raw, list, "message"))
	e.Type, _ = stringOf(find(raw, list, "type"))
	e.Param, _ = stringOf(find(raw, list, "param"))
	code := find(raw, list, "code")
	var ok bool
	if e.Code, ok = stringOf(code); !ok && !isNull(code) {
		e.Code = string(code)
	}
	if n, err := strconv.Atoi(e.Code); err == nil && 100 <= n && n < 600 {
		e.Status = n
	} else {
		e.Status = cmp.Or(failures[e.Code], failures[e.Type], messagesStatus(e.Type))
	}
	if e.Message == "" {
		e.Message = string(raw)
	}
	return e
}

// namedError is the error that an event called "error" is, whatever its data; err, as which the event was read, for any other.
func namedError(event sse.Event, err error) error {
	if event.Name != "error" {
		return err
	}
	var frame *Error // here, since it costs an allocation
	if errors.As(err, &frame) {
		return err
	}
	top, ok := members(event.Data)
	if !ok {
		return &Error{Message: string(event.Data)}
	}
	return errorFrom(event.Data, top)
}
