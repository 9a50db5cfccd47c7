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
DATA bytes<>+80(SB)/8, $0xc0c0c0c0c0c0c0c0 // where bytes end that go on with a letter; with the next one: no first byte of any
DATA bytes<>+88(SB)/8, $0xc0c0c0c0c0c0c0c0
DATA bytes<>+96(SB)/8, $0xc2c2c2c2c2c2c2c2 // the first byte of two
DATA bytes<>+104(SB)/8, $0xc2c2c2c2c2c2c2c2
DATA bytes<>+112(SB)/8, $0xe0e0e0e0e0e0e0e0 // of three
DATA bytes<>+120(SB)/8, $0xe0e0e0e0e0e0e0e0
DATA bytes<>+128(SB)/8, $0xf0f0f0f0f0f0f0f0 // of four
DATA bytes<>+136(SB)/8, $0xf0f0f0f0f0f0f0f0
DATA bytes<>+144(SB)/8, $0xedededededededed // the one before surrogates
DATA bytes<>+152(SB)/8, $0xedededededededed
DATA bytes<>+160(SB)/8, $0xa0a0a0a0a0a0a0a0 // the first after 0xE0, where 0xED ends
DATA bytes<>+168(SB)/8, $0xa0a0a0a0a0a0a0a0
GLOBL bytes<>(SB), RODATA|NOPTR, $176

// Sixteen bytes, X0, and those one place before them, X1: what stands after a backslash is what equals one in X1.
#define ORDINARY(off) \
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
	ORDINARY(0)
	ORDINARY(16)
	ORDINARY(32)
	ORDINARY(48)
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

// As ORDINARY, 32 bytes.
#define ORDINARY256(off) \
	VMOVDQU off(SI), Y0; \
	VPCMPEQB (off-1)(SI), Y8, Y1; \
	VPOR Y0, Y6, Y6; \
	VPCMPEQB Y0, Y9, Y2; \
	VPCMPEQB Y0, Y10, Y3; \
	VPCMPEQB Y0, Y11, Y4; \
	VPOR Y3, Y4, Y4; \
	VPOR Y2, Y4, Y4; \
	VPANDN Y2, Y1, Y2; \
	VPANDN Y1, Y4, Y4; \
	VPOR Y2, Y7, Y7; \
	VPOR Y4, Y7, Y7; \
	VPMINUB Y0, Y12, Y3; \
	VPCMPEQB Y0, Y3, Y3; \
	VPOR Y3, Y7, Y7

// func ordinary256(p *byte, n int) (passed, high int)
TEXT ·ordinary256(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTI128 bytes<>+0(SB), Y8
	VBROADCASTI128 bytes<>+16(SB), Y9
	VBROADCASTI128 bytes<>+32(SB), Y10
	VBROADCASTI128 bytes<>+48(SB), Y11
	VBROADCASTI128 bytes<>+64(SB), Y12
	VPXOR Y6, Y6, Y6
	XORQ AX, AX
loop:
	CMPQ AX, CX
	JGE done
	VPXOR Y7, Y7, Y7
	ORDINARY256(0)
	ORDINARY256(32)
	VPTEST Y7, Y7
	JNZ done
	INCQ AX
	ADDQ $64, SI
	JMP loop
done:
	VPMOVMSKB Y6, DX
	MOVQ AX, passed+16(FP)
	MOVQ DX, high+24(FP)
	VZEROUPPER
	RET

// Sixteen bytes, X0, and those one and two places before them, X1 and X2. A byte goes on with a letter if and only if one of those wants it to.
#define LETTERS(off) \
	MOVOU off(SI), X0; \
	MOVOU (off-1)(SI), X1; \
	MOVOU (off-2)(SI), X2; \
	PMAXUB X10, X2; \
	MOVOU (off-2)(SI), X3; \
	PCMPEQB X2, X3; \    // after the first of three, at the second place
	MOVO X9, X2; \
	PMAXUB X1, X2; \
	PCMPEQB X1, X2; \    // after a first byte
	POR X3, X2; \
	MOVO X8, X3; \
	PCMPGTB X0, X3; \    // goes on
	PXOR X3, X2; \
	POR X2, X7; \
	MOVO X13, X3; \
	PCMPGTB X0, X3; \    // below 0xA0, of those that go on
	MOVO X1, X2; \
	PCMPEQB X10, X2; \   // after 0xE0
	PAND X3, X2; \
	POR X2, X7; \
	PCMPEQB X12, X1; \   // after 0xED
	PANDN X1, X3; \      // and not below 0xA0
	POR X3, X7; \
	MOVO X0, X1; \
	PMAXUB X11, X1; \
	PCMPEQB X0, X1; \    // the first of four, or nothing
	POR X1, X7; \
	MOVO X0, X1; \
	PMAXUB X9, X1; \
	PCMPEQB X0, X1; \    // from 0xC2 on
	MOVO X8, X2; \
	PMAXUB X0, X2; \
	PCMPEQB X0, X2; \    // from 0xC0 on
	PXOR X1, X2; \
	POR X2, X7

// func letters(p *byte, n int) (passed int)
TEXT ·letters(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVOU bytes<>+80(SB), X8
	MOVOU bytes<>+96(SB), X9
	MOVOU bytes<>+112(SB), X10
	MOVOU bytes<>+128(SB), X11
	MOVOU bytes<>+144(SB), X12
	MOVOU bytes<>+160(SB), X13
	XORQ AX, AX
next:
	CMPQ AX, CX
	JGE end
	MOVOU -1(SI), X0
	MOVOU 15(SI), X1
	MOVOU 31(SI), X2
	MOVOU 47(SI), X3
	MOVOU 48(SI), X4
	POR X1, X0
	POR X3, X2
	POR X4, X0
	POR X2, X0
	PMOVMSKB X0, DX
	TESTL DX, DX
	JZ pass // ASCII, after ASCII
	PXOR X7, X7
	LETTERS(0)
	LETTERS(16)
	LETTERS(32)
	LETTERS(48)
	PMOVMSKB X7, DX
	TESTL DX, DX
	JNZ end
pass:
	INCQ AX
	ADDQ $64, SI
	JMP next
end:
	MOVQ AX, passed+16(FP)
	RET
