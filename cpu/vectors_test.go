package cpu

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"testing"
)

const vectorFile = "testdata/native/vectors.gz"

// casesPerForm is how many cases of each form are recorded; forms with a
// condition in the opcode get more.
const casesPerForm = 660

var record = flag.Bool("native.record", false, "record "+vectorFile+" on this CPU (needs gcc)")

// TestNativeRecorded compares the emulator with what a real CPU did. The inputs
// are made again from the form's own seed, and a hash says whether they are the
// ones that were recorded.
func TestNativeRecorded(t *testing.T) {
	if *record {
		recordVectors(t)
	}
	f, err := os.Open(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := vectorReader{t, bufio.NewReader(z)}
	forms := map[string]*Form{}
	for _, f := range nativeForms() {
		forms[f.key()] = f
	}
	b := newEmuBench(t)
	total := 0
	for n := r.uvarint(); n > 0; n-- {
		key := r.text()
		f := forms[key]
		if f == nil {
			t.Fatalf("%s: recorded, but not in the table: record again with -native.record", key)
		}
		delete(forms, key)
		total += r.form(b, f)
	}
	for key := range forms {
		t.Errorf("%s: in the table, but not recorded: record again with -native.record", key)
	}
	if total < 200000 {
		t.Errorf("%d cases, want at least 200000", total)
	}
	t.Logf("%d cases", total)
}

// key names a form: its row without the Go parts.
func (f *Form) key() string { return f.Name + "|" + f.Enc + "|" + f.Ops }

// inputs are the recorded cases of a form.
func (f *Form) inputs(t testing.TB) []nativeCase {
	h := fnv.New64a()
	io.WriteString(h, f.key())
	g := newCaseGen(h.Sum64())
	return g.cases(t, f, casesPerForm*(int(f.span)+3)/4)
}

func hashCases(cases []nativeCase) uint64 {
	h := fnv.New64a()
	var b []byte
	for i := range cases {
		b, _ = binary.Append(b[:0], binary.LittleEndian, &cases[i])
		h.Write(b)
	}
	return h.Sum64()
}

func recordVectors(t *testing.T) {
	runner, ok := buildRunner(t)
	if !ok {
		t.Fatal("no gcc to build the runner with")
	}
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	forms := nativeForms()
	w := vectorWriter{bufio.NewWriter(z)}
	w.uvarint(uint64(len(forms)))
	for _, f := range forms {
		cases := f.inputs(t)
		w.uvarint(uint64(len(f.key())))
		w.WriteString(f.key())
		w.uvarint(uint64(len(cases)))
		w.uvarint(hashCases(cases))
		for i, r := range runNative(t, runner, cases) {
			w.result(&cases[i], &r)
		}
	}
	w.Flush()
	z.Close()
	if err := os.WriteFile(vectorFile, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", buf.Len())
}

// A vectorWriter writes results as what changed from the case's input.
type vectorWriter struct{ *bufio.Writer }

func (w vectorWriter) uvarint(v uint64) {
	var b [binary.MaxVarintLen64]byte
	w.Write(b[:binary.PutUvarint(b[:], v)])
}

func (w vectorWriter) result(tc *nativeCase, r *nativeResult) {
	w.uvarint(r.Trap)
	if r.Trap != VectorBP {
		w.uvarint(r.Err)
		w.uvarint(r.CR2)
	}
	w.uvarint(r.RIP ^ tc.RIP)
	w.uvarint((r.Flags ^ tc.Flags) &^ FlagRF)
	var changed uint64
	for i := range r.Regs {
		if r.Regs[i] != tc.Regs[i] {
			changed |= 1 << i
		}
	}
	w.uvarint(changed)
	for i := range r.Regs {
		if changed>>i&1 != 0 {
			w.uvarint(r.Regs[i] ^ tc.Regs[i])
		}
	}
	w.uvarint(r.NDiff)
	at := uint32(0)
	for _, d := range r.Diff[:min(r.NDiff, maxDiff)] {
		w.uvarint(uint64(d.Addr - at))
		w.WriteByte(byte(d.Value))
		at = d.Addr
	}
}

// A vectorReader reads what a vectorWriter wrote.
type vectorReader struct {
	t *testing.T
	*bufio.Reader
}

func (r vectorReader) uvarint() uint64 {
	v, err := binary.ReadUvarint(r)
	if err != nil {
		r.t.Fatalf("%s: %v", vectorFile, err)
	}
	return v
}

func (r vectorReader) text() string {
	b := make([]byte, r.uvarint())
	if _, err := io.ReadFull(r, b); err != nil {
		r.t.Fatalf("%s: %v", vectorFile, err)
	}
	return string(b)
}

func (r vectorReader) result(tc *nativeCase) nativeResult {
	res := nativeResult{Trap: r.uvarint()}
	if res.Trap != VectorBP {
		res.Err, res.CR2 = r.uvarint(), r.uvarint()
	}
	res.RIP = r.uvarint() ^ tc.RIP
	res.Flags = r.uvarint() ^ tc.Flags
	changed := r.uvarint()
	for i := range res.Regs {
		res.Regs[i] = tc.Regs[i]
		if changed>>i&1 != 0 {
			res.Regs[i] ^= r.uvarint()
		}
	}
	res.NDiff = r.uvarint()
	at := uint32(0)
	for i := range min(res.NDiff, maxDiff) {
		at += uint32(r.uvarint())
		v, _ := r.ReadByte()
		res.Diff[i] = byteDiff{at, uint32(v)}
	}
	return res
}

// form checks the recorded cases of one form and returns their number.
func (r vectorReader) form(b *emuBench, f *Form) int {
	n, hash := int(r.uvarint()), r.uvarint()
	cases := f.inputs(r.t)
	if len(cases) != n || hashCases(cases) != hash {
		r.t.Fatalf("%s: recorded for other inputs: record again with -native.record", f.key())
	}
	if n < 50 {
		r.t.Errorf("%s: %d cases, want at least 50", f.key(), n)
	}
	bad := 0
	for i := range cases {
		tc := &cases[i]
		want := r.result(tc)
		in, _ := Decode(tc.Code[:])
		// Three ways to execute: functions, the switch, executors only.
		b.whole, b.c.view.plain = i%3 == 1, i%3 == 2
		if diff := compareResults(&in, tc.RIP, want, b.run(r.t, tc)); diff != "" {
			if bad++; bad <= 3 {
				r.t.Errorf("%s", describe(tc, diff))
			}
		}
	}
	return n
}

func describe(tc *nativeCase, diff string) string {
	return fmt.Sprintf("% x at %#x: flags %#x regs %#x:%s", tc.Code[:tc.Len], tc.RIP, tc.Flags, tc.Regs, diff)
}
