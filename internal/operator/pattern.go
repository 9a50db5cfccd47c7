package operator

import (
	"regexp"
	"sync"
)

// A pattern is a regular expression that is compiled when it is first used, so that a program that imports this package starts without them.
type pattern func() *regexp.Regexp

// patterns are all of them: a test compiles what otherwise nobody may until a request needs it.
var patterns []pattern

// lazily is for variables of the package.
func lazily(expr string) pattern {
	p := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	patterns = append(patterns, p)
	return p
}
