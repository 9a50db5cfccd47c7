package prompt

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
	"unicode"
	"unsafe"
)

// Words are what a model is told, in pieces. The pieces that a caller gave share the caller's memory: a call of ours is mostly one long piece of theirs, and
// many calls are on their way at once.
type Words []string

// String is the pieces as one text.
func (w Words) String() string { return strings.Join(w, "") }

// Len is the length in bytes.
func (w Words) Len() int {
	n := 0
	for _, s := range w {
		n += len(s)
	}
	return n
}

// trim leaves out white space at both ends.
func (w Words) trim() Words {
	for len(w) > 0 {
		if w[0] = strings.TrimLeftFunc(w[0], unicode.IsSpace); w[0] != "" {
			break
		}
		w = w[1:]
	}
	for n := len(w) - 1; n >= 0; n-- {
		if w[n] = strings.TrimRightFunc(w[n], unicode.IsSpace); w[n] != "" {
			break
		}
		w = w[:n]
	}
	return w
}

// fence puts text between two lines that carry a hash of it, so that nothing in the text can close them: who writes the text would need to know
// a hash that his own closing line changes. The bytes of text are unchanged; a line end is added only where its last line has none.
func (w Words) fence(text string) Words {
	sum := sha256.Sum256(unsafe.Slice(unsafe.StringData(text), len(text))) // which reads it only
	code := hex.EncodeToString(sum[:8])
	for strings.Contains(text, code) {
		sum = sha256.Sum256(append(sum[:], text...))
		code = hex.EncodeToString(sum[:8])
	}
	end := "\n"
	if strings.HasSuffix(text, "\n") || text == "" {
		end = ""
	}
	return append(w, "<<<BEGIN ", code, "\n", text, end, "END ", code, ">>>")
}

// A wording is a text file made ready: each step adds to the words.
type wording []func(w Words, f *Fields) Words

func (s wording) write(w Words, f *Fields) Words {
	for _, step := range s {
		w = step(w, f)
	}
	return w
}

// wordings reads the files. They are written as templates of text/template, of which they need little: fields, fence, line, if, else, template.
func wordings(files embed.FS) map[string]wording {
	all := map[string]wording{}
	list, err := files.ReadDir(".")
	for _, file := range list {
		var text []byte
		if text, err = files.ReadFile(file.Name()); err != nil {
			break
		}
		var trees map[string]*parse.Tree
		if trees, err = parse.Parse(file.Name(), string(text), "{{", "}}", map[string]any{"fence": true, "line": true}); err != nil {
			break
		}
		if tree := trees[file.Name()]; tree != nil { // an empty file has none
			all[file.Name()] = wordingOf(tree.Root, all)
		}
	}
	if err != nil {
		panic("prompt: " + err.Error())
	}
	return all
}

func wordingOf(list *parse.ListNode, all map[string]wording) (s wording) {
	if list == nil {
		return nil
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			text := string(n.Text)
			s = append(s, func(w Words, _ *Fields) Words { return append(w, text) })
		case *parse.TemplateNode:
			s = append(s, func(w Words, f *Fields) Words { return all[n.Name].write(w, f) })
		case *parse.IfNode:
			value, _ := valueOf(n.Pipe.Cmds[0].Args)
			then, other := wordingOf(n.List, all), wordingOf(n.ElseList, all)
			s = append(s, func(w Words, f *Fields) Words {
				if _, set := value(f); set {
					return then.write(w, f)
				}
				return other.write(w, f)
			})
		case *parse.ActionNode:
			value, fenced := valueOf(n.Pipe.Cmds[0].Args)
			s = append(s, func(w Words, f *Fields) Words {
				text, _ := value(f)
				if fenced {
					return w.fence(text)
				}
				return append(w, text)
			})
		default:
			panic(fmt.Sprintf("prompt: %s in a wording", n))
		}
	}
	return s
}

// valueOf is what stands between braces: a field, or a function of one. set says that a field is not zero.
func valueOf(args []parse.Node) (value func(f *Fields) (text string, set bool), fenced bool) {
	switch n := args[0].(type) {
	case *parse.PipeNode:
		return valueOf(n.Cmds[0].Args)
	case *parse.IdentifierNode:
		value, _ := valueOf(args[1:])
		if n.Ident == "fence" {
			return value, true
		}
		return func(f *Fields) (string, bool) {
			text, set := value(f)
			return Line(text), set
		}, false
	case *parse.FieldNode:
		field, ok := reflect.TypeFor[Fields]().FieldByName(n.Ident[0])
		if !ok {
			break
		}
		return func(f *Fields) (string, bool) {
			v := reflect.ValueOf(f).Elem().FieldByIndex(field.Index)
			if v.Kind() == reflect.Int {
				return strconv.FormatInt(v.Int(), 10), v.Int() != 0
			}
			return v.String(), v.Len() > 0
		}, false
	}
	panic(fmt.Sprintf("prompt: %v in a wording", args))
}
