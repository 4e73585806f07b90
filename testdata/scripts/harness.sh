#!/bin/bash
# What the scripts beside this one share: a test is a name, some commands, and
# the messages that the kernel must have printed meanwhile.

modules=modules
klp=/sys/kernel/livepatch
control=/sys/kernel/debug/dynamic_debug/control
declare -a passed=()

say() { echo "$*" > /dev/kmsg; }

die() {
	say "FAILED: $*"
	echo "FAILED: $*" >&2
	exit 1
}

# Both settings are as they were when the script ends, however it ends.
save_settings() {
	old_debug=$(grep '^kernel/livepatch/' "$control" | sed -E 's/^([^:]*):([0-9]+) .* (=[a-z_]+) ".*/file \1 line \2 \3/')
	old_ftrace=$(sysctl -n kernel.ftrace_enabled)
	trap restore_settings EXIT INT TERM HUP
	cat > "$control" <<-QUERIES
		# every message of a transition, but not one for each task
		file kernel/livepatch/* +p
		func klp_try_switch_task -p
	QUERIES
}

restore_settings() {
	[[ -z $old_debug ]] || echo "$old_debug" > "$control"
	sysctl -q -w kernel.ftrace_enabled="$old_ftrace"
}

# wait_for CONDITION... tries for a minute of the machine's time.
wait_for() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		if eval "$*"; then
			return 0
		fi
		sleep .1
	done
	return 1
}

# load MODULE [PARAMETER]... says what it does, and fails where insmod does.
load() {
	local name=$1 err
	shift
	say "# load $name${*:+ }$*"
	if ! err=$(insmod "$modules/$name.ko" "$@" 2>&1); then
		say "$err"
		return 1
	fi
	wait_for '[[ -d /sys/module/$name ]]' || die "no /sys/module/$name"
	if [[ $(modinfo -F livepatch "$modules/$name.ko") == Y ]]; then
		wait_for '[[ $(< "$klp/$name/transition") == 0 ]]' || die "$name: the transition hangs"
	fi
}

unload() {
	local name
	for name in "$@"; do
		wait_for "grep -qx 0 /sys/module/$name/refcnt" || die "$name is in use"
		say "# unload $name"
		rmmod "$name" || die "rmmod $name: status $?"
	done
}

disable() {
	say "# disable $1"
	echo 0 > "$klp/$1/enabled"
	wait_for "! test -e $klp/$1" || die "$1 stays"
}

mode_is() {
	local mode
	mode=$(stat -c %A "$1")
	[[ $mode == "$2" ]] || die "$1 has mode $mode, not $2"
}

begin() {
	current=$1
	mark="begin $current at $(date --rfc-3339=ns)"
	say "$mark"
	wait_for 'dmesg | grep -Fq "$mark"' || die "the log has no mark"
	first=$(dmesg | grep -F "$mark")
	printf '%s: ' "$current"
}

# expect reads the messages of the test from standard input. Those about the
# taint of the kernel, and those of others, do not count.
expect() {
	local want got
	want=$(cat)
	got=$(dmesg | awk -v first="$first" 'seen; $0 == first { seen = 1 }' |
		grep -E '^\[[^]]*\] (#|livepatch:|insmod:|[a-z_0-9]+: [a-z])' | grep -v 'taint' | sed 's/^\[ *[0-9.]*\] //')
	if [[ $want == "$got" ]]; then
		echo ok
		passed+=("$current")
		return
	fi
	echo "not ok"
	diff -u --label expected --label printed <(echo "$want") <(echo "$got")
	die "$current: other messages than expected"
}

finish() { echo "${#passed[@]} passed: ${passed[*]// /_}"; }
