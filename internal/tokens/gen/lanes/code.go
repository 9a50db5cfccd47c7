package main

// A node is a value: a word in each lane.
type node struct {
	what
	uses []int  // in which steps
	reg  int    // the register it is in, or -1
	at   string // where it is in memory, or ""
}

// what a node is: two nodes of the same are one.
type what struct {
	op   op
	a, b *node
	by   int    // how many bits are shifted
	word uint64 // of a constant
}

type op string

const (
	input  op = "input"  // in memory from the start
	merged op = "merged" // in memory, where a block that may be passed over leaves it
	word   op = "word"
	and    op = "VPAND"
	andNot op = "VPANDN" // a &^ b
	or     op = "VPOR"
	xor    op = "VPXOR"
	add    op = "VPADDQ"
	left   op = "VPSLLQ"
	right  op = "VPSRLQ"
	isZero op = "VPCMPEQQ" // all bits of the lanes that are zero, none of the others
)

// A step computes a node; or stores it where another is; or begins a block that is passed over if no lane of the node has a bit; or ends that.
type step struct {
	kind kind
	node *node
	to   *node
}

type kind int

const (
	compute kind = iota
	store
	begin
	end
)

// code is steps in their order, in which nothing is computed twice.
type code struct {
	steps []step
	known []map[what]*node // in each block that is open, the outermost first
}

func (c *code) node(w what) *node {
	for _, known := range c.known {
		if n := known[w]; n != nil {
			return n
		}
	}
	n := &node{what: w, reg: -1}
	c.known[len(c.known)-1][w] = n
	if w.op != word && w.op != input && w.op != merged {
		c.steps = append(c.steps, step{compute, n, nil})
	}
	return n
}

const all = ^uint64(0)

func (c *code) word(w uint64) *node { return c.node(what{op: word, word: w}) }

// not is what n is the inverse of, if it is made as one.
func not(n *node) (of *node, is bool) {
	if n.op == andNot && n.a.op == word && n.a.word == all {
		return n.b, true
	}
	return nil, false
}

// invert is all bits that n has not.
func (c *code) invert(n *node) *node {
	if of, is := not(n); is {
		return of
	}
	return c.node(what{op: andNot, a: c.word(all), b: n})
}

// binary is one operation of two nodes. Inversions move outwards, where most of them meet another.
func (c *code) binary(o op, a, b *node) *node {
	if o == andNot && b.op == word {
		o, b = and, c.word(^b.word)
	}
	notA, isA := not(a)
	notB, isB := not(b)
	switch {
	case o == and && isA && isB:
		return c.invert(c.binary(or, notA, notB))
	case o == and && isA:
		return c.binary(andNot, b, notA)
	case o == and && isB:
		return c.binary(andNot, a, notB)
	case o == andNot && isA && isB:
		return c.binary(andNot, notB, notA)
	case o == andNot && isA:
		return c.invert(c.binary(or, notA, b))
	case o == andNot && isB:
		return c.binary(and, a, notB)
	case o == or && isA && isB:
		return c.invert(c.binary(and, notA, notB))
	case o == or && isA:
		return c.invert(c.binary(andNot, notA, b))
	case o == or && isB:
		return c.invert(c.binary(andNot, notB, a))
	case o == xor && isA:
		return c.invert(c.binary(xor, notA, b))
	case o == xor && isB:
		return c.invert(c.binary(xor, a, notB))
	}
	if o == or && a.op == word && a.word == 0 {
		return b
	}
	return c.node(what{op: o, a: a, b: b})
}

func (c *code) shift(o op, a *node, by int) *node {
	if a.op == word && o == left {
		return c.word(a.word << by)
	}
	return c.node(what{op: o, a: a, by: by})
}

// fromHighest is the highest bit of n and all below it.
func (c *code) fromHighest(n *node) *node {
	for by := 1; by < 64; by *= 2 {
		n = c.binary(or, n, c.shift(right, n, by))
	}
	return n
}

// within calls body, which computes what is only needed where cond has bits, and returns what becomes of the values before.
func (c *code) within(cond *node, before []*node, body func() (after []*node)) []*node {
	results := make([]*node, len(before))
	for i, n := range before {
		results[i] = &node{what: what{op: merged}, reg: -1}
		c.steps = append(c.steps, step{store, n, results[i]})
	}
	c.steps = append(c.steps, step{begin, cond, nil})
	c.known = append(c.known, map[what]*node{})
	after := body()
	c.known = c.known[:len(c.known)-1]
	for i, n := range after {
		c.steps = append(c.steps, step{store, n, results[i]})
	}
	c.steps = append(c.steps, step{end, nil, nil})
	return results
}
