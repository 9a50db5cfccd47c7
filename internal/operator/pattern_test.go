package operator

import "testing"

func TestPatternsCompile(t *testing.T) {
	if len(patterns) < 100 {
		t.Errorf("%d patterns", len(patterns))
	}
	for _, p := range patterns {
		p()
	}
}
