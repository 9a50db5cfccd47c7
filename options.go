package haikuplanner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// An Option sets up a Planner. Options may be given in any order; what one gets wrong is reported by New, together with everything else. A setting
// given by an option wins over the file's, the file's over the default. A nil Option does nothing.
type Option func(*builder) error

type builder struct {
	cfg      Config
	sources  []string // what gave cfg: at most one
	override []func(*Config)
	base     http.RoundTripper
	litellm  *url.URL
	key      string
	rules    bool
	prices   map[string]Price
	logger   *slog.Logger
	observer func(Event)
}

// WithConfig takes all settings from c, which New validates; start from DefaultConfig. It excludes WithConfigFile.
func WithConfig(c Config) Option {
	return func(b *builder) error {
		b.cfg, b.sources = c, append(b.sources, "WithConfig")
		return nil
	}
}

// WithConfigFile takes all settings from a config.yaml, as LoadConfig(path) does: "" looks in the usual places, which the environment names. It excludes WithConfig.
func WithConfigFile(path string) Option {
	return func(b *builder) error {
		b.sources = append(b.sources, "WithConfigFile")
		c, _, err := LoadConfig(path)
		if err == nil {
			b.cfg = c
		}
		return err
	}
}

// WithThreshold sets large_request_threshold: prompts above so many tokens are large. It is at least 1.
func WithThreshold(promptTokens int) Option {
	return func(b *builder) error {
		b.override = append(b.override, func(c *Config) { c.LargeRequestThreshold = promptTokens })
		return nil
	}
}

// WithChunkSizes sets min_chunk_size, optimal_chunk_size and max_chunk_size, in tokens: at least 1, none above the next.
func WithChunkSizes(min, optimal, max int) Option {
	return func(b *builder) error {
		b.override = append(b.override, func(c *Config) { c.MinChunkSize, c.OptimalChunkSize, c.MaxChunkSize = min, optimal, max })
		return nil
	}
}

// WithModels sets planner_model, fast_execution_model and deep_execution_model; an empty name keeps what was configured.
func WithModels(planner, fast, deep string) Option {
	return func(b *builder) error {
		b.override = append(b.override, func(c *Config) {
			for _, s := range []struct {
				to   *string
				name string
			}{{&c.PlannerModel, planner}, {&c.FastExecutionModel, fast}, {&c.DeepExecutionModel, deep}} {
				if s.name != "" {
					*s.to = s.name
				}
			}
		})
		return nil
	}
}

// WithLiteLLM says where LiteLLM's /model/info is, and the key to ask it with: prices and windows come from there. It is for these look-ups only: calls go
// where the caller's request goes, with the caller's own key. The path of baseURL is the prefix below which chat paths are recognised. Without it, and for models that
// LiteLLM does not name, prices and windows are those of WithPrices, the configuration file and a built-in table. LiteLLM is asked when the first request needs a price
// and again every five minutes, or half a minute after it failed; only where it never answered do requests wait for it, two seconds at most. An empty masterKey asks without a key.
func WithLiteLLM(baseURL, masterKey string) Option {
	return func(b *builder) error {
		u, err := url.Parse(strings.TrimRight(baseURL, "/"))
		if err != nil {
			return fmt.Errorf("WithLiteLLM: %w", err)
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return fmt.Errorf("WithLiteLLM: %q is not an http or https URL: give one like http://localhost:4000", u.Redacted())
		}
		b.litellm, b.key = u, masterKey
		return nil
	}
}

// WithBase sets the transport for look-ups and for what Plan asks, and for calls where Transport and Client are given none; nil, the default, is http.DefaultTransport.
func WithBase(rt http.RoundTripper) Option {
	return func(b *builder) error { b.base = rt; return nil }
}

// WithRules never asks the planner model: rules in the code choose the operator.
func WithRules() Option {
	return func(b *builder) error { b.rules = true; return nil }
}

// WithPrices gives prices by the model name that callers use, per token; they win over LiteLLM's. None may be negative. The map must not be changed afterwards.
func WithPrices(prices map[string]Price) Option {
	return func(b *builder) error {
		for name, p := range prices {
			if p.Input < 0 || p.Output < 0 {
				return fmt.Errorf("WithPrices: the price of %q is negative", name)
			}
		}
		b.prices = prices
		return nil
	}
}

// WithLogger gets structured lines on decisions and failures, never text of a prompt, a key or a header's value: what is small at level Debug, what is large at Info,
// failures at Warn. nil, the default, is silent.
func WithLogger(l *slog.Logger) Option {
	return func(b *builder) error { b.logger = l; return nil }
}

// WithObserver is told of progress, from goroutines of ours: one event at a time per request, so that calls wait until it returns, but events of several requests at
// once. nil, the default, hears nothing.
func WithObserver(f func(Event)) Option {
	return func(b *builder) error { b.observer = f; return nil }
}

// build applies options and validates the result, reporting all problems at once.
func build(opts []Option) (*builder, error) {
	b := &builder{cfg: DefaultConfig()}
	var errs []error
	for _, o := range opts {
		if o != nil {
			errs = append(errs, o(b))
		}
	}
	if len(b.sources) > 1 {
		errs = append(errs, fmt.Errorf("%s: give the configuration once", strings.Join(b.sources, " and ")))
	}
	if err := errors.Join(append(errs, b.settle())...); err != nil {
		return nil, err
	}
	if b.base == nil {
		b.base = http.DefaultTransport
	}
	if b.logger == nil {
		b.logger = slog.New(silent{})
	}
	return b, nil
}

// settle lays the options over the configuration and judges what comes of it.
func (b *builder) settle() error {
	for _, f := range b.override {
		f(&b.cfg)
	}
	return b.cfg.Validate()
}

// silent is the logger of a planner that was given none.
type silent struct{}

func (silent) Enabled(context.Context, slog.Level) bool  { return false }
func (silent) Handle(context.Context, slog.Record) error { return nil }
func (s silent) WithAttrs([]slog.Attr) slog.Handler      { return s }
func (s silent) WithGroup(string) slog.Handler           { return s }
