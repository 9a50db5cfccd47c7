package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// cpu is the CPU time that a process has used, all threads, from the kernel's clock of that process (clock_getcpuclockid(3)): exact, where
// /proc/<pid>/stat counts in ticks of 10 ms.
func (p *process) cpu() time.Duration { return cpuOf(p.cmd.Process.Pid) }

func cpuOf(pid int) time.Duration {
	const perProcess, scheduled = 0, 2
	clock := ^int32(pid)<<3 | perProcess | scheduled
	var ts syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		return 0
	}
	return time.Duration(ts.Nano())
}

func ownCPU() time.Duration { return cpuOf(os.Getpid()) }

// rss is the memory of a process in bytes, now and at its highest since the last resetPeak.
func (p *process) rss() (now, peak int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	field := func(name string) int64 {
		_, after, _ := bytes.Cut(text, []byte(name+":"))
		line, _, _ := bytes.Cut(after, []byte("kB"))
		n, _ := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
		return n << 10
	}
	return field("VmRSS"), field("VmHWM")
}

func (p *process) resetPeak() {
	os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}
