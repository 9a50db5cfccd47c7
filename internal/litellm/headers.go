package litellm

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWait bounds what RetryAfter believes.
const maxWait = 24 * time.Hour

// RetryAfter says how long an answer asks to wait: LiteLLM's own retry-after (seconds or an HTTP date) or retry-after-ms, or the provider's, which
// LiteLLM hands on with the prefix llm_provider-. The longer wins when both are there. LiteLLM 1.102.4 was seen to drop the provider's on
// /chat/completions; Refusal.Wait has what the message says then. A date that is past is a wait of 0.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	var wait time.Duration
	var found bool
	for _, prefix := range []string{"", "llm_provider-"} {
		d, ok := milliseconds(h.Get(prefix + "retry-after-ms"))
		if !ok {
			d, ok = secondsOrDate(h.Get(prefix+"retry-after"), now)
		}
		if ok {
			wait, found = max(wait, d), true
		}
	}
	return wait, found
}

func milliseconds(s string) (time.Duration, bool) { return scaled(s, time.Millisecond) }

func secondsOrDate(s string, now time.Time) (time.Duration, bool) {
	if d, ok := scaled(s, time.Second); ok {
		return d, true
	}
	at, err := http.ParseTime(strings.TrimSpace(s))
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxWait), true
}

func scaled(s string, unit time.Duration) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !decimal(s) || x < 0 {
		return 0, false
	}
	if x*float64(unit) > float64(maxWait) {
		return maxWait, true
	}
	return time.Duration(x * float64(unit)), true
}

// Cost is what LiteLLM says that an answer cost: x-litellm-response-cost, dollars as decimal text. LiteLLM computes in floating point and writes
// 6.000000000000001e-05 for 0.00006: the text is rounded to 15 digits. It says 0 on every refusal, and the full price on an answer from its cache
// (see Cached); streamed answers have no such header.
func Cost(h http.Header) (dollars string, ok bool) {
	return Dollars(h.Get("x-litellm-response-cost"))
}

// Dollars tidies an amount that LiteLLM computed in floating point (the header above, usage.cost in a stream) to 15 significant digits. ok is false
// when s is not a number of 0 or more.
func Dollars(s string) (dollars string, ok bool) {
	s = strings.TrimSpace(s)
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || x < 0 || math.IsInf(x, 0) || !decimal(s) {
		return "", false
	}
	if x == 0 {
		return "0", true
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', 14, 64), "e")
	mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	return mantissa + "e" + exponent, true
}

// Cached says whether an answer came from LiteLLM's cache, so that it cost nothing whatever Cost says.
func Cached(h http.Header) bool { return h.Get("x-litellm-cache-key") != "" }
