// Package e2e tests the proxy before a real LiteLLM, with a scripted provider behind it: client → haiku-proxy → LiteLLM → provider, as local processes
// that are started with the commands and the environment of examples/proxy/docker-compose.yml. Build tag litellm; `make e2e` sets LiteLLM up.
package e2e
