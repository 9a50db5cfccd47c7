package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Chunks that are rewritten into a table give one table: one heading, whatever order a reply has the columns in.
func TestTableHead(t *testing.T) {
	for _, c := range []struct {
		name   string
		commas bool
		cores  []string
		texts  []string
		want   string
	}{
		{"markdown, the same heading", false, nil, []string{"| A | B |\n|---|---|\n| 1 | 2 |\n", "| A | B |\n|:--|--:|\n| 3 | 4 |\n", "| 5 | 6 |\n"}, "| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n| 5 | 6 |\n"},
		{"markdown, another order", false, nil, []string{"| A | B |\n|---|---|\n| 1 | 2 |\n", "| b | a |\n|---|---|\n| 4 \\| 4 | 3 |\n\nThe end.\n"}, "| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 \\| 4 |\n\nThe end.\n"},
		{"markdown, other columns", false, nil, []string{"| A | B |\n|---|---|\n| 1 | 2 |\n", "| A | C |\n|---|---|\n| 3 | 4 |\n"}, "| A | B |\n|---|---|\n| 1 | 2 |\n| A | C |\n|---|---|\n| 3 | 4 |\n"},
		{"markdown, tables of the text's own", false, []string{"| A |\n|---|\n| x |\n", "| A |\n|---|\n| y |\n"}, []string{"| A |\n|---|\n| 1 |\n", "| A |\n|---|\n| 2 |\n"}, "| A |\n|---|\n| 1 |\n| A |\n|---|\n| 2 |\n"},
		{"CSV", true, nil, []string{"name,note\nx,\"two\nlines\"\n", "name,note\ny,z\n", "v,w\n"}, "name,note\nx,\"two\nlines\"\ny,z\nv,w\n"},
		{"CSV, another order and quoted line ends", true, nil, []string{"name,\"the\nnote\"\nx,1\n", "\"The\nnote\",Name\n\"a,\n\"\"b\"\"\",y\n"}, "name,\"the\nnote\"\nx,1\ny,\"a,\n\"\"b\"\"\"\n"},
		{"CSV without a heading", true, nil, []string{"x,1\n", "y,2\n"}, "x,1\ny,2\n"},
		{"prose", false, nil, []string{"One.\n", "One.\n"}, "One.\nOne.\n"},
	} {
		h := tableHead{commas: c.commas}
		var b strings.Builder
		for i, text := range c.texts {
			core := fmt.Sprintf("passage %d of prose", i)
			if c.cores != nil {
				core = c.cores[i]
			}
			b.WriteString(h.once(core, text))
		}
		if d := cmp.Diff(c.want, b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
