module github.com/haiku-planner/haikuplanner

go 1.23

require github.com/tiktoken-go/tokenizer v0.7.0

require github.com/dlclark/regexp2 v1.11.5 // indirect
