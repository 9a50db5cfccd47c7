package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The file that is committed is what the command makes of the functions as they are.
func TestCurrent(t *testing.T) {
	have, err := os.ReadFile("../../look256_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(assembly("../../look.go", "../../joins.go")), string(have)); diff != "" {
		t.Errorf("go generate ./internal/tokens, for it is of another look (-now, +committed):\n%s", diff)
	}
}
