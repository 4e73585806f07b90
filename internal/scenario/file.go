package scenario

import "fmt"

// File is a parsed scenario.
type File struct {
	Name     string // as given to Parse, for messages
	Title    string
	Settings []Setting // machine defaults of the front matter
	Files    []Block   // file= blocks, in order
	Commands []Command
	Warnings []*Error // things that look like mistakes but are not errors

	lines []line
}

// Setting is a `key: value` of the front matter.
type Setting struct {
	Key, Value string
	Line       int
}

// Block is a file that the scenario brings along.
type Block struct {
	Name string
	Data []byte
	Line int // of the fence
}

// Command is a command and what it must print.
type Command struct {
	Text   string // without "$ " and "> ", lines joined by newlines
	Line   int    // of the "$ "
	Want   []Want
	Status int

	// The lines of the file that hold the expectation, for Update: from
	// after the command up to the next command or the closing fence.
	from, to int
	indent   string
	eol      string
}

// Want is a line of expected output.
type Want struct {
	Text string // without the escaping backslash
	Any  bool   // "...": any number of lines
	Line int
}

// Error is a mistake in a scenario file.
type Error struct {
	Name string
	Line int
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Text) }

// line is a line of the source with its ending.
type line struct {
	text string
	eol  string // "\n", "\r\n" or "" at the end of the file
}

// split cuts a source into lines. CRLF reads as LF.
func split(src []byte) []line {
	var out []line
	start := 0
	for i, b := range src {
		if b != '\n' {
			continue
		}
		end, eol := i, "\n"
		if i > start && src[i-1] == '\r' {
			end, eol = i-1, "\r\n"
		}
		out = append(out, line{string(src[start:end]), eol})
		start = i + 1
	}
	if start < len(src) {
		out = append(out, line{string(src[start:]), ""})
	}
	return out
}
