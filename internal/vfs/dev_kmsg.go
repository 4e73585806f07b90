package vfs

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/trace"
)

// maxKmsg is the longest message that can be written (PRINTKRB_RECORD_MAX).
const maxKmsg = 1024

// kmsg is /dev/kmsg (Documentation/ABI/testing/dev-kmsg): a write is a message
// of user space, with an optional <N> for its priority; a read gives the
// records with their headers.
func kmsg(m Current) Node {
	return &DynFile{
		Perm: 0o644, Type: CharDev, Major: 1, Minor: 11,
		OnWrite: func(data []byte) error {
			text := string(data[:min(len(data), maxKmsg)])
			level := trace.Warning
			if rest, ok := strings.CutPrefix(text, "<"); ok {
				if number, body, ok := strings.Cut(rest, ">"); ok {
					if n, err := strconv.ParseUint(number, 10, 32); err == nil {
						level, text = trace.Level(n&7), body
					}
				}
			}
			m().Printk(level, strings.ToValidUTF8(text, "?"))
			return nil
		},
		OnRead: func() ([]byte, error) {
			var b strings.Builder
			for i, r := range m().Log() {
				fmt.Fprintf(&b, "%d,%d,%d,-;%s\n", r.Level, i, r.Time.Microseconds(), r.Text)
			}
			return []byte(b.String()), nil
		},
	}
}
