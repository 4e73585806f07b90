package obj

import (
	"errors"
	"strconv"
)

// Parse reads an ELF64 x86-64 relocatable object.
func Parse(name string, data []byte) (*File, error) { return nil, errors.New("todo") }

// Link links files into one image.
func Link(files []*File, o Options) (*Image, error) { return nil, errors.New("todo") }

// printable shortens and quotes a name from a file for an error message.
func printable(name string) string {
	const most = 128
	if len(name) > most {
		name = name[:most] + "..."
	}
	for i := 0; i < len(name); i++ {
		if name[i] <= ' ' || name[i] > '~' {
			return strconv.Quote(name)
		}
	}
	return name
}

// place names a byte of a section for an error message.
func place(f *File, s *Section, off uint64) string {
	return f.Name + ": " + printable(s.Name) + "+0x" + strconv.FormatUint(off, 16)
}

// symbolName is the name of a symbol for an error message.
func (f *File) symbolName(i int) string {
	if s := f.Symbols[i]; s.Name != "" {
		return printable(s.Name)
	}
	return "symbol " + strconv.Itoa(i)
}
