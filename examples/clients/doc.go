// Package clients shows the planner inside Go programs, by the SDK that they use, and checks that these notice nothing. It is a module of its own, so
// that who imports the library does not download them.
package clients
