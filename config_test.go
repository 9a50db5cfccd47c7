package haikuplanner

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var updateConfig = flag.Bool("update-config", false, "rewrite testdata/config/*.want")

const configCases = "testdata/config"

// TestConfigFiles loads every file of testdata/config and compares with the .want beside it: errors, notes, what differs from the defaults with where
// it came from, models. Files named good-… load, files named bad-… do not, and every line of theirs names a file and a line.
func TestConfigFiles(t *testing.T) {
	for name, value := range map[string]string{
		"HP_ENABLED": "True", "HP_SIZE": "1200", "HP_MODEL": "haiku", "HP_COST": "0.75", "HP_TIME": " 90s ", "HP_PRICE": "3e-06",
	} {
		t.Setenv(name, value)
	}
	files, err := filepath.Glob(configCases + "/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(base, func(t *testing.T) {
			cfg, source, err := LoadConfig(file)
			if source != file {
				t.Errorf("source %q", source)
			}
			if bad := strings.HasPrefix(base, "bad-"); bad != (err != nil) {
				t.Errorf("error %v", err)
			}
			got := describe(cfg, err)
			if err != nil {
				for _, line := range strings.Split(err.Error(), "\n") {
					var n int
					if _, rest, ok := strings.Cut(line, ".yaml:"); !ok {
						t.Errorf("no file in %q", line)
					} else if _, err := fmt.Sscanf(rest, "%d:", &n); err != nil || n < 1 {
						t.Errorf("no line in %q", line)
					}
				}
			}
			golden := filepath.Join(configCases, base+".want")
			if *updateConfig {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func describe(c Config, err error) string {
	var b strings.Builder
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			fmt.Fprintf(&b, "error %s\n", line)
		}
		return strings.ReplaceAll(b.String(), configCases+"/", "")
	}
	for _, n := range c.Notes() {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	for _, v := range c.Values() {
		if v.Source != "default" {
			value, _ := json.Marshal(v.Value)
			fmt.Fprintf(&b, "set %s = %s (%s)\n", v.Key, value, v.Source)
		}
	}
	for _, m := range c.file.models {
		fmt.Fprintf(&b, "model %s = %s %s, price %v %s %s, limits %d %d %d\n", m.Name, m.Provider, m.Base, m.Known, m.Input, m.Output, m.MaxInput, m.MaxOutput, m.TPM)
	}
	if len(c.file.alias) > 0 {
		fmt.Fprintf(&b, "alias %v\n", c.file.alias)
	}
	return strings.ReplaceAll(b.String(), configCases+"/", "")
}

// The specification's full example is the defaults, spelled out; so are the sample files of the proxy.
func TestConfigSamplesAreTheDefaults(t *testing.T) {
	for _, file := range []string{configCases + "/good-spec.yaml", configCases + "/good-minimal.yaml", "examples/proxy/config.minimal.yaml", "examples/proxy/config.full.yaml"} {
		cfg, _, err := LoadConfig(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if diff := cmp.Diff(DefaultConfig(), cfg); diff != "" {
			t.Errorf("%s: -default +file:\n%s", file, diff)
		}
		if notes := cfg.Notes(); notes != nil {
			t.Errorf("%s: notes %q", file, notes)
		}
	}
}

// Every key that exists is in the full sample, so that people can find it.
func TestConfigFullSampleHasEveryKey(t *testing.T) {
	text, err := os.ReadFile("examples/proxy/config.full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if !strings.Contains(string(text), s.key+":") {
			t.Errorf("%s is missing", s.key)
		}
	}
}

// Every exported field has a row in settings under its yaml tag, and every row a default that is printed.
func TestSettingsCoverConfig(t *testing.T) {
	typ := reflect.TypeFor[Config]()
	var tags, keys []string
	for i := range typ.NumField() {
		if f := typ.Field(i); f.IsExported() {
			tags = append(tags, f.Tag.Get("yaml"))
		}
	}
	c := DefaultConfig()
	fields := make(map[any]string)
	for _, s := range settings {
		keys = append(keys, s.key)
		if other, used := fields[s.field(&c)]; used {
			t.Errorf("%s and %s are one field", s.key, other)
		}
		fields[s.field(&c)] = s.key
		if printed(s.field(&c)) == "" {
			t.Errorf("%s prints nothing", s.key)
		}
		if _, ok := retired[s.key]; ok {
			t.Errorf("%s is retired and in use", s.key)
		}
	}
	sorted := cmp.Transformer("set", func(s []string) map[string]bool {
		m := make(map[string]bool)
		for _, k := range s {
			m[k] = true
		}
		return m
	})
	if diff := cmp.Diff(tags, keys, sorted); diff != "" {
		t.Errorf("-fields +settings:\n%s", diff)
	}
}

func TestLoadConfigLooksInOrder(t *testing.T) {
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, chunks int) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(fmt.Sprintf("haiku_planner:\n  max_chunks: %d\n", chunks)), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	explicit, first, second := write("explicit.yaml", 11), write("first.yaml", 12), write("second.yaml", 13)
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	write("config.yaml", 14)
	for _, c := range []struct {
		name, path, first, second, dir string
		chunks                         int
		source, err                    string
	}{
		{"explicit", explicit, first, second, dir, 11, explicit, ""},
		{"CONFIG_YAML_PATH", "", first, second, dir, 12, first, ""},
		{"HAIKU_CONFIG_PATH", "", "", second, dir, 13, second, ""},
		{"./config.yaml", "", "", "", dir, 14, "config.yaml", ""},
		{"nothing", "", "", "", empty, 3, "", ""},
		{"explicit is missing", dir + "/no.yaml", first, second, dir, 0, dir + "/no.yaml", dir + "/no.yaml: no such configuration file; create it or name another"},
		{"the first is missing", "", dir + "/no.yaml", second, dir, 0, dir + "/no.yaml", dir + "/no.yaml: no such configuration file; CONFIG_YAML_PATH names it; create it or name another"},
		{"the second is missing", "", "", dir + "/no.yaml", dir, 0, dir + "/no.yaml", dir + "/no.yaml: no such configuration file; HAIKU_CONFIG_PATH names it; create it or name another"},
		{"explicit is a directory", dir, "", "", dir, 0, dir, "read " + dir + ": is a directory; a configuration file is wanted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CONFIG_YAML_PATH", c.first)
			t.Setenv("HAIKU_CONFIG_PATH", c.second)
			if err := os.Chdir(c.dir); err != nil {
				t.Fatal(err)
			}
			defer os.Chdir(here)
			cfg, source, err := LoadConfig(c.path)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff([]any{c.chunks, c.source, c.err}, []any{cfg.MaxChunks, source, message}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	if err := (Config{}).Validate(); err == nil {
		t.Error("the zero Config is valid")
	}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.MaxChunks = 0 }, "haiku_planner.max_chunks: is 0, must be at least 1"},
		{func(c *Config) { c.CostSafetyMargin = math.NaN() }, "haiku_planner.cost_safety_margin: is NaN, must be a fraction from 0 up to, but not including, 1"},
		{func(c *Config) { c.CostSafetyMargin = math.Inf(1) }, "haiku_planner.cost_safety_margin: is +Inf, must be a fraction from 0 up to, but not including, 1"},
		{func(c *Config) { c.CostSavingsTarget = math.Inf(-1) }, "haiku_planner.cost_savings_target: is -Inf, must be a fraction from 0 up to, but not including, 1"},
		{func(c *Config) { c.MinChunkSize = 1600 }, "haiku_planner.min_chunk_size: is 1600, above optimal_chunk_size, which is 1500; lower it or raise optimal_chunk_size"},
		{func(c *Config) { c.PlannerModel = "auto\nx" }, `haiku_planner.planner_model: is "auto\nx", must be the name of a model in LiteLLM's model_list`},
		{func(c *Config) { c.TotalTimeout = -time.Second }, "haiku_planner.total_timeout: is -1, must be above 0 seconds"},
		{func(c *Config) { c.MaxCallsInFlight = 2 }, "haiku_planner.max_chunks: is 3, above max_calls_in_flight, which is 2; lower it or raise max_calls_in_flight"},
		{func(c *Config) { c.MaxCostPerRequest = 0; c.MaxChunks = -1 }, "haiku_planner.max_chunks: is -1, must be at least 1\n" +
			"haiku_planner.max_cost_per_request: is 0.0, must be above 0 dollars; to decompose nothing set enabled: false"},
	} {
		cfg := DefaultConfig()
		c.change(&cfg)
		got := ""
		if err := cfg.Validate(); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// A value that code changed after loading is the code's: neither its error nor its source points into the file.
func TestOptionsWinOverTheFile(t *testing.T) {
	cfg, _, err := LoadConfig(configCases + "/good-minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cfg.OptimalChunkSize, cfg.MaxChunks = 1700, 0
	got := make(map[string]string)
	for _, v := range cfg.Values() {
		if v.Source != "default" {
			got[v.Key] = fmt.Sprint(v.Value, " ", v.Source)
		}
	}
	want := map[string]string{
		"enabled":                 "true " + configCases + "/good-minimal.yaml:2",
		"large_request_threshold": "8000 " + configCases + "/good-minimal.yaml:3",
		"optimal_chunk_size":      "1700 option",
		"max_chunks":              "0 option",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := cfg.Validate(); err == nil || err.Error() != "haiku_planner.max_chunks: is 0, must be at least 1" {
		t.Errorf("Validate: %v", err)
	}
	if same := DefaultConfig(); same.Equal(cfg) || !same.Equal(DefaultConfig()) {
		t.Error("Equal does not tell them apart")
	}
}

// The exact words that users look for in the log.
func TestLogLines(t *testing.T) {
	cfg := DefaultConfig()
	want := []string{
		"✅ Config yüklendi: /app/config.yaml",
		"ENABLED: true",
		"AUTO_ENABLE: true",
		"LARGE_REQUEST_THRESHOLD: 8000",
		"MAX_TOKENS_THRESHOLD: 15000",
		"MAX_CHUNKS: 3 (calls in flight at once, not the number of chunks)",
		"OPTIMAL_CHUNK_SIZE: 1500",
		"MAX_CHUNK_SIZE: 2000",
		"MIN_CHUNK_SIZE: 500",
		"COST_OPTIMIZATION_ENABLED: true",
		"PLANNER_MODEL: autox",
		"FAST_EXECUTION_MODEL: autox",
		"DEEP_EXECUTION_MODEL: sonnet-4-x",
		"MAX_COST_PER_REQUEST: 1.0",
		"COST_SAFETY_MARGIN: 0.2",
		"PLANNER_TIMEOUT: 60",
		"CHUNK_TIMEOUT: 120",
		"TOTAL_TIMEOUT: 600",
		"COST_SAVINGS_TARGET: 0",
		"LOG_DECOMPOSITIONS: true",
		"MAX_BODY_BYTES: 67108864",
		"MAX_CALLS_IN_FLIGHT: 256",
		"MAX_BUFFERED_BYTES: 536870912",
	}
	if diff := cmp.Diff(want, cfg.LogLines("/app/config.yaml")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	cfg.PlannerTimeout, cfg.MaxCostPerRequest = 1500*time.Millisecond, Dollar/4
	lines := strings.Join(cfg.LogLines(""), "\n")
	for _, want := range []string{"✅ Config yüklendi: defaults (no config.yaml)\n", "\nPLANNER_TIMEOUT: 1.5\n", "\nMAX_COST_PER_REQUEST: 0.25\n"} {
		if !strings.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, lines)
		}
	}
}

// The section may stand in a file of the program's own; writing and reading it gives the same settings.
func TestConfigYAML(t *testing.T) {
	var own struct {
		Name    string
		Planner Config `yaml:"haiku_planner"`
	}
	own.Planner = DefaultConfig()
	if err := yaml.Unmarshal([]byte("name: x\nhaiku_planner:\n  chunk_timeout: 7\n  max_cost_per_request: 0.1\n"), &own); err != nil {
		t.Fatal(err)
	}
	want := DefaultConfig()
	want.ChunkTimeout, want.MaxCostPerRequest = 7*time.Second, Dollar/10
	if diff := cmp.Diff(want, own.Planner); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	err := yaml.Unmarshal([]byte("name: x\nhaiku_planner:\n  chunk_timeou: 7\n"), &own)
	if err == nil || err.Error() != "line 3: haiku_planner.chunk_timeou: unknown key; did you mean chunk_timeout?" {
		t.Errorf("a typo: %v", err)
	}

	want, _, err = LoadConfig(configCases + "/good-all-changed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(map[string]Config{"haiku_planner": want})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	got, _, err := LoadConfig(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, text)
	}
}

// Secrets that a wrong reference pulls in stay out of messages, and so do the values of other sections.
func TestConfigErrorsHoldNoSecrets(t *testing.T) {
	t.Setenv("HP_SECRET", "sk-very-secret")
	file := filepath.Join(t.TempDir(), "config.yaml")
	var text strings.Builder
	text.WriteString("general_settings: {master_key: sk-very-secret}\nhaiku_planner:\n")
	for _, s := range settings {
		if _, isText := s.field(new(Config)).(*string); !isText {
			fmt.Fprintf(&text, "  %s: os.environ/HP_SECRET\n", s.key)
		}
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := LoadConfig(file)
	if err == nil || strings.Contains(err.Error(), "sk-very-secret") {
		t.Errorf("error: %v", err)
	}
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) || len(many.Unwrap()) < len(settings)-3 {
		t.Errorf("not every key is named: %v", err)
	}
}

func FuzzLoadConfig(f *testing.F) {
	files, _ := filepath.Glob(configCases + "/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := LoadConfig(file)
		if err != nil {
			return
		}
		if err := cfg.Validate(); err != nil {
			t.Errorf("loaded, but not valid: %v", err)
		}
		for _, v := range cfg.Values() {
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("%s: %v", v.Key, err)
			}
		}
	})
}
