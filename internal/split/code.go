package split

import "strings"

// code reads source text of any language by its layout: a line at column 0 after a blank line or a closing bracket begins a top-level declaration, its
// comments and decorators included, and so do sections of settings, entries of YAML and elements of markup that go over several lines, wherever they stand;
// deeper lines are better cut before the less they are indented.
func (r *reader) code(start, end int) { r.codeLines(start, end, 0) }

// codeLines reads source lines; nested says that they stand in a fence, where a declaration is no better than any block.
func (r *reader) codeLines(start, end, nested int) {
	l := r.lines(end)
	gap, opened := true, false // the line before: blank; one that opens a block
	closed, ends := -1, 0      // how wide the line before is indented if it is a closing bracket or tag, or -1; so many tags ended there in a row
	comment, notes := false, 0 // the line before is a comment or a decorator; where the run of them began
	scalar := -1               // how wide the key is indented that a text of YAML belongs to, or -1
	inSection := false         // of settings
	headed := false            // the line before is a heading of documentation
	group := -1                // where the run of lines at column 0 began that may hold a declaration with its comments
	m := r.newMarkup(start, end)
	for i := start; i < end; {
		line, next := l.line(i)
		width, indent := indentation(line)
		body := line[width:]
		if blank(body) {
			gap, i = true, next
			continue
		}
		if scalar >= 0 && width > scalar {
			if gap {
				r.cut(i, Line, 7)
			} else {
				r.cut(i, Line, 9)
			}
			gap, i = false, next
			continue
		}
		last := body[len(body)-1]
		tag := body[0] == '<' && len(body) > 1
		endTag := tag && body[1] == '/'
		closes := closesBlock[body[0]] || endTag || body == "end" || strings.HasPrefix(body, "else")
		name, heads := "", false // of what begins here; it goes over several lines
		if !closes {
			if name = declaration(body, indent); mayHead[body[0]] || last == ':' && key(body) {
				below := ""
				if next < end {
					below, _ = l.line(next)
				}
				if title := section(body, below); indent == 0 && title != "" {
					name, heads, inSection = title, true, true
				} else {
					heads = indent == 0 && body == "---" || entry(body, below, width)
				}
			}
		}
		at, heading := i, 0
		if m.page {
			heading = m.line(body, i, next)
			if last != '{' {
				name = "" // words of a page declare nothing, its scripts may
			}
		}
		under := headed
		if headed = false; body[0] == '=' {
			depth, title := pod(line)
			if headed = depth > 0; headed {
				heading, name = depth, ""
				r.mark(i, levelHeading+depth, title)
			} else if line == "=cut" {
				r.mark(next, levelHeading, "")
			}
		}
		switch {
		case heading > 0 && nested == 0:
			r.cut(i, Heading, heading)
		case under:
			r.cut(i, Line, 8)
		case indent == 0 && prompt(body):
			r.cut(i, Block, nested)
		case heads:
			if comment && !gap {
				at = notes
				r.dropAfter(at)
			}
			r.cut(at, Block, nested+min(width, maxEntry))
		case tag && closed == width && indent > 0:
			r.cut(i, Block, nested+width/2+2-min(ends, 2))
		case indent == 0 && !closes && (gap || closed == 0 && !inSection):
			r.cut(i, Block, nested)
			group = i
		case closes || opened || comment && !gap:
			r.cut(i, Line, 8+min(indent, 6))
		case gap && indent > 0 && closed != width && name == "" && !decorates[body[0]]:
			r.cut(i, Blank, nested+indent+1) // nothing ended: between statements more likely than between members
		case gap, closed == width && (beginsComment[body[0]] || name != ""):
			r.cut(i, Blank, nested+indent)
		default:
			r.cut(i, Line, nested+min(indent, 6))
		}
		if indent > 0 || closes {
			group = -1
		}
		if name != "" {
			if group >= 0 {
				at = group
			}
			r.mark(at, levelDecl+min(indent, 9), name)
			group = -1
		}
		opened = last == '{' || last == '(' || last == '[' || last == ':' || tag && !endTag && last == '>' && !strings.Contains(body, "</") && body[len(body)-2] != '/'
		if closed = -1; closes {
			closed = width
		}
		if ends++; !endTag {
			ends = 0
		}
		if !comment || gap {
			notes = i
		}
		// Deeper, "*p = x" and "@x = y" are statements.
		comment = beginsComment[body[0]] && (indent == 0 || body[0] != '*' && body[0] != '@' || !strings.Contains(body, " = "))
		if scalar = -1; endsScalarKey[last] {
			scalar = scalarKey(body, width)
		}
		gap, i = false, next
	}
}

// Entries of YAML are the worse places the wider they are indented, up to this: any is a better place than a line in it.
const maxEntry = 7

var decorates = setOf("@#")

var mayHead, endsScalarKey = setOf("[-"), setOf("|>+-0123456789")

// section returns the name of a section of settings, "[core]", that the line below belongs to; "" when it is none: attributes of C# look alike.
func section(body, below string) string {
	if body[0] != '[' {
		return "" // most lines
	}
	end := strings.LastIndexByte(body, ']')
	if end < 0 || blank(below) || below[0] == '[' || declaration(below, 0) != "" {
		return ""
	}
	if rest := strings.TrimLeft(body[end+1:], " \t"); rest != "" && rest[0] != ';' && rest[0] != '#' {
		return ""
	}
	if name := strings.Trim(body[:end], "[] "); !strings.ContainsAny(name, "(),{}=") {
		return name
	}
	return ""
}

// entry reports whether a key of YAML or what may be an item has more keys in the line below.
func entry(body, below string, width int) bool {
	deeper, _ := indentation(below)
	return deeper > width && (strings.HasPrefix(body, "- ") || !mayHead[body[0]]) && key(strings.TrimPrefix(below[deeper:], "- "))
}

// key reports whether a line begins with a key of YAML.
func key(body string) bool {
	n := strings.IndexAny(body, " :")
	return n > 0 && body[n] == ':' && (n+1 == len(body) || body[n+1] == ' ')
}

// scalarKey returns how wide the key or the item is indented that a line "note: |" gives the following text to, or -1.
func scalarKey(body string, width int) int {
	s, ok := strings.CutSuffix(strings.TrimRight(body, "+-0123456789"), " |")
	if !ok {
		if s, ok = strings.CutSuffix(s, " >"); !ok {
			return -1
		}
	}
	for ; strings.HasPrefix(s, "- "); width += 2 {
		s = s[2:]
	}
	if s == "-" || key(s) && s[len(s)-1] == ':' {
		return width
	}
	return -1
}

var (
	closesBlock, opensBody, endsWord = setOf("})]"), setOf("{:("), setOf(" \t(<:{")
	beginsComment, noDeclaration     = setOf("#/*@;%"), setOf("#/*-@;%<\"'`")
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
		return "" // a comment, a decorator, a tag, a string
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
	if strings.HasPrefix(strings.TrimLeft(body[n:], " "), "=") {
		return "" // a setting
	}
	if len(body) > 4*labelBytes {
		body = body[:4*labelBytes]
	}
	for body = trimSpace(body); body != "" && opensBody[body[len(body)-1]]; {
		body = body[:len(body)-1]
	}
	return trimSpace(body)
}
