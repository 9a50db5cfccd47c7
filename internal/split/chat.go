package split

import (
	"slices"
	"strings"
)

// A fence in which turns are not looked for is no longer than this: a longer one more likely was left open in one turn and closed in another.
const maxQuotedTurn = 8 << 10

// chat reads a transcript turn by turn; what is in a turn is read as what it is.
func (r *reader) chat(start, end int) {
	l := r.lines(end)
	fences := r.fences(start, end)
	r.marks = slices.Grow(r.marks, (end-start)/256)
	turn := start
	r.inTurn = true
	defer func() { r.inTurn = false }()
	body := func(to int) {
		switch {
		case to-turn > 4<<10:
			r.files(turn, to)
		case turn < to:
			r.markdown(turn, to)
		}
	}
	for i := start; i < end; {
		if len(fences) > 0 && fences[0].Start == i {
			stop := fences[0].End
			if fences = fences[1:]; stop-i <= maxQuotedTurn {
				i = stop
				continue
			}
		}
		line, next := l.line(i)
		if name := speaker(line); name != "" {
			body(i)
			r.cut(i, Turn, 0)
			r.mark(i, levelSpeaker, name)
			turn = i
		}
		i = next
	}
	body(end)
}

// roles are names of speakers that need no second look.
var roles = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`user assistant system human ai bot agent customer tool model developer interviewer interviewee client support moderator
		kullanıcı asistan müşteri temsilci sistem soru cevap q a 用户 助手 系统 ユーザー アシスタント`) {
		roles[w] = true
	}
}

var (
	frames, framesName = setOf("#*[]:_ "), setOf("*_[]<> ")
	notInName          = setOf(".,;!?/\\\"=(){}|`#0123456789")
	inTime, halfOfDay  = setOf("0123456789[]().,:/- APMapm"), setOf("APMapm")
)

// speaker returns the name before the colon of a line that begins a turn: "User: …", "**Ayşe Kaya:** …", "### Assistant", "<|im_start|>user",
// "[12:03] Bob: …", "12.03.2026 14:05 - Bob: …"; "" when the line begins none.
func speaker(line string) string {
	s := line
	if rest, ok := strings.CutPrefix(s, "<|im_start|>"); ok {
		return strings.TrimSpace(rest)
	}
	if len(s) > 200 {
		s = s[:200]
	}
	if s == "" || s[0] == ' ' || s[0] == '\t' || strings.HasPrefix(s, "* ") || strings.HasPrefix(s, "- ") {
		return ""
	}
	if s[0] == '#' || s[0] == '*' || s[0] == '[' {
		if bare := frames.trim(s); len(bare) > 1 && roles[strings.ToLower(bare)] {
			return bare
		}
	}
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return "" // most lines
	}
	if n := timed(s); n <= colon {
		s = s[n:colon]
	} else if colon = strings.IndexByte(s[n:], ':'); colon >= 0 {
		s = s[n : n+colon]
	} else {
		return ""
	}
	name := framesName.trim(s)
	if strings.HasSuffix(name, ")") {
		if n := strings.Index(name, " ("); n > 0 {
			name = name[:n] // "Bob (10:03)" was cut at the colon; "Bob (support)" was not
		}
	}
	if len(name) > 40 || notInName.index(name) < len(name) || strings.Count(name, " ") > 2 {
		return ""
	}
	return name
}

// timed returns the length of the time that messengers put before a name.
func timed(s string) int {
	n := 0
	digits := false
	for n < len(s) && inTime[s[n]] {
		digits = digits || '0' <= s[n] && s[n] <= '9'
		// The letters belong to a time only behind digits: "10:03 AM".
		if halfOfDay[s[n]] && (!digits || n+2 >= len(s) || s[n+1]|0x20 != 'm' && s[n]|0x20 != 'm') {
			break
		}
		n++
	}
	if !digits {
		return 0
	}
	return n
}
