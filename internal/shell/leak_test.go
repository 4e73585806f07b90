package shell

import (
	"os"
	"strings"
	"testing"
)

// TestNoLeak holds that nothing of the host is seen: its environment, users,
// files, name, clock, pids and random numbers.
func TestNoLeak(t *testing.T) {
	t.Setenv("KLPEMU_SECRET", "leaked")
	t.Setenv("HOME", "/home/leaked")
	tests := []struct{ src, want string }{
		{"echo [$KLPEMU_SECRET] $HOME $USER $HOSTNAME $PWD $SHELL $UID $PPID $$ $BASHPID", "[] /root root klpemu /root /bin/sh 0 1 100 100\n"},
		{"env", "HOME=/root\nLANG=C\nLOGNAME=root\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nPWD=/root\nSHELL=/bin/sh\nTERM=dumb\nUSER=root\n"},
		{"echo ~ ~root ~daemon ~nobody/x ${x:-~daemon} ~+", "/root /root ~daemon ~nobody/x ~daemon /root\n"},
		{"cat /etc/passwd /etc/hostname", "cat: /etc/passwd: No such file or directory\ncat: /etc/hostname: No such file or directory\n[1]"},
		{"ls -A /; echo /*; ls /home /proc/self", "dev\nroot\ntmp\n/dev /root /tmp\nls: cannot access '/home': No such file or directory\nls: cannot access '/proc/self': No such file or directory\n[2]"},
		{"date; date +%s.%N; echo $SECONDS $EPOCHSECONDS; sleep 90.5; date; echo $SECONDS", "Sun Nov 17 22:00:00 UTC 2024\n1731880800.000000000\n0 1731880800\nSun Nov 17 22:01:30 UTC 2024\n90\n"},
		{"uname -a; hostname; id; tty", "Linux klpemu 6.12.0-klpemu #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\nklpemu\nuid=0(root) gid=0(root) groups=0(root)\nnot a tty\n[1]"},
		{"echo $RANDOM $RANDOM; RANDOM=7; echo $RANDOM; mktemp; awk 'BEGIN { print rand() }'", ""},
		{"/bin/bash --version; exec /usr/bin/host-program; echo $?", "sh: /usr/bin/host-program: No such file or directory\n[127]"},
		{"ls -l /root /dev; stat -c '%U %G %y %i' /root/a.txt", ""},
		{"true & echo $!; wait; time true", "101\n\nreal\t0m0.000s\nuser\t0m0.000s\nsys\t0m0.000s\n"},
	}
	for _, tt := range tests {
		got := run(t, newShell(t, "a.txt", "a"), tt.src)
		if tt.want != "" && got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.src, got, tt.want)
		}
		if again := run(t, newShell(t, "a.txt", "a"), tt.src); again != got {
			t.Errorf("%s\nfirst  %q\nsecond %q", tt.src, got, again)
		}
		for _, word := range []string{"leaked", itoa(os.Getpid()) + "\n"} {
			if strings.Contains(got, word) {
				t.Errorf("%s shows %q: %q", tt.src, word, got)
			}
		}
	}
}

// FuzzRun holds that no text makes the shell panic or hang, and that the same
// text gives the same bytes.
func FuzzRun(f *testing.F) {
	for _, src := range []string{"echo a | cat", "x=${y:-z}; [[ $x == z* ]] && echo $((1 + 2))", "for i in {1..3}; do echo $i; done", "cat <<E\n$x\nE", "f() { local a=1; return 2; }; f", "a=(1 2); echo ${a[@]:1}",
		"sed -n 's/a/b/gp' <<< a", "awk '{ print $1 }' <<< 'a b'", "printf '%5d|%s\n' 3 x", "grep -E '(a|b)+' <<< ab", "case $x in a|b) ;; *) echo;; esac", "set -eu; trap 'echo x' EXIT; false", "declare -A m=([a]=b); echo ${!m[@]}", "expr 1 + 2", "read a b <<< 'x y'; echo $b"} {
		f.Add(src)
	}
	limits := Limits{Commands: 2000, Output: 1 << 16, Pipe: 1 << 16, Depth: 20, Text: 4096}
	once := func(t *testing.T, src string) string {
		s := newShell(t, "a.txt", "one\ntwo\n")
		s.k.limits, s.k.console = limits, NewConsole(limits.Output, nil)
		s.fds = newFDs(strings.NewReader(""), s.k.console)
		r := s.Run(src)
		if !r.Exited {
			s.Close()
		}
		out, _ := s.k.console.Take()
		return string(out) + itoa(r.Status)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if a, b := once(t, src), once(t, src); a != b {
			t.Errorf("first %q, second %q", a, b)
		}
	})
}
