package shell

import (
	"bytes"
	"io"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

// desc is an open file description. Descriptors share it; the last one closes
// the file.
type desc struct {
	r    io.Reader
	w    io.Writer
	file *vfs.File
	refs int
	// onClose runs when the last descriptor is gone; nil for most.
	onClose func()
}

func (d *desc) close() error {
	if d == nil {
		return nil
	}
	d.refs--
	if d.refs > 0 {
		return nil
	}
	if d.onClose != nil {
		d.onClose()
	}
	if d.file != nil {
		return d.file.Close()
	}
	return nil
}

// maxFD is one more than the largest descriptor number.
const maxFD = 1024

// fdTable is the descriptors of a shell.
type fdTable struct {
	d map[int]*desc
	// substs are the descriptors of process substitutions of the command in
	// hand: they end with it.
	substs []int
}

func newFDs(stdin io.Reader, console io.Writer) *fdTable {
	in := &desc{r: stdin, refs: 1}
	out := &desc{w: console, refs: 2}
	return &fdTable{d: map[int]*desc{0: in, 1: out, 2: out}}
}

func (t *fdTable) clone() *fdTable {
	c := &fdTable{d: make(map[int]*desc, len(t.d))}
	for n, d := range t.d {
		d.refs++
		c.d[n] = d
	}
	return c
}

// set makes n refer to d; nil closes it. d's count must include n.
func (t *fdTable) set(n int, d *desc) error {
	err := t.d[n].close()
	if d == nil {
		delete(t.d, n)
	} else {
		t.d[n] = d
	}
	return err
}

// closeSubsts closes what process substitutions have opened.
func (t *fdTable) closeSubsts() {
	for _, n := range t.substs {
		t.set(n, nil)
	}
	t.substs = nil
}

// closeAll closes every descriptor, in order.
func (t *fdTable) closeAll() (err error) {
	for n := 0; len(t.d) > 0 && n < maxFD; n++ {
		if d, ok := t.d[n]; ok {
			if e := d.close(); e != nil && err == nil {
				err = e
			}
			delete(t.d, n)
		}
	}
	return err
}

// free gives the lowest free number from 10 on, for {name}> redirections.
func (t *fdTable) free() int {
	n := 10
	for t.d[n] != nil {
		n++
	}
	return n
}

func (t *fdTable) reader(n int) io.Reader {
	if d := t.d[n]; d != nil && d.r != nil {
		return d.r
	}
	return badFD{}
}

func (t *fdTable) writer(n int) io.Writer {
	if d := t.d[n]; d != nil && d.w != nil {
		return d.w
	}
	return badFD{}
}

// badFD is what a closed descriptor reads and writes as.
type badFD struct{}

func (badFD) Read([]byte) (int, error)  { return 0, errno.EBADF }
func (badFD) Write([]byte) (int, error) { return 0, errno.EBADF }

// pipeBuf collects what a stage of a pipeline or a substitution writes.
type pipeBuf struct {
	s     *Shell
	buf   bytes.Buffer
	limit int
}

func (p *pipeBuf) Write(b []byte) (int, error) {
	if p.buf.Len()+len(b) > p.limit {
		err := &LimitError{What: "bytes in a pipe", Limit: p.limit, Flag: "max-pipe"}
		p.s.fail(err)
		return 0, err
	}
	return p.buf.Write(b)
}

func (s *Shell) newPipe() *pipeBuf { return &pipeBuf{s: s, limit: s.k.limits.Pipe} }

// isPipe reports whether w leads into a pipe, for commands that write without
// end until nobody reads.
func isPipe(w io.Writer) bool {
	_, ok := w.(*pipeBuf)
	return ok
}
