package split

// A set is one of ASCII characters, made once where a string of them would be read again for every line.
type set [256]bool

func setOf(chars string) *set {
	var s set
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return &s
}

// lead returns how many bytes at the beginning of text are in the set.
func (s *set) lead(text string) int {
	n := 0
	for n < len(text) && s[text[n]] {
		n++
	}
	return n
}

// index returns where the first byte of the set is in text, len(text) when there is none.
func (s *set) index(text string) int {
	n := 0
	for n < len(text) && !s[text[n]] {
		n++
	}
	return n
}

// trim returns text without the bytes of the set at both ends.
func (s *set) trim(text string) string {
	text = text[s.lead(text):]
	for len(text) > 0 && s[text[len(text)-1]] {
		text = text[:len(text)-1]
	}
	return text
}
