package advice

import (
	"slices"
	"strings"
)

// Bounds of the search between the ends.
const (
	mostInner = 4    // pieces
	mostTries = 2000 // pieces that are read closely
)

// pointing are words for what stands around a request, without their first letters, which may be capitals: English, Turkish, German, French, Spanish, Portuguese, Italian,
// Russian, Arabic, Chinese, Japanese, Korean.
var pointing = strings.Fields("bove elow ollowing receding revious ocuments exts ukarıda şağıda ukarida sagida elgeyi etni elgeleri etinleri ben nten olgend orstehend okument" +
	" i-dessus i-dessous uivant récédent nterior iguiente rriba bajo cima baixo eguente recedente opra otto ыше иже ледующ окумент أعلاه أدناه التالي 上面 以上 上述 下面 以下 下列 上記 次の 위의 아래 다음")

// Inner finds in text[from:to] what may be a request between two documents: short paragraphs that look like one, and that speak of what stands around them or stand,
// by themselves or with few others, between the borders of what others wrote.
func Inner(text string, from, to int) []Paragraph {
	var found, run []Paragraph // run are the paragraphs since the last border, as long as they are few
	tries, bordered := 0, false
	judge := func(between bool) {
		for _, p := range run {
			if len(p.Text) > pieceMax || !between && !pointsAround(p.Text) || len(found) == mostInner {
				continue
			}
			if tries++; looksLikeInstruction(p.Text) {
				found = append(found, p)
			}
		}
		run = run[:0]
	}
	start := from
	take := func(end int) {
		if p := piece(text, start, end); p.Text != "" {
			run = append(run, p)
		}
	}
	for i := from; i < to && len(found) < mostInner && tries < mostTries; {
		next := to
		if k := lineEnd(text[i:to]); k >= 0 {
			next = i + k + 1
		}
		line := strings.TrimSpace(text[i:next])
		border := isBorder(line)
		if border || line == "" {
			take(i)
			start = next
		}
		if border {
			judge(bordered)
			bordered = true
		}
		if len(run) > gap {
			judge(false)
			bordered = false
		}
		i = next
	}
	take(to)
	judge(false)
	return found
}

// Asks says whether any of the pieces at the ends of a text looks like an instruction.
func Asks(head, tail []Paragraph) bool {
	data := repeated([2][]Paragraph{head, tail})
	if len(head) > 0 && !data[0][0] && looksLikeInstruction(head[0].Text) {
		return true // mostly
	}
	if n := len(tail); n > 0 && !data[1][n-1] && looksLikeInstruction(tail[n-1].Text) {
		return true
	}
	sure, _ := likeInstruction(head, tail)
	return slices.Contains(sure[0], true) || slices.Contains(sure[1], true)
}

// labels are what people write before a request.
var labels = strings.Fields("question questions task instruction instructions request query prompt user_query soru sorular gorev talimat talimatlar istek frage aufgabe anweisung tache consigne pregunta tarea pergunta" +
	" tarefa domanda compito вопрос задача задание السؤال المهمة 问题 任务 質問 課題 질문 과제")

// pointsAround says whether a paragraph has a word for what stands around it, or says by its first word that it is a request.
func pointsAround(text string) bool {
	if label, _, ok := strings.Cut(text[:min(len(text), 40)], ":"); ok && slices.Contains(labels, fold(strings.Trim(label, "#* \t\n"))) {
		return true
	}
	for _, w := range pointing {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// isBorder says whether a document may begin or end with this line: a tag, a fence, a row of marks.
func isBorder(line string) bool {
	if len(line) < 3 {
		return false
	}
	return line[0] == '<' && line[len(line)-1] == '>' && looksLikeContent(line) || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") || strings.Trim(line, "-=*_#") == ""
}
