// Gen writes the reference pages that are made from the program itself:
// docs/commands.md from the machine's command table, docs/cli and docs/man
// from the command line, the pictures of docs/tour from the state of machines.
//
//	go generate ./internal/cli
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "the directory of the module")
	flag.Parse()
	if err := write(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// write replaces the generated pages below root. Pages of commands that are
// gone are removed.
func write(root string) error {
	pages, err := pages()
	if err != nil {
		return err
	}
	old, err := existing(root)
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, ok := pages[name]; ok {
			continue
		}
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			return err
		}
	}
	for name, text := range pages {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// existing lists the files that only this program writes.
func existing(root string) ([]string, error) {
	var names []string
	for _, pattern := range []string{"docs/cli/*.md", "docs/man/*.1", "docs/tour/*.svg"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				return nil, err
			}
			names = append(names, filepath.ToSlash(rel))
		}
	}
	return names, nil
}
