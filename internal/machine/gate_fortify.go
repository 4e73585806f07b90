package machine

import "fmt"

// fortifyFuncs are the functions that __fortify_panic names, by its reason
// (enum fortify_func).
var fortifyFuncs = [...]string{
	"strncpy", "strnlen", "strlen", "strscpy", "strlcat", "strcat", "strncat", "memset", "memcpy", "memmove",
	"memscan", "memcmp", "memchr", "memchr_inv", "kmemdup", "strcpy",
}

// fmtFortify is the text of __fortify_report(reason, avail, size).
func fmtFortify(a guestArgs) string {
	reason, what := uint8(a[0]), "read"
	if reason&1 != 0 {
		what = "write"
	}
	name := "unknown"
	if i := int(reason >> 1); i < len(fortifyFuncs) {
		name = fortifyFuncs[i]
	}
	return fmt.Sprintf("%s: detected buffer overflow: %d byte %s of buffer size %d", name, a[2], what, a[1])
}
