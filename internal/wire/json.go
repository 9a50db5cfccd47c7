package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// maxDepth bounds nesting. encoding/json allows 10,000, Python's json about 1,000; no request that means something comes near 512.
const maxDepth = 512

// A scanner reads RFC 8259 JSON in one pass: it checks grammar and UTF-8 while it looks for the end of things, and copies nothing.
// Its methods return false at the first fault, which fault() then describes.
type scanner struct {
	b     []byte
	i     int
	depth int
	skims bool   // texts are left for Request.Decode
	msg   string // the first fault, at i
}

func (s *scanner) fail(msg string) bool {
	if s.msg == "" {
		s.msg = msg
	}
	return false
}

// fault is the error of a scan that returned false.
func (s *scanner) fault() error {
	return fmt.Errorf("%w: %s at byte %d", ErrNotUnderstood, s.msg, s.i)
}

func (s *scanner) space() {
	if s.i < len(s.b) && s.b[s.i] > ' ' {
		return
	}
	s.spaces()
}

func (s *scanner) spaces() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\n', '\t', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek skips space and returns the next byte, 0 at the end of the input (a NUL starts no JSON value either).
func (s *scanner) peek() byte {
	s.space()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// value passes over any value. The scanner stands on its first byte.
func (s *scanner) value() bool {
	if s.i >= len(s.b) {
		return s.fail("the body ends where a value should be")
	}
	switch c := s.b[s.i]; c {
	case '"':
		_, ok := s.str()
		return ok
	case '{':
		if !s.open() {
			return false
		}
		for more := s.first('}'); more; more = s.next('}') {
			if _, ok := s.key(); !ok || !s.value() {
				return false
			}
		}
		return s.msg == ""
	case '[':
		if !s.open() {
			return false
		}
		for more := s.first(']'); more; more = s.next(']') {
			if !s.value() {
				return false
			}
		}
		return s.msg == ""
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return s.number()
		}
		return s.fail("a value was expected")
	}
}

// open enters the object or array that the scanner stands on.
func (s *scanner) open() bool {
	if s.depth++; s.depth > maxDepth {
		return s.fail("nested too deeply")
	}
	s.i++
	return true
}

// first says whether an element follows the opening bracket, and stands on it; else it passes the closing one.
func (s *scanner) first(end byte) bool {
	if s.peek() == end {
		s.i++
		s.depth--
		return false
	}
	return true
}

// next says whether another element follows, and stands on it; else it passes the closing bracket or records a fault.
func (s *scanner) next(end byte) bool {
	switch s.peek() {
	case ',':
		s.i++
		s.space()
		return true
	case end:
		s.i++
		s.depth--
		return false
	}
	return s.fail("a comma or a closing bracket was expected")
}

// key passes a member's name and colon, and stands on its value.
func (s *scanner) key() (string, bool) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return "", s.fail("a member's name was expected")
	}
	name, ok := s.text()
	if !ok {
		return "", false
	}
	if s.peek() != ':' {
		return "", s.fail("a colon was expected")
	}
	s.i++
	s.space()
	return name, true
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return s.fail("a value was expected")
	}
	s.i += len(w)
	return true
}

func (s *scanner) number() bool {
	b, i := s.b, s.i
	digits := func() bool {
		from := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if b[i] == '-' {
		i++
	}
	zero := i < len(b) && b[i] == '0'
	from := i
	if !digits() || zero && i > from+1 {
		return s.fail("malformed number")
	}
	if i < len(b) && b[i] == '.' {
		i++
		if !digits() {
			return s.fail("malformed number")
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return s.fail("malformed number")
		}
	}
	s.i = i
	return true
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks, in the top bit of each byte of w, quotes, backslashes and control characters. Borrows can set further marks above a true
// one, so only the lowest mark is to be trusted.
func special(w uint64) uint64 {
	q := w ^ ones*'"'
	e := w ^ ones*'\\'
	return ((w-ones*0x20)&^w | (q-ones)&^q | (e-ones)&^e) & highs
}

// longAfter is how many bytes of a string are read here before the rest is skipped, and how many between two tries to skip.
const longAfter = 64

// str passes the string that the scanner stands on, eight bytes at a time; of long ones it skips what it can. UTF-8 is checked only where a byte above 0x7F was
// seen: outside strings the grammar allows none.
func (s *scanner) str() (escaped, ok bool) {
	b, i := s.b, s.i+1
	limit := min(len(b), i+longAfter)
	var seen uint64
	for {
		for i+8 <= limit {
			w := binary.LittleEndian.Uint64(b[i : i+8])
			seen |= w
			if m := special(w); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i+8 > limit && limit < len(b) {
			to, high, slashes := skip(b, i)
			if high {
				seen = highs
			}
			escaped = escaped || slashes
			i, limit = to, min(len(b), to+longAfter)
			continue
		}
		// Standing on a special byte, or within the last seven bytes of the body.
		for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
			seen |= uint64(b[i])
			i++
		}
		if i >= len(b) {
			s.i = len(b)
			return false, s.fail("a string does not end")
		}
		switch b[i] {
		case '"':
			if seen&highs != 0 && !valid(b[s.i:i]) {
				return false, s.fail("a string is not UTF-8")
			}
			s.i = i + 1
			return escaped, true
		case '\\':
			n := escapeLen(b[i:])
			if n == 0 {
				s.i = i
				return false, s.fail("malformed escape")
			}
			escaped = true
			i += n
		default:
			s.i = i
			return false, s.fail("a control character in a string")
		}
	}
}

// escapeLen is the length of the escape that b begins with, 0 where it is none.
func escapeLen(b []byte) int {
	if len(b) > 1 && simpleEscape[b[1]] != 0 {
		return 2
	}
	if len(b) >= 6 && b[1] == 'u' {
		if _, hex := hex4(b[2:]); hex {
			return 6
		}
	}
	return 0
}

// text passes a string and returns it decoded; without escapes it shares the input's memory.
func (s *scanner) text() (string, bool) {
	from := s.i + 1
	escaped, ok := s.str()
	if !ok {
		return "", false
	}
	return decode(s.b[from:s.i-1], escaped), true
}

var simpleEscape = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func hex4(b []byte) (r rune, ok bool) {
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func share(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// decode is AppendText to memory of its own, or to none where nothing is escaped.
func decode(raw []byte, escaped bool) string {
	if !escaped {
		return share(raw)
	}
	return share(AppendText(make([]byte, 0, len(raw)), raw))
}

// AppendText turns the checked inside of a JSON string into text, as Request.Decode does. A surrogate without its other half becomes the three bytes that UTF-8
// would give it if it might (WTF-8), so that appendString can write the same escape again.
func AppendText(dst, raw []byte) []byte { return appendText(dst, raw, true) }

// appendText is AppendText. If dst is not apart from raw it must not end behind it.
func appendText(dst, raw []byte, apart bool) []byte {
	for credit := 512; ; { // bytes; where other escapes are not rare, IndexByte is faster
		if apart && credit >= 0 {
			before := len(raw)
			dst, raw = appendSimple(dst, raw)
			credit += before - len(raw) - 96
		}
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		raw = raw[n:]
		for len(raw) > 0 && raw[0] == '\\' {
			r, size := escape(raw)
			raw = raw[size:]
			if isHigh(r) || isLow(r) {
				dst = append(dst, 0xED, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
			} else {
				dst = utf8.AppendRune(dst, r)
			}
		}
	}
}

// escape reads the escape, or the pair of them, that the checked inside of a JSON string begins with.
func escape(raw []byte) (r rune, size int) {
	if c := simpleEscape[raw[1]]; c != 0 {
		return rune(c), len(`\n`)
	}
	r, _ = hex4(raw[2:])
	if isHigh(r) && len(raw) >= len(`\ud83d\ude00`) && raw[6] == '\\' && raw[7] == 'u' {
		if low, _ := hex4(raw[8:]); isLow(low) {
			return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, len(`\ud83d\ude00`)
		}
	}
	return r, len(`\u00e9`)
}

// half reads the three bytes that AppendText makes of a surrogate without its other half; 0 when text does not begin with them.
func half[T string | []byte](text T) rune {
	if len(text) < 3 || text[0] != 0xED || text[1]&0xE0 != 0xA0 || text[2]&0xC0 != 0x80 {
		return 0
	}
	return 0xD000 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F)
}

func isHigh(r rune) bool { return 0xD800 <= r && r < 0xDC00 }
func isLow(r rune) bool  { return 0xDC00 <= r && r < 0xE000 }

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string with the fewest escapes. WTF-8 surrogates become \uXXXX; other bytes that are not UTF-8 become \ufffd.
func appendString(dst []byte, s string) []byte {
	return append(appendInside(append(dst, '"'), s), '"')
}

// appendPieces is appendString for a text in pieces, none of which ends inside a character.
func appendPieces(dst []byte, pieces []string) []byte {
	dst = append(dst, '"')
	for _, s := range pieces {
		dst = appendInside(dst, s)
	}
	return append(dst, '"')
}

// appendInside is appendString without the quotes.
func appendInside(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendEscaped(dst, s)
	}
	for len(s) > 0 {
		n := validPrefix(s)
		dst = appendEscaped(dst, s[:n])
		if s = s[n:]; s == "" {
			break
		}
		if r := half(s); r != 0 {
			dst = append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			s = s[3:]
		} else {
			dst = append(dst, `\ufffd`...)
			s = s[1:]
		}
	}
	return dst
}

// validPrefix is the length of the UTF-8 that s begins with.
func validPrefix(s string) int {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}

// appendEscaped appends UTF-8, escaping what may not stand in a JSON string; it looks at eight bytes at a time.
func appendEscaped(dst []byte, s string) []byte {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	from, i := 0, 0
	for {
		for i+8 <= len(b) {
			if m := special(binary.LittleEndian.Uint64(b[i : i+8])); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
			i++
		}
		dst = append(dst, b[from:i]...)
		if i >= len(b) {
			return dst
		}
		switch c := b[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
}

// A member is one name and value of an object in the bytes it was read from.
type member struct {
	key   string
	name  int // where the quoted name starts
	start int // the value
	end   int
}

// members reads the object b, which may have space around it; ok is false when b is anything else. Positions are in b.
func members(b []byte) (list []member, ok bool) { return membersInto(nil, b) }

// membersInto is members appending to list, which hot paths keep on the stack.
func membersInto(list []member, b []byte) (_ []member, ok bool) {
	s := scanner{b: b}
	if s.peek() != '{' || !s.open() {
		return nil, false
	}
	for more := s.first('}'); more; more = s.next('}') {
		m := member{name: s.i}
		if m.key, ok = s.key(); !ok {
			return nil, false
		}
		m.start = s.i
		if !s.value() {
			return nil, false
		}
		m.end = s.i
		list = append(list, m)
	}
	return list, s.msg == "" && s.peek() == 0 && s.i == len(b)
}

// elements reads the array b as members does an object.
func elements(b []byte) (list [][]byte, ok bool) {
	s := scanner{b: b}
	if s.peek() != '[' || !s.open() {
		return nil, false
	}
	for more := s.first(']'); more; more = s.next(']') {
		from := s.i
		if !s.value() {
			return nil, false
		}
		list = append(list, b[from:s.i])
	}
	return list, s.msg == "" && s.peek() == 0 && s.i == len(b)
}

// find returns the value of the last member of that name, as every common decoder would.
func find(b []byte, list []member, key string) []byte {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].key == key {
			return b[list[i].start:list[i].end]
		}
	}
	return nil
}

// stringOf reads a JSON string that was scanned before; ok is false when raw is another kind of value.
func stringOf(raw []byte) (text string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	s := scanner{b: raw}
	return s.text()
}

// intOf reads a JSON number with a whole value (100, 1e2, 100.0) up to 2^53.
func intOf(raw []byte) (n int, ok bool) {
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false
	}
	if n, err := strconv.Atoi(share(raw)); err == nil && -1<<53 <= int64(n) && int64(n) <= 1<<53 { // nearly all, and quicker
		return n, true
	}
	f, err := strconv.ParseFloat(share(raw), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

func isNull(raw []byte) bool { return len(raw) == 0 || raw[0] == 'n' }
func isTrue(raw []byte) bool { return len(raw) > 0 && raw[0] == 't' }

// isEmpty: null, false, "", [], {} or nothing at all.
func isEmpty(raw []byte) bool {
	switch {
	case isNull(raw), raw[0] == 'f':
		return true
	case raw[0] == '"':
		return len(raw) == 2
	case raw[0] == '[', raw[0] == '{':
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	return false
}
