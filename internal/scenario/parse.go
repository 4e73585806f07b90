package scenario

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a scenario. name is used in messages only.
func Parse(name string, src []byte) (*File, error) {
	f := &File{Name: name, lines: split(src)}
	p := &parser{f: f}
	start, err := p.frontMatter()
	if err != nil {
		return nil, err
	}
	sc := &scanner{name: name, lines: f.lines}
	blocks, err := sc.fences(start)
	if err != nil {
		return nil, err
	}
	for i := range blocks {
		if err := p.block(&blocks[i]); err != nil {
			return nil, err
		}
	}
	p.title(start, blocks)
	p.unusedFiles()
	if !slices.ContainsFunc(blocks, func(b fence) bool { return isConsole(b.info) }) {
		f.Warnings = append(f.Warnings, &Error{name, 1, "no console block, so nothing is run; the session stands in blocks that begin with ```console"})
	}
	return f, nil
}

// HasConsole reports whether a file has a console block, for finding scenarios
// in a directory: other Markdown files are not read further.
func HasConsole(src []byte) bool {
	sc := &scanner{lines: split(src)}
	blocks, err := sc.fences(0)
	if err != nil {
		return regexp.MustCompile("(?m)^[ \t]*(```+|~~~+)[ \t]*console\\b").Match(src)
	}
	for _, b := range blocks {
		if isConsole(b.info) {
			return true
		}
	}
	return false
}

type parser struct {
	f     *File
	ended int // line of the `exit`, 0 before
}

func (p *parser) errorf(line int, format string, args ...any) error {
	return &Error{p.f.Name, line, fmt.Sprintf(format, args...)}
}

// settings are the keys of the front matter.
func settingNames() []string {
	return []string{"title", "cpus", "hz", "image", "seed", "max-insns", "max-commands", "max-output", "max-pipe", "max-depth", "max-memory"}
}

// frontMatter reads the lines between two "---" at the top and gives the index
// of the line after them.
func (p *parser) frontMatter() (int, error) {
	lines := p.f.lines
	if len(lines) == 0 || strings.TrimRight(lines[0].text, " \t") != "---" {
		return 0, nil
	}
	for i := 1; i < len(lines); i++ {
		text := strings.TrimSpace(lines[i].text)
		if text == "---" {
			return i + 1, nil
		}
		if text == "" || text[0] == '#' {
			continue
		}
		key, val, ok := strings.Cut(text, ":")
		if !ok {
			return 0, p.errorf(i+1, "the front matter has lines of the form `key: value`")
		}
		if err := p.setting(i+1, strings.TrimSpace(key), unquote(strings.TrimSpace(val))); err != nil {
			return 0, err
		}
	}
	return 0, p.errorf(1, "this front matter is never closed; end it with a line of ---")
}

func unquote(v string) string {
	if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
		return v[1 : len(v)-1]
	}
	return v
}

func (p *parser) setting(line int, key, val string) error {
	for _, s := range p.f.Settings {
		if s.Key == key {
			return p.errorf(line, "%q is set twice, first in line %d", key, s.Line)
		}
	}
	best := ""
	for _, n := range settingNames() {
		if n == key {
			if key == "title" {
				p.f.Title = val
			}
			p.f.Settings = append(p.f.Settings, Setting{key, val, line})
			return nil
		}
		if distance(n, key) <= 2 {
			best = n
		}
	}
	if best != "" {
		return p.errorf(line, "unknown setting %q; did you mean %q?", key, best)
	}
	return p.errorf(line, "unknown setting %q; there are %s", key, strings.Join(settingNames(), ", "))
}

// title takes the first heading when the front matter has none.
func (p *parser) title(start int, blocks []fence) {
	next := 0
	for i := start; i < len(p.f.lines) && p.f.Title == ""; i++ {
		if next < len(blocks) && i == blocks[next].open {
			i = blocks[next].close
			next++
			continue
		}
		if t, ok := strings.CutPrefix(p.f.lines[i].text, "# "); ok {
			p.f.Title = strings.TrimSpace(t)
		}
	}
}

// isConsole reports whether an info string starts with the word console.
func isConsole(info string) bool {
	rest, ok := strings.CutPrefix(info, "console")
	return ok && (rest == "" || strings.IndexByte(" \t{,;:", rest[0]) >= 0)
}

// block reads one fenced block.
func (p *parser) block(b *fence) error {
	if isConsole(b.info) {
		return p.console(b)
	}
	words := strings.Fields(b.info)
	for i, w := range words {
		if i == 0 {
			if w != "console" && distance(strings.ToLower(w), "console") <= 2 {
				return p.errorf(b.open+1, "unknown kind of block %q; did you mean \"console\"?", w)
			}
		}
		key, val, ok := strings.Cut(w, "=")
		if !ok {
			continue
		}
		if key == "file" {
			return p.fileBlock(b, val)
		}
		if distance(strings.ToLower(key), "file") <= 1 {
			return p.errorf(b.open+1, "unknown attribute %q; did you mean \"file=%s\"?", key, val)
		}
	}
	return nil
}

// fileBlock reads a file= block.
func (p *parser) fileBlock(b *fence, name string) error {
	name = unquote(name)
	clean := path.Clean("/" + name)[1:]
	if name == "" || clean == "" || path.IsAbs(name) || clean != strings.TrimPrefix(name, "./") {
		return p.errorf(b.open+1, "file=%s is not a name below the working directory", name)
	}
	if strings.ContainsRune(name, 0) || len(name) > 255 {
		return p.errorf(b.open+1, "file=... is not a name of a file")
	}
	for _, f := range p.f.Files {
		if f.Name == clean {
			return p.errorf(b.open+1, "file=%s is given twice, first in line %d", clean, f.Line)
		}
	}
	var data []byte
	for i := b.open + 1; i < b.close; i++ {
		data = append(data, b.content(p.f.lines[i].text)...)
		data = append(data, '\n')
	}
	p.f.Files = append(p.f.Files, Block{clean, data, b.open + 1})
	return nil
}

// statusLine gives the number of a line "[N]".
func statusLine(text string) (int, bool) {
	if len(text) < 3 || text[0] != '[' || text[len(text)-1] != ']' {
		return 0, false
	}
	digits := text[1 : len(text)-1]
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		n = -1 // too large for a status
	}
	return n, true
}

// console reads a console block.
func (p *parser) console(b *fence) error {
	indent := p.f.lines[b.open].text
	_, n := leading(indent)
	indent = indent[:n]
	var cmd *Command
	for i := b.open + 1; i < b.close; i++ {
		text := b.content(p.f.lines[i].text)
		if text == "$" || strings.HasPrefix(text, "$ ") {
			if p.ended > 0 {
				return p.errorf(i+1, "a command after the `exit` in line %d", p.ended)
			}
			if cmd != nil {
				cmd.to = i
			}
			p.f.Commands = append(p.f.Commands, Command{Text: strings.TrimPrefix(text[1:], " "), Line: i + 1,
				from: i + 1, to: b.close, indent: indent, eol: p.f.lines[b.open].eol})
			cmd = &p.f.Commands[len(p.f.Commands)-1]
			i = p.continuation(b, cmd, i)
			if isExit(cmd.Text) {
				p.ended = cmd.Line
			}
			continue
		}
		if cmd == nil {
			return p.errorf(i+1, "output before the first command of this block; a command begins with \"$ \"")
		}
		if err := p.output(cmd, i, text, b); err != nil {
			return err
		}
	}
	return nil
}

// continuation takes the "> " lines directly below a command. A bare ">" is one
// too where a "> " follows: editors cut blanks at the end of a line, and as
// output the "> " below it would be an error.
func (p *parser) continuation(b *fence, cmd *Command, i int) int {
	for i+1 < b.close {
		text := b.content(p.f.lines[i+1].text)
		if text == ">" && p.continues(b, i+2) {
			text = "> "
		}
		if !strings.HasPrefix(text, "> ") {
			break
		}
		cmd.Text += "\n" + text[2:]
		i++
		cmd.from = i + 1
	}
	return i
}

// continues reports whether a "> " line comes at i, or after more bare ">".
func (p *parser) continues(b *fence, i int) bool {
	for ; i < b.close; i++ {
		if text := b.content(p.f.lines[i].text); text != ">" {
			return strings.HasPrefix(text, "> ")
		}
	}
	return false
}

// output takes a line of expected output.
func (p *parser) output(cmd *Command, i int, text string, b *fence) error {
	if cmd.Status != 0 {
		return p.errorf(i+1, "output after the status [%d]; the status stands last", cmd.Status)
	}
	if n, ok := statusLine(text); ok {
		if n < 1 || n > 255 {
			return p.errorf(i+1, "%s is no exit status: 1 to 255 (0 is not written); as output it is written \\%s", text, text)
		}
		cmd.Status = n
		return nil
	}
	switch {
	case strings.HasPrefix(text, "> "):
		return p.errorf(i+1, "a continuation line stands directly below its command; as output it is written \\%s", text)
	case text == "...":
		cmd.Want = append(cmd.Want, Want{Any: true, Line: i + 1})
	default:
		cmd.Want = append(cmd.Want, Want{Text: strings.TrimPrefix(text, `\`), Line: i + 1})
	}
	return nil
}

// Escape writes a line of output as it stands in a scenario.
func Escape(text string) string {
	_, status := statusLine(text)
	if status || text == "$" || text == "..." || strings.HasPrefix(text, "$ ") || strings.HasPrefix(text, "> ") || strings.HasPrefix(text, `\`) {
		return `\` + text
	}
	return text
}

// isExit recognises the command that ends a scenario when it stands alone.
func isExit(cmd string) bool {
	words := strings.Fields(cmd)
	return len(words) > 0 && words[0] == "exit" && len(words) <= 2 && !strings.ContainsAny(cmd, ";&|<>()")
}

// unusedFiles warns of files that nothing names.
func (p *parser) unusedFiles() {
	var all strings.Builder
	for _, c := range p.f.Commands {
		all.WriteString(c.Text + "\n")
	}
	for _, f := range p.f.Files {
		all.WriteString(string(f.Data) + "\n")
	}
	for _, s := range p.f.Settings {
		all.WriteString(s.Value + "\n")
	}
	text := all.String()
	if strings.ContainsAny(text, "*") {
		return // a pattern may name any file
	}
	for _, f := range p.f.Files {
		if !strings.Contains(text, path.Base(f.Name)) {
			p.f.Warnings = append(p.f.Warnings, &Error{p.f.Name, f.Line, "no command uses file=" + f.Name})
		}
	}
}

// distance is the number of edits between two short words.
func distance(a, b string) int {
	if len(a) > 32 || len(b) > 32 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := prev
			if a[i-1] != b[j-1] {
				cost++
			}
			prev = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
