package ftrace

import "testing"

type fakeContext struct {
	bits    uint32
	level   int
	preempt int
}

func (c *fakeContext) TraceRecursion() *uint32 { return &c.bits }
func (c *fakeContext) InterruptLevel() int     { return c.level }
func (c *fakeContext) PreemptDisable()         { c.preempt++ }
func (c *fakeContext) PreemptEnable()          { c.preempt-- }

// The bit is that of the context; a second entry in the same context takes the
// transition bit once; a third is refused.
func TestRecursionBits(t *testing.T) {
	tests := []struct {
		name  string
		bits  uint32
		level int
		want  int
	}{
		{"task", 0, 0, 3},
		{"softirq", 0, 1, 2},
		{"irq", 0, 2, 1},
		{"nmi", 0, 3, 0},
		{"irq in a task's handler", 1 << 3, 2, 1},
		{"task again", 1 << 3, 0, 4},
		{"irq again", 1 << 1, 2, 4},
		{"task a third time", 1<<3 | 1<<4, 0, -1},
		{"nmi again, the transition bit is taken", 1<<0 | 1<<4, 3, -1},
		{"another's bits do not matter", 0xfffff000, 0, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &fakeContext{bits: tt.bits, level: tt.level}
			got := TestRecursionTrylock(c)
			if got != tt.want {
				t.Fatalf("bit %d, want %d", got, tt.want)
			}
			if got < 0 {
				if c.bits != tt.bits || c.preempt != 0 {
					t.Errorf("a refused entry changed bits to %x, preempt count to %d", c.bits, c.preempt)
				}
				return
			}
			if c.bits != tt.bits|1<<got || c.preempt != 1 {
				t.Errorf("bits %x, preempt count %d while held", c.bits, c.preempt)
			}
			TestRecursionUnlock(c, got)
			if c.bits != tt.bits || c.preempt != 0 {
				t.Errorf("bits %x, preempt count %d afterwards", c.bits, c.preempt)
			}
		})
	}
}
