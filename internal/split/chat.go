package split

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A fence in which turns are not looked for is no longer than this: a longer one more likely was left open in one turn and closed in another.
const maxQuotedTurn = 8 << 10

// chat reads a transcript turn by turn, or records of "key: value" one by one; what is in a turn is read as what it is.
func (r *reader) chat(start, end int) {
	l := r.lines(end)
	fences := r.fences(start, end)
	r.marks = slices.Grow(r.marks, (end-start)/256)
	turn := start
	g := newGroup(r.text[start:end], r.sample(sampled(start, end)))
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
// next one that follows an END (vCard, iCalendar), all that is in a mail of a mailbox, all up to the next of the names that begin the records, and in a
// paragraph that begins with one name the lines of other names, each of which comes but once.
type group struct {
	mails  bool     // of a mailbox: nothing but mails are turns
	talks  bool     // well-known roles take turns; else they are names like others
	leader string   // the name that begins each record, "" when there is none
	fields int      // names since the leader
	opened bool     // behind a BEGIN
	ended  bool     // the line before is an END
	gap    bool     // the line before is blank or a rule
	names  []string // of the paragraph
	mail   bool     // behind the header of a mail, in whose text only those who spoke before begin turns
	named  bool     // the line before begins with a name that is of no header
	spoke  map[string]bool
}

// So many who spoke are remembered.
const maxSpeakers = 64

// A record has no more fields: what follows them without the name that begins a record is something else.
const maxFields = 40

func newGroup(text string, e *evidence) group {
	mails := mailLine(text)
	g := group{mails: mails, gap: mails, talks: e.roles*4 >= e.turns*3, spoke: map[string]bool{}}
	// Of three or more names that come in one order again and again the first begins a record; speakers answer each other in any order.
	if e.roles < e.turns && len(e.speakers) > 2 && e.restarts > 2 && e.leads*10 >= e.restarts*9 && e.changes*2 >= e.restarts*5 {
		g.leader = e.leader
	}
	return g
}

// turn returns the name that a line begins with, "" when it begins no turn.
func (g *group) turn(line string) string {
	gap, ended := g.gap, g.ended
	g.gap = blank(line) || rule(line)
	if gap && mailLine(line) {
		g.mails = true
		address, _, _ := strings.Cut(line[len("From "):], " ")
		return address
	}
	if g.mails {
		return ""
	}
	if gap {
		g.names = g.names[:0]
	}
	name, named := speaker(line), g.named
	g.named = name != "" && !inHeader[name]
	if g.ended = name == "END"; name == "" {
		return ""
	}
	n := len(g.names)
	switch {
	case inHeader[name]:
		g.mail = g.mail || name == "Subject" && slices.Contains(g.names, "From")
	case g.mail && !named && !g.spoke[name] && timed(line) == 0:
		return ""
	case len(g.spoke) < maxSpeakers && !g.spoke[name]:
		g.mail, g.spoke[name] = false, true
	default:
		g.mail = false
	}
	converses := g.talks && converses[strings.ToLower(name)]
	g.fields++
	switch {
	case name == "BEGIN":
		if g.opened && !ended && !gap {
			return ""
		}
		g.opened = true
		return name
	case g.opened:
		return ""
	case name == g.leader:
		g.fields = 0
		g.names = append(g.names[:0], name)
		return name
	case g.leader != "" && g.fields < maxFields:
		return ""
	case gap && !converses:
		g.names = append(g.names, name)
		return name
	case n > 1 && name == g.names[n-1]: // the second of two telephone numbers
		return ""
	case n == 0, n > 8, slices.Contains(g.names, name), converses:
		g.names = g.names[:0]
		return name
	}
	g.names = append(g.names, name)
	return ""
}

var inHeader = map[string]bool{"From": true, "To": true, "Cc": true, "Date": true, "Sent": true, "Subject": true, "Received": true, "Return-Path": true,
	"Delivered-To": true, "Message-ID": true, "Reply-To": true}

// rule reports whether a line is one of the marks between records: "---", "=====", "%%".
func rule(line string) bool {
	return rules.lead(line) == len(line) && line != "" && !blank(line)
}

// mailLine reports whether s begins with the line over a mail in a mailbox: "From ann@example.com Mon Mar 14 10:05:00 2026".
func mailLine(s string) bool {
	rest, ok := strings.CutPrefix(s, "From ")
	if !ok || commit(s[:min(indexFrom(s, 0, '\n'), 200)]) {
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
	rules              = setOf("-=*_~#+%/$ ")
	frames, framesName = setOf("#*[]:_ "), setOf("*_[]<> ")
	notInName          = setOf(".,;!?/\\\"=(){}|`#0123456789")
	inTime             = setOf("0123456789[]().,:/- ")
	blanks             = setOf(" \t")
)

// speaker returns the name before the colon of a line that begins a turn: "User: …", "**Ayşe Kaya:** …", "### Assistant", "<|im_start|>user",
// "[12:03] Bob: …", "12.03.2026 14:05 - Bob: …"; "" when the line begins none.
func speaker(line string) string {
	s := strings.TrimPrefix(line, "\u200e") // before what is attached
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
	colon, width := colonOf(s)
	if colon < 0 {
		return "" // most lines
	}
	if n := timed(s); n <= colon {
		s, colon = s[n:], colon-n
	} else {
		s = s[n:]
		if colon, width = colonOf(s); colon < 0 {
			return ""
		}
	}
	if said := s[colon+width:]; said != "" && ' ' < said[0] && said[0] < utf8.RuneSelf && !clockAt(s, colon) {
		word := said[:blanks.index(said)]
		next := strings.IndexByte(word, ':')
		if colon > 0 && s[colon-1] == ' ' || strings.HasPrefix(said, "//") || next >= 0 && !clockAt(word, next) {
			return "" // "see :ref:`x`", "https://a.b", "HEAD:a/b.go:12: x"
		}
	}
	s = s[:colon]
	name := framesName.trim(s)
	if n := strings.IndexByte(name, '('); n < 1 {
		// most names
	} else if n = strings.Index(name, " ("); n > 0 && (name[len(name)-1] == ')' || digits.lead(name[n+2:]) == len(name)-n-2) {
		name = name[:n] // "Bob (10:03)" was cut at the colon; "Bob (support)" was not
	}
	if len(name) > 40 || strings.HasPrefix(name, "-") || notInName.index(name) < len(name) || strings.Count(name, " ") > 2 || width > 1 && strings.ContainsAny(name, "，。、；！？") {
		return ""
	}
	return name
}

// colonOf returns where the first colon is, -1 when there is none, and its width: Chinese and Japanese have one of their own.
func colonOf(s string) (at, width int) {
	at, width = strings.IndexByte(s, ':'), 1
	if wide := strings.Index(s, wideColon); wide >= 0 && (at < 0 || wide < at) {
		at, width = wide, len(wideColon)
	}
	return at, width
}

const wideColon = "："

// clockAt reports whether the colon at an offset is one of a time of day.
func clockAt(s string, colon int) bool {
	return colon > 0 && colon+1 < len(s) && digits[s[colon-1]] && digits[s[colon+1]]
}

// timed returns the length of the time that messengers put before a name.
func timed(s string) int {
	n := 0
	digits, clock := false, false // there are any; the last that is no space is one
	for n < len(s) {
		if inTime[s[n]] {
			digit := '0' <= s[n] && s[n] <= '9'
			digits, clock = digits || digit, digit || clock && s[n] == ' '
			n++
			continue
		}
		if strings.HasPrefix(s[n:], thinSpace) {
			n += len(thinSpace)
			continue
		}
		half := 0
		if clock {
			half = halfOfDay(s[n:])
		}
		switch {
		case half > 0:
			n, clock = n+half, false
		case digits:
			return n
		default:
			return 0
		}
	}
	return n
}

// stamped reports whether a line is a time, or names and a time behind them, as exports of chats and transcripts have it over what was said.
func stamped(line string) bool {
	if len(line) < 4 || len(line) > 64 || !endsStamp[line[len(line)-1]] {
		return false // most lines
	}
	s := strings.TrimRight(line, " \t])")
	if len(s) < 4 {
		return false
	}
	for _, half := range []string{"AM", "PM", "am", "pm"} {
		s = strings.TrimRight(strings.TrimSuffix(s, half), " ")
	}
	n := len(s)
	groups := 0
	for n > 2 && digits[s[n-1]] && digits[s[n-2]] && s[n-3] == ':' {
		n -= 3
		groups++
	}
	return groups > 0 && groups < 3 && n > 0 && digits[s[n-1]]
}

var endsStamp = setOf("0123456789Mm \t])")

// thinSpace stands before the half of the day where Apple writes the time.
const thinSpace = "\u202f"

var halves = []string{"AM", "PM", "a.m.", "p.m.", "a. m.", "p. m.", "a.\u00a0m.", "p.\u00a0m.", "ÖÖ", "ÖS"}

// halfOfDay returns the length of the "PM" that s begins with: a word of its own, not the beginning of a name.
func halfOfDay(s string) int {
	if s[0]|0x20 != 'a' && s[0]|0x20 != 'p' && s[0] < utf8.RuneSelf {
		return 0
	}
	for _, half := range halves {
		if n := len(half); len(s) > n && strings.EqualFold(s[:n], half) && inTime[s[n]] && s[n] != ':' {
			return n
		}
	}
	return 0
}
