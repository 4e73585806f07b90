package machine

import (
	"klpemu/internal/errno"
	"klpemu/mem"
)

func pageUp(n uint64) uint64 { return (n + pageSize - 1) &^ (pageSize - 1) }

// sysBrk moves the end of the heap; what cannot be done leaves it where it is.
func sysBrk(s *sysCall) uint64 {
	p := s.p
	want := s.a[0]
	if want < p.brk.from || want >= p.mmapTop {
		return p.brk.to
	}
	old, end := pageUp(p.brk.to), pageUp(want)
	switch {
	case end > old:
		if p.user.Map(old, end-old, permRW) != nil {
			return p.brk.to
		}
	case end < old:
		if p.user.Unmap(end, old-end) != nil {
			return p.brk.to
		}
	}
	p.brk.to = want
	return want
}

// userPerm turns PROT_ bits into a page's permissions; as on x86, what can be
// written or executed can be read.
func userPerm(prot uint64) (mem.Perm, bool) {
	var p mem.Perm
	if prot&7 != 0 {
		p = mem.R
	}
	if prot&2 != 0 {
		p |= mem.W
	}
	if prot&4 != 0 {
		p |= mem.X
	}
	return p, prot&^7 == 0 && p&(mem.W|mem.X) != mem.W|mem.X
}

// Flags of mmap.
const (
	mapFixed     = 0x10
	mapAnonymous = 0x20
)

// sysMmap maps anonymous memory. A hint is not followed.
func sysMmap(s *sysCall) uint64 {
	size, flags := pageUp(s.a[1]), s.a[3]
	perm, ok := userPerm(s.a[2])
	switch {
	case s.a[1] == 0 || s.a[1] > userEnd:
		return minus(errno.EINVAL)
	case flags&mapAnonymous == 0 && s.a[4] >= stdFDs:
		return minus(errno.EBADF)
	case flags&mapAnonymous == 0:
		return minus(errno.ENODEV) // a console
	case !ok:
		return minus(errno.EACCES)
	}
	at := s.a[0]
	if flags&mapFixed == 0 {
		if size > s.p.mmapTop-s.p.brk.to {
			return minus(errno.ENOMEM)
		}
		at = s.p.mmapTop - size
	} else if at&(pageSize-1) != 0 || at > userEnd-size {
		return minus(errno.EINVAL)
	} else if size > s.p.user.Limit() {
		return minus(errno.ENOMEM)
	} else {
		s.p.unmap(at, size)
	}
	if s.p.user.Map(at, size, perm) != nil {
		return minus(errno.ENOMEM)
	}
	if flags&mapFixed == 0 {
		s.p.mmapTop = at
	}
	return at
}

// unmap removes the pages of a range that are there.
func (p *process) unmap(at, size uint64) {
	for a := at; a < at+size; a += pageSize {
		if p.user.Page(a) != nil {
			_ = p.user.Unmap(a, pageSize) // it is mapped
		}
	}
}

// badRange reports that [at, at+size) is no range of whole pages of the user
// half; more than may be mapped is none, either.
func (s *sysCall) badRange(at, size uint64) bool {
	return at&(pageSize-1) != 0 || size > s.p.user.Limit() || at >= userEnd || pageUp(size) > userEnd-at
}

func sysMunmap(s *sysCall) uint64 {
	if s.a[1] == 0 || s.badRange(s.a[0], s.a[1]) {
		return minus(errno.EINVAL)
	}
	s.p.unmap(s.a[0], pageUp(s.a[1]))
	return 0
}

func sysMprotect(s *sysCall) uint64 {
	perm, ok := userPerm(s.a[2])
	switch {
	case s.badRange(s.a[0], s.a[1]):
		return minus(errno.EINVAL)
	case !ok:
		return minus(errno.EACCES)
	case s.a[1] == 0:
		return 0
	}
	if s.p.user.Protect(s.a[0], pageUp(s.a[1]), perm) != nil {
		return minus(errno.ENOMEM)
	}
	return 0
}
