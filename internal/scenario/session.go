package scenario

import (
	"io/fs"
	"path"
	"time"

	"klpemu/internal/shell"
	"klpemu/internal/vfs"
)

// WorkDir is the machine's working directory, where the files of a scenario
// are.
const WorkDir = "/root"

// NewFS makes the tree of files of a session: /tmp, /dev, and the working
// directory with the files of dir (read-only, copied when written to; may be
// nil) and the blocks above them. The machine mounts its own beside.
func NewFS(dir fs.FS, blocks []Block, now func() time.Time) (*vfs.FS, error) {
	t := vfs.New(vfs.Options{Now: now})
	if err := t.MkdirAll("/tmp", 0o1777); err != nil {
		return nil, err
	}
	if err := t.MountDev(); err != nil {
		return nil, err
	}
	if err := t.MountLower(WorkDir, dir); err != nil {
		return nil, err
	}
	for _, b := range blocks {
		name := path.Join(WorkDir, b.Name)
		if err := t.MkdirAll(path.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := t.WriteFile(name, b.Data, 0o644); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// ShellSession is a Session of a shell.
type ShellSession struct {
	sh      *shell.Shell
	console *shell.Console
}

// NewSession makes a session of a shell that writes to console.
func NewSession(sh *shell.Shell, console *shell.Console) *ShellSession {
	return &ShellSession{sh, console}
}

// Exec runs one command.
func (s *ShellSession) Exec(command string) Outcome { return s.outcome(s.sh.Run(command)) }

// Close ends the shell.
func (s *ShellSession) Close() Outcome { return s.outcome(s.sh.Close()) }

func (s *ShellSession) outcome(r shell.Result) Outcome {
	out, alarms := s.console.Take()
	return Outcome{Output: out, Status: r.Status, Exited: r.Exited, Alarms: alarms, Limited: s.console.TakeLimited(), Err: r.Err}
}
