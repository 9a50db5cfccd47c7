package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/haiku-planner/haikuplanner"
	"github.com/haiku-planner/haikuplanner/internal/offline"
)

// A setup is the whole line in one process: client → proxy → LiteLLM.
type setup struct {
	planner  *haikuplanner.Planner
	proxy    string // URL
	upstream string // URL
	key      string // the caller's
	offline  bool
	servers  []*http.Server
}

// start starts the proxy, and the stand-in for LiteLLM where the environment names no real one.
func start(getenv func(string) string, observe func(haikuplanner.Event)) (*setup, error) {
	s := &setup{key: getenv("OPENAI_API_KEY")}
	s.upstream = strings.TrimSuffix(strings.TrimRight(getenv("LITELLM_PROXY_URL"), "/"), "/v1") // which clients' base URLs have
	if s.key == "" {
		s.key = getenv("LITELLM_MASTER_KEY")
	}
	var err error
	if s.offline = s.upstream == ""; s.offline {
		s.key = "sk-none-needed"
		if s.upstream, err = s.serve(offline.New()); err != nil {
			return nil, err
		}
	}
	to, err := url.Parse(s.upstream)
	if err != nil || to.Host == "" {
		s.stop()
		return nil, fmt.Errorf("LITELLM_PROXY_URL is %q, which is no URL like http://localhost:4000", s.upstream)
	}
	if err := alive(s.upstream); err != nil {
		s.stop()
		return nil, err
	}
	cfg, _, err := haikuplanner.LoadConfig("")
	if err != nil {
		s.stop()
		return nil, err
	}
	s.planner, err = haikuplanner.New(
		haikuplanner.WithConfig(cfg),
		haikuplanner.WithLiteLLM(s.upstream, getenv("LITELLM_MASTER_KEY")),
		haikuplanner.WithObserver(observe),
	)
	if err != nil {
		s.stop()
		return nil, err
	}

	// This is the proxy: a reverse proxy whose transport is the planner's. examples/proxy has the rest that a server needs.
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:     s.planner.Transport(nil),
		FlushInterval: -1,
	}
	mux := http.NewServeMux()
	mux.Handle("/", forward)
	mux.HandleFunc("POST /haiku-planner/plan", func(w http.ResponseWriter, r *http.Request) {
		plan, err := s.planner.Plan(r.Context(), r)
		var refused *haikuplanner.Error
		switch {
		case errors.As(err, &refused):
			http.Error(w, refused.Message, refused.Status)
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		default:
			json.NewEncoder(w).Encode(plan)
		}
	})
	if s.proxy, err = s.serve(mux); err != nil {
		s.stop()
	}
	return s, err
}

// alive says early and clearly that nobody is there. Any answer will do.
func alive(upstream string) error {
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(strings.TrimSuffix(upstream, "/") + "/health/liveliness")
	if err != nil {
		return fmt.Errorf("LITELLM_PROXY_URL: LiteLLM does not answer: %w", err)
	}
	return resp.Body.Close()
}

// serve serves h on a free local port and returns its URL.
func (s *setup) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go server.Serve(l)
	return "http://" + l.Addr().String(), nil
}

func (s *setup) stop() {
	for _, server := range s.servers {
		server.Close()
	}
}
