//go:build unix

package cli

import "syscall"

// cpuWatch measures the CPU time of this process: figures for people, which no
// result depends on.
type cpuWatch struct{ from, to float64 }

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	sec := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return sec(u.Utime) + sec(u.Stime)
}

func (w *cpuWatch) start()           { w.from = cpuSeconds() }
func (w *cpuWatch) stop()            { w.to = cpuSeconds() }
func (w *cpuWatch) seconds() float64 { return w.to - w.from }
