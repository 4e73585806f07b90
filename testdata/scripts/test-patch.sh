#!/bin/bash
. "$(dirname "$0")/harness.sh"
save_settings

begin "a livepatch comes and goes"
before=$(cat /proc/cmdline)
load lp_cmdline
[[ $(cat /proc/cmdline) != "$before" ]] || die "the function is the old one"
mode_is "$klp/lp_cmdline" drwxr-xr-x
mode_is "$klp/lp_cmdline/enabled" -rw-r--r--
mode_is "$klp/lp_cmdline/force" --w-------
[[ $(cat $klp/lp_cmdline/vmlinux/patched) =~ ^1$ ]] || die "not patched"
disable lp_cmdline
unload lp_cmdline
[[ $(cat /proc/cmdline) == "$before" ]] || die "the function is not the old one"
expect << 'END'
# load lp_cmdline
livepatch: enabling patch 'lp_cmdline'
livepatch: 'lp_cmdline': initializing patching transition
livepatch: 'lp_cmdline': starting patching transition
livepatch: 'lp_cmdline': completing patching transition
livepatch: 'lp_cmdline': patching complete
# disable lp_cmdline
livepatch: 'lp_cmdline': initializing unpatching transition
livepatch: 'lp_cmdline': starting unpatching transition
livepatch: 'lp_cmdline': completing unpatching transition
livepatch: 'lp_cmdline': unpatching complete
# unload lp_cmdline
END

begin "ftrace cannot be switched off below a livepatch"
sysctl -q kernel.ftrace_enabled=0 || die "ftrace stays on"
load lp_cmdline && die "a livepatch without ftrace"
sysctl -q kernel.ftrace_enabled=1
load lp_cmdline
sysctl -q kernel.ftrace_enabled=0 2> >(sed 's/^/livepatch: /' > /dev/kmsg) && die "ftrace is off"
disable lp_cmdline
unload lp_cmdline
expect << 'END'
# load lp_cmdline
livepatch: enabling patch 'lp_cmdline'
livepatch: 'lp_cmdline': initializing patching transition
livepatch: failed to register ftrace handler for function 'cmdline_proc_show' (-16)
livepatch: failed to patch object 'vmlinux'
livepatch: failed to enable patch 'lp_cmdline'
livepatch: 'lp_cmdline': canceling patching transition, going to unpatch
livepatch: 'lp_cmdline': completing unpatching transition
livepatch: 'lp_cmdline': unpatching complete
insmod: ERROR: could not insert module modules/lp_cmdline.ko: Device or resource busy
# load lp_cmdline
livepatch: enabling patch 'lp_cmdline'
livepatch: 'lp_cmdline': initializing patching transition
livepatch: 'lp_cmdline': starting patching transition
livepatch: 'lp_cmdline': completing patching transition
livepatch: 'lp_cmdline': patching complete
livepatch: sysctl: setting key "kernel.ftrace_enabled": Device or resource busy
# disable lp_cmdline
livepatch: 'lp_cmdline': initializing unpatching transition
livepatch: 'lp_cmdline': starting unpatching transition
livepatch: 'lp_cmdline': completing unpatching transition
livepatch: 'lp_cmdline': unpatching complete
# unload lp_cmdline
END

finish
