package advice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInner(t *testing.T) {
	prose := strings.Repeat("The ship came back in the autumn with salt and two barrels of fish.\n\n", 40)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"prose alone", prose, nil},
		{"prose that points, and asks nothing", prose + "The figures above were checked by the keeper.\n\n" + prose, nil},
		{"an order that points nowhere", prose + "Compare the two ships.\n\n" + prose, nil},
		{"an order that points", prose + "Compare the list above with the one below.\n\n" + prose, []string{"Compare the list above with the one below."}},
		{"between tags", "<a>\n" + prose + "</a>\nWhich ship was late?\n<b>\n" + prose + "</b>", []string{"Which ship was late?"}},
		{"between tags, with blank lines and two paragraphs", "<a>\n" + prose + "</a>\n\nWhich ship was late?\n\nAnswer in one word.\n\n<b>\n" + prose, []string{"Which ship was late?", "Answer in one word."}},
		{"in a tag between tags", "<a>\n" + prose + "</a>\n<task>Which ship was late?</task>\n<b>\n" + prose + "</b>", []string{"<task>Which ship was late?</task>"}},
		{"a short document between tags", "<a>\n" + prose + "</a>\n\nShe was late.\n\nWhy?\n\nNobody knew.\n\nWhat now?\n\n<b>\n" + prose, nil},
		{"between rows of marks", prose + "-----\n\nWhich ship was late?\n\n=====\n" + prose, []string{"Which ship was late?"}},
		{"a label", prose + "**Soru:** hangi gemi geç kaldı?\n\n" + prose, []string{"**Soru:** hangi gemi geç kaldı?"}},
		{"long ones are no requests", prose + "Compare the list above with this:" + strings.Repeat(" and this", 200) + ".\n\n" + prose, nil},
		{"the last one", prose + "Summarize both documents.", []string{"Summarize both documents."}},
		{"no more than a few", strings.Repeat("Compare it with the list above.\n\n", 50), slicesOf("Compare it with the list above.", mostInner)},
	} {
		var got []string
		for _, p := range Inner(c.text, 0, len(c.text)) {
			got = append(got, p.Text)
			if c.text[p.Start:p.End] != p.Text {
				t.Errorf("%s: %q does not stand at %d to %d", c.name, p.Text, p.Start, p.End)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func slicesOf(s string, n int) []string {
	return strings.Split(strings.Repeat(s+"|", n-1)+s, "|")
}
