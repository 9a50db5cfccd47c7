#include "textflag.h"

DATA signs<>+0(SB)/8, $0x2222222222222222 // quote
DATA signs<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c // backslash
DATA signs<>+16(SB)/8, $0x2020202020202020 // the first that is no control character
DATA signs<>+24(SB)/8, $0x7575757575757575 // u
DATA signs<>+32(SB)/8, $0x3030303030303030 // 0
DATA signs<>+40(SB)/8, $0x0909090909090909
DATA signs<>+48(SB)/8, $0x6161616161616161 // a
DATA signs<>+56(SB)/8, $0x0505050505050505
GLOBL signs<>(SB), RODATA|NOPTR, $64

// Of 64 bytes, those that a backslash escapes, in AX and K5: the algorithm of simdjson. AX has the backslashes, R8 says whether the first byte is escaped, and then
// whether the next one is; BX gets the backslashes that escape.
#define ESCAPED \
	MOVQ R8, DX; \
	NOTQ DX; \
	ANDQ AX, DX; \       // may escape
	LEAQ (DX)(DX*1), BX; \
	ORQ R13, BX; \
	SUBQ DX, BX; \
	XORQ R13, BX; \      // what escapes, and what is behind a row of those
	ORQ AX, R8; \
	XORQ BX, R8; \
	ANDQ AX, BX; \
	MOVQ R8, AX; \
	KMOVQ AX, K5; \
	MOVQ BX, R8; \
	SHRQ $63, R8

// The bytes that are there in a mask, K1: CX of them, or all 64.
#define THERE \
	MOVQ $-1, R12; \
	CMPQ CX, $64; \
	JGE  2(PC); \
	BZHIQ CX, R12, R12; \
	KMOVQ R12, K1

#define LOAD \
	VPBROADCASTQ signs<>+8(SB), Z9; \
	VMOVDQU64 ·simpleEscape(SB), Z11; \
	VMOVDQU64 ·simpleEscape+64(SB), Z12; \
	MOVQ $0xaaaaaaaaaaaaaaaa, R13; \
	XORL R8, R8

// Writes those bytes of Z0 that R12 has a bit for.
#define KEEP \
	KMOVQ R12, K2; \
	VPCOMPRESSB.Z Z0, K2, Z2; \
	POPCNTQ R12, AX; \
	MOVQ $-1, DX; \
	BZHIQ AX, DX, DX; \
	KMOVQ DX, K3; \
	VMOVDQU8 Z2, K3, (DI); \
	ADDQ AX, DI

// func skip512(p *byte, n int) (to int, high, escaped uint64)
TEXT ·skip512(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	LOAD
	VPBROADCASTQ signs<>+0(SB), Z8
	VPBROADCASTQ signs<>+16(SB), Z10
	VPBROADCASTQ signs<>+24(SB), Z14
	VPBROADCASTQ signs<>+32(SB), Z15
	VPBROADCASTQ signs<>+40(SB), Z16
	VPBROADCASTQ signs<>+48(SB), Z17
	VPBROADCASTQ signs<>+56(SB), Z18
	VPXORQ Z13, Z13, Z13 // all bytes or-ed together
	XORL R11, R11        // all backslashes
	PCALIGN $32
skip:
	TESTQ CX, CX
	JLE  over
	THERE
	VMOVDQU8.Z (SI), K1, Z0
	VPORQ Z0, Z13, Z13
	VPCMPUB $1, Z10, Z0, K2
	VPCMPEQB Z8, Z0, K3
	VPCMPEQB Z9, Z0, K4
	KMOVQ K4, AX
	MOVQ AX, R9
	MOVQ AX, BX
	ORQ  R8, BX
	JNZ  escapes
	KORQ K2, K3, K2
	KMOVQ K2, DX
	ANDQ R12, DX
	JNZ  found
	ADDQ $64, SI
	SUBQ $64, CX
	JMP  skip
escapes:
	ESCAPED
	VMOVDQA64 Z0, Z1
	VPERMI2B Z12, Z11, Z1 // what the escapes stand for
	VPMOVB2M Z0, K6
	KANDQ K5, K6, K6
	VPTESTNMB Z1, Z1, K5, K7
	KORQ K6, K7, K6       // or may not be one of two bytes
	KORTESTQ K6, K6
	JNZ  long
short:
	KANDNQ K3, K5, K3
	KORQ K2, K3, K2
	KMOVQ K2, DX
	KMOVQ K6, BX
	SHRQ $1, BX           // its backslash; nothing for the first byte
	JCS  before
	ORQ  BX, DX
	ANDQ R12, DX
	JNZ  found
	ORQ  R9, R11
	ADDQ $64, SI
	SUBQ $64, CX
	JMP  skip
long:
	VPCMPEQB Z14, Z0, K5, K7 // u: four hexadecimal digits follow
	VPSUBB Z15, Z0, Z2
	VPCMPUB $2, Z16, Z2, K4 // 0 to 9
	VPORQ Z10, Z0, Z2
	VPSUBB Z17, Z2, Z2
	VPCMPUB $2, Z18, Z2, K0 // a to f
	KORQ K0, K4, K4
	KMOVQ K4, DX
	MOVQ DX, BX
	SHRQ $1, BX
	ANDQ BX, DX
	MOVQ DX, BX
	SHRQ $2, BX
	ANDQ BX, DX           // where four of them start
	SHRQ $1, DX
	KMOVQ DX, K4
	KANDNQ K6, K7, K6     // what is no u
	KANDNQ K7, K4, K7     // or has no digits, here
	KORQ K6, K7, K6
	JMP  short
over:
	ADDQ CX, SI
	SUBQ R8, SI           // an escape without its end
	JMP  end
before:
	DECQ SI
	JMP  end
found:
	TZCNTQ DX, DX
	ADDQ DX, SI
	BZHIQ DX, R9, R9
	ORQ  R9, R11
end:
	SUBQ p+0(FP), SI
	MOVQ SI, to+16(FP)
	VPMOVB2M Z13, K1
	KMOVQ K1, AX
	MOVQ AX, high+24(FP)
	MOVQ R11, escaped+32(FP)
	VZEROUPPER
	RET

// func unescape512(dst, src *byte, n int) (to, from int)
TEXT ·unescape512(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	LOAD
	PCALIGN $32
block:
	TESTQ CX, CX
	JLE  done
	THERE
	VMOVDQU8.Z (SI), K1, Z0
	VPCMPEQB Z9, Z0, K4
	KMOVQ K4, AX
	MOVQ AX, BX
	ORQ  R8, BX
	JNZ  some
	VMOVDQU8 Z0, K1, (DI)
	POPCNTQ R12, AX
	ADDQ AX, DI
	ADDQ $64, SI
	SUBQ $64, CX
	JMP  block
some:
	ESCAPED
	VMOVDQA64 Z0, Z1
	VPERMI2B Z12, Z11, Z1
	VPTESTNMB Z1, Z1, K5, K6
	VMOVDQU8 Z1, K5, Z0
	KMOVQ K6, DX
	ANDNQ R12, BX, R12    // less the backslashes
	TESTQ DX, DX
	JNZ  long
	KEEP
	ADDQ $64, SI
	SUBQ $64, CX
	JMP  block
long: // one of six bytes, and what is before it
	TZCNTQ DX, DX
	DECQ DX
	ADDQ DX, SI
	SUBQ DX, CX
	XORL R8, R8
	TESTQ DX, DX
	JLE  six
	BZHIQ DX, R12, R12
	KEEP
six:
	CMPQ CX, $6
	JLT  all
	MOVL 2(SI), AX        // four hexadecimal digits
	BSWAPL AX
	MOVL AX, DX
	SHRL $6, DX
	ANDL $0x01010101, DX
	LEAL (DX)(DX*8), DX   // nine more for letters
	ANDL $0x0f0f0f0f, AX
	ADDL DX, AX
	MOVL $0x0f0f0f0f, DX
	PEXTL DX, AX, AX
	MOVL AX, DX
	SHRL $6, DX
	CMPL AX, $0x80
	JLT  one
	ANDL $0x3f, AX
	ORL  $0x80, AX
	CMPL DX, $0x20
	JLT  two
	MOVL DX, BX
	SHRL $5, BX
	CMPL BX, $0x1b        // half a pair
	JEQ  all
	SHRL $1, BX
	ORL  $0xe0, BX
	ANDL $0x3f, DX
	ORL  $0x80, DX
	MOVB BX, (DI)
	MOVB DX, 1(DI)
	MOVB AX, 2(DI)
	ADDQ $3, DI
	JMP  past
two:
	ORL  $0xc0, DX
	MOVB DX, (DI)
	MOVB AX, 1(DI)
	ADDQ $2, DI
	JMP  past
one:
	MOVB AX, (DI)
	INCQ DI
past:
	ADDQ $6, SI
	SUBQ $6, CX
	JMP  block
done:
	ADDQ CX, SI           // as many as the last block had less than 64
all:
	SUBQ dst+0(FP), DI
	SUBQ src+8(FP), SI
	MOVQ DI, to+24(FP)
	MOVQ SI, from+32(FP)
	VZEROUPPER
	RET

// What is wrong with two bytes in a row, by the upper half of the first, its lower half, and the upper half of the second: a fault is what all three have (Keiser and
// Lemire, Validating UTF-8 in less than one instruction per byte, 2021). 0x80 is no fault if a byte before wants two or three to follow.
DATA faults<>+0(SB)/8, $0x0202020202020202  // 0 to 7: ASCII, and then one that follows
DATA faults<>+8(SB)/8, $0x4915012180808080  // 8 to B follow; C, D, E and F
DATA faults<>+16(SB)/8, $0xcbcbcb8b8383a3e7 // lower half 0 to 7
DATA faults<>+24(SB)/8, $0xcbcbdbcbcbcbcbcb
DATA faults<>+32(SB)/8, $0x0101010101010101 // ASCII
DATA faults<>+40(SB)/8, $0x01010101babaaee6 // 8, 9, A and B
GLOBL faults<>(SB), RODATA|NOPTR, $48

// func valid512(p *byte, n int) bool
TEXT ·valid512(SB), NOSPLIT, $0-17
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTI32X4 faults<>+0(SB), Z10
	VBROADCASTI32X4 faults<>+16(SB), Z11
	VBROADCASTI32X4 faults<>+32(SB), Z12
	MOVL $0x0f0f0f0f, AX
	VPBROADCASTD AX, Z13
	MOVL $0x60606060, AX
	VPBROADCASTD AX, Z14
	MOVL $0x70707070, AX
	VPBROADCASTD AX, Z15
	MOVL $0x80808080, AX
	VPBROADCASTD AX, Z16
	VPXORQ Z17, Z17, Z17  // all faults
	XORL R8, R8           // of the bytes before, those that are there: 0, or 7 for three
	XORL R9, R9           // whether there may be letters before that are not ASCII
letters:
	THERE
	VMOVDQU8.Z (SI), K1, Z0
	VPMOVB2M Z0, K5
	KMOVQ K5, AX
	MOVQ AX, BX
	ORQ  R9, AX
	MOVQ BX, R9
	TESTQ AX, AX
	JZ   ascii
	LEAQ (R12)(R12*1), AX
	MOVL R8, BX
	ANDL $1, BX
	ORQ  BX, AX
	KMOVQ AX, K2
	LEAQ (R12*4), AX
	MOVL R8, BX
	ANDL $3, BX
	ORQ  BX, AX
	KMOVQ AX, K3
	LEAQ (R12*8), AX
	ORQ  R8, AX
	KMOVQ AX, K4
	VMOVDQU8.Z -1(SI), K2, Z1
	VMOVDQU8.Z -2(SI), K3, Z2
	VMOVDQU8.Z -3(SI), K4, Z3
	VPSRLW $4, Z1, Z4
	VPANDQ Z13, Z4, Z4
	VPSHUFB Z4, Z10, Z4
	VPANDQ Z13, Z1, Z5
	VPSHUFB Z5, Z11, Z5
	VPSRLW $4, Z0, Z6
	VPANDQ Z13, Z6, Z6
	VPSHUFB Z6, Z12, Z6
	VPANDQ Z4, Z5, Z5
	VPANDQ Z5, Z6, Z6
	VPSUBUSB Z14, Z2, Z2  // 0x80 and more behind the first of three or four
	VPSUBUSB Z15, Z3, Z3  // of four
	VPORQ Z2, Z3, Z3
	VPANDQ Z16, Z3, Z3
	VPXORQ Z6, Z3, Z3
	VPORQ Z3, Z17, Z17
ascii:
	MOVL $7, R8
	ADDQ $64, SI
	SUBQ $64, CX
	JGE  letters          // once more behind the last 64: there may be the beginning of a letter
	VPTESTMB Z17, Z17, K1
	KORTESTQ K1, K1
	SETEQ ret+16(FP)
	VZEROUPPER
	RET
