package split

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Kind
	}{
		{"empty", "", Plain},
		{"words", "milk\neggs\nbread\n", Plain},
		{"prose", "It was late. He went home.\nShe stayed.\n\nThe next day was better.\n", Prose},
		{"prose with a note", "Note: this is short.\nIt ends here.\nWarning: it does.\nReally.\n", Prose},
		{"one heading", "# Title\n\nIt was late. He went home.\nShe stayed.\nThe next day was better.\n", Markdown},
		{"list", "- a\n- b\n- c\n", Markdown},
		{"rst", "Title\n=====\n\nSome words,\nand more\n\nSub\n~~~~\n\nwords\n", Markdown},
		{"code only in fences", "Do this\n\n```go\nfunc f() {\n\tx := 1\n\treturn x;\n}\n```\n\nand that\n", Markdown},
		{"Go", "package a\n\nimport \"fmt\"\n\nfunc F() {\n\tfmt.Println(1)\n}\n", Code},
		{"shell with comments", "#!/bin/sh\n# one\n# two\nset -e\nif true; then\n  foo\nfi\n# three\nx=1\n", Code},
		{"C with a licence", "/*\n * Copyright\n * All rights.\n */\n#include <a.h>\nint main(void) {\n\treturn 0;\n}\n", Code},
		{"YAML", "a: 1\nb:\n  c: x\n  d:\n    - e\n    - f\n", Code},
		{"HTML", "<html>\n<body>\n<p>Words.</p>\n</body>\n</html>\n", Code},
		{"JSON", "{\n \"a\": 1}", JSON},
		{"JSON array", "[1, 2, 3]", JSON},
		{"JSON array of decimals", "[1.5, 2.5]", JSON},
		{"JSON lines", "{\"a\":1}\n{\"a\":2}\n", JSON},
		{"not JSON: a link", "[link](x) and words.\n", Markdown},
		{"not JSON: a section", "[core]\nname = x\nother = y\n", Code},
		{"CSV", "id,name,city\n1,A,X\n2,B,Y\n3,\"C, D\",Z\n", Table},
		{"CSV by date", "date,open,close\n2026-01-01,1,2\n2026-01-02,1,3\n2026-01-03,2,4\n", Table},
		{"Chinese transcript", strings.Repeat("用户：今天怎么样？\n助手：我很好。\n", 5), Chat},
		{"Chinese group", strings.Repeat("张三：你好\n李四：你好，走吧\n", 5), Chat},
		{"Chinese terms", "名称：盐\n数量：五桶\n日期：三月\n船长：安\n港口：东港\n", Plain},
		{"addresses", strings.Repeat("https://a.b/c\nhttp://a.c/d?e=1\nhttps://b.c/\n", 5), Plain},
		{"TSV", "id\tname\n1\ta b, c\n2\tb\n3\tc\n", Table},
		{"not CSV: prose with one comma a line", "It was late, really.\nHe went home, alone.\nShe stayed, too.\n", Prose},
		{"log", "2026-01-01 10:00:00 INFO a\n2026-01-01 10:00:01 INFO b\nTraceback:\n  x\n2026-01-01 10:00:02 ERROR c\n2026-01-01 10:00:03 INFO d\n", Log},
		{"access log", "1.2.3.4 - - [01/Mar/2026:10:00:00] \"GET /\"\n1.2.3.4 - - [01/Mar/2026:10:00:01] \"GET /\"\n1.2.3.5 - - [01/Mar/2026:10:00:02] \"GET /\"\n", Log},
		{"syslog", "Mar  1 10:00:00 host a: b\nMar  1 10:00:01 host a: c\nMar  1 10:00:02 host a: d\n", Log},
		{"Android's log", "03-17 16:13:38.811  1702  2395 D A: b\n03-17 16:13:38.819  1702  8671 D A: c\n03-17 16:13:38.820  1702  8672 V A: d\n", Log},
		{"Django's log", strings.Repeat("[01/Mar/2026 10:00:00] ERROR a\nTraceback (most recent call last):\n  File \"b\"\n    c\n", 4), Log},
		{"log of commits", strings.Repeat("commit 0123456789abcdef0123456789abcdef01234567\nAuthor: Ann <a@x.com>\nDate:   Mon Mar 2 10:00:00 2026 +0100\n\n    Salt.\n\n", 4), Diff},
		{"clauses", strings.Repeat("1.1.1 The queue is full.\n1.1.2 It was started again.\n1.1.2.1 Twice.\n", 4), Prose},
		{"log of traces", strings.Repeat("2026-01-01 10:00:00 ERROR a\njava.lang.Error: b\n\tat c\n\tat d\n\tat e\nCaused by: f: g\n\tat h\n", 4), Log},
		{"log of Python's traces", strings.Repeat("2026-01-01 10:00:00 - app - ERROR - a\nTraceback (most recent call last):\n  File \"b\"\n    c\nValueError: d\n", 4), Log},
		{"log of traces without times", strings.Repeat("ERROR c.x.Y - a\njava.lang.Error: b\n\tat c\n\tat d\n\tat e\n", 4), Log},
		{"log with colons", "10:00:00 INFO: a\n10:00:01 WARN: b\n10:00:02 INFO: c\n10:00:03 WARN: d\n", Log},
		{"not a log: sections with numbers", strings.Repeat("1.2.3. Salt\n\n   It was late.\n   He went home.\n\n", 4), Prose},
		{"not a log: labels", "int f(void) {\n" + strings.Repeat("\tif (x)\n\t\tgoto err;\nerr:\n\tfree(x);\n", 4) + "}\n", Code},
		{"chat below a notice", "12.05.2024 14:00 - Read this\n" + strings.Repeat("12.05.2024 14:01 - Ann: hi\n12.05.2024 14:02 - Bob: hello\n", 3), Chat},
		{"chat below times", strings.Repeat("00:01:02.000 --> 00:01:03.000\nAnn: hi\n\n00:01:04.000 --> 00:01:05.000\nBob: hello\n\n", 3), Chat},
		{"diff", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", Diff},
		{"chat", "User: hi\nAssistant: hello\nUser: bye\n", Chat},
		{"chat by names", "Ayşe: selam\nJohn: hi\nAyşe: nasılsın\nJohn: well\nnot bad\n", Chat},
		{"chat with dates in brackets", strings.Repeat("[01.03.2026, 10:01] Ayşe: selam\n[01.03.2026, 10:02] John: hi\n", 3), Chat},
		{"chat with times", "[10:01] Ayşe: selam\n[10:02] John: hi\n[10:03] Ayşe: nasılsın\n[10:04] John: well\n", Chat},
		{"not a diff: lines with its signs", "+++ a\n--- b\n+++ c\n--- d\n", Plain},
		{"not a log: prose with three entries", strings.Repeat("It was late. He went home.\n", 12) + strings.Repeat("2026-01-01 10:00:00 INFO a\n", 3), Prose},
		{"settings of the environment", "NAME=salt\nHOST_A=tin\nPATH=/a:/b\nLANG=tr\n", Code},
		{"not code: sentences with its words", "import of salt was late, and so was tin.\nuse of tin was seen before:\nexport of salt went on.\n", Prose},
		{"not a chat: a changelog", "* **Feature**: a\n* **Fix**: b\n* **Feature**: c\n* **Fix**: d\n", Markdown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Detect(tt.text); got != tt.want {
				t.Errorf("%v, want %v; evidence %+v", got, tt.want, sample(tt.text))
			}
		})
	}
}

func TestFileName(t *testing.T) {
	for line, want := range map[string]string{
		"=== a/b.go ===":                   "a/b.go",
		"======== README ========":         "README",
		"==> a.txt <==":                    "a.txt",
		"-- go.mod --":                     "go.mod",
		"--- src/a.py ---":                 "src/a.py",
		"// file: a.go":                    "a.go",
		"# File: \"x y.py\"":               "",
		"# filename: lib/a.py":             "lib/a.py",
		"File: docs/a.md":                  "docs/a.md",
		"## File: `a.ts`":                  "a.ts",
		"<!-- file: a.html -->":            "a.html",
		"/* path: a.css */":                "a.css",
		`<file path="my file.go">`:         "my file.go",
		`<document name='b.txt' lang="x">`: "b.txt",
		"<source>a.md</source>":            "a.md",
		"=== Results of 3.5 ===":           "",
		"=== 3.5 ===":                      "",
		"-----":                            "",
		"=====":                            "",
		"File: the one that you sent":      "",
		"// see: a.go":                     "",
	} {
		if got := fileName(line); got != want {
			t.Errorf("%q names %q, want %q", line, got, want)
		}
	}
}
