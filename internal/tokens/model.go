package tokens

import "strings"

// ForModel returns the encoding of a model by its provider's name: "gpt-4", "openai/gpt-4o-mini", "azure/gpt-35-turbo-0125", "ft:gpt-3.5-turbo:org::id". It is
// CL100K for gpt-4 (not 4o, 4.1, 4.5), gpt-3.5 and OpenAI's embedding models, and O200K for everything else, public vocabulary or not.
func ForModel(model string) *Encoding {
	base := baseName(model)
	for _, p := range [...]string{"gpt-3.5", "gpt-35", "text-embedding-ada", "text-embedding-3", "davinci-002", "babbage-002"} {
		if strings.HasPrefix(base, p) {
			return cl100k
		}
	}
	if rest, ok := strings.CutPrefix(base, "gpt-4"); ok && (rest == "" || strings.IndexByte("-:@", rest[0]) >= 0) {
		return cl100k
	}
	return o200k
}

// baseName is a model's name without providers before it and without the mark of fine-tuning, in lower case.
func baseName(model string) string {
	model = strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	return strings.TrimPrefix(model, "ft:")
}

// Factor is how many tokens of the model's own tokenizer to expect for one of ForModel(model), before anything was observed: 1 for OpenAI's models, whose
// tokenizers are public; for Claude, whose are not, about 1.2 up to version 4.6 and about 1.5 from 4.7 on (third-party calibrations on the count_tokens
// endpoint, 2026); 1.2 for every other model and for names that say nothing, such as aliases.
func Factor(model string) float64 {
	base := baseName(model)
	for _, p := range [...]string{"gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-ada", "text-embedding-3", "davinci-002", "babbage-002"} {
		if rest, ok := strings.CutPrefix(base, p); ok && (p[0] != 'o' || rest == "" || rest[0] == '-' || rest[0] == ':') {
			return 1
		}
	}
	if major, minor, ok := claudeVersion(base); ok && (major > 4 || major == 4 && minor >= 7) {
		return 1.5
	}
	return 1.2
}

// claudeVersion finds the version in names such as "claude-opus-4-7-20260416", "claude-3.5-sonnet", "us.anthropic.claude-opus-4-6-v1:0".
func claudeVersion(base string) (major, minor int, ok bool) {
	at := strings.Index(base, "claude")
	if at < 0 {
		return 0, 0, false
	}
	var found []int
	for _, part := range strings.FieldsFunc(base[at:], func(r rune) bool { return r == '-' || r == '.' || r == '@' || r == ':' || r == '_' }) {
		if n, digits := smallNumber(part); digits {
			if found = append(found, n); len(found) == 2 {
				return found[0], found[1], true
			}
		} else if len(found) > 0 {
			break // a date, or a word behind the version
		}
	}
	if len(found) == 1 {
		return found[0], 0, true
	}
	return 0, 0, false
}

// smallNumber reads a version number, of one or two digits.
func smallNumber(s string) (n int, ok bool) {
	if len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
