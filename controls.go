package haikuplanner

import (
	"errors"
	"net/http"
	"strings"
)

// Header names of ours.
const (
	headerDecompose = "X-Decompose"
	headerQuality   = "X-Quality"
	headerMaxCost   = "X-Max-Cost"
	headerOurs      = "X-Haiku-Planner"
	headerRetry     = "X-Should-Retry" // read by the SDKs of OpenAI and Anthropic
)

// controls are the caller's wishes for one request, by header.
type controls struct {
	force, forbid bool
	quality       string // "", "fast" or "deep"
	maxCost       Money
	capped        bool // maxCost was given
}

// readControls reads the three headers. A malformed one is an error, but forbid is right even then.
func readControls(h http.Header) (controls, *Error) {
	var c controls
	var bad *Error
	one := func(name string, set func(v string) bool, want string) {
		for i, v := range h[name] {
			if !set(strings.TrimSpace(v)) && bad == nil {
				if i > 0 {
					want = "it once, " + want
				}
				bad = invalid(strings.ToLower(name), "the header %s is %q: send %s", strings.ToLower(name), clip(strings.Join(h[name], ", "), 40), want)
			}
		}
	}
	one(headerDecompose, func(v string) bool {
		c.force, c.forbid = c.force || v == "1", c.forbid || v == "0"
		return (v == "1" || v == "0") && !(c.force && c.forbid)
	}, "1 to decompose or 0 to forward")
	one(headerQuality, func(v string) bool {
		again := c.quality != "" && c.quality != v
		c.quality = v
		return (v == "fast" || v == "deep") && !again
	}, "fast or deep")
	one(headerMaxCost, func(v string) bool {
		m, err := ParseMoney(v)
		if errors.Is(err, errTooLarge) {
			m, err = maxMoney, nil // the configured cap is lower anyway
		}
		if err != nil {
			return false
		}
		if !c.capped || m < c.maxCost {
			c.maxCost = m
		}
		c.capped = true
		return true
	}, "a decimal number of US dollars, such as 0.50")
	return c, bad
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
