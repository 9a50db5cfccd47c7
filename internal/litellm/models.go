// Package litellm reads what a LiteLLM proxy says: its models and their prices, its refusals, and the headers of its answers. It was written against
// LiteLLM 1.102.4 and is tolerant of others; testdata holds what the real one said. It knows nothing of planning and sends nothing but GET /model/info.
package litellm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxModelInfo bounds the body of /model/info. A proxy with wildcard models lists every model of a provider: 444 KB were seen for one wildcard.
const maxModelInfo = 32 << 20

// A Model is one model group of LiteLLM's /model/info with its deployments merged: LiteLLM may send a request to any of them, so the dearest price
// and the smallest window count.
type Model struct {
	Name     string // what a request names
	Provider string // "anthropic"; of the first deployment
	Base     string // the provider's own name of the model, "anthropic/claude-haiku-4-5", or the base_model that the configuration declares

	// InputCost and OutputCost are dollars per token, decimal text as LiteLLM wrote it ("2.5e-07"); "" when unknown for any deployment. LiteLLM writes
	// 0 (not 0.0) where it knows no price: that is unknown. A price of zero that somebody declared comes as 0.0 and is known.
	InputCost, OutputCost string

	MaxInput  int // tokens of prompt that fit; 0 unknown
	MaxOutput int // tokens that one answer may have; 0 unknown

	// TPM is the most tokens a minute that one deployment takes: the largest of the group's, 0 when one of them has no limit. A request above it can
	// never pass where LiteLLM enforces it.
	TPM int
}

// ParseModelInfo reads the body of /model/info into models by name. Entries that it cannot read are left out; an error means that the body is
// something else altogether.
func ParseModelInfo(body []byte) (map[string]Model, error) {
	var list struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("litellm: /model/info is not the JSON that was expected: %w", err)
	}
	if list.Data == nil {
		return nil, errors.New(`litellm: /model/info has no "data" list; is the base URL that of a LiteLLM proxy?`)
	}
	models := make(map[string]Model, len(list.Data))
	for _, raw := range list.Data {
		var d deployment
		if json.Unmarshal(raw, &d) != nil || d.Name == "" {
			continue
		}
		m := d.model()
		if have, ok := models[m.Name]; ok {
			m = merge(have, m)
		}
		models[m.Name] = m
	}
	return models, nil
}

// FetchModels asks the LiteLLM at baseURL for its models: GET /model/info, then /v1/model/info where the first is not there. key may be empty. A nil
// rt is http.DefaultTransport. Errors never hold the key.
func FetchModels(ctx context.Context, rt http.RoundTripper, baseURL, key string) (map[string]Model, error) {
	if rt == nil {
		rt = http.DefaultTransport
	}
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("litellm: %q is not the URL of a LiteLLM proxy (want something like http://localhost:4000)", baseURL)
	}
	root := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	var missing *statusError
	for _, path := range []string{"/model/info", "/v1/model/info"} {
		at := *u
		at.Path, at.RawPath, at.RawQuery, at.Fragment = root+path, "", "", ""
		body, err := get(ctx, rt, &at, key)
		if err == nil {
			return ParseModelInfo(body)
		}
		if !errors.As(err, &missing) || missing.status != http.StatusNotFound && missing.status != http.StatusMethodNotAllowed {
			return nil, err
		}
	}
	return nil, missing
}

type statusError struct {
	url    string
	status int
	said   string
}

func (e *statusError) Error() string {
	next := "is it a LiteLLM proxy, and ready?"
	if e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status == http.StatusBadRequest {
		next = "set LITELLM_MASTER_KEY to a key that may read it"
	}
	return fmt.Sprintf("litellm: GET %s: status %d: %s (%s)", e.url, e.status, clip(e.said, 300), next)
}

func get(ctx context.Context, rt http.RoundTripper, u *url.URL, key string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("litellm: %w", err)
	}
	req.Close = true // LiteLLM resets the connection after answering some keys, or none: the caller's next request must not be on it
	req.Header.Set("Accept", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := rt.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("litellm: GET %s: %w", u.Redacted(), err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxModelInfo+1))
	if err != nil {
		return nil, fmt.Errorf("litellm: GET %s: reading the answer: %w", u.Redacted(), err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, &statusError{u.Redacted(), res.StatusCode, ReadRefusal(res.StatusCode, body).Message}
	}
	if len(body) > maxModelInfo {
		return nil, fmt.Errorf("litellm: GET %s: the answer is above %d MiB; name models instead of a wildcard in LiteLLM's model_list", u.Redacted(), maxModelInfo>>20)
	}
	return body, nil
}

// A deployment is one entry of /model/info, read no further than is needed.
type deployment struct {
	Name   string `json:"model_name"`
	Params struct {
		Model     text   `json:"model"`
		BaseModel text   `json:"base_model"`
		Input     number `json:"input_cost_per_token"`
		Output    number `json:"output_cost_per_token"`
		TPM       number `json:"tpm"`
	} `json:"litellm_params"`
	Info struct {
		BaseModel text   `json:"base_model"`
		Provider  text   `json:"litellm_provider"`
		Input     number `json:"input_cost_per_token"`
		Output    number `json:"output_cost_per_token"`
		MaxInput  number `json:"max_input_tokens"`
		MaxOutput number `json:"max_output_tokens"`
		TPM       number `json:"tpm"`
	} `json:"model_info"`
}

func (d *deployment) model() Model {
	m := Model{
		Name:       d.Name,
		Provider:   string(d.Info.Provider),
		Base:       string(first(d.Info.BaseModel, d.Params.BaseModel, d.Params.Model)),
		InputCost:  first(d.Info.Input.price(), d.Params.Input.price()),
		OutputCost: first(d.Info.Output.price(), d.Params.Output.price()),
		MaxInput:   d.Info.MaxInput.count(),
		MaxOutput:  d.Info.MaxOutput.count(),
		TPM:        first(d.Params.TPM.count(), d.Info.TPM.count()),
	}
	if m.Provider == "" {
		m.Provider, _, _ = strings.Cut(string(d.Params.Model), "/")
	}
	return m
}

func merge(a, b Model) Model {
	a.InputCost = dearest(a.InputCost, b.InputCost)
	a.OutputCost = dearest(a.OutputCost, b.OutputCost)
	a.MaxInput = smallest(a.MaxInput, b.MaxInput)
	a.MaxOutput = smallest(a.MaxOutput, b.MaxOutput)
	if a.TPM == 0 || b.TPM == 0 {
		a.TPM = 0
	} else {
		a.TPM = max(a.TPM, b.TPM)
	}
	return a
}

// dearest is unknown where either is: no upper bound can be given then.
func dearest(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	if y > x {
		return b
	}
	return a
}

// smallest leaves out the unknown.
func smallest(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func first[T comparable](vs ...T) T {
	var zero T
	for _, v := range vs {
		if v != zero {
			return v
		}
	}
	return zero
}

// text is a JSON string; anything else reads as "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}

// number is a JSON number, or one in a string, as written; anything else reads as "".
type number string

func (n *number) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `" `))
	if x, err := strconv.ParseFloat(s, 64); err == nil && x >= 0 && !math.IsInf(x, 0) && decimal(s) {
		*n = number(s)
	}
	return nil
}

// price is the number as written, "" where it is LiteLLM's 0 for "no price known".
func (n number) price() string {
	if n == "0" {
		return ""
	}
	return string(n)
}

func (n number) count() int {
	x, err := strconv.ParseFloat(string(n), 64)
	if err != nil || x < 1 || x > 1<<40 {
		return 0
	}
	return int(x)
}

// decimal says whether s is plain decimal notation: ParseFloat takes hexadecimal and underscores too.
func decimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.eE+-") == ""
}
