package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModinfo(t *testing.T) {
	const dir = "../../testdata/modules/"
	abs, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(t.TempDir(), "garbage.ko")
	if err := os.WriteFile(garbage, []byte("no module"), 0o666); err != nil {
		t.Fatal(err)
	}
	path := abs + "/" + dir
	const magic = "6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions "
	swap := "livepatch:      Y\nlicense:        GPL\nvermagic:       " + magic + "\nretpoline:      Y\ndepends:        \nname:           lp_swap\n" +
		"parm:           replace:replace what is loaded (default 1) (int)\n"
	tests := []struct {
		args      string
		status    int
		out, errs string
	}{
		{dir + "lp_swap.ko", exitOK, "filename:       " + path + "lp_swap.ko\n" + swap, ""},
		{dir + "lp_swap.ko.zst", exitOK, "filename:       " + path + "lp_swap.ko.zst\n" + swap, ""},
		{"-F vermagic " + dir + "lp_swap.ko " + dir + "cb_target.ko.xz", exitOK, magic + "\n" + magic + "\n", ""},
		{"-p " + dir + "lp_swap.ko", exitOK, "replace:replace what is loaded (default 1) (int)\n", ""},
		{"-0 -F name " + dir + "lp_swap.ko", exitOK, "lp_swap\x00", ""},
		{"-n " + dir + "lp_swap.ko", exitOK, path + "lp_swap.ko\n", ""},
		{"-l nosuch.ko " + dir + "lp_swap.ko", exitUsage, "GPL\n", "klpemu: modinfo: open nosuch.ko: no such file or directory\n"},
		{garbage, exitUsage, "", "klpemu: modinfo: " + garbage + ": offset 0x0: not an ELF file\n"},
		{"../../testdata/guest/kernel/nosuch", exitUsage, "", "klpemu: modinfo: open ../../testdata/guest/kernel/nosuch: no such file or directory\n"},
	}
	for _, test := range tests {
		status, out, errs := run(t, append([]string{"modinfo"}, strings.Fields(test.args)...)...)
		if status != test.status || out != test.out || errs != test.errs {
			t.Errorf("modinfo %s: got %d\n%s%s\nwant %d\n%s%s", test.args, status, out, errs, test.status, test.out, test.errs)
		}
	}
}

func TestModinfoJSON(t *testing.T) {
	_, out, _ := run(t, "modinfo", "--json", "../../testdata/modules/lp_swap.ko")
	var r modinfoReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Parameters) != 1 || r.Parameters[0].Name != "replace" || r.Parameters[0].Type != "int" || r.Fields[0].Key != "livepatch" {
		t.Errorf("got %+v", r)
	}
}
