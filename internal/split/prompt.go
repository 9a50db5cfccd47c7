package split

import "strings"

// prompt reports whether a line of a terminal's log is what someone typed: "ann@host:~/src$ make", "PS C:\\src> make".
func prompt(line string) bool {
	if rest, ok := strings.CutPrefix(line, "PS "); ok {
		return len(rest) > 2 && rest[1:3] == ":\\" && strings.Contains(rest, "> ")
	}
	at := strings.IndexByte(line[:min(len(line), 64)], '@')
	if at <= 0 || notInPrompt.index(line[:at]) < at {
		return false
	}
	host := endsHost.index(line[at:]) + at
	if strings.HasPrefix(line[host:], ": ") {
		return false
	}
	for _, end := range []string{"$ ", "# ", "% "} {
		if n := strings.Index(line[host:], end); n >= 0 && n < 100 && n > 0 == (line[host] == ':' || line[host] == ' ') {
			return host > at+1
		}
	}
	return false
}

var notInPrompt, endsHost = setOf(" \t,;:<>(){}=\"'"), setOf(" :$#%")
