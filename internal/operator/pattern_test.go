package operator

import "testing"

// All patterns can be compiled.
func TestReady(t *testing.T) {
	if len(patterns) < 100 {
		t.Errorf("%d patterns", len(patterns))
	}
	Ready()
}
