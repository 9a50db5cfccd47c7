package split

import "strings"

// elements appends the places in text[start:end) between the elements of markup, the tuples of SQL and the statements of source text that has no lines:
// minified text is one long line. The more elements end at a place, the better it is: levels depend on what is near alone.
func elements(to []Cut, text string, start, end, grain int) []Cut {
	closed, opens := 0, start // tags that end here in a row; where the last tag begins
	for i := start; i+1 < end; i++ {
		level := -1
		switch c, next := text[i], text[i+1]; c {
		case '<':
			opens = i
		case '>':
			switch {
			case strings.HasPrefix(text[opens:i], "</"), text[max(i-1, start)] == '/':
				closed++
			default:
				closed = 0
			}
			if next != '<' {
				closed = 0
				break
			}
			switch {
			case i+2 < end && text[i+2] == '/':
				level = 6 // the end of an element stays with it
			case closed < 2:
				level = 4 - closed
			default:
				level = 0
			}
		case ',':
			if i == start || text[i-1] != ')' && text[i-1] != '}' && text[i-1] != ']' {
				break
			}
			if next == '(' || next == '{' || next == '[' {
				level = 0
			} else if i-2 >= start && endsValue[text[i-2]] && strings.HasPrefix(text[i+1:end], " (") {
				level, i = 0, i+1
			}
		case '}':
			if next > ' ' && !afterBody[next] && next < 0x80 {
				level = 1
			}
		case ';':
			if next > ' ' && next < 0x80 && !strings.Contains(text[max(i-8, start):i], "&") {
				level = 3
			}
		}
		if level >= 0 {
			addCut(&to, text, grain, i+1, Element, level)
		}
	}
	return to
}

var endsValue, afterBody = setOf("'\"0123456789"), setOf(",;:)]}'\"\\`<|&?")
