#include "textflag.h"

DATA bytes<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c // backslash
DATA bytes<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA bytes<>+16(SB)/8, $0x2222222222222222 // quote
DATA bytes<>+24(SB)/8, $0x2222222222222222
DATA bytes<>+32(SB)/8, $0x6e6e6e6e6e6e6e6e // n
DATA bytes<>+40(SB)/8, $0x6e6e6e6e6e6e6e6e
DATA bytes<>+48(SB)/8, $0x7474747474747474 // t
DATA bytes<>+56(SB)/8, $0x7474747474747474
DATA bytes<>+64(SB)/8, $0x1f1f1f1f1f1f1f1f // the last control character
DATA bytes<>+72(SB)/8, $0x1f1f1f1f1f1f1f1f
GLOBL bytes<>(SB), RODATA|NOPTR, $80

// Sixteen bytes, X0, and those one place before them, X1: what stands after a backslash is what equals one in X1.
#define STEP(off) \
	MOVOU off(SI), X0; \
	MOVOU (off-1)(SI), X1; \
	POR X0, X6; \
	PCMPEQB X8, X1; \    // after a backslash
	MOVO X0, X2; \
	PCMPEQB X9, X2; \    // a quote
	MOVO X0, X3; \
	PCMPEQB X10, X3; \
	MOVO X0, X4; \
	PCMPEQB X11, X4; \
	POR X3, X4; \
	POR X2, X4; \        // may stand after a backslash
	MOVO X1, X5; \
	PANDN X2, X1; \      // a quote, but not after a backslash
	PANDN X5, X4; \      // after a backslash, but may not
	POR X1, X7; \
	POR X4, X7; \
	MOVO X0, X3; \
	PMINUB X12, X3; \
	PCMPEQB X0, X3; \    // a control character
	POR X3, X7

// func ordinary(p *byte, n int) (passed, high int)
TEXT ·ordinary(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVOU bytes<>+0(SB), X8
	MOVOU bytes<>+16(SB), X9
	MOVOU bytes<>+32(SB), X10
	MOVOU bytes<>+48(SB), X11
	MOVOU bytes<>+64(SB), X12
	PXOR X6, X6 // all bytes or-ed together
	XORQ AX, AX
loop:
	CMPQ AX, CX
	JGE done
	PXOR X7, X7 // what ends it
	STEP(0)
	STEP(16)
	STEP(32)
	STEP(48)
	PMOVMSKB X7, DX
	TESTL DX, DX
	JNZ done
	INCQ AX
	ADDQ $64, SI
	JMP loop
done:
	PMOVMSKB X6, DX
	MOVQ AX, passed+16(FP)
	MOVQ DX, high+24(FP)
	RET
