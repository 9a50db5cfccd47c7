package haikuplanner

import (
	"regexp"
	"strings"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
)

// priceBook answers for prices and limits of models by the name that callers use. It is read-only after newPriceBook and safe for concurrent use.
type priceBook struct {
	given  map[string]Price       // WithPrices
	listed map[string]configModel // config.yaml's model_list, the deployments of a name as one
	wild   []configModel          // those whose name holds a *
	alias  map[string]string
}

func newPriceBook(c Config, given map[string]Price) priceBook {
	b := priceBook{given: given, listed: make(map[string]configModel)}
	if c.file == nil {
		return b
	}
	b.alias = c.file.alias
	for _, m := range c.file.models {
		if strings.Contains(m.Name, "*") {
			b.wild = append(b.wild, m)
			continue
		}
		if old, ok := b.listed[m.Name]; ok {
			m = oneOf(old, m)
		}
		b.listed[m.Name] = m
	}
	return b
}

// oneOf describes a request that may go to either deployment of a group: it must fit the smaller window and may cost the higher price.
func oneOf(a, b configModel) configModel {
	m := a
	m.Input, m.Output = max(a.Input, b.Input), max(a.Output, b.Output)
	m.Known = a.Known && b.Known
	m.MaxInput, m.MaxOutput = smallest(a.MaxInput, b.MaxInput), smallest(a.MaxOutput, b.MaxOutput)
	if m.TPM = max(a.TPM, b.TPM); a.TPM == 0 || b.TPM == 0 {
		m.TPM = 0
	}
	if a.providerName() != b.providerName() && !m.Known {
		// Two models under one name: the table would answer for one of them only.
		m.Provider, m.Base = dearer(a, b)
	}
	return m
}

// dearer names the deployment whose built-in price is higher, neither when one has none.
func dearer(a, b configModel) (provider, base string) {
	x, okX := builtinModel(a.providerName())
	y, okY := builtinModel(b.providerName())
	switch {
	case !okX || !okY:
		return "", ""
	case x.price.Cost(1, 1) >= y.price.Cost(1, 1):
		return a.Provider, a.Base
	}
	return b.Provider, b.Base
}

// smallest is the smaller of two limits of which 0 means unknown.
func smallest(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// providerName is what the provider calls the model.
func (m configModel) providerName() string {
	if m.Base != "" {
		return m.Base
	}
	return m.Provider
}

// facts says what is known of a model: its price, window, limit of output and tokens a minute, each from the first source that knows it: WithPrices,
// LiteLLM's /model/info (live, when ok), config.yaml's model_list, the built-in table by the provider's name. source is that of the price.
func (b priceBook) facts(name string, live litellm.Model, ok bool) facts {
	f := facts{source: "unknown"}
	price := func(p Price, source string) {
		if !f.known {
			f.price, f.known, f.source = p, true, source
		}
	}
	limits := func(window, maxOutput, tpm int) {
		if f.window == 0 {
			f.window = window
		}
		if f.maxOutput == 0 {
			f.maxOutput = maxOutput
		}
		if f.tpm == 0 {
			f.tpm = tpm
		}
	}

	if p, given := b.given[name]; given {
		price(p, "config")
	}
	if ok {
		f.provider = live.Base
		input, inputErr := ParseMoney(live.InputCost)
		output, outputErr := ParseMoney(live.OutputCost)
		if inputErr == nil && outputErr == nil {
			price(Price{input, output}, "litellm")
		}
		limits(live.MaxInput, live.MaxOutput, live.TPM)
	}
	if m, listed := b.config(name); listed {
		if f.provider == "" {
			f.provider = m.providerName()
		}
		if m.Known {
			price(Price{m.Input, m.Output}, "config")
		}
		limits(m.MaxInput, m.MaxOutput, m.TPM)
	} else if f.provider == "" {
		f.provider = name
	}
	if m, known := builtinModel(f.provider); known {
		price(m.price, "builtin")
		limits(m.window, m.maxOutput, 0)
	}
	return f
}

// config finds a name in model_list: itself, what it is an alias of, or the longest pattern that matches it.
func (b priceBook) config(name string) (configModel, bool) {
	if m, ok := b.listed[name]; ok {
		return m, true
	}
	if target, ok := b.alias[name]; ok {
		if m, ok := b.listed[target]; ok {
			return m, true
		}
	}
	var best configModel
	for _, m := range b.wild {
		before, after, _ := strings.Cut(m.Name, "*")
		if len(m.Name) <= len(best.Name) || len(name) < len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
			continue
		}
		star := name[len(before) : len(name)-len(after)]
		best = m
		best.Provider = strings.Replace(m.Provider, "*", star, 1)
		best.Base = strings.Replace(m.Base, "*", star, 1)
	}
	return best, best.Name != ""
}

// builtin is a row of the built-in table.
type builtin struct {
	price     Price // per token
	window    int   // prompt tokens
	maxOutput int
}

// micro is a price in dollars for a million tokens, as providers print it, with the cents that it may have.
func micro(dollars, hundredths Money) Money {
	return (dollars*100 + hundredths) * (Dollar / 100_000_000)
}

// builtins are the list prices and limits of models that Claude and OpenAI users commonly put behind LiteLLM: the last resort, for when neither LiteLLM
// nor config.yaml says anything. The figures are those of model_prices_and_context_window, bundled with litellm 1.102.4 (November 2026), without
// discounts for caching or batches. Where a price rises above 200,000 prompt tokens the window is given as 200,000, so that no estimate is too low.
var builtins = map[string]builtin{
	"claude-haiku-4-5":  {Price{micro(1, 0), micro(5, 0)}, 200_000, 64_000},
	"claude-sonnet-4":   {Price{micro(3, 0), micro(15, 0)}, 200_000, 64_000},
	"claude-sonnet-4-5": {Price{micro(3, 0), micro(15, 0)}, 200_000, 64_000},
	"claude-sonnet-4-6": {Price{micro(3, 0), micro(15, 0)}, 1_000_000, 128_000},
	"claude-sonnet-5":   {Price{micro(2, 0), micro(10, 0)}, 1_000_000, 128_000},
	"claude-opus-4":     {Price{micro(15, 0), micro(75, 0)}, 200_000, 32_000},
	"claude-opus-4-1":   {Price{micro(15, 0), micro(75, 0)}, 200_000, 32_000},
	"claude-opus-4-5":   {Price{micro(5, 0), micro(25, 0)}, 200_000, 64_000},
	"claude-opus-4-6":   {Price{micro(5, 0), micro(25, 0)}, 1_000_000, 128_000},
	"claude-opus-4-7":   {Price{micro(5, 0), micro(25, 0)}, 1_000_000, 128_000},
	"claude-opus-4-8":   {Price{micro(5, 0), micro(25, 0)}, 1_000_000, 128_000},
	"claude-opus-5":     {Price{micro(5, 0), micro(25, 0)}, 1_000_000, 128_000},
	"claude-3-7-sonnet": {Price{micro(3, 0), micro(15, 0)}, 200_000, 64_000},
	"claude-3-haiku":    {Price{micro(0, 25), micro(1, 25)}, 200_000, 4_096},
	"claude-3-opus":     {Price{micro(15, 0), micro(75, 0)}, 200_000, 4_096},

	"gpt-3.5-turbo":       {Price{micro(0, 50), micro(1, 50)}, 16_385, 4_096},
	"gpt-3.5-turbo-1106":  {Price{micro(1, 0), micro(2, 0)}, 16_385, 4_096},
	"gpt-4":               {Price{micro(30, 0), micro(60, 0)}, 8_192, 4_096},
	"gpt-4-turbo-preview": {Price{micro(10, 0), micro(30, 0)}, 128_000, 4_096},
	"gpt-4-turbo":         {Price{micro(10, 0), micro(30, 0)}, 128_000, 4_096},
	"gpt-4o":              {Price{micro(2, 50), micro(10, 0)}, 128_000, 16_384},
	"gpt-4o-2024-05-13":   {Price{micro(5, 0), micro(15, 0)}, 128_000, 4_096},
	"gpt-4o-mini":         {Price{micro(0, 15), micro(0, 60)}, 128_000, 16_384},
	"gpt-4.1":             {Price{micro(2, 0), micro(8, 0)}, 1_047_576, 32_768},
	"gpt-4.1-mini":        {Price{micro(0, 40), micro(1, 60)}, 1_047_576, 32_768},
	"gpt-4.1-nano":        {Price{micro(0, 10), micro(0, 40)}, 1_047_576, 32_768},
	"gpt-5":               {Price{micro(1, 25), micro(10, 0)}, 272_000, 128_000},
	"gpt-5-mini":          {Price{micro(0, 25), micro(2, 0)}, 272_000, 128_000},
	"gpt-5-nano":          {Price{micro(0, 5), micro(0, 40)}, 272_000, 128_000},
	"gpt-5.1":             {Price{micro(1, 25), micro(10, 0)}, 272_000, 128_000},
	"gpt-5.2":             {Price{micro(1, 75), micro(14, 0)}, 272_000, 128_000},
	"o1":                  {Price{micro(15, 0), micro(60, 0)}, 200_000, 100_000},
	"o3":                  {Price{micro(2, 0), micro(8, 0)}, 200_000, 100_000},
	"o3-mini":             {Price{micro(1, 10), micro(4, 40)}, 200_000, 100_000},
	"o4-mini":             {Price{micro(1, 10), micro(4, 40)}, 200_000, 100_000},
}

// snapshot is the date, or the word latest, that providers add to a model's name.
var snapshot = regexp.MustCompile(`-(20[0-9]{6}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|latest)$`)

// builtinModel finds a model in the built-in table by its provider's name, with or without LiteLLM's prefix of the provider ("anthropic/…", "openai/…") and
// the date of a snapshot. Other providers of the same models have prices of their own and are not guessed at.
func builtinModel(name string) (builtin, bool) {
	if provider, model, ok := strings.Cut(name, "/"); ok && (provider == "anthropic" || provider == "openai") {
		name = model
	}
	if m, ok := builtins[name]; ok {
		return m, true
	}
	m, ok := builtins[snapshot.ReplaceAllString(name, "")]
	return m, ok
}
