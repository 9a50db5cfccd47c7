package haikuplanner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

// The types of our own errors, as the "type" of an OpenAI-shaped error body.
const (
	typeInvalid = "invalid_request_error"
	typeBudget  = "budget_exceeded"
	typeFailed  = "decomposition_failed"
	typeTimeout = "timeout"
	typeBusy    = "rate_limit_error"

	// These are only counted.
	typeGone       = "client_gone"
	typeConnection = "api_connection_error"
)

// An Error is an answer of ours that is not a completion. Plan returns it; over HTTP it is an error body in the shape of the caller's API. Its text is safe to show to
// the caller, but may quote upstream's.
type Error struct {
	Status  int    // HTTP status
	Type    string // invalid_request_error, budget_exceeded, decomposition_failed, timeout, rate_limit_error (too many big requests), or upstream's own
	Param   string // the header, field or config key at fault; "" when there is none
	Code    string // upstream's; "": over HTTP the code is the status, as text
	Message string
	Stage   string // where it happened: "decide", "plan", "map", "final", …
	Err     error  // the cause; may be nil

	retryAfter int          // seconds; 0: none
	spent      bool         // money went before it: the SDKs must not repeat that
	upstream   bool         // upstream's refusal of a call, not a fault of our own
	refused    litellm.Kind // what it was about
}

// keyOrModel says that upstream refused a call for the caller's key or for the model's name: theirs to see as it is.
func (e *Error) keyOrModel() bool {
	switch e.refused {
	case litellm.Unauthorized, litellm.Forbidden, litellm.UnknownModel, litellm.Budget:
		return true
	}
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound
}

// Error says what went wrong, and in which stage.
func (e *Error) Error() string {
	if e.Stage == "" {
		return e.Message
	}
	return e.Stage + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func invalid(param, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Type: typeInvalid, Param: param, Message: fmt.Sprintf(format, args...), Stage: "decide"}
}

func tooDear(stage, format string, args ...any) *Error {
	return &Error{Status: http.StatusPaymentRequired, Type: typeBudget, Message: fmt.Sprintf(format, args...), Stage: stage}
}

func failed(stage string, cause error, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadGateway, Type: typeFailed, Message: fmt.Sprintf(format, args...), Stage: stage, Err: cause}
}

func timedOut(stage, format string, args ...any) *Error {
	return &Error{Status: http.StatusGatewayTimeout, Type: typeTimeout, Message: fmt.Sprintf(format, args...), Stage: stage}
}

func (e *Error) wire() *wire.Error {
	return &wire.Error{Status: e.Status, Message: e.Message, Type: e.Type, Param: e.Param, Code: e.Code}
}

// Header is what an answer with this error says besides: whether, and when, it may be asked for again.
func (e *Error) Header() http.Header {
	h := http.Header{}
	if e.spent {
		h.Set(headerRetry, "false")
	}
	if e.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	return h
}

// response renders e in the caller's dialect.
func (e *Error) response(r *http.Request, d wire.Dialect, spent bool) *http.Response {
	e.spent = spent
	h := e.Header()
	h.Set("Content-Type", "application/json")
	return newResponse(r, e.Status, h, d.ErrorBody(e.wire()))
}

func newResponse(r *http.Request, status int, h http.Header, body []byte) *http.Response {
	if body != nil {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return &http.Response{
		Status: statusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// jsonRaw marshals what cannot fail to marshal.
func jsonRaw(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return b
}
