package operator

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFindQuote(t *testing.T) {
	const core = "  The “quick”\tbrown fox\r\n  jumps—over the lazy dog…\nCafé de\u0301ja\u0300 vu. İstanbul'da 1.234,56 TL ödendi.\u00ad\u200b\nEnd of it, [sic] at last. The ﬁnance ofﬁce´s plan."
	for quote, want := range map[string]string{
		"brown fox":                 "brown fox",
		`The "quick" brown`:         "The “quick”\tbrown",
		"brown fox jumps-over":      "brown fox\r\n  jumps—over",
		"Cafe\u0301 déjà vu":        "Café de\u0301ja\u0300 vu",
		"“brown fox”":               "brown fox",
		"...lazy dog...":            "lazy dog",
		"…brown fox…":               "brown fox",
		"1.234,56 TL":               "1.234,56 TL",
		"İstanbul’da":               "İstanbul'da",
		"brown fox ... lazy dog":    "brown fox\r\n  jumps—over the lazy dog",
		"brown fox [...] lazy dog…": "brown fox\r\n  jumps—over the lazy dog",
		"The finance office's plan": "The ﬁnance ofﬁce´s plan",
		"[ sic ] at last .":         "[sic] at last.",
		"1.234 , 56 TL":             "1.234,56 TL",
		"1.234 , 5":                 "",
		"red fox":                   "",
		"brown  foxes":              "",
		"brown fox ... red dog":     "",
		"fox ... dog":               "", // too short to be sure of
		"":                          "",
		"   ":                       "",
		"\u200b":                    "",
		"...":                       "…",
	} {
		start, end, ok := fold(core).find(quote)
		got := ""
		if ok {
			got = core[start:end]
		}
		if got != want {
			t.Errorf("find(%q) = %q, want %q", quote, got, want)
		}
	}
}

// What differs only by signs of direction, line breaks of scripts without spaces, width of letters or form of Unicode is one text.
func TestFoldedAlike(t *testing.T) {
	for _, c := range [][2]string{
		{"שלום\u200f עולם", "שלום עולם"}, {"مرحبا\u200e بالعالم", "مرحبا بالعالم"}, {"a\u202bb\u202c \u2067c\u2069", "ab c"},
		{"日本\n  語を、\n読む。", "日本語を、読む。"}, {"第\n3章　ABC の話", "第3章ABCの話"}, {"ソフトウェア\r\nー", "ソフトウェアー"}, {"Ａ１２，（ｘ）", "A12,(x)"}, {"ＡＢ　ＣＤ", "AB CD"}, {"ｶﾅ", "カナ"},
		{"cafe\u0301 noir", "café noir"}, {"I\u0307zmir", "İzmir"}, {"\u1112\u1161\u11ab국", "한국"}, {"한국\n사람", "한국 사람"}, {"long-\nwinded", "long-winded"}, {"5 - 3", "5 - 3"}, {"❤\ufe0f", "❤"},
	} {
		for _, c := range [][2]string{c, {c[1], c[0]}} {
			if start, end, ok := fold("… " + c[0] + " …").find(c[1]); !ok || fold(("… " + c[0] + " …")[start:end]).text != fold(c[1]).text {
				t.Errorf("%q in %q: %v", c[1], c[0], ok)
			}
		}
	}
	for _, c := range [][2]string{{"한국사람", "한국 사람"}, {"ab", "a b"}, {"10²", "102"}, {"①", "1"}} {
		if _, _, ok := fold(c[0]).find(c[1]); ok {
			t.Errorf("%q is found in %q", c[1], c[0])
		}
	}
}

func TestParseItems(t *testing.T) {
	long := strings.Repeat("and more words ", 40)
	for reply, want := range map[string][]item{
		`{"items":[{"quote":"a","note":"b"}]}`:                                                {{Quote: "a", Note: "b"}},
		"```json\n{\"items\":[{\"quote\":\"a\"}]}\n```":                                       {{Quote: "a", Note: ""}},
		`Sure: {"items":[{"note":"b"}]} Done.`:                                                {{Quote: "", Note: "b"}},
		`[{"quote":"a","note":"b"},{"quote":"c"}]`:                                            {{Quote: "a", Note: "b"}, {Quote: "c", Note: ""}},
		`{"quote":"a","note":"b"}`:                                                            {{Quote: "a", Note: "b"}},
		`{"items":["a","none"]}`:                                                              {{Quote: "a", Note: ""}, {Quote: "none"}},
		`{"items":[{"quote":"a"`:                                                              {{Quote: "", Note: `{"items":[{"quote":"a"`}},
		`{"items":[{"price":3}]}`:                                                             {{Quote: "", Note: `{"items":[{"price":3}]}`}},
		"{\"quote\":\"a\"}\n{\"quote\":\"a\"}\n{\"quote\":\"c\"}":                             {{Quote: "a"}, {Quote: "a"}, {Quote: "c"}},
		"{\"items\":[{\"quote\":\"a\"}]}\n```\n```json\n{\"items\":[{\"quote\":\"b\"}]}\n```": {{Quote: "a"}, {Quote: "b"}},
		"{\"items\":[{\"quote\":\"a\"}]}\n{\"items\":[{\"quote\":\"a\"}]}":                    {{Quote: "a"}},
		`[{"quote":"a"}], [{"quote":"b"}]`:                                                    {{Quote: "a"}, {Quote: "b"}},
		`{"items":[{"quote":"a"}]} See [1] and {x}.`:                                          {{Quote: "a"}},
		`{"other":1}`:                            {{Quote: "", Note: `{"other":1}`}},
		"No, it does not.":                       {{Quote: "", Note: "No, it does not."}},
		"MARK-01 [1]":                            {{Quote: "", Note: "MARK-01 [1]"}},
		`{"items":[]} ` + long:                   nil,
		`{"other":[1]} ` + long:                  {{Quote: "", Note: strings.TrimSpace(`{"other":[1]} ` + long)}},
		"Hiçbiri.":                               nil,
		"N/A":                                    nil,
		"YOK":                                    nil,
		"  ":                                     nil,
		`{"items":[]}`:                           nil,
		`{"items":[{"quote":null,"note":"x"}]}`:  {{Quote: "", Note: "x"}},
		`{"items":null}`:                         nil,
		`{"items":{}}`:                           nil,
		`{"items":"none"}`:                       nil,
		`{}`:                                     nil,
		`[]`:                                     nil,
		`[null,{}]`:                              nil,
		`{"items":[{"quote":null,"note":null}]}`: nil,
		`{"items":[{"quote":"","note":" ","sure":false},{"quote":"a"}]}`: {{Quote: "a"}},
		`{"items":"a"}`:                                             {{Note: `{"items":"a"}`}},
		"No relevant information found.":                            nil,
		"There are no orders in this passage.":                      nil,
		"The passage contains no orders.":                           nil,
		"Bu pasajda sipariş bulunmuyor.":                            nil,
		"There are no orders in this passage, but two in the next.": {{Note: "There are no orders in this passage, but two in the next."}},
		"There is no penalty for late payment.":                     {{Note: "There is no penalty for late payment."}},
		`{"items":[{"quote":"None","note":"only a remark"}]}`:       {{Quote: "None", Note: "only a remark"}},
		`{"items":[{"quote":"…","note":"…"},{"quote":"copied letter by letter","note":"n"},{"quote":"…","note":"a mark"}]}`: {{Quote: "…", Note: "a mark"}},
	} {
		if d := cmp.Diff(want, parseItems(reply)); d != "" && !(len(want) == 0 && len(parseItems(reply)) == 0) {
			t.Errorf("parseItems(%q) (-want +got):\n%s", reply, d)
		}
	}
}

// What is found stands there, folds to what was asked for or holds its parts, and is cut between characters of a valid text.
func FuzzFindQuote(f *testing.F) {
	f.Add("The “quick”\tbrown fox\r\njumps", `"quick" brown`)
	f.Add("e\u0301\u0301\u0301x", "é")
	f.Add("\xff\xfe a \xc3", "\xfe a")
	f.Add(strings.Repeat("\u0301", 64)+"a", "a")
	f.Add("aaa ... bbbbbbbbb ... cccccccc", "bbbbbbbbb...cccccccc")
	f.Fuzz(func(t *testing.T, core, quote string) {
		x := fold(core)
		if len(x.text) != len(x.start) || len(x.text) != len(x.end) {
			t.Fatalf("%d bytes, %d starts, %d ends", len(x.text), len(x.start), len(x.end))
		}
		for i := range x.start {
			if x.start[i] < 0 || x.end[i] < x.start[i] || int(x.end[i]) > len(core) || i > 0 && x.start[i] < x.start[i-1] {
				t.Fatalf("byte %d of %q comes from [%d,%d) of %d", i, x.text, x.start[i], x.end[i], len(core))
			}
		}
		start, end, ok := x.find(quote)
		if ok && (start < 0 || end > len(core) || start >= end) {
			t.Fatalf("found [%d,%d) of %d", start, end, len(core))
		}
		if ok && utf8.ValidString(core) && !utf8.ValidString(core[start:end]) {
			t.Fatalf("%q cuts a character", core[start:end])
		}
		// A text is a quote of itself.
		if s, e, ok := x.find(core); x.text != "" && (!ok || fold(core[s:e]).text != x.text) {
			t.Fatalf("%q is not found in itself", core)
		}
	})
}

// A merge call may give a thousand quotes that are none of hundreds of notes: each is looked at once, not once for each note.
func TestMergedNotesAreReadOnce(t *testing.T) {
	group, items := make([]note, 200), make([]item, 1000)
	for i := range group {
		group[i].quote = fmt.Sprintf("The %dth ledger of the harbour", i)
	}
	for i := range items {
		items[i].Quote = fmt.Sprintf("What is written nowhere, for the %dth time", i)
	}
	n := testing.AllocsPerRun(1, func() {
		if got := mergedNotes(group, items); len(got) != len(items) {
			t.Errorf("%d notes", len(got))
		}
	})
	if most := float64(20 * (len(group) + len(items))); n > most {
		t.Errorf("%.0f allocations, want at most %.0f", n, most)
	}
}

func FuzzParseReplies(f *testing.F) {
	for _, s := range []string{`{"items":[{"quote":"a","note":"b"}]}`, "NONE", "[1,2", "```json\n[]\n```", `{"sections":[{"title":"a","words":"12"}]}`, "1. A - b (300 words)\n2. C", "\xff{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		for _, it := range parseItems(reply) {
			if it.Quote == "" && it.Note == "" {
				t.Errorf("an item that says nothing in %q", reply)
			}
		}
		for _, s := range parseOutline(reply) {
			if s.Title == "" && s.Brief == "" {
				t.Errorf("a section that says nothing in %q", reply)
			}
		}
	})
}
