package haikuplanner

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Money is an amount of US dollars in units of 10⁻¹² dollar, so that per-token prices (2.5e-07) are exact and add up exactly. The zero value is no money.
// The largest amount is a little over nine million dollars; sums saturate there.
type Money int64

// Dollar is one US dollar.
const Dollar Money = 1_000_000_000_000

const (
	moneyDigits = 12           // decimal places that a Money holds
	shownUnit   = Money(1_000) // 10⁻⁹ dollar: String and MarshalJSON give nine decimal places
	maxMoney    = Money(math.MaxInt64)
)

// ParseMoney reads decimal text: "1", "0.50", ".5", "2.5e-07". What is below 10⁻¹² dollar is rounded up. Signs other than a leading plus, white space,
// currency signs, hexadecimal numbers, infinities and amounts above nine million dollars are errors.
func ParseMoney(text string) (Money, error) {
	n, err := parseDecimal(text, moneyDigits)
	if err != nil {
		return 0, fmt.Errorf("%w; write an amount of US dollars such as 0.50", err)
	}
	return Money(n), nil
}

var (
	errNotDecimal = errors.New("not a decimal number")
	errNegative   = errors.New("must not be negative")
	errTooLarge   = errors.New("too large")
)

// parseDecimal reads text as a number and returns it in units of 10^-scale, rounded up. It is linear in len(text), whatever the exponent says.
func parseDecimal(text string, scale int) (int64, error) {
	s := strings.TrimPrefix(text, "+")
	if strings.HasPrefix(s, "-") && s == text {
		if _, err := parseDecimal(s[1:], scale); err != nil && !errors.Is(err, errTooLarge) {
			return 0, errNotDecimal
		}
		return 0, errNegative
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		digits := s[i+1:]
		if digits != "" && (digits[0] == '+' || digits[0] == '-') {
			digits = digits[1:]
		}
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			return 0, errNotDecimal
		}
		// Beyond this bound only the sign matters: the mantissa has at most len(text) digits.
		exponent = len(text) + 100
		if e, err := strconv.Atoi(digits); err == nil {
			exponent = min(exponent, e)
		}
		if s[i+1] == '-' {
			exponent = -exponent
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return 0, errNotDecimal
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return 0, nil
	}
	// The value is digits × 10^shift units.
	shift := exponent - len(fraction) + scale
	roundUp := false
	if shift < 0 {
		keep := max(len(digits)+shift, 0)
		roundUp = strings.Trim(digits[keep:], "0") != ""
		digits, shift = digits[:keep], 0
	}
	if len(digits)+shift > 19 {
		return 0, errTooLarge
	}
	n := uint64(0)
	for _, d := range []byte(digits) {
		n = n*10 + uint64(d-'0')
	}
	for ; shift > 0; shift-- {
		n *= 10
	}
	if roundUp {
		n++
	}
	if n > math.MaxInt64 { // nineteen digits fit a uint64, so n has not wrapped
		return 0, errTooLarge
	}
	return int64(n), nil
}

// String gives dollars as a decimal number, rounded up to at most nine digits after the point, without trailing zeros: "0.0851".
func (m Money) String() string {
	var b [32]byte
	return string(m.append(b[:0]))
}

func (m Money) append(b []byte) []byte {
	units := m / shownUnit // a difference may be negative: rounding up is then towards zero
	switch {
	case units < 0:
		b = append(b, '-')
	case m%shownUnit > 0:
		units++
	}
	return appendUnits(b, magnitude(int64(units)))
}

// appendUnits writes n × 10⁻⁹.
func appendUnits(b []byte, n uint64) []byte {
	const one = 1_000_000_000
	b = strconv.AppendUint(b, n/one, 10)
	if n%one == 0 {
		return b
	}
	fraction := strconv.AppendUint(nil, n%one+one, 10)[1:] // the added one keeps leading zeros
	b = append(b, '.')
	return append(b, bytes.TrimRight(fraction, "0")...)
}

// MarshalJSON gives the number that String gives.
func (m Money) MarshalJSON() ([]byte, error) { return m.append(nil), nil }

// UnmarshalJSON reads a JSON number, or a string that holds one, exactly; null leaves m as it is.
func (m *Money) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" {
		return nil
	}
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	positive := strings.TrimPrefix(text, "-")
	v, err := ParseMoney(positive)
	if err != nil {
		return err
	}
	if *m = v; positive != text {
		*m = -v // as Stats.Saved may be
	}
	return nil
}

// UnmarshalYAML reads a number, quoted or not, exactly: never through a float.
func (m *Money) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: want an amount of US dollars such as 0.50", n.Line)
	}
	v, err := ParseMoney(strings.ReplaceAll(n.Value, "_", ""))
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*m = v
	return nil
}

// MarshalYAML gives the number that String gives.
func (m Money) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: m.decimal()}, nil
}

// decimal is String with at least one digit after the point, as amounts are written in config.yaml: "1.0".
func (m Money) decimal() string {
	s := m.String()
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Add returns the sum, at most the largest Money.
func (m Money) Add(n Money) Money {
	sum := m + n
	switch {
	case m > 0 && n > 0 && sum < 0:
		return maxMoney
	case m < 0 && n < 0 && sum >= 0:
		return math.MinInt64
	}
	return sum
}

// Mul returns m × n, at most the largest Money.
func (m Money) Mul(n int) Money {
	negative := (m < 0) != (n < 0)
	hi, lo := bits.Mul64(magnitude(int64(m)), magnitude(int64(n)))
	if hi != 0 || lo > math.MaxInt64 {
		if negative {
			return math.MinInt64
		}
		return maxMoney
	}
	if negative {
		return -Money(lo)
	}
	return Money(lo)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// A Price is what one token costs. The zero value is free of charge.
type Price struct {
	Input, Output Money // US dollars per token
}

// Cost is what a call with so many tokens costs, at most the largest Money.
func (p Price) Cost(prompt, completion int) Money {
	return p.Input.Mul(prompt).Add(p.Output.Mul(completion))
}

// capFor is the most that a request may cost: the smaller of max_cost_per_request and the x-max-cost header (when given), less cost_safety_margin,
// rounded down. A header can lower the configured cap, not raise it.
func capFor(c Config, header Money, given bool) Money {
	limit := c.MaxCostPerRequest
	if given {
		limit = min(limit, header)
	}
	return lessMargin(limit, c.CostSafetyMargin)
}

// lessMargin is m × (1 − margin), rounded down. The margin is taken as the decimal number that its shortest text names, so that 0.2 is exactly a fifth.
func lessMargin(m Money, margin float64) Money {
	part, err := parseDecimal(strconv.FormatFloat(margin, 'f', -1, 64), moneyDigits)
	if err != nil || part > int64(Dollar) || m <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(m), uint64(int64(Dollar)-part))
	quotient, _ := bits.Div64(hi, lo, uint64(Dollar)) // hi < Dollar because the second factor is at most Dollar and m < 2⁶³
	return Money(quotient)
}
