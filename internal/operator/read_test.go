package operator

import (
	"errors"
	"testing"
)

// A refusal in words is one although the provider does not mark it; a text that only speaks like one is not.
func TestFaultOfRefusals(t *testing.T) {
	for text, want := range map[string]bool{
		"I'm sorry, but I can't assist with that request.":                                         true,
		"I cannot help with this.":                                                                 true,
		"Sorry, I can’t help with this content.\n\nPlease try something else.":                     true,
		"I am unable to assist with this material.":                                                true,
		"Unfortunately, the passage does not provide any help on this.":                            false,
		"I'm sorry, but I cannot find anything about ships in the passage that would help.":        false,
		"I'm sorry, but the passage says nothing on this and I cannot provide an answer.":          false,
		"As an AI language model, I can't comply with this.":                                       true,
		"Üzgünüm, bu konuda yardımcı olamam.":                                                      true,
		"Maalesef bu isteği yerine getiremiyorum.":                                                 true,
		`{"items":[{"quote":"I'm sorry, but I can't assist with that.","note":""}]}`:               false,
		"Sorry, the shop is closed, said the clerk.":                                               false,
		"The clerk says: I'm sorry, but I can't assist with that.":                                 false,
		"Unfortunately the harvest failed.\nThe farmers left.\nTheir houses fell.\nNobody helped.": false,
		"NONE": false,
	} {
		if got := errors.Is(fault(Reply{Text: text, Finish: "stop"}), ErrRefused); got != want {
			t.Errorf("%q is a refusal: %v", text, got)
		}
	}
}
