package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

// lookEvery is how often files are looked at. A change is read once it has stood for that long, so that no half-written file is.
const lookEvery = time.Second

// serving is what new requests meet; a reload replaces it as a whole, and running requests keep theirs.
type serving struct {
	*haikuplanner.Planner
	source    string // where its configuration came from
	transport http.RoundTripper
}

func (p *proxy) put(planner *haikuplanner.Planner, source string) {
	p.current.Store(&serving{planner, source, planner.Transport(p.base)})
}

// RoundTrip makes the proxy the transport of its own reverse proxy: the request goes through the planner of the moment.
func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.current.Load().transport.RoundTrip(r)
	if err == nil {
		p.redirected(resp.Header)
		bare(r, resp)
	}
	return resp, err
}

// watch reads the configuration again at every signal, and when a file of it was changed, until ctx ends.
func (p *proxy) watch(ctx context.Context, signal <-chan os.Signal, tick <-chan time.Time, log io.Writer) {
	files := p.current.Load().Config().Files()
	read := stamp(files)
	changed := read
	for {
		select {
		case <-ctx.Done():
			return
		case <-signal:
		case <-tick:
			now := stamp(files)
			if now == read || now != changed {
				changed = now
				continue
			}
		}
		read = stamp(files)
		was := files
		files = p.reload(log)
		if !slices.Equal(was, files) {
			read = stamp(files)
		}
		changed = read
	}
}

// reload reads the configuration from where it was read before and gives it to requests from now on. A bad file changes nothing. It returns the files to watch.
func (p *proxy) reload(log io.Writer) []string {
	path := p.config
	if old := p.current.Load(); old.source != "" {
		path = old.source // a file that is gone for a moment is no reason to take the defaults
	}
	cfg, source, err := haikuplanner.LoadConfig(path)
	var planner *haikuplanner.Planner
	if info, gone := os.Stat(path); err == nil && path != "" && gone == nil && info.Size() == 0 {
		err = fmt.Errorf("%s: is empty: a full disk, or somebody still writes it", path) // the defaults would switch on what was off
	}
	if err == nil {
		planner, err = p.current.Load().With(cfg)
	}
	var out strings.Builder
	if err != nil {
		fmt.Fprintln(&out, "haiku-proxy: Config is not changed, the old settings stay:")
		complain(&out, err)
	} else {
		p.put(planner, source)
		announceConfig(&out, cfg, source)
	}
	io.WriteString(log, out.String())
	return cfg.Files()
}

// stamp tells whether files changed. Without a file it is the one that may come.
func stamp(files []string) string {
	if len(files) == 0 {
		files = []string{"config.yaml"}
	}
	var b strings.Builder
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil {
			fmt.Fprintf(&b, "%s\n", err)
		} else { // files put in place may have the size and the time of those before
			fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(text))
		}
	}
	return b.String()
}
