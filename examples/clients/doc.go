// Package clients shows the planner inside Go programs that use other SDKs than go-openai, and checks that these notice nothing. It is a module of its own, so
// that who imports the library does not download them.
package clients
