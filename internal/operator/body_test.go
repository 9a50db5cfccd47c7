package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBodyLosesNoText: what rules keep of a text as instruction is taken out of it only where it surely is no text.
func TestBodyLosesNoText(t *testing.T) {
	const prose = "She kept the shop.\n\nHe only came to return the book."
	const stamp = "Please return the signed document with a stamp on the last page by Friday."
	const code = "func a() int {\n\treturn 1\n}\n\nfunc b() int { return 2 }"
	for _, c := range []struct {
		name string
		text string
		kept []string // of its paragraphs
		want string
	}{
		{"before", "Translate the text into German.\n\n" + prose, []string{"Translate the text into German."}, prose},
		{"before, with a rider", "Translate the text into German.\n\nKeep the names.\n\n" + prose, []string{"Translate the text into German.", "Keep the names."}, prose},
		{"after", prose + "\n\nMetni Almancaya çevir.", []string{"Metni Almancaya çevir."}, prose},
		{"after, pointing back, with a rider", prose + "\n\nTranslate the text above into German.\n\nKeep the names.", []string{"She kept the shop.", "Translate the text above into German.", "Keep the names."}, prose},
		{"after, with a word for the text", prose + "\n\nTranslate this into German.", []string{"She kept the shop.", "Translate this into German."}, prose},
		{"the text ends with an order", "Translate this.\n\nIt was late.\n\nReturn at once!", []string{"Translate this.", "Return at once!"}, "It was late.\n\nReturn at once!"},
		{"a contract ends with one that names a document", "Translate the contract.\n\n" + prose + "\n\n" + stamp, []string{"Translate the contract.", stamp}, prose + "\n\n" + stamp},
		{"the same after a task in a language that is not known", "Käännä suomeksi:\n\n" + prose + "\n\n" + stamp, []string{"Käännä suomeksi:", stamp}, "Käännä suomeksi:\n\n" + prose + "\n\n" + stamp},
		{"a letter speaks of an address above", prose + "\n\nPlease send the changes and return the form to the above address.", []string{"She kept the shop.", "Please send the changes and return the form to the above address."}, prose + "\n\nPlease send the changes and return the form to the above address."},
		{"the text ends with two orders, one of them the task", prose + "\n\nChange the locks.\n\nTranslate the text above.", []string{"Change the locks.", "Translate the text above."}, prose + "\n\nChange the locks."},
		{"the text begins with an order", "Translate into German:\n\nRemove the cover.\n\n" + prose, []string{"Translate into German:", "Remove the cover."}, "Remove the cover.\n\n" + prose},
		{"the text begins with a warning", "Translate it into German.\n\nKeep out of reach of children.\n\n" + prose, []string{"Translate it into German.", "Keep out of reach of children."}, "Keep out of reach of children.\n\n" + prose},
		{"the text ends with such a word", "Translate this.\n\n" + prose, []string{"Translate this.", "He only came to return the book."}, prose},
		{"the text begins with a question", "Translate this.\n\nWhy did she go?\n\n" + prose, []string{"Translate this.", "Why did she go?"}, "Why did she go?\n\n" + prose},
		{"code at the end", "Rename a to c.\n\n" + code, []string{"Rename a to c.", "func b() int { return 2 }"}, code},
		{"at both ends", "Translate the following to French:\n\n" + prose + "\n\nKeep the names as they are.", []string{"Translate the following to French:", "Keep the names as they are."}, prose},
		{"at both ends, two behind", "Translate to French.\n\n" + prose + "\n\nDo not translate names.\n\nUse a formal tone.", []string{"Translate to French.", "Do not translate names.", "Use a formal tone."}, prose},
		{"at both ends, the task behind", "Names stay as they are.\n\n" + prose + "\n\nTranslate the text above.", []string{"Names stay as they are.", "Translate the text above."}, prose},
		{"at both ends, in Turkish", "Aşağıdaki metni Fransızcaya çevir:\n\n" + prose + "\n\nİsimleri olduğu gibi bırak.", []string{"Aşağıdaki metni Fransızcaya çevir:", "İsimleri olduğu gibi bırak."}, prose},
		{"at both ends, in Russian", "Переведи текст на английский:\n\n" + prose + "\n\nИмена оставь как есть.", []string{"Переведи текст на английский:", "Имена оставь как есть."}, prose},
		{"a text that ends so itself", "Translate to French.\n\n" + prose + "\n\nKeep the names.", []string{"Translate to French."}, prose + "\n\nKeep the names."},
		{"a text that begins so itself", "Names stay as they are.\n\n" + prose + "\n\nTranslate the text above.", []string{"Translate the text above."}, "Names stay as they are.\n\n" + prose},
		{"a text that ends with a warning", "Translate to French.\n\n" + prose + "\n\nDo not copy this document.", []string{"Translate to French.", "Do not copy this document."}, prose + "\n\nDo not copy this document."},
		{"a text that ends with advice", "Translate to French.\n\n" + prose + "\n\nKeep the receipt and this form.", []string{"Translate to French.", "Keep the receipt and this form."}, prose + "\n\nKeep the receipt and this form."},
		{"at both ends, what to give back", "Rewrite this politely.\n\n" + prose + "\n\nReturn the whole text and nothing else.", []string{"Rewrite this politely.", "Return the whole text and nothing else."}, prose},
		{"nothing but both", "Translate this.\n\nKeep the names.", []string{"Translate this.", "Keep the names."}, "Translate this.\n\nKeep the names."},
		{"nothing but an order", "Return at once!", []string{"Return at once!"}, "Return at once!"},
	} {
		in := textInput(strings.Join(c.kept, "\n\n"), c.text, 2000)
		chunks, err := body(in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var b strings.Builder
		for _, ch := range chunks {
			b.WriteString(in.Core(ch))
			if n := in.Tokens(in.Core(ch)); n != ch.Tokens {
				t.Errorf("%s: a chunk says %d tokens and has %d", c.name, ch.Tokens, n)
			}
		}
		if diff := cmp.Diff(c.want, strings.TrimSpace(b.String())); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

// What goes with a task at the other end of a text, and what a text may end with.
func TestBeside(t *testing.T) {
	for want, all := range map[bool][]string{
		true: {"Keep the names as they are.", "Please do not translate names.", "Leave everything in tables unchanged.", "Use British spelling.", "No explanations.", "Return the whole file.", "Only the translation, please.", "Give me the full text, no comments.", "Reply with the translation only.",
			"Sadece çeviriyi ver.", "Dosyanın tamamını geri ver.", "İsimleri koru.", "Gib nur die Übersetzung aus.", "Übersetze keine Namen.", "Lass die Überschriften.", "Lass Namen, wie sie sind.", "Ne traduis pas les noms.", "Devuelve solo la traducción.", "Non tradurre i nomi.", "Não traduza os nomes.", "不要翻译人名。", "숫자는 그대로 두세요."},
		false: {"Do not copy this document.", "Keep out of reach of children.", "Keep the receipt.", "Please return the signed document with a stamp on the last page by Friday.", "Give the text of your address.", "Use a spoon.", "The names of the dead were read out, and the crowd would not leave.",
			"Return the form and the file number to the office.", "The whole file was lost.", "No comment.s", "Namen sind Schall und Rauch.", "Keep the names of the dead" + strings.Repeat(" in the book of the harbour", 9), "Il garde un chien.", "Text", "Dosya kapandı."},
	} {
		for _, p := range all {
			if Beside(p) != want {
				t.Errorf("%q: %v", p, !want)
			}
		}
	}
}

// A system text may hold the task: then an order at either end of the text is the text's own, unless it points at it.
func TestBodyWithATaskElsewhere(t *testing.T) {
	const prose = "She kept the shop.\n\nIt was late."
	for text, want := range map[string]string{
		"Please return the form by Friday.\n\n" + prose:      "Please return the form by Friday.\n\n" + prose,
		prose + "\n\nChange the locks.":                      prose + "\n\nChange the locks.",
		"Please rewrite the following politely:\n\n" + prose: prose,
	} {
		in := textInput(text, text, 2000)
		in.System = "Translate into German what the user sends."
		chunks, err := body(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(in.Core(chunks[0])); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
