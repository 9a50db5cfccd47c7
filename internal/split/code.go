package split

import "strings"

// code reads source text of any language by its layout: a line at column 0 after a blank line or a closing bracket begins a top-level declaration, its
// comments and decorators included; deeper lines are better cut before the less they are indented.
func (r *reader) code(start, end int) { r.codeLines(start, end, 0) }

// codeLines reads source lines; nested says that they stand in a fence, where a declaration is no better than any block.
func (r *reader) codeLines(start, end, nested int) {
	l := r.lines(end)
	gap, closed, opened := true, false, false // the line before: blank; a closing bracket at column 0; one that opens a block
	comment := false                          // the line before is a comment or a decorator at column 0
	group := -1                               // where the run of lines at column 0 began that may hold a declaration with its comments
	for i := start; i < end; {
		line, next := l.line(i)
		width, indent := indentation(line)
		body := line[width:]
		if blank(body) {
			gap, i = true, next
			continue
		}
		closes := closesBlock[body[0]] || body == "end" || strings.HasPrefix(body, "else")
		switch {
		case indent == 0 && !closes && (gap || closed):
			r.cut(i, Block, nested)
			group = i
		case closes || opened || comment && !gap:
			r.cut(i, Line, 8+min(indent, 6))
		case gap:
			r.cut(i, Blank, nested+indent)
		default:
			r.cut(i, Line, nested+min(indent, 6))
		}
		if indent > 0 || closes {
			group = -1
		}
		if name := declaration(body, indent); name != "" {
			at := i
			if group >= 0 {
				at = group
			}
			r.mark(at, levelDecl+min(indent, 9), name)
			group = -1
		}
		last := body[len(body)-1]
		opened = last == '{' || last == '(' || last == '[' || last == ':'
		closed = indent == 0 && closes
		comment = indent == 0 && beginsComment[body[0]]
		gap, i = false, next
	}
}

var (
	closesBlock, opensBody, endsWord = setOf("})]"), setOf("{:("), setOf(" \t(<:{")
	beginsComment, noDeclaration     = setOf("#/*@;%"), setOf("#/*-@;%\"'`")
)

// indentation returns the width in bytes of the spaces and tabs that a line begins with, and counts them: tabs and steps of four (or two) spaces.
func indentation(line string) (width, steps int) {
	columns := 0
	for ; strings.HasPrefix(line[width:], "    "); width += 4 {
		columns += 4
	}
	for ; width < len(line); width++ {
		if line[width] == ' ' {
			columns++
		} else if line[width] == '\t' {
			columns += 4
		} else {
			break
		}
	}
	return width, (columns + 3) / 4
}

// declares are words that begin a declaration in one language or another.
var declares = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`func def class type struct enum union interface impl fn pub public private protected internal static export default const
		let var val function async module namespace trait object package import from use using template extern abstract final override sealed record
		protocol extension contract library macro macro_rules! mod sub proc procedure create CREATE ALTER INSERT SELECT data newtype instance defmodule
		defp defmacro void int char bool float double long unsigned auto local typedef open suspend fun inline virtual constexpr resource variable output`) {
		declares[w] = true
	}
}

// nestable are those of them that are worth a place in the breadcrumb when they are indented.
var nestable = map[string]bool{"def": true, "class": true, "func": true, "function": true, "fn": true, "fun": true, "interface": true, "impl": true, "trait": true,
	"struct": true, "enum": true, "public": true, "private": true, "protected": true, "static": true, "async": true, "module": true, "namespace": true,
	"override": true, "pub": true, "defp": true, "sub": true}

// declaration returns the breadcrumb for a line that declares something, without the bracket that opens its body; "" when it does not.
func declaration(body string, indent int) string {
	last := body[len(body)-1]
	opens := last == '{' || last == ':' || last == '('
	switch {
	case indent == 0 && noDeclaration[body[0]]:
		return "" // a comment, a decorator, a string
	case indent > 0 && !opens && last != ')':
		return ""
	}
	n := endsWord.index(body)
	switch {
	case indent == 0 && (opens || declares[body[:n]]):
	case indent > 0 && n < len(body) && body[n] == ' ' && nestable[body[:n]]:
	default:
		return ""
	}
	if len(body) > 4*labelBytes {
		body = body[:4*labelBytes]
	}
	for body = trimSpace(body); body != "" && opensBody[body[len(body)-1]]; {
		body = body[:len(body)-1]
	}
	return trimSpace(body)
}
