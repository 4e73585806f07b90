package machine

import (
	"math/bits"
	"time"
)

// Hz is CONFIG_HZ of the modeled kernel: jiffies in a second.
const Hz = 250

const jiffy = time.Second / Hz

// clock is virtual time: executed rounds and time slept, never the host's.
type clock struct {
	hz      uint64 // rounds in a second
	rounds  uint64
	skipped time.Duration
}

// now is the time since boot.
func (c *clock) now() time.Duration {
	hi, lo := bits.Mul64(c.rounds, uint64(time.Second))
	q, _ := bits.Div64(hi%c.hz, lo, c.hz)
	return time.Duration(q) + c.skipped
}

// roundsUntil is how many rounds go by before t, at least 1.
func (c *clock) roundsUntil(t time.Duration) uint64 {
	d := t - c.now()
	if d <= 0 {
		return 1
	}
	hi, lo := bits.Mul64(uint64(d), c.hz)
	if hi >= uint64(time.Second) {
		return 1 << 62
	}
	q, r := bits.Div64(hi, lo, uint64(time.Second))
	if r != 0 {
		q++
	}
	return max(q, 1)
}

// skipTo lets time pass in which no instruction runs.
func (c *clock) skipTo(t time.Duration) {
	if d := t - c.now(); d > 0 {
		c.skipped += d
	}
}

// roundJiffies is round_jiffies_relative(delay) on CPU 0 at time now: when a
// delayed work is due whose exact time does not matter. A quarter of a second
// or less past the full second is rounded down, more is rounded up.
func roundJiffies(now, delay time.Duration) time.Duration {
	j := int64((now + delay) / jiffy)
	original := j
	if rem := j % Hz; rem < Hz/4 {
		j -= rem
	} else {
		j += Hz - rem
	}
	if j <= int64(now/jiffy) {
		j = original
	}
	return time.Duration(j) * jiffy
}
