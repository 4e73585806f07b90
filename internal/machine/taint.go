package machine

import (
	"fmt"
	"strings"

	"klpemu/internal/trace"
)

// Taint flags (include/linux/panic.h).
const (
	taintProprietary = 1 << 0  // P
	taintForcedLoad  = 1 << 1  // F
	taintForcedRmmod = 1 << 3  // R
	taintDie         = 1 << 7  // D
	taintWarn        = 1 << 9  // W
	taintStaging     = 1 << 10 // C
	taintOutOfTree   = 1 << 12 // O
	taintUnsigned    = 1 << 13 // E
	taintLivepatch   = 1 << 15 // K
	taintTest        = 1 << 18 // N
)

// addTaint is add_taint. With a flag after which locks cannot be relied on,
// lockdep ends: said once, unless an oops has ended it before.
func (m *Machine) addTaint(flag uint32, lockdepUnreliable bool) {
	if lockdepUnreliable && !m.locksOff {
		m.locksOff = true
		m.printk(trace.Warning, "Disabling lock debugging due to kernel taint")
	}
	m.taint |= flag
}

// tryForceUnload is try_force_unload.
func (m *Machine) tryForceUnload(force bool) bool {
	if force {
		m.addTaint(taintForcedRmmod, true)
	}
	return force
}

// taintFlags are the letters of taint_flags by bit (kernel/panic.c), with the
// names of those that a machine can get.
const taintFlags = "PFSRMBUDAWCIOELKXTN"

func taintName(bit int) string {
	return [...]string{
		"PROPRIETARY_MODULE", "FORCED_MODULE", "CPU_OUT_OF_SPEC", "FORCED_RMMOD", "MACHINE_CHECK", "BAD_PAGE", "USER", "DIE",
		"OVERRIDDEN_ACPI_TABLE", "WARN", "CRAP", "FIRMWARE_WORKAROUND", "OOT_MODULE", "UNSIGNED_MODULE", "SOFTLOCKUP",
		"LIVEPATCH", "AUX", "RANDSTRUCT", "TEST",
	}[bit]
}

// TaintString is print_tainted: a column for each flag, G where no module is
// proprietary.
func (m *Machine) TaintString() string {
	if m.taint == 0 {
		return "Not tainted"
	}
	letters := []byte(strings.Repeat(" ", len(taintFlags)))
	letters[0] = 'G'
	for bit := range taintFlags {
		if m.taint&(1<<bit) != 0 {
			letters[bit] = taintFlags[bit]
		}
	}
	return "Tainted: " + string(letters)
}

// taintNames is print_tainted_verbose.
func (m *Machine) taintNames() string {
	var names []string
	for bit := range taintFlags {
		if m.taint&(1<<bit) != 0 {
			names = append(names, fmt.Sprintf("[%c]=%s", taintFlags[bit], taintName(bit)))
		}
	}
	return strings.Join(names, ", ")
}

// Taint is /proc/sys/kernel/tainted.
func (m *Machine) Taint() uint32 { return m.taint }
