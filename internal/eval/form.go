package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// transformHostile is text as it comes: CRLF, tabs, lines that end in white space, one line longer than any chunk, no line end at the end.
func transformHostile(r *rand.Rand, tokens int) task {
	var b strings.Builder
	for i := 0; b.Len() < tokens*5; i++ {
		switch i % 9 {
		case 0:
			b.WriteString("\tTabbed: " + sentence(r) + "  \r\n\r\n\r\n")
		case 1:
			for range 160 {
				b.WriteString(sentence(r) + " ")
			}
			b.WriteString("\r\n")
		case 2:
			b.WriteString("Çığ düştü; şu İstanbul'un ılık öğleni — 東京は雨です。 " + sentence(r) + "\r\n")
		case 3:
			b.WriteString("---\r\n\r\n> " + sentence(r) + "\r\n> " + sentence(r) + "\r\n\r\n")
		default:
			b.WriteString(sentence(r) + "\r\n")
		}
	}
	b.WriteString("The end of it stands here without a line end.")
	return backwards(b.String())
}

// editJSON: a value is changed in many records of a JSON file, in a code block as people paste it; the answer is the file in its block.
func editJSON(r *rand.Rand, tokens int) task {
	type host struct {
		Name string `json:"name"`
		Port int    `json:"port"`
		TLS  bool   `json:"tls"`
	}
	var list []host
	for i := range tokens / 28 {
		list = append(list, host{fmt.Sprintf("node-%03d", i), pick(r, []int{8080, 8080, 9090, 80800}), r.IntN(2) == 0})
	}
	text, err := json.MarshalIndent(map[string]any{"hosts": list}, "", "  ")
	if err != nil {
		panic(err) // plain data
	}
	file := "```json\n" + string(text) + "\n```"
	ask := "Change every port 8080 to 8443 in the configuration file below. Return the complete file."
	port := regexp.MustCompile(`"port": 8080\b`)
	return task{
		operator: "edit",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+file)},
		asks:     []string{ask},
		mind: mind{hunks: func(s sight) [][2]string {
			return hunks(s.text, func(line string) string { return port.ReplaceAllString(line, `"port": 8443`) })
		}},
		score: same(port.ReplaceAllString(file, `"port": 8443`)),
	}
}

// editDelete: lines go, wherever they stand; nothing else changes, CRLF included.
func editDelete(r *rand.Rand, tokens int) task {
	var b strings.Builder
	for i := 0; b.Len() < tokens*4; i++ {
		fmt.Fprintf(&b, "[section.%d]\r\n", i)
		for k := range 2 + r.IntN(5) {
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, "debug.trace = level %d\r\n", r.IntN(10))
			}
			fmt.Fprintf(&b, "key.%d = %s\r\n", k, pick(r, objects))
		}
		b.WriteString("\r\n")
	}
	file := b.String()
	ask := "Remove every debug.trace line from the configuration file. Return the whole file."
	trace := regexp.MustCompile(`(?m)^debug\.trace = .*\n`)
	return task{
		operator: "edit",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages("user", ask+"\n\n"+file)},
		asks:     []string{ask},
		mind: mind{hunks: func(s sight) [][2]string {
			return hunks(s.text, func(line string) string { return trace.ReplaceAllString(line, "") })
		}},
		score: same(trace.ReplaceAllString(file, "")),
	}
}

// inTurns is a long conversation of long and short turns, and the question is about all of it, the turns that stay in the final call included.
func inTurns(r *rand.Rand, tokens int) task {
	list, items := orders(r, tokens/150)
	var chat []string
	for len(items) > 0 {
		n := min(len(items), 1+r.IntN(4))
		chat = append(chat, "user", weave(r, 200+r.IntN(1200), items[:n], false), "assistant", sentence(r))
		items = items[n:]
	}
	ask := "How many orders were mentioned in this conversation so far? Answer with the number."
	return task{
		operator: "count",
		chat:     map[string]any{"model": "sonnet-4-x", "messages": messages(append(chat, "user", ask)...)},
		asks:     []string{ask},
		advice:   map[string]any{"unit": "orders"},
		byRules:  true,
		mind:     mind{spot: spotOrders, final: first(total)},
		score:    number(len(list)),
	}
}
