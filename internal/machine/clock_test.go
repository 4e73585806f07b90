package machine

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	c := clock{hz: 1_000_000}
	c.rounds = 1500
	if got := c.now(); got != 1500*time.Microsecond {
		t.Errorf("now() = %v, want 1.5ms", got)
	}
	if got := c.roundsUntil(2 * time.Millisecond); got != 500 {
		t.Errorf("roundsUntil(2ms) = %d, want 500", got)
	}
	c.skipTo(time.Second)
	if got := c.now(); got != time.Second {
		t.Errorf("after skipTo(1s) now() = %v", got)
	}
	c.skipTo(time.Millisecond)
	if got := c.now(); got != time.Second {
		t.Errorf("skipTo went back to %v", got)
	}
	slow := clock{hz: 3}
	if got := slow.roundsUntil(time.Second / 2); got != 2 {
		t.Errorf("at 3 Hz half a second has %d rounds, want 2 (rounded up)", got)
	}
	long := clock{hz: maxHz, rounds: 1 << 62}
	if got := long.now(); got <= 0 {
		t.Errorf("now() of a long run = %v", got)
	}
}

// The values are those of round_jiffies_relative(HZ) with HZ=250: what is at
// most a quarter of a second past a full second is rounded down.
func TestRoundJiffies(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	tests := []struct{ now, want time.Duration }{
		{0, ms(1000)},
		{ms(100), ms(1000)},
		{ms(247), ms(1000)},
		{ms(248), ms(2000)},
		{ms(500), ms(2000)},
		{ms(996), ms(2000)},
		{ms(1000), ms(2000)},
		{ms(1240), ms(2000)},
	}
	for _, tt := range tests {
		if got := roundJiffies(tt.now, time.Second); got != tt.want {
			t.Errorf("roundJiffies(%v) = %v, want %v", tt.now, got, tt.want)
		}
	}
}
