package machine

import (
	"encoding/binary"
	"time"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// epoch is the wall clock at boot, in seconds: the day Linux 6.12 came out.
const epoch = 1731880800

// clockTime is what a clock reads: CLOCK_REALTIME and its coarse form, and TAI,
// the wall clock; all others the time since boot.
func (s *sysCall) clockTime(clock uint64) (sec, nsec uint64) {
	now := s.m.Now()
	sec, nsec = uint64(now/time.Second), uint64(now%time.Second)
	if clock == 0 || clock == 5 || clock == 11 {
		sec += epoch
	}
	return sec, nsec
}

func (s *sysCall) putPair(at, a, b uint64) uint64 {
	out := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, a), b)
	if s.p.user.Write(at, out) != nil {
		return minus(errno.EFAULT)
	}
	return 0
}

func sysClockGettime(s *sysCall) uint64 {
	if s.a[0] > 11 {
		return minus(errno.EINVAL)
	}
	sec, nsec := s.clockTime(s.a[0])
	return s.putPair(s.a[1], sec, nsec)
}

func sysGettimeofday(s *sysCall) uint64 {
	if s.a[0] == 0 {
		return 0
	}
	sec, nsec := s.clockTime(0)
	return s.putPair(s.a[0], sec, nsec/1000)
}

func sysTime(s *sysCall) uint64 {
	sec, _ := s.clockTime(0)
	if s.a[0] != 0 && s.p.user.Store(s.a[0], 8, sec) != nil {
		return minus(errno.EFAULT)
	}
	return sec
}

// gateNanosleep is nanosleep, clock_nanosleep and the way on of either after a
// signal without a handler.
func (m *Machine) gateNanosleep(c *CPU, t *Task) error {
	s, err := m.newSysCall(c, t)
	if err != nil {
		return err
	}
	if !t.block.active {
		if e := s.startSleep(); e != 0 {
			c.vcpu.SetReg(cpu.RAX, e)
			return nil
		}
	}
	switch {
	case m.timedOut(t):
		return endWait(c, t, 0)
	case t.signalPending():
		left := m.remaining(t)
		t.proc.deadline = m.Now() + left
		if t.proc.remainder != 0 {
			s.putPair(t.proc.remainder, uint64(left/time.Second), uint64(left%time.Second))
		}
		return endWait(c, t, minus(eRestartBlock))
	}
	return m.blockOn(c, t, taskInterruptible, 0)
}

// startSleep reads how long the process wants to sleep.
func (s *sysCall) startSleep() uint64 {
	nr, err := s.m.mem.Load(s.c.vcpu.Reg(cpu.RDI)+ptRegsOrig, 8)
	if err != nil {
		return minus(errno.EFAULT)
	}
	if nr == sysRestart {
		s.m.startWait(s.t, max(s.p.deadline-s.m.Now(), 0))
		return 0
	}
	req, rem, absolute := s.a[0], s.a[1], false
	if syscallName(nr) == "clock_nanosleep" {
		req, rem, absolute = s.a[2], s.a[3], s.a[1]&1 != 0
	}
	var b [16]byte
	if s.p.user.Read(req, b[:]) != nil {
		return minus(errno.EFAULT)
	}
	sec, nsec := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	if int64(sec) < 0 || nsec >= uint64(time.Second) {
		return minus(errno.EINVAL)
	}
	const longest = uint64(maxTimeout/time.Second) - 1
	d := time.Duration(min(sec, longest))*time.Second + time.Duration(nsec)
	s.p.remainder = rem
	if absolute {
		s.p.remainder = 0
		now, frac := s.clockTime(s.a[0])
		d = max(time.Duration(min(sec, longest))*time.Second-time.Duration(now)*time.Second+time.Duration(nsec)-time.Duration(frac), 0)
	}
	s.m.startWait(s.t, d)
	return 0
}

// gatePause is pause: it ends with a signal.
func (m *Machine) gatePause(c *CPU, t *Task) error {
	if t.proc == nil {
		return errNoProcess
	}
	m.startWait(t, maxTimeout)
	if t.signalPending() {
		return endWait(c, t, minus(eRestartNoHand))
	}
	return m.blockOn(c, t, taskInterruptible, 0)
}
