package tokens

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
)

func TestCalibration(t *testing.T) {
	var c Calibration
	if got := c.Factor("claude-haiku-4-5"); got != 1.2 {
		t.Errorf("Factor before any observation = %v, want 1.2", got)
	}
	c.Observe("claude-haiku-4-5", 1000, 1400)
	if got := c.Factor("claude-haiku-4-5"); !(got > 1.2 && got < 1.4) {
		t.Errorf("Factor after one observation of 1.4 = %v, want between 1.2 and 1.4", got)
	}
	for range 100 {
		c.Observe("claude-haiku-4-5", 20_000, 28_000)
	}
	if got := c.Factor("claude-haiku-4-5"); math.Abs(got-1.4) > 0.01 {
		t.Errorf("Factor after many observations of 1.4 = %v", got)
	}
	for range 200 { // the model behind an alias changes
		c.Observe("claude-haiku-4-5", 20_000, 22_000)
	}
	if got := c.Factor("claude-haiku-4-5"); math.Abs(got-1.1) > 0.02 {
		t.Errorf("Factor after many observations of 1.1 = %v", got)
	}
	if got := c.Factor("another"); got != 1.2 {
		t.Errorf("Factor of another model = %v, want 1.2", got)
	}
}

func TestCalibrationIgnoresNonsense(t *testing.T) {
	var c Calibration
	for _, o := range []struct{ raw, reported int }{{199, 300}, {0, 0}, {0, 500}, {-1000, -1200}, {1000, 0}, {1000, 499}, {1000, 3001}, {1000, math.MaxInt}, {math.MinInt, math.MinInt}} {
		c.Observe("m", o.raw, o.reported)
	}
	c.Observe(strings.Repeat("m", 300), 1000, 2000)
	if c.Factor("m") != 1.2 || len(c.models) != 0 {
		t.Errorf("Factor = %v and %d models known after nonsense only", c.Factor("m"), len(c.models))
	}
	c.Observe("m", math.MaxInt, math.MaxInt)
	if f := c.Factor("m"); !(f > 0.9 && f < 1.3) {
		t.Errorf("Factor after one observation of the largest numbers = %v", f)
	}
}

func TestCalibrationIsBounded(t *testing.T) {
	var c Calibration
	c.Observe("known", 100_000, 130_000)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				c.Observe(fmt.Sprint("made up ", g, i), 200+i, 300)
				c.Factor("known")
			}
		}()
	}
	wg.Wait()
	if len(c.models) > mostModels {
		t.Errorf("%d models kept, want at most %d", len(c.models), mostModels)
	}
	if f := c.Factor("known"); math.Abs(f-1.3) > 0.01 {
		t.Errorf("the model most is known about was forgotten: factor %v", f)
	}
}
