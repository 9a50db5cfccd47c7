package operator

import (
	"strings"
	"testing"
)

// A model that does no part of the task is not asked for ever smaller pieces of it.
func TestGivesUpWhereNothingIsUsable(t *testing.T) {
	for _, c := range []struct{ operator, task, reply string }{
		{"transform", "Translate this into French.", "ok"},
		{"edit", "Rename every function; give the whole file back.", "ok"},
		{"answer", "What does it say?", ""},
	} {
		in := textInput(c.task, markdown(400), 1500)
		f := &fake{model: func(Call) Reply { return Reply{Text: c.reply, Finish: "stop"} }}
		err := run(t, c.operator, in, f)
		if err == nil || !strings.Contains(err.Error(), "chunk ") {
			t.Errorf("%s: %v", c.operator, err)
		}
		if chunks := len(in.Chunks); chunks < 4 || len(f.calls) > 4*chunks+4 {
			t.Errorf("%s: %d calls for %d chunks", c.operator, len(f.calls), chunks)
		}
	}
}
