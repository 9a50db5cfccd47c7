package wire

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// longText is from where on a text, in bytes as it stands in the body, is worth decoding in its place.
const longText = 64 << 10

// An inPlace is a text that stands decoded where its JSON stood: in Body[from:end], and then there are zeros up to to.
type inPlace struct {
	from, end, to int
	by            spelling
}

// DecodeInPlace is Decode, but a long text is decoded where it stands in Body if its client wrote every character in the same way throughout, as they do: then
// Raw can write the caller's bytes again, and they need not be kept beside the text. Body must be the Request's alone.
func (r *Request) DecodeInPlace() { r.decodeInPlace(longText) }

func (r *Request) decodeInPlace(least int) {
	for i := range r.Messages {
		parts := r.Messages[i].Parts
		for j := range parts {
			p := &parts[j]
			if p.decoded() || p.End-p.Start < least {
				continue
			}
			from, to := p.Start+1, p.End-1
			raw := r.Body[from:to]
			if by, ok := spellingOf(raw); ok {
				text := appendText(raw[:0], raw, false) // which is never longer, and reads before it writes
				clear(raw[len(text):])
				p.Text = share(text)
				r.inPlace = append(r.inPlace, inPlace{from, from + len(text), to, by})
			}
		}
	}
	slices.SortFunc(r.inPlace, func(a, b inPlace) int { return a.from - b.from })
	r.Decode()
}

// InPlace says whether a text was decoded in its place, so that Body is not what the caller sent.
func (r *Request) InPlace() bool { return len(r.inPlace) > 0 }

// Raw is what the caller sent: Body itself, or a new copy where texts were decoded in their place.
func (r *Request) Raw() []byte { return (&splicer{src: r.Body, inPlace: r.inPlace}).bytes() }

// Same says whether r and o are readings of the same bytes. It may say no where they are, when only one of them was decoded in place.
func (r *Request) Same(o *Request) bool {
	return slices.Equal(r.inPlace, o.inPlace) && bytes.Equal(r.Body, o.Body)
}

// A spelling says how a client writes each character that JSON lets one write in several ways.
type spelling struct {
	ascii   [utf8.RuneSelf]spelt
	lines   spelt // U+2028 and U+2029, which end a line in JavaScript
	above   spelt // all other characters above ASCII
	capital spelt // hexadecimal digits; short stands for small ones
}

type spelt uint8

const (
	plain spelt = iota // or not there at all
	short              // \n
	hex                // \u000a
)

// agree says whether s can be what it was, or it was not known before.
func (s *spelt) agree(is spelt) bool {
	if *s == plain {
		*s = is
	}
	return *s == is
}

// of is how r is written.
func (s *spelling) of(r rune) *spelt {
	switch {
	case r < utf8.RuneSelf:
		return &s.ascii[r]
	case r == '\u2028', r == '\u2029':
		return &s.lines
	}
	return &s.above
}

// spellingOf reads how the inside of a JSON string is written. ok is false where something is written in two ways.
func spellingOf(raw []byte) (s spelling, ok bool) {
	for rest := raw; ; {
		n := bytes.IndexByte(rest, '\\')
		if n < 0 {
			break
		}
		rest = rest[n:]
		r, size := escape(rest)
		how := short
		if rest[1] == 'u' {
			how = hex
			for i := 2; i < size; i++ {
				switch c := rest[i]; {
				case 'a' <= c && c <= 'f':
					ok = s.capital.agree(short)
				case 'A' <= c && c <= 'F':
					ok = s.capital.agree(hex)
				default:
					ok = true
				}
				if !ok {
					return s, false
				}
			}
		}
		if !isHigh(r) && !isLow(r) && !s.of(r).agree(how) { // half a pair can only be written in one way
			return s, false
		}
		rest = rest[size:]
	}
	return s, s.alone(raw)
}

// alone says whether no character that is escaped in raw also stands there as itself.
func (s *spelling) alone(raw []byte) bool {
	if s.lines != plain && (bytes.Contains(raw, []byte("\u2028")) || bytes.Contains(raw, []byte("\u2029"))) {
		return false
	}
	var stops [256]bool // bytes that are looked at
	some := false
	for c := range stops {
		stops[c] = c >= utf8.RuneSelf && s.above != plain || ' ' <= c && c < utf8.RuneSelf && s.ascii[c] != plain && c != '"' && c != '\\' // which are never themselves
		some = some || stops[c]
	}
	if !some {
		return true
	}
	stops['\\'] = true
	for i := 0; i < len(raw); {
		if !stops[raw[i]] {
			i++
			continue
		}
		if raw[i] != '\\' {
			return false
		}
		_, size := escape(raw[i:])
		i += size
	}
	return true
}

// append appends text as JSON in this spelling, without quotes.
func (s *spelling) append(dst, text []byte) []byte {
	from := 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			if r, size = utf8.DecodeRune(text[i:]); r == utf8.RuneError && size == 1 {
				r, size = half(text[i:]), 3
			}
		}
		how := s.of(r)
		if *how == plain && !isHigh(r) && !isLow(r) {
			i += size
			continue
		}
		dst = append(dst, text[from:i]...)
		i += size
		from = i
		switch {
		case *how == short && r < utf8.RuneSelf:
			dst = append(dst, '\\', shortEscape[r])
		case r > 0xFFFF:
			r -= 0x10000
			dst = s.hex(s.hex(dst, 0xD800|r>>10), 0xDC00|r&0x3FF)
		default:
			dst = s.hex(dst, r)
		}
	}
	return append(dst, text[from:]...)
}

func (s *spelling) hex(dst []byte, r rune) []byte {
	digits := hexDigits
	if s.capital == hex {
		digits = "0123456789ABCDEF"
	}
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// shortEscape is simpleEscape the other way round.
var shortEscape = func() (letters [utf8.RuneSelf]byte) {
	for letter, c := range simpleEscape {
		if c != 0 {
			letters[c] = byte(letter)
		}
	}
	return letters
}()
