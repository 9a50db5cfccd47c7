// Package split finds where a text may be cut: positions with a rank, from the border between two turns down to the border between two characters,
// spans that are better left whole (a fence, a table, a record), and the breadcrumb that says where in the text a position is.
//
// A text is read line by line, once, in time linear in its length, and is never copied: everything here is offsets into it. What kind of text it is
// gets decided on cheap evidence (Detect); a text made of several files is read file by file, each as what it is.
package split

// A Span is text[Start:End].
type Span struct{ Start, End int }
