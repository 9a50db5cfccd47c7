//go:build !go1.25

package haikuplanner_test

import "testing"

func bubble(t *testing.T, f func(t *testing.T)) { f(t) }
