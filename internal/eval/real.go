package main

import (
	"errors"
	"flag"
	"io"
)

// A real is a model behind an OpenAI-compatible server.
type real struct{ base *string }

func realFlags() *real {
	return &real{base: flag.String("base", "", "real: base URL of an OpenAI-compatible server")}
}

func (m *real) table(io.Writer, []family, uint64) error {
	return errors.New("-worker real: give -base")
}
