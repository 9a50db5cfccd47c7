package operator

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

const (
	// maxNames bounds a glossary, and nameBytes a name in it.
	maxNames  = 80
	nameBytes = 60
	// A name is of interest when it stands in so many chunks: with one, nothing has to agree.
	nameChunks   = 2
	glossaryRoom = 16 // tokens a name's line may take in the reply
)

// Wordings are a glossary: how names read in the new text, most frequent first.
type wordings []struct{ name, as string }

// in writes the lines of the glossary for a chunk: those names that stand in it.
func (ts wordings) in(core string) string {
	var b strings.Builder
	for _, t := range ts {
		if strings.Contains(core, t.name) {
			b.WriteString(t.name + " = " + t.as + "\n")
		}
	}
	return b.String()
}

func glossaryCall(in *Input, names []string) Call {
	f := fields(in)
	f.Question, f.Language, f.Material = "", in.Advice.Language, strings.Join(names, "\n")
	return Call{Stage: "glossary", Role: Fast, System: prompt.Pieces("glossary.system", f), User: prompt.Pieces("glossary.user", f), Schema: "glossary",
		MaxTokens: 64 + 2*glossaryRoom*len(names)}
}

// glossary has the names of the text put down once, where the plan asks for it, so that all chunks use the same wording. It can only help: without a usable
// reply there is none.
func glossary(ctx context.Context, in *Input, x Exec) (wordings, error) {
	names := namesToAgree(in)
	if len(names) == 0 {
		return nil, nil
	}
	reply, err := askOne(ctx, x, glossaryCall(in, names))
	if err != nil {
		return nil, err
	}
	if fault(reply) != nil {
		return nil, nil
	}
	v, _ := looseJSON(reply.Text)
	list, _ := listIn(v, "terms")
	as := map[string]string{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		if t := prompt.Line(loose(m["as"])); t != "" && !isNone(t) && len(t) <= 2*nameBytes {
			as[loose(m["term"])] = t
		}
	}
	var out wordings
	for _, name := range names {
		if as[name] != "" {
			out = append(out, struct{ name, as string }{name, as[name]})
		}
	}
	return out, nil
}

// namesToAgree lists the names of the text that several chunks hold, the most widespread first: runs of capitalised words that do not just begin a sentence.
// None where the plan does not ask for a glossary, or where nothing is shared.
func namesToAgree(in *Input) []string {
	if !in.Advice.Glossary || len(in.Chunks) < nameChunks {
		return nil
	}
	chunks := map[string]int{}
	var order []string
	for _, c := range in.Chunks {
		seen := map[string]bool{}
		names(in.Core(c), func(name string) {
			if seen[name] {
				return
			}
			seen[name] = true
			if chunks[name]++; chunks[name] == 1 {
				order = append(order, name)
			}
		})
	}
	order = slices.DeleteFunc(order, func(name string) bool { return chunks[name] < nameChunks })
	slices.SortStableFunc(order, func(a, b string) int { return chunks[b] - chunks[a] })
	return order[:min(len(order), maxNames)]
}

// names calls f for every run of capitalised words inside a sentence. Linear.
func names(text string, f func(string)) {
	start, end := -1, 0
	inside := false // a word of the same sentence stands before
	flush := func() {
		if start >= 0 && end-start > 2 && end-start <= nameBytes {
			f(text[start:end])
		}
		start = -1
	}
	word := -1
	take := func(from, to int) {
		first := []rune(text[from:min(to, from+4)])[0]
		if unicode.IsUpper(first) && inside {
			if start < 0 {
				start = from
			}
			end = to
		} else {
			flush()
		}
		inside = true
	}
	for i, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || word >= 0 && (r == '\'' || r == '’' || r == '-')
		if letter {
			if word < 0 {
				word = i
			}
			continue
		}
		if word >= 0 {
			take(word, i)
			word = -1
		}
		switch {
		case r == '\n' || strings.ContainsRune(".!?:;…|\"“”«»()[]{}<>*#`_", r):
			flush()
			inside = r != '\n' && !strings.ContainsRune(".!?:…|#", r) && inside
		case r != ' ' && r != '\t':
			flush()
		}
	}
	if word >= 0 {
		take(word, len(text))
	}
	flush()
}
