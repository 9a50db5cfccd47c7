package haikuplanner_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/haiku-planner/haikuplanner"

// TestImportsRunOneWay holds the line of ARCHITECTURE.md: nothing internal that ships imports the root, wire knows no operator, sse knows nothing, and the root
// imports neither servers nor test tools.
func TestImportsRunOneWay(t *testing.T) {
	forbidden := map[string][]string{
		".":                 {"net/http/httptest", "testing", "flag", "os/signal", "net/http/pprof", "github.com/sashabaranov/go-openai", module + "/internal/offline", module + "/internal/upstreamtest"},
		"internal/sse":      {module},
		"internal/tokens":   {module + "/internal/wire", module + "/internal/operator", module + "/internal/split", "net/http"},
		"internal/split":    {module + "/internal/wire", module + "/internal/operator", "net/http"},
		"internal/wire":     {module + "/internal/operator", module + "/internal/split", module + "/internal/tokens", "net/http"},
		"internal/operator": {module + "/internal/wire", module + "/internal/split", "net/http"},
		"internal/prompt":   {module, "net/http"},
		"internal/advice":   {module + "/internal/wire", module + "/internal/split", "net/http"},
		"internal/litellm":  {module},
	}
	for dir, never := range forbidden {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				path := strings.Trim(spec.Path.Value, `"`)
				if path == module {
					t.Errorf("%s imports the root", name)
				}
				if inner, ok := strings.CutPrefix(path, module+"/"); ok && forbidden[inner] == nil {
					t.Errorf("%s imports %s, of which nothing is said here", name, path)
				}
				for _, n := range never {
					if path == n || strings.HasPrefix(path, n+"/") {
						t.Errorf("%s imports %s", name, path)
					}
				}
			}
		}
	}
}
