package haikuplanner

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Config holds the settings of the haiku_planner section of config.yaml. It is plain data: copy it, change it, hand it to WithConfig. The zero Config is
// not valid; start from DefaultConfig or LoadConfig. Sizes are tokens of the request's tokenizer unless they say bytes.
type Config struct {
	Enabled    bool `yaml:"enabled"`     // default true; false: everything is forwarded
	AutoEnable bool `yaml:"auto_enable"` // default true; false: only requests with x-decompose: 1 are decomposed

	LargeRequestThreshold int `yaml:"large_request_threshold"` // default 8000: prompts above it are large; at least 1
	MaxTokensThreshold    int `yaml:"max_tokens_threshold"`    // default 15000: a max_tokens above it asks for a long output; at least 1

	// MaxChunks is how many calls of one request are in flight at once, default 3, at least 1. It is not the number of chunks: as many as the material
	// needs are run.
	MaxChunks        int `yaml:"max_chunks"`
	OptimalChunkSize int `yaml:"optimal_chunk_size"` // default 1500: aimed at when CostOptimizationEnabled
	MaxChunkSize     int `yaml:"max_chunk_size"`     // default 2000: never exceeded
	MinChunkSize     int `yaml:"min_chunk_size"`     // default 500: a last piece below it is merged where MaxChunkSize allows; at least 1

	// CostOptimizationEnabled, default true, forwards a large request when decomposing it would cost more. False: the threshold alone decides.
	CostOptimizationEnabled bool `yaml:"cost_optimization_enabled"`

	PlannerModel       string `yaml:"planner_model"`        // default "autox": asked how to decompose, whatever x-quality says
	FastExecutionModel string `yaml:"fast_execution_model"` // default "autox": reads the chunks; does all calls of x-quality: fast but the planner's
	DeepExecutionModel string `yaml:"deep_execution_model"` // default "sonnet-4-x": does all calls of x-quality: deep but the planner's

	MaxCostPerRequest Money   `yaml:"max_cost_per_request"` // default 1.0 dollar, above 0; x-max-cost can lower it
	CostSafetyMargin  float64 `yaml:"cost_safety_margin"`   // default 0.2: this part of the cap is left unspent; in [0, 1)

	// Times are above 0. In YAML a number is seconds (60, 0.5); "90s" and "2m" work too.
	PlannerTimeout time.Duration `yaml:"planner_timeout"` // default 60: one call to the planner model, all its tries
	ChunkTimeout   time.Duration `yaml:"chunk_timeout"`   // default 120: one try of any other call, and 50 ms more for each token that a final one may have; of a stream the silence within it
	TotalTimeout   time.Duration `yaml:"total_timeout"`   // default 600: the whole request

	// CostSavingsTarget is the part of the direct call's cost that decomposing must save, default 0; in [0, 1). With 0.3 a request that would cost 75 % of the
	// direct call is forwarded.
	CostSavingsTarget float64 `yaml:"cost_savings_target"`
	LogDecompositions bool    `yaml:"log_decompositions"` // default true: one log line per decomposed request

	// Limits of the whole process, ours: neither the specification nor the Python original has them.
	MaxBodyBytes     int `yaml:"max_body_bytes"`      // default 64 MiB: larger chat bodies are streamed on unread; from 1 to 2 GiB - 1
	MaxCallsInFlight int `yaml:"max_calls_in_flight"` // default 256: calls of all requests together; at least MaxChunks
	// MaxBufferedBytes, default 512 MiB, bounds all together that is above 64 KiB each: bodies of requests, replies to calls of ours while they are read, and what
	// clients have not read of their answers. It is at least MaxBodyBytes.
	MaxBufferedBytes int `yaml:"max_buffered_bytes"`

	file *configFile // nil when no file was read
}

// configFile is what a Config remembers of the file it came from. It is not changed after loading.
type configFile struct {
	files  []string          // it and what it includes
	origin map[string]string // key → "file:line", for keys that the file sets
	bad    map[string]bool   // keys whose value could not be read, so that they are not judged twice
	loaded *Config           // as the file gave it, to see what was changed since
	notes  []string
	models []configModel
	alias  map[string]string // router_settings.model_group_alias
}

// DefaultConfig returns the settings of a file without a haiku_planner section.
func DefaultConfig() Config {
	return Config{
		Enabled:                 true,
		AutoEnable:              true,
		LargeRequestThreshold:   8000,
		MaxTokensThreshold:      15000,
		MaxChunks:               3,
		OptimalChunkSize:        1500,
		MaxChunkSize:            2000,
		MinChunkSize:            500,
		CostOptimizationEnabled: true,
		PlannerModel:            "autox",
		FastExecutionModel:      "autox",
		DeepExecutionModel:      "sonnet-4-x",
		MaxCostPerRequest:       Dollar,
		CostSafetyMargin:        0.2,
		PlannerTimeout:          60 * time.Second,
		ChunkTimeout:            120 * time.Second,
		TotalTimeout:            600 * time.Second,
		LogDecompositions:       true,
		MaxBodyBytes:            64 << 20,
		MaxCallsInFlight:        256,
		MaxBufferedBytes:        512 << 20,
	}
}

// A setting is a key of the haiku_planner section.
type setting struct {
	key    string
	field  func(*Config) any // pointer to the field
	remark string            // printed beside the value at start-up
}

// settings are all keys that mean something, in the order in which they are printed: the specification's, then the original's, then ours.
var settings = []setting{
	{"enabled", func(c *Config) any { return &c.Enabled }, ""},
	{"auto_enable", func(c *Config) any { return &c.AutoEnable }, ""},
	{"large_request_threshold", func(c *Config) any { return &c.LargeRequestThreshold }, ""},
	{"max_tokens_threshold", func(c *Config) any { return &c.MaxTokensThreshold }, ""},
	{"max_chunks", func(c *Config) any { return &c.MaxChunks }, "calls in flight at once, not the number of chunks"},
	{"optimal_chunk_size", func(c *Config) any { return &c.OptimalChunkSize }, ""},
	{"max_chunk_size", func(c *Config) any { return &c.MaxChunkSize }, ""},
	{"min_chunk_size", func(c *Config) any { return &c.MinChunkSize }, ""},
	{"cost_optimization_enabled", func(c *Config) any { return &c.CostOptimizationEnabled }, ""},
	{"planner_model", func(c *Config) any { return &c.PlannerModel }, ""},
	{"fast_execution_model", func(c *Config) any { return &c.FastExecutionModel }, ""},
	{"deep_execution_model", func(c *Config) any { return &c.DeepExecutionModel }, ""},
	{"max_cost_per_request", func(c *Config) any { return &c.MaxCostPerRequest }, ""},
	{"cost_safety_margin", func(c *Config) any { return &c.CostSafetyMargin }, ""},
	{"planner_timeout", func(c *Config) any { return &c.PlannerTimeout }, ""},
	{"chunk_timeout", func(c *Config) any { return &c.ChunkTimeout }, ""},
	{"total_timeout", func(c *Config) any { return &c.TotalTimeout }, ""},
	{"cost_savings_target", func(c *Config) any { return &c.CostSavingsTarget }, ""},
	{"log_decompositions", func(c *Config) any { return &c.LogDecompositions }, ""},
	{"max_body_bytes", func(c *Config) any { return &c.MaxBodyBytes }, ""},
	{"max_calls_in_flight", func(c *Config) any { return &c.MaxCallsInFlight }, ""},
	{"max_buffered_bytes", func(c *Config) any { return &c.MaxBufferedBytes }, ""},
}

// retired are the keys of the Python original that no longer mean anything, with what to know instead.
var retired = map[string]string{
	"max_internal_calls":       "as many calls are made as the material needs; max_cost_per_request and total_timeout bound them",
	"chunk_size":               "max_chunk_size is the limit of a chunk",
	"cache_plans":              "prompts are deterministic, so LiteLLM's cache keeps plans",
	"plan_cache_ttl":           "prompts are deterministic, so LiteLLM's cache keeps plans, as long as its own ttl says",
	"max_chunk_execution_time": "chunk_timeout is the limit of a call",
	"track_chunk_performance":  "every call's tokens, cost and time are always in the answer's haiku_planner object",
	"alert_on_high_cost":       "a request that would pass max_cost_per_request is refused before it costs anything",
	"max_files_per_chunk":      "a chunk is bounded by max_chunk_size alone",
	"max_tokens_per_chunk":     "max_chunk_size is the limit of a chunk",
	"blocked_patterns":         "text is data here and never run, so none of it is blocked; LiteLLM's guardrails can do that",
}

func settingOf(key string) (setting, bool) {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
	if i < 0 {
		return setting{}, false
	}
	return settings[i], true
}

// Equal says whether c and d hold the same settings of our section, whatever file they came from. Prices that a file's model_list gives are not compared.
func (c Config) Equal(d Config) bool {
	c.file, d.file = nil, nil
	return c == d
}

// Notes are remarks on the file that was loaded, each starting with file and line: keys that no longer mean anything, sections that an include replaced.
// They are worth a log line; none is an error.
func (c Config) Notes() []string {
	if c.file == nil {
		return nil
	}
	return slices.Clone(c.file.notes)
}

// Files are the file that was loaded and what it includes, for who wants to know when they change. They are right even when LoadConfig failed.
func (c Config) Files() []string {
	if c.file == nil {
		return nil
	}
	return slices.Clone(c.file.files)
}

// mostOfAny bounds every number of tokens, bytes and calls, so that what is computed of them, prices included, cannot overflow: 64 GiB are more than any machine buffers.
const mostOfAny = min(1<<36, math.MaxInt)

// mostBody bounds max_body_bytes: places in a text, and its tokens, are kept in 32 bits.
const mostBody = math.MaxInt32

func mostOf(key string) int {
	if key == "max_body_bytes" {
		return mostBody
	}
	return mostOfAny
}

// Validate returns all problems at once, nil when there is none. Each says where (file and line when the value came from a file), which key, what is
// wrong and what to do.
func (c Config) Validate() error {
	var errs []error
	broken := make(map[string]bool)
	if c.file != nil {
		for key := range c.file.bad {
			broken[key] = true
		}
	}
	report := func(key, format string, args ...any) {
		broken[key] = true
		errs = append(errs, errors.New(c.where(key)+": "+fmt.Sprintf(format, args...)))
	}
	for _, s := range settings {
		if broken[s.key] {
			continue
		}
		switch v := s.field(&c).(type) {
		case *int:
			if *v < 1 {
				report(s.key, "is %d, must be at least 1%s", *v, lowest[s.key])
			} else if most := mostOf(s.key); *v > most {
				report(s.key, "is %d, must be at most %d", *v, most)
			}
		case *string:
			if *v == "" || strings.TrimSpace(*v) != *v || strings.ContainsFunc(*v, unicode.IsControl) {
				report(s.key, "is %q, must be the name of a model in LiteLLM's model_list", shorten(*v))
			}
		case *Money:
			if *v <= 0 {
				report(s.key, "is %s, must be above 0 dollars; to decompose nothing set enabled: false", v.decimal())
			}
		case *float64:
			if !(*v >= 0 && *v < 1) { // catches NaN too
				report(s.key, "is %v, must be a fraction from 0 up to, but not including, 1", *v)
			}
		case *time.Duration:
			if *v <= 0 {
				report(s.key, "is %s, must be above 0 seconds", seconds(*v))
			}
		}
	}
	// Only keys that are right by themselves are compared. A problem is reported where the file sets something.
	order := func(low, high string, a, b int) {
		if broken[low] || broken[high] || a <= b {
			return
		}
		if c.isSet(high) && !c.isSet(low) {
			report(high, "is %d, below %s, which is %d; raise it or lower %s", b, low, a, low)
			return
		}
		report(low, "is %d, above %s, which is %d; lower it or raise %s", a, high, b, high)
	}
	order("min_chunk_size", "optimal_chunk_size", c.MinChunkSize, c.OptimalChunkSize)
	order("optimal_chunk_size", "max_chunk_size", c.OptimalChunkSize, c.MaxChunkSize)
	order("min_chunk_size", "max_chunk_size", c.MinChunkSize, c.MaxChunkSize)
	order("max_chunks", "max_calls_in_flight", c.MaxChunks, c.MaxCallsInFlight)
	order("max_body_bytes", "max_buffered_bytes", c.MaxBodyBytes, c.MaxBufferedBytes)
	return errors.Join(errs...)
}

// lowest says, for keys where someone may have meant something by zero, how to say it.
var lowest = map[string]string{
	"large_request_threshold": "; 1 makes every request large, auto_enable: false none",
	"max_tokens_threshold":    "; 1 makes every max_tokens large, a very high number none",
}

// where names a key as "file:line: haiku_planner.key".
func (c Config) where(key string) string {
	if c.isSet(key) {
		return c.file.origin[key] + ": haiku_planner." + key
	}
	return "haiku_planner." + key
}

// isSet says whether the file sets key, and its value still stands.
func (c Config) isSet(key string) bool {
	if c.file == nil || c.file.origin[key] == "" {
		return false
	}
	s, ok := settingOf(key)
	return !ok || c.file.loaded == nil || equalValues(s.field(&c), s.field(c.file.loaded))
}

// equalValues compares what two pointers of one setting point to.
func equalValues(a, b any) bool {
	switch a := a.(type) {
	case *bool:
		return *a == *b.(*bool)
	case *int:
		return *a == *b.(*int)
	case *string:
		return *a == *b.(*string)
	case *Money:
		return *a == *b.(*Money)
	case *float64:
		return *a == *b.(*float64)
	case *time.Duration:
		return *a == *b.(*time.Duration)
	}
	return false
}

// A Value is one effective setting and where it came from.
type Value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`  // bool, int, string, Money, or float64; times are seconds, as in the file
	Source string `json:"source"` // "default", "file:line", or "option" when code set it
}

// Values lists every setting: the specification's in its order, then the further ones.
func (c Config) Values() []Value {
	base := DefaultConfig()
	if c.file != nil && c.file.loaded != nil {
		base = *c.file.loaded
	}
	values := make([]Value, 0, len(settings))
	for _, s := range settings {
		v := Value{Key: s.key, Source: "default"}
		switch {
		case c.isSet(s.key):
			v.Source = c.file.origin[s.key]
		case !equalValues(s.field(&c), s.field(&base)):
			v.Source = "option"
		}
		switch p := s.field(&c).(type) {
		case *bool:
			v.Value = *p
		case *int:
			v.Value = *p
		case *string:
			v.Value = *p
		case *Money:
			v.Value = *p
		case *float64:
			v.Value = *p
		case *time.Duration:
			v.Value = p.Seconds()
		}
		values = append(values, v)
	}
	return values
}

// LogLines are the lines that the start-up log must hold: where the configuration was found (source as LoadConfig returned it, "" for no file), then every
// key in capitals with its effective value. Users and scripts search them for "Config" and "OPTIMAL_CHUNK_SIZE: 1500". There is no secret in them.
func (c Config) LogLines(source string) []string {
	if source == "" {
		source = "defaults (no config.yaml)"
	}
	lines := []string{"✅ Config yüklendi: " + source}
	for _, s := range settings {
		line := strings.ToUpper(s.key) + ": " + printed(s.field(&c))
		if s.remark != "" {
			line += " (" + s.remark + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

// printed is a setting as one would write it in the file.
func printed(field any) string {
	switch v := field.(type) {
	case *bool:
		return strconv.FormatBool(*v)
	case *int:
		return strconv.Itoa(*v)
	case *string:
		return *v
	case *Money:
		return v.decimal()
	case *float64:
		return strconv.FormatFloat(*v, 'f', -1, 64)
	case *time.Duration:
		return seconds(*v)
	}
	return ""
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// MarshalYAML writes the section as LoadConfig reads it.
func (c Config) MarshalYAML() (any, error) {
	section := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range settings {
		value := &yaml.Node{Kind: yaml.ScalarNode, Value: printed(s.field(&c))}
		if name, ok := s.field(&c).(*string); ok {
			value.SetString(*name)
		}
		section.Content = append(section.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: s.key}, value)
	}
	return section, nil
}

// UnmarshalYAML reads a haiku_planner section into c; keys that are absent keep c's value. It is as strict as LoadConfig and looks up
// os.environ/NAME references too, but knows no file names and does not call Validate. Use it to keep the section in a file of your own.
func (c *Config) UnmarshalYAML(n *yaml.Node) error {
	r := newReader()
	r.section(c, located{node: n})
	return errors.Join(r.problems...)
}

// shorten keeps messages readable whatever a file holds.
func shorten(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
