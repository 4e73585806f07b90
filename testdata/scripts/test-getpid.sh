#!/bin/bash
# One process on each CPU calls getpid all the time while the system call is
# patched.
. "$(dirname "$0")/harness.sh"
save_settings

begin "a system call that is made all the time"
cpus=$(getconf _NPROCESSORS_ONLN)
for n in $(seq "$cpus"); do
	./scenarios/programs/hammer &
	pids[n]=$!
done
list=$(echo "${pids[@]}" | tr ' ' ',')
load lp_getpid "pids=$list"
wait_for 'grep -q "^0$" /sys/kernel/lp_getpid/pending' || die "not all have come by"
for pid in "${pids[@]}"; do
	kill "$pid" || die "$pid has ended"
done
wait "${pids[1]}"
[[ $? == 143 ]] || die "status of $pid"
disable lp_getpid
unload lp_getpid
expect << END
# load lp_getpid pids=$list
livepatch: enabling patch 'lp_getpid'
livepatch: 'lp_getpid': initializing patching transition
livepatch: 'lp_getpid': starting patching transition
livepatch: 'lp_getpid': completing patching transition
livepatch: 'lp_getpid': patching complete
# disable lp_getpid
livepatch: 'lp_getpid': initializing unpatching transition
livepatch: 'lp_getpid': starting unpatching transition
livepatch: 'lp_getpid': completing unpatching transition
livepatch: 'lp_getpid': unpatching complete
# unload lp_getpid
END

finish
