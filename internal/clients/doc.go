// Package clients holds the client matrix: real packages of Python, Node.js and Go, and curl, against the proxy's own binary and a scripted upstream. Its tests
// have the build tag clients and need what .ci/clients sets up: see make clients. A client that cannot run fails; none is left out.
//
// The parts: jobs_test.go says what is asked and what a client must see, upstream_test.go what the upstream answers, clients.py, clients.mjs and
// examples/clients/matrix do a job with one client each and say what they saw, matrix_test.go starts all that and prints the table.
package clients
