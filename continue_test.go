package haikuplanner_test

import (
	"testing"

	"github.com/haiku-planner/haikuplanner/internal/upstreamtest"
)

// A continuation that announces itself, or repeats the last line, is joined without either, streamed or not.
func TestContinuationIsJoined(t *testing.T) {
	const first, second = "The first line of the long answer stands here.\nThe second line of it stands here.\n", "The third line ends it.\n"
	for _, more := range []string{"Continuing from where I left off:\n\n" + second, "The second line of it stands here.\n" + second} {
		for _, stream := range []bool{false, true} {
			up := upstreamtest.New(func(c upstreamtest.Call) upstreamtest.Reply {
				if len(c.Messages) > 1 {
					return upstreamtest.Reply{Text: more}
				}
				return upstreamtest.Reply{Text: first, Finish: "length"}
			})
			a := send(t, newPlanner(t, up), body("sonnet-4-x", map[string]any{"max_tokens": 30_000, "stream": stream}, message{"user", "Hello there"}))
			if a.Content != first+second || a.Finish != "stop" {
				t.Errorf("stream %v: finish %q, %q", stream, a.Finish, a.Content)
			}
		}
	}
}
