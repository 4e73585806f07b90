package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"klpemu/internal/scenario"
)

// findScenarios lists the files to run: files as they are named, and every
// Markdown file with a console block below a directory, in order of path.
func findScenarios(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		found, err := scenariosBelow(p)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, errors.New("no scenario found; a scenario is a .md file with a ```console block")
	}
	return files, nil
}

func scenariosBelow(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
			return err
		}
		if info, err := os.Stat(p); err != nil || !info.Mode().IsRegular() {
			return nil // a fifo or a link to nowhere is no scenario
		}
		src, err := readInput(p)
		if err != nil {
			return err
		}
		if scenario.HasConsole(src) {
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

// maxInput is more than any input file can use.
const maxInput = 128 << 20

// readInput reads a file of the host that the command line names. It may be a
// pipe or a device, which have no size to look at and perhaps no end.
func readInput(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("%s: larger than the limit of %d MiB for an input file", name, maxInput>>20)
	}
	return data, err
}
