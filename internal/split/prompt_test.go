package split

import "testing"

func TestPrompt(t *testing.T) {
	for line, want := range map[string]bool{
		"ann@host:~/src$ make":           true,
		"root@0123abcd:/# ls -la":        true,
		"[ann@host src]$ make":           true,
		"ann@host ~ % make":              true,
		"PS C:\\src> make":               true,
		"ann@host.example.com wrote":     false,
		"Mail ann@host: it costs 5 $ up": false,
		"ann@example.com: # of items":    false,
		"@host: $ x":                     false,
		"ann@":                           false,
		"":                               false,
	} {
		if got := prompt(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
