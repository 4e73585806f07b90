package machine

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/livepatch"
)

// ParseKlp reads a .klp file. file is its name in errors, which carry the line.
func ParseKlp(file string, data []byte) (*PatchSpec, error) {
	p := klpParser{file: file, spec: &PatchSpec{}}
	for i, line := range strings.Split(string(data), "\n") {
		p.line = i + 1
		if at := strings.IndexByte(line, '#'); at >= 0 {
			line = line[:at]
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if err := p.statement(words[0], words[1:]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, p.line, err)
		}
	}
	if p.spec.Name == "" {
		return nil, fmt.Errorf("%s: no `livepatch NAME` line; a livepatch begins with one", file)
	}
	return p.spec, nil
}

type klpParser struct {
	file   string
	line   int
	spec   *PatchSpec
	object *ObjectSpec
}

// klpKeywords are the statements with their arguments, for messages.
func klpKeywords() map[string]string {
	return map[string]string{
		"livepatch": "NAME", "replace": "", "object": "NAME", "func": "OLD NEW [SYMPOS]",
		"pre_patch": "FUNC", "post_patch": "FUNC", "pre_unpatch": "FUNC", "post_unpatch": "FUNC",
		"extern": "NAME OBJECT [SYMPOS]", "state": "ID VERSION", "code": "FILE",
	}
}

func (p *klpParser) statement(key string, args []string) error {
	usage, ok := klpKeywords()[key]
	if !ok {
		return fmt.Errorf("unknown statement %q; a .klp file has livepatch, replace, object, func, pre_patch, post_patch, pre_unpatch, post_unpatch, extern, state and code", key)
	}
	most := len(strings.Fields(usage))
	least := most - strings.Count(usage, "[")
	if len(args) < least || len(args) > most {
		return fmt.Errorf("%s takes %q", key, strings.TrimSpace(key+" "+usage))
	}
	if p.spec.Name == "" && key != "livepatch" {
		return fmt.Errorf("%s comes before `livepatch NAME`", key)
	}
	return p.apply(key, args)
}

func (p *klpParser) apply(key string, args []string) error {
	switch key {
	case "livepatch":
		return p.setName(args[0])
	case "replace":
		p.spec.Replace = true
	case "object":
		p.spec.Objects = append(p.spec.Objects, ObjectSpec{Name: objectName(args[0]), Line: p.line})
		p.object = &p.spec.Objects[len(p.spec.Objects)-1]
	case "func":
		return p.addFunc(args)
	case "extern":
		pos, err := sympos(args[2:])
		if err != nil {
			return err
		}
		p.spec.Externs = append(p.spec.Externs, Extern{args[0], objectName(args[1]), pos, p.line})
	case "state":
		return p.addState(args)
	case "code":
		p.spec.Code = append(p.spec.Code, CodeRef{args[0], p.line})
	default:
		return p.setCallback(key, args[0])
	}
	return nil
}

func objectName(name string) string {
	if name == vmlinux {
		return ""
	}
	return name
}

func (p *klpParser) setName(name string) error {
	if p.spec.Name != "" {
		return fmt.Errorf("a second livepatch line; the first names it %q", p.spec.Name)
	}
	if len(name) > nameLen || strings.ContainsAny(name, "/,") {
		return fmt.Errorf("module name %q has more than %d characters, a slash or a comma", name, nameLen)
	}
	p.spec.Name = strings.ReplaceAll(name, "-", "_")
	return nil
}

func (p *klpParser) addFunc(args []string) error {
	if p.object == nil {
		return fmt.Errorf("func stands outside of an object; write `object vmlinux` or `object MODULE` above it")
	}
	pos, err := sympos(args[2:])
	if err != nil {
		return err
	}
	p.object.Funcs = append(p.object.Funcs, FuncSpec{args[0], args[1], pos, p.line})
	return nil
}

func (p *klpParser) setCallback(key, fn string) error {
	if p.object == nil {
		return fmt.Errorf("%s stands outside of an object", key)
	}
	if p.object.Callbacks == nil {
		p.object.Callbacks = map[string]string{}
	}
	if p.object.Callbacks[key] != "" {
		return fmt.Errorf("a second %s for this object", key)
	}
	p.object.Callbacks[key] = fn
	return nil
}

func (p *klpParser) addState(args []string) error {
	id, err := strconv.ParseUint(args[0], 0, 64)
	if err != nil || id == 0 {
		return fmt.Errorf("state id %q must be a number from 1", args[0])
	}
	version, err := strconv.ParseUint(args[1], 0, 32)
	if err != nil {
		return fmt.Errorf("state version %q must be a number below 2^32", args[1])
	}
	p.spec.States = append(p.spec.States, livepatch.State{ID: id, Version: uint32(version)})
	return nil
}

func sympos(args []string) (uint64, error) {
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseUint(args[0], 0, 64)
	if err != nil {
		return 0, fmt.Errorf("symbol position %q must be a number", args[0])
	}
	return n, nil
}
