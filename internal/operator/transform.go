package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/haiku-planner/haikuplanner/internal/prompt"
)

// transform has every chunk rewritten and puts the new texts out in order, with the white space that stood between the old ones. Nothing is merged.
type transform struct{}

func (transform) Name() string { return "transform" }

func transformCall(in *Input, c Chunk, core, terms, reason string) Call {
	f := fields(in)
	if removes().MatchString(in.Instruction) {
		reason = strings.TrimSpace(reason + "\nIf the task removes every word of the passage, reply with the one word NONE.")
	}
	f.Question, f.Language = "", in.Advice.Language
	f.Place, f.Material, f.Reason, f.Glossary = c.Context, core, reason, terms
	return Call{Role: Fast, System: prompt.Pieces("transform.system", f), User: prompt.Pieces("transform.user", f)}
}

// rewriteRoom is what a rewritten chunk may take: half as much again for another language, and once more for models that tokenize it worse.
func rewriteRoom(c Chunk) int { return 2*c.Tokens + 128 }

func (transform) Stages(in *Input) []Stage {
	if in.Format == "guided" {
		return direct{}.Stages(in)
	}
	text, _, _ := divided(in)
	read := mapStage(text, func(c Chunk, core string) Call { return transformCall(in, c, core, "", "") }, 0)
	read.Expected, read.Worst = 0, 0
	for _, c := range text.Chunks {
		read.Expected += c.Tokens * 6 / 5
		read.Worst += rewriteRoom(c)
	}
	read.Expected = min(expects(text, read.Expected), read.Worst)
	if names := namesToAgree(text); len(names) > 0 {
		c := glossaryCall(in, names)
		return []Stage{{Name: "glossary", Role: Fast, Calls: 1, Prompt: c.tokens(in), Expected: 12 * len(names), Worst: c.MaxTokens}, read}
	}
	return []Stage{read}
}

// divided is in with the chunks to rewrite as its chunks, and what stands between these.
func divided(in *Input) (text *Input, between []string, err error) {
	out := *in
	chunks, err := body(in)
	if err == nil {
		out.Chunks, between = parted(in, chunks)
	}
	return &out, between, err
}

// parted separates the chunks to rewrite from those that are blank. between[i] is what stands, unchanged, before chunk i; the last one is what ends the text.
func parted(in *Input, chunks []Chunk) (ask []Chunk, between []string) {
	gap := ""
	for i, c := range chunks {
		if i > 0 && c.Part != chunks[i-1].Part {
			gap += "\n\n"
		}
		if core := in.Core(c); isBlank(core) {
			gap += core
			continue
		}
		ask, between = append(ask, c), append(between, gap)
		gap = ""
	}
	return ask, append(between, gap)
}

var namesCSV = lazily(`(?i)\bcsv\b`)

const errFull = constErr("the caller's ceiling is reached")

func (t transform) Run(ctx context.Context, in *Input, x Exec) error {
	if in.Format == "guided" {
		return wholly(ctx, in, x)
	}
	return stopping(in, x, func(x Exec) error { return t.run(ctx, in, x) })
}

func (transform) run(ctx context.Context, in *Input, x Exec) error {
	text, between, err := divided(in)
	if err != nil {
		return fmt.Errorf("transform: %w", err)
	}
	w := &ceilingWriter{in: in, x: x, left: in.Limits.Answer}
	form, said := targetForm(in.Instruction)
	loose, whole, reshaped := losesOnPurpose().MatchString(in.Instruction), changesAll().MatchString(in.Instruction), said || reshapes().MatchString(in.Instruction)
	removing := removes().MatchString(in.Instruction)
	gone := func(core, reply string) bool { return removing && isAbsent(reply, core) } // asked twice, nothing is left of it
	terms, err := glossary(ctx, text, x)
	if err != nil {
		return err
	}
	r := reading{
		roomFor: rewriteRoom,
		call:    func(c Chunk, core string) Call { return transformCall(in, c, core, terms.in(core), "") },
		check: func(c Chunk, reply string) error {
			core := in.Core(c)
			text := rewritten(core, reply)
			switch {
			case gone(core, reply):
				return fmt.Errorf("%w: it said that nothing of the passage is left", errDoubt)
			case isAbsent(reply, core) && width(core) > 3*width(reply):
				return constErr("it said that there is nothing, and was no new text of the passage")
			}
			if whole && copied(core, text) {
				return fmt.Errorf("%w: it was the passage as it was; the task asks for a new text of all of it", errDoubt)
			}
			return implausible(core, text, loose, reshaped)
		},
		judge:   func(pilots []pilot) error { return rewrites(in, pilots, whole) },
		instead: func() Operator { return directly(in, chunkTokens(in)*6/5) },
		live:    true,
		again: func(c Chunk, core, _ string, reason error) Call {
			return transformCall(in, c, core, terms.in(core), "An earlier reply was refused: "+reason.Error()+".")
		},
	}
	var held strings.Builder // JSON goes out when all of it is known to be JSON
	write := w.write
	if wantsJSON(in) {
		write = func(text string) error { held.WriteString(text); return nil }
	}
	i := 0
	heads := tableHead{commas: form == "csv" || form == "" && namesCSV().MatchString(in.Instruction)}
	lists := jsonJoin{wanted: form == "json" || wantsJSON(in), object: wantsObject().MatchString(in.Instruction)}
	err = readAll(ctx, text, x, r, func(pieces []piece) error {
		out, gap := "", between[i]
		i++
		for _, p := range pieces {
			core := in.Core(p.chunk)
			if gone(core, p.text) {
				continue
			}
			out += lists.next(core, gap, heads.once(core, rewritten(core, p.text)))
			gap = ""
		}
		return write(out)
	})
	if err == nil {
		readRest(in, x, text.Chunks)
		end := lists.end() + between[len(between)-1]
		if err = write(end); errors.Is(err, errFull) && strings.TrimSpace(end) == "" {
			err = nil // the text is whole
		}
	}
	switch {
	case errors.Is(err, errFull):
		x.Finish("length")
		return nil
	case err != nil:
		return orInstead(ctx, in, x, err)
	case wantsJSON(in):
		return writeJSON(ctx, in, x, held.String())
	}
	x.Finish("stop")
	return nil
}

// writeJSON writes a text that was put together under a response_format of JSON, if it is JSON. If not, the model gives it in one piece where that fits.
func writeJSON(ctx context.Context, in *Input, x Exec, text string) error {
	err := fitsFormat(in, text)
	if n := in.Tokens(text); err == nil && in.Limits.Answer > 0 && n > in.Limits.Answer {
		err = fmt.Errorf("the JSON has %d tokens, max_tokens allows %d: raise it", n, in.Limits.Answer)
	} else if err != nil && fitsWhole(in, n) {
		changed(x, direct{}.Name())
		return direct{}.Run(ctx, in, rereading{x})
	}
	if err != nil {
		return fmt.Errorf("transform: %w", err)
	}
	x.Finish("stop")
	return x.Write(text)
}

// A ceilingWriter writes text up to the caller's max_tokens.
type ceilingWriter struct {
	in   *Input
	x    Exec
	left int
}

func (w *ceilingWriter) write(text string) error {
	full := false
	if w.in.Limits.Answer > 0 {
		n := w.in.Tokens(text)
		if full = n > w.left; full {
			text = firstTokens(text, w.left, w.in.Tokens)
		}
		w.left -= n
	}
	if text != "" {
		if err := w.x.Write(text); err != nil {
			return err
		}
	}
	if full {
		return errFull
	}
	return nil
}

const byteOrderMark = "\ufeff"

// rewritten is a reply as it goes into the text: without a fence of its own, with the white space that stood around the chunk, its first indent too, and with its line ends.
func rewritten(core, reply string) string {
	reply = strings.Trim(reply, "\r\n")
	if strings.HasPrefix(reply, "<<<BEGIN ") {
		if _, rest, ok := strings.Cut(reply, "\n"); ok {
			reply = rest
		}
	}
	if i := strings.LastIndexByte(strings.TrimRight(reply, " \r\n"), '\n'); i >= 0 && fenceEnd().MatchString(reply[i+1:]) {
		reply = reply[:i]
	}
	reply = unfenced(core, unsigned(core, unannounced(core, reply)))
	head := core[:len(core)-len(strings.TrimLeft(core, byteOrderMark+"\r\n"))]
	tail := core[len(strings.TrimRightFunc(core, unicode.IsSpace)):]
	reply = strings.TrimRightFunc(strings.TrimLeft(reply, byteOrderMark+"\r\n"), unicode.IsSpace)
	return head + lostIndent(core[len(head):], reply) + endingLinesAs(core, reply) + tail
}

// lostIndent is the white space that the first line of a passage begins with and that of its new text does not: models take it off the ends of what they write. Where
// the next lines do not begin as they did, it was left out on purpose, or the text has another form.
func lostIndent(core, reply string) string {
	was, wasNext := indents(core)
	is, isNext := indents(reply)
	if is != "" || wasNext != isNext {
		return ""
	}
	return was
}

// indents is what the first line of a text begins with, and the next one that is not blank; "none" is none.
func indents(text string) (first, next string) {
	of := func(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }
	line, rest, _ := strings.Cut(text, "\n")
	for rest != "" {
		var l string
		if l, rest, _ = strings.Cut(rest, "\n"); !isBlank(l) {
			return of(line), of(l)
		}
	}
	return of(line), "none"
}

// unannounced is a reply without a first line that only announces it ("Here is the translation:"). Where the passage begins with a line of that kind, there is one
// more of them in the reply.
func unannounced(core, reply string) string {
	line, rest, ok := strings.Cut(reply, "\n")
	if !ok || isBlank(rest) || !announcement().MatchString(strings.TrimSpace(line)) || leading(core) > 0 && leading(reply) != leading(core)+1 {
		return reply
	}
	return strings.TrimLeft(rest, "\r\n")
}

// unsigned is a reply without a last paragraph in which the model turns to who asked, where it is one paragraph more than the passage has.
func unsigned(core, reply string) string {
	reply = strings.TrimRightFunc(reply, unicode.IsSpace)
	i := strings.LastIndex(reply, "\n\n")
	if i < 0 || !signing().MatchString(strings.TrimSpace(reply[i:])) {
		return reply
	}
	text, more := strings.TrimRightFunc(reply[:i], unicode.IsSpace), blocks(reply)-blocks(core)
	if above, ruled := strings.CutSuffix(text, "\n---"); ruled && more == 2 {
		text, more = strings.TrimRightFunc(above, unicode.IsSpace), 1
	}
	if more != 1 {
		return reply
	}
	return text
}

// signing is how models end a text although they were told to give nothing else.
var signing = lazily(`(?i)^(?:[*_(\[]*(?:please )?(?:let me know (?:if|whether)|feel free to|(?:i )?hope (?:this|that|it) helps|is there anything else|would you like me to|do you want me to|if you (?:need|have|want|would like) (?:any|more|further|me)|` +
	`umarım yardımcı|başka bir (?:şey|isteğiniz|sorunuz)|yardımcı olabileceğim|lassen sie mich wissen|sag mir bescheid|n['’]hésitez pas|faites-moi savoir|avísame|espero que (?:esto |te )?ayude|fammi sapere|дайте знать|надеюсь, это помо)[^\n]*|` +
	`[*_(\[]*(?:note|not|hinweis|anmerkung|nota|remarque|примечание)[*_]*[:：][^\n]*(?:` + jobNames + `)[^\n]*)$`)

// leading is how many lines at the start of text end in a colon.
func leading(text string) (n int) {
	for rest := strings.TrimLeft(text, byteOrderMark); rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		switch line = strings.TrimSpace(line); {
		case line == "":
		case leadsOn().MatchString(line):
			n++
		default:
			return n
		}
	}
	return n
}

// announcement is how models announce a text although they were told not to: at most a line, with a colon at its end, that names the job or says nothing at all.
// leadsOn is a line of any text that ends so.
var (
	announcement = lazily(`(?i)^[*_#\s]*(?:(?:` + openings + `)[^\n]{0,160}?(?:` + jobNames + `)[^\n]{0,80}|(?:the )?(?:` + jobNames + `)[^\n]{0,60}|` +
		`(?:(?:sure|certainly|of course|okay|ok|tabii|elbette|here (?:it is|you go|you are)|here|[iİ]şte)\b[\s,.!]*)+)[:：][*_\s]*$`)
	leadsOn = lazily(`[:：][*_\s]*$`)
)

const (
	openings = `(?:sure|certainly|of course|okay|ok|tabii|elbette|here(?:'s|’s| is| are)|below is|the following is|this is|aşağıda|hier ist|hier sind|voici|aquí tienes|ecco)\b|aqu[ií] está|[iİ]şte|这是|這是|以下是|以下は|こちら|вот|ниже|ось|oto|hier (?:is|volgt)|här är|her er|segue|abaixo|di seguito|a continuación|ci-dessous|다음은|아래는|إليك|فيما يلي|यहाँ|dưới đây|berikut`
	jobNames = `\b(?:translat(?:ion|ed)|text|passage|version|(?:re-?written|revised|corrected|edited|redacted|anonymi[sz]ed|paraphrased|rephrased|reformatted|converted|transliterated|simplified|new)\b|` +
		`metin|metn|traduction|texte|traducción|texto|traduzione|testo|tradução|vertaling|tłumaczenie|översättning|oversettelse|oversættelse|terjemahan)|çeviri|übersetzung|перевод|переклад|译文|译本|翻译|翻譯|翻訳|訳文|번역|ترجم|अनुवाद|bản dịch`
)

// unfenced is a reply without a code fence around the whole of it that is not the passage's own.
func unfenced(core, reply string) string {
	own := strings.Count(core, "```")
	if n := strings.Count(reply, "```"); n != own+2 && (n == 0 || strings.HasPrefix(strings.TrimLeft(core, " \t\r\n"), "```")) {
		return reply
	}
	if !strings.HasPrefix(reply, "```") {
		return reply
	}
	if _, rest, ok := strings.Cut(reply, "\n"); ok && strings.HasSuffix(strings.TrimRight(rest, " \r\n"), "```") {
		return strings.TrimSuffix(strings.TrimRight(rest, " \r\n"), "```")
	}
	return reply
}

var (
	fenceEnd = lazily(`^END [0-9a-f]{16}>>>\s*$`)
	// losesOnPurpose is what a task says that leaves less than there was.
	losesOnPurpose = lazily(`(?i)\b(redact|anonymi[sz]|mask|shorten|condens|without|simplif)|gizle|anonim|kısalt|sadeleştir|maskele|kürze|verkürz|vereinfach|raccourci|abrèg|simplifi|acort|simplific|accorci|semplific|сократ|упрост|اختصر|संक्षिप्त|缩短|精简|简化|短く|簡潔|줄여|` + removing)
	removes        = lazily(`(?i)` + removing)
)

// removing is what a task says that takes things out, so that nothing may be left of a passage.
const removing = `\b(?:remov|delet|strip|drop|keep(?:ing)? only|only keep|filter|omit|leav(?:e|ing) out|cut out|get rid|eliminat|discard|exclud)|çıkar|sil\b|silin|kaldır|ayıkla|` +
	`lösch|entfern|streich|weglass|nur (?:\p{L}+ ){1,4}behalt|supprim|enlev|retire[rz]? (?:les|tou|la|le)|efface|ne gard|elimin|suprim|borr[ae]|quita|apag|rimuov|togli|verwijder|ta bort|usuń|` +
	`удал|убер|убра|вычеркн|видал|احذف|أزل|हटा|删除|刪除|去掉|去除|移除|删掉|只保留|削除|取り除|除い|省い|삭제|제거|지워|빼고`

// changesAll is what a task says that leaves no sentence as it was.
var changesAll = lazily(`(?i)\b(translat|rephras|paraphras|transliterat)|çevir|tercüme|übersetz|tradui|traduc|tradu[zç]|перевед|翻译|翻譯|翻訳|訳し|번역`)

// copied reports whether a text of some length is the passage again, white space aside.
func copied(core, text string) bool {
	return width(core) >= plausibleFrom && strings.Join(strings.Fields(core), " ") == strings.Join(strings.Fields(text), " ")
}

const (
	errCopies   = constErr("passages come back as they were; name another fast_execution_model, or send less text at a time")
	errNotAText = constErr("what comes back for passages is not a new text of them")
)

// rewrites judges pilots that were to be rewritten. The final model does it in one piece where that fits; where it does not, replies that are merely odd are
// asked for again in smaller pieces, but copies would only be followed by copies.
func rewrites(in *Input, pilots []pilot, whole bool) error {
	var reason error
	if allFail(pilots, func(err error) bool { return !errors.Is(err, ErrContextWindow) && !errors.Is(err, ErrRefused) }) {
		reason = errNotAText
	} else if whole && !slices.ContainsFunc(pilots, func(p pilot) bool {
		return p.reason != nil || !copied(in.Core(p.chunk), rewritten(in.Core(p.chunk), p.text))
	}) {
		reason = errCopies
	}
	switch {
	case reason == nil:
		return nil
	case fitsWhole(in, chunkTokens(in)*6/5):
		return &contradiction{reason, direct{}}
	case reason == errCopies:
		return &contradiction{reason: reason}
	}
	return nil
}
