package split

import (
	"slices"
	"strings"
)

// diff reads a unified diff, with commit messages between the files or not, or a log of commits: files, hunks, and in a hunk the borders between what changed and what did not.
// What is too long for a message is read as what it is.
func (r *reader) diff(start, end int) {
	l := r.lines(end)
	head := -1 // where the header of the file began that is being read; -1 in hunks and elsewhere
	changed, marks := false, len(r.marks)
	between := -1         // where the lines began that are of no file, or -1
	others, added := 0, 0 // so many there are; those with a "+": a diff that lost the spaces before its lines has many
	fences, fenced := r.fences(start, end), 0
	ends := func(at int) {
		if between >= 0 && at-between >= leastInset && added*8 < others {
			r.mark(between, levelFile, "")
			r.inset(between, at, end)
		}
		between = -1
	}
	for i := start; i < end; {
		line, next := l.line(i)
		if fences, fenced = quoted(fences, i, fenced); between >= 0 && i < fenced {
			r.cut(i, Line, 1)
			i = next
			continue
		}
		switch {
		case strings.HasPrefix(line, "diff --git "), strings.HasPrefix(line, "diff -"), strings.HasPrefix(line, "Index: "):
			ends(i)
			r.file(i, diffName(line))
			head = i
		case strings.HasPrefix(line, "--- ") && strings.HasPrefix(r.text[next:end], "+++ "):
			name := diffName(chomp(r.text[next:l.end(next)]))
			if name == "" {
				name = diffName(line)
			}
			if head < 0 {
				ends(i)
				r.file(i, name)
				head = i
			} else if name != "" {
				r.mark(head, levelFile, name)
			}
		case strings.HasPrefix(line, "@@"):
			ends(i)
			if head >= 0 {
				r.cut(i, Line, 6)
			} else {
				r.cut(i, Block, 0)
			}
			// What git writes behind the second @@ is the enclosing declaration; the numbers before it change with every edit.
			name := ""
			if n := strings.Index(line[2:], "@@"); n >= 0 {
				name = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(line[2+n+2:]), "{:("))
			}
			r.mark(i, levelDecl, name)
			head, changed = -1, false
		case commit(line):
			ends(i)
			r.cut(i, Heading, 1)
			r.mark(i, levelFile, "")
			head = i
		case head >= 0 && i-head < maxHead && line != "" || strings.HasPrefix(line, "+++ ") || strings.HasPrefix(line, `\`):
			// Lines of a file's header are not cut from each other.
		default:
			if head = -1; between < 0 && line != "" && !inHunk[line[0]] {
				between, others, added = i, 0, 0
			}
			if others++; strings.HasPrefix(line, "+") {
				added++
			}
			change := strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-")
			switch {
			case blank(line):
				r.cut(next, Blank, 1)
			case change && blank(line[1:]):
				r.cut(next, Blank, 3)
			case change && changed:
				r.cut(i, Line, 4)
			default:
				r.cut(i, Line, 1)
			}
			changed = change
		}
		i = next
	}
	ends(end)
	if marked := r.marks[marks:]; slices.ContainsFunc(marked, func(m mark) bool { return m.level == levelFile }) {
		r.mark(end, levelFile, "")
	} else {
		r.mark(end, levelDecl, "") // of hunks alone, in a fence under a heading
	}
}

// commit reports whether a line begins one, as git log or git format-patch shows it.
func commit(line string) bool {
	if hash, ok := strings.CutPrefix(line, "commit "); ok {
		n := hexes.lead(hash)
		return n >= 40 && (n == len(hash) || strings.HasPrefix(hash[n:], " ("))
	}
	hash, ok := strings.CutPrefix(line, "From ")
	n := hexes.lead(hash)
	return ok && n >= 40 && len(hash) > n+4 && tells(hash[n+1:n+4]) == isWeekday
}

// The header of a file or a commit has no more bytes: what follows is something else.
const maxHead = 4 << 10

var inHunk, hexes = setOf(" +-\\\t"), setOf("0123456789abcdef")

func (r *reader) file(at int, name string) {
	r.cut(at, File, 0)
	r.mark(at, levelFile, name)
}

// diffName reads the name of the new file out of a line of a diff's header.
func diffName(line string) string {
	if rest, ok := strings.CutPrefix(line, "diff --git "); ok {
		if n := strings.LastIndex(rest, " b/"); n >= 0 {
			return rest[n+3:]
		}
		return rest
	}
	_, name, _ := strings.Cut(line, " ")
	name, _, _ = strings.Cut(name, "\t")
	name = strings.TrimSpace(name)
	if name == "/dev/null" {
		return ""
	}
	if strings.HasPrefix(name, "a/") || strings.HasPrefix(name, "b/") {
		name = name[2:]
	}
	return name
}
