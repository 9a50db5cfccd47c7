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

// The same of Y0 and Y1.
#define PLANE256(result) \
	VPMOVMSKB Y0, AX; \
	VPMOVMSKB Y1, BX; \
	SHLQ $32, BX; \
	ORQ BX, AX; \
	MOVQ AX, result; \
	VPADDB Y0, Y0, Y0; \
	VPADDB Y1, Y1, Y1

// func planes256(p *byte) (b0, b1, b2, b3, b4, b5, b6, b7 uint64)
TEXT ·planes256(SB), NOSPLIT, $0-72
	MOVQ p+0(FP), SI
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	PLANE256(b7+64(FP))
	PLANE256(b6+56(FP))
	PLANE256(b5+48(FP))
	PLANE256(b4+40(FP))
	PLANE256(b3+32(FP))
	PLANE256(b2+24(FP))
	PLANE256(b1+16(FP))
	PLANE256(b0+8(FP))
	VZEROUPPER
	RET

// The first of the pieces that start where R8 has a bit starts at CX, and has DX bytes and one, up to where R9 has its next bit. Where there is no TZCNTQ it is BSFQ,
// and the same of what is not zero.
#define PIECE \
	TZCNTQ R8, CX; \
	MOVQ R9, DX; \
	SHRQ CX, DX; \
	TZCNTQ DX, DX

// func find64(t *[1 << shortBits]uint64, prefixes *[longSeen][3]uint64, p *byte, starts, ends uint64) (saved int, missed uint64)
TEXT ·find64(SB), NOSPLIT, $0-56
	MOVQ t+0(FP), DI
	MOVQ prefixes+8(FP), R10
	MOVQ p+16(FP), SI
	MOVQ starts+24(FP), R8
	MOVQ ends+32(FP), R9
	MOVQ $const_mixA, R11
	MOVQ R8, R12 // starts of those that are found will go
	XORQ AX, AX
	PCALIGN $32
piece:
	PIECE
	LEAQ (DX)(DX*2), DX
	MOVQ (SI)(CX*1), BX
	ANDQ (R10)(DX*8), BX
	IMULQ R11, BX
	MOVQ BX, DX
	SHRQ $(64-const_shortBits), DX
	SHLQ $const_shortBits, BX
	XORQ (DI)(DX*8), BX // no more than what it saves if it is the same piece
	CMPQ BX, $(const_savedMask+1)
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
	MOVQ AX, saved+40(FP)
	MOVQ R12, missed+48(FP)
	RET

// func gather64(t *[1 << longBits]longPiece, prefixes *[longSeen][3]uint64, p *byte, starts, ends uint64, list *sighting, from int)
TEXT ·gather64(SB), NOSPLIT, $0-56
	MOVQ t+0(FP), DI
	MOVQ prefixes+8(FP), R10
	MOVQ p+16(FP), SI
	MOVQ starts+24(FP), R8
	MOVQ ends+32(FP), R9
	MOVQ list+40(FP), R12
	MOVQ from+48(FP), AX
	PCALIGN $32
piece:
	PIECE
	LEAQ (AX)(CX*1), BX
	MOVW BX, sighting_at(R12)
	LEAQ 1(DX), BX
	MOVW BX, sighting_bytes(R12)
	LEAQ (DX)(DX*2), DX
	MOVQ (SI)(CX*1), BX
	ANDQ (R10)(DX*8), BX
	MOVQ 8(SI)(CX*1), R11
	ANDQ 8(R10)(DX*8), R11
	MOVQ 16(SI)(CX*1), R13
	ANDQ 16(R10)(DX*8), R13
	MOVQ BX, sighting_a(R12)
	MOVQ R11, sighting_b(R12)
	MOVQ R13, sighting_c(R12)
	MOVQ $const_mixA, DX
	IMULQ DX, BX
	MOVQ $const_mixB, DX
	IMULQ DX, R11
	MOVQ $const_mixC, DX
	IMULQ DX, R13
	XORQ R11, BX
	XORQ R13, BX
	SHRQ $(64-const_longBits), BX
	MOVL BX, sighting_place(R12)
	SHLQ $5, BX
	PREFETCHT0 (DI)(BX*1)
	ADDQ $sighting__size, R12
	LEAQ -1(R8), DX
	ANDQ DX, R8
	JNZ piece
	RET

// func match64(t *[1 << longBits]longPiece, list *sightings, n int) (saved, missed int)
TEXT ·match64(SB), NOSPLIT, $0-40
	MOVQ t+0(FP), DI
	MOVQ list+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ SI, R8 // where the next that is missed goes
	XORQ AX, AX
	SHLQ $5, CX
	ADDQ SI, CX
	PCALIGN $32
sighting:
	MOVOU (SI), X0
	MOVOU 16(SI), X1
	MOVL sighting_place(SI), BX
	SHLQ $5, BX
	MOVQ sighting_a(SI), R9
	MOVQ sighting_b(SI), R10
	MOVQ sighting_c(SI), R11
	XORQ longPiece_a(DI)(BX*1), R9
	XORQ longPiece_b(DI)(BX*1), R10
	XORQ longPiece_c(DI)(BX*1), R11
	MOVQ longPiece_saved(DI)(BX*1), DX
	ORQ R10, R9
	ORQ R11, R9 // zero if it is the same piece
	NEGQ R9
	SBBQ R9, R9 // all bits if it is not
	MOVOU X0, (R8)
	MOVOU X1, 16(R8)
	MOVQ R9, R10
	ANDQ $sighting__size, R10
	ADDQ R10, R8
	NOTQ R9
	ANDQ R9, DX
	ADDQ DX, AX
	ADDQ $sighting__size, SI
	CMPQ SI, CX
	JNE sighting
	MOVQ AX, saved+24(FP)
	SUBQ list+8(FP), R8
	SHRQ $5, R8
	MOVQ R8, missed+32(FP)
	RET
