package advice

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What stands at one end of a document must not outvote what is asked at the other; where both ask, both count.
func TestSpeakers(t *testing.T) {
	doc := strings.TrimSuffix(prose(80), "\n\n")
	for _, c := range []struct {
		first, last string
		want        string
		task        string // the paragraphs that are it, joined by "|"
	}{
		{"Summarize this.", "How many ships were there? Nobody knew.", "summarize", "Summarize this."},
		{"Summarize this.", "Please translate everything into German, he said.", "summarize", "Summarize this."},
		{"Bu metni özetle.", "Thank you for reading this report.", "summarize", "Bu metni özetle."},
		{"Bu metni özetle.", "Write to us for further information.", "summarize", "Bu metni özetle."},
		{"Bu metni özetle.", "Find the harbour, the captain told him.", "summarize", "Bu metni özetle."},
		{"Bu metni özetle.", "Bütün gemileri listele, dedi kaptan.", "summarize", "Bu metni özetle."},
		{"User: Can you translate line 0 into German for me?", "Count the days with more than five boats.", "count", "Count the days with more than five boats."},
		{"How many ships were there? Nobody knew.", "Summarize the text.", "summarize", "Summarize the text."},
		{"The sea was calm, and she slept.", "Which ship came last?", "find", "Which ship came last?"},
		{"Summarize this.", "The end.", "summarize", "Summarize this."},
		{"Here is a document:", "How many ships does it name?", "count", "Here is a document:|How many ships does it name?"},
		{"Answer the question about this text.", "The harbour of my town was always a busy one, and since I was a child I wanted to know one thing of it that no book of my father's could tell, " +
			"because they were lost in the flood, and that the men who kept them took to their graves: how many ships came in?", "count", "Answer the question about this text."},
		{"List all ships.", "Then count the masts of each.", "count", "List all ships.|Then count the masts of each."},
		{"Revenue by region", "She was late.", "count", "Revenue by region"},
	} {
		q := Question{HasMaterial: true}
		q.Head, q.Tail = Ends(c.first + "\n\n" + doc + "\n\n" + c.last)
		d := Rules(q)
		var task []string
		for _, p := range paragraphs(q) {
			if slices.Contains(d.Task, p.Number) {
				task = append(task, p.Text)
			}
		}
		if d.Wanted != c.want || strings.Join(task, "|") != c.task {
			t.Errorf("%q … %q: wanted %s (want %s), task %q", c.first, c.last, d.Wanted, c.want, task)
		}
	}
}

// Beside a turn of its own no paragraph of a document is the task without doubt, nor does one that only may ask outvote that turn.
func TestSpeakersBesideAnInstruction(t *testing.T) {
	q := Question{Instruction: "Summarize the report.", HasMaterial: true}
	q.Head, q.Tail = Ends("The report.\n\n" + prose(80) + "How many ships were there? Nobody knew.")
	if d := Rules(q); d.Wanted != "summarize" || d.Task != nil {
		t.Errorf("wanted %s, task %v", d.Wanted, d.Task)
	}
}

func TestAsking(t *testing.T) {
	got := map[string]int{}
	want := map[string]int{
		"Summarize this.":                            asks,
		"Şu metni özetler misin?":                    asks,
		"Thanks for your help. Now list all dates.":  asks,
		"How many ships? Answer in Turkish.":         asks,
		"Summarize this, as the captain told me.":    asks,
		"总结这份报告。":                                    asks,
		"When the rain came, he left.":               may,
		"He left, when the rain came.":               may,
		"You never know.":                            may,
		"“Will you come?” she asked.":                tells,
		"Agent: Could you give me the number?":       tells,
		"Contact us below.":                          tells,
		"What did it mean? She had no answer.":       tells,
		"The boats lay in the harbour.":              tells,
		"List every promise, and say who said it.":   asks,
		strings.Repeat("You were there. ", 20) + "?": may,
	}
	for text := range want {
		got[text] = asking(text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
