#include "go_asm.h"
#include "textflag.h"

// The lanes of a register are eight sights, 52 bytes apart; a bit in a lane is a byte of its sight.

// LOGIC is any function of a, b and c, which goes to a.
#define LOGIC(f, a, b, c) VPTERNLOGQ $((f)&255), c, b, a
#define A 0xf0
#define B 0xcc
#define C 0xaa
#define MOVE(from, to) VMOVDQA64 from, to

DATA ·reversed<>+0(SB)/8, $0x0001020304050607 // the bytes of each word the other way round
DATA ·reversed<>+8(SB)/8, $0x08090a0b0c0d0e0f
DATA ·reversed<>+16(SB)/8, $0x1011121314151617
DATA ·reversed<>+24(SB)/8, $0x18191a1b1c1d1e1f
DATA ·reversed<>+32(SB)/8, $0x2021222324252627
DATA ·reversed<>+40(SB)/8, $0x28292a2b2c2d2e2f
DATA ·reversed<>+48(SB)/8, $0x3031323334353637
DATA ·reversed<>+56(SB)/8, $0x38393a3b3c3d3e3f
GLOBL ·reversed<>(SB), RODATA|NOPTR, $64

DATA ·gathered<>+0(SB)/8, $0x3830282018100800 // the first bytes of all words, the second ones, and so on
DATA ·gathered<>+8(SB)/8, $0x3931292119110901
DATA ·gathered<>+16(SB)/8, $0x3a322a221a120a02
DATA ·gathered<>+24(SB)/8, $0x3b332b231b130b03
DATA ·gathered<>+32(SB)/8, $0x3c342c241c140c04
DATA ·gathered<>+40(SB)/8, $0x3d352d251d150d05
DATA ·gathered<>+48(SB)/8, $0x3e362e261e160e06
DATA ·gathered<>+56(SB)/8, $0x3f372f271f170f07
GLOBL ·gathered<>(SB), RODATA|NOPTR, $64

DATA ·iota<>+0(SB)/8, $0x0706050403020100
DATA ·iota<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA ·iota<>+16(SB)/8, $0x1716151413121110
DATA ·iota<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA ·iota<>+32(SB)/8, $0x2726252423222120
DATA ·iota<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA ·iota<>+48(SB)/8, $0x3736353433323130
DATA ·iota<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL ·iota<>(SB), RODATA|NOPTR, $64

DATA ·lanes<>+0(SB)/8, $0x0000000000000000 // all bytes of a word are its number
DATA ·lanes<>+8(SB)/8, $0x0101010101010101
DATA ·lanes<>+16(SB)/8, $0x0202020202020202
DATA ·lanes<>+24(SB)/8, $0x0303030303030303
DATA ·lanes<>+32(SB)/8, $0x0404040404040404
DATA ·lanes<>+40(SB)/8, $0x0505050505050505
DATA ·lanes<>+48(SB)/8, $0x0606060606060606
DATA ·lanes<>+56(SB)/8, $0x0707070707070707
GLOBL ·lanes<>(SB), RODATA|NOPTR, $64

DATA ·basis<>+0(SB)/8, $0x8040201008040201 // each byte has one bit
GLOBL ·basis<>(SB), RODATA|NOPTR, $8
DATA ·ramp<>+0(SB)/8, $0x0706050403020100
GLOBL ·ramp<>(SB), RODATA|NOPTR, $8
DATA ·eight<>+0(SB)/8, $0x0808080808080808
GLOBL ·eight<>(SB), RODATA|NOPTR, $8
DATA ·one<>+0(SB)/8, $1
GLOBL ·one<>(SB), RODATA|NOPTR, $8
DATA ·bits<>+0(SB)/8, $64
GLOBL ·bits<>(SB), RODATA|NOPTR, $8
DATA ·all<>+0(SB)/8, $-1
GLOBL ·all<>(SB), RODATA|NOPTR, $8
DATA ·inside<>+0(SB)/8, $0x007ffffffffffff8
GLOBL ·inside<>(SB), RODATA|NOPTR, $8
DATA ·last<>+0(SB)/8, $0x7fffffffffffffff // all but the last
GLOBL ·last<>(SB), RODATA|NOPTR, $8
DATA ·mixes<>+0(SB)/8, $const_mixA
DATA ·mixes<>+8(SB)/8, $const_mixB
DATA ·mixes<>+16(SB)/8, $const_mixC
DATA ·mixes<>+24(SB)/8, $const_savedMask
GLOBL ·mixes<>(SB), RODATA|NOPTR, $32

// The bits of each byte, in Z30, of 64 bytes at offset.
#define SQUARES(offset, to) \
	VPERMB offset(SI), Z31, to; \
	VGF2P8AFFINEQB $0, to, Z30, to; \
	VPERMB to, Z29, to

#define PAIR(a, b, low, high) \
	VPUNPCKLQDQ b, a, low; \
	VPUNPCKHQDQ b, a, high

#define FOURS(a, b, low, high) \
	VSHUFI64X2 $0x88, b, a, low; \
	VSHUFI64X2 $0xdd, b, a, high

// The sum of what the lanes of Z31 have.
#define SUM(to, y, x) \
	VEXTRACTI64X4 $1, Z31, y; \
	VPADDQ y, Y31, Y31; \
	VEXTRACTI64X2 $1, Y31, x; \
	VPADDQ x, X31, X31; \
	VPSHUFD $0x4e, X31, x; \
	VPADDQ x, X31, X31; \
	VMOVQ X31, to

// func look512(p *byte, camel uint64, to *looks) (saved, wide int)
TEXT ·look512(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), SI
	MOVQ to+16(FP), DI

	// The planes of eight sights, b0 to b7, in Z0 to Z7.
	VMOVDQU64 ·reversed<>(SB), Z31
	VPBROADCASTQ ·basis<>(SB), Z30
	VMOVDQU64 ·gathered<>(SB), Z29
	SQUARES(0, Z0)
	SQUARES(52, Z1)
	SQUARES(104, Z2)
	SQUARES(156, Z3)
	SQUARES(208, Z4)
	SQUARES(260, Z5)
	SQUARES(312, Z6)
	SQUARES(364, Z7)
	PAIR(Z0, Z1, Z8, Z9)     // planes 0 2 4 6 and 1 3 5 7 of sights 0 and 1
	PAIR(Z2, Z3, Z10, Z11)
	PAIR(Z4, Z5, Z12, Z13)
	PAIR(Z6, Z7, Z14, Z15)
	FOURS(Z8, Z10, Z16, Z17) // planes 0 4 and 2 6 of sights 0 to 3
	FOURS(Z12, Z14, Z18, Z19)
	FOURS(Z9, Z11, Z20, Z21) // planes 1 5 and 3 7
	FOURS(Z13, Z15, Z22, Z23)
	FOURS(Z16, Z18, Z0, Z4)
	FOURS(Z17, Z19, Z2, Z6)
	FOURS(Z20, Z22, Z1, Z5)
	FOURS(Z21, Z23, Z3, Z7)

	// Letters outside ASCII in Z29, second bytes in Z30; whether there are characters of three bytes in BX.
	VPXORQ Z29, Z29, Z29
	VPXORQ Z30, Z30, Z30
	XORL BX, BX
	VPTESTMQ Z7, Z7, K1
	KMOVB K1, AX
	TESTB AX, AX
	JZ near

	MOVE(Z7, Z8)
	LOGIC(A&B&C, Z8, Z6, Z5)
	VPTESTMQ Z8, Z8, K1
	KMOVB K1, BX
	TESTL BX, BX
	JZ narrow
	VPANDQ.BCST ·inside<>(SB), Z8, Z31
	VPOPCNTQ Z31, Z31
	SUM(BX, Y9, X9)
narrow:
	// The next byte's bits.
	VPSRLQ $1, Z0, Z10
	VPSRLQ $1, Z1, Z11
	VPSRLQ $1, Z2, Z12
	VPSRLQ $1, Z3, Z13
	VPSRLQ $1, Z4, Z14
	VPSRLQ $1, Z5, Z15
	VPANDNQ Z7, Z6, Z16   // rest
	VPSRLQ $2, Z16, Z17
	VPSRLQ $1, Z16, Z16
	VPANDQ Z6, Z7, Z18
	LOGIC(A&~B&C, Z18, Z5, Z16) // two
	LOGIC(A&~B&C, Z8, Z4, Z16)
	VPANDQ Z17, Z8, Z19   // three

	VPANDQ Z0, Z1, Z9     // b1 & b0
	MOVE(Z14, Z16)        // Latin
	LOGIC(A&~B&C, Z16, Z13, Z12)
	LOGIC(A&B&C, Z16, Z11, Z10)
	VPANDNQ Z9, Z16, Z16
	LOGIC((A|B)&~C, Z16, Z2, Z3)
	MOVE(Z9, Z17)
	LOGIC(~A&~B&C, Z17, Z2, Z3)
	LOGIC((A|B)&~C, Z16, Z17, Z4)
	MOVE(Z16, Z20)
	VPORQ Z3, Z4, Z17     // whether there are others
	LOGIC((A&B)|C, Z17, Z18, Z8)
	VPTESTMQ Z17, Z17, K1
	KMOVB K1, AX
	TESTB AX, AX
	JZ latin

	MOVE(Z15, Z16)        // Greek
	LOGIC(A&B&~C, Z16, Z14, Z13)
	LOGIC(A&B&C, Z16, Z12, Z11)
	LOGIC(C&~(A&~B), Z16, Z10, Z0)
	MOVE(Z14, Z17)
	LOGIC(A|B|C, Z17, Z13, Z12)
	LOGIC(~(A|B)&C, Z17, Z10, Z11)
	LOGIC((C&~A)|(B&~C), Z17, Z14, Z15)
	LOGIC(A|(B&~C), Z16, Z17, Z0)
	LOGIC(A&B&C, Z16, Z1, Z2)
	LOGIC(A&B&~C, Z16, Z3, Z4)
	VPORQ Z16, Z20, Z20

	MOVE(Z4, Z16)         // Cyrillic
	LOGIC(A&~B&~C, Z16, Z3, Z2)
	LOGIC(A&(B|~C), Z16, Z0, Z1)
	VPORQ Z16, Z20, Z20

	MOVE(Z11, Z16)        // Hebrew
	LOGIC((A&B)|C, Z16, Z10, Z12)
	VPANDQ Z13, Z16, Z16
	LOGIC((~B&C)|(B&~C&~A), Z16, Z15, Z14)
	LOGIC(A&B&C, Z16, Z9, Z2)
	LOGIC(A&B&~C, Z16, Z4, Z3)
	VPORQ Z16, Z20, Z20

	VPORQ Z12, Z13, Z16   // Arabic
	LOGIC(~C&~(B&A), Z16, Z14, Z15)
	LOGIC(C&(~B|A), Z16, Z0, Z1)
	VPORQ Z10, Z11, Z17
	MOVE(Z17, Z21)
	LOGIC(A|B|C, Z21, Z12, Z13)
	LOGIC(A&B&C, Z21, Z14, Z15)
	LOGIC(~C&(A|B), Z17, Z12, Z13)
	VPANDQ Z10, Z11, Z22
	LOGIC(C&~B&~A, Z22, Z12, Z13)
	VPORQ Z22, Z17, Z17
	LOGIC(A&~(B|C), Z17, Z14, Z15)
	VPORQ Z17, Z21, Z21
	LOGIC((A&B)|(C&~B), Z21, Z0, Z15)
	LOGIC(A|(C&~B), Z16, Z1, Z21)
	LOGIC(A&B&C, Z16, Z3, Z4)
	VPANDNQ Z16, Z2, Z16
	VPORQ Z16, Z20, Z20

	VPANDQ Z14, Z15, Z16  // Hangul
	LOGIC((A|B)&C, Z16, Z0, Z1)
	VPANDNQ Z16, Z2, Z16
	VPANDQ Z13, Z14, Z17
	LOGIC(A&B&C, Z17, Z12, Z11)
	LOGIC(~C|(~B&~A), Z17, Z15, Z0)
	LOGIC(A&B&~C, Z17, Z2, Z1)
	LOGIC((A|B)&C, Z16, Z17, Z3)
	MOVE(Z15, Z17)        // Vietnamese
	LOGIC(A&B&C, Z17, Z14, Z13)
	LOGIC(A&~B&C, Z17, Z12, Z0)
	LOGIC(A&~B&~C, Z17, Z1, Z2)
	VPANDNQ Z17, Z3, Z17
	LOGIC(A&(B|C), Z19, Z16, Z17)

latin:
	MOVE(Z14, Z16)        // of Western Europe
	LOGIC(A&B&C, Z16, Z13, Z11)
	LOGIC(A&B&~C, Z16, Z10, Z12)
	LOGIC(C&~(A&~B), Z16, Z15, Z9)
	LOGIC(A&~B&~C, Z16, Z2, Z3)
	VPANDNQ Z16, Z4, Z16
	MOVE(Z14, Z17)        // Turkish
	LOGIC(A&B&C, Z17, Z13, Z12)
	LOGIC(A&B&~C, Z17, Z11, Z15)
	MOVE(Z15, Z21)
	LOGIC(A&B&~C, Z21, Z14, Z13)
	LOGIC(A&~B&~C, Z21, Z12, Z11)
	LOGIC(A|(B&~C), Z17, Z21, Z0)
	LOGIC(A&B&~C, Z17, Z2, Z1)
	LOGIC(A&~B&~C, Z17, Z3, Z4)
	VPORQ Z14, Z15, Z21   // Russian
	LOGIC((A^B)&C, Z21, Z0, Z4)
	LOGIC(A&~B&~C, Z21, Z3, Z2)
	VPANDNQ Z21, Z1, Z21
	LOGIC(A|B|C, Z16, Z17, Z21)
	VPANDQ Z18, Z16, Z30
	VPSLLQ $1, Z30, Z30
	VPANDQ.BCST camel+8(FP), Z30, Z30

	VPANDQ Z20, Z18, Z18
	VPSLLQ $1, Z18, Z20
	MOVE(Z19, Z29)
	LOGIC(A|B|C, Z29, Z18, Z20)
	VPSLLQ $1, Z19, Z20
	VPSLLQ $2, Z19, Z21
	LOGIC(A|B|C, Z29, Z20, Z21)

near:
	VPORQ Z0, Z1, Z8      // low
	LOGIC(A|B|C, Z8, Z2, Z3)
	VPORQ Z4, Z8, Z8
	VPANDQ Z0, Z1, Z23    // b1 & b0
	VPANDQ Z2, Z23, Z24   // and b2
	VPORQ Z1, Z2, Z25     // b2 | b1
	LOGIC((A|B)&C, Z23, Z2, Z3)
	VPANDQ Z4, Z23, Z23
	VPANDNQ Z6, Z7, Z9    // letters
	LOGIC(A&B&~C, Z9, Z8, Z23)
	MOVE(Z5, Z11)         // signs
	LOGIC(A&~B&~C, Z11, Z6, Z7)
	VPANDQ Z4, Z11, Z10   // digits
	LOGIC(A&~(B&C), Z10, Z3, Z25)
	VPANDNQ Z11, Z8, Z12  // spaces
	MOVE(Z5, Z13)         // control
	LOGIC(~(A|B|C), Z13, Z6, Z7)
	VPANDQ Z3, Z13, Z15
	VPANDNQ Z15, Z4, Z15
	MOVE(Z0, Z14)         // lines
	LOGIC((B&~(C|A))|(C&A&~B), Z14, Z1, Z2)
	VPANDQ Z15, Z14, Z14
	VPANDQ Z0, Z15, Z15   // tabs
	VPANDNQ Z15, Z25, Z15
	VPANDQ Z11, Z24, Z17  // slashes
	MOVE(Z17, Z16)        // apostrophes
	LOGIC(A&~B&~C, Z16, Z3, Z4)
	LOGIC(A&B&~C, Z17, Z3, Z4)
	VPANDQ Z3, Z4, Z26    // b4 & b3
	MOVE(Z26, Z27)
	LOGIC(A&B&C, Z27, Z5, Z6)
	VPANDQ Z24, Z27, Z27  // the last of ASCII
	MOVE(Z11, Z18)        // symbols
	LOGIC((A&B)|C, Z18, Z8, Z6)
	LOGIC(A&~B&~C, Z18, Z7, Z9)
	LOGIC(A&~B&~C, Z18, Z10, Z27)
	VPANDQ Z5, Z9, Z23    // small
	VPSLLQ $1, Z23, Z25
	VPANDNQ Z9, Z5, Z19   // capitals
	VPANDQ.BCST camel+8(FP), Z25, Z25
	VPANDQ Z25, Z19, Z19

	// Joins, as joins.go has them.
	VPANDQ Z0, Z26, Z20   // y
	VPANDNQ Z26, Z0, Z26  // x, z
	VPXORQ Z3, Z4, Z25    // j, q
	VPXORQ Z0, Z1, Z27
	VPXORQ Z1, Z3, Z28
	VPANDQ Z27, Z25, Z27
	LOGIC(A&~B&~C, Z27, Z28, Z2)
	LOGIC(C&~A&~B, Z26, Z27, Z23) // common
	VPANDNQ Z24, Z3, Z27  // g, w
	VPORQ Z20, Z27, Z27
	VPSLLQ $1, Z27, Z27
	MOVE(Z2, Z21)         // f, v
	LOGIC(A&B&~C, Z21, Z1, Z3)
	VPANDNQ Z21, Z0, Z21
	MOVE(Z3, Z22)         // k
	LOGIC(A&B&C, Z22, Z1, Z0)
	LOGIC(A&~B&~C, Z22, Z4, Z2)
	LOGIC((A|B)&C, Z21, Z22, Z27) // what does not merge
	VPORQ Z20, Z22, Z22   // y, k
	MOVE(Z4, Z20)         // q, x, and P and Y in place of none
	LOGIC(A&(B^C), Z20, Z3, Z0)
	LOGIC(A&~B&~C, Z20, Z2, Z1)
	VPORQ Z20, Z22, Z22
	VPORQ Z5, Z20, Z31
	VPANDQ Z0, Z25, Z25   // i, w
	MOVE(Z4, Z20)
	LOGIC((A^B)|(B^C), Z20, Z2, Z1)
	VPANDNQ Z25, Z20, Z25
	MOVE(Z2, Z20)         // u
	LOGIC(A&~B&~C, Z20, Z3, Z1)
	LOGIC(A&B&C, Z20, Z4, Z0)
	VPORQ Z20, Z22, Z22
	VPSRLQ $1, Z20, Z24
	LOGIC(A|(B&C), Z22, Z25, Z24) // the first of two letters that are no token behind a space
	VPANDQ Z2, Z3, Z24    // vowels
	VPXORQ Z1, Z24, Z24
	LOGIC(~A&~B&C, Z24, Z4, Z0)
	VPORQ Z20, Z24, Z24
	VPANDQ.BCST camel+8(FP), Z9, Z20 // consonants
	LOGIC(A&~B&~C, Z20, Z31, Z24)
	MOVE(Z9, Z25)         // alone
	LOGIC(A|B|C, Z25, Z10, Z15)
	VPORQ Z14, Z25, Z25
	VPSLLQ $1, Z25, Z25
	VPSLLQ $1, Z14, Z28
	VPANDQ Z28, Z17, Z28
	LOGIC(A&B&~C, Z25, Z18, Z28)
	MOVE(Z2, Z28)         // before
	LOGIC(A|(~B&~C), Z28, Z1, Z0)
	LOGIC(A&B&C, Z28, Z5, Z3)
	LOGIC(A&~B&~C, Z28, Z4, Z6)
	MOVE(Z6, Z31)
	LOGIC(A&B&C, Z31, Z1, Z0)
	VPANDNQ Z31, Z5, Z31
	LOGIC(A&(B|C), Z25, Z28, Z31)
	LOGIC(A|B|C, Z25, Z12, Z15)
	VPSLLQ $1, Z12, Z28
	VPANDQ Z28, Z20, Z28  // consonants behind spaces
	VPORQ Z26, Z25, Z25
	VPSLLQ $1, Z25, Z25
	VPANDNQ Z25, Z21, Z25
	VPSLLQ $1, Z20, Z20
	LOGIC(A&B&C, Z24, Z23, Z20) // vowels behind consonants
	LOGIC((A&B)|C, Z25, Z26, Z24)
	VPORQ Z28, Z25, Z25
	VPSLLQ $2, Z16, Z20
	VPSLLQ $3, Z16, Z21
	LOGIC(A&~B&~C, Z25, Z20, Z21)
	VPSLLQ $1, Z12, Z20   // behind spaces
	MOVE(Z18, Z21)
	LOGIC(A&B&~C, Z21, Z20, Z16)
	VPORQ Z21, Z25, Z25
	VPANDQ Z1, Z2, Z21    // symbols but ^ before line ends
	LOGIC(A&B&C, Z21, Z3, Z4)
	VPANDQ Z6, Z21, Z21
	VPANDNQ Z18, Z21, Z21
	VPSLLQ $1, Z21, Z21
	LOGIC(A&B&C, Z21, Z14, Z1)
	VPORQ Z21, Z25, Z25   // joined
	VPBROADCASTQ camel+8(FP), Z21 // more
	LOGIC(C&~(A&~B), Z21, Z5, Z9)
	LOGIC(A|B|C, Z21, Z7, Z16)
	VPSRLQ $1, Z21, Z21
	MOVE(Z7, Z24)
	LOGIC(A|B|C, Z24, Z18, Z14)
	VPSRLQ $1, Z24, Z24
	LOGIC((A&C)|(B&~C), Z21, Z24, Z9)
	VPSRLQ $1, Z25, Z26   // last
	VPANDNQ Z25, Z26, Z24
	VPANDQ.BCST ·last<>(SB), Z24, Z24
	VPANDQ Z24, Z21, Z27
	VPSRLQ $1, Z27, Z27
	VPANDNQ Z24, Z21, Z24
	LOGIC(A|(B&C), Z24, Z27, Z25) // counts
	VPSRLQ $2, Z25, Z27
	LOGIC(A&B&C, Z27, Z26, Z25) // row
	VPSRLQ $3, Z24, Z28
	LOGIC(A|(B&C), Z24, Z28, Z27)
	VPSRLQ $3, Z27, Z28
	VPANDQ Z28, Z27, Z27
	VPSRLQ $6, Z24, Z28
	LOGIC(A|(B&C), Z24, Z28, Z27)
	VPSRLQ $6, Z27, Z28
	VPANDQ Z28, Z27, Z27
	VPSRLQ $12, Z24, Z28
	LOGIC(A|(B&C), Z24, Z28, Z27)
	LOGIC(A&B&C, Z25, Z26, Z20)
	LOGIC(A&B&~C, Z25, Z9, Z22)
	VPORQ Z24, Z25, Z25
	MOVE(Z25, Z11)
	VPSLLQ $1, Z10, Z26
	VPSLLQ $2, Z7, Z27
	VPSRLQ $1, Z7, Z28
	LOGIC(A&~B&~C, Z26, Z27, Z28)
	LOGIC((A&B)|C, Z26, Z10, Z30) // halves
	VPBROADCASTQ ·inside<>(SB), Z30
	VPANDQ Z30, Z25, Z25
	VPANDQ Z30, Z26, Z26
	VPOPCNTQ Z25, Z25
	VPOPCNTQ Z26, Z26
	VPADDQ Z25, Z25, Z25
	VPADDQ Z26, Z25, Z31  // in halves

	VPORQ Z29, Z9, Z9     // letters are all now
	VPORQ Z12, Z15, Z20   // blanks
	MOVE(Z9, Z21)         // visible
	LOGIC(A|B|C, Z21, Z10, Z18)
	MOVE(Z21, Z22)        // strange
	LOGIC(~(A|B|C), Z22, Z20, Z14)

	// Rows.
	VPSLLQ $1, Z20, Z23
	VPSLLQ $2, Z20, Z24
	LOGIC(A&B&C, Z23, Z24, Z20)
	VPTESTMQ Z23, Z23, K1
	KMOVB K1, AX
	TESTB AX, AX
	JZ norows
	VPADDQ.BCST ·one<>(SB), Z20, Z23
	VPANDQ Z20, Z23, Z23
	VPBROADCASTQ ·all<>(SB), Z24
	VPXORQ Z24, Z20, Z25
	VPLZCNTQ Z25, Z25
	VPBROADCASTQ ·bits<>(SB), Z26
	VPSUBQ Z25, Z26, Z25
	VPSLLVQ Z25, Z24, Z24
	VPANDNQ Z23, Z24, Z23
	VPSLLQ $1, Z23, Z24
	VPSLLQ $2, Z23, Z25
	LOGIC(A&B&C, Z23, Z24, Z25)
	VPSLLQ $1, Z15, Z24   // tabs
	VPANDQ Z15, Z24, Z25
	VPSLLQ $2, Z25, Z26
	VPANDQ Z26, Z25, Z25
	VPSLLQ $4, Z25, Z26
	VPANDQ Z26, Z25, Z25
	VPSLLQ $8, Z25, Z26
	VPANDQ Z26, Z25, Z25
	LOGIC(A|(B&C), Z25, Z12, Z24)
	VPSLLQ $1, Z12, Z24
	LOGIC(A|(B&C), Z25, Z15, Z24)
	VPSLLQ $1, Z23, Z24
	LOGIC(A&~B&~C, Z24, Z20, Z21)
	VPSLLQ $1, Z22, Z26
	LOGIC(A|(B&C), Z24, Z20, Z26)
	VPORQ Z24, Z25, Z25
	VPTESTNMQ Z25, Z25, K1
	VPANDQ Z30, Z23, Z23
	VPOPCNTQ.Z Z23, K1, Z23
	VPADDQ Z23, Z23, Z23
	VPADDQ Z23, Z31, Z31

norows:
	VPORQ Z12, Z18, Z23   // symbols | spaces
	VPSLLQ $1, Z23, Z23
	VPANDNQ Z18, Z23, Z24 // symbolStarts
	VPSRLQ $1, Z9, Z25    // with
	LOGIC(A&(B|C), Z25, Z20, Z24)
	VPORQ Z25, Z9, Z26
	VPSLLQ $1, Z26, Z26   // letterStarts
	LOGIC((B&~A)|C, Z26, Z9, Z19)
	VPORQ Z22, Z9, Z27
	VPSRLQ $1, Z27, Z27
	LOGIC(A&B&~C, Z16, Z27, Z23) // may
	VPSLLQ $1, Z14, Z27
	VPANDQ Z27, Z17, Z17  // slash
	VPANDQ.BCST ·one<>(SB), Z18, Z28
	VPORQ Z17, Z28, Z28
	VPADDQ Z18, Z28, Z28
	LOGIC(A&~B&C, Z28, Z18, Z9) // behind

	// Z0 to Z7 are free now.
	VPSRLQ $1, Z18, Z0    // starts
	LOGIC((A&B)|C, Z0, Z12, Z26)
	LOGIC(A|B|C, Z0, Z24, Z25)
	VPSLLQ $1, Z16, Z1
	VPSLLQ $2, Z16, Z2
	LOGIC(A|B|C, Z1, Z2, Z16)
	LOGIC(A|B|C, Z1, Z17, Z28)
	VPORQ Z9, Z18, Z2
	VPSLLQ $1, Z22, Z3
	LOGIC(A|(B&C), Z1, Z2, Z3)
	VPANDNQ Z0, Z1, Z0

	VPSLLQ $1, Z10, Z2    // ends
	VPANDNQ Z10, Z2, Z1
	LOGIC(A|B|C, Z1, Z26, Z24)
	VPSRLQ $1, Z21, Z2
	LOGIC((A|B)&C, Z2, Z27, Z20)
	VPORQ Z14, Z20, Z3
	VPSLLQ $1, Z3, Z4
	VPANDNQ Z3, Z4, Z3
	VPSLLQ $1, Z18, Z4
	LOGIC(A&~(B&C), Z3, Z14, Z4)
	LOGIC(A|B|C, Z1, Z2, Z3)
	LOGIC(A&~B&~C, Z1, Z16, Z17)
	VPANDQ.BCST ·last<>(SB), Z1, Z1

	VPANDNQ Z13, Z8, Z2   // zeros
	VPTESTNMQ Z2, Z2, K1
	VPSRLQ $1, Z1, Z2
	VPSRLQ $2, Z1, Z3
	VPSRLQ $3, Z1, Z4
	VPSRLQ $1, Z11, Z5
	VPSRLQ $2, Z11, Z6
	LOGIC(A|(B&C), Z3, Z6, Z4) // one token as joins say
	VPANDQ Z3, Z5, Z5
	LOGIC(A&~B&~C, Z0, Z2, Z5)
	VPSRLQ $2, Z1, Z3     // where an end is within 24
	VPORQ Z2, Z3, Z2
	VPSRLQ $2, Z2, Z3
	VPORQ Z2, Z3, Z2
	VPSRLQ $4, Z2, Z3
	VPORQ Z2, Z3, Z2
	VPSRLQ $8, Z2, Z3
	VPSRLQ $16, Z2, Z4
	LOGIC(A|B|C, Z2, Z3, Z4)
	LOGIC(A&B&C, Z0, Z2, Z30)
	VMOVDQA64.Z Z0, K1, Z0
	VPSLLQ $1, Z0, Z2     // the next end of each
	VPBROADCASTQ ·all<>(SB), Z3
	VPXORQ Z3, Z1, Z3
	VPADDQ Z3, Z2, Z2
	VPANDQ Z1, Z2, Z1

	VMOVDQU64 Z0, looks_starts(DI)
	VMOVDQU64 Z1, looks_ends(DI)
	SUM(AX, Y0, X0)
	MOVQ AX, saved+24(FP)
	MOVQ BX, wide+32(FP)
	VZEROUPPER
	RET

// func find512(t *seen, p *byte, l *looks, long *longs) (saved int)
TEXT ·find512(SB), NOSPLIT, $0-40
	MOVQ t+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ l+16(FP), R8
	MOVQ long+24(FP), R9 // where the next long pieces go
	VPXORQ Z31, Z31, Z31
	VMOVDQU64 ·iota<>(SB), Z30
	VMOVDQU64 ·lanes<>(SB), Z29
	VPBROADCASTQ ·ramp<>(SB), Z28
	VPBROADCASTQ ·eight<>(SB), Z27
	VPBROADCASTQ ·mixes<>(SB), Z26
	VPBROADCASTQ ·mixes<>+24(SB), Z25
	VPADDB Z27, Z28, Z24
	VPADDB Z27, Z24, Z23
	XORL R10, R10 // which sight
	PCALIGN $32
sight:
	MOVQ looks_starts(R8)(R10*8), AX
	KMOVQ AX, K1
	KMOVQ looks_ends(R8)(R10*8), K2
	POPCNTQ AX, CX
	VMOVDQU64 (SI), Z0
	VPCOMPRESSB.Z Z30, K1, Z1 // where pieces start
	VPCOMPRESSB.Z Z30, K2, Z2
	VPSUBB Z1, Z2, Z2         // how many bytes they have
	VPCMPUB $6, Z27, Z2, K7   // more than eight
	KNOTQ K7, K3
	VMOVDQU8.Z Z2, K3, Z3
	MOVE(Z29, Z4)
	TESTQ CX, CX
	JZ next
short:
	VPERMB Z1, Z4, Z5
	VPADDB Z28, Z5, Z5
	VPERMB Z3, Z4, Z6
	VPCMPUB $1, Z6, Z28, K4
	VPERMB.Z Z0, Z5, K4, Z7   // eight pieces
	VPMULLQ Z26, Z7, Z7
	VPSRLQ $(64-const_shortBits), Z7, Z8
	VPSLLQ $const_shortBits, Z7, Z7
	KXNORB K5, K5, K5
	VPXORQ Z9, Z9, Z9
	VPGATHERQQ seen_short(DI)(Z8*8), K5, Z9
	VPXORQ Z7, Z9, Z9         // no more than what it saves if it is the same piece
	VPCMPUQ $2, Z25, Z9, K6
	VPADDQ Z9, Z31, K6, Z31
	VPADDB Z27, Z4, Z4
	SUBQ $8, CX
	JG short
	KORTESTQ K7, K7
	JZ next
	VPCOMPRESSB.Z Z1, K7, Z1
	VPCOMPRESSB.Z Z2, K7, Z2
	VPERMB Z1, Z29, Z5
	VPERMB Z2, Z29, Z6
	VPCMPUB $1, Z6, Z28, K4
	VPCMPUB $1, Z6, Z24, K5
	VPCMPUB $1, Z6, Z23, K6
	VPADDB Z28, Z5, Z7
	VPERMB.Z Z0, Z7, K4, Z7
	VPADDB Z24, Z5, Z8
	VPERMB.Z Z0, Z8, K5, Z8
	VPADDB Z23, Z5, Z9
	VPERMB.Z Z0, Z9, K6, Z9
	VMOVDQU64 Z7, (R9)
	VMOVDQU64 Z8, 512(R9)
	VMOVDQU64 Z9, 1024(R9)
	KMOVQ K7, AX
	POPCNTQ AX, AX
	LEAQ (R9)(AX*8), R9
next:
	ADDQ $const_sightStep, SI
	INCQ R10
	CMPQ R10, $8
	JNE sight

	MOVQ long+24(FP), R10
	CMPQ R10, R9
	JEQ done
	VPXORQ Z9, Z9, Z9
	VMOVDQU64 Z9, (R9)
	VMOVDQU64 Z9, 512(R9)
	VMOVDQU64 Z9, 1024(R9)
	VPBROADCASTQ ·mixes<>+8(SB), Z25
	VPBROADCASTQ ·mixes<>+16(SB), Z24
	ADDQ $seen_long, DI
long:
	VMOVDQU64 (R10), Z0
	VMOVDQU64 512(R10), Z1
	VMOVDQU64 1024(R10), Z2
	VPMULLQ Z26, Z0, Z3
	VPMULLQ Z25, Z1, Z4
	VPMULLQ Z24, Z2, Z5
	LOGIC(A^B^C, Z3, Z4, Z5)
	VPSRLQ $(64-const_longBits), Z3, Z3
	VPSLLQ $2, Z3, Z3
	KXNORB K1, K1, K1
	KXNORB K2, K2, K2
	KXNORB K3, K3, K3
	KXNORB K4, K4, K4
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPGATHERQQ longPiece_a(DI)(Z3*8), K1, Z4
	VPGATHERQQ longPiece_b(DI)(Z3*8), K2, Z5
	VPGATHERQQ longPiece_c(DI)(Z3*8), K3, Z6
	VPGATHERQQ longPiece_saved(DI)(Z3*8), K4, Z7
	VPXORQ Z4, Z0, Z0
	LOGIC(A|(B^C), Z0, Z1, Z5)
	LOGIC(A|(B^C), Z0, Z2, Z6)
	VPTESTNMQ Z0, Z0, K1
	VPADDQ Z7, Z31, K1, Z31
	ADDQ $64, R10
	CMPQ R10, R9
	JLT long

done:
	SUM(AX, Y0, X0)
	MOVQ AX, saved+32(FP)
	VZEROUPPER
	RET
