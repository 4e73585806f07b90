package machine

import (
	"fmt"
	"strings"

	"klpemu/internal/errno"
)

// DynamicDebug is a write to /sys/kernel/debug/dynamic_debug/control: one or
// more queries such as `func klp_try_switch_task +p`, separated by `;` or a
// newline (lib/dynamic_debug.c). Error: EINVAL for a query that is malformed.
func (m *Machine) DynamicDebug(text string) error {
	var queries []ddQuery
	for _, q := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		words := strings.Fields(q)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		parsed, err := parseDebugQuery(words)
		if err != nil {
			m.emitErr("dynamic_debug", err.Error())
			return errno.EINVAL
		}
		if parsed != nil {
			queries = append(queries, *parsed)
		}
	}
	m.log.dynamic.queries = append(m.log.dynamic.queries, queries...)
	return nil
}

func (m *Machine) emitErr(prefix, text string) { m.printk(3, prefix+": "+text) }

// parseDebugQuery reads keyword-value pairs and the flags operation at the
// end. A query that changes no print flag gives nil.
func parseDebugQuery(words []string) (*ddQuery, error) {
	flags := words[len(words)-1]
	pairs := words[:len(words)-1]
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("expecting pairs of match-spec <value>")
	}
	var q ddQuery
	for i := 0; i < len(pairs); i += 2 {
		value := strings.Trim(pairs[i+1], `"`)
		switch pairs[i] {
		case "func":
			q.match.fn = value
		case "file":
			q.match.file = value
		case "module":
			q.match.module = value
		case "format", "line", "class":
			return nil, fmt.Errorf("match-spec %q is not modeled", pairs[i])
		default:
			return nil, fmt.Errorf("unknown keyword %q", pairs[i])
		}
	}
	if flags == "" || !strings.ContainsRune("+-=", rune(flags[0])) {
		return nil, fmt.Errorf("bad flag-op %q, at start of flags", flags[:min(1, len(flags))])
	}
	if bad := strings.Trim(flags[1:], "pfmltsd_"); bad != "" {
		return nil, fmt.Errorf("unknown flag %q", bad[:1])
	}
	prints := strings.Contains(flags[1:], "p")
	switch flags[0] {
	case '+':
		q.enable = true
	case '=':
		q.enable = prints
		prints = true
	}
	if !prints {
		return nil, nil
	}
	return &q, nil
}
