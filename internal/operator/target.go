package operator

import (
	"strings"
)

// formNames are the forms of text that a task may name, and formReach is how far from a name the words that tell its part are looked at, in bytes.
var formNames = lazily(`(?i)\b(?:` + forms + `)\b`)

const (
	forms     = `csv|json|jsonl|ndjson|tsv|yaml|xml|html|markdown|toml|latex|sql`
	formReach = 80
	maxForms  = 50 // that are looked at
)

// What stands before or after the name of a form tells whether it is what is wanted, or what there is.
var (
	notThis  = lazily(`(?i)(?:^|\P{L})(?:no|not|never|without|instead of|rather than|than|statt|kein\p{L}*|nicht|pas|sin|sem|senza)(?:\s+(?:as|in|into|to|en|als|an?|the|any|un|de))*\s+$`)
	thereIs  = lazily(`(?i)(?:^|\P{L})(?:is|are|comes?|given|stored|provided|have|has|got|contains?|ist|sind|habe|est|sont|está|tengo)\s+(?:(?:here|below|in|as|an?|some|the|en|im|als|eine?n?|une?)\s+)*$`)
	ofThat   = lazily(`(?i)\b(?:that|which|who)\s+(?:\p{L}+\s+){0,2}(?:returns?|outputs?|produces?|writes?|converts?|exports?|sends?|accepts?|reads?|consumes?|emits?|supports?|uses?)\b[^.;,:\n]*$`)
	likeThis = lazily(`(?i)^\s+(?:formats?|form|structure|layout|schema)\b|^\s*(?:(?:格式|形式|フォーマット|형식)(?:[^的の의]|$)|(?:を|で)(?:出力|返|書|まとめ|一覧)|(?:으)?로(?: |$))`)
	fromThis = lazily(`(?i)(?:^|\P{L})(?:from|this|that|these|those|given|following|attached|above|input|our|my|your|diese[rsmn]?|aus|ce|cet|cette|ces|du|este|esta|ese|esa|del|deste|desta|dal|questo|questa|bu|şu|aşağıdaki|yukarıdaki|verilen|ekteki|из|эт\p{L}+|` + takes + `|` +
		`(?:in|of|within|inside|over|through|im|in|dans|en|nel)\s+(?:the|der|dem|den|le|la|el))\s+(?:(?:an?|the|die|das|den|der|le|la|el|il|o|un|une|big|large|long|raw|whole)\s+)*["'“(` + "`" + `]*$`)
	ofThis   = lazily(`(?i)^['’](?:y[iı]|n[iı]n|n?[dt]e[nk]?i?|n?[dt]a[nk]?i?)(?:\P{L}|$)|^\s+(?:files|logs|documents|payloads|below|above)\b|^\s+(?:dosya|veri|tablo|metin|metn)(?:s?[ıi])?n\p{L}*|^\s*(?:to|into|nach|en|in|a|→|->|=>|-to-)\s*(?:` + forms + `)\b`)
	intoThis = lazily(`(?i)(?:^|\P{L})(?:to|into|as|in|als|nach|zum?|ins|im|en|em|para|au|vers|do|na|в|till?|naar|returns?|outputs?|give|give me|produce|create|make|write|want|valid|only|with|send|print|→|->|=>|(?:conv[ie]\p{L}*|pas[ae]r?|transform\p{L}*)\P{L}[^.\n]{0,60}\sa)\s*` +
		`(?:(?:an?|one|single|valid|plain|raw|only|pure|proper|clean|the list as|ein(?:e[nmrs]?)?|une?|uma|formato|format|формат\p{L}*|le)\s+)*["'“(` + "`" + `]*$|(?:输出|返回|生成|转换?[成为])\s*$`)
	asThis = lazily(`(?i)^\s+(?:olarak|format\p{L}*|biçim\p{L}*|hal[iı]n\p{L}*|dosyas[ıi]\s+(?:olarak|yap|oluştur)\p{L}*|array|list|dizi\p{L}*)|^['’]y?[ea](?:\P{L}|$)`)
)

const takes = `convert|transform|turn|change|translate|rewrite|reformat|parse|read|import|load|wandle|konvertiere|übersetze|convertis|convertir|convertissez|convierte|convierta|converta|converti|traduis|traduisez|traduce|traduza|transforme|transforma`

// targetForm is the form that a task wants its result in: "csv", "json" and so on; "" none is named. A CSV of which the task does not say what it is may be wanted: then
// said is false.
func targetForm(task string) (form string, said bool) {
	wanted, maybe := map[string]bool{}, false
	for _, at := range formNames().FindAllStringIndex(task, maxForms) {
		name := strings.ToLower(task[at[0]:at[1]])
		was, next := task[max(0, at[0]-formReach):at[0]], task[at[1]:min(len(task), at[1]+formReach)]
		switch {
		case notThis().MatchString(was), thereIs().MatchString(was), ofThat().MatchString(was):
		case likeThis().MatchString(next):
			wanted[name] = true
		case fromThis().MatchString(was), ofThis().MatchString(next):
		case intoThis().MatchString(was), asThis().MatchString(next), strings.TrimSpace(task[:at[0]]) == "" && name == "json":
			wanted[name] = true
		case name == "csv":
			maybe = true
		}
	}
	for _, name := range strings.Split(forms, "|") {
		if wanted[name] {
			return name, true
		}
	}
	if maybe {
		return "csv", false
	}
	return "", false
}
