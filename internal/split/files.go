package split

// files reads the text file by file.
func (r *reader) files() {
	r.Kind = Detect(r.text)
	r.read(r.Kind, 0, len(r.text))
}

// read reads text[start:end] as what it is.
func (r *reader) read(kind Kind, start, end int) {
	switch kind {
	case Markdown:
		r.markdown(start, end)
	case Code:
		r.code(start, end)
	default:
		r.prose(start, end)
	}
}
