package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"klpemu/internal/cli"
)

// picture is drawn from what a script prints on a machine.
type picture struct {
	name   string
	title  string
	script string
	draw   func(d *drawing, lines []string) error
}

func pictures() []picture {
	return []picture{
		{"docs/tour/call-site.svg", "The five bytes of a call site while a nop becomes a call", callSiteScript, drawCallSite},
		{"docs/tour/version-stack.svg", "A call site, its trampoline and the stack of versions", versionStackScript, drawVersionStack},
		{"docs/tour/transition.svg", "Tasks over time: which are patched, and when", transitionScript, drawTransition},
	}
}

// drawPictures runs the scripts and draws what they show.
func drawPictures(pages map[string][]byte) error {
	for _, p := range pictures() {
		lines, err := runScript(p.script)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		var d drawing
		if err := p.draw(&d, lines); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		pages[p.name] = d.svg(p.title)
	}
	return nil
}

// runScript runs a script on a machine and gives the lines that begin with
// "@", without it.
func runScript(text string) ([]string, error) {
	dir, err := os.MkdirTemp("", "klpemu-gen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "script.sh")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return nil, err
	}
	var out, errs bytes.Buffer
	if st := cli.Main([]string{"sh", file}, strings.NewReader(""), &out, &errs); st != 0 {
		return nil, fmt.Errorf("the script ended with %d:\n%s%s", st, out.String(), errs.String())
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		if rest, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "@"); ok {
			lines = append(lines, rest)
		}
	}
	return lines, nil
}

// The call site, from one stop of a text poke to the next.
const callSiteScript = `
printf 'func answer\n\tmov\t$41, %%eax\n\tret\nendfunc\n' > k.s
printf 'func right_answer\n\tmov\t$42, %%eax\n\tret\nendfunc\n' > new.s
printf 'livepatch fix\nobject vmlinux\n    func answer right_answer\ncode new.s\n' > fix.klp
boot --cpus 1 k.s
show() { echo "@$1|$(x answer+4 5 | cut -d : -f 2)"; }
show 'the nop since boot'
insmod fix.klp &
until x answer+4 1 | grep -q ': cc'; do # trampolines are poked before
	run --until point:text_poke_bp_batch:int3
done
show 'int3 over the first byte'
run --until point:text_poke_bp_batch:tail
show 'the other bytes of the call'
run --until point:text_poke_bp_batch:first
show 'the first byte of the call'
wait
`

func drawCallSite(d *drawing, lines []string) error {
	const left, side, step = 250, 44, 56
	var before []string
	for i, line := range lines {
		label, rest, _ := strings.Cut(line, "|")
		cells := strings.Fields(rest)
		if len(cells) != 5 {
			return fmt.Errorf("no five bytes in %q", line)
		}
		y := 20 + i*step
		d.text(left-16, y+26, "end", label)
		for k, c := range cells {
			fill := oldRun
			switch {
			case before != nil && c != before[k]:
				fill = moving
			case i == len(lines)-1:
				fill = newRun
			}
			d.box(left+k*side, y, side, 40, fill, c)
		}
		if i > 0 {
			d.text(left+5*side+16, y-4, "start", "every CPU is synchronised")
		}
		before = cells
	}
	d.grow(left+5*side+16+25*9, 0)
	return nil
}

// Three patches of one function, and what the klp command says of them.
const versionStackScript = `
printf 'func version\n\tmov\t$0, %%eax\n\tret\nendfunc\n' > k.s
n=0
for name in one two three; do
	n=$((n+1))
	printf 'func version_%s\n\tmov\t$%s, %%eax\n\tret\nendfunc\n' $n $n > $name.s
	printf 'livepatch %s\nobject vmlinux\n    func version version_%s\ncode %s.s\n' $name $n $name > $name.klp
done
boot --cpus 1 k.s
insmod one.klp
insmod two.klp
insmod three.klp
klp three | sed 's/^/@/'
`

func drawVersionStack(d *drawing, lines []string) error {
	const top, height, gap = 44, 44, 36
	x := 0
	next := func(w int, fill, text, below string) {
		if x > 0 {
			d.arrow(x-gap+10, top+height/2, x+6, top+height/2)
		}
		d.box(x+8, top, w, height, fill, text)
		d.text(x+8+w/2, top+height+22, "middle", below)
		x += w + gap
	}
	versions := 0
	for _, line := range lines {
		line = strings.TrimSpace(line)
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "call site ") && len(fields) > 8:
			next(150, newRun, strings.Join(fields[3:8], " "), "version+0x4")
			next(160, oldRun, "ftrace_trampoline", "klp_ftrace_handler")
			d.text(x+8, 24, "start", "func_stack, the newest first")
		case strings.HasPrefix(line, "version ") && len(fields) > 3:
			name, _, _ := strings.Cut(fields[2], "+")
			fill := oldRun
			if versions == 0 {
				fill = newRun
			}
			versions++
			next(110, fill, name, strings.Trim(fields[3], "[]"))
		case strings.HasPrefix(line, "original:"):
			name, _, _ := strings.Cut(fields[1], "+")
			next(110, oldRun, name, "the original")
		}
	}
	if versions == 0 {
		return fmt.Errorf("no versions in %q", lines)
	}
	return nil
}
