package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/wire"
)

const (
	planPath   = "/haiku-planner/plan"
	readyAfter = 5 * time.Second // how long LiteLLM may take to say that it is ready
)

// health says that the process lives; it asks nobody.
func (p *proxy) health(w http.ResponseWriter, _ *http.Request) {
	cfg := p.current.Load().Config()
	writeJSON(w, http.StatusOK, map[string]any{
		"status":        "healthy",
		"haiku_planner": map[string]any{"enabled": cfg.Enabled, "auto_enable": cfg.AutoEnable, "large_request_threshold": cfg.LargeRequestThreshold},
		"version":       version(),
	})
}

// ready says whether LiteLLM can take requests.
func (p *proxy) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyAfter)
	defer cancel()
	say := func(status int, word, litellm string) {
		writeJSON(w, status, map[string]any{"status": word, "litellm": litellm})
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, p.litellmURL.JoinPath("/health/readiness").String(), nil)
	if err != nil {
		say(http.StatusServiceUnavailable, "not ready", "its URL cannot be asked")
		return
	}
	resp, err := p.base.RoundTrip(ask)
	if err != nil {
		say(http.StatusServiceUnavailable, "not ready", "no answer")
		return
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode != http.StatusOK {
		say(http.StatusServiceUnavailable, "not ready", "status "+strconv.Itoa(resp.StatusCode))
		return
	}
	say(http.StatusOK, "ready", "ready")
}

func (p *proxy) stats(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, p.current.Load().Stats())
}

// configuration shows the effective values and where each came from. Keys are only said to be there.
func (p *proxy) configuration(w http.ResponseWriter, _ *http.Request) {
	now := p.current.Load()
	cfg := now.Config()
	secret := "not set"
	if p.masterKey != "" {
		secret = "set"
	}
	notes := cfg.Notes()
	if notes == nil {
		notes = []string{}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"source": now.source, "haiku_planner": cfg.Values(), "notes": notes,
		"listen": p.listen, "litellm": p.litellmURL.Redacted(), "litellm_master_key": secret, "lend_master_key": p.lend,
	})
}

// plan tells what would be done with a request and what it would cost. It spends at most two calls to the planner model, with the caller's key.
func (p *proxy) plan(w http.ResponseWriter, r *http.Request) {
	if p.lend && lendablePlan(r) {
		r.Header.Set("Authorization", "Bearer "+p.masterKey)
	}
	unsilent(w, r)
	plan, err := p.current.Load().Plan(r.Context(), r)
	var e *haikuplanner.Error
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, plan)
	case errors.As(err, &e):
		maps.Copy(w.Header(), e.Header())
		writeErrorFor(w, r.URL.Path, e.Status, e.Type, e.Param, e.Code, e.Message)
	case errors.Is(err, errSilent):
		p.unreachable(w, r, err)
	case r.Context().Err() != nil:
		w.WriteHeader(499)
	default:
		writeErrorFor(w, r.URL.Path, http.StatusBadRequest, "invalid_request_error", "", "", "the body could not be read to its end")
	}
}

func lendablePlan(r *http.Request) bool {
	clone := *r
	u := *r.URL
	u.Path = "/v1/chat/completions"
	clone.URL = &u
	return lendable(&clone)
}

// test forces a request through the whole line, on the fast model unless the caller says otherwise: the body given, or a small sample for none or {}. The answer is an
// ordinary one with its haiku_planner object. It spends with the caller's key.
func (p *proxy) test(w http.ResponseWriter, r *http.Request) {
	cfg := p.current.Load().Config()
	if !cfg.Enabled {
		writeError(w, http.StatusServiceUnavailable, "invalid_request_error", "enabled", "enabled is false in the haiku_planner section: nothing is decomposed, so there is nothing to test")
		return
	}
	unsilent(w, r)
	body := bufio.NewReader(r.Body)
	out := r.Clone(r.Context())
	out.URL.Path, out.URL.RawPath, out.URL.RawQuery = "/v1/chat/completions", "", ""
	out.Header.Set("X-Decompose", "1")
	if out.Header.Get("X-Quality") == "" {
		out.Header.Set("X-Quality", "fast")
	}
	var text []byte
	if start, err := body.Peek(16); errors.Is(err, io.EOF) && strings.Trim(string(start), "{} \t\r\n") == "" {
		text = sample(cfg.FastExecutionModel)
		out.Header.Set("Content-Type", "application/json")
		out.Header.Del("Content-Length")
	} else {
		if text, err = io.ReadAll(io.LimitReader(body, int64(cfg.MaxBodyBytes)+1)); err != nil {
			p.unreachable(w, r, err)
			return
		}
		if len(text) > cfg.MaxBodyBytes {
			writeError(w, http.StatusRequestEntityTooLarge, "invalid_request_error", "", "the body is longer than max_body_bytes: raise it, or send a shorter one")
			return
		}
		var chat struct{ Messages []json.RawMessage }
		if json.Unmarshal(text, &chat) != nil || len(chat.Messages) == 0 {
			writeError(w, http.StatusBadRequest, "invalid_request_error", "messages", "the body is no chat completion with messages: send one, or nothing for a sample")
			return
		}
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	p.pass(w, out)
}

// sample is a request of more than one chunk with an answer that can be checked.
func sample(model string) []byte {
	var doc strings.Builder
	doc.WriteString("Below is the log of a lighthouse. On which day was the lamp repaired, and by whom?\n\n")
	for day := 1; day <= 120; day++ {
		doc.WriteString("## Day " + strconv.Itoa(day) + "\n\nThe wind came from the west and " + strconv.Itoa(day*7%11+1) + " ships passed. ")
		if day == 83 {
			doc.WriteString("The lamp was repaired by Mrs Aydın, who came over in the mail boat. ")
		}
		doc.WriteString("The lamp was lit at dusk and put out at dawn, and nothing else is to be reported of this day.\n\n")
	}
	b, _ := json.Marshal(map[string]any{"model": model, "messages": []map[string]string{{"role": "user", "content": doc.String()}}})
	return b
}

// guarded asks for LiteLLM's master key where there is one.
func (p *proxy) guarded(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p.masterKey != "" {
			scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			// Hashes have one length, so that the time of the comparison tells nothing about the key's.
			want, got := sha256.Sum256([]byte(p.masterKey)), sha256.Sum256([]byte(strings.TrimSpace(given)))
			if subtle.ConstantTimeCompare(want[:], got[:]) != 1 || !strings.EqualFold(scheme, "Bearer") {
				w.Header().Set("WWW-Authenticate", "Bearer")
				writeError(w, http.StatusUnauthorized, "authentication_error", "Authorization", "this needs LITELLM_MASTER_KEY as bearer token")
				return
			}
		}
		h(w, r)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		writeError(w, http.StatusInternalServerError, "internal_error", "", "the answer could not be written as JSON")
		return
	}
	writeRaw(w, status, b)
}

func writeRaw(w http.ResponseWriter, status int, json []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(json, '\n'))
}

func writeError(w http.ResponseWriter, status int, kind, param, message string) {
	writeErrorFor(w, "", status, kind, param, "", message)
}

// writeErrorFor writes an error in the shape of the path's API: Anthropic's for messages, else OpenAI's, where an empty param is null and an empty code the status.
func writeErrorFor(w http.ResponseWriter, path string, status int, kind, param, code, message string) {
	if status < 400 || status > 599 {
		status = http.StatusBadGateway
	}
	api := wire.Chat()
	if strings.HasSuffix(path, "/messages") {
		api = wire.Messages()
	}
	writeRaw(w, status, api.ErrorBody(&wire.Error{Status: status, Type: kind, Param: param, Code: code, Message: message}))
}

// clip bounds what is repeated of a caller's path.
func clip(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), 120)], "")
}
