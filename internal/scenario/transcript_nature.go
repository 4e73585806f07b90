package scenario

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// natureRules rewrite commands whose output differs by nature to ones that keep
// what does not: bytes of a call site without its displacement, a directory
// without what only a file built for a real kernel has.
func natureRules() []struct {
	cmd *regexp.Regexp
	to  string
	cut func(lines []string) []string
} {
	return []struct {
		cmd *regexp.Regexp
		to  string
		cut func(lines []string) []string
	}{
		// The bytes of a function: endbr64 and the site; of a call the opcode alone.
		{regexp.MustCompile(`^kpeek \S+ \d+  # (\w+)$`), `x $1 9 | sed 's/.*>: //; s/ e8 .*/ e8/'`, eachLine(siteBytes)},
		{regexp.MustCompile(`^ls -A (/sys/module/\w+) .*`), `ls -A $1 | grep -v -e notes -e sections`, moduleFiles},
		{regexp.MustCompile(`^modinfo (\S+)$`), `modinfo $1 | grep -E '^(livepatch|license|name):'`, only(`^(livepatch|license|name):`)},
		{regexp.MustCompile(`^(ls -la /sys/kernel/livepatch)$`), `$1 | awk '{ print $$1, $$3, $$4, $$5, $$9 }'`, eachLine(longListing)},
		{regexp.MustCompile(`^(cat .*/taint .*/tainted)$`), `$1`, eachLine(inTreeTaint)},
		{regexp.MustCompile(`^(cat /proc/sys/kernel/tainted)$`), `$1`, eachLine(inTreeTaint)},
		{regexp.MustCompile(`^# /proc/\*/patch_state$`), `cat /proc/[0-9]*/patch_state | grep -cx 0`, countUnpatched},
		{regexp.MustCompile(`^(echo 1 > \S*/force)$`), `$1 && sleep 2`, eachLine(func(l string) string { return l })},
	}
}

func eachLine(f func(string) string) func([]string) []string {
	return func(lines []string) []string {
		for i, l := range lines {
			lines[i] = f(l)
		}
		return lines
	}
}

func only(pattern string) func([]string) []string {
	keep := regexp.MustCompile(pattern)
	return func(lines []string) []string {
		var out []string
		for _, l := range lines {
			if keep.MatchString(l) {
				out = append(out, l)
			}
		}
		return out
	}
}

// siteBytes takes the first 9 of "ADDR: f3 0f ...", up to the opcode of a call.
func siteBytes(line string) string {
	_, bytes, _ := strings.Cut(line, ": ")
	bytes = bytes[:min(len(bytes), 9*3-1)]
	if i := strings.Index(bytes, " e8 "); i >= 0 {
		return bytes[:i+3]
	}
	return bytes
}

// moduleFiles keeps the first directory of a listing of two.
func moduleFiles(lines []string) []string {
	var out []string
	for _, l := range lines {
		switch {
		case l == "" || strings.HasSuffix(l, "/sections:"):
			return out
		case strings.HasSuffix(l, ":"), l == "notes", l == "sections":
		default:
			out = append(out, l)
		}
	}
	return out
}

// longListing drops the count of links and the date of a line of ls -l, as awk
// sees it: the name is its ninth field.
func longListing(line string) string {
	f := append(strings.Fields(line), make([]string, 9)...)
	return strings.Join([]string{f[0], f[2], f[3], f[4], f[8]}, " ")
}

// inTreeTaint is the taint of a module that is in the tree and signed.
func inTreeTaint(line string) string {
	switch line {
	case "OEK":
		return "K"
	case "45056":
		return "32768"
	}
	return line
}

// countUnpatched is how many tasks have state 0: a full system has more of the
// others.
func countUnpatched(lines []string) []string {
	for _, l := range lines {
		if n, ok := strings.CutPrefix(l, "patch_state 0: "); ok {
			return []string{strings.Fields(n)[0]}
		}
	}
	return []string{"0"}
}

// byNatureRule applies the rule for the step's command, if there is one.
func (s *step) byNatureRule() {
	for _, r := range natureRules() {
		if r.cmd.MatchString(s.cmd) {
			s.cmd = r.cmd.ReplaceAllString(s.cmd, r.to)
			s.out = r.cut(s.out)
			return
		}
	}
}

var (
	readerOutput = regexp.MustCompile(`^cat (/tmp/o\d+)$`)
	readerResult = regexp.MustCompile(`^lab_(sleep_\w+)\(\)=`)
	taskFile     = regexp.MustCompile(`/proc/\d+/patch_state`)
	kallsymsList = regexp.MustCompile(`^grep -F '\[\w+\]' /proc/kallsyms$`)
)

// addReaders adds what an experiment does without a line of its own: the
// process that reads a file of lab_target in the background, and whose pid later
// lines name. Steps that show nothing but what differs by nature go, and so does
// a transition that the experiment has left in its middle at its end.
func addReaders(steps []step) []step {
	file, out := "", ""
	for i := range steps {
		if m := readerOutput.FindStringSubmatch(steps[i].cmd); m != nil && len(steps[i].out) > 0 {
			if r := readerResult.FindStringSubmatch(steps[i].out[0]); r != nil {
				file, out = r[1], m[1]
			}
		}
	}
	var all []step
	for i, s := range steps {
		if kallsymsList.MatchString(s.cmd) || leftInTheMiddle(steps, i) {
			continue
		}
		if out == "" {
			all = append(all, s)
			continue
		}
		s.cmd = taskFile.ReplaceAllString(s.cmd, "/proc/$$reader/patch_state")
		if s.cmd == "cat "+out {
			s.cmd = "wait $reader; " + s.cmd
		}
		all = append(all, s)
		if file != "" && strings.HasPrefix(s.cmd, "insmod test_modules/lab_target") {
			all = append(all, step{cmd: "cat /proc/lab/" + file + " > " + out + " &"}, step{cmd: "reader=$!; sleep 1"})
			file = ""
		}
	}
	return all
}

// Pointers and jiffies in the log: an experiment at boot has none of the first,
// and time of its own.
var (
	firstExpiry = regexp.MustCompile(`expires @ ([0-9a-f]+)`)
	jiffiesAt   = regexp.MustCompile(`expires @ [0-9a-f]+$`)
	periodic    = regexp.MustCompile(`_dummy_alloc: dummy @ `)
	ofTheEnd    = regexp.MustCompile(`: (completing \w+ transition|\w+patching complete|patching complete)$`)
)

// Lines about a period of the module go to the log once in 256 jiffies: 250 that
// its work is delayed, rounded up by the timer wheel.
const periodSeconds = 1.024

// shadowLog prints what the transcript has of the log.
const shadowLog = `$ dmesg -n 1; dmesg -C
$ shadow_log() {
>     dmesg -tc | grep livepatch | sed -E 's/@ [0-9a-f]{16}/@ (____ptrval____)/g; s/(expires @).*/\1 .../'
> }
`

// phase is how long to wait so that the module's work begins in the same slot of
// the timer wheel as in the transcript: in one of 64 jiffies, of which the machine
// begins with the eighth. An object expires 3000 jiffies after it was made.
func phase(text string) string {
	m := firstExpiry.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	jiffies, err := strconv.ParseUint(m[1], 16, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("$ sleep %.3f\n", float64((jiffies-3000-8)%64)*0.004)
}

// retime makes steps of an experiment whose modules work all the time show the
// same events: each waits for as many periods as its log has, before its command
// and after it. The end of a transition comes at once, as on one CPU.
func retime(steps []step) {
	for i := range steps {
		s := &steps[i]
		if s.cmd == "" {
			continue
		}
		s.cmd = strings.TrimSuffix(s.cmd, "; sleep 2")
		before, after, own := 0, 0, false
		var log, end []string
		for _, l := range s.log {
			switch {
			case periodic.MatchString(l) && own:
				after++
			case periodic.MatchString(l):
				before++
			case strings.HasPrefix(l, "livepatch: "):
				own = true
			}
			if ofTheEnd.MatchString(l) {
				end = append(end, l)
				continue
			}
			log = append(log, jiffiesAt.ReplaceAllString(l, "expires @ ..."))
		}
		s.log = afterStart(log, end)
		if strings.HasPrefix(s.cmd, "sleep ") {
			periods := float64(before)
			if before == 0 { // not in the log: the unpatched module's own lines
				periods = 4.5 // from here on commands come in the middle of a period
			}
			s.cmd = fmt.Sprintf("sleep %.3f", periods*periodSeconds)
			before = 0
		}
		if before > 0 {
			s.cmd = fmt.Sprintf("sleep %.3f; %s", float64(before)*periodSeconds, s.cmd)
		}
		if after > 0 {
			s.cmd += fmt.Sprintf("; sleep %.3f", float64(after)*periodSeconds)
		}
		s.cmd += "; shadow_log"
		s.out, s.log = append(s.log, s.out...), nil
	}
}

// afterStart puts the end of a transition behind its start.
func afterStart(log, end []string) []string {
	var out []string
	for _, l := range log {
		out = append(out, l)
		if strings.HasSuffix(l, "patching transition") && strings.Contains(l, ": starting ") {
			out = append(out, end...)
		}
	}
	return out
}

// leftInTheMiddle reports a step that starts a transition whose end the
// experiment has not waited for.
func leftInTheMiddle(steps []step, i int) bool {
	if i+1 >= len(steps) || !strings.HasPrefix(steps[i+1].note, "finish: ") || len(steps[i].log) == 0 {
		return false
	}
	for _, l := range steps[i].log {
		if strings.Contains(l, "complete") {
			return false
		}
	}
	return true
}
