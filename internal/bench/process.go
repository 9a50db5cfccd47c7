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

// child starts this program as one of children. It is built as the proxy is: a baseline with other flags would be another baseline (without cgo, the same reverse
// proxy takes a tenth longer).
func (e *env) child(args ...string) (*process, error) {
	binary, err := e.build("./internal/bench")
	if err != nil {
		return nil, err
	}
	return e.start(nil, binary, args...)
}

// build makes a static binary of a package of the module, as the Dockerfile does, once.
func (e *env) build(pkg string) (string, error) {
	binary := filepath.Join(e.dir, "built", filepath.Base(pkg))
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	build := exec.Command("go", "build", "-trimpath", "-o", binary, pkg)
	build.Dir, build.Env = e.root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return binary, nil
}

// proxy starts the proxy of examples/proxy before an upstream, with a configuration.
func (e *env) proxy(upstream *process, config string, environment ...string) (*process, error) {
	binary, err := e.build("./examples/proxy")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(e.dir, fmt.Sprintf("config%d.yaml", len(e.procs))) // its own: a proxy reads its file again when it changes
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return e.start(environment, binary, "-listen", "127.0.0.1:0", "-litellm", "http://"+upstream.addr, "-config", file)
}
