package operator

import (
	"regexp"
	"sync"
)

// A pattern is a regular expression that is compiled when it is first used, so that a program that imports this package starts without them.
type pattern func() *regexp.Regexp

var patterns []pattern

// lazily is for variables of the package.
func lazily(expr string) pattern {
	p := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	patterns = append(patterns, p)
	return p
}

// Ready compiles all patterns, which takes some tens of milliseconds once, so that no request waits for it.
func Ready() {
	for _, p := range patterns {
		p()
	}
}
