package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// continuing sends the request as it came and, as long as the reply is cut by its length, asks for the rest.
type continuing struct{}

func (continuing) Name() string { return "continue" }

const (
	continueRounds = 32 // calls at most
	freeRounds     = 8  // calls at most when the caller set no ceiling
	tinyPiece      = 8  // tokens: a continuation that brings fewer has nothing left to say
	// What was written goes back whole up to writtenWhole bytes; of more, the head and the tail.
	writtenWhole = 24 << 10
	writtenHead  = 4 << 10
	writtenTail  = 16 << 10
)

func (continuing) Stages(in *Input) []Stage {
	s := finalStage(in, chunkTokens(in))
	s.Worst = max(s.Worst, in.Limits.Answer)
	return []Stage{s}
}

func (continuing) Run(ctx context.Context, in *Input, x Exec) error {
	l := in.Limits
	rounds := freeRounds
	if l.Answer > 0 {
		rounds = continueRounds
	}
	if inOnePiece(in) {
		rounds = 1 // asked for the rest, a model that must give JSON or what a grammar says begins anew
	}
	left := l.Answer
	written := ""
	for round := range rounds {
		a := Answer{Whole: true, MaxTokens: room(left, l.OneCall), Seam: written}
		if round > 0 {
			a.Append = []Turn{{"assistant", ends(written)}, {"user", prompt.Text("continue.user", prompt.Fields{})}}
		}
		reply, err := x.Answer(ctx, a)
		switch {
		case err != nil && round == 0:
			return fmt.Errorf("first call: %w", err)
		case err != nil:
			return fmt.Errorf("continuation %d: %w", round, err)
		case reply.Err != nil && round == 0:
			return fmt.Errorf("first call: %w", reply.Err)
		case errors.Is(reply.Err, ErrEmpty):
			// Asked for the rest, the model has none.
			x.Finish("stop")
			return nil
		case reply.Err != nil:
			// What there is, is the caller's; it is cut, and says so.
			x.Finish("length")
			return nil
		}
		if round == 0 {
			readWhole(in, x)
		}
		seam := len(written)
		written += reply.Text
		if metAtSeam(in.Stop, written, seam) {
			x.Finish("stop")
			return nil
		}
		if reply.Finish != "length" {
			return nil
		}
		if written == "" {
			break
		}
		size := reply.Tokens
		if size == 0 {
			size = in.Tokens(reply.Text)
		}
		if round > 0 && min(size, in.Tokens(reply.Text)) < tinyPiece { // a repetition is dropped at the seam
			break
		}
		if l.Answer > 0 {
			if left -= size; left < tinyPiece {
				break
			}
		}
	}
	x.Finish("length")
	return nil
}

// metAtSeam reports whether a stop sequence stands across the seam of two pieces, where no call could see it. It is out already; nothing follows it.
func metAtSeam(stops []string, text string, seam int) bool {
	for _, stop := range stops {
		if n := len(stop); n > 1 && strings.Contains(text[max(0, seam-n+1):min(len(text), seam+n-1)], stop) {
			return true
		}
	}
	return false
}

// room is what a call may write: what is left under the ceiling, and no more than the model can give at once; 0 leaves it to the caller's own.
func room(left, once int) int {
	switch {
	case left <= 0:
		return once
	case once <= 0:
		return left
	}
	return min(left, once)
}

// ends returns text, or its head and tail where it is long.
func ends(text string) string {
	if len(text) <= writtenWhole {
		return text
	}
	return before(text, writtenHead) + "\n[…]\n" + after(text, len(text)-writtenTail)
}

// before and after cut at a byte offset, moved to the next start of a character.
func before(s string, at int) string { return s[:runeStart(s, at)] }
func after(s string, at int) string  { return s[runeStart(s, at):] }

func runeStart(s string, at int) int {
	at = max(0, min(at, len(s)))
	for n := 0; at < len(s) && n < utf8.UTFMax && !utf8.RuneStart(s[at]); n++ {
		at++
	}
	return at
}
