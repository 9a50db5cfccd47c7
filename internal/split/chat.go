package split

import (
	"slices"
	"strings"
)

// A fence in which turns are not looked for is no longer than this: a longer one more likely was left open in one turn and closed in another.
const maxQuotedTurn = 8 << 10

// chat reads a transcript turn by turn, or records of "key: value" one by one; what is in a turn is read as what it is.
func (r *reader) chat(start, end int) {
	l := r.lines(end)
	fences := r.fences(start, end)
	r.marks = slices.Grow(r.marks, (end-start)/256)
	turn := start
	mails := mailLine(r.text[start:end])
	g := group{gap: mails, mails: mails}
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
		if len(fences) > 0 && int(fences[0].start) == i {
			stop := int(fences[0].end)
			if fences = fences[1:]; stop-i <= maxQuotedTurn {
				i = stop
				continue
			}
		}
		line, next := l.line(i)
		if name := g.turn(line); name != "" {
			body(i)
			r.cut(i, Turn, 0)
			r.mark(i, levelSpeaker, name)
			turn = i
		}
		i = next
	}
	body(end)
}

// A group tells the turns of a conversation from the fields of a record by what is near. To the record above it belong the lines behind a BEGIN up to the
// next one that follows an END (vCard, iCalendar), all that is in a mail of a mailbox, and in a paragraph that begins with one name the lines of other
// names, each of which comes but once.
type group struct {
	mails  bool     // of a mailbox: nothing but mails are turns
	opened bool     // behind a BEGIN
	ended  bool     // the line before is an END
	gap    bool     // the line before is blank
	names  []string // of the paragraph
}

// turn returns the name that a line begins with, "" when it begins no turn.
func (g *group) turn(line string) string {
	gap, ended := g.gap, g.ended
	g.gap = blank(line)
	if g.mails {
		if gap && mailLine(line) {
			address, _, _ := strings.Cut(line[len("From "):], " ")
			return address
		}
		return ""
	}
	if gap {
		g.names = g.names[:0]
	}
	name := speaker(line)
	if g.ended = name == "END"; name == "" {
		return ""
	}
	n := len(g.names)
	switch {
	case name == "BEGIN":
		if g.opened && !ended && !gap {
			return ""
		}
		g.opened = true
		return name
	case g.opened:
		return ""
	case gap && !converses[strings.ToLower(name)]:
		g.names = append(g.names, name)
		return name
	case n > 1 && name == g.names[n-1]: // the second of two telephone numbers
		return ""
	case n == 0, n > 8, slices.Contains(g.names, name), converses[strings.ToLower(name)]:
		g.names = g.names[:0]
		return name
	}
	g.names = append(g.names, name)
	return ""
}

// mailLine reports whether s begins with the line over a mail in a mailbox: "From ann@example.com Mon Mar 14 10:05:00 2026".
func mailLine(s string) bool {
	rest, ok := strings.CutPrefix(s, "From ")
	if !ok {
		return false
	}
	line := strings.TrimRight(rest[:min(indexFrom(rest, 0, '\n'), 200)], "\r ")
	fields := strings.Fields(line)
	return len(fields) >= 5 && strings.Contains(line, ":") && !strings.Contains(fields[0], ":") && logEntry(strings.Join(fields[1:], " "))
}

// roles are names of speakers that need no second look; those that converse take turns, where a question and its answer are one record.
var roles, converses = map[string]bool{}, map[string]bool{}

func init() {
	for _, w := range strings.Fields(`user assistant system human ai bot agent customer tool model developer interviewer interviewee client support moderator
		kullanıcı asistan müşteri temsilci sistem soru cevap q a 用户 助手 系统 ユーザー アシスタント`) {
		roles[w] = true
		converses[w] = w != "q" && w != "a" && w != "soru" && w != "cevap"
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
