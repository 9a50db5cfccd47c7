package operator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// A schema is a caller's JSON schema: compiled, to hold values against, and its shape, to join them by.
type schema struct {
	whole *jsonschema.Schema
	shape *shape
	parts map[string]*jsonschema.Schema // by JSON pointer
}

// A shape is as much of a schema as joining needs. Whatever has no plain shape is a leaf: a value that is taken as it is.
type shape struct {
	kind     shapeKind
	at       string // JSON pointer to the schema it was read from
	names    []string
	props    map[string]*shape
	required []string
	closed   bool   // no properties but these
	items    *shape // of a list
	rest     *shape // of a map
	null     bool   // null will do too
	bounded  bool   // a list's length is bounded, which parts that keep the bound do not ensure
	unique   bool   // no two elements of a list are equal
	number   bool   // a leaf that is a number
	scalar   string // a leaf's one type
}

type shapeKind uint8

const (
	leaf shapeKind = iota
	list
	record  // an object with known properties
	mapping // an object with free keys, all of one kind
)

// schemaURL names the caller's schema within the compiler, partURL what of it binds a part; they are never looked up.
const (
	schemaURL = "mem:///schema"
	partURL   = "mem:///part"
)

// noLoader refuses what a caller's schema refers to outside itself: no files are read and no network is used for it.
type noLoader struct{}

var errOutside = errors.New("the schema refers to another document")

func (noLoader) Load(string) (any, error) { return nil, errOutside }

// anyPattern stands for a pattern that Go's regular expressions cannot say (a look-ahead): it is not checked.
type anyPattern string

func (anyPattern) MatchString(string) bool { return true }
func (p anyPattern) String() string        { return string(p) }

func parseSchema(raw []byte) (*schema, error) {
	v, err := parseValue(raw)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(v.String()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		if re, err := regexp.Compile(s); err == nil {
			return re, nil
		}
		return anyPattern(s), nil
	})
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, err
	}
	// What a passage gives may fall short of what the whole must have.
	if doc, err = jsonschema.UnmarshalJSON(strings.NewReader(v.without("minItems").String())); err != nil {
		return nil, err
	}
	if err := c.AddResource(partURL, doc); err != nil {
		return nil, err
	}
	s := &schema{parts: map[string]*jsonschema.Schema{}}
	if s.whole, err = c.Compile(schemaURL); err != nil {
		return nil, err
	}
	s.shape = (&shaper{root: v, left: maxShapes}).shape(v, "", 0)
	return s, s.compileParts(c, s.shape)
}

// compileParts compiles the schemas that a part's values are held against, each by itself.
func (s *schema) compileParts(c *jsonschema.Compiler, sh *shape) error {
	if sh.kind == record {
		for _, name := range sh.names {
			if err := s.compileParts(c, sh.props[name]); err != nil {
				return err
			}
		}
		return nil
	}
	if sh.kind == mapping {
		return s.compileParts(c, sh.rest)
	}
	if s.parts[sh.at] != nil {
		return nil
	}
	part, err := c.Compile(partURL + "#" + sh.at)
	s.parts[sh.at] = part
	return err
}

// maxShapeDepth bounds how deep objects are joined; below it they are taken as they are.
const maxShapeDepth = 8

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1", "%", "%25")

// maxShapes bounds how many shapes are read: a schema that refers to itself in many places unfolds without end.
const maxShapes = 4000

type shaper struct {
	root *value
	left int
}

// shape reads the shape of the schema v, which stands at the pointer `at` of the root.
func (r *shaper) shape(v *value, at string, depth int) *shape {
	sh := &shape{at: at}
	r.left--
	if r.left < 0 || depth > maxShapeDepth || v == nil || v.kind != '{' {
		return sh
	}
	if ref := v.get("$ref").text(); ref != "" {
		target, ok := strings.CutPrefix(ref, "#/")
		to := r.root
		for _, name := range strings.Split(target, "/") {
			to = to.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		}
		if !ok || to == nil {
			return sh
		}
		return r.shape(to, "/"+target, depth+1)
	}
	for _, odd := range []string{"oneOf", "not", "if", "patternProperties", "prefixItems", "$dynamicRef", "unevaluatedProperties", "minProperties", "maxProperties"} {
		if v.get(odd) != nil {
			return sh
		}
	}
	for _, some := range []string{"anyOf", "allOf"} {
		forms := v.get(some)
		if forms == nil {
			continue
		}
		one, null := -1, false
		for i, f := range forms.list {
			if f.get("type").text() == "null" && some == "anyOf" {
				null = true
				continue
			}
			if one >= 0 {
				return sh
			}
			one = i
		}
		if one < 0 || v.get("type") != nil {
			return sh
		}
		sh = r.shape(forms.list[one], fmt.Sprintf("%s/%s/%d", at, some, one), depth+1)
		sh.null = sh.null || null
		return sh
	}
	kind := v.get("type").text()
	if types := v.get("type"); types != nil && types.kind == '[' {
		for _, t := range types.list {
			switch {
			case t.text() == "null":
				sh.null = true
			case kind != "":
				return sh
			default:
				kind = t.text()
			}
		}
	}
	switch {
	case kind == "" && v.get("type") == nil && v.get("properties") != nil:
		kind = "object" // as schemas written by hand mean it
	case kind == "" && v.get("type") == nil && v.get("items") != nil:
		kind = "array"
	}
	switch kind {
	case "array":
		sh.kind, sh.items = list, r.shape(v.get("items"), at+"/items", depth+1)
		for _, bound := range []string{"maxItems", "contains"} {
			sh.bounded = sh.bounded || v.get(bound) != nil
		}
		sh.unique = v.get("uniqueItems") != nil && string(v.get("uniqueItems").raw) == "true"
	case "object":
		rest := v.get("additionalProperties")
		if props := v.get("properties"); props != nil && len(props.keys) > 0 {
			sh.kind, sh.props, sh.names = record, map[string]*shape{}, props.keys
			sh.closed = rest != nil && string(rest.raw) == "false"
			for _, name := range props.keys {
				sh.props[name] = r.shape(props.object[name], at+"/properties/"+pointerEscape.Replace(name), depth+1)
			}
			if must := v.get("required"); must != nil {
				for _, name := range must.list {
					sh.required = append(sh.required, name.text())
				}
			}
		} else if rest != nil && rest.kind == '{' && v.get("propertyNames") == nil {
			sh.kind, sh.rest = mapping, r.shape(rest, at+"/additionalProperties", depth+1)
		}
	case "string", "boolean", "number", "integer":
		sh.scalar, sh.number = kind, kind == "number" || kind == "integer"
	}
	return sh
}

// joins reports whether objects of this shape can be joined: something in them grows with the text, and nothing bounds how much.
func (sh *shape) joins() bool {
	grows, free := sh.scan()
	return (sh.kind == record || sh.kind == list) && grows && free
}

func (sh *shape) scan() (grows, free bool) {
	switch sh.kind {
	case list:
		return true, !sh.bounded
	case mapping:
		return true, true
	case record:
		free = true
		for _, p := range sh.props {
			g, f := p.scan()
			grows, free = grows || g, free && f
		}
		return grows, free
	}
	return false, true
}

// leafs reports whether the shape has values that are not lists.
func (sh *shape) leafs() bool {
	return sh.kind == leaf || sh.kind == record && slices.ContainsFunc(sh.names, func(name string) bool { return sh.props[name].leafs() })
}

// orders reports whether the shape has a list with the property by which the task wants it sorted, or one that can be sorted without.
func (sh *shape) orders(in *Input) bool {
	switch {
	case sh == nil:
		return false
	case sh.kind == list && sh.items != nil && sh.items.kind == record:
		return orderings(in.Advice, in.Instruction, sh.items.names)[0].column >= 0
	case sh.kind == list:
		return arrangementOf(in.Instruction) != arrangement{}
	case sh.kind == mapping:
		return sh.rest.orders(in)
	}
	return slices.ContainsFunc(sh.names, func(name string) bool { return sh.props[name].orders(in) })
}

// checkPart says what is wrong with what a passage gave: each value that is there must fit its schema, and there must be no others.
func (s *schema) checkPart(v *value, sh *shape, at string) error {
	if v.absent() {
		return nil
	}
	if sh.kind == mapping && v.kind == '{' {
		for _, key := range v.keys {
			if err := s.checkPart(v.object[key], sh.rest, at+"/"+key); err != nil {
				return err
			}
		}
		return nil
	}
	if sh.kind == leaf || sh.kind == list {
		if sh.kind == leaf && v.vague() {
			return nil
		}
		return s.hold(s.parts[sh.at], v, at)
	}
	if v.kind != '{' {
		return &misfit{orRoot(at) + " must be an object"}
	}
	for _, key := range v.keys {
		p := sh.props[key]
		if p == nil && sh.closed {
			return &misfit{fmt.Sprintf("%s has %q, which the schema does not know", orRoot(at), key)}
		}
		if p != nil {
			if err := s.checkPart(v.object[key], p, at+"/"+key); err != nil {
				return err
			}
		}
	}
	return nil
}

func orRoot(at string) string {
	if at == "" {
		return "the object"
	}
	return at
}

// check says what is wrong with a whole value.
func (s *schema) check(v *value) error { return s.hold(s.whole, v, "") }

// maxComplaints bounds how many things that are wrong are told.
const maxComplaints = 8

func (s *schema) hold(to *jsonschema.Schema, v *value, at string) error {
	if to == nil {
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(v.String()))
	if err != nil {
		return errShape
	}
	err = to.Validate(doc)
	var wrong *jsonschema.ValidationError
	if !errors.As(err, &wrong) {
		return err
	}
	var all []string
	complaints(wrong, at, message.NewPrinter(language.English), &all)
	return &misfit{strings.Join(all, "; ")}
}

func complaints(e *jsonschema.ValidationError, at string, p *message.Printer, to *[]string) {
	for _, c := range e.Causes {
		complaints(c, at, p, to)
	}
	if len(e.Causes) == 0 && len(*to) < maxComplaints {
		where := at
		for _, k := range e.InstanceLocation {
			where += "/" + k
		}
		*to = append(*to, orRoot(where)+": "+e.ErrorKind.LocalizedString(p))
	}
}

// A misfit is a reply that does not validate. What exactly is wrong names the caller's keys: it goes to the model, and into no log.
type misfit struct{ detail string }

func (*misfit) Error() string {
	return "the reply does not fit response_format.json_schema"
}

func detail(err error) string {
	var m *misfit
	if errors.As(err, &m) {
		return prompt.Line(m.detail)
	}
	return err.Error()
}
