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

// The first bytes of eight: one to eight of them.
DATA first<>+0(SB)/8, $0xff
DATA first<>+8(SB)/8, $0xffff
DATA first<>+16(SB)/8, $0xffffff
DATA first<>+24(SB)/8, $0xffffffff
DATA first<>+32(SB)/8, $0xffffffffff
DATA first<>+40(SB)/8, $0xffffffffffff
DATA first<>+48(SB)/8, $0xffffffffffffff
DATA first<>+56(SB)/8, $0xffffffffffffffff
GLOBL first<>(SB), RODATA|NOPTR, $64

// func find64(t *[1 << shortBits]uint64, p *byte, starts, ends uint64) (units int, missed uint64)
TEXT ·find64(SB), NOSPLIT, $0-48
	MOVQ t+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ starts+16(FP), R8
	MOVQ ends+24(FP), R9
	LEAQ first<>(SB), R10
	MOVQ $0x9e3779b97f4a7c15, R11
	MOVQ R8, R12 // starts of those that are found will go
	XORQ AX, AX
piece:
	TZCNTQ R8, CX // where there is no such instruction it is BSFQ, and the same of what is not zero
	MOVQ R9, DX
	SHRQ CX, DX
	TZCNTQ DX, DX // one less than its length
	MOVQ (SI)(CX*1), BX
	ANDQ (R10)(DX*8), BX
	IMULQ R11, BX
	MOVQ BX, DX
	SHRQ $(64-const_shortBits), DX
	SHLQ $const_shortBits, BX
	XORQ (DI)(DX*8), BX // no more than the units if it is the same piece
	CMPQ BX, $(const_unitsMask+1)
	SBBQ DX, DX
	ANDQ DX, BX
	ADDQ BX, AX
	LEAQ -1(R8), BX
	ANDQ R8, BX
	XORQ BX, R8 // this one's bit
	ANDQ DX, R8
	XORQ R8, R12
	MOVQ BX, R8
	TESTQ BX, BX
	JNZ piece
	MOVQ AX, units+32(FP)
	MOVQ R12, missed+40(FP)
	RET
