#!/bin/bash
. "$(dirname "$0")/harness.sh"
save_settings

begin "callbacks of a module that comes and goes"
load lp_callbacks
load cb_target
unload cb_target
disable lp_callbacks
unload lp_callbacks
expect << 'END'
# load lp_callbacks
livepatch: enabling patch 'lp_callbacks'
livepatch: 'lp_callbacks': initializing patching transition
lp_callbacks: pre_patch_callback: vmlinux
livepatch: 'lp_callbacks': starting patching transition
livepatch: 'lp_callbacks': completing patching transition
lp_callbacks: post_patch_callback: vmlinux
livepatch: 'lp_callbacks': patching complete
# load cb_target
livepatch: applying patch 'lp_callbacks' to loading module 'cb_target'
lp_callbacks: pre_patch_callback: cb_target -> [MODULE_STATE_COMING] Full formed, running module_init
lp_callbacks: post_patch_callback: cb_target -> [MODULE_STATE_COMING] Full formed, running module_init
cb_target: target_init
# unload cb_target
cb_target: target_exit
lp_callbacks: pre_unpatch_callback: cb_target -> [MODULE_STATE_GOING] Going away
livepatch: reverting patch 'lp_callbacks' on unloading module 'cb_target'
lp_callbacks: post_unpatch_callback: cb_target -> [MODULE_STATE_GOING] Going away
# disable lp_callbacks
livepatch: 'lp_callbacks': initializing unpatching transition
lp_callbacks: pre_unpatch_callback: vmlinux
livepatch: 'lp_callbacks': starting unpatching transition
livepatch: 'lp_callbacks': completing unpatching transition
lp_callbacks: post_unpatch_callback: vmlinux
livepatch: 'lp_callbacks': unpatching complete
# unload lp_callbacks
END

begin "a callback refuses"
load cb_target
load lp_callbacks pre_patch_ret=-19 && die "enabled"
unload cb_target
expect << 'END'
# load cb_target
cb_target: target_init
# load lp_callbacks pre_patch_ret=-19
livepatch: enabling patch 'lp_callbacks'
livepatch: 'lp_callbacks': initializing patching transition
lp_callbacks: pre_patch_callback: vmlinux
livepatch: pre-patch callback failed for object 'vmlinux'
livepatch: failed to enable patch 'lp_callbacks'
livepatch: 'lp_callbacks': canceling patching transition, going to unpatch
livepatch: 'lp_callbacks': completing unpatching transition
livepatch: 'lp_callbacks': unpatching complete
insmod: ERROR: could not insert module modules/lp_callbacks.ko: No such device
# unload cb_target
cb_target: target_exit
END

finish
