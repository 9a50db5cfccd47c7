package advice

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

//go:embed system.txt
var systemText string

// Bounds of what the planner is shown, in bytes; together with the frame about 1,500 tokens of English.
const (
	instructionShown = 1400
	systemShown      = 400
	digestShown      = 6000 // of a system text that is to be digested
	paragraphsShown  = 2000 // of the outermost, all together
	paragraphShown   = 480
	innerShown       = 70 // of one further in
	outlineShown     = 1600
	badShown         = 1200
)

// Prompt writes the question for the planner model. The same question gives the same bytes. What others wrote stands between fences whose name is a
// hash of the content, one line a paragraph, so that it can neither close its fence nor number itself.
func Prompt(q Question) (system, user string) {
	var ops strings.Builder
	for i, k := range kinds {
		if i > 0 {
			ops.WriteByte('\n')
		}
		ops.WriteString("  " + k.name + ": " + k.means)
	}
	digest, shown := `""`, systemShown
	if q.Digest {
		digest, shown = "what of the system text matters for reading one piece, at most 120 words", digestShown
	}
	system = strings.NewReplacer("{{operators}}", ops.String(), "{{digest}}", digest).Replace(strings.TrimSuffix(systemText, "\n"))

	blocks := []block{
		{"system", "The system text of the request", oneText(cut(q.System, shown))},
		{"instruction", "The instruction", oneText(cut(q.Instruction, instructionShown))},
		{"paragraphs", shownTitle(q), numbered(q)},
		{"outline", "The outline of the material", oneText(cut(q.Outline, outlineShown))},
	}
	fence := fenceName(blocks)
	var u strings.Builder
	u.WriteString("About " + strconv.Itoa(powerOfTwo(q.PromptTokens)) + " tokens of prompt")
	if q.MaxTokens > 0 {
		u.WriteString(", at most " + strconv.Itoa(q.MaxTokens) + " tokens of answer")
	}
	switch {
	case !q.HasMaterial:
		u.WriteString(". There is no material: the answer comes from the instruction alone.\n")
	case q.History:
		u.WriteString(". The material is the older part of a conversation.\n")
	default:
		u.WriteString(".\n")
	}
	for _, b := range blocks {
		if b.text == "" {
			continue
		}
		u.WriteString("\n" + b.title + ":\n<<<" + b.name + "-" + fence + "\n" + b.text + "\n" + fence + ">>>\n")
	}
	u.WriteString("\nReply with the JSON object.")
	return system, u.String()
}

// Repair writes the second and last question: the first one, with what was wrong with the reply to it.
func Repair(q Question, bad string, err error) (system, user string) {
	system, user = Prompt(q)
	reply := block{"reply", "", oneText(cut(bad, badShown))}
	fence := fenceName([]block{reply})
	why := "it could not be read"
	if err != nil {
		why = err.Error()
	}
	return system, user + "\n\nAn earlier reply could not be used: " + oneLine(cut(why, 300)) + "\n<<<reply-" + fence + "\n" + reply.text + "\n" + fence +
		">>>\nReply with the corrected JSON object and nothing else."
}

type block struct{ name, title, text string }

// fenceName is a hash of all blocks. That a text holds its own hash cannot be arranged; should it happen, another hash is taken.
func fenceName(blocks []block) string {
	h := sha256.New()
	var all strings.Builder
	for _, b := range blocks {
		all.WriteString(b.name + "\x00" + b.text + "\x00")
	}
	h.Write([]byte(all.String()))
	for {
		name := hex.EncodeToString(h.Sum(nil))[:12]
		if !strings.Contains(all.String(), name) {
			return name
		}
		h.Write([]byte{0})
	}
}

// oneText keeps lines but no carriage returns or other control characters.
func oneText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f {
			return r
		}
		return -1
	}, s))
}

func oneLine(s string) string { return strings.Join(strings.Fields(oneText(s)), " ") }

func shownTitle(q Question) string {
	if len(q.Inner) > 0 {
		return "First and last paragraphs of the user's turn, and what sounds like a request between them, by number"
	}
	return "First and last paragraphs of the user's turn, by number"
}

// numbered shows most of the outermost paragraphs, and of those further in what they begin with.
func numbered(q Question) string {
	list := paragraphs(q)
	deep := slices.Concat(depths(q.Head, false), make([]int, len(q.Inner)), depths(q.Tail, true))
	outer := 0
	for _, d := range deep {
		if d < endPieces {
			outer++
		}
	}
	var b strings.Builder
	for i, p := range list {
		each := innerShown
		if deep[i] < endPieces {
			each = min(paragraphShown, max(120, paragraphsShown/outer))
		}
		b.WriteString("[" + strconv.Itoa(p.Number) + "] " + oneLine(cut(p.Text, each)) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// powerOfTwo rounds down, so that small changes of the material leave the prompt, and with it a cached answer, as it was.
func powerOfTwo(n int) int {
	if n <= 0 {
		return 0
	}
	p := 1
	for p <= n/2 {
		p *= 2
	}
	return p
}

// Schema is the JSON schema of a planner's reply, in the subset that OpenAI's strict mode takes.
func Schema() []byte {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	enum, _ := json.Marshal(names)
	return []byte(`{"type":"object","additionalProperties":false,` +
		`"required":["instruction_paragraphs","operator","dependence","confidence","question","unit","labels","order","conflict","language","words","sections","parallel","glossary","distinct","digest"],` +
		`"properties":{` +
		`"instruction_paragraphs":{"type":"array","items":{"type":"integer"}},` +
		`"operator":{"type":"string","enum":` + string(enum) + `},` +
		`"dependence":{"type":"string","enum":["none","order","pairwise","global"]},` +
		`"confidence":{"type":"number"},` +
		`"question":{"type":"string"},"unit":{"type":"string"},` +
		`"labels":{"type":"array","items":{"type":"string"}},` +
		`"order":{"type":"string"},"conflict":{"type":"string","enum":["both","latest"]},` +
		`"language":{"type":"string"},"words":{"type":"integer"},` +
		`"sections":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["title","brief","words"],` +
		`"properties":{"title":{"type":"string"},"brief":{"type":"string"},"words":{"type":"integer"}}}},` +
		`"parallel":{"type":"boolean"},"glossary":{"type":"boolean"},"distinct":{"type":"boolean"},"digest":{"type":"string"}}}`)
}

// ReplyTokens is the max_tokens that a planner call needs: more for many numbers, an outline or a digest.
func ReplyTokens(q Question) int {
	n := 400 + 4*max(0, len(q.Head)+len(q.Tail)-2*endPieces)
	if !q.HasMaterial {
		n += 800
	}
	if q.Digest {
		n += 250
	}
	return n
}
