package advice

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func book(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "The %dth day at sea was grey, and the crew said little while the wind went round to the north.\n\n", i)
	}
	return b.String()
}

func TestEnds(t *testing.T) {
	for _, c := range []struct{ name, text, first, last string }{
		{"blank lines", "Summarize this.\n\n" + book(50) + "In Turkish, please.", "Summarize this.", "In Turkish, please."},
		{"windows line ends", strings.ReplaceAll("Summarize this.\n\n"+book(50)+"In Turkish, please.\n", "\n", "\r\n"), "Summarize this.", "In Turkish, please."},
		{"lines without blank ones", "Count the errors:\n" + strings.Repeat("2024-01-01 12:00:00 ERROR it broke again\n", 100) + "Only a number.", "Count the errors:", "Only a number."},
		{"one line", "Summarize this: " + strings.Repeat("word after word goes by. ", 200) + "What is it about?", "Summarize this:", "What is it about?"},
		{"short", "hello", "hello", ""},
		{"empty", "", "", ""},
		{"white space", strings.Repeat(" \n", 5000), "", ""},
		{"one letter", strings.Repeat("a", 1<<20), "", ""},
		{"a long line", longLine + "\n\n" + book(50) + longLine, longLine, longLine},
		{"a long line, no breaks", strings.Repeat("ร", 600) + "\n" + book(50), strings.Repeat("ร", 600), "The 49th day at sea was grey, and the crew said little while the wind went round to the north."},
		{"no line ends at all", strings.TrimSpace(strings.Repeat("ab ", 4000)), strings.TrimSpace(strings.Repeat("ab ", 333)), strings.TrimSpace(strings.Repeat("ab ", 333))},
		{"Hindi sentences", strings.Repeat("जहाज़ का नाम बताएँ। ", 100), "जहाज़ का नाम बताएँ।", "जहाज़ का नाम बताएँ।"},
		{"much white space", strings.Repeat("\n", 3000) + "Why?\n\n" + book(50) + "Who?" + strings.Repeat(" ", 3000), "Why?", "Who?"},
	} {
		head, tail := Ends(c.text)
		first, last := "", ""
		if len(head) > 0 {
			first = head[0].Text
		}
		if len(tail) > 0 {
			last = tail[len(tail)-1].Text
		}
		if first != c.first || last != c.last {
			t.Errorf("%s: first %q, last %q; want %q, %q", c.name, first, last, c.first, c.last)
		}
	}
}

var longLine = strings.TrimSpace(strings.Repeat("name every ship that left with salt, ", 40))

// A list of rules is shown as far as it goes, prose and data are not, and the last paragraphs of a text that is no longer than that stand at its tail.
func TestEndsGoOn(t *testing.T) {
	var rules strings.Builder
	for i := range 50 {
		fmt.Fprintf(&rules, "%d. Give the date of case type %d.\n\n", i, i)
	}
	for _, c := range []struct {
		name, text string
		head, tail int
	}{
		{"rules, then prose", rules.String() + book(200), 60, 60},
		{"data", strings.Repeat("{\"a\": 1}\n\n", 200), 6, 6},
		{"rules, then data", rules.String() + strings.Repeat("{\"a\": 1}\n\n", 200), 51, 6},
		{"long paragraphs", strings.Repeat(strings.Repeat("word ", 180)+"\n\n", 100), 9, 9},
		{"a short text", book(30), 24, 6},
	} {
		head, tail := Ends(c.text)
		if len(head) != c.head || len(tail) != c.tail {
			t.Errorf("%s: %d and %d pieces, want %d and %d", c.name, len(head), len(tail), c.head, c.tail)
		}
	}
}

func FuzzEnds(f *testing.F) {
	f.Add("Summarize this.\n\n" + book(40) + "Thanks?")
	f.Add("a. b? \r\n\r\n  \t\n c: d")
	f.Add(strings.Repeat("漢字。", 900) + "何ですか?")
	f.Fuzz(func(t *testing.T, text string) {
		head, tail := Ends(text)
		if len(head) > mostPieces || len(tail) > mostPieces {
			t.Fatalf("%d and %d pieces", len(head), len(tail))
		}
		at := 0
		for i, p := range append(slices.Clone(head), tail...) {
			if p.Number != i+1 || p.Start < at || p.End <= p.Start || p.End-p.Start > lineMax || text[p.Start:p.End] != p.Text {
				t.Fatalf("piece %d: %+v after %d", i, p, at)
			}
			if utf8.ValidString(text) && !utf8.ValidString(p.Text) {
				t.Fatalf("piece %d cuts a character: %q", i, p.Text)
			}
			at = p.End
		}
	})
}

func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i, i)
	}
	return b.String()
}

// prose is a book whose paragraphs begin differently.
func prose(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%c%c the sea lay flat, and the crew went on with the nets until the lamps were lit.\n\n", 'A'+i%26, 'a'+i/26)
	}
	return b.String()
}

const rulesTwice = "Count the ships.\n\n- Never a guess.\n\n- Never a remark.\n\n"

func TestRulesKeepParagraphs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		keep, drop []string
	}{
		{"question before", "How does the voyage end?\n\n" + book(40), []string{"How does the voyage end?"}, []string{"The 0th day", "The 38th day"}},
		{"question after", book(100) + "Yukarıdaki metni özetle.", []string{"Yukarıdaki metni özetle."}, []string{"The 0th day", "The 98th day"}},
		{"points of a list", "Please review the log.\n\n- tone\n\n- facts\n\nLog:\n\n" + book(40), []string{"Please review", "- tone", "- facts", "Log:"}, []string{"The 0th day"}},
		{"both ends", "Aşağıda bir seyir defteri var:\n\n" + book(40) + "Kaç gün sürmüş?", []string{"Aşağıda", "Kaç gün"}, nil},
		{"unsure: the last one stays", book(40) + "the whole thing in two lines", []string{"the whole thing"}, nil},
		{"a long list", "Follow these rules:\n\n" + strings.Repeat("RULE-1: never guess a name.\n\n", 20) + book(60), []string{"Follow", "RULE-1"}, []string{"The 0th day"}},
		{"a long list at the end", book(60) + "Follow these rules:\n\n" + strings.Repeat("- Never a guess.\n\n", 20), []string{"Follow", "- Never"}, []string{"The 58th day"}},
		{"deep sentences that sound like it", book(20) + "Would you answer?\n\n" + book(40) + "How does it end?", []string{"How does"}, []string{"Would you"}},
		{"a question in tags", "Below is a book:\n\n<document>\n" + book(40) + "</document>\n\n<question>\nWho is the captain?\n</question>", []string{"Below", "<question>"}, []string{"</document>"}},
		{"a question under a line", "Below is a book:\n\n" + book(40) + "---\nWho is the captain?", []string{"---"}, nil},
		{"a question as a heading", "Below is a book:\n\n" + book(40) + "# List the names of all captains", []string{"# List"}, nil},
		{"a title is no request", "# Summary\n\n" + book(40) + "Who is the captain?", []string{"Who is"}, []string{"# Summary"}},
		{"a word in brackets", "Below is a book:\n\n" + book(40) + "[TASK] List the names of all captains", []string{"[TASK]"}, nil},
		{"data is no request", `{"a": 1}` + "\n\n" + book(40) + "Who is the captain?", []string{"Who is"}, []string{`{"a"`}},
		{"amounts of money", "Firma bazında dağılım istiyorum.\n\n" + lines(900, "%02d.03.2024 tarihinde Firma%d hesabına 103,50 TL havale yapıldı"), []string{"Firma bazında"}, []string{"01.03", "899.03"}},
		{"tickets that ask", "Revenue by region\n\n" + lines(300, "Ticket %d: Please reset the password of user %d.\n"), []string{"Revenue"}, []string{"Ticket"}},
		{"tickets without an instruction of our own", lines(300, "INC-%d: Please reset the password of user %d.\n") + "\nGroup them.", []string{"Group"}, []string{"INC"}},
		{"a chat that asks", "Make the whole thing lowercase.\n\n" + lines(300, "User: Can you translate line %d?\nAssistant: Here is line %d:"), []string{"Make the"}, []string{"User", "Assistant"}},
		{"a chat in Chinese", "全部改成小写\n\n" + lines(300, "用户：请翻译第%d行？\n助手：第%d行如下："), []string{"全部"}, []string{"用户", "助手"}},
		{"an unknown instruction before prose that asks", "Revenue by region\n\n" + prose(60) + "Could you please answer?\n\nThey left.", []string{"Revenue", "Could", "They"}, nil},
		{"the same rules at both ends", rulesTwice + prose(60) + rulesTwice, []string{"Count the", "- Never a guess", "- Never a remark"}, []string{"Ga the"}},
	} {
		q := Question{HasMaterial: true}
		q.Head, q.Tail = Ends(c.text)
		d := Rules(q)
		var kept []string
		for _, p := range paragraphs(q) {
			if slices.Contains(d.Kept, p.Number) {
				kept = append(kept, p.Text)
			}
		}
		has := func(s string) bool {
			return slices.ContainsFunc(kept, func(k string) bool { return strings.HasPrefix(k, s) })
		}
		for _, s := range c.keep {
			if !has(s) {
				t.Errorf("%s: %q is not kept; kept %q", c.name, s, kept)
			}
		}
		for _, s := range c.drop {
			if has(s) {
				t.Errorf("%s: %q is kept", c.name, s)
			}
		}
	}
}

// A question in a tag is found beside a document in tags, with and without blank lines, and nothing of the document is taken for it.
func TestQuestionInTags(t *testing.T) {
	for _, doc := range []string{prose(100), strings.ReplaceAll(prose(100), "\n\n", "\n")} {
		for _, frame := range []string{
			"<document>\n%s</document>\n%s", "%[2]s\n<document>\n%[1]s</document>", "<document>%s</document>%s", "%[2]s<document>%[1]s</document>",
			"<prompt>\n<document index=\"1\">\n%s</document>\n%s\n</prompt>", "<prompt>\n%[2]s\n<document>\n%[1]s</document>\n</prompt>",
			"<documents>\n<document>\n<source>a.txt</source>\n<content>\n%s</content>\n</document>\n</documents>\n\n%s",
		} {
			for _, ask := range []string{"<instruction>How many boats came in on day 7?</instruction>", "<soru>\nHow many boats came in on day 7?\n</soru>"} {
				q := Question{HasMaterial: true}
				q.Head, q.Tail = Ends(fmt.Sprintf(frame, doc, ask))
				d := Rules(q)
				found := slices.ContainsFunc(paragraphs(q), func(p Paragraph) bool {
					return slices.Contains(d.Kept, p.Number) && unwrapped(p.Text) == "How many boats came in on day 7?"
				})
				if !found || d.Wanted != "count" || len(d.Kept) != 1 {
					t.Errorf("%q, %q: wanted %s, kept %v of %q", frame, ask, d.Wanted, d.Kept, paragraphs(q))
				}
			}
		}
	}
}

func TestDivisions(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Answer in this form:\n<a>yes</a>\n<b>no</b>\nNothing else.", nil},
		{"the end\n</doc>\nWhy?", []string{"the end\n</doc>", "\nWhy?"}},
		{"the end\n</doc> </docs>\nWhy?", []string{"the end\n</doc> </docs>", "\nWhy?"}},
		{"<p>\n<q>Why?</q>\n<doc n=\"1\">\nOnce", []string{"<p>\n<q>Why?</q>\n", "<doc n=\"1\">\nOnce"}},
		{"the end</doc>\n<q>Why?</q></p>", []string{"the end</doc>", "\n<q>Why?</q></p>"}},
		{"a List<String> of </b> them", nil},
		{"if a < b and\n<c", nil},
	} {
		var got []string
		from := 0
		for _, k := range append(divisions(c.text), len(c.text)) {
			got = append(got, c.text[from:k])
			from = k
		}
		if c.want == nil {
			c.want = []string{c.text}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
