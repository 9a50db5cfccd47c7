package advice

import (
	"slices"
	"strings"
)

// How surely a paragraph is what is asked of us.
const (
	tells = iota // it does not sound like a request, or somebody in the text makes it
	may          // it sounds like one
	asks         // it is an order, a question or an introduction, short or about the text
)

// short is up to how many bytes a request needs no word for the text that it is about.
const short = 240

// asking says how surely a paragraph asks.
func asking(text string) int {
	t := unwrapped(text)
	all := clauses(fold(t))
	switch {
	case len(all) == 0 || !looksLikeInstruction(text) || narrates(t, all):
		return tells
	case len(t) > short && !anyWord(all, aboutText):
		return may
	case asksAtEnd(t), bids(t, all[0]), bids(t, all[len(all)-1]), strings.Contains(t, "? ") && anyWord(all[len(all)-1:], requestWords):
		return asks
	}
	return may
}

// bids says whether a clause is an order: a question needs its mark ("When the rain came, he left").
func bids(t string, clause []string) bool {
	return orders(t, [][]string{clause}) && !interrogative.match(clause[opening(clause)])
}

// asksAbout says whether a text is one question that nobody puts who wants a text rewritten: is the translation right, which names must be redacted.
func asksAbout(text string) bool {
	t := strings.TrimSpace(unwrapped(text))
	if !asksAtEnd(t) || strings.HasSuffix(t, ":") || strings.ContainsAny(t, "\n") || lastSentence(t) > 0 {
		return false
	}
	all := clauses(fold(t))
	if len(all) > 1 && len(all[0]) <= 2 { // sorry, hi
		all = all[1:]
	}
	if len(all) == 0 || anyWord(all, wishes) {
		return false
	}
	first, last := all[0][0], all[len(all)-1]
	if first == "what" && len(all[0]) > 1 && saysWhat.match(all[0][1]) {
		return false
	}
	return questionMarks[last[len(last)-1]] || questions.match(first) || containsAny(t, chineseAsks) && !containsAny(t, chineseWishes)
}

var (
	// wishes are the words of questions that are requests.
	wishes = compile("", 0, "", "you|possible|able|about|don|not|du|ihr|sie|moglich|nicht|tu|vous|peux|pouvez|puedes|puede|podrias|podria|posible|possivel|possibile|puoi|mumkun|misin*|misiniz*|musun*|miyiz|يمكن*|تستطيع").words[0]
	// saysWhat is what follows in "what is the translation of this?".
	saysWhat  = compile("", 0, "", "is|s|are|would|will|does|if").words[0]
	questions = compile("", 0, "", "what|who|which|when|where|why|how|whose|is|are|was|were|does|did|has|should|wer|was|welche*|wann|wo|warum|wieso|wie|ist|sind|qui|quel*|quand|ou|pourquoi|comment|est|que|quien|cual*|cuando|donde|por|como|es|кто|что|какие|какой|где|почему|как|hangi*|neden|niye|nasil|kim|لماذا|هل").words[0]
	// questionMarks end Turkish questions.
	questionMarks = set("mi mu midir mudur")
	chineseAsks   = []string{"吗", "嗎", "为什么", "為什麼", "哪些", "怎么样"}
	chineseWishes = []string{"能", "可以", "请", "請", "帮", "幫"}
)

// speakers are the numbers of the paragraphs that say what is asked, and of those that do so without doubt. People ask at the ends: what sounds like a task further in must
// not outvote them, nor must a document's last words outvote the request at its head.
func speakers(q Question, kept []int) (speak, sure []int) {
	type speaker struct{ number, rank int }
	var all []speaker
	outermost := func(list []Paragraph) {
		var first speaker
		for _, p := range list {
			if slices.Contains(kept, p.Number) {
				if rank := asking(p.Text); first.number == 0 || rank > tells {
					first = speaker{p.Number, rank}
				}
				if first.rank > tells {
					break
				}
			}
		}
		if first.number > 0 {
			all = append(all, first)
		}
	}
	if len(q.Inner) > 0 {
		for _, p := range q.Inner { // they are there because nothing at the ends asks
			all = append(all, speaker{p.Number, max(may, asking(p.Text))})
		}
	} else {
		outermost(q.Head)
		tail := slices.Clone(q.Tail)
		slices.Reverse(tail)
		outermost(tail)
	}

	least := asking(cut(q.Instruction, 6000))
	for _, s := range all {
		least = max(least, s.rank)
	}
	louder := func() (out []int) {
		for _, s := range all {
			if s.rank >= least {
				out = append(out, s.number)
			}
		}
		return out
	}
	speak = louder()
	if least == asks {
		if q.Instruction == "" {
			sure = speak
		}
		if op := choose(instructionText(q, speak), q).op; op == "" || op == "answer" {
			least = may // an introduction: what is asked may stand in a longer paragraph
			speak = louder()
		}
	}
	return speak, sure
}

// narrates says whether a paragraph that sounds like a request is a part of what somebody tells: a speaker's words, reported speech, a question that the next sentence
// goes on from, a farewell.
func narrates(t string, all [][]string) bool {
	if label, _, ok := strings.Cut(t[:min(len(t), 40)], ":"); ok && speakerNames.match(strings.Trim(fold(label), "*[]# ")) {
		return true
	}
	end := lastSentence(t)
	switch last := all[len(all)-1]; {
	case end < 0 && farewells.in(all[:1]):
		return true
	case asksAtEnd(t):
		return false
	case len(all) > 1 && len(last) <= 5 && slices.ContainsFunc(last, reporting.match) && !slices.ContainsFunc(last, ours.match):
		return true
	}
	return end > 0 && strings.Contains(t[:end], "?") && anyWord(clauses(fold(t[end:])), telling)
}

var (
	aboutText = compile("", 0, "", `this|these|following|above|below|attached|text|texts|document|documents|bu|su|metni|metinde*|metindeki|belge*|asagidaki|yukaridaki|ekteki|diese|diesen|dieses|dieser|`+
		`folgende*|obige*|ce|cet|cette|texte|ci|este|esta|siguiente|texto|этот|этом|эту|текст*`).words[0]
	interrogative = compile("", 0, "", "who|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|should|would|will|wer|was|wo|wann|wie|warum|qui|quand|ou|quien|cuando|donde|кто|когда|где|как|почему").words[0]
	speakerNames  = compile("", 0, "", "user|assistant|human|ai|bot|agent|customer|client|support|operator|kullanici|musteri|asistan|temsilci|nutzer|kunde|assistent|utilisateur|usuario|cliente|пользователь").words[0]
	reporting     = compile("", 0, "", "said|asked|replied|answered|told|cried|shouted|whispered|wrote|dedi|sordu|soyledi|bagirdi|yanitladi|sagte|fragte|rief|antwortete|dit|demanda|repondit|dijo|pregunto|respondio|сказал*|спросил*").words[0]
	ours          = compile("", 0, "", "who|what|which|when|where|why|how|i|me|we|us|you|kim|ne|wer|was|qui|quien|кто").words[0]
	telling       = compile("", 0, "", "he|she|they|was|were|had|nobody|knew|kimse|er|niemand|il|elle|personne|etait|nadie|era|fue|он|она|они|никто").words[0]
	farewells     = phrases("^thank you|everyone|all for ; ^thanks for ; ^write|talk to us ; ^contact|call|visit|email|follow|join us ; ^see also ; bize|bizi yazin|arayin|ulasin")
)
