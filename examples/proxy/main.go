// Command proxy puts Haiku Planner in front of LiteLLM: clients talk to port 8000 as they would to LiteLLM, requests that are too big for comfort are
// decomposed, everything else goes through as it came.
//
//	LITELLM_PROXY_URL=http://localhost:4000 LITELLM_MASTER_KEY=sk-… go run ./examples/proxy -config config.yaml
//
// The exit status is 2 when flags, environment or configuration are wrong, 1 when it could not serve.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/haiku-planner/haikuplanner"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is main without the process: arguments and environment in, exit status out. It serves until ctx ends or a signal arrives.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	s, err := readSettings(args, getenv, stderr)
	switch {
	case errors.Is(err, errHelp):
		return 0
	case errors.Is(err, errFlags): // the flag package has said what and how
		return 2
	case s.version:
		fmt.Fprintln(stdout, "haiku-proxy", version())
		return 0
	case s.health && err == nil:
		return ask(ctx, s.listen, stderr)
	}
	cfg, source, configErr := haikuplanner.LoadConfig(s.config)
	if err := errors.Join(err, configErr); err != nil {
		complain(stderr, err)
		return 2
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP) // reloads; before the first word of ours, after which one may come
	defer signal.Stop(hup)
	base := newBase()
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	planner, err := haikuplanner.New(haikuplanner.WithConfig(cfg), haikuplanner.WithLiteLLM(s.litellm, s.masterKey), haikuplanner.WithBase(base), haikuplanner.WithLogger(logger))
	if err != nil {
		complain(stderr, err)
		return 2
	}
	if s.check {
		announce(stdout, s, cfg, source)
		return 0
	}

	announce(stderr, s, cfg, source)
	handler, err := newHandler(s, planner, source, base, logger)
	if err != nil {
		complain(stderr, err)
		return 2
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		fmt.Fprintf(stderr, "haiku-proxy: %v: choose another address with -listen or PROXY_PORT\n", err)
		return 1
	}
	fmt.Fprintf(stderr, "haiku-proxy %s listens on %s\n", version(), listener.Addr())
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	go handler.watch(ctx, hup, tick.C, stderr)
	drain := func() time.Duration { return handler.current.Load().Config().TotalTimeout }
	if err := serve(ctx, stop, listener, handler, drain, logger); err != nil {
		fmt.Fprintf(stderr, "haiku-proxy: %v\n", err)
		return 1
	}
	return 0
}

// serve answers requests until ctx ends, and then finishes those that are running: for atMost, or until a second signal.
func serve(ctx context.Context, stop func(), listener net.Listener, handler http.Handler, atMost func() time.Duration, logger *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// No WriteTimeout: an answer may stream for as long as it takes.
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain := atMost()
	stop() // a second signal ends the process at once
	logger.Info("shutting down: running requests are finished first", "at_most", drain.String())
	limit, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		server.Close()
		return fmt.Errorf("requests were cut off after %s: %w", drain, err)
	}
	return nil
}

// announce writes the start-up log. Its lines are searched for by people and scripts: see Config.LogLines.
func announce(w io.Writer, s settings, cfg haikuplanner.Config, source string) {
	announceConfig(w, cfg, source)
	fmt.Fprintln(w, "LITELLM_PROXY_URL:", s.litellmURL.Redacted())
	switch {
	case s.lend:
		fmt.Fprintln(w, "LITELLM_MASTER_KEY: set, and lent to every caller without a key of their own: anyone who can reach this port spends it")
	case s.masterKey != "":
		fmt.Fprintln(w, "LITELLM_MASTER_KEY: set, used to look up models and prices; callers spend with their own keys")
	default:
		fmt.Fprintln(w, "LITELLM_MASTER_KEY: not set, so LiteLLM may refuse to tell prices and windows; callers spend with their own keys")
	}
}

// announceConfig is the part of it that a reload writes again.
func announceConfig(w io.Writer, cfg haikuplanner.Config, source string) {
	for _, line := range cfg.LogLines(source) {
		fmt.Fprintln(w, line)
	}
	for _, note := range cfg.Notes() {
		fmt.Fprintln(w, "note:", note)
	}
}

// complain lists every problem, each on a line of its own.
func complain(w io.Writer, err error) {
	for _, line := range strings.Split(strings.TrimSpace(err.Error()), "\n") {
		fmt.Fprintln(w, "haiku-proxy:", line)
	}
}
