package split

import "testing"

// Each script has stops of its own, and Georgian has no capitals.
func TestSentenceOfAnyScript(t *testing.T) {
	for script, text := range map[string][2]string{
		"Amharic": {"ሰላም ነው። ", "ደህና ነው።"}, "Armenian": {"Նա գնաց տուն։ ", "Նա մնաց։"}, "Burmese": {"သူသွားသည်။ ", "သူမနေသည်။"}, "Khmer": {"គាត់ទៅផ្ទះ។ ", "នាងនៅ។"},
		"Tibetan": {"ཁོ་ཕྱིན། ", "མོ་བསྡད།"}, "Georgian": {"ის წავიდა. ", "ის დარჩა."}, "Mongolian": {"ᠲᠡᠷᠡ ᠶᠠᠪᠤᠪᠠ᠃ ", "ᠪᠢ᠃"}, "Syriac": {"ܐܙܠ܀", "ܩܡ܀"},
		"Urdu": {"وہ گیا۔", "وہ رہی۔"}, "Hindi": {"वह गया।", "वह रही।"}, "Chinese": {"他走了。", "她没走。"}, "English": {"He went… ", "She stayed."},
	} {
		cuts := sentences(nil, text[0]+text[1], 0, len(text[0]+text[1]), 0)
		if len(cuts) != 1 || cuts[0].Offset != len(text[0]) || !endsSentence(text[1]) {
			t.Errorf("%s: cuts %v, want one at %d; %q ends a sentence: %v", script, cuts, len(text[0]), text[1], endsSentence(text[1]))
		}
	}
	for _, text := range []string{"on p. iv of it", "ab. cd", "a…b", "es war z. b. so"} {
		if cuts := sentences(nil, text, 0, len(text), 0); len(cuts) > 0 {
			t.Errorf("%q: cuts %v", text, cuts)
		}
	}
}
