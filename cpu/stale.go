package cpu

// Stale reports whether the CPU keeps the code that it has fetched.
func (c *VCPU) Stale() bool { return c.view.stale }
