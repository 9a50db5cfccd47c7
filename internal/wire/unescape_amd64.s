#include "textflag.h"

DATA backslash<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA backslash<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL backslash<>(SB), RODATA|NOPTR, $16

// func unescape(dst, src *byte, n int) (to, from int)
//
// Behind each escape the rest of the block is copied once more, one byte nearer: what is wrong of that, the next escape puts right.
TEXT ·unescape(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVOU backslash<>(SB), X8
	LEAQ ·simpleEscape(SB), R8
	MOVQ DI, R9
	MOVQ SI, R10
	ADDQ SI, CX
	SUBQ $130, CX // the last place where a block may begin, and what is read behind it
block:
	CMPQ SI, CX
	JGT  done
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVOU X0, (DI)
	MOVOU X1, 16(DI)
	MOVOU X2, 32(DI)
	MOVOU X3, 48(DI)
	PCMPEQB X8, X0
	PCMPEQB X8, X1
	PCMPEQB X8, X2
	PCMPEQB X8, X3
	PMOVMSKB X0, AX
	PMOVMSKB X1, BX
	PMOVMSKB X2, DX
	PMOVMSKB X3, R11
	SHLQ $16, BX
	SHLQ $32, DX
	SHLQ $48, R11
	ORQ  BX, AX
	ORQ  R11, DX
	ORQ  DX, AX // a bit for each backslash
	LEAQ 64(SI), R12 // where the next block begins
	LEAQ 64(DI), R13 // and what comes of it, less the escapes
	TESTQ AX, AX
	JZ   next
escape:
	BSFQ AX, BX
	MOVBLZX 1(SI)(BX*1), DX
	MOVBLZX (R8)(DX*1), DX
	TESTL DX, DX
	JZ   other
	MOVB DX, (DI)(BX*1)
	MOVOU 2(SI)(BX*1), X0
	MOVOU 18(SI)(BX*1), X1
	MOVOU 34(SI)(BX*1), X2
	MOVOU 50(SI)(BX*1), X3
	MOVOU X0, 1(DI)(BX*1)
	MOVOU X1, 17(DI)(BX*1)
	MOVOU X2, 33(DI)(BX*1)
	MOVOU X3, 49(DI)(BX*1)
	DECQ DI
	DECQ R13
	LEAQ 2(SI)(BX*1), DX
	BTRQ BX, AX
	INCQ BX
	CMPQ BX, $64
	JEQ  across
	BTRQ BX, AX // what is escaped may be a backslash
	TESTQ AX, AX
	JNZ  escape
next:
	MOVQ R12, SI
	MOVQ R13, DI
	JMP  block
across:
	INCQ R12
	INCQ R13
	JMP  next
other:
	ADDQ BX, SI
	ADDQ BX, DI
done:
	SUBQ R9, DI
	SUBQ R10, SI
	MOVQ DI, to+24(FP)
	MOVQ SI, from+32(FP)
	RET
