package wire

import "strings"

// saysOf tells what a member of a chat completion's message, or of a delta, is beside text: whether it says something that the caller must get, and
// whether that is an answer. What a model thinks is none, nor are notes of the server's.
func saysOf(key string, value []byte) (says, answers bool) {
	switch key {
	case "role":
		return false, false
	case "content":
		parts, _ := elements(value)
		for _, part := range parts {
			list, _ := members(part)
			kind, _ := stringOf(find(part, list, "type"))
			text := isTextPart(kind) || kind == "" || part[0] == '"'
			says, answers = says || !text, answers || !text && !isTalk(kind)
		}
		return says, answers
	}
	if isHollow(value) {
		return false, false
	}
	return true, key != "refusal" && key != "provider_specific_fields" && key != "extra_content" && !isThought(key)
}

// isThought goes by the names that servers give to what a model thinks: reasoning_content, reasoning_details, thinking_blocks, thought_signature, …
func isThought(name string) bool {
	return strings.HasPrefix(name, "reasoning") || strings.HasPrefix(name, "thinking") || strings.HasPrefix(name, "thought")
}

// answersInBlock says whether a block of a message's content, of the type given, is an answer that is no text.
func answersInBlock(kind string) bool {
	what := blockKinds[kind].kind
	return what != textualBlock && what != thoughtBlock
}

// isTalk says whether an output item, or a part of one, of the type given is read for its text or for its thoughts alone.
func isTalk(kind string) bool {
	return kind == "message" || kind == "refusal" || kind == "" || isThought(kind)
}

// isHollow is isEmpty, and so is an object whose members are: LiteLLM sends provider_specific_fields with every field null.
func isHollow(raw []byte) bool {
	if isEmpty(raw) || raw[0] != '{' {
		return isEmpty(raw)
	}
	list, _ := members(raw)
	for _, m := range list {
		if !isEmpty(raw[m.start:m.end]) {
			return false
		}
	}
	return true
}
