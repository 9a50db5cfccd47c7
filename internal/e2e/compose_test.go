//go:build litellm

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

const (
	deployment  = "../../examples/proxy"
	inContainer = "/app/config.yaml"
	masterKey   = "sk-master-of-the-test"
)

// compose is what the tests use of docker-compose.yml.
type compose struct {
	Services map[string]struct {
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Volumes     []string          `yaml:"volumes"`
		Ports       []string          `yaml:"ports"`
		DependsOn   map[string]struct {
			Condition string `yaml:"condition"`
		} `yaml:"depends_on"`
		Healthcheck struct {
			Test []string `yaml:"test"`
		} `yaml:"healthcheck"`
		Profiles []string `yaml:"profiles"`
	} `yaml:"services"`
}

func readCompose(t *testing.T) compose {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deployment, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

var variable = regexp.MustCompile(`\$\{(\w+)(?::([-?])([^}]*))?\}`)

// interpolate does what compose does with ${NAME}, ${NAME:-default} and ${NAME:?message}.
func interpolate(t *testing.T, s string, env map[string]string) string {
	t.Helper()
	return variable.ReplaceAllStringFunc(s, func(m string) string {
		p := variable.FindStringSubmatch(m)
		switch v := env[p[1]]; {
		case v != "":
			return v
		case p[2] == "-":
			return p[3]
		case p[2] == "?":
			t.Fatalf("docker-compose.yml wants %s: %s", p[1], p[3])
		}
		return ""
	})
}

// A stack is the deployment as local processes. What clients see is url; litellmURL is LiteLLM itself.
type stack struct {
	url, litellmURL string
	config          string // the file that both services read
	provider        *provider
	tap             *tap
	proxy, litellm  *process
}

// start runs the services of docker-compose.yml over one config file. extra is added to LiteLLM's environment: where its providers are.
func start(t *testing.T, config string, withRedis bool, extra map[string]string) *stack {
	t.Helper()
	python := os.Getenv("LITELLM_PYTHON")
	if python == "" {
		t.Fatal("LITELLM_PYTHON is not set: run `make e2e`, which sets up a LiteLLM and says where it is")
	}
	c := readCompose(t)
	p := newProvider(t)
	s := &stack{provider: p}
	var err error
	if s.config, err = filepath.Abs(config); err != nil {
		t.Fatal(err)
	}
	litellmAt, proxyAt := freePort(t), freePort(t)
	s.litellmURL, s.url = "http://127.0.0.1:"+litellmAt, "http://127.0.0.1:"+proxyAt
	s.tap = newTap(t, s.litellmURL)

	outside := map[string]string{"LITELLM_MASTER_KEY": masterKey, "ANTHROPIC_API_KEY": "sk-ant-of-the-test", "HAIKU_CONFIG": s.config}
	// What stands for the network and the file system of the containers.
	local := strings.NewReplacer(inContainer, s.config, "http://litellm:4000", s.tap.URL, "127.0.0.1:4000", "127.0.0.1:"+litellmAt)
	port := map[string]string{"4000": litellmAt, "8000": proxyAt}
	translate := func(v string) string {
		if p := port[v]; p != "" {
			return p
		}
		return local.Replace(interpolate(t, v, outside))
	}
	environment := func(service string) []string {
		env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "PYTHONUNBUFFERED=1"}
		for k, v := range c.Services[service].Environment {
			env = append(env, k+"="+translate(v))
		}
		return env
	}
	run := func(service, program string) *process {
		var mounted bool
		for _, v := range c.Services[service].Volumes {
			mounted = mounted || interpolate(t, v, outside) == s.config+":"+inContainer+":ro"
		}
		if service != "redis" && !mounted {
			t.Fatalf("%s does not read %s", service, inContainer)
		}
		args := make([]string, len(c.Services[service].Command))
		for i, a := range c.Services[service].Command {
			args[i] = translate(a)
		}
		env := environment(service)
		if service == "litellm" {
			for k, v := range extra {
				env = append(env, k+"="+strings.ReplaceAll(v, "PROVIDER", p.URL))
			}
		}
		if service == "redis" {
			args = append(args[1:], "--port", port["6379"], "--bind", "127.0.0.1")
		}
		return launch(t, service, program, args, env)
	}
	healthy := func(service string, pr *process, program string) {
		test := c.Services[service].Healthcheck.Test
		if len(test) < 2 || test[0] != "CMD" {
			t.Fatalf("%s has the health check %q", service, test)
		}
		var args []string
		for _, a := range test[2:] {
			args = append(args, translate(a))
		}
		until(t, 3*time.Minute, service+" to be healthy", pr, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, program, args...)
			cmd.Env = environment(service)
			out, err := cmd.CombinedOutput()
			if err != nil {
				return fmt.Errorf("%v: %s", err, out)
			}
			return nil
		})
	}

	if withRedis {
		server := os.Getenv("REDIS_SERVER")
		if server == "" {
			t.Fatal("REDIS_SERVER is not set: run `make e2e`")
		}
		port["6379"] = freePort(t)
		pr := run("redis", server)
		until(t, 30*time.Second, "redis", pr, func() error {
			conn, err := net.Dial("tcp", "127.0.0.1:"+port["6379"])
			if err == nil {
				conn.Close()
			}
			return err
		})
		extra["REDIS_HOST"], extra["REDIS_PORT"] = "127.0.0.1", port["6379"]
	}
	s.litellm = run("litellm", filepath.Join(filepath.Dir(python), "litellm"))
	healthy("litellm", s.litellm, python)
	binary := buildProxy(t)
	if got := c.Services["haiku-proxy"].DependsOn["litellm"].Condition; got != "service_healthy" {
		t.Errorf("haiku-proxy starts when litellm is %q", got)
	}
	s.proxy = run("haiku-proxy", binary)
	healthy("haiku-proxy", s.proxy, binary)
	return s
}

// buildProxy builds the binary with the command of the Dockerfile.
func buildProxy(t *testing.T) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(deployment, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`(?m)^RUN (CGO_ENABLED=0 .*go build .*)$`).FindSubmatch(file)
	if command == nil {
		t.Fatal("the Dockerfile does not build a static binary")
	}
	binary := filepath.Join(t.TempDir(), "haiku-proxy")
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(string(command[1]), "-o /haiku-proxy", "-o "+binary))
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command[1], err, out)
	}
	return binary
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// A process is a service that runs until the test ends.
type process struct {
	name string
	cmd  *exec.Cmd
	out  output
	done chan struct{}
}

type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *output) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *output) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func launch(t *testing.T, name, program string, args, env []string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(program, args...), done: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = env, &p.out, &p.out, t.TempDir()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // LiteLLM has children of its own
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop(15 * time.Second)
		if t.Failed() {
			t.Logf("--- the last of %s's log:\n%s", name, tail(p.out.String(), 6000))
		}
	})
	return p
}

// stop asks the process to end, and makes it end after d. It says whether asking was enough.
func (p *process) stop(d time.Duration) bool {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return true
	case <-time.After(d):
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		return false
	}
}

func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// until asks again and again, for at most d, whether it is so.
func until(t *testing.T, d time.Duration, what string, p *process, ok func() error) {
	t.Helper()
	end := time.After(d)
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ok()
		if err == nil {
			return
		}
		if p != nil && p.exited() {
			t.Fatalf("waiting for %s: it has ended:\n%s", what, tail(p.out.String(), 6000))
		}
		select {
		case <-end:
			t.Fatalf("waited %v for %s: %v", d, what, err)
		case <-tick.C:
		}
	}
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "…" + s[len(s)-n:]
}
