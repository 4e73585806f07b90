package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// lineReader reads the lines of an interactive shell.
type lineReader interface {
	// read shows the prompt and returns a line; io.EOF at the end,
	// errAbandoned where the user gave the line up.
	read(prompt string) (string, error)
	close()
}

// errAbandoned says that Ctrl-C was typed at the prompt.
var errAbandoned = errors.New("line abandoned")

// newLineReader edits lines on a terminal and reads plain ones elsewhere.
func newLineReader(i *interactive) (lineReader, error) {
	in, ok := i.io.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) || !isTerminal(i.io.out) {
		return &plainReader{bufio.NewReader(i.io.in)}, nil
	}
	keys := &keyReader{r: in}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, i.io.out}, "")
	t.AutoCompleteCallback = i.complete
	return &editor{term: t, keys: keys, fd: int(in.Fd())}, nil
}

// plainReader reads commands from a pipe or a file.
type plainReader struct{ r *bufio.Reader }

func (p *plainReader) read(string) (string, error) {
	line, err := p.r.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimSuffix(line, "\n"), nil
}

func (p *plainReader) close() {}

// editor edits lines. The terminal is raw only while a line is read, so that
// Ctrl-C is a signal while a command runs.
type editor struct {
	term *term.Terminal
	keys *keyReader
	fd   int
}

func (e *editor) read(prompt string) (string, error) {
	old, err := term.MakeRaw(e.fd)
	if err != nil {
		return "", err
	}
	defer term.Restore(e.fd, old) //nolint:errcheck // nothing can be done about it
	if w, h, err := term.GetSize(e.fd); err == nil {
		_ = e.term.SetSize(w, h) // a terminal of no size keeps the default
	}
	e.term.SetPrompt(prompt)
	e.keys.abandoned = false
	line, err := e.term.ReadLine()
	if e.keys.abandoned {
		return "", errAbandoned
	}
	return line, err
}

func (e *editor) close() {}

// keyReader turns Ctrl-C into "clear the line, then return", because the
// library takes Ctrl-C for the end of the input.
type keyReader struct {
	r         io.Reader
	abandoned bool
	rest      []byte
}

const (
	ctrlC = 0x03
	ctrlE = 0x05 // to the end of the line
	ctrlU = 0x15 // delete to its beginning
)

func (k *keyReader) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		var buf [256]byte
		n, err := k.r.Read(buf[:])
		if n == 0 {
			return 0, err
		}
		for _, b := range buf[:n] {
			if b == ctrlC {
				k.abandoned = true
				k.rest = append(k.rest, ctrlE, ctrlU, '\r')
				continue
			}
			k.rest = append(k.rest, b)
		}
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}
