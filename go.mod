module github.com/haiku-planner/haikuplanner

go 1.23.0

require (
	github.com/dlclark/regexp2 v1.11.5
	github.com/google/go-cmp v0.7.0
	github.com/sashabaranov/go-openai v1.43.0
	github.com/tiktoken-go/tokenizer v0.7.0
	golang.org/x/text v0.22.0
	gopkg.in/yaml.v3 v3.0.1
)

require github.com/santhosh-tekuri/jsonschema/v6 v6.0.3

require golang.org/x/sys v0.33.0
