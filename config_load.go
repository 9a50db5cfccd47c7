package haikuplanner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

const (
	sectionName   = "haiku_planner"
	defaultFile   = "config.yaml"
	maxConfigFile = 4 << 20 // bytes of one file: a guard against the wrong path, far above any real one
	envPrefix     = "os.environ/"
)

// pathVariables are looked at in this order when no path is given.
var pathVariables = []string{"CONFIG_YAML_PATH", "HAIKU_CONFIG_PATH"}

// LoadConfig reads the haiku_planner section of LiteLLM's config.yaml. With path "" it takes the file that CONFIG_YAML_PATH names, else the one that
// HAIKU_CONFIG_PATH names, else ./config.yaml; the first that is set wins, and it must exist, except that without a ./config.yaml the defaults apply and
// source is ""; a line in slog's default log says so. Otherwise source is the path as given. Values may be references to the environment, os.environ/NAME.
//
// include: works as in LiteLLM: files relative to the one that names them; lists are extended, any other section is replaced as a whole. Sections of
// LiteLLM's are not judged. err holds all problems, each with file, line and key; see Config.Notes for what is no error.
func LoadConfig(path string) (cfg Config, source string, err error) {
	said := ""
	for _, name := range pathVariables {
		if path == "" && os.Getenv(name) != "" {
			path, said = os.Getenv(name), name+" names it; "
		}
	}
	if path == "" {
		if _, err := os.Stat(defaultFile); errors.Is(err, fs.ErrNotExist) {
			slog.Info("Config: there is no ./" + defaultFile + ": the defaults apply")
			return DefaultConfig(), "", nil
		}
		path = defaultFile
	}

	r := newReader()
	sections, err := r.load(path)
	unread := Config{file: &configFile{files: r.files}} // nothing but what would have to be mended
	if errors.Is(err, fs.ErrNotExist) {
		return unread, path, fmt.Errorf("%s: no such configuration file; %screate it or name another", path, said)
	}
	if err != nil {
		return unread, path, err
	}

	cfg = DefaultConfig()
	if section, ok := sections[sectionName]; ok {
		r.section(&cfg, section.parts[0])
	} else if len(r.problems) == 0 {
		r.noSection(path, sections)
	}
	loaded := cfg
	cfg.file = &configFile{files: r.files, origin: r.origin, bad: r.bad, loaded: &loaded, notes: r.notes,
		models: modelsOf(r, sections), alias: aliasesOf(r, sections)}
	if err := errors.Join(append(r.problems, cfg.Validate())...); err != nil {
		return unread, path, err
	}
	return cfg, path, nil
}

// reader collects what is found in one configuration, included files too.
type reader struct {
	files    []string // in the order in which they were looked for
	problems []error
	notes    []string
	origin   map[string]string
	bad      map[string]bool
}

func newReader() *reader {
	return &reader{origin: make(map[string]string), bad: make(map[string]bool)}
}

// located is a YAML node and the file that it stands in.
type located struct {
	file string // "" when the caller parsed the YAML
	node *yaml.Node
}

func (l located) String() string { return at(l.file, l.node.Line) }

func at(file string, line int) string {
	if file == "" {
		return "line " + strconv.Itoa(line)
	}
	return file + ":" + strconv.Itoa(line)
}

func (r *reader) problem(where, format string, args ...any) {
	r.problems = append(r.problems, errors.New(where+": "+fmt.Sprintf(format, args...)))
}

func (r *reader) note(where, format string, args ...any) {
	r.notes = append(r.notes, where+": "+fmt.Sprintf(format, args...))
}

// topLevel is one section of the merged configuration: one part, or several where lists were extended by includes.
type topLevel struct {
	key   located
	parts []located
}

// load reads path and what it includes, breadth first, each file once, as LiteLLM does. The error is that of reading path itself; what is wrong with
// an included file is a problem at the line that includes it.
func (r *reader) load(path string) (map[string]topLevel, error) {
	r.files = []string{path}
	root, err := readYAML(path)
	if err != nil {
		return nil, err
	}
	sections := make(map[string]topLevel)
	if root == nil {
		r.note(at(path, 1), "the file is empty: the defaults apply")
		return sections, nil
	}
	type pending struct {
		entry located
		name  string
	}
	var queue []pending
	merge := func(file string, root *yaml.Node) {
		if root.Kind != yaml.MappingNode {
			r.problem(at(file, root.Line), "the file holds %s; it must hold sections such as haiku_planner:", kindOf(root))
			return
		}
		for _, f := range r.fields(located{file, root}, "") {
			part := located{file, f.value}
			if f.name == "include" {
				entries, ok := r.includes(part)
				if !ok {
					r.problem(at(file, f.key.Line), "include: must be a list of file names")
				}
				for _, e := range entries {
					queue = append(queue, pending{e, e.node.Value})
				}
				continue
			}
			key := located{file, f.key}
			old, set := sections[f.name]
			switch {
			case set && isList(old.parts[0].node) && isList(f.value):
				sections[f.name] = topLevel{old.key, append(slices.Clone(old.parts), part)}
			default:
				if set && f.name == sectionName {
					r.note(key.String(), "%s replaces that of %s as a whole, as LiteLLM does with every included section that is no list", sectionName, old.key)
				}
				sections[f.name] = topLevel{key, []located{part}}
			}
		}
	}
	merge(path, root)
	done := map[string]bool{absolute(path): true}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		file := r.includePath(next.entry, next.name, path)
		if done[absolute(file)] {
			continue
		}
		done[absolute(file)] = true
		r.files = append(r.files, file)
		root, err := readYAML(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			r.problem(next.entry.String(), "include: %s: no such file; names are relative to the file that includes", file)
		case err != nil:
			r.problem(next.entry.String(), "include: %v", err)
		case root != nil:
			merge(file, root)
		}
	}
	return sections, nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// includePath finds an included file beside the file that names it, or else, as LiteLLM does for old configurations, beside the first one.
func (r *reader) includePath(entry located, name, root string) string {
	if filepath.IsAbs(name) {
		return name
	}
	near := filepath.Join(filepath.Dir(entry.file), name)
	far := filepath.Join(filepath.Dir(root), name)
	if absolute(near) == absolute(far) {
		return near
	}
	if _, err := os.Stat(near); err == nil {
		return near
	}
	if _, err := os.Stat(far); err == nil {
		r.note(entry.String(), "include: %s does not exist, %s was read instead, as LiteLLM does", near, far)
		return far
	}
	return near
}

// includes returns the scalars of an include list.
func (r *reader) includes(l located) ([]located, bool) {
	n := resolve(l.node)
	if n.Kind != yaml.SequenceNode {
		return nil, false
	}
	var entries []located
	for _, item := range n.Content {
		item = resolve(item)
		if item.Kind != yaml.ScalarNode || item.ShortTag() != "!!str" || item.Value == "" {
			return nil, false
		}
		entries = append(entries, located{l.file, item})
	}
	return entries, true
}

// noSection remarks on a file that sets nothing of ours, and on what may have been meant.
func (r *reader) noSection(path string, sections map[string]topLevel) {
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		if where := sections[name].key.String(); distance(plain(name), plain(sectionName)) <= 2 {
			r.note(where, "%s: not a section that is read; did you mean %s? The defaults apply", shorten(name), sectionName)
			return
		} else if _, ok := settingOf(name); ok && name != "enabled" {
			r.note(where, "%s: belongs under %s:, here it is not read; the defaults apply", name, sectionName)
			return
		}
	}
	if len(sections) > 0 {
		r.note(at(path, 1), "no section %s: the defaults apply", sectionName)
	}
}

var (
	yamlError     = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntaxError finds the line of what yaml.v3 could not read. Its scanner gives the right line; its parser names the line before the one where the
// surrounding block starts, or none: there the first line is looked for that, with all above it, brings the same error.
func syntaxError(data []byte, err error) (line int, what string) {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	what = m[2]
	lines := bytes.SplitAfter(data, []byte("\n"))
	if a := unknownAnchor.FindStringSubmatch(what); a != nil {
		for i, text := range lines {
			if bytes.Contains(text, []byte("*"+a[1])) {
				return i + 1, what
			}
		}
	}
	if line == 0 || strings.HasPrefix(what, "did not find expected") {
		line = 1 + sort.Search(len(lines)-1, func(i int) bool {
			end := 0
			for _, text := range lines[:i+1] {
				end += len(text)
			}
			var n yaml.Node
			err := yaml.Unmarshal(data[:end], &n)
			return err != nil && strings.HasSuffix(err.Error(), what)
		})
	}
	return line, what
}

// readYAML returns the root of the only document of a file, nil when it is empty.
func readYAML(path string) (*yaml.Node, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	err = dec.Decode(&document)
	if err == io.EOF {
		return nil, nil
	}
	if err == nil {
		if err = dec.Decode(&second); err == nil {
			return nil, fmt.Errorf("%s: more than one YAML document; LiteLLM reads only files with one, remove the --- line", at(path, second.Line))
		}
		if err == io.EOF {
			err = nil
		}
	}
	if err != nil {
		line, what := syntaxError(data, err)
		return nil, fmt.Errorf("%s: not valid YAML: %s; check indentation, quotes and colons there and on the lines above", at(path, line), what)
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 || isNull(document.Content[0]) {
		return nil, nil
	}
	return resolve(document.Content[0]), nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfigFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w; a configuration file is wanted", err)
	}
	if len(data) > maxConfigFile {
		return nil, fmt.Errorf("%s: more than %d bytes; a configuration file is wanted", path, maxConfigFile)
	}
	return data, nil
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
func isList(n *yaml.Node) bool { return resolve(n).Kind == yaml.SequenceNode }

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	}
	return "a single value"
}

// field is a key of a mapping, its own or merged in.
type field struct {
	name       string
	key, value *yaml.Node
}

// fields lists a mapping's keys, its own before those that << merges in, each once: own keys win over merged ones, earlier merges over later ones. A key
// that the mapping itself repeats is a problem where judge names the mapping, and elsewhere the last one counts, as for LiteLLM.
func (r *reader) fields(l located, judge string) []field {
	var list []field
	index := make(map[string]int)
	visited := make(map[*yaml.Node]bool)
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		n = resolve(n)
		if visited[n] {
			return
		}
		visited[n] = true
		if n.Kind == yaml.SequenceNode { // the value of << may be a list of mappings
			for _, item := range n.Content {
				walk(item)
			}
			return
		}
		if n.Kind != yaml.MappingNode {
			return
		}
		own := len(list)
		var merges []*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := resolve(n.Content[i]), n.Content[i+1]
			if key.Kind != yaml.ScalarNode {
				if judge != "" {
					r.problem(at(l.file, n.Content[i].Line), "%s: a key must be a word, not %s", judge, kindOf(key))
				}
				continue
			}
			if key.ShortTag() == "!!merge" {
				merges = append(merges, value)
				continue
			}
			j, seen := index[key.Value]
			switch {
			case !seen:
				index[key.Value] = len(list)
				list = append(list, field{key.Value, key, value})
			case j >= own:
				if where := at(l.file, key.Line); judge != "" {
					r.problem(where, "%s.%s: set twice, first on line %d; keep one", judge, shorten(key.Value), list[j].key.Line)
				} else if key.Value == sectionName {
					r.problem(where, "%s: a second section of this name, the first is on line %d; make one of them", sectionName, list[j].key.Line)
				}
				list[j].key, list[j].value = key, value
			}
		}
		for _, m := range merges {
			walk(m)
		}
	}
	walk(l.node)
	return list
}

// section reads the haiku_planner section into c. What cannot be read keeps c's value and is a problem.
func (r *reader) section(c *Config, l located) {
	n := resolve(l.node)
	if isNull(n) {
		r.note(l.String(), "%s: the section is empty: the defaults apply", sectionName)
		return
	}
	if n.Kind != yaml.MappingNode {
		r.problem(l.String(), "%s: must be a mapping of keys to values, not %s; see examples/proxy/config.full.yaml", sectionName, kindOf(n))
		return
	}
	for _, f := range r.fields(located{l.file, n}, sectionName) {
		where := at(l.file, f.key.Line)
		key := sectionName + "." + shorten(f.name)
		if instead, ok := retired[f.name]; ok {
			r.note(where, "%s: no longer means anything: %s", key, instead)
			continue
		}
		s, ok := settingOf(f.name)
		if !ok {
			r.problem(where, "%s: unknown key; %s", key, suggest(f.name))
			continue
		}
		r.origin[s.key] = where
		value := resolve(f.value)
		if isNull(value) {
			delete(r.origin, s.key)
			r.note(where, "%s: has no value: the default %s applies", key, printed(s.field(c)))
			continue
		}
		if err := assign(s.field(c), value); err != nil {
			r.bad[s.key] = true
			r.problem(where, "%s: %v", key, err)
		}
	}
}

// scalar is a value as it is written, or as an environment variable holds it.
type scalar struct {
	text   string
	tag    string // what YAML takes a plain scalar for; "!!str" for text
	quoted bool
	name   string // of the environment variable; "" for none
}

// read turns a node into a scalar, looking an os.environ/NAME reference up.
func read(n *yaml.Node) (scalar, error) {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode {
		return scalar{}, fmt.Errorf("must be a single value, not %s", kindOf(n))
	}
	const quotes = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	s := scalar{text: n.Value, tag: n.ShortTag(), quoted: n.Style&quotes != 0}
	name, ok := strings.CutPrefix(s.text, envPrefix)
	if !ok {
		return s, nil
	}
	value, set := os.LookupEnv(name)
	if !set {
		return scalar{}, fmt.Errorf("the environment variable %s is not set; set it or write the value here", shorten(name))
	}
	return scalar{text: strings.TrimSpace(value), tag: "!!str", name: name}, nil
}

// shown names a value in a message. What comes from the environment may be a secret.
func (s scalar) shown() string {
	if s.name != "" {
		return "the value of " + shorten(s.name)
	}
	return strconv.Quote(shorten(s.text))
}

// digits is the text of a number without the underscores that YAML 1.1 allows in it.
func (s scalar) digits() string {
	if s.quoted {
		return s.text
	}
	return strings.ReplaceAll(s.text, "_", "")
}

var yamlBools = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}

// boolean reads the words that PyYAML takes for booleans: in lower case, capitals, or with a capital letter first.
func (s scalar) boolean() (value, ok bool) {
	lower := strings.ToLower(s.text)
	value, ok = yamlBools[lower]
	if !ok || s.quoted {
		return false, false
	}
	usual := s.text == lower || s.text == strings.ToUpper(s.text) || s.text == strings.ToUpper(lower[:1])+lower[1:]
	return value, usual || s.name != ""
}

var wholeNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)

// assign sets what field points to. The error says what is wrong and what to write.
func assign(field any, n *yaml.Node) error {
	s, err := read(n)
	if err != nil {
		return err
	}
	switch p := field.(type) {
	case *bool:
		v, ok := s.boolean()
		if !ok {
			return fmt.Errorf("%s is neither true nor false; write true or false, without quotes", s.shown())
		}
		*p = v
	case *int:
		text := s.digits()
		if s.quoted || !wholeNumber.MatchString(text) {
			return fmt.Errorf("%s is not a whole number; write digits only, without quotes", s.shown())
		}
		v, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s is too large; write a smaller number", s.shown())
		}
		*p = v
	case *string:
		if _, isBool := s.boolean(); isBool && s.name == "" || s.tag != "!!str" && !s.quoted {
			return fmt.Errorf("%s is not text; write it in quotes if it is a name", s.shown())
		}
		*p = s.text
	case *Money:
		v, err := ParseMoney(s.digits())
		if err != nil {
			return fmt.Errorf("%s is no amount: %w", s.shown(), err)
		}
		*p = v
	case *float64:
		_, err := parseDecimal(s.digits(), moneyDigits)
		if err != nil {
			return fmt.Errorf("%s is no fraction: %w; write a number such as 0.2", s.shown(), err)
		}
		if *p, err = strconv.ParseFloat(s.digits(), 64); err != nil {
			return fmt.Errorf("%s is no fraction; write a number such as 0.2", s.shown())
		}
	case *time.Duration:
		v, err := parseDuration(s.digits())
		if err != nil {
			return fmt.Errorf("%s is no time: %w; write seconds such as 60", s.shown(), err)
		}
		*p = v
	}
	return nil
}

// parseDuration reads seconds as a decimal number, or a Go duration.
func parseDuration(text string) (time.Duration, error) {
	n, err := parseDecimal(text, 9) // nanoseconds
	if err == nil || errors.Is(err, errNegative) || errors.Is(err, errTooLarge) {
		return time.Duration(n), err
	}
	d, durationErr := time.ParseDuration(text)
	switch {
	case durationErr != nil:
		return 0, err
	case d < 0:
		return 0, errNegative
	}
	return d, nil
}

// suggest names the known key nearest to an unknown one.
func suggest(unknown string) string {
	best, least := "", 0
	said := plain(unknown)
	consider := func(key string) {
		d := distance(said, plain(key))
		if len(said) > 3 && strings.Contains(plain(key), said) {
			d = min(d, 1) // the rest of the name was left out
		}
		if best == "" || d < least {
			best, least = key, d
		}
	}
	for _, s := range settings {
		consider(s.key)
	}
	for _, key := range slices.Sorted(maps.Keys(retired)) {
		consider(key)
	}
	if least <= max(2, len(plain(best))/2) {
		return "did you mean " + best + "?"
	}
	return "all keys are in examples/proxy/config.full.yaml; remove it or correct it"
}

// plain makes maxChunks, max-chunks and MAX_CHUNKS alike. It cuts what is longer than any key, so that comparing stays cheap.
func plain(key string) string {
	const longest = 48
	if len(key) > longest {
		key = key[:longest]
	}
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(key))
}

// distance counts the insertions, deletions, substitutions and swaps of neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
