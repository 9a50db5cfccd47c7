package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	inSight   = 1<<55 - 1<<3 // as in look.go
	registers = 16
	register  = 32 // bytes of one
)

// A writer puts values into registers, and into memory what does not fit: of all it is what is used last (Belady, 1966).
type writer struct {
	bytes.Buffer
	regs  [registers]*node
	free  []string // places in memory
	slots int
	words []uint64
	at    int // in which step it is
}

// assembly is that of the function look in these files.
func assembly(files ...string) []byte {
	r := read(files...)
	starts, ends, p := r.look()
	c := r.code
	result := func(n *node, at string) {
		c.steps = append(c.steps, step{store, n, &node{what: what{op: merged}, reg: -1, at: at}})
	}
	for i, name := range []string{"rows", "joins", "halves", "wide"} {
		result(c.binary(and, p[name].(*node), c.word(inSight)), fmt.Sprintf("%d(R9)", register*i))
	}
	result(c.binary(and, starts, c.word(inSight)), "looks_starts(DI)")
	result(ends, "looks_ends(DI)")

	w := &writer{slots: 5} // of the four results, and of camel, as scope knows it
	w.steps(needed(c.steps))

	var out bytes.Buffer
	fmt.Fprintf(&out, head, 8*64+register*w.slots+register, planes())
	out.Write(w.Bytes())
	fmt.Fprintf(&out, tail, sums())
	for i, v := range w.words {
		out.WriteByte('\n')
		for k := range 4 {
			fmt.Fprintf(&out, "DATA ·word%d<>+%d(SB)/8, $%#x\n", i, 8*k, v)
		}
		fmt.Fprintf(&out, "GLOBL ·word%d<>(SB), RODATA|NOPTR, $%d\n", i, register)
	}
	return out.Bytes()
}

// needed leaves out what no result depends on, and notes where values are used.
func needed(steps []step) (kept []step) {
	used := map[*node]bool{}
	for _, s := range slices.Backward(steps) {
		switch {
		case s.kind == compute && !used[s.node], s.kind == store && s.to.at == "" && !used[s.to]:
			continue
		case s.kind == compute:
			used[s.node.a], used[s.node.b] = true, true
		case s.kind != end:
			used[s.node] = true
		}
		kept = append(kept, s)
	}
	slices.Reverse(kept)
	for i, s := range kept {
		switch s.kind {
		case compute:
			for _, n := range []*node{s.node.a, s.node.b} {
				if n != nil {
					n.uses = append(n.uses, i)
				}
			}
		case store, begin:
			s.node.uses = append(s.node.uses, i)
		}
	}
	return kept
}

func (w *writer) steps(steps []step) {
	blocks := 0
	for i, s := range steps {
		w.at = i
		switch s.kind {
		case compute:
			w.compute(s.node)
		case store:
			r := w.load(s.node)
			if s.to.at == "" {
				s.to.at = w.slot()
			}
			fmt.Fprintf(w, "\tVMOVDQU Y%d, %s\n", r, s.to.at)
			w.release(s.node)
		case begin:
			r := w.load(s.node)
			last := i + slices.IndexFunc(steps[i:], func(s step) bool { return s.kind == end })
			for _, n := range w.regs {
				if n != nil && n.next(last) < math.MaxInt {
					w.keep(n)
				}
			}
			fmt.Fprintf(w, "\tVPTEST Y%d, Y%d\n\tJZ block%d\n", r, r, blocks)
			w.release(s.node)
		case end:
			fmt.Fprintf(w, "block%d:\n", blocks)
			blocks++
			for r, n := range w.regs {
				if n != nil {
					n.reg, w.regs[r] = -1, nil
				}
			}
		}
	}
}

func (w *writer) compute(n *node) {
	a, b := n.a, n.b
	var operands string
	switch n.op {
	case left, right:
		operands = fmt.Sprintf("$%d, Y%d", n.by, w.load(a))
	case isZero:
		operands = fmt.Sprintf("%s, Y%d", w.word(0), w.load(a))
	default:
		if n.op != andNot && b.reg < 0 && a.reg >= 0 {
			a, b = b, a // the first may be in memory
		}
		second := w.load(b)
		operands = fmt.Sprintf("%s, Y%d", w.operand(a), second)
	}
	w.release(n.a, n.b)
	n.reg = w.take()
	w.regs[n.reg] = n
	fmt.Fprintf(w, "\t%s %s, Y%d\n", n.op, operands, n.reg)
}

// next is the step after at that uses n next.
func (n *node) next(at int) int {
	if i, _ := slices.BinarySearch(n.uses, at+1); i < len(n.uses) {
		return n.uses[i]
	}
	return math.MaxInt
}

// release gives back what those take that are not used any more.
func (w *writer) release(nodes ...*node) {
	for _, n := range nodes {
		if n == nil || n.next(w.at) < math.MaxInt {
			continue
		}
		if n.reg >= 0 {
			n.reg, w.regs[n.reg] = -1, nil
		}
		if n.op != input && n.at != "" {
			w.free = append(w.free, n.at)
			n.at = ""
		}
	}
}

// take returns a register that is free.
func (w *writer) take() int {
	if r := slices.Index(w.regs[:], nil); r >= 0 {
		return r
	}
	last := w.regs[0]
	for _, n := range w.regs[1:] {
		if n.next(w.at-1) > last.next(w.at-1) {
			last = n
		}
	}
	w.keep(last)
	r := last.reg
	last.reg, w.regs[r] = -1, nil
	return r
}

// keep sees that n is in memory.
func (w *writer) keep(n *node) {
	if n.at == "" {
		n.at = w.slot()
		fmt.Fprintf(w, "\tVMOVDQU Y%d, %s\n", n.reg, n.at)
	}
}

func (w *writer) slot() string {
	if last := len(w.free) - 1; last >= 0 {
		at := w.free[last]
		w.free = w.free[:last]
		return at
	}
	w.slots++
	return fmt.Sprintf("%d(R9)", register*(w.slots-1))
}

func (w *writer) load(n *node) int {
	if n.reg < 0 {
		r := w.take()
		fmt.Fprintf(w, "\tVMOVDQU %s, Y%d\n", w.operand(n), r)
		n.reg, w.regs[r] = r, n
	}
	return n.reg
}

func (w *writer) operand(n *node) string {
	switch {
	case n.reg >= 0:
		return fmt.Sprintf("Y%d", n.reg)
	case n.op == word:
		return w.word(n.word)
	}
	return n.at
}

// word is where a constant is.
func (w *writer) word(v uint64) string {
	i := slices.Index(w.words, v)
	if i < 0 {
		i = len(w.words)
		w.words = append(w.words, v)
	}
	return fmt.Sprintf("·word%d<>(SB)", i)
}

const head = `// Code generated by gen/lanes from look.go and joins.go; DO NOT EDIT.

#include "go_asm.h"
#include "textflag.h"

// func look256(p *byte, camel uint64, to *looks) (saved, wide int)
TEXT ·look256(SB), 0, $%d-40
	MOVQ p+0(FP), SI
	MOVQ to+16(FP), DI
	LEAQ 31(SP), R8
	ANDQ $~31, R8
	LEAQ 512(R8), R9
	VPBROADCASTQ camel+8(FP), Y0
	VMOVDQU Y0, 128(R9)

	// The planes of eight sights, each in 64 bytes from R8 on.
	MOVQ R8, R10
	LEAQ 64(R8), R11
planes:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
%s	ADDQ $const_sightStep, SI
	ADDQ $8, R10
	CMPQ R10, R11
	JNE planes

	XORL AX, AX
	XORL BX, BX
	LEAQ 64(R8), R11
four:
`

const tail = `%s	ADDQ $32, DI
	ADDQ $32, R8
	CMPQ R8, R11
	JNE four
	MOVQ AX, saved+24(FP)
	MOVQ BX, wide+32(FP)
	VZEROUPPER
	RET
`

// planes takes the planes of the 64 bytes in Y0 and Y1, the highest first.
func planes() string {
	var b strings.Builder
	for i := 7; i >= 0; i-- {
		for r, name := range []string{"AX", "BX"} {
			fmt.Fprintf(&b, "\tVPMOVMSKB Y%d, %s\n\tMOVL %s, %d(R10)\n", r, name, name, 64*i+4*r)
			if i > 0 {
				fmt.Fprintf(&b, "\tVPADDB Y%d, Y%d, Y%d\n", r, r, r)
			}
		}
	}
	return b.String()
}

// sums adds what the results of four lanes are to the sums, in halves.
func sums() string {
	var b strings.Builder
	for i, how := range []string{"LEAQ (AX)(DX*2), AX", "LEAQ (AX)(DX*2), AX", "ADDQ DX, AX", "ADDQ DX, BX"} {
		for k := range 4 {
			fmt.Fprintf(&b, "\tPOPCNTQ %d(R9), DX\n\t%s\n", register*i+8*k, how)
		}
	}
	return b.String()
}
