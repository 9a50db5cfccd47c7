package split

import "strings"

// code reads source text of any language by its layout: a line at column 0 after a blank line or a closing bracket begins a top-level declaration, its
// comments and decorators included, and so do sections of settings, entries of YAML and elements of markup that go over several lines, wherever they stand;
// deeper lines are better cut before the less they are indented.
func (r *reader) code(start, end int) { r.codeLines(start, end, 0) }

// codeLines reads source lines; nested says that they stand in a fence, where a declaration is no better than any block.
func (r *reader) codeLines(start, end, nested int) {
	c := codeState{reader: r, ahead: r.lines(end), markup: r.newMarkup(start, end), nested: nested, gap: true, closed: -1, scalar: -1, group: -1}
	for i := start; i < end; {
		line, next := c.ahead.line(i)
		c.line(line, i, next)
		i = next
	}
}

// codeState is what the lines before say about the next one.
type codeState struct {
	*reader
	ahead     lines
	markup    markup
	nested    int
	gap       bool // the line before is blank, or there is none
	opened    bool // it opens a block
	closed    int  // how wide it is indented if it is a closing bracket or tag, or -1
	ends      int  // so many tags ended there in a row
	comment   bool // it is a comment or a decorator
	notes     int  // where the run of them began
	scalar    int  // how wide the key is indented that a text of YAML belongs to, or -1
	inSection bool // of settings
	headed    bool // the line before is a heading of documentation
	group     int  // where the run of lines at column 0 began that may hold a declaration with its comments, or -1
}

// A codeLine is a line that is not blank.
type codeLine struct {
	body          string // without its indentation
	start, next   int
	width, indent int // of the indentation: bytes and steps
	tag, endTag   bool
	closes        bool   // it ends a block
	name          string // of what it declares, "" when that is nothing
	heads         bool   // what begins here goes over several lines
	heading       int    // its depth, 0 when it is none
	under         bool   // a heading of documentation stands above it
}

func (c *codeState) line(line string, i, next int) {
	l := codeLine{start: i, next: next}
	l.width, l.indent = indentation(line)
	l.body = line[l.width:]
	switch {
	case blank(l.body):
		c.gap = true
		return
	case c.scalar >= 0 && l.width > c.scalar:
		if c.gap {
			c.cut(i, Line, 7)
		} else {
			c.cut(i, Line, 9)
		}
		c.gap = false
		return
	}
	l.tag = l.body[0] == '<' && len(l.body) > 1
	l.endTag = l.tag && l.body[1] == '/'
	l.closes = closesBlock[l.body[0]] || l.endTag || l.body == "end" || strings.HasPrefix(l.body, "else")
	c.begins(&l)
	c.place(&l)
	c.after(&l)
}

// begins finds what begins with a line.
func (c *codeState) begins(l *codeLine) {
	body, last := l.body, l.body[len(l.body)-1]
	if !l.closes {
		if l.name = declaration(body, l.indent); mayHead[body[0]] || last == ':' && key(body) {
			below := ""
			if l.next < len(c.ahead.text) {
				below, _ = c.ahead.line(l.next)
			}
			if title := section(body, below); l.indent == 0 && title != "" {
				l.name, l.heads, c.inSection = title, true, true
			} else {
				l.heads = l.indent == 0 && body == "---" || entry(body, below, l.width)
			}
		}
	}
	if c.markup.page {
		l.heading = c.markup.line(body, l.start, l.next)
		if last != '{' {
			l.name = "" // words of a page declare nothing, its scripts may
		}
	}
	l.under = c.headed
	if c.headed = false; l.width == 0 && body[0] == '=' {
		depth, title := pod(body)
		if c.headed = depth > 0; c.headed {
			l.heading, l.name = depth, ""
			c.mark(l.start, levelHeading+depth, title)
		} else if body == "=cut" {
			c.mark(l.next, levelHeading, "")
		}
	}
}

// place cuts before a line, or before the comments on it.
func (c *codeState) place(l *codeLine) {
	at := l.start
	switch {
	case l.heading > 0 && c.nested == 0:
		c.cut(at, Heading, l.heading)
	case l.under:
		c.cut(at, Line, 8)
	case l.indent == 0 && prompt(l.body):
		c.cut(at, Block, c.nested)
	case l.heads:
		if c.comment && !c.gap {
			at = c.notes
			c.dropAfter(at)
		}
		c.cut(at, Block, c.nested+min(l.width, maxEntry))
	case l.tag && c.closed == l.width && l.indent > 0:
		c.cut(at, Block, c.nested+l.width/2+2-min(c.ends, 2))
	case l.indent == 0 && !l.closes && (c.gap || c.closed == 0 && !c.inSection):
		c.cut(at, Block, c.nested)
		c.group = at
	case l.closes || c.opened || c.comment && !c.gap:
		c.cut(at, Line, 8+min(l.indent, 6))
	case c.gap && l.indent > 0 && c.closed != l.width && l.name == "" && !decorates[l.body[0]]:
		c.cut(at, Blank, c.nested+l.indent+1) // nothing ended: between statements more likely than between members
	case c.gap, c.closed == l.width && (beginsComment[l.body[0]] || l.name != ""):
		c.cut(at, Blank, c.nested+l.indent)
	default:
		c.cut(at, Line, c.nested+min(l.indent, 6))
	}
	if l.indent > 0 || l.closes {
		c.group = -1
	}
	if l.name != "" {
		if c.group >= 0 {
			at = c.group
		}
		c.mark(at, levelDecl+min(l.indent, 9), l.name)
		c.group = -1
	}
}

// after remembers a line.
func (c *codeState) after(l *codeLine) {
	body, last := l.body, l.body[len(l.body)-1]
	c.opened = last == '{' || last == '(' || last == '[' || last == ':' ||
		l.tag && !l.endTag && last == '>' && !strings.Contains(body, "</") && body[len(body)-2] != '/'
	if c.closed = -1; l.closes {
		c.closed = l.width
	}
	if c.ends++; !l.endTag {
		c.ends = 0
	}
	if !c.comment || c.gap {
		c.notes = l.start
	}
	// Deeper, "*p = x" and "@x = y" are statements.
	c.comment = beginsComment[body[0]] && (l.indent == 0 || body[0] != '*' && body[0] != '@' || !strings.Contains(body, " = "))
	if c.scalar = -1; endsScalarKey[last] {
		c.scalar = scalarKey(body, l.width)
	}
	c.gap = false
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
