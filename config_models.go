package haikuplanner

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// configModel is an entry of LiteLLM's model_list, as far as money and limits go.
type configModel struct {
	Name     string // model_name: what callers ask for; may hold a *
	Provider string // litellm_params.model
	Base     string // model_info.base_model
	Input    Money  // per token
	Output   Money
	Known    bool // both prices are written in the file; zero is then free of charge
	MaxInput, MaxOutput,
	TPM int // 0: not said
}

// modelsOf reads model_list. The section is LiteLLM's: what does not look as expected is passed over in silence.
func modelsOf(r *reader, sections map[string]topLevel) []configModel {
	var models []configModel
	for _, part := range sections["model_list"].parts {
		list := resolve(part.node)
		if list.Kind != yaml.SequenceNode {
			continue
		}
		for _, item := range list.Content {
			entry := r.mapping(part.file, item)
			params := r.mapping(part.file, entry["litellm_params"])
			info := r.mapping(part.file, entry["model_info"])
			m := configModel{
				Name:     textOf(entry["model_name"]),
				Provider: textOf(params["model"]),
				Base:     firstText(info["base_model"], params["base_model"]),
				// What litellm_params says wins, as in LiteLLM.
				MaxInput:  firstCount(params["max_input_tokens"], info["max_input_tokens"]),
				MaxOutput: firstCount(params["max_output_tokens"], info["max_output_tokens"], info["max_tokens"]),
				TPM:       firstCount(params["tpm"], info["tpm"], entry["tpm"]),
			}
			input, inputKnown := firstPrice(params["input_cost_per_token"], info["input_cost_per_token"])
			output, outputKnown := firstPrice(params["output_cost_per_token"], info["output_cost_per_token"])
			if inputKnown && outputKnown {
				m.Input, m.Output, m.Known = input, output, true
			}
			if m.Name != "" {
				models = append(models, m)
			}
		}
	}
	return models
}

// aliasesOf reads router_settings.model_group_alias: other names of models.
func aliasesOf(r *reader, sections map[string]topLevel) map[string]string {
	aliases := make(map[string]string)
	for _, part := range sections["router_settings"].parts {
		router := r.mapping(part.file, part.node)
		for alias, target := range r.mapping(part.file, router["model_group_alias"]) {
			name := textOf(target)
			if name == "" { // {model: name, hidden: true}
				name = textOf(r.mapping(part.file, target)["model"])
			}
			if name != "" {
				aliases[alias] = name
			}
		}
	}
	return aliases
}

// mapping is a mapping's fields by name, nil when it is none.
func (r *reader) mapping(file string, n *yaml.Node) map[string]*yaml.Node {
	if n == nil || resolve(n).Kind != yaml.MappingNode {
		return nil
	}
	m := make(map[string]*yaml.Node)
	for _, f := range r.fields(located{file, n}, "") {
		m[f.name] = f.value
	}
	return m
}

func textOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	s, err := read(n)
	if err != nil || s.tag == "!!null" {
		return ""
	}
	return s.text
}

func firstText(nodes ...*yaml.Node) string {
	for _, n := range nodes {
		if text := textOf(n); text != "" {
			return text
		}
	}
	return ""
}

func firstCount(nodes ...*yaml.Node) int {
	for _, n := range nodes {
		if v, err := strconv.Atoi(strings.ReplaceAll(textOf(n), "_", "")); err == nil && v > 0 {
			return v
		}
	}
	return 0
}

func firstPrice(nodes ...*yaml.Node) (Money, bool) {
	for _, n := range nodes {
		if text := textOf(n); text != "" {
			v, err := ParseMoney(strings.ReplaceAll(text, "_", ""))
			return v, err == nil
		}
	}
	return 0, false
}
