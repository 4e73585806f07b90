package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A patch of three functions of the default kernel, while a task sleeps in one
// of them, a kworker is busy in another and a third is called again and again.
const transitionScript = `
{
	printf 'func new_pipe_read\n\tmov\t$1, %%eax\n\tret\nendfunc\n'
	printf 'func new_busy_work\n\tret\nendfunc\n'
	printf 'func new_getpid\n\tmov\t$1, %%eax\n\tret\nendfunc\n'
} > new.s
{
	echo livepatch fix
	echo object vmlinux
	echo func pipe_read new_pipe_read
	echo func busy_work_func new_busy_work
	echo func __x64_sys_getpid new_getpid
	echo code new.s
} > fix.klp
spawn --name reader pipe_read > /dev/null
spawn --name getpid --loop __x64_sys_getpid > /dev/null
call start_busy_work > /dev/null
run 20000
insmod fix.klp
for t in $(seq 0 19); do
	for p in /proc/[0-9]*; do
		echo "@$t $(cat $p/comm) $(cat $p/patch_state)"
	done
	[ $t = 7 ] && call stop_busy_work > /dev/null
	[ $t = 13 ] && call pipe_write 65 > /dev/null
	sleep 0.25
done
`

// drawTransition draws a row for each task and a cell for each quarter of a
// second.
func drawTransition(d *drawing, lines []string) error {
	const left, cell, height, top = 150, 28, 26, 44
	fills := map[string]string{"0": oldRun, "1": newRun, "-1": "#ffffff"}
	var order []string
	states := map[string]map[int]string{}
	last := 0
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) != 3 {
			return fmt.Errorf("unexpected line %q", line)
		}
		t, err := strconv.Atoi(f[0])
		if err != nil {
			return err
		}
		last = max(last, t)
		name := strings.NewReplacer("+events", "", "-events", "").Replace(f[1]) // what a kworker is at
		if states[name] == nil {
			states[name] = map[int]string{}
			order = append(order, name)
		}
		states[name][t] = f[2]
	}
	for row, name := range order {
		y := top + row*(height+6)
		d.text(left-12, y+18, "end", name)
		for t := range last + 1 {
			if s, ok := states[name][t]; ok {
				d.box(left+t*cell, y, cell, height, fills[s], "")
			}
		}
	}
	bottom := top + len(order)*(height+6)
	for t := 0; t <= last+1; t += 4 {
		d.line(left+t*cell, bottom, left+t*cell, bottom+6)
		d.text(left+t*cell, bottom+24, "middle", fmt.Sprintf("%d s", t/4))
	}
	for i, key := range []struct{ state, text string }{{"0", "unpatched"}, {"1", "patched"}, {"-1", "no transition"}} {
		d.box(left+i*150, 10, 18, 18, fills[key.state], "")
		d.text(left+i*150+26, 24, "start", key.text)
	}
	return nil
}
