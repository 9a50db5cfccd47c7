package tokens

import "sync"

const (
	leastSample = 200     // raw tokens; in smaller requests the fixed parts of a chat weigh too much
	priorWeight = 2_000   // raw tokens that the start factor counts for against observations
	memory      = 500_000 // raw tokens after which older observations begin to fade
	mostModels  = 256
	longestName = 200 // bytes
	leastRatio  = 0.5
	mostRatio   = 3.0
)

// Calibration learns, from the usage that an upstream reports, how many tokens each model's own tokenizer makes of one of ForModel's. It starts from Factor.
// The zero value is ready; it is safe for concurrent use. It remembers at most 256 models: a new one takes the place of the one least is known about.
type Calibration struct {
	mu     sync.Mutex
	models map[string]sums
}

// sums are decaying totals of one model.
type sums struct{ raw, reported float64 }

// Observe takes in one answer: raw tokens as counted here, and the prompt tokens that the upstream reported. Requests under 200 tokens and ratios outside 0.5 to 3
// (cached, compressed or made-up figures) are ignored.
func (c *Calibration) Observe(model string, raw, reported int) {
	ratio := float64(reported) / float64(raw)
	if raw < leastSample || len(model) > longestName || !(ratio >= leastRatio && ratio <= mostRatio) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, known := c.models[model]
	if !known {
		if c.models == nil {
			c.models = make(map[string]sums)
		}
		if len(c.models) >= mostModels {
			c.forget()
		}
	}
	// One huge request may not outweigh all the others at once.
	weight := min(float64(raw), memory/4)
	s.raw += weight
	s.reported += weight * ratio
	if s.raw > memory {
		s.raw, s.reported = s.raw/2, s.reported/2
	}
	c.models[model] = s
}

// forget drops the model least is known about. Called with the lock held.
func (c *Calibration) forget() {
	var least string
	lowest := -1.0
	for m, s := range c.models {
		if lowest < 0 || s.raw < lowest {
			least, lowest = m, s.raw
		}
	}
	delete(c.models, least)
}

// Factor is the number of tokens of the model's own tokenizer to expect for one of ForModel(model).
func (c *Calibration) Factor(model string) float64 {
	c.mu.Lock()
	s := c.models[model]
	c.mu.Unlock()
	return (Factor(model)*priorWeight + s.reported) / (priorWeight + s.raw)
}
