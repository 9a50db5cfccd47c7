// Command lanes writes look256_amd64.s out of look.go and joins.go: `go generate ./internal/tokens`. What is logic of words there is logic of four words at once here, a
// sight in each.
package main

import (
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("lanes: ")
	if err := os.WriteFile("look256_amd64.s", assembly("look.go", "joins.go"), 0o644); err != nil {
		log.Fatal(err)
	}
}
