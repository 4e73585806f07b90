package machine

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// This file has the conversions of %p that print bytes.

func littleEndian(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// hexBytes is hex_string.
func hexBytes(b []byte, sep string) string {
	parts := make([]string, len(b))
	for i, x := range b {
		parts[i] = fmt.Sprintf("%02x", x)
	}
	return strings.Join(parts, sep)
}

// bitmapHex is bitmap_string: words of 32 bits, the highest first.
func bitmapHex(b []byte, n int) string {
	var parts []string
	chunk := n % 32
	if chunk == 0 {
		chunk = 32
	}
	for i := (n+31)/32 - 1; i >= 0; i-- {
		v := binary.LittleEndian.Uint32(b[4*i:]) & uint32(1<<chunk-1)
		parts = append(parts, fmt.Sprintf("%0*x", (chunk+3)/4, v))
		chunk = 32
	}
	return strings.Join(parts, ",")
}

// bitmapList is bitmap_list_string: the ranges of set bits.
func bitmapList(b []byte, n int) string {
	set := func(i int) bool { return i < n && b[i/8]>>(i%8)&1 != 0 }
	var parts []string
	for i := 0; i < n; i++ {
		if !set(i) {
			continue
		}
		end := i
		for set(end + 1) {
			end++
		}
		part := fmt.Sprint(i)
		if end > i {
			part += fmt.Sprintf("-%d", end)
		}
		parts = append(parts, part)
		i = end
	}
	return strings.Join(parts, ",")
}

// macAddress is mac_address_string.
func macAddress(b []byte, ext string) string {
	sep := ":"
	if len(ext) > 1 && ext[1] == 'F' {
		sep = "-"
	}
	if ext[0] == 'm' {
		sep = ""
	}
	if len(ext) > 1 && ext[1] == 'R' {
		b = []byte{b[5], b[4], b[3], b[2], b[1], b[0]}
	}
	return hexBytes(b, sep)
}

// ip4Address is ip4_string.
func ip4Address(b []byte, ext string) string {
	if len(ext) > 2 && (ext[2] == 'h' || ext[2] == 'l') {
		b = []byte{b[3], b[2], b[1], b[0]}
	}
	form := "%d.%d.%d.%d"
	if ext[0] == 'i' {
		form = "%03d.%03d.%03d.%03d"
	}
	return fmt.Sprintf(form, b[0], b[1], b[2], b[3])
}

// ip6Address is ip6_addr_string.
func ip6Address(b []byte, ext string) string {
	if ext[0] == 'I' && len(ext) > 2 && ext[2] == 'c' {
		return netip.AddrFrom16([16]byte(b)).String()
	}
	sep := ":"
	if ext[0] == 'i' {
		sep = ""
	}
	parts := make([]string, 8)
	for i := range parts {
		parts[i] = fmt.Sprintf("%02x%02x", b[2*i], b[2*i+1])
	}
	return strings.Join(parts, sep)
}

// uuidText is uuid_string: big-endian by default, l and L as GUIDs have it.
func uuidText(b []byte, flag byte) string {
	b = append([]byte(nil), b...)
	if flag == 'l' || flag == 'L' {
		b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
		b[4], b[5] = b[5], b[4]
		b[6], b[7] = b[7], b[6]
	}
	s := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	if flag == 'L' || flag == 'B' {
		return strings.ToUpper(s)
	}
	return s
}

// escapeText is escaped_string with the flags of string_escape_mem.
func escapeText(b []byte, flags string) string {
	if flags == "" {
		flags = "anp"
	}
	has := func(c byte) bool { return strings.IndexByte(flags, c) >= 0 }
	all := has('a')
	var out strings.Builder
	for _, c := range b {
		out.WriteString(escapeByte(c, has, all))
	}
	return out.String()
}

func escapeByte(c byte, has func(byte) bool, all bool) string {
	if has('p') && c >= ' ' && c <= '~' {
		return string([]byte{c})
	}
	if i := strings.IndexByte("\n\r\t\v\f", c); i >= 0 && (has('s') || all) {
		return `\` + "nrtvf"[i:i+1]
	}
	if i := strings.IndexByte("\\\a\x1b\"", c); i >= 0 && (has('c') || all) {
		return `\` + "\\ae\""[i:i+1]
	}
	switch {
	case c == 0 && (has('n') || all):
		return `\0`
	case has('o') || all:
		return fmt.Sprintf(`\%03o`, c)
	case has('h'):
		return fmt.Sprintf(`\x%02x`, c)
	}
	return string([]byte{c})
}
