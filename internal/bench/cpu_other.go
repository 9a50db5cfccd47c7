//go:build !linux

package main

import (
	"syscall"
	"time"
)

// cpu and rss need Linux's /proc; elsewhere these columns stay empty.
func (p *process) cpu() time.Duration { return 0 }

func (p *process) rss() (now, peak int64) { return 0, 0 }

func (p *process) resetPeak() {}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
