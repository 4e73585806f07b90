package unwind

import (
	"bufio"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const guestDir = "../../testdata/guest"

// realFrames reads the .eh_frame of an object and puts its functions' section
// offsets, counted from textAddr, into it.
func realFrames(t *testing.T, path string) *Table {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := f.Section(".eh_frame").Data()
	if err != nil {
		t.Fatal(err)
	}
	relas, err := f.Section(".rela.eh_frame").Data()
	if err != nil {
		t.Fatal(err)
	}
	for ; len(relas) > 0; relas = relas[24:] {
		off, addend := binary.LittleEndian.Uint64(relas), binary.LittleEndian.Uint64(relas[16:])
		// All are PC32 against section symbols; readelf too ignores which.
		binary.LittleEndian.PutUint32(data[off:], uint32(textAddr+addend-(frameAddr+off)))
	}
	tab, err := Parse(filepath.Base(path), frameAddr, data)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// TestAgainstReadelf compares every row of real objects with readelf's reading.
func TestAgainstReadelf(t *testing.T) {
	readelf, err := exec.LookPath("readelf")
	if err != nil {
		t.Skip("readelf is not installed")
	}
	for _, obj := range []string{
		"fentry/kernel.o", "mcount/kernel.o", "patchable16_11/kernel.o",
		"programs/O0/data.o", "programs/O1/arith.o", "programs/O2/data.o", "programs/O3/data.o", "programs/Os/data.o",
	} {
		t.Run(obj, func(t *testing.T) {
			path := filepath.Join(guestDir, obj)
			cmd := exec.Command(readelf, "--debug-dump=frames-interp", path)
			cmd.Env = append(os.Environ(), "LC_ALL=C")
			out, err := cmd.Output()
			if err != nil {
				t.Skipf("readelf: %v", err)
			}
			ts := new(Tables)
			ts.Add(obj, realFrames(t, path))
			if n := compareRows(t, ts, out); n < 8 {
				t.Errorf("only %d rows compared", n)
			}
		})
	}
}

// compareRows checks the tables that readelf prints:
//
//	   LOC           CFA      rbx   rbp   ra
//	0000000000000020 rsp+8    u     u     c-8
func compareRows(t *testing.T, ts *Tables, out []byte) (rows int) {
	t.Helper()
	var columns []string
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		fields := strings.Fields(sc.Text())
		switch {
		case len(fields) > 2 && fields[0] == "LOC":
			columns = fields[1:]
		case len(fields) == len(columns)+1 && columns != nil:
			loc, err := strconv.ParseUint(fields[0], 16, 64)
			if err != nil {
				continue
			}
			f, pc := ts.find(textAddr + loc)
			if f == nil {
				continue // the row of a common entry
			}
			row, err := f.rowFor(pc)
			if err != nil {
				t.Errorf("+%#x: %v", loc, err)
				continue
			}
			rows++
			for i, col := range columns {
				if got, want := describe(row, col), fields[i+1]; got != want {
					t.Errorf("+%#x: %s is %s, readelf says %s", loc, col, got, want)
				}
			}
		case len(fields) == 0:
			columns = nil
		}
	}
	return rows
}

// describe prints a cell as readelf does.
func describe(w *row, col string) string {
	if col == "CFA" {
		if w.cfaExpr != nil {
			return "exp"
		}
		return fmt.Sprintf("%s%+d", regName(w.cfaReg), w.cfaOff)
	}
	i := dwarfRA
	for r := 0; r < numRegs && col != "ra"; r++ {
		if regName(r) == col {
			i = r
		}
	}
	switch rule := w.regs[i]; rule.kind {
	case ruleDefault, ruleUndefined:
		return "u"
	case ruleSame:
		return "s"
	case ruleOffset:
		return fmt.Sprintf("c%+d", rule.off)
	case ruleExpr:
		return "exp"
	default:
		return fmt.Sprintf("rule %d", rule.kind)
	}
}
