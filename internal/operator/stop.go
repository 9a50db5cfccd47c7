package operator

import (
	"errors"
	"strings"
)

// errStopSequence ends an operator whose text has met one of the caller's stop sequences: what follows it is not wanted.
const errStopSequence = constErr("a stop sequence of the caller's was met")

// A stopper is an Exec that lets text of ours through up to the first of the caller's stop sequences. Calls whose reply goes to the caller carry these
// themselves. It holds back as much as may be the beginning of one.
type stopper struct {
	Exec
	stops []string
	held  string
	met   string // the stop sequence that ended the text
}

// A Stopper is an Exec that wants to know which of the caller's stop sequences ended the text: some APIs tell.
type Stopper interface {
	StoppedAt(sequence string)
}

// stopping runs an operator that writes the answer's text itself, and ends it without an error where the text meets a stop sequence.
func stopping(in *Input, x Exec, run func(Exec) error) error {
	s := &stopper{Exec: x}
	for _, stop := range in.Stop {
		if stop != "" {
			s.stops = append(s.stops, stop)
		}
	}
	if len(s.stops) == 0 {
		return run(x)
	}
	err := run(s)
	if errors.Is(err, errStopSequence) {
		x.Finish("stop")
		stoppedAt(x, s.met)
		return nil
	}
	if err == nil && s.held != "" {
		return x.Write(s.held)
	}
	return err
}

func (s *stopper) Write(text string) error {
	text = s.held + text
	at, hold := len(text), len(text)
	for _, stop := range s.stops {
		if i := strings.Index(text, stop); i >= 0 && i < at {
			at, s.met = i, stop
		}
		for n := min(len(stop)-1, len(text)); n > 0; n-- {
			if strings.HasPrefix(stop, text[len(text)-n:]) {
				hold = min(hold, len(text)-n)
				break
			}
		}
	}
	if at < len(text) {
		s.held = ""
		if at > 0 {
			if err := s.Exec.Write(text[:at]); err != nil {
				return err
			}
		}
		return errStopSequence
	}
	s.held = text[hold:]
	if hold == 0 {
		return nil
	}
	return s.Exec.Write(text[:hold])
}

// Changed is the Exec's own, where it has one.
func (s *stopper) Changed(operator string) { changed(s.Exec, operator) }

// Probed is the Exec's own, where it has one.
func (s *stopper) Probed(seen float64, pilots int) error { return probed(s.Exec, seen, pilots) }

func stoppedAt(x Exec, sequence string) {
	if s, ok := x.(Stopper); ok {
		s.StoppedAt(sequence)
	}
}

func changed(x Exec, operator string) {
	if c, ok := x.(Changer); ok {
		c.Changed(operator)
	}
}
