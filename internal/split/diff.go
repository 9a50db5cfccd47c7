package split

import "strings"

// diff reads a unified diff, with commit messages between the files or not: files, hunks, and in a hunk the borders between what changed and what did not.
func (r *reader) diff(start, end int) {
	l := r.lines(end)
	head := -1 // where the header of the file began that is being read; -1 in hunks and elsewhere
	changed := false
	for i := start; i < end; {
		line, next := l.line(i)
		switch {
		case strings.HasPrefix(line, "diff --git "), strings.HasPrefix(line, "diff -"), strings.HasPrefix(line, "Index: "):
			r.file(i, diffName(line))
			head = i
		case strings.HasPrefix(line, "--- ") && strings.HasPrefix(r.text[next:end], "+++ "):
			name := diffName(chomp(r.text[next:l.end(next)]))
			if name == "" {
				name = diffName(line)
			}
			if head < 0 {
				r.file(i, name)
				head = i
			} else if name != "" {
				r.mark(head, levelFile, name)
			}
		case strings.HasPrefix(line, "@@"):
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
		case strings.HasPrefix(line, "commit ") && len(line) >= 47, strings.HasPrefix(line, "From ") && len(line) > 45:
			r.cut(i, Heading, 1)
			r.mark(i, levelFile, "")
			head = -1
		case head >= 0 || strings.HasPrefix(line, "+++ ") || strings.HasPrefix(line, `\`):
			// Lines of a file's header are not cut from each other.
		default:
			change := strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-")
			switch {
			case len(strings.TrimSpace(line)) == 0:
				r.cut(next, Blank, 1)
			case change && changed:
				r.cut(i, Line, 4)
			default:
				r.cut(i, Line, 1)
			}
			changed = change
		}
		i = next
	}
	r.mark(end, levelFile, "")
}

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
