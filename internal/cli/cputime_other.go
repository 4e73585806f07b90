//go:build !unix

package cli

import "time"

// cpuWatch measures elapsed time where CPU time cannot be had.
type cpuWatch struct{ from, to time.Time }

func (w *cpuWatch) start()           { w.from = time.Now() }
func (w *cpuWatch) stop()            { w.to = time.Now() }
func (w *cpuWatch) seconds() float64 { return w.to.Sub(w.from).Seconds() }
