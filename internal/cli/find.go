package cli

import (
	"errors"
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
		src, err := os.ReadFile(p)
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
