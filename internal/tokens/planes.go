package tokens

// planesAny is planes for any processor: it returns the lowest bits of s[:64] in one word, and so on.
func planesAny(s string) (b0, b1, b2, b3, b4, b5, b6, b7 uint64) {
	s = s[:sight]
	b0, b1, b2, b3 = square(load8(s, 0)), square(load8(s, 8)), square(load8(s, 16)), square(load8(s, 24))
	b4, b5, b6, b7 = square(load8(s, 32)), square(load8(s, 40)), square(load8(s, 48)), square(load8(s, 56))
	const half, quarter, eighth = 0xffffffff, 0xffff0000ffff, 0xff00ff00ff00ff
	b0, b4 = b0&half|b4<<32, b0>>32|b4&^half
	b1, b5 = b1&half|b5<<32, b1>>32|b5&^half
	b2, b6 = b2&half|b6<<32, b2>>32|b6&^half
	b3, b7 = b3&half|b7<<32, b3>>32|b7&^half
	b0, b2 = b0&quarter|b2&quarter<<16, b0>>16&quarter|b2&^quarter
	b1, b3 = b1&quarter|b3&quarter<<16, b1>>16&quarter|b3&^quarter
	b4, b6 = b4&quarter|b6&quarter<<16, b4>>16&quarter|b6&^quarter
	b5, b7 = b5&quarter|b7&quarter<<16, b5>>16&quarter|b7&^quarter
	b0, b1 = b0&eighth|b1&eighth<<8, b0>>8&eighth|b1&^eighth
	b2, b3 = b2&eighth|b3&eighth<<8, b2>>8&eighth|b3&^eighth
	b4, b5 = b4&eighth|b5&eighth<<8, b4>>8&eighth|b5&^eighth
	b6, b7 = b6&eighth|b7&eighth<<8, b6>>8&eighth|b7&^eighth
	return
}

// square transposes eight by eight bits (Hacker's Delight, 7-3).
func square(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}
