# make help lists what there is.
SHELL := bash
CACHE := .cache

.DEFAULT_GOAL := help
.PHONY: help build test race lint fuzz bench bench-compare microbench eval eval-real quickstart proxy litellm e2e clients ci

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## bin/haiku-proxy, static
	CGO_ENABLED=0 go build -trimpath -o bin/haiku-proxy ./examples/proxy

test: ## all tests; they need only Go
	go test ./...

race: ## the same under the race detector
	go test -race ./...

lint: ## gofmt, vet, staticcheck and the rules of the house
	bash .ci/run format vet lint house

FUZZ_SECONDS ?= 20
fuzz: ## every fuzz target for FUZZ_SECONDS (20) each
	FUZZ_SECONDS=$(FUZZ_SECONDS) bash .ci/run fuzz

bench: ## speed against baselines of the same run (BENCH='-run small' for one section)
	eval "$$(.ci/litellm $(CACHE)/litellm)" && go run ./internal/bench $(BENCH)

bench-compare: ## Go benchmarks of the hot paths, BASE=<commit> against the working tree, in turn
	go run ./internal/bench -compare $(or $(BASE),HEAD) $(BENCH)

microbench: ## Go benchmarks of single functions
	go test -run '^$$' -bench . -benchmem ./...

eval: ## right answers by a perfect and a careless worker (EVAL='-n 5 -only count' for less)
	go run ./internal/eval $(EVAL)

eval-real: ## the same by a small real model, fetched and built into .cache (an hour; can be stopped and gone on with; EVAL as above)
	bash internal/eval/real.sh $(EVAL)

quickstart: ## the main job in one command, with a model of its own
	go run ./examples/quickstart

proxy: ## the proxy on port 8000, before the LiteLLM of LITELLM_PROXY_URL
	go run ./examples/proxy

litellm: ## a real LiteLLM and a redis-server in .cache, for e2e
	.ci/litellm $(CACHE)/litellm

e2e: ## tests against a real LiteLLM
	eval "$$(.ci/litellm $(CACHE)/litellm)" && go test -count=1 -tags litellm -timeout 14m -v ./internal/e2e/...

clients: ## real packages of Python, Node.js and Go against the proxy: prints the table, and writes internal/clients/results.md
	eval "$$(.ci/clients $(CACHE)/clients)" && go test -count=1 -tags clients -timeout 14m -v ./internal/clients -results results.md

ci: ## everything that .ci/run checks
	bash .ci/run
