package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// A process is a child that serves on an address of 127.0.0.1.
type process struct {
	cmd  *exec.Cmd
	addr string
	done chan struct{}
}

// listening is how children say where they serve: ours on standard output, the proxy on standard error.
var listening = regexp.MustCompile(`listen(?:s|ing) on (127\.0\.0\.1:\d+)`)

// start runs a command and waits until it says where it listens.
func (e *env) start(environment []string, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), environment...)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w.Close()
	p := &process{cmd: cmd, done: make(chan struct{})}
	e.procs = append(e.procs, p)
	found := make(chan string, 1)
	go func() {
		defer close(p.done)
		defer r.Close()
		in := bufio.NewReader(r)
		var said []byte
		for p.addr == "" {
			line, err := in.ReadBytes('\n')
			said = append(said, line...)
			if m := listening.FindSubmatch(line); m != nil {
				found <- string(m[1])
				break
			}
			if err != nil {
				os.Stderr.Write(said)
				close(found)
				break
			}
		}
		io.Copy(io.Discard, in)
		cmd.Wait()
	}()
	select {
	case addr, ok := <-found:
		if !ok {
			return nil, fmt.Errorf("%s ended before it listened", filepath.Base(name))
		}
		p.addr = addr
		return p, nil
	case <-time.After(20 * time.Second):
		return nil, fmt.Errorf("%s did not listen within 20 s", filepath.Base(name))
	}
}

func (p *process) stop() {
	p.cmd.Process.Kill()
	<-p.done
}

func (e *env) stopAll() {
	for _, p := range slices.Backward(e.procs) {
		p.stop()
	}
	e.procs = nil
}

// child starts this program as one of children.
func (e *env) child(args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return e.start(nil, self, args...)
}

var building sync.Mutex

// proxy starts the proxy of examples/proxy before an upstream, with a configuration.
func (e *env) proxy(upstream *process, config string, environment ...string) (*process, error) {
	building.Lock()
	if e.binary == "" {
		e.binary = filepath.Join(e.dir, "haiku-proxy")
		build := exec.Command("go", "build", "-trimpath", "-o", e.binary, "./examples/proxy")
		build.Dir, build.Env = e.root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			building.Unlock()
			return nil, errors.New(string(out))
		}
	}
	building.Unlock()
	file := filepath.Join(e.dir, "config.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return e.start(environment, e.binary, "-listen", "127.0.0.1:0", "-litellm", "http://"+upstream.addr, "-config", file)
}
