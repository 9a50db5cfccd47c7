package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"maps"
	"strconv"
)

// A reader turns functions that are all logic into code. It knows as much of Go as they use.
type reader struct {
	*code
	files   *token.FileSet
	funcs   map[string]*ast.FuncDecl
	structs map[string][]string // their fields
}

// A value is a *node, a structure of values by field, or several values.
type (
	value  any
	fields map[string]value
	scope  map[string]value
)

func read(names ...string) *reader {
	r := &reader{code: &code{known: []map[what]*node{{}}}, files: token.NewFileSet(), funcs: map[string]*ast.FuncDecl{}, structs: map[string][]string{}}
	for _, name := range names {
		f, err := parser.ParseFile(r.files, name, nil, 0)
		if err != nil {
			log.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				r.funcs[n.Name.Name] = n
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok {
					r.structs[n.Name.Name] = namesOf(s.Fields)
				}
			}
			return true
		})
	}
	return r
}

func namesOf(list *ast.FieldList) (names []string) {
	for _, f := range list.List {
		for _, n := range f.Names {
			names = append(names, n.Name)
		}
	}
	return names
}

// look reads the function of this name. Its inputs are the planes and camel.
func (r *reader) look() (starts, ends *node, places fields) {
	s := scope{"s": nil, "camel": &node{what: what{op: input}, reg: -1, at: "128(R9)"}}
	result := r.call(r.funcs["look"], s)
	return result[0].(*node), result[1].(*node), result[3].(fields)
}

// call runs f with what its parameters are.
func (r *reader) call(f *ast.FuncDecl, s scope) []value {
	if f.Type.Results != nil {
		for _, field := range f.Type.Results.List {
			for _, n := range field.Names {
				s[n.Name] = r.word(0)
				if of := r.structs[types.ExprString(field.Type)]; of != nil {
					zero := fields{}
					for _, name := range of {
						zero[name] = r.word(0)
					}
					s[n.Name] = zero
				}
			}
		}
	}
	for _, st := range f.Body.List {
		if ret, ok := st.(*ast.ReturnStmt); ok {
			var result []value
			for _, e := range ret.Results {
				result = append(result, r.value(s, e))
			}
			return result
		}
		r.statement(s, st)
	}
	log.Fatalf("%s returns nothing", f.Name)
	return nil
}

var binaries = map[token.Token]op{token.AND: and, token.AND_NOT: andNot, token.OR: or, token.XOR: xor, token.ADD: add, token.SHL: left, token.SHR: right,
	token.AND_ASSIGN: and, token.AND_NOT_ASSIGN: andNot, token.OR_ASSIGN: or}

func (r *reader) statement(s scope, st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if o, ok := binaries[st.Tok]; ok {
			r.assign(s, st.Lhs[0], r.binary(o, r.node(s, st.Lhs[0]), r.node(s, st.Rhs[0])))
			return
		}
		var values []value
		for _, e := range st.Rhs {
			v := r.value(s, e)
			if several, ok := v.([]value); ok {
				values = append(values, several...)
			} else {
				values = append(values, v)
			}
		}
		for i, to := range st.Lhs {
			r.assign(s, to, values[i])
		}
	case *ast.IfStmt:
		if st.Init != nil {
			r.statement(s, st.Init)
		}
		cond, ok := st.Cond.(*ast.BinaryExpr)
		if !ok || cond.Op != token.NEQ || types.ExprString(cond.Y) != "0" || st.Else != nil {
			r.fail(st)
		}
		x := r.node(s, cond.X)
		if a, ok := st.Body.List[0].(*ast.AssignStmt); ok && len(st.Body.List) == 1 && a.Tok == token.ASSIGN && types.ExprString(a.Rhs[0]) == "0" {
			r.assign(s, a.Lhs[0], r.binary(and, r.node(s, a.Lhs[0]), r.code.node(what{op: isZero, a: x})))
			return
		}
		// Of lanes with no bit of x the block must leave everything as it was: this is what TestSaved is for.
		changed := assigned(st.Body)
		var before []*node
		for _, e := range changed {
			before = append(before, r.node(s, e))
		}
		inner := maps.Clone(s)
		after := r.within(x, before, func() (after []*node) {
			for _, st := range st.Body.List {
				r.statement(inner, st)
			}
			for _, e := range changed {
				after = append(after, r.node(inner, e))
			}
			return after
		})
		for i, e := range changed {
			r.assign(s, e, after[i])
		}
	default:
		r.fail(st)
	}
}

// assigned is what a block changes that was there before.
func assigned(b *ast.BlockStmt) (list []ast.Expr) {
	seen := map[string]bool{}
	ast.Inspect(b, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, e := range a.Lhs {
				name := types.ExprString(e)
				if a.Tok != token.DEFINE && !seen[name] {
					list = append(list, e)
				}
				seen[name] = true
			}
		}
		return true
	})
	return list
}

func (r *reader) assign(s scope, to ast.Expr, v value) {
	switch to := to.(type) {
	case *ast.Ident:
		s[to.Name] = v
	case *ast.SelectorExpr:
		of := maps.Clone(s[to.X.(*ast.Ident).Name].(fields))
		of[to.Sel.Name] = v
		s[to.X.(*ast.Ident).Name] = of
	default:
		r.fail(to)
	}
}

func (r *reader) node(s scope, e ast.Expr) *node {
	n, ok := r.value(s, e).(*node)
	if !ok {
		r.fail(e)
	}
	return n
}

func (r *reader) value(s scope, e ast.Expr) value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.value(s, e.X)
	case *ast.Ident:
		v, ok := s[e.Name]
		if !ok {
			r.fail(e)
		}
		return v
	case *ast.BasicLit:
		return r.word(uint64(r.number(e)))
	case *ast.SelectorExpr:
		return r.value(s, e.X).(fields)[e.Sel.Name]
	case *ast.UnaryExpr:
		if lit, ok := e.X.(*ast.CompositeLit); ok && e.Op == token.AND {
			of := fields{}
			for i, name := range r.structs[types.ExprString(lit.Type)] {
				of[name] = r.value(s, lit.Elts[i])
			}
			return of
		}
		if e.Op != token.XOR {
			r.fail(e)
		}
		return r.invert(r.node(s, e.X))
	case *ast.BinaryExpr:
		o := binaries[e.Op]
		if o == left && types.ExprString(e.X) == "^uint64(0)" {
			if c, ok := e.Y.(*ast.CallExpr); ok && types.ExprString(c.Fun) == "bits.Len64" {
				return r.invert(r.fromHighest(r.node(s, c.Args[0])))
			}
		}
		switch o {
		case "":
			r.fail(e)
		case left, right:
			return r.shift(o, r.node(s, e.X), r.number(e.Y))
		}
		return r.binary(o, r.node(s, e.X), r.node(s, e.Y))
	case *ast.CallExpr:
		name := types.ExprString(e.Fun)
		if name == "planes" {
			return r.planes()
		}
		f := r.funcs[name]
		if f == nil {
			r.fail(e)
		}
		inner := scope{}
		for i, p := range namesOf(f.Type.Params) {
			inner[p] = r.value(s, e.Args[i])
		}
		result := r.call(f, inner)
		if len(result) == 1 {
			return result[0]
		}
		return result
	}
	r.fail(e)
	return nil
}

// planes are inputs.
func (r *reader) planes() (list []value) {
	for i := range 8 {
		list = append(list, &node{what: what{op: input}, reg: -1, at: strconv.Itoa(64*i) + "(R8)"})
	}
	return list
}

func (r *reader) number(e ast.Expr) int {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		r.fail(e)
	}
	n, err := strconv.Atoi(lit.Value)
	if err != nil {
		r.fail(e)
	}
	return n
}

func (r *reader) fail(n ast.Node) {
	log.Fatalf("%v: this is more than the command understands", r.files.Position(n.Pos()))
}
