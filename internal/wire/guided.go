package wire

// Form is the form that the request demands of the answer, by response_format or by vLLM's own fields for it: "", "text", "json_object", "json_schema" with its schema,
// and "guided" for what only the model that writes the answer can be held to, a regular expression, a grammar or a choice.
func (r *Request) Form() (format string, schema []byte) {
	if r.Format != "" && r.Format != "text" {
		return r.Format, r.Schema
	}
	if f, s := guided(r.Body, r.fields, "guided_"); f != "" {
		return f, s
	}
	for _, within := range []string{"structured_outputs", "extra_body"} { // the newer name; what LiteLLM hands on
		raw := find(r.Body, r.fields, within)
		list, _ := members(raw)
		for _, prefix := range []string{"", "guided_"} {
			if f, s := guided(raw, list, prefix); f != "" && (prefix != "" || within == "structured_outputs") {
				return f, s
			}
		}
	}
	return r.Format, r.Schema
}

func guided(raw []byte, list []member, prefix string) (format string, schema []byte) {
	if json := find(raw, list, prefix+"json"); !isEmpty(json) {
		if text, ok := stringOf(json); ok {
			json = []byte(text)
		}
		if _, ok := members(json); ok {
			return "json_schema", json
		}
		return "guided", nil
	}
	if isTrue(find(raw, list, prefix+"json_object")) {
		return "json_object", nil
	}
	for _, name := range []string{"choice", "regex", "grammar", "structural_tag"} {
		if !isEmpty(find(raw, list, prefix+name)) {
			return "guided", nil
		}
	}
	return "", nil
}
