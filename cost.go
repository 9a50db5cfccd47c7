package haikuplanner

// Money is an amount of US dollars in units of 10⁻¹² dollar, so that per-token prices add up exactly.
type Money int64

// A Price is what one token costs.
type Price struct {
	Input, Output Money // per token
}
