package shell

import (
	"errors"
	"io"
	"path"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

// Program is a program that the machine is to run.
type Program struct {
	Path  string
	Image []byte
	Args  []string
	Env   []string
	Files *ProgramFiles
}

// Programs is a Host that runs programs: ELF files of its own world, never the
// host's.
type Programs interface {
	// StartProgram makes a process; Wait waits for its end.
	StartProgram(p Program) (pid int, err error)
	// ExecProgram makes the job that calls the process, once its work is done.
	ExecProgram(p Program) error
}

// runPath runs a file that is named by a path: a program, or a script in a
// subshell. last says that a job has nothing else to do.
func (s *Shell) runPath(args []string, last bool) {
	i, err := s.k.fs.Stat(s.abs(args[0]))
	switch {
	case err != nil:
		s.errorf("%s: %v", args[0], err)
		s.status = 127
		return
	case i.IsDir():
		s.errorf("%s: Is a directory", args[0])
		s.status = 126
		return
	case i.Perm&0o111 == 0 || i.Type != vfs.Regular:
		s.errorf("%s: %v", args[0], errno.EACCES)
		s.status = 126
		return
	}
	data, err := s.k.fs.ReadFile(s.abs(args[0]))
	if err != nil {
		s.errorf("%s: %v", args[0], err)
		s.status = 126
		return
	}
	if strings.HasPrefix(string(data), "\x7fELF") {
		s.runProgram(args, data, last)
		return
	}
	if by, ok := interpreter(data); !ok {
		s.errorf("%s: %s: bad interpreter: %v", args[0], by, errno.ENOENT)
		s.status = 126
		return
	}
	s.runScript(args, data)
}

// interpreter gives the program of a #! line. Those that are a shell are this
// one; there are no others.
func interpreter(data []byte) (string, bool) {
	line, ok := strings.CutPrefix(string(data[:min(len(data), 256)]), "#!")
	if !ok {
		return "", true
	}
	line, _, _ = strings.Cut(line, "\n")
	words := strings.Fields(line)
	if len(words) > 1 && path.Base(words[0]) == "env" {
		words = words[1:]
	}
	if len(words) == 0 {
		return line, false
	}
	switch path.Base(words[0]) {
	case "sh", "bash", "dash", "ash":
		return words[0], true
	}
	return words[0], false
}

// runProgram runs a program and waits for it; a job that does nothing else
// becomes it.
func (s *Shell) runProgram(args []string, image []byte, last bool) {
	host, ok := s.k.host.(Programs)
	if !ok {
		s.errorf("%s: cannot execute binary file: %v", args[0], errno.ENOEXEC)
		s.status = 126
		return
	}
	p := Program{Path: args[0], Image: image, Args: args, Env: s.environ(), Files: s.programFiles()}
	var (
		pid int
		err error
	)
	if last {
		err = host.ExecProgram(p)
	} else {
		pid, err = host.StartProgram(p)
	}
	if err != nil {
		p.Files.Close()
		s.errorf("%v", err)
		s.status = 126
		return
	}
	if s.status = 0; last {
		return
	}
	st, err := s.k.host.Wait(pid)
	if err != nil {
		_ = s.kill(pid, "KILL", 9) // it is there: it has not ended
		s.errorf("%s: %s", args[0], Reason(err))
		s.status = 1
		return
	}
	s.status = st
	if what := deathBy(st - 128); what != "" {
		s.errorf("%s: %s", args[0], what)
	}
}

// deathBy is how bash speaks of a program that a signal has ended; it says
// nothing of some.
func deathBy(sig int) string {
	return map[int]string{1: "Hangup", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap", 6: "Aborted", 7: "Bus error",
		8: "Floating point exception", 9: "Killed", 11: "Segmentation fault", 14: "Alarm clock", 15: "Terminated"}[sig]
}

// ProgramFiles are the standard descriptors of a process.
type ProgramFiles struct{ d [3]*desc }

// programFiles passes the shell's descriptors on.
func (s *Shell) programFiles() *ProgramFiles {
	f := &ProgramFiles{}
	for n := range f.d {
		if d := s.fds.d[n]; d != nil {
			d.refs++
			f.d[n] = d
		}
	}
	return f
}

// Read reads from a descriptor; 0 bytes are the end.
func (f *ProgramFiles) Read(fd int, p []byte) (int, error) {
	if fd < 0 || fd >= len(f.d) || f.d[fd] == nil || f.d[fd].r == nil {
		return 0, errno.EBADF
	}
	n, err := f.d[fd].r.Read(p)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Write writes to a descriptor.
func (f *ProgramFiles) Write(fd int, p []byte) (int, error) {
	if fd < 0 || fd >= len(f.d) || f.d[fd] == nil || f.d[fd].w == nil {
		return 0, errno.EBADF
	}
	return f.d[fd].w.Write(p)
}

// Close gives the descriptors up. One that a process substitution reads from
// stays open until the shell gives it up, too: lists do not run inside a process.
func (f *ProgramFiles) Close() {
	for n, d := range f.d {
		if d != nil && d.onClose != nil {
			d.refs--
		} else {
			d.close()
		}
		f.d[n] = nil
	}
}
