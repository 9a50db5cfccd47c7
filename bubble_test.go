//go:build go1.25

package haikuplanner_test

import (
	"testing"
	"testing/synctest"
)

// bubble runs f in fake time, so that a slow machine does not look like a slow upstream.
func bubble(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }
