package cli

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/check"
)

const (
	modules = "../../testdata/modules/"
	images  = "../check/testdata/"
)

// masked has no address of the built-in kernel, and no size.
func masked(s string) string {
	s = regexp.MustCompile(`[0-9a-f]{16}`).ReplaceAllString(s, "ADDR")
	return regexp.MustCompile(`ADDR, [0-9]+ bytes`).ReplaceAllString(s, "ADDR, N bytes")
}

const checkHead = `vermagic 6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions, fits
layout PROFILE
signature none
`

func TestCheck(t *testing.T) {
	tests := []struct {
		args   string
		status int
		out    string
	}{
		{modules + "lp_hidden.ko " + modules + "cb_worker.ko", exitOK, `module lp_hidden (FILE)
kernel the built-in kernel, profile 6.12 Debian amd64
` + checkHead + `patch
  object vmlinux
    cmdline_proc_show -> lp_cmdline_show, 35 bytes
      position 1 at ADDR, N bytes, call site ADDR
  object cb_worker
    worker_func,1 -> lp_worker_func, 35 bytes
      position 1 at ADDR, N bytes, call site ADDR
livepatch relocations
  .klp.rela.cb_worker..text: block of cb_worker, position 1, 1 places: at ADDR
  .klp.rela.vmlinux..text: saved_command_line of vmlinux, position 0, 1 places: at ADDR
the kernel prints
  lp_hidden: tainting kernel with TAINT_LIVEPATCH
  livepatch: enabling patch 'lp_hidden'
  livepatch: 'lp_hidden': starting patching transition
  livepatch: 'lp_hidden': patching complete
the kernel would load it
`},
		{"--kernel " + images + "vmlinux " + modules + "lp_callbacks.ko", exitFailed, `module lp_callbacks (FILE)
kernel ../check/testdata/vmlinux
` + checkHead + `missing exports
  param_ops_int
patch
  object vmlinux
    pre_patch pre_patch_callback
    post_patch post_patch_callback
    pre_unpatch pre_unpatch_callback
    post_unpatch post_unpatch_callback
  object cb_target, not there
    pre_patch pre_patch_callback
    post_patch post_patch_callback
    pre_unpatch pre_unpatch_callback
    post_unpatch post_unpatch_callback
  object cb_worker, not there
    pre_patch pre_patch_callback
    post_patch post_patch_callback
    pre_unpatch pre_unpatch_callback
    post_unpatch post_unpatch_callback
    worker_func -> lp_worker_func, 28 bytes
      module cb_worker is not there; the function is looked up when it comes
notes
  lp_callbacks: Unknown symbol param_ops_int (err -2)
the kernel would refuse it: ENOENT
`},
		{"--kernel " + images + "bzImage --system-map " + images + "System.map-6.12.117+deb12-cloud-amd64 " + modules + "lp_cmdline.ko", exitOK,
			`module lp_cmdline (FILE)
kernel ../check/testdata/bzImage
` + checkHead + `patch
  object vmlinux
    cmdline_proc_show -> lp_cmdline_show, 42 bytes
      position 1 at ADDR, N bytes, call site ADDR
the kernel would load it
`},
		{"--kernel " + images + "vmlinux " + modules + "cb_target.ko.xz", exitOK, `module cb_target (FILE)
kernel ../check/testdata/vmlinux
` + checkHead + `not marked as a livepatch
notes
  init does not call klp_enable_patch()
the kernel would load it
`},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			status, out, errs := run(t, append([]string{"check"}, strings.Fields(test.args)...)...)
			out = regexp.MustCompile(`(?m)^(module \S+) \(.*\)$`).ReplaceAllString(masked(out), "$1 (FILE)")
			out = regexp.MustCompile(`(?m)^layout .*$`).ReplaceAllString(out, "layout PROFILE")
			if diff := cmp.Diff(test.out, out); diff != "" || status != test.status || errs != "" {
				t.Errorf("status %d, want %d, stderr %q\n%s", status, test.status, errs, diff)
			}
		})
	}
}

func TestCheckJSON(t *testing.T) {
	status, out, _ := run(t, "check", "--json", "--kernel", images+"vmlinux", modules+"lp_state2.ko")
	var r check.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if status != exitFailed || !r.Refused || r.Errno != "ENOENT" || len(r.Patches) != 1 || len(r.Missing) == 0 {
		t.Errorf("status %d: %+v", status, r)
	}
	want := []check.State{{ID: 7, Version: 2}}
	if diff := cmp.Diff(want, r.Patches[0].States); diff != "" || !r.Patches[0].Replace {
		t.Errorf("replace %v, states: %s", r.Patches[0].Replace, diff)
	}
	if strings.Contains(out, "null") {
		t.Errorf("a list is null:\n%s", out)
	}
}

func TestCheckShadow(t *testing.T) {
	_, out, _ := run(t, "check", modules+"shadow_test.ko")
	for _, want := range []string{"  klp_shadow_alloc in shadow_init, id 0x1234\n", "  klp_shadow_free_all in shadow_init, id 0x1235\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
}

func TestCheckUnreadable(t *testing.T) {
	for args, want := range map[string]string{
		"nosuch.ko":              "klpemu: open nosuch.ko: no such file or directory\n",
		modules + "lp_swap.c":    "klpemu: " + modules + "lp_swap.c: Invalid ELF header magic: != \x7fELF\n",
		modules + "lp_swap.ko x": "klpemu: open x: no such file or directory\n",
		"--kernel " + modules + "lp_swap.c " + modules + "lp_swap.ko": "klpemu: " + modules + "lp_swap.c:1: \"/*\" is no address\n",
		"--kernel " + images + "bzImage " + modules + "lp_swap.ko":    "klpemu: " + images + "bzImage: has no symbol table; give its System.map with --system-map\n",
	} {
		status, out, errs := run(t, append([]string{"check"}, strings.Fields(args)...)...)
		if status != exitUsage || out != "" || errs != want {
			t.Errorf("check %s: status %d, stdout %q, stderr %q, want %q", args, status, out, errs, want)
		}
	}
}
