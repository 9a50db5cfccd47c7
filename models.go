package haikuplanner

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/haiku-planner/haikuplanner/internal/litellm"
	"github.com/haiku-planner/haikuplanner/internal/tokens"
)

// facts are what is known of a model by the name that callers use.
type facts struct {
	name      string
	provider  string // the provider's name of it, as far as known
	price     Price
	known     bool   // the price is known
	source    string // of the price: "litellm", "config", "builtin" or "unknown"
	window    int    // most prompt tokens, of the model's own tokenizer; 0 unknown
	maxOutput int    // most completion tokens; 0 unknown
	tpm       int    // tokens a minute; 0 unknown
	enc       *tokens.Encoding
	calib     *tokens.Calibration
}

// factor is how many tokens of the model's own tokenizer one counted token is.
func (f facts) factor() float64 { return f.calib.Factor(f.provider) }

// calibrated turns counted tokens into the model's own, rounded up; raw is the way back, rounded down.
func (f facts) calibrated(n int) int { return int(math.Ceil(float64(n) * f.factor())) }

func (f facts) raw(n int) int { return int(float64(n) / f.factor()) }

// How long LiteLLM's word about its models is good for, how long a look-up may take, how long requests that know no prices wait for it, and how long it rests
// after one failed.
const (
	modelsFresh   = 5 * time.Minute
	modelsTimeout = 5 * time.Second
	modelsWait    = 2 * time.Second
	modelsRest    = 30 * time.Second
)

// models answers for prices and limits: LiteLLM's /model/info where New was told of one, config.yaml's model_list, the built-in table.
type models struct {
	p    *Planner
	book priceBook
	url  string
	key  string

	mu     sync.RWMutex
	asked  *lookUp                  // under way
	live   map[string]litellm.Model // nil: nothing is known, and waiting for it was not in vain yet
	next   time.Time                // when to ask again
	nobody map[string]time.Time     // models that upstream did not know, and when
	seen   map[string]facts         // by name: what live and the book came to, for every small request asks
}

// A lookUp is a question to LiteLLM that requests may wait for.
type lookUp struct {
	began time.Time
	done  chan struct{}
}

// How many names are remembered, and how long they may be: callers choose them.
const (
	mostNames   = 1000
	longestName = 200
)

func newModels(b *builder, p *Planner) *models {
	m := &models{p: p, book: newPriceBook(b.cfg, b.prices), key: b.key}
	if b.litellm != nil {
		m.url = b.litellm.String()
	}
	return m
}

// inherit takes over what LiteLLM said to another planner, until it is asked anew.
func (m *models) inherit(old *models) {
	old.mu.RLock()
	defer old.mu.RUnlock()
	m.live = old.live
}

// refresh has LiteLLM asked again when its word is old. Requests go on with that meanwhile; only when there is none they wait, all of them until the same moment,
// and no more after that was in vain once.
func (m *models) refresh(ctx context.Context) {
	if m.url == "" {
		return
	}
	m.mu.Lock()
	if m.asked == nil && !time.Now().Before(m.next) {
		m.asked = m.ask(ofOurs(ctx)) // others need it when this client has gone
	}
	asked, none := m.asked, m.live == nil
	m.mu.Unlock()
	if asked == nil || !none {
		return
	}
	select {
	case <-asked.done:
	case <-time.After(time.Until(asked.began.Add(modelsWait))):
	case <-ctx.Done():
	}
}

// fetch gets LiteLLM's word.
func (m *models) fetch(ctx context.Context) (live map[string]litellm.Model, err error) {
	defer m.p.caught(&err)
	ctx, cancel := context.WithTimeout(ctx, modelsTimeout)
	defer cancel()
	return litellm.FetchModels(ctx, m.p.base, m.url, m.key)
}

// learn takes what a look-up came to.
func (m *models) learn(asked *lookUp, live map[string]litellm.Model, err error) {
	if err != nil {
		m.p.once("model-info", slog.LevelWarn, "LiteLLM's /model/info cannot be read: prices and windows come from config.yaml and the built-in table", "error", err.Error())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.live, m.seen, m.next = live, nil, time.Now().Add(modelsFresh)
	case m.live == nil && time.Since(asked.began) >= modelsWait:
		m.live = map[string]litellm.Model{}
		fallthrough
	default:
		m.next = time.Now().Add(modelsRest)
	}
	m.asked = nil
	close(asked.done)
}

// strangerFor is how long a model is forwarded that upstream did not know: that costs the chunks of one request, not of all that a client's queue repeats.
const strangerFor = 30 * time.Second

// stranger remembers that upstream did not know a model that a request named.
func (m *models) stranger(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nobody == nil || len(m.nobody) >= mostNames {
		m.nobody = map[string]time.Time{}
	}
	if len(name) <= longestName {
		m.nobody[strings.Clone(name)] = time.Now()
	}
}

// known forgets it, for upstream answered.
func (m *models) known(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.nobody, name)
}

func (m *models) isStranger(name string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	at, ok := m.nobody[name]
	return ok && time.Since(at) < strangerFor
}

func (m *models) facts(name string) facts {
	m.mu.RLock()
	f, ok := m.seen[name]
	m.mu.RUnlock()
	if ok {
		return f
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	name = strings.Clone(name) // it may share the memory of a whole body
	live, ok := m.live[name]
	f = m.book.facts(name, live, ok)
	f.name, f.calib = name, &m.p.calib
	if f.provider == "" {
		f.provider = name
	}
	f.enc = tokens.ForModel(f.provider)
	if m.seen == nil || len(m.seen) >= mostNames {
		m.seen = map[string]facts{}
	}
	if len(name) <= longestName {
		m.seen[name] = f
	}
	return f
}
