package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// settings are what flags and environment say; everything else is in the configuration file.
type settings struct {
	config     string   // path; "" looks in the usual places
	listen     string   // address
	litellm    string   // base URL as given
	litellmURL *url.URL // the same, parsed
	masterKey  string
	lend       bool // lend the master key to callers without one
	check      bool
	version    bool
	health     bool
}

var (
	errHelp  = errors.New("help was asked for")
	errFlags = errors.New("flags that are not understood")
)

// readSettings reads flags first, environment second, defaults last. The error holds all problems, one a line.
func readSettings(args []string, getenv func(string) string, stderr io.Writer) (settings, error) {
	var s settings
	var problems []error
	port := getenv("PROXY_PORT")
	if port == "" {
		port = "8000"
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		problems = append(problems, fmt.Errorf("PROXY_PORT: %q is no port: give a number from 0 to 65535", port))
	}
	litellm := getenv("LITELLM_PROXY_URL")
	if litellm == "" {
		litellm = "http://localhost:4000"
	}
	lend := false
	switch v := getenv("HAIKU_LEND_MASTER_KEY"); v {
	case "1", "true":
		lend = true
	case "", "0", "false":
	default:
		problems = append(problems, fmt.Errorf("HAIKU_LEND_MASTER_KEY: %q: give 1 or 0", v))
	}
	s.masterKey = strings.TrimSpace(getenv("LITELLM_MASTER_KEY")) // a key from a file often ends in a line break

	f := flag.NewFlagSet("haiku-proxy", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.config, "config", "", "`file` with LiteLLM's and our settings (default: CONFIG_YAML_PATH, HAIKU_CONFIG_PATH, ./config.yaml)")
	f.StringVar(&s.listen, "listen", ":"+port, "`address` to listen on; PROXY_PORT sets the port")
	f.StringVar(&s.litellm, "litellm", litellm, "LiteLLM's base `URL`; LITELLM_PROXY_URL sets it too")
	f.BoolVar(&s.lend, "lend-master-key", lend, "let callers without a key spend LITELLM_MASTER_KEY; HAIKU_LEND_MASTER_KEY=1 does the same")
	f.BoolVar(&s.check, "check", false, "check the configuration, print the effective values and exit")
	f.BoolVar(&s.version, "version", false, "print the version and exit")
	f.BoolVar(&s.health, "health", false, "ask the proxy that listens on this machine whether it is healthy and exit")
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return s, errHelp
	} else if err != nil {
		return s, errFlags
	}
	if f.NArg() > 0 {
		problems = append(problems, fmt.Errorf("%q is not understood: there are only flags, see -help", f.Arg(0)))
	}
	if _, _, err := net.SplitHostPort(s.listen); err != nil {
		problems = append(problems, fmt.Errorf("-listen: %v: give an address like :8000 or 127.0.0.1:8000", err))
	}
	s.litellm = strings.TrimSuffix(strings.TrimRight(s.litellm, "/"), "/v1") // which clients' base URLs have, and LiteLLM's paths bring along
	u, err := url.Parse(s.litellm)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		problems = append(problems, errors.New("-litellm (LITELLM_PROXY_URL): it is no http or https URL: give one like http://localhost:4000"))
	case itself(u, s.listen):
		problems = append(problems, fmt.Errorf("-litellm (LITELLM_PROXY_URL): %s is the address that this proxy listens on: name LiteLLM's, usually http://localhost:4000", u.Redacted()))
	default:
		s.litellmURL = u
	}
	if s.lend && s.masterKey == "" {
		problems = append(problems, errors.New("-lend-master-key (HAIKU_LEND_MASTER_KEY): there is no LITELLM_MASTER_KEY to lend: set it or leave the switch out"))
	}
	return s, errors.Join(problems...)
}

// itself says whether the upstream is this very proxy, which would ask itself for ever.
func itself(u *url.URL, listen string) bool {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" || u.Port() != port {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
	here := host == "" || host == "localhost" || host == u.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		here = here || ip.IsLoopback() || ip.IsUnspecified()
	}
	return local && here
}

// ask is the container's health check: the image holds no other program that could ask.
func ask(ctx context.Context, listen string, stderr io.Writer) int {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return 1
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/health", nil)
	if err != nil {
		return 1
	}
	resp, err := (&http.Transport{Proxy: nil}).RoundTrip(r)
	if err != nil {
		fmt.Fprintln(stderr, "haiku-proxy:", err)
		return 1
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		fmt.Fprintln(stderr, "haiku-proxy: /health answered", resp.Status)
		return 1
	}
	return 0
}

// version is the module's, or the commit's for a build from a work tree.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
