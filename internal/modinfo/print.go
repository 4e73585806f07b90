package modinfo

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Options say what modinfo prints.
type Options struct {
	Field string // only the values of this field; "" for all
	Null  bool   // end each with a NUL, and print KEY=VALUE
}

// The fields that are not printed as they stand in .modinfo.
const (
	filename = "filename"
	parm     = "parm"
	parmtype = "parmtype"
)

// OptionField is the field that a letter of modinfo's options stands for.
func OptionField(letter byte) string {
	switch letter {
	case 'a':
		return "author"
	case 'd':
		return "description"
	case 'l':
		return "license"
	case 'n':
		return filename
	}
	return parm
}

// Param is a module parameter as parm and parmtype strings tell of it.
type Param struct {
	Name        string `json:"name"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`

	described bool
	typed     bool
}

// Params joins the parm and parmtype strings of each parameter. The parameter
// that is named last comes first, as in kmod. warn gets a line for each string
// that names none.
func Params(fields []Field, warn func(line string)) []Param {
	var params []Param
	index := map[string]int{}
	for _, f := range fields {
		if f.Key != parm && f.Key != parmtype {
			continue
		}
		name, text, ok := strings.Cut(f.Value, ":")
		if !ok {
			warn(fmt.Sprintf("Found invalid \"%s=%s\": missing ':'", f.Key, f.Value))
			continue
		}
		i, known := index[name]
		if !known {
			i, index[name] = len(params), len(params)
			params = append(params, Param{Name: name})
		}
		if p := &params[i]; f.Key == parm {
			p.Description, p.described = text, true
		} else {
			p.Type, p.typed = text, true
		}
	}
	slices.Reverse(params)
	return params
}

// text is the parameter without its name: description and type, or what there
// is of them. alone is the format of a type without a description.
func (p *Param) text(alone string) string {
	switch {
	case !p.described:
		return fmt.Sprintf(alone, p.Type)
	case p.typed:
		return p.Description + " (" + p.Type + ")"
	}
	return p.Description
}

// Print writes what kmod's modinfo prints of one file (modinfo_do). Its
// warnings go to warn.
func Print(w io.Writer, path string, fields []Field, o Options, warn func(line string)) {
	end := "\n"
	if o.Null {
		end = "\x00"
	}
	switch o.Field {
	case "":
		printAll(w, path, fields, end, warn)
	case filename:
		fmt.Fprint(w, path, end)
	case parm:
		for _, p := range Params(fields, warn) {
			fmt.Fprint(w, p.Name, ":", p.text(" (%s)"), end)
		}
	default:
		for _, f := range fields {
			if f.Key == o.Field {
				fmt.Fprint(w, f.Value, end)
			}
		}
	}
}

func printAll(w io.Writer, path string, fields []Field, end string, warn func(line string)) {
	fmt.Fprintf(w, "%-16s%s%s", filename+":", path, end)
	for _, f := range fields {
		switch {
		case f.Key == parm || f.Key == parmtype:
		case end != "\n":
			fmt.Fprint(w, f.Key, "=", f.Value, end)
		default:
			// kmod's width is negative for a long key, which pads as well
			pad := max(15-len(f.Key), len(f.Key)-15)
			fmt.Fprint(w, f.Key, ":", strings.Repeat(" ", pad), f.Value, end)
		}
	}
	for _, p := range Params(fields, warn) {
		fmt.Fprintf(w, "%-16s%s:%s%s", parm+":", p.Name, p.text("%s"), end)
	}
}
