#include "go_asm.h"
#include "textflag.h"

// The highest bits of the 64 bytes in X0 to X3, and then those below them are the highest.
#define PLANE(result) \
	PMOVMSKB X0, AX; \
	PMOVMSKB X1, BX; \
	PMOVMSKB X2, CX; \
	PMOVMSKB X3, DX; \
	SHLQ $16, BX; \
	SHLQ $32, CX; \
	SHLQ $48, DX; \
	ORQ BX, AX; \
	ORQ DX, CX; \
	ORQ CX, AX; \
	MOVQ AX, result; \
	PADDB X0, X0; \
	PADDB X1, X1; \
	PADDB X2, X2; \
	PADDB X3, X3

// func planes64(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)
TEXT ·planes64(SB), NOSPLIT, $0-72
	MOVQ p+0(FP), SI
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	PLANE(b7+64(FP))
	PLANE(b6+56(FP))
	PLANE(b5+48(FP))
	PLANE(b4+40(FP))
	PLANE(b3+32(FP))
	PLANE(b2+24(FP))
	PLANE(b1+16(FP))
	PLANE(b0+8(FP))
	RET

// func find64(t *seen, prefixes *[longSeen]seenPiece, p *byte, starts, ends uint64) (units int, missed uint64)
TEXT ·find64(SB), NOSPLIT, $0-56
	MOVQ t+0(FP), DI
	MOVQ prefixes+8(FP), R10
	MOVQ p+16(FP), SI
	MOVQ starts+24(FP), R8
	MOVQ ends+32(FP), R9
	MOVQ R8, R12 // starts of those that are found will go
	XORQ AX, AX
piece:
	TZCNTQ R8, CX // where there is no such instruction it is BSFQ, and the same of what is not zero
	MOVQ R9, DX
	SHRQ CX, DX
	TZCNTQ DX, DX // one less than its length
	LEAQ (DX)(DX*2), DX
	MOVQ (SI)(CX*1), BX
	ANDQ (R10)(DX*8), BX
	MOVQ 8(SI)(CX*1), R11
	ANDQ 8(R10)(DX*8), R11
	MOVQ 16(SI)(CX*1), R13
	ANDQ 16(R10)(DX*8), R13
	MOVQ $const_seenMixA, DX
	IMULQ BX, DX
	MOVQ $const_seenMixB, CX
	IMULQ R11, CX
	XORQ CX, DX
	MOVQ $const_seenMixC, CX
	IMULQ R13, CX
	XORQ CX, DX
	SHRQ $(64-const_seenBits), DX
	LEAQ (DX)(DX*2), DX
	XORQ (DI)(DX*8), BX
	XORQ 8(DI)(DX*8), R11
	MOVQ 16(DI)(DX*8), CX
	XORQ CX, R13
	SHLQ $8, R13
	SHRQ $const_seenShift, CX
	ORQ R11, BX
	ORQ R13, BX // zero if it is the same piece
	NEGQ BX
	SBBQ DX, DX
	NOTQ DX // all bits if it is
	ANDQ DX, CX
	ADDQ CX, AX
	LEAQ -1(R8), BX
	ANDQ R8, BX
	XORQ BX, R8 // this one's bit
	ANDQ DX, R8
	XORQ R8, R12
	MOVQ BX, R8
	TESTQ BX, BX
	JNZ piece
	MOVQ AX, units+40(FP)
	MOVQ R12, missed+48(FP)
	RET
